//! Attempts as the tables of the portal show them.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Attempt, AttemptError, Outcome, Trigger};
use tidings_domain::language::Language;
use tidings_store::AttemptRow;

use crate::{formats, texts};

/// One request, as a row.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) message: String,
    pub(crate) event: String,
    pub(crate) url: String,
    pub(crate) tone: &'static str,
    /// The status that came back, or what happened instead.
    pub(crate) result: String,
    pub(crate) ago: String,
    pub(crate) at: Millis,
    pub(crate) took: String,
    pub(crate) number: u16,
    pub(crate) cause: &'static str,
}

impl Row {
    pub(crate) fn of(row: &AttemptRow, language: Language, now: Millis) -> Self {
        let attempt: &Attempt = &row.attempt;
        let message = row.message.as_ref();
        Self {
            id: attempt.id.to_string(),
            message: attempt.message.to_string(),
            event: message.map_or_else(String::new, |message| message.event_type.clone()),
            url: attempt.exchange.url.clone(),
            tone: tone(attempt.outcome),
            result: result(attempt, language),
            ago: formats::ago(language, attempt.started_at, now),
            at: attempt.started_at,
            took: formats::millis(
                language,
                u64::from(attempt.exchange.phases.total_us() / 1_000),
            ),
            number: attempt.number,
            cause: cause(attempt),
        }
    }
}

/// The class of what it came to.
pub(crate) fn tone(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "ok",
        Outcome::Retry | Outcome::Exhausted => "bad",
        Outcome::Canceled => "idle",
    }
}

/// The status that came back, or what happened instead.
pub(crate) fn result(attempt: &Attempt, language: Language) -> String {
    let exchange = &attempt.exchange;
    match (exchange.status, exchange.error.map(AttemptError::public)) {
        (_, Some(error)) if error != AttemptError::Status => texts::say(language, why(error)),
        (Some(status), _) => status.to_string(),
        (None, _) => texts::say(language, "error-protocol"),
    }
}

/// What set it off.
pub(crate) fn cause(attempt: &Attempt) -> &'static str {
    match attempt.trigger {
        Trigger::Scheduled if attempt.number > 1 => "cause-retry",
        Trigger::Scheduled => "cause-event",
        Trigger::Manual => "cause-manual",
        Trigger::Test => "cause-test",
        Trigger::Press => "cause-press",
        Trigger::Replay => "cause-replay",
    }
}

fn why(error: AttemptError) -> &'static str {
    match error {
        AttemptError::Timeout => "error-timeout",
        AttemptError::Reset => "error-reset",
        AttemptError::Tls => "error-tls",
        AttemptError::Unreachable | AttemptError::Dns | AttemptError::Policy => "error-unreachable",
        AttemptError::Status | AttemptError::Protocol => "error-protocol",
        AttemptError::Format => "error-format",
        AttemptError::Token => "error-token",
        AttemptError::EndpointDisabled => "error-disabled",
        AttemptError::EndpointDeleted => "error-deleted",
        AttemptError::Expired => "error-expired",
        AttemptError::Poison => "error-poison",
        AttemptError::Expunged => "error-expunged",
    }
}
