//! What is copied from one store into another: tables as rows of plain values, in pages, with a checksum
//! that both sides compute in the same way.
//!
//! Nothing here knows an engine. The side that gives rows gives them by the names of the columns of the
//! side that takes them, so a column that only one side has is noticed and not left out.

use std::fmt;

use sha2::{Digest as _, Sha256};
use tidings_domain::clock::Millis;

/// What is copied, in this order. Whatever names a row of another comes after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Environments.
    Environment,
    /// API keys.
    ApiKey,
    /// Members.
    Member,
    /// Their sessions.
    MemberSession,
    /// Applications, deleted ones included.
    Application,
    /// API users, revoked ones included.
    ApiUser,
    /// Integrations with the hashes of their keys.
    Integration,
    /// Portal sessions, ended ones included.
    Session,
    /// Endpoints with their sealed secrets, deleted ones included.
    Endpoint,
    /// The health of endpoints.
    EndpointState,
    /// Boards.
    Board,
    /// Buttons; their endpoints are among the endpoints.
    Button,
    /// Event types.
    EventType,
    /// Inboxes, without what they have caught.
    Inbox,
    /// What changed in the configuration.
    Change,
    /// Messages.
    Message,
    /// Which payloads go before their messages do.
    PayloadExpiry,
    /// Attempts.
    Attempt,
    /// Records, gone ones included.
    Record,
    /// What happened to them.
    RecordChange,
    /// Who reads from polling endpoints, and where they are.
    Consumer,
    /// How far the lines of endpoints that keep the order have come.
    Line,
    /// What is owed.
    Pending,
    /// The audit log.
    AuditEntry,
    /// What operational webhooks tell and is no message yet.
    OperationalEvent,
    /// Idempotency keys.
    IdempotencyKey,
    /// Event ids that are kept unique still.
    EventId,
    /// The last number given of each kind.
    Counter,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::Environment,
        Self::ApiKey,
        Self::Member,
        Self::MemberSession,
        Self::Application,
        Self::ApiUser,
        Self::Integration,
        Self::Session,
        Self::Endpoint,
        Self::EndpointState,
        Self::Board,
        Self::Button,
        Self::EventType,
        Self::Inbox,
        Self::Change,
        Self::Message,
        Self::PayloadExpiry,
        Self::Attempt,
        Self::Record,
        Self::RecordChange,
        Self::Consumer,
        Self::Line,
        Self::Pending,
        Self::AuditEntry,
        Self::OperationalEvent,
        Self::IdempotencyKey,
        Self::EventId,
        Self::Counter,
    ];

    /// Its name, which people see and progress is kept under.
    pub fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::ApiKey => "api_key",
            Self::Member => "member",
            Self::MemberSession => "member_session",
            Self::Application => "application",
            Self::ApiUser => "api_user",
            Self::Integration => "integration",
            Self::Session => "session",
            Self::Endpoint => "endpoint",
            Self::EndpointState => "endpoint_state",
            Self::Board => "board",
            Self::Button => "button",
            Self::EventType => "event_type",
            Self::Inbox => "inbox",
            Self::Change => "change",
            Self::Message => "message",
            Self::PayloadExpiry => "payload_expiry",
            Self::Attempt => "attempt",
            Self::Record => "record",
            Self::RecordChange => "record_change",
            Self::Consumer => "consumer",
            Self::Line => "line",
            Self::Pending => "pending",
            Self::AuditEntry => "audit_entry",
            Self::OperationalEvent => "operational_event",
            Self::IdempotencyKey => "idempotency_key",
            Self::EventId => "event_id",
            Self::Counter => "counter",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What stands in one column of one row, as every engine has it. Truth is 0 or 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number.
    Number(i64),
    /// A text, exactly as it was given.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// How many bytes it takes, about.
    pub fn size(&self) -> usize {
        match self {
            Self::Null => 1,
            Self::Number(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

/// Some rows of a table, in the order of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyPage {
    /// Which table.
    pub table: Table,
    /// The names of the columns, ascending.
    pub columns: Vec<String>,
    /// The rows, each with a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// Behind what the next page starts; the giving side's own.
    pub cursor: Vec<u8>,
    /// Whether it was the last.
    pub is_last: bool,
    /// Of the rows of this page.
    pub checksum: Checksum,
}

impl CopyPage {
    /// The values of a column, as far as they are numbers.
    pub fn numbers<'a>(&'a self, column: &str) -> impl Iterator<Item = i64> + use<'a> {
        let place = self.columns.iter().position(|name| name == column);
        let values = self.rows.iter().filter_map(move |row| row.get(place?));
        values.filter_map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        })
    }
}

