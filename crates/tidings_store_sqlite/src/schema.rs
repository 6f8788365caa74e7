//! The tables, and how a file gets from an older version to this one.
//!
//! Numbered, forward only, never edited after a release: expand, then move, then contract.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use tidings_store::StoreError;

use crate::convert::failed;

/// The migrations, in order. The file's `user_version` counts how many it has had.
const MIGRATIONS: &[&str] = &[VERSION_1];

const VERSION_1: &str = "
CREATE TABLE environment (
    ordinal INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,
    plans TEXT NOT NULL DEFAULT '[]', theme TEXT NOT NULL DEFAULT '{}');

CREATE TABLE api_key (
    ordinal INTEGER PRIMARY KEY, environment INTEGER NOT NULL, name TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32), created_at INTEGER NOT NULL,
    last_used_at INTEGER, revoked_at INTEGER, role TEXT NOT NULL DEFAULT 'admin',
    expires_at INTEGER, old_hashes BLOB NOT NULL DEFAULT x'', rate_limit INTEGER);

CREATE TABLE member (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, environment INTEGER NOT NULL, tail INTEGER NOT NULL,
    email TEXT NOT NULL, email_key TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    password_hash TEXT, invitation_hash BLOB, invitation_ends_at INTEGER, disabled_at INTEGER,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_seen_at INTEGER);
-- Serves: the member of an address. Holds: an address is unique in its environment.
CREATE UNIQUE INDEX member_by_email ON member (email_key, environment);
-- Serves: the member whose invitation it is.
CREATE UNIQUE INDEX member_by_invitation ON member (invitation_hash)
    WHERE invitation_hash IS NOT NULL;
-- Serves: the list of members.
CREATE INDEX member_by_environment ON member (environment, ordinal);

CREATE TABLE member_session (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, tail INTEGER NOT NULL, member INTEGER NOT NULL,
    token_hash BLOB NOT NULL UNIQUE, created_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
    address TEXT, user_agent TEXT);
-- Serves: the sessions of a member.
CREATE INDEX member_session_by_member ON member_session (member, ordinal);

CREATE TABLE application (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, environment INTEGER NOT NULL,
    tail INTEGER NOT NULL, uid TEXT, name TEXT NOT NULL, throttle_rate INTEGER, plan TEXT,
    feature_flags TEXT, metadata TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    deleted_at INTEGER, is_operational INTEGER NOT NULL DEFAULT 0);
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
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, environment INTEGER NOT NULL,
    application INTEGER NOT NULL, login TEXT NOT NULL, password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_used_at INTEGER, revoked_at INTEGER);
-- Serves: the API user of a login. Holds: a login is unique.
CREATE UNIQUE INDEX api_user_by_login ON api_user (login) WHERE revoked_at IS NULL;
-- Serves: the API users of an application.
CREATE INDEX api_user_by_application ON api_user (application, ordinal);

CREATE TABLE integration (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, environment INTEGER NOT NULL,
    application INTEGER NOT NULL, tail INTEGER NOT NULL, name TEXT NOT NULL, feature_flags TEXT NOT NULL,
    hash BLOB CHECK (length(hash) = 32), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
-- Serves: the integrations of an application.
CREATE INDEX integration_by_application ON integration (application, ordinal);

CREATE TABLE session (
    ordinal INTEGER PRIMARY KEY, environment INTEGER NOT NULL, application INTEGER NOT NULL,
    session_id TEXT, capabilities TEXT NOT NULL, feature_flags TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32), link_hash BLOB NOT NULL CHECK (length(link_hash) = 32),
    link_used_at INTEGER, link_token_hash BLOB CHECK (length(link_token_hash) = 32), created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, revoked_at INTEGER);
