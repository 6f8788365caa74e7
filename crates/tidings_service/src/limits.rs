//! Every limit of the use cases, with its unit. Limits on names are in [`tidings_domain::names`].

use std::time::Duration;

use tidings_domain::clock::Millis;

/// How many events go into one request.
pub const BATCH_SIZE_MAX: u32 = 1_000;
/// How long a batch waits to be filled.
pub const BATCH_WAIT_SECS_MAX: u32 = 300;
/// Most bytes of a name that people give to an application.
pub const DISPLAY_NAME_BYTES_MAX: usize = 256;
/// Most bytes of a description.
pub const DESCRIPTION_BYTES_MAX: usize = 4_096;
/// Most event types that one endpoint may list; an endpoint that wants more wants all.
pub const ENDPOINT_EVENT_TYPES_MAX: usize = 1_000;
/// On how many of the newest messages a filter is tried out.
pub const TRIED_MESSAGES_MAX: usize = 10;
/// Most channels of an endpoint or a message.
pub const CHANNELS_MAX: usize = 10;
/// Most tags of a message.
pub const TAGS_MAX: usize = 5;
/// Most bytes of a tag.
pub const TAG_BYTES_MAX: usize = 128;
/// For how many days a message may ask its payload to be kept.
pub const PAYLOAD_RETENTION_DAYS_MAX: u32 = 90;
/// For how many hours: as long.
pub const PAYLOAD_RETENTION_HOURS_MAX: u32 = 90 * 24;
/// Most messages whose payloads are expunged in one request.
pub const EXPUNGED_AT_ONCE_MAX: usize = 250;
/// Most sessions that are named to end at once.
pub const SESSION_IDS_MAX: usize = 1_000;
/// The longest that sessions may be let go on before they end: three days.
pub const SESSIONS_END_WITHIN_SECS_MAX: u32 = 3 * 24 * 3_600;
/// Most feature flags of an event type, a session or an integration.
pub const FEATURE_FLAGS_MAX: usize = 25;
/// Most bytes of all schemas of an event type, as JSON.
pub const SCHEMAS_BYTES_MAX: usize = 256 * 1024;
/// Most bytes of the sample of an event type: enough for any event that people read.
pub const SAMPLE_BYTES_MAX: usize = 64 * 1024;
/// Most rules that say what of a sample is new each time.
pub const REFRESH_RULES_MAX: usize = 100;
/// Most event types of one catalogue, all of which are written in one transaction.
pub const CATALOG_EVENT_TYPES_MAX: usize = 1_000;
/// Most problems of one catalogue that are told; nobody reads more at once.
pub const CATALOG_PROBLEMS_MAX: usize = 100;
/// Most values of all schemas of one `OpenAPI` document, each with what it refers to.
pub const OPEN_API_VALUES_MAX: usize = 500_000;
/// Most values of a YAML document, with what its aliases stand for.
pub const YAML_NODES_MAX: usize = 200_000;
/// Most aliases of a YAML document.
pub const YAML_ALIASES_MAX: usize = 5_000;
/// Most plans of an environment, all of which are read with an application that has one.
pub const PLANS_MAX: usize = 20;
/// Most records of one import, which go into one commit.
pub const RECORDS_IMPORT_MAX: usize = 1_000;
/// How often a change of a record is tried that others were faster than: as many as may do so at once.
pub const RECORD_TRIES_MAX: usize = 100;
/// How deep JSON may be nested, the body itself included: more is never an event.
pub const JSON_DEPTH_MAX: usize = 64;

/// Bytes of an idempotency key.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 256;
/// How long an idempotency key is remembered: 24 hours.
pub const IDEMPOTENCY_FOR_MS: Millis = 24 * 60 * 60 * 1000;
/// How long an event id is kept unique: 24 hours.
pub const EVENT_ID_UNIQUE_FOR_MS: Millis = 24 * 60 * 60 * 1000;

/// How long a replaced secret still signs, unless the caller says otherwise: a day.
pub const GRACE_PERIOD_DEFAULT: Duration = Duration::from_hours(24);
/// The longest that a replaced secret may still sign: a week.
pub const GRACE_PERIOD_MAX: Duration = Duration::from_hours(7 * 24);
/// How many replaced secrets may still sign at once.
pub const OLD_SECRETS_MAX: usize = 10;

/// Rows of a page unless the caller says otherwise.
pub const PAGE_ROWS_DEFAULT: usize = 50;
/// Most rows of a page.
pub const PAGE_ROWS_MAX: usize = 250;
/// How far lists of messages and attempts look back unless the caller says otherwise: 90 days.
pub const LOOK_BACK_MS: Millis = 90 * 24 * 60 * 60 * 1000;

/// When to come back after a refusal for want of room on the disk.
pub const RETRY_AFTER_FULL: Duration = Duration::from_secs(30);
/// When to come back after a refusal that should soon pass.
pub const RETRY_AFTER_BUSY: Duration = Duration::from_secs(1);

/// Most API keys of one environment that are not revoked: all are read to list them.
pub const API_KEYS_MAX: usize = 1_000;
/// Most requests a second that a key may be limited to; more is no limit.
pub const KEY_RATE_MAX: u32 = 1_000_000;

/// Passwords that may be tried at once for one email address, and how long it takes until one more may be.
pub const SIGN_INS_OF_ADDRESS_MAX: u32 = 10;
/// See [`SIGN_INS_OF_ADDRESS_MAX`].
pub const SIGN_IN_OF_ADDRESS_EVERY: Duration = Duration::from_mins(1);
/// The same for one network address, behind which there may be several people.
pub const SIGN_INS_OF_NETWORK_MAX: u32 = 30;
/// See [`SIGN_INS_OF_NETWORK_MAX`].
pub const SIGN_IN_OF_NETWORK_EVERY: Duration = Duration::from_secs(20);
/// Most addresses that tries are counted of. Computing a password takes 20 ms, so no more than half of them
/// can be tried before the first are forgotten.
pub const SIGN_INS_COUNTED_MAX: usize = 60_000;

/// Most inboxes of one environment, since each may hold half a gigabyte.
pub const INBOXES_MAX: usize = 100;
/// Most bytes of a text that requests in an inbox are searched for.
pub const SEARCH_BYTES_MAX: usize = 256;
/// Most requests to inboxes that are being written down at once, a megabyte each at worst.
pub const CAUGHT_AT_ONCE_MAX: usize = 64;
/// Most answers of inboxes that are held back at once; each keeps a connection open.
pub const HELD_BACK_MAX: usize = 256;

/// Most boards of one application, each of which may have 400 buttons.
pub const BOARDS_MAX: usize = 100;
/// Presses a second of one board session: more than a hand makes.
pub const PRESSES_PER_SECOND_MAX: u32 = 5;
/// Presses of a board session that may come at once.
pub const PRESSES_AT_ONCE_MAX: u32 = 10;
/// Most board sessions that press within two seconds at one node; further ones are refused for a moment.
pub const PRESS_SESSIONS_MAX: usize = 10_000;

/// How long a store may take to answer the question whether it is there.
pub const READY_FOR_MAX: Duration = Duration::from_secs(2);

/// How often a change that met another change is tried again.
pub const STALE_RETRIES_MAX: usize = 5;
