//! Between rows and records: errors, lists in JSON, ids from their parts.

use rusqlite::types::Type;
use rusqlite::{Error, ErrorCode, Row};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tidings_domain::access::Role;
use tidings_domain::application::Metadata;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::co_signature::CoSignature;
use tidings_domain::endpoint::SealedSecret;
use tidings_domain::ids::{AttemptId, IdParts, MessageId};
use tidings_domain::retry::policy::RetryPolicy;
use tidings_domain::sample::Sample;
use tidings_domain::schema::SchemaPolicy;
use tidings_store::{Order, StoreError, secrets_from_rows};

/// What an error of the engine means to the caller.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it goes where errors are mapped"
)]
pub(crate) fn failed(error: Error) -> StoreError {
    meaning(&error)
}

/// As [`failed`], for an error that is still needed.
pub(crate) fn meaning(error: &Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::Unusable(format!("the database file cannot be written: {error}"))
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Unusable(format!("the database file is damaged: {error}"))
        }
        _ => StoreError::Internal(error.to_string()),
    }
}

/// Whether the file can no longer be trusted: nothing but a restart helps.
pub(crate) fn is_fatal(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// The part of a list that one page reads, as bounds on the number that orders it.
pub(crate) struct Span {
    /// Only numbers above this.
    pub(crate) above: i64,
    /// Only numbers below this.
    pub(crate) below: i64,
    /// The word behind `ORDER BY`.
    pub(crate) direction: &'static str,
}

impl Span {
    pub(crate) fn new(order: Order, after: Option<i64>) -> Self {
        match order {
            Order::Ascending => Self {
                above: after.unwrap_or(i64::MIN),
                below: i64::MAX,
                direction: "ASC",
            },
            Order::Descending => Self {
                above: i64::MIN,
                below: after.unwrap_or(i64::MAX),
                direction: "DESC",
            },
        }
    }
}

/// A limit as the engine takes it.
pub(crate) fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A list of words as JSON; none if it is empty.
pub(crate) fn words(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| serde_json::to_string(words).expect("words are JSON"))
}

/// The inverse of [`words`].
pub(crate) fn read_words(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    Ok(read_json(row, column)?.unwrap_or_default())
}

/// A list of words as JSON, `[]` if it is empty.
pub(crate) fn words_text(words: &[String]) -> String {
    serde_json::to_string(words).expect("words are JSON")
}

/// Metadata as JSON.
pub(crate) fn metadata(metadata: &Metadata) -> String {
    serde_json::to_string(metadata).expect("a map of texts is JSON")
}

/// The inverse of [`metadata`].
pub(crate) fn read_metadata(row: &Row<'_>, column: usize) -> rusqlite::Result<Metadata> {
    Ok(read_json(row, column)?.unwrap_or_default())
}

/// What a column holds as JSON; none if it is null. What cannot be read is an error: to take a
/// broken filter for an empty one would send to everybody.
pub(crate) fn read_json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    let text = row
        .get_ref(column)?
        .as_str_or_null()
        .map_err(|error| unreadable(column, error))?;
    text.map(serde_json::from_str)
        .transpose()
        .map_err(|error| unreadable(column, error))
}

/// The sample in a column; none if it is null.
pub(crate) fn read_sample(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Sample>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| {
        Sample::from_text(&text)
            .ok_or_else(|| unreadable(column, std::io::Error::other("not a sample")))
    })
    .transpose()
}

/// What a column says of payloads that do not fit. One that this version does not know must not be taken for
/// another.
pub(crate) fn read_policy(row: &Row<'_>, column: usize) -> rusqlite::Result<SchemaPolicy> {
    let number: i16 = row.get(column)?;
    SchemaPolicy::from_number(number).ok_or_else(|| {
        let why = format!("no schema policy: {number}");
        unreadable(column, std::io::Error::other(why))
    })
}

pub(crate) fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// The format in a column. One that this version does not know must not be taken for another.
pub(crate) fn read_format(row: &Row<'_>, column: usize) -> rusqlite::Result<BodyFormat> {
    let word: String = row.get(column)?;
    BodyFormat::parse(&word).ok_or_else(|| {
        let why = format!("no format: {word}");
        unreadable(column, std::io::Error::other(why))
    })
}

/// The rules for trying again in a column; none if it is null. What cannot be read must not be taken for none.
pub(crate) fn read_retry_policy(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Box<RetryPolicy>>> {
    let text: Option<String> = row.get(column)?;
    let read = |text: String| {
        let policy = RetryPolicy::from_text(&text).map(Box::new);
        policy.ok_or_else(|| unreadable(column, std::io::Error::other("no rules for retries")))
    };
    text.map(read).transpose()
}

/// The role in a column. One that this version does not know must not be taken for another.
pub(crate) fn read_role(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let word: String = row.get(column)?;
    Role::parse(&word).ok_or_else(|| {
        let why = format!("no role: {word}");
        unreadable(column, std::io::Error::other(why))
    })
}

/// The further signature in a column; none if it is null.
pub(crate) fn read_co_signature(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Box<CoSignature>>> {
    let text: Option<String> = row.get(column)?;
    let read = |text: String| {
        let wanted = CoSignature::from_text(&text).map(Box::new);
        wanted.ok_or_else(|| unreadable(column, std::io::Error::other("no further signature")))
    };
    text.map(read).transpose()
}

/// The inverse of [`tidings_store::secrets_to_text`].
pub(crate) fn read_secrets(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<SealedSecret>> {
    let rows: Vec<Value> = read_json(row, column)?.unwrap_or_default();
    secrets_from_rows(&rows)
        .ok_or_else(|| unreadable(column, std::io::Error::other("not a list of secrets")))
}

/// The parts of an id from the columns `seq`, its time, `journal` and `tail`, from this one on.
pub(crate) fn read_parts(row: &Row<'_>, first: usize) -> rusqlite::Result<IdParts> {
    Ok(IdParts {
        at_ms: row.get(first + 1)?,
        journal: row.get(first + 2)?,
        seq: row.get(first)?,
        tail: row.get(first + 3)?,
    })
}

/// The id of a message from the columns of [`read_parts`].
pub(crate) fn read_message_id(row: &Row<'_>, first: usize) -> rusqlite::Result<MessageId> {
    read_parts(row, first).map(MessageId::from_parts)
}

/// The id of an attempt from the columns of [`read_parts`].
pub(crate) fn read_attempt_id(row: &Row<'_>, first: usize) -> rusqlite::Result<AttemptId> {
    read_parts(row, first).map(AttemptId::from_parts)
}