/// How far a copy of one table has come. Kept by the side that takes, with the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CopyProgress {
    /// Behind what the next page starts; none before the first.
    pub cursor: Option<Vec<u8>>,
    /// Of all rows so far, as they were given.
    pub checksum: Checksum,
    /// Whether all rows are there.
    pub is_done: bool,
}

/// How many rows there are, and a sum over a hash of each. The order of the rows does not matter, so each
/// side reads them in its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checksum {
    /// How many rows.
    pub rows: u64,
    /// The sum of the first halves of their SHA-256.
    pub sum: u128,
}

impl Checksum {
    /// Adds a row. The values come in the order of their columns' names.
    pub fn add<'a>(&mut self, row: impl IntoIterator<Item = &'a Value>) {
        let mut hash = Sha256::new();
        for value in row {
            // What it is and how long it is go first, so that no two rows look the same.
            match value {
                Value::Null => hash.update([0]),
                Value::Number(number) => {
                    hash.update([1]);
                    hash.update(number.to_be_bytes());
                }
                Value::Text(text) => add_bytes(&mut hash, 2, text.as_bytes()),
                Value::Bytes(bytes) => add_bytes(&mut hash, 3, bytes),
            }
        }
        let hash: [u8; 32] = hash.finalize().into();
        let half = hash[..16]
            .iter()
            .fold(0, |sum, byte| sum << 8 | u128::from(*byte));
        self.join(Self { rows: 1, sum: half });
    }

    /// Adds the rows of another.
    pub fn join(&mut self, other: Self) {
        self.rows += other.rows;
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

fn add_bytes(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update(bytes.len().to_be_bytes());
    hash.update(bytes);
}

/// In hexadecimal.
impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.sum)
    }
}

/// What a copy is of, as the giving side says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopySource {
    /// Says which data they are and in which state. If it is another one when a copy goes on, the data
    /// have changed meanwhile.
    pub state: String,
    /// How many rows each table has, about; for a progress bar.
    pub rows: Vec<(Table, u64)>,
    /// How many deliveries a dead run had in memory only, which are owed now.
    pub recovered: usize,
}

/// A copy that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyBegun {
    /// When it began first.
    pub started_at: Millis,
    /// How far each table has come.
    pub tables: Vec<(Table, CopyProgress)>,
    /// Whether an earlier run of it has begun it.
    pub is_resumed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[Vec<Value>]) -> Checksum {
        let mut sum = Checksum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn rows_in_another_order_have_the_same_checksum_and_other_rows_have_not() {
        let (one, two) = (
            vec![Value::Number(1), text("a")],
            vec![Value::Null, text("b")],
        );
        let both = sum(&[one.clone(), two.clone()]);
        assert_eq!(both, sum(&[two.clone(), one.clone()]));
        assert_ne!(both, sum(&[one.clone(), one.clone()]));
        assert_ne!(both, sum(&[one]));
        assert_eq!(both.rows, 2);
    }

    #[test]
    fn values_that_look_alike_differ() {
        let alike = [
            vec![text("ab"), text("")],
            vec![text("a"), text("b")],
            vec![Value::Bytes(b"ab".to_vec()), text("")],
            vec![Value::Null, Value::Null],
            vec![Value::Number(0), Value::Null],
        ];
        for (place, one) in alike.iter().enumerate() {
            for other in &alike[..place] {
                assert_ne!(
                    sum(std::slice::from_ref(one)),
                    sum(std::slice::from_ref(other))
                );
            }
        }
    }
}
