//! How each table is read for a copy: the statement, and how a row of it becomes one of the shared form.
//!
//! A column is given as it stands, under its own name, unless [`Reading`] knows better. So a column that
//! is added to a table of the configuration is copied without a line here.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, ToSql};
use tidings_domain::clock::Millis;
use tidings_domain::ids::IdParts;
use tidings_domain::slot;
use tidings_store::StoreError;
use tidings_store::copy::{Checksum, CopyPage, Table, Value};

use super::shape::{Made, Shape};
use crate::convert::{count, failed};

/// A page is at most so long.
const PAGE_ROWS_MAX: usize = 2_000;
/// And ends behind the row with which it has so many bytes.
const PAGE_BYTES_MAX: usize = 4 << 20;

const ENVIRONMENTS: &str = "-- export_environments
SELECT * FROM environment WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const API_KEYS: &str = "-- export_api_keys
SELECT * FROM api_key WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const MEMBERS: &str = "-- export_members
SELECT * FROM member WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const MEMBER_SESSIONS: &str = "-- export_member_sessions
SELECT * FROM member_session WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const APPLICATIONS: &str = "-- export_applications
SELECT * FROM application WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const API_USERS: &str = "-- export_api_users
SELECT * FROM api_user WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const INTEGRATIONS: &str = "-- export_integrations
SELECT * FROM integration WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const SESSIONS: &str = "-- export_sessions
SELECT * FROM session WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const ENDPOINTS: &str = "-- export_endpoints
SELECT * FROM endpoint WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const ENDPOINT_STATES: &str = "-- export_endpoint_states
SELECT endpoint_state.*, endpoint.application AS its_application
FROM endpoint_state JOIN endpoint ON endpoint.ordinal = endpoint_state.endpoint
WHERE endpoint_state.endpoint > ?1 ORDER BY endpoint_state.endpoint LIMIT ?2";
const BOARDS: &str = "-- export_boards
SELECT * FROM board WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const BUTTONS: &str = "-- export_buttons
SELECT * FROM button WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const EVENT_TYPES: &str = "-- export_event_types
SELECT * FROM event_type WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const INBOXES: &str = "-- export_inboxes
SELECT * FROM inbox WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const CHANGES: &str = "-- export_changes
SELECT * FROM change WHERE version > ?1 ORDER BY version LIMIT ?2";
const MESSAGES: &str = "-- export_messages
SELECT * FROM message WHERE seq > ?1 ORDER BY seq LIMIT ?2";
/// Of a message that is gone there is nothing left to expunge.
const PAYLOAD_EXPIRIES: &str = "-- export_payload_expiries
SELECT payload_expiry.*, message.application, message.accepted_at AS its_time,
    message.journal AS its_journal, message.tail AS its_tail
FROM payload_expiry CROSS JOIN message ON message.seq = payload_expiry.message
WHERE (payload_expiry.until, payload_expiry.message) > (?1, ?2)
ORDER BY payload_expiry.until, payload_expiry.message LIMIT ?3";
const ATTEMPTS: &str = "-- export_attempts
SELECT attempt.*, message.application, message.accepted_at AS its_time,
    message.journal AS its_journal, message.tail AS its_tail
FROM attempt LEFT JOIN message ON message.seq = attempt.message
WHERE attempt.seq > ?1 ORDER BY attempt.seq LIMIT ?2";
const RECORDS: &str = "-- export_records
SELECT * FROM record WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const RECORD_CHANGES: &str = "-- export_record_changes
SELECT * FROM record_change WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const CONSUMERS: &str = "-- export_consumers
SELECT * FROM consumer WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const LINES: &str = "-- export_lines
SELECT line.*, endpoint.application AS its_application
FROM line JOIN endpoint ON endpoint.ordinal = line.endpoint
WHERE line.endpoint > ?1 ORDER BY line.endpoint LIMIT ?2";
/// What is owed of a message that is gone can never be sent.
const PENDING: &str = "-- export_pending
SELECT pending.*, message.application, message.accepted_at AS its_time,
    message.journal AS its_journal, message.tail AS its_tail
