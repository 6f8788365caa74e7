-- The last number given of each kind. A row here is locked until its transaction ends, so numbers
-- become visible in their order; only what is rare counts here.
CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL);
INSERT INTO counter (name, value) VALUES ('environment', 0), ('application', 0), ('api_user', 0), ('member', 0),
    ('member_session', 0),
    ('endpoint', 0), ('event_type', 0), ('inbox', 0), ('board', 0), ('integration', 0), ('change', 0), ('journal', 0),
    ('message', 0), ('attempt', 0), ('floor', 0);

CREATE TABLE environment (
    ordinal bigint PRIMARY KEY, name text NOT NULL UNIQUE, created_at bigint NOT NULL,
    plans text NOT NULL DEFAULT '[]', theme text NOT NULL DEFAULT '{}');

CREATE TABLE api_key (
    ordinal bigint PRIMARY KEY, environment bigint NOT NULL, name text NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32), created_at bigint NOT NULL, last_used_at bigint,
    revoked_at bigint, role text NOT NULL DEFAULT 'admin', expires_at bigint,
    old_hashes bytea NOT NULL DEFAULT '', rate_limit bigint);

CREATE TABLE member (
    ordinal bigint PRIMARY KEY, environment bigint NOT NULL, tail bigint NOT NULL,
    email text NOT NULL, email_key text COLLATE "C" NOT NULL, name text NOT NULL, role text NOT NULL,
    password_hash text, invitation_hash bytea, invitation_ends_at bigint, disabled_at bigint,
    created_at bigint NOT NULL, updated_at bigint NOT NULL, last_seen_at bigint);
-- Serves: the member of an address. Holds: an address is unique in its environment.
CREATE UNIQUE INDEX member_by_email ON member (email_key, environment);
-- Serves: the member whose invitation it is.
CREATE UNIQUE INDEX member_by_invitation ON member (invitation_hash)
    WHERE invitation_hash IS NOT NULL;
-- Serves: the list of members.
CREATE INDEX member_by_environment ON member (environment, ordinal);

CREATE TABLE member_session (
    ordinal bigint PRIMARY KEY, tail bigint NOT NULL, member bigint NOT NULL,
    token_hash bytea NOT NULL UNIQUE, created_at bigint NOT NULL, ends_at bigint NOT NULL,
    address text, user_agent text);
-- Serves: the sessions of a member.
CREATE INDEX member_session_by_member ON member_session (member, ordinal);

CREATE TABLE application (
    ordinal bigint PRIMARY KEY, slot smallint NOT NULL, environment bigint NOT NULL,
    tail bigint NOT NULL, uid text COLLATE "C", name text NOT NULL, throttle_rate bigint,
    plan text COLLATE "C", feature_flags text, metadata text NOT NULL, created_at bigint NOT NULL,
    updated_at bigint NOT NULL, deleted_at bigint, is_operational boolean NOT NULL DEFAULT false);
-- Serves: the application for operational webhooks. Holds: an environment has one at most.
CREATE UNIQUE INDEX application_operational ON application (environment)
    WHERE is_operational AND deleted_at IS NULL;
-- Serves: the application of a uid. Holds: a uid is unique in its environment.
CREATE UNIQUE INDEX application_by_uid ON application (environment, uid)
    WHERE uid IS NOT NULL AND deleted_at IS NULL;
-- Serves: the list of applications.
CREATE INDEX application_by_environment ON application (environment, ordinal)
    WHERE deleted_at IS NULL;
-- Serves: whether a plan is used.
CREATE INDEX application_by_plan ON application (environment, plan)
    WHERE plan IS NOT NULL AND deleted_at IS NULL;
-- Serves: the applications whose records may go.
CREATE INDEX application_deleted ON application (ordinal) WHERE deleted_at IS NOT NULL;

CREATE TABLE api_user (
    ordinal bigint PRIMARY KEY, environment bigint NOT NULL, application bigint NOT NULL,
    login text COLLATE "C" NOT NULL, password_hash text NOT NULL, created_at bigint NOT NULL,
    last_used_at bigint, revoked_at bigint);
-- Serves: the API user of a login. Holds: a login is unique.
CREATE UNIQUE INDEX api_user_by_login ON api_user (login) WHERE revoked_at IS NULL;
-- Serves: the API users of an application.
CREATE INDEX api_user_by_application ON api_user (application, ordinal);

