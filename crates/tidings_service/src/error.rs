//! What can go wrong in a use case, as far as somebody acts on it.

use std::time::Duration;

use tidings_store::StoreError;
use tidings_store::target::UnreadableTarget;

use crate::limits::{RETRY_AFTER_BUSY, RETRY_AFTER_FULL};

/// One thing that is wrong with what a caller sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where: `body`, `query`, `path` or `header`, and then the names on the way to the field.
    pub loc: Vec<String>,
    /// What is wrong, for people.
    pub msg: String,
    /// What is wrong, for programs.
    pub kind: &'static str,
}

impl FieldProblem {
    /// A problem with a field of the request's body.
    pub fn body(field: &str, msg: impl Into<String>) -> Self {
        Self::at(&["body", field], msg)
    }

    /// A problem with a parameter after the `?`.
    pub fn query(field: &str, msg: impl Into<String>) -> Self {
        Self::at(&["query", field], msg)
    }

    /// A problem anywhere.
    pub fn at(loc: &[&str], msg: impl Into<String>) -> Self {
        Self {
            loc: loc.iter().map(ToString::to_string).collect(),
            msg: msg.into(),
            kind: "value_error",
        }
    }

    /// The same, with another kind.
    pub fn of_kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }
}

/// Why a use case did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The key is missing, unknown or revoked.
    #[error("no valid API key")]
    Unauthorized,
    /// The address or the password is wrong, or whose it is may not sign in.
    #[error("not signed in")]
    NotSignedIn,
    /// The object is not there, or belongs to somebody else.
    #[error("no such {what}")]
    NotFound {
        /// The kind of object.
        what: &'static str,
    },
    /// It would collide with what is there.
    #[error("{detail}")]
    Conflict {
        /// For programs.
        code: &'static str,
        /// For people.
        detail: String,
    },
    /// It cannot be done in this state.
    #[error("{detail}")]
    Refused {
        /// For programs.
        code: &'static str,
        /// For people.
        detail: String,
    },
    /// The plan does not allow it.
    #[error("{detail}")]
    Forbidden {
        /// For programs.
        code: &'static str,
        /// For people.
        detail: String,
    },
    /// Fields are wrong.
    #[error("fields are wrong")]
    Invalid(Vec<FieldProblem>),
    /// It may work later.
    #[error("not possible just now")]
    Unavailable {
        /// When to come back.
        retry_after: Duration,
        /// Why, if a store said so.
        #[source]
        source: Option<StoreError>,
    },
    /// It came too soon after others like it.
    #[error("{detail}")]
    TooFast {
        /// When to come back.
        retry_after: Duration,
        /// For people.
        detail: String,
    },
    /// A defect, or data that cannot be used.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// The master key does not open what it should.
    #[error("stored secrets cannot be read")]
    Unreadable(#[from] UnreadableTarget),
}

impl ServiceError {
    /// One field is wrong.
    pub fn invalid(problem: FieldProblem) -> Self {
        Self::Invalid(vec![problem])
    }

    /// The same idempotency key came with another body.
    pub fn key_reused() -> Self {
        Self::Conflict {
            code: "idempotency_key_reused",
            detail: "this idempotency key was used before, with another body".to_owned(),
        }
    }

    /// An object with this uid is there.
    pub fn uid_taken(what: &str) -> Self {
        Self::Conflict {
            code: "conflict",
            detail: format!("another {what} has this uid"),
        }
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        let retry_after = match &error {
            StoreError::Full => RETRY_AFTER_FULL,
            StoreError::Busy | StoreError::Unavailable(_) => RETRY_AFTER_BUSY,
            StoreError::Unusable(_) | StoreError::Internal(_) => return Self::Store(error),
        };
        Self::Unavailable {
            retry_after,
            source: Some(error),
        }
    }
}

/// Gathers problems, so that a caller learns all of them at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    /// Notes a problem with a field of the body, if there is one.
    pub fn check<E: ToString>(&mut self, field: &str, result: Result<(), E>) {
        if let Err(error) = result {
            self.0.push(FieldProblem::body(field, error.to_string()));
        }
    }

    /// Notes a problem.
    pub fn push(&mut self, problem: FieldProblem) {
        self.0.push(problem);
    }

    /// Fails if there was any problem.
    pub fn finish(self) -> Result<(), ServiceError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ServiceError::Invalid(self.0))
        }
    }

    /// Puts the names of an enclosing field before each place noted since `since`.
    pub fn nest(&mut self, since: usize, field: &str) {
        for problem in &mut self.0[since..] {
            problem.loc.insert(1, field.to_owned());
        }
    }

    /// Says of each place noted since `since` that it is this field of the body.
    pub fn rename(&mut self, since: usize, field: &str) {
        for problem in &mut self.0[since..] {
            problem.loc = vec!["body".to_owned(), field.to_owned()];
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}
