//! What can go wrong between here and the server, and what it means to callers.

use tidings_store::StoreError;
use tokio_postgres::error::SqlState;

/// What callers hear once another node has the journal.
pub(crate) const TAKEN_OVER: &str = "another node has taken over from this one";

/// An error of the connection or of the server, or a row that cannot be read.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The driver or the server says so.
    Database(tokio_postgres::Error),
    /// A row that this version cannot have written.
    Unreadable(String),
    /// Another node has taken over from this one.
    TakenOver,
    /// Another node has changed the row since it was read.
    Outrun,
    /// The caller's own error.
    Store(StoreError),
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        failure.meaning()
    }
}

impl Failure {
    /// What it means to the caller.
    pub(crate) fn meaning(&self) -> StoreError {
        match self {
            Self::Database(error) => meaning(error),
            Self::Unreadable(why) => StoreError::Internal(why.clone()),
            Self::TakenOver => StoreError::Unavailable(TAKEN_OVER.into()),
            Self::Outrun => StoreError::Busy,
            Self::Store(error) => error.clone(),
        }
    }
}

impl Failure {
    /// Whether another node made or changed the same thing at the same time, or both waited for each other.
    pub(crate) fn is_race(&self) -> bool {
        match self {
            Self::Outrun => true,
            Self::Database(error) => {
                let code = error.code();
                code == Some(&SqlState::UNIQUE_VIOLATION)
                    || code == Some(&SqlState::T_R_DEADLOCK_DETECTED)
            }
            _ => false,
        }
    }
}

/// The whole story in one line; the driver's own text leaves out what the server said.
pub(crate) fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(said), _) => format!("{} (SQLSTATE {})", said.message(), said.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

fn meaning(error: &tokio_postgres::Error) -> StoreError {
    let text = describe(error);
    let Some(code) = error.code() else {
        // No answer of the server: the connection broke, or could not be made.
        let is_defect = !error.is_closed() && std::error::Error::source(error).is_none();
        return if is_defect {
            StoreError::Internal(text)
        } else {
            StoreError::Unavailable(text)
        };
    };
    match code.code() {
        state if state.starts_with("08") => StoreError::Unavailable(text),
        // It stops, has crashed, starts, has no connection left, or has become a standby.
        "57P01" | "57P02" | "57P03" | "53300" | "25006" => StoreError::Unavailable(text),
        "53100" => StoreError::Full,
        // Deadlocks, locks and statements that took too long, and two who made the same thing at once.
        "40001" | "40P01" | "55P03" | "57014" | "23505" => StoreError::Busy,
        state if state.starts_with("28") || state.starts_with("3D") => StoreError::Unusable(text),
        // Nobody else on this connection prepares statements, unless it is not one connection.
        "42P05" | "26000" => StoreError::Unusable(format!(
            "a pooler mixes up prepared statements ({text}); give it session mode, or pgbouncer 1.21 or \
             later with max_prepared_statements"
        )),
        _ if *code == SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Unusable(text),
        _ => StoreError::Internal(text),
    }
}