CREATE TABLE integration (
    ordinal bigint PRIMARY KEY, environment bigint NOT NULL, application bigint NOT NULL,
    tail bigint NOT NULL, name text NOT NULL, feature_flags text NOT NULL,
    hash bytea CHECK (length(hash) = 32), created_at bigint NOT NULL, updated_at bigint NOT NULL);
-- Serves: the integrations of an application.
CREATE INDEX integration_by_application ON integration (application, ordinal);

CREATE TABLE session (
    ordinal bigint PRIMARY KEY, environment bigint NOT NULL, application bigint NOT NULL,
    session_id text COLLATE "C", capabilities text NOT NULL, feature_flags text NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32), link_hash bytea NOT NULL CHECK (length(link_hash) = 32),
    link_used_at bigint, link_token_hash bytea CHECK (length(link_token_hash) = 32), created_at bigint NOT NULL,
    expires_at bigint NOT NULL, revoked_at bigint);
-- Serves: those of an application that have not ended.
CREATE INDEX session_by_application ON session (application, expires_at);
-- Serves: those that have ended.
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE endpoint (
    ordinal bigint PRIMARY KEY, slot smallint NOT NULL, application bigint NOT NULL,
    environment bigint NOT NULL, number bigint NOT NULL, tail bigint NOT NULL,
    uid text COLLATE "C", url text NOT NULL, description text NOT NULL, is_disabled boolean NOT NULL, event_types text NOT NULL,
    channels text NOT NULL, filter text, throttle_rate bigint, is_fifo boolean NOT NULL, format text NOT NULL,
    retry_policy text, co_signature text,
    batch_size bigint, max_wait_secs bigint, metadata text NOT NULL, headers bytea, credentials bytea, secrets text NOT NULL, version bigint NOT NULL,
    created_at bigint NOT NULL, updated_at bigint NOT NULL, deleted_at bigint,
    is_hidden boolean NOT NULL DEFAULT false, is_polling boolean NOT NULL DEFAULT false);
-- Serves: the endpoint of a uid. Holds: a uid is unique in its application.
CREATE UNIQUE INDEX endpoint_by_uid ON endpoint (application, uid)
    WHERE uid IS NOT NULL AND deleted_at IS NULL;
-- Serves: the endpoints of an application.
CREATE INDEX endpoint_by_application ON endpoint (application, ordinal)
    WHERE deleted_at IS NULL;

-- Serves: the next number in an application. Holds: no two endpoints have the same one, ever.
CREATE UNIQUE INDEX endpoint_by_number ON endpoint (application, number);

-- Beside the configuration, since it changes with deliveries.
CREATE TABLE endpoint_state (
    slot smallint NOT NULL, endpoint bigint NOT NULL, failing_since bigint, last_failure_at bigint,
    failures_count bigint NOT NULL, disabled_reason text, disabled_at bigint,
    PRIMARY KEY (slot, endpoint)) WITH (fillfactor = 70);
-- Serves: the endpoints that fail, or were switched off for it.
CREATE INDEX endpoint_state_failing ON endpoint_state (slot, endpoint)
    WHERE failing_since IS NOT NULL OR disabled_at IS NOT NULL;

CREATE TABLE board (
    ordinal bigint PRIMARY KEY, application bigint NOT NULL, tail bigint NOT NULL,
    uid text COLLATE "C", name text NOT NULL, row_count bigint NOT NULL, column_count bigint NOT NULL,
    created_at bigint NOT NULL, updated_at bigint NOT NULL);
-- Serves: the board of a uid. Holds: a uid is unique in its application.
CREATE UNIQUE INDEX board_by_uid ON board (application, uid) WHERE uid IS NOT NULL;
-- Serves: the boards of an application.
CREATE INDEX board_by_application ON board (application, ordinal);

-- The number is that of its endpoint, which is hidden and has the URL.
CREATE TABLE button (
    ordinal bigint PRIMARY KEY, application bigint NOT NULL, board bigint NOT NULL,
    uid text COLLATE "C", place_row bigint NOT NULL, place_column bigint NOT NULL,
    label text NOT NULL, message text NOT NULL, picture text, colour text, payload text);