-- Serves: those of an application that have not ended.
CREATE INDEX session_by_application ON session (application, expires_at);
-- Serves: those that have ended.
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE endpoint (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, application INTEGER NOT NULL,
    environment INTEGER NOT NULL, number INTEGER NOT NULL, tail INTEGER NOT NULL, uid TEXT,
    url TEXT NOT NULL, description TEXT NOT NULL, is_disabled INTEGER NOT NULL, event_types TEXT NOT NULL,
    channels TEXT NOT NULL, filter TEXT, throttle_rate INTEGER, is_fifo INTEGER NOT NULL, format TEXT NOT NULL,
    retry_policy TEXT, co_signature TEXT,
    batch_size INTEGER, max_wait_secs INTEGER, metadata TEXT NOT NULL, headers BLOB, credentials BLOB, secrets TEXT NOT NULL, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER,
    is_hidden INTEGER NOT NULL DEFAULT 0, is_polling INTEGER NOT NULL DEFAULT 0);
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
    endpoint INTEGER PRIMARY KEY, failing_since INTEGER, last_failure_at INTEGER,
    failures_count INTEGER NOT NULL, disabled_reason TEXT, disabled_at INTEGER);
-- Serves: the endpoints that fail, or were switched off for it.
CREATE INDEX endpoint_state_failing ON endpoint_state (endpoint)
    WHERE failing_since IS NOT NULL OR disabled_at IS NOT NULL;