FROM pending CROSS JOIN message ON message.seq = pending.message
WHERE (pending.message, pending.endpoint) > (?1, ?2)
ORDER BY pending.message, pending.endpoint LIMIT ?3";
const AUDIT_ENTRIES: &str = "-- export_audit_entries
SELECT * FROM audit_entry WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
const OPERATIONAL_EVENTS: &str = "-- export_operational_events
SELECT * FROM operational_event WHERE ordinal > ?1 ORDER BY ordinal LIMIT ?2";
/// When a key was taken is not kept here, and nobody asks.
const IDEMPOTENCY_KEYS: &str = "-- export_idempotency_keys
SELECT dedup.*, 0 AS taken_at, message.application AS its_application,
    message.accepted_at AS its_time, message.journal AS its_journal, message.tail AS its_tail
FROM dedup LEFT JOIN message ON dedup.is_message AND message.seq = dedup.reference
WHERE dedup.key > ?1 AND (NOT dedup.is_message OR message.seq IS NOT NULL)
ORDER BY dedup.key LIMIT ?2";
/// The latest message of each event id; the other columns are of that row.
const EVENT_IDS: &str = "-- export_event_ids
SELECT max(seq) AS seq, application AS its_application, event_id, accepted_at AS taken_at, journal,
    tail, zeroblob(16) AS body, accepted_at + ?4 AS expires_at
FROM message WHERE event_id IS NOT NULL AND (application, event_id) > (?1, ?2)
GROUP BY application, event_id ORDER BY application, event_id LIMIT ?3";
const COUNTERS: &str = "-- export_counters
SELECT 'environment' AS name, coalesce(max(ordinal), 0) AS value FROM environment
UNION ALL SELECT 'application',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'application'), 0)
UNION ALL SELECT 'api_user',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'api_user'), 0)
UNION ALL SELECT 'member',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'member'), 0)
UNION ALL SELECT 'member_session',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'member_session'), 0)
UNION ALL SELECT 'endpoint',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'endpoint'), 0)
UNION ALL SELECT 'event_type',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event_type'), 0)
UNION ALL SELECT 'inbox',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'inbox'), 0)
UNION ALL SELECT 'integration',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'integration'), 0)
UNION ALL SELECT 'board',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'board'), 0)
UNION ALL SELECT 'change',
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), 0)
UNION ALL SELECT 'journal', coalesce((SELECT value FROM counter WHERE name = 'journal'), 0)
UNION ALL SELECT 'message', max(coalesce((SELECT max(seq) FROM message), 0),
    coalesce((SELECT value FROM counter WHERE name = 'message'), 0))
UNION ALL SELECT 'attempt', max(coalesce((SELECT max(seq) FROM attempt), 0),
    coalesce((SELECT value FROM counter WHERE name = 'attempt'), 0))";
const HAS_JOURNALS: &str = "-- has_journals
SELECT 1 FROM journal LIMIT 1";
const STATE: &str = "-- export_state
SELECT coalesce((SELECT max(version) FROM change), 0),
    coalesce((SELECT value FROM counter WHERE name = 'journal'), 0),
    coalesce((SELECT max(seq) FROM message), 0), coalesce((SELECT max(seq) FROM attempt), 0),
    coalesce((SELECT max(ordinal) FROM environment), 0),
    coalesce((SELECT min(created_at) FROM environment), 0)";
const LAST_ENDPOINT: &str = "-- export_last_endpoint
SELECT coalesce(max(ordinal), 0) FROM endpoint";
const MESSAGES_SPAN: &str = "-- export_messages_span
SELECT coalesce((SELECT max(seq) FROM message), 0) - coalesce((SELECT min(seq) FROM message), 1) + 1";
const ATTEMPTS_SPAN: &str = "-- export_attempts_span
SELECT coalesce((SELECT max(seq) FROM attempt), 0) - coalesce((SELECT min(seq) FROM attempt), 1) + 1";