-- Serves: the button of a uid. Holds: a uid is unique in its application.
CREATE UNIQUE INDEX button_by_uid ON button (application, uid) WHERE uid IS NOT NULL;
-- Serves: the button at a place. Holds: no two are at one place.
CREATE UNIQUE INDEX button_by_place ON button (board, place_row, place_column);
-- Serves: the buttons of a board.
CREATE INDEX button_by_board ON button (board, ordinal);
-- Serves: the buttons of an application.
CREATE INDEX button_by_application ON button (application, ordinal);

CREATE TABLE event_type (
    ordinal bigint PRIMARY KEY, environment bigint NOT NULL, name text COLLATE "C" NOT NULL,
    description text NOT NULL, is_archived boolean NOT NULL, is_deprecated boolean NOT NULL,
    schemas text, group_name text, feature_flags text NOT NULL, wording text NOT NULL, sample text,
    created_at bigint NOT NULL, updated_at bigint NOT NULL,
    schema_policy smallint NOT NULL DEFAULT 0, drift text, UNIQUE (environment, name));
-- Serves: the event types whose payloads are checked.
CREATE INDEX event_type_checked ON event_type (environment) WHERE schema_policy <> 0;
-- Serves: the event types that have feature flags.
CREATE INDEX event_type_flagged ON event_type (environment, name) WHERE feature_flags <> '[]';

CREATE TABLE inbox (
    ordinal bigint PRIMARY KEY, environment bigint NOT NULL, tail bigint NOT NULL,
    name text NOT NULL, key bytea NOT NULL, status bigint NOT NULL, headers text NOT NULL,
    body bytea NOT NULL, delay_ms bigint NOT NULL, failure_percent bigint NOT NULL, secret bytea,
    created_at bigint NOT NULL, updated_at bigint NOT NULL);
-- Serves: the list of inboxes.
CREATE INDEX inbox_by_environment ON inbox (environment, ordinal);

-- The slot is that of the inbox's number. `id` begins with the time, so the newest come last.
CREATE TABLE inbox_request (
    slot smallint NOT NULL, inbox bigint NOT NULL, id bytea NOT NULL, method text NOT NULL,
    path text NOT NULL, query text, headers bytea NOT NULL, body_bytes bigint NOT NULL,
    remote text NOT NULL, body bytea NOT NULL,
    -- Serves: the requests of an inbox, one of them, and which are too many.
    PRIMARY KEY (slot, inbox, id));
-- Serves: what is past its time.
CREATE INDEX inbox_request_by_time ON inbox_request (slot, id);

-- What changed in the configuration; caches read on from the version that they know.
CREATE TABLE change (version bigint PRIMARY KEY, kind smallint NOT NULL, subject bigint NOT NULL);

-- The audit log. `id` begins with the time.
CREATE TABLE audit_entry (
    id bytea PRIMARY KEY, environment bigint NOT NULL, actor_kind text NOT NULL, actor text COLLATE "C",
    actor_name text, action text COLLATE "C" NOT NULL, target text COLLATE "C",
    target_uid text COLLATE "C", application text COLLATE "C", changes text NOT NULL, address text,
    request_id text, user_agent text);
-- Serves: the log of an environment.
CREATE INDEX audit_entry_by_environment ON audit_entry (environment, id);
-- Serves: what was done to an object, by its id.
CREATE INDEX audit_entry_by_target ON audit_entry (environment, target, id);
-- Serves: what was done to an object, by its uid.
CREATE INDEX audit_entry_by_uid ON audit_entry (environment, target_uid, id)
    WHERE target_uid IS NOT NULL;
-- Serves: what was done to what belongs to an application.
CREATE INDEX audit_entry_by_application ON audit_entry (environment, application, id);
-- Serves: what somebody has done.
CREATE INDEX audit_entry_by_actor ON audit_entry (environment, actor, id);
-- Serves: one kind of action.
CREATE INDEX audit_entry_by_action ON audit_entry (environment, action, id);

-- What operational webhooks tell, until it is a message; in the slot of the application that it is about.
CREATE TABLE operational_event (
    slot smallint NOT NULL, id text COLLATE "C" NOT NULL, environment bigint NOT NULL,
    application bigint NOT NULL, event_type text NOT NULL, payload text NOT NULL,
    created_at bigint NOT NULL, PRIMARY KEY (slot, id));