CREATE TABLE board (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, application INTEGER NOT NULL, tail INTEGER NOT NULL,
    uid TEXT, name TEXT NOT NULL, row_count INTEGER NOT NULL, column_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
-- Serves: the board of a uid. Holds: a uid is unique in its application.
CREATE UNIQUE INDEX board_by_uid ON board (application, uid) WHERE uid IS NOT NULL;
-- Serves: the boards of an application.
CREATE INDEX board_by_application ON board (application, ordinal);

-- The number is that of its endpoint, which is hidden and has the URL.
CREATE TABLE button (
    ordinal INTEGER PRIMARY KEY, application INTEGER NOT NULL, board INTEGER NOT NULL, uid TEXT,
    place_row INTEGER NOT NULL, place_column INTEGER NOT NULL, label TEXT NOT NULL,
    message TEXT NOT NULL, picture TEXT, colour TEXT, payload TEXT);
-- Serves: the button of a uid. Holds: a uid is unique in its application.
CREATE UNIQUE INDEX button_by_uid ON button (application, uid) WHERE uid IS NOT NULL;
-- Serves: the button at a place. Holds: no two are at one place.
CREATE UNIQUE INDEX button_by_place ON button (board, place_row, place_column);
-- Serves: the buttons of a board.
CREATE INDEX button_by_board ON button (board, ordinal);
-- Serves: the buttons of an application.
CREATE INDEX button_by_application ON button (application, ordinal);

CREATE TABLE event_type (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, environment INTEGER NOT NULL, name TEXT NOT NULL,
    description TEXT NOT NULL, is_archived INTEGER NOT NULL, is_deprecated INTEGER NOT NULL,
    schemas TEXT, group_name TEXT, feature_flags TEXT NOT NULL, wording TEXT NOT NULL, sample TEXT,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    schema_policy INTEGER NOT NULL DEFAULT 0, drift TEXT, UNIQUE (environment, name));
-- Serves: the event types whose payloads are checked.
CREATE INDEX event_type_checked ON event_type (environment) WHERE schema_policy <> 0;
-- Serves: the event types that have feature flags.
CREATE INDEX event_type_flagged ON event_type (environment, name) WHERE feature_flags <> '[]';

CREATE TABLE inbox (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, environment INTEGER NOT NULL, tail INTEGER NOT NULL,
    name TEXT NOT NULL, key BLOB NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL,
    body BLOB NOT NULL, delay_ms INTEGER NOT NULL, failure_percent INTEGER NOT NULL, secret BLOB,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
-- Serves: the list of inboxes.
CREATE INDEX inbox_by_environment ON inbox (environment, ordinal);

-- `id` begins with the time, so the newest come last.
CREATE TABLE inbox_request (
    seq INTEGER PRIMARY KEY, inbox INTEGER NOT NULL, id BLOB NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, query TEXT, headers BLOB NOT NULL, body_bytes INTEGER NOT NULL,
    remote TEXT NOT NULL, body BLOB NOT NULL);
-- Serves: the requests of an inbox, one of them, and which are too many.
CREATE UNIQUE INDEX inbox_request_by_inbox ON inbox_request (inbox, id);
-- Serves: what is past its time.
CREATE INDEX inbox_request_by_time ON inbox_request (id);

-- What changed in the configuration; caches read on from the version that they know.
CREATE TABLE change (
    version INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, subject INTEGER NOT NULL);

-- The audit log. `id` begins with the time.
CREATE TABLE audit_entry (
    ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, environment INTEGER NOT NULL,
    actor_kind TEXT NOT NULL, actor TEXT, actor_name TEXT, action TEXT NOT NULL, target TEXT,
    target_uid TEXT, application TEXT, changes TEXT NOT NULL, address TEXT, request_id TEXT,
    user_agent TEXT);
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

-- What operational webhooks tell, until it is a message. An id begins with the time.
CREATE TABLE operational_event (
    ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, environment INTEGER NOT NULL,
    application INTEGER NOT NULL, event_type TEXT NOT NULL, payload TEXT NOT NULL,
    created_at INTEGER NOT NULL);

-- One row for each run of a node that may still hold deliveries in memory.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY, node TEXT NOT NULL, fence INTEGER NOT NULL, mark INTEGER NOT NULL,
    opened_at INTEGER NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE message (
    seq INTEGER PRIMARY KEY, application INTEGER NOT NULL, accepted_at INTEGER NOT NULL,
    journal INTEGER NOT NULL, tail INTEGER NOT NULL, event_type TEXT NOT NULL,
    targets BLOB NOT NULL, event_id TEXT, channels TEXT, tags TEXT, options TEXT,
    payload BLOB NOT NULL);
-- Serves: the messages of an application.
CREATE INDEX message_by_application ON message (application, seq);
-- Serves: the message of an event id, and whether one was used within a day.
CREATE INDEX message_by_event_id ON message (application, event_id, seq)
    WHERE event_id IS NOT NULL;

-- Which payloads go before their messages do, and after when.
CREATE TABLE payload_expiry (
    until INTEGER NOT NULL, message INTEGER NOT NULL,
    -- Serves: the payloads that are past their time.
    PRIMARY KEY (until, message)) WITHOUT ROWID;

CREATE TABLE attempt (
    seq INTEGER PRIMARY KEY, message INTEGER NOT NULL, endpoint INTEGER NOT NULL,
    started_at INTEGER NOT NULL, journal INTEGER NOT NULL, tail INTEGER NOT NULL,
    number INTEGER NOT NULL, trigger INTEGER NOT NULL, outcome INTEGER NOT NULL,
    is_late INTEGER NOT NULL, status INTEGER, error INTEGER, error_detail TEXT, peer TEXT,
    resolve_us INTEGER NOT NULL, connect_us INTEGER NOT NULL, tls_us INTEGER NOT NULL,
    head_us INTEGER NOT NULL, body_us INTEGER NOT NULL, is_truncated INTEGER NOT NULL,
    url TEXT NOT NULL, request_headers TEXT NOT NULL, response_headers BLOB NOT NULL,
    response BLOB NOT NULL);
-- Serves: the attempts of an endpoint; how many of them ended in which way, from the index alone.
CREATE INDEX attempt_by_endpoint ON attempt (endpoint, seq, started_at, outcome);
-- Serves: the attempts and the delivery states of a message; recovery.
CREATE INDEX attempt_by_message ON attempt (message, seq);
-- Serves: the failed attempts of an endpoint; how many of them were not the end, likewise.
CREATE INDEX attempt_not_successful ON attempt (endpoint, seq, started_at, outcome, message)
    WHERE outcome <> 0;

-- What is owed, and nothing else. Endpoint 0: the rest of a fan-out, from `position` on. Where it is not 0
-- otherwise, it is the place in line.
CREATE TABLE pending (
    message INTEGER NOT NULL, endpoint INTEGER NOT NULL, due_at INTEGER NOT NULL,
    owed_since INTEGER NOT NULL, attempts_count INTEGER NOT NULL, reason INTEGER NOT NULL,
    trigger INTEGER NOT NULL, version INTEGER NOT NULL, recoveries_count INTEGER NOT NULL,
    position INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (message, endpoint)) WITHOUT ROWID;
-- Serves: what is due to an endpoint; which endpoints are owed something.
CREATE INDEX pending_by_endpoint ON pending (endpoint, due_at);
-- Serves: what waits in line for an endpoint that keeps the order, by its place; which endpoints have a line.
CREATE INDEX pending_in_line ON pending (endpoint, position) WHERE endpoint > 0 AND position > 0;

-- How many deliveries have joined the line of an endpoint that keeps the order: the last one's place.
CREATE TABLE line (endpoint INTEGER PRIMARY KEY, last INTEGER NOT NULL);

-- What the product keeps here; gone ones leave their row without a body, so that versions go on.
CREATE TABLE record (
    ordinal INTEGER PRIMARY KEY, application INTEGER NOT NULL, entity_type TEXT NOT NULL,
    id TEXT NOT NULL, version INTEGER NOT NULL, hash BLOB NOT NULL, entity_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER,
    body BLOB NOT NULL,
    -- Serves: one record.
    UNIQUE (application, entity_type, id));
-- Serves: the list of records of a type.
CREATE INDEX record_by_type ON record (application, entity_type, id) WHERE deleted_at IS NULL;

-- What happened to them, with the message that tells of it.
CREATE TABLE record_change (
    ordinal INTEGER PRIMARY KEY, application INTEGER NOT NULL, entity_type TEXT NOT NULL,
    id TEXT NOT NULL, version INTEGER NOT NULL, action INTEGER NOT NULL,
    changed_at INTEGER NOT NULL, message_id BLOB NOT NULL,
    -- Serves: the history of a record.
    UNIQUE (application, entity_type, id, version));

-- Who reads from a polling endpoint, and behind which message it goes on.
CREATE TABLE consumer (
    ordinal INTEGER PRIMARY KEY, application INTEGER NOT NULL, endpoint INTEGER NOT NULL,
    name TEXT NOT NULL, place BLOB NOT NULL, moved_at INTEGER NOT NULL,
    -- Serves: one consumer, and how many there are.
    UNIQUE (endpoint, name));

-- Work that goes on behind a request. `progress` is written along with what it does.
CREATE TABLE job (
    ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, environment INTEGER NOT NULL,
    application INTEGER NOT NULL, endpoint INTEGER NOT NULL, kind INTEGER NOT NULL,
    state INTEGER NOT NULL, version INTEGER NOT NULL, work TEXT NOT NULL, progress TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, finished_at INTEGER);
-- Serves: the list of jobs.
CREATE INDEX job_by_environment ON job (environment, id);
-- Serves: the list of jobs that stand so.
CREATE INDEX job_by_state ON job (environment, state, id);
-- Serves: the list of jobs that do this.
CREATE INDEX job_by_kind ON job (environment, kind, id);
-- Serves: the list of jobs of one application.
CREATE INDEX job_by_application ON job (application, id);
-- Serves: the jobs that run.
CREATE INDEX job_running ON job (finished_at, id) WHERE finished_at IS NULL;

-- Idempotency keys. `reference` is the number of a message, or of what was made.
CREATE TABLE dedup (
    key BLOB PRIMARY KEY, body BLOB NOT NULL, reference INTEGER NOT NULL,
    is_message INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
";

/// Refuses a file that this version cannot use, before anything of it is changed.
pub(crate) fn check(file: &Path) -> Result<(), StoreError> {
    if !file.try_exists().unwrap_or(false) {
        return Ok(());
    }
    let connection =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    is_known(read_version(&connection)?)
}

/// The version of a file and the one that this program needs; 0 for a file that is not there.
pub(crate) fn versions(file: &Path) -> Result<(usize, usize), StoreError> {
    check(file)?;
    let version = if file.try_exists().unwrap_or(false) {
        let connection =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        read_version(&connection)?
    } else {
        0
    };
    Ok((version, MIGRATIONS.len()))
}

/// Brings the file up to this version.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let version = read_version(connection)?;
    is_known(version)?;
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(failed)?;
        if read_version(&transaction)? == done {
            transaction.execute_batch(migration).map_err(failed)?;
            transaction
                .execute_batch(&format!("PRAGMA user_version = {}", done + 1))
                .map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

fn is_known(version: usize) -> Result<(), StoreError> {
    let known = MIGRATIONS.len();
    if version <= known {
        return Ok(());
    }
    Err(StoreError::Unusable(format!(
        "the data were written by a newer version of Tidings (schema {version}, this one knows {known}); \
         run that version, or restore a backup from before the upgrade"
    )))
}

fn read_version(connection: &Connection) -> Result<usize, StoreError> {
    connection
        .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
        .map(|version| usize::try_from(version).unwrap_or(usize::MAX))
        .map_err(failed)
}