/// Whether a run of a server has not been closed.
pub(crate) fn has_journals(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare(HAS_JOURNALS)?.exists([])
}

/// Which data these are, and in which state.
pub(crate) fn state(connection: &Connection) -> rusqlite::Result<String> {
    connection.query_row(STATE, [], |row| {
        let numbers = (0..6).map(|column| row.get::<_, i64>(column));
        let numbers: Vec<i64> = numbers.collect::<rusqlite::Result<_>>()?;
        let [version, journal, message, attempt, environments, since] = numbers[..] else {
            return Err(rusqlite::Error::InvalidQuery);
        };
        Ok(format!(
            "since {since}, environments {environments}, version {version}, journal {journal}, \
             message {message}, attempt {attempt}"
        ))
    })
}

/// The highest number of an endpoint.
pub(crate) fn endpoints_count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row(LAST_ENDPOINT, [], |row| row.get(0))
}

/// How many rows there are of what there is much of; about, since numbers may have gaps.
pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Vec<(Table, u64)>> {
    let count = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    Ok(vec![
        (Table::Message, count(MESSAGES_SPAN)?.unsigned_abs()),
        (Table::Attempt, count(ATTEMPTS_SPAN)?.unsigned_abs()),
    ])
}

/// A table on its way.
pub(crate) struct Reading {
    pub(crate) table: Table,
    pub(crate) cursor: Option<Vec<u8>>,
    pub(crate) event_ids_since: Millis,
    pub(crate) event_ids_for: Millis,
}

impl Reading {
    /// The next page, and moves on.
    pub(crate) fn next_page(&mut self, connection: &Connection) -> Result<CopyPage, StoreError> {
        let page = match self.table {
            Table::Pending | Table::PayloadExpiry => {
                let (first, second) = self.cursor.as_deref().map_or(Ok((i64::MIN, 0)), |key| {
                    let (first, second) = split(key)?;
                    Ok((first, number(second)?))
                })?;
                self.read(connection, &[&first, &second, &count(PAGE_ROWS_MAX)])
            }
            Table::EventId => {
                let (application, event_id) =
                    self.cursor.as_deref().map_or(Ok((i64::MIN, "")), |key| {
                        let (application, event_id) = split(key)?;
                        let event_id = std::str::from_utf8(event_id);
                        event_id
                            .map(|id| (application, id))
                            .map_err(|_| bad_cursor())
                    })?;
                let kept_for = self.event_ids_for;
                let limit = count(PAGE_ROWS_MAX);
                self.read(connection, &[&application, &event_id, &limit, &kept_for])
            }
            Table::IdempotencyKey => {
                let after = self.cursor.clone().unwrap_or_default();
                self.read(connection, &[&after, &count(PAGE_ROWS_MAX)])
            }
            Table::Counter => self.read(connection, &[]),
            _ => {
                let after = self.cursor.as_deref().map_or(Ok(i64::MIN), number)?;
                self.read(connection, &[&after, &count(PAGE_ROWS_MAX)])
            }
        };
        let page = page.map_err(|error| self.unreadable(error))?;
        self.cursor = Some(page.cursor.clone());
        Ok(page)
    }

    fn unreadable(&self, error: rusqlite::Error) -> StoreError {
        match error {
            rusqlite::Error::SqliteFailure(..) => failed(error),
            other => {
                StoreError::Internal(format!("a row of {} cannot be read: {other}", self.table))
            }
        }
    }