-- Which run of a node takes what is owed in a slot; 0: none. It is the journal's lease that counts.
CREATE TABLE slot_lease (slot smallint PRIMARY KEY, journal integer NOT NULL)
    WITH (fillfactor = 50);
INSERT INTO slot_lease (slot, journal) SELECT slot, 0 FROM generate_series(0, 1023) AS slot;

-- One row for each run of a node that may still hold deliveries in memory. `batch` counts its commits,
-- so that one whose answer was lost can be looked up; the numbers are the last that it has given. `seen`
-- is the version of the configuration that it knows; no message above the mark is older than `mark_at`, and
-- none that it writes later was accepted before `floor` (0: it promises nothing yet).
CREATE TABLE journal (
    slot smallint NOT NULL, id integer NOT NULL, node text NOT NULL, fence bigint NOT NULL,
    lease_until bigint NOT NULL, mark bigint NOT NULL, mark_at bigint NOT NULL,
    batch bigint NOT NULL, message_seq bigint NOT NULL, attempt_seq bigint NOT NULL,
    opened_at bigint NOT NULL, seen bigint NOT NULL, delivers boolean NOT NULL, floor bigint NOT NULL,
    PRIMARY KEY (slot, id)) WITH (fillfactor = 20);

-- `created_at` is the time in `id`, so both sort alike and the time finds the partition.
CREATE TABLE message (
    slot smallint NOT NULL, application bigint NOT NULL, created_at bigint NOT NULL,
    id bytea NOT NULL, journal integer NOT NULL, seq bigint NOT NULL, event_type text NOT NULL,
    targets bytea NOT NULL, event_id text COLLATE "C", channels text, tags text, options text,
    payload bytea NOT NULL,
    -- Serves: the messages of an application; one message.
    PRIMARY KEY (slot, application, created_at, id)) PARTITION BY RANGE (created_at);
-- Serves: the messages of a journal above its mark, which says since when they were accepted.
CREATE INDEX message_by_time ON message USING brin (created_at) WITH (pages_per_range = 16);
-- Serves: the message of an event id.
CREATE INDEX message_by_event_id ON message (slot, application, event_id, created_at)
    WHERE event_id IS NOT NULL;

-- Which payloads go before their messages do, and after when.
CREATE TABLE payload_expiry (
    slot smallint NOT NULL, until bigint NOT NULL, application bigint NOT NULL,
    message_id bytea NOT NULL,
    -- Serves: the payloads that are past their time.
    PRIMARY KEY (slot, until, message_id));

CREATE TABLE attempt (
    slot smallint NOT NULL, application bigint NOT NULL, endpoint bigint NOT NULL,
    message_id bytea NOT NULL, created_at bigint NOT NULL, id bytea NOT NULL,
    number bigint NOT NULL, trigger smallint NOT NULL, outcome smallint NOT NULL,
    is_late boolean NOT NULL, status bigint, error smallint, error_detail text, peer text,
    resolve_us bigint NOT NULL, connect_us bigint NOT NULL, tls_us bigint NOT NULL,
    head_us bigint NOT NULL, body_us bigint NOT NULL, is_truncated boolean NOT NULL,
    url text NOT NULL, request_headers text NOT NULL, response_headers bytea NOT NULL,
    response bytea NOT NULL,
    -- Serves: the attempts and the delivery states of a message; recovery.
    PRIMARY KEY (slot, message_id, created_at, id)) PARTITION BY RANGE (created_at);
-- Serves: the attempts of an endpoint; how many there are in a span of time.
CREATE INDEX attempt_by_endpoint ON attempt (slot, application, endpoint, created_at, id);
-- Serves: the failed attempts of an endpoint; how many of them ended in which way, from the index alone.
CREATE INDEX attempt_not_successful ON attempt (slot, application, endpoint, created_at, id)
    INCLUDE (outcome, message_id) WHERE outcome <> 0;
-- Serves: one attempt by its id, which says when it was made.
CREATE INDEX attempt_by_time ON attempt USING brin (created_at) WITH (pages_per_range = 16);

-- What is owed, and nothing else. Endpoint 0: the rest of a fan-out, from `place` on.
CREATE TABLE pending (
    slot smallint NOT NULL, application bigint NOT NULL, message_id bytea NOT NULL,
    endpoint bigint NOT NULL, due_at bigint NOT NULL, owed_since bigint NOT NULL,
    attempts_count bigint NOT NULL, reason smallint NOT NULL, trigger smallint NOT NULL,
    version bigint NOT NULL, recoveries_count bigint NOT NULL, place bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (slot, message_id, endpoint));
