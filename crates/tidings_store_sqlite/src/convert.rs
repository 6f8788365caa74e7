//! Between rows and records: errors, lists in JSON, ids from their parts.

use rusqlite::{Error, ErrorCode, Row};
use tidings_domain::ids::{AttemptId, MessageId};
use tidings_store::StoreError;

/// What an error of the engine means to the caller.
#[expect(clippy::needless_pass_by_value, reason = "it goes where errors are mapped")]
pub(crate) fn failed(error: Error) -> StoreError {
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

/// A list of words as JSON; none if it is empty.
pub(crate) fn words(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| serde_json::to_string(words).expect("words are JSON"))
}

/// The inverse of [`words`].
pub(crate) fn read_words(text: Option<&str>) -> Vec<String> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The id of a message from the columns `seq, accepted_at, journal, tail`, from this one on.
pub(crate) fn read_message_id(row: &Row<'_>, first: usize) -> rusqlite::Result<MessageId> {
    let journal = row.get::<_, u16>(first + 2)?;
    Ok(MessageId::new(row.get(first + 1)?, journal, row.get(first)?, row.get(first + 3)?))
}

/// The id of an attempt from the columns `seq, started_at, journal, tail`, from this one on.
pub(crate) fn read_attempt_id(row: &Row<'_>, first: usize) -> rusqlite::Result<AttemptId> {
    let journal = row.get::<_, u16>(first + 2)?;
    Ok(AttemptId::new(row.get(first + 1)?, journal, row.get(first)?, row.get(first + 3)?))
}