    fn read(&self, connection: &Connection, bounds: &[&dyn ToSql]) -> rusqlite::Result<CopyPage> {
        let mut select = connection.prepare_cached(sql(self.table))?;
        let names: Vec<String> = select.column_names().map(str::to_owned).collect();
        let shape = Shape::new(&names, renamed(self.table), made(self.table))?;
        let mut page = CopyPage {
            table: self.table,
            columns: shape.names(),
            rows: Vec::new(),
            cursor: self.cursor.clone().unwrap_or_default(),
            is_last: true,
            checksum: Checksum::default(),
        };
        let (mut rows, mut read, mut bytes) = (select.query(bounds)?, 0, 0);
        while let Some(row) = rows.next()? {
            page.cursor = self.cursor_of(row)?;
            read += 1;
            if self.is_wanted(row)? {
                let row = shape.apply(row)?;
                bytes += row.iter().map(Value::size).sum::<usize>();
                page.checksum.add(&row);
                page.rows.push(row);
            }
            if bytes >= PAGE_BYTES_MAX {
                page.is_last = false;
                break;
            }
        }
        if self.table != Table::Counter {
            page.is_last &= read < PAGE_ROWS_MAX;
        }
        Ok(page)
    }

    /// Event ids that may be used again are not given.
    fn is_wanted(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        Ok(
            self.table != Table::EventId
                || row.get::<_, Millis>("taken_at")? > self.event_ids_since,
        )
    }

    fn cursor_of(&self, row: &Row<'_>) -> rusqlite::Result<Vec<u8>> {
        let wide = |column: &str| row.get::<_, i64>(column).map(i64::to_be_bytes);
        Ok(match self.table {
            Table::EndpointState | Table::Line => wide("endpoint")?.to_vec(),
            Table::Change => wide("version")?.to_vec(),
            Table::Message | Table::Attempt => wide("seq")?.to_vec(),
            Table::Pending => [wide("message")?, wide("endpoint")?].concat(),
            Table::PayloadExpiry => [wide("until")?, wide("message")?].concat(),
            Table::IdempotencyKey => row.get("key")?,
            Table::EventId => {
                let mut key = wide("its_application")?.to_vec();
                key.extend(row.get_ref("event_id")?.as_bytes()?);
                key
            }
            Table::Counter => Vec::new(),
            _ => wide("ordinal")?.to_vec(),
        })
    }
}

fn number(key: &[u8]) -> Result<i64, StoreError> {
    let bytes = key.try_into().map_err(|_| bad_cursor())?;
    Ok(i64::from_be_bytes(bytes))
}

fn split(key: &[u8]) -> Result<(i64, &[u8]), StoreError> {
    let (first, rest) = key.split_at_checked(8).ok_or_else(bad_cursor)?;
    Ok((number(first)?, rest))
}

fn bad_cursor() -> StoreError {
    StoreError::Internal("the place where the copy goes on cannot be read".into())
}

pub(super) fn sql(table: Table) -> &'static str {
    match table {
        Table::Environment => ENVIRONMENTS,
        Table::ApiKey => API_KEYS,
        Table::Member => MEMBERS,
        Table::MemberSession => MEMBER_SESSIONS,
        Table::Application => APPLICATIONS,
        Table::ApiUser => API_USERS,
        Table::Integration => INTEGRATIONS,
        Table::Session => SESSIONS,
        Table::Endpoint => ENDPOINTS,
        Table::EndpointState => ENDPOINT_STATES,
        Table::Board => BOARDS,
        Table::Button => BUTTONS,
        Table::EventType => EVENT_TYPES,
        Table::Inbox => INBOXES,
        Table::Change => CHANGES,
        Table::Message => MESSAGES,
        Table::PayloadExpiry => PAYLOAD_EXPIRIES,
        Table::Attempt => ATTEMPTS,
        Table::Record => RECORDS,
        Table::RecordChange => RECORD_CHANGES,
        Table::Consumer => CONSUMERS,
        Table::Line => LINES,
        Table::Pending => PENDING,
        Table::AuditEntry => AUDIT_ENTRIES,
        Table::OperationalEvent => OPERATIONAL_EVENTS,
        Table::IdempotencyKey => IDEMPOTENCY_KEYS,
        Table::EventId => EVENT_IDS,
        Table::Counter => COUNTERS,
    }
}