-- Serves: what is due to an endpoint; which endpoints are owed something.
CREATE INDEX pending_by_endpoint ON pending (slot, endpoint, due_at);
-- Serves: what waits in line for an endpoint that keeps the order, by its place; which endpoints have a line.
CREATE INDEX pending_in_line ON pending (slot, endpoint, place) WHERE endpoint > 0 AND place > 0;

-- How many deliveries have joined the line of an endpoint that keeps the order: the last one's place. Who
-- writes it holds it until the end, so places become visible in their order.
CREATE TABLE line (
    slot smallint NOT NULL, endpoint bigint NOT NULL, last bigint NOT NULL,
    PRIMARY KEY (slot, endpoint)) WITH (fillfactor = 70);

-- What the product keeps here; gone ones leave their row without a body, so that versions go on.
CREATE TABLE record (
    slot smallint NOT NULL, application bigint NOT NULL, entity_type text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL, version bigint NOT NULL, hash bytea NOT NULL,
    entity_id text NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL,
    deleted_at bigint, body bytea NOT NULL,
    -- Serves: one record.
    PRIMARY KEY (slot, application, entity_type, id));
-- Serves: the list of records of a type.
CREATE INDEX record_by_type ON record (slot, application, entity_type, id)
    WHERE deleted_at IS NULL;

-- What happened to them, with the message that tells of it.
CREATE TABLE record_change (
    slot smallint NOT NULL, application bigint NOT NULL, entity_type text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL, version bigint NOT NULL, action smallint NOT NULL,
    changed_at bigint NOT NULL, message_id bytea NOT NULL,
    -- Serves: the history of a record.
    PRIMARY KEY (slot, application, entity_type, id, version));

-- Who reads from a polling endpoint, and behind which message it goes on.
CREATE TABLE consumer (
    slot smallint NOT NULL, application bigint NOT NULL, endpoint bigint NOT NULL,
    name text COLLATE "C" NOT NULL, place bytea NOT NULL, moved_at bigint NOT NULL,
    -- Serves: one consumer, and how many there are.
    PRIMARY KEY (slot, endpoint, name)) WITH (fillfactor = 70);

-- Work that goes on behind a request, in the slot of its application. `progress` is written along with
-- what it does.
CREATE TABLE job (
    slot smallint NOT NULL, id bytea NOT NULL, environment bigint NOT NULL,
    application bigint NOT NULL, endpoint bigint NOT NULL, kind smallint NOT NULL,
    state smallint NOT NULL, version bigint NOT NULL, work text NOT NULL, progress text NOT NULL,
    created_at bigint NOT NULL, updated_at bigint NOT NULL, finished_at bigint,
    -- Serves: one job; those that are past their time.
    PRIMARY KEY (slot, id)) WITH (fillfactor = 50);
-- Serves: the list of jobs.
CREATE INDEX job_by_environment ON job (environment, id);
-- Serves: the list of jobs that stand so.
CREATE INDEX job_by_state ON job (environment, state, id);
-- Serves: the list of jobs that do this.
CREATE INDEX job_by_kind ON job (environment, kind, id);
-- Serves: the list of jobs of one application.
CREATE INDEX job_by_application ON job (slot, application, id);
-- Serves: the jobs that run.
CREATE INDEX job_running ON job (slot, id) WHERE finished_at IS NULL;

-- Idempotency keys (`k`, a hash) and event ids (`e`, the application, the id). `reference` is the id of
-- a message, or the number of what was made.
CREATE TABLE dedup (
    slot smallint NOT NULL, key bytea NOT NULL, body bytea NOT NULL, reference bytea NOT NULL,
    taken_at bigint NOT NULL, expires_at bigint NOT NULL, PRIMARY KEY (slot, key));

-- How far a copy from another store has come, a row for each table; empty once it is done.
CREATE TABLE copy_progress (
    name text PRIMARY KEY, source text NOT NULL, started_at bigint NOT NULL, cursor bytea,
    rows_count bigint NOT NULL, checksum bytea NOT NULL, is_done boolean NOT NULL);