/// Columns that are given under another name; under none where they only go into what is made.
fn renamed(table: Table) -> &'static [(&'static str, &'static str)] {
    match table {
        Table::Message => &[("accepted_at", "created_at"), ("tail", "")],
        Table::Attempt => &[
            ("started_at", "created_at"),
            ("seq", ""),
            ("journal", ""),
            ("tail", ""),
            ("message", ""),
        ],
        Table::Record
        | Table::RecordChange
        | Table::AuditEntry
        | Table::OperationalEvent
        | Table::Consumer => &[("ordinal", "")],
        Table::PayloadExpiry => &[("message", "")],
        Table::Pending => &[("position", "place"), ("message", "")],
        Table::IdempotencyKey => &[("key", ""), ("reference", ""), ("is_message", "")],
        Table::EventId => &[("seq", ""), ("event_id", ""), ("journal", ""), ("tail", "")],
        _ => &[],
    }
}

/// Columns that are made of others.
fn made(table: Table) -> &'static [(&'static str, Made)] {
    const ITS_ID: Made = Made::Id(["its_time", "its_journal", "message", "its_tail"]);
    match table {
        Table::Application => &[("slot", Made::SlotOf("ordinal"))],
        Table::Endpoint
        | Table::Record
        | Table::RecordChange
        | Table::OperationalEvent
        | Table::Consumer => &[("slot", Made::SlotOf("application"))],
        Table::EndpointState | Table::Line => &[("slot", Made::SlotOf("its_application"))],
        Table::Message => &[
            ("slot", Made::SlotOf("application")),
            ("id", Made::Id(["accepted_at", "journal", "seq", "tail"])),
        ],
        Table::Attempt => &[
            ("slot", Made::SlotOf("application")),
            ("id", Made::Id(["started_at", "journal", "seq", "tail"])),
            ("message_id", ITS_ID),
        ],
        Table::Pending | Table::PayloadExpiry => &[
            ("slot", Made::SlotOf("application")),
            ("message_id", ITS_ID),
        ],
        Table::IdempotencyKey => &[
            ("slot", Made::By(slot_of_key)),
            ("key", Made::By(idempotency_key)),
            ("reference", Made::By(reference)),
        ],
        Table::EventId => &[
            ("slot", Made::SlotOf("its_application")),
            ("key", Made::By(event_key)),
            (
                "reference",
                Made::Id(["taken_at", "journal", "seq", "tail"]),
            ),
        ],
        _ => &[],
    }
}

/// A message's key is kept with its application, any other by its own first bytes.
fn slot_of_key(row: &Row<'_>) -> rusqlite::Result<Value> {
    let application: Option<i64> = row.get("its_application")?;
    let key: [u8; 16] = row.get("key")?;
    let number = || i64::from_be_bytes(key[..8].try_into().expect("8 of 16 bytes"));
    let slot = slot::of(application.unwrap_or_else(number));
    Ok(Value::Number(slot.into()))
}

fn idempotency_key(row: &Row<'_>) -> rusqlite::Result<Value> {
    let mut key = vec![b'k'];
    key.extend(row.get_ref("key")?.as_bytes()?);
    Ok(Value::Bytes(key))
}

/// The id of the message, or the number of what was made.
fn reference(row: &Row<'_>) -> rusqlite::Result<Value> {
    let number: i64 = row.get("reference")?;
    if !row.get::<_, bool>("is_message")? {
        return Ok(Value::Bytes(number.to_be_bytes().to_vec()));
    }
    let id = IdParts {
        at_ms: row.get("its_time")?,
        journal: row.get("its_journal")?,
        seq: number,
        tail: row.get("its_tail")?,
    };
    Ok(Value::Bytes(id.to_bytes().to_vec()))
}

fn event_key(row: &Row<'_>) -> rusqlite::Result<Value> {
    let mut key = vec![b'e'];
    key.extend(row.get::<_, i64>("its_application")?.to_be_bytes());
    key.extend(row.get_ref("event_id")?.as_bytes()?);
    Ok(Value::Bytes(key))
}

/// A value as it stands.
pub(super) fn plain(value: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Number(number),
        ValueRef::Text(_) => Value::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
    })
}
