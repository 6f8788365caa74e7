//! `/app/{app}/attempt` and below: attempts.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use tidings_domain::delivery::{Attempt, AttemptError, DeliveryState, Outcome, Phases, Trigger};
use tidings_domain::ids::{AttemptId, EndpointId, MessageId};
use tidings_service::Listed;
use tidings_service::attempts::AttemptFilter;
use tidings_store::AttemptRow;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::messages::{MessageOut, read_filter};
use crate::pagination::{json, list, newest_first};
use crate::problem::Problem;
use crate::query::{Query, wrong};
use crate::time;

/// How the contract numbers and names the state of a delivery or the outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageStatus {
    Success = 0,
    Pending = 1,
    Fail = 2,
    Sending = 3,
    Canceled = 4,
}

impl MessageStatus {
    /// Clients that do not ask for the newer states read a canceled one as failed: nothing came.
    pub(crate) fn known_to(self, expanded: bool) -> Self {
        match self {
            Self::Canceled if !expanded => Self::Fail,
            status => status,
        }
    }

    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Pending => "pending",
            Self::Fail => "fail",
            Self::Sending => "sending",
            Self::Canceled => "canceled",
        }
    }

    /// The status that a list is filtered by.
    pub(crate) fn read(query: &Query) -> Result<Option<Self>, Problem> {
        Ok(match query.number("status")? {
            None => None,
            Some(0) => Some(Self::Success),
            Some(1) => Some(Self::Pending),
            Some(2) => Some(Self::Fail),
            Some(3) => Some(Self::Sending),
            Some(4) => Some(Self::Canceled),
            Some(_) => return Err(wrong("status", "must lie between 0 and 4")),
        })
    }

    /// The outcomes of attempts that are shown as this status; an attempt is never owed.
    fn outcomes(self, expanded: bool) -> Vec<Outcome> {
        [
            Outcome::Success,
            Outcome::Retry,
            Outcome::Exhausted,
            Outcome::Canceled,
        ]
        .into_iter()
        .filter(|outcome| Self::from(*outcome).known_to(expanded) == self)
        .collect()
    }
}

impl From<Outcome> for MessageStatus {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Retry | Outcome::Exhausted => Self::Fail,
            Outcome::Canceled => Self::Canceled,
        }
    }
}

impl From<DeliveryState> for MessageStatus {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Pending => Self::Pending,
            DeliveryState::Sending => Self::Sending,
            DeliveryState::Delivered => Self::Success,
            DeliveryState::Failed => Self::Fail,
            DeliveryState::Canceled => Self::Canceled,
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageAttemptOut<'a> {
    id: AttemptId,
    msg_id: MessageId,
    endpoint_id: EndpointId,
    url: &'a str,
    timestamp: String,
    status: u8,
    status_text: &'static str,
    trigger_type: u8,
    response: String,
    response_status_code: u16,
    response_duration_ms: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<MessageOut<'a>>,
    // What the contract has no words for.
    attempt: u16,
    trigger: &'static str,
    outcome: &'static str,
    error: Option<&'static str>,
    error_detail: Option<&'a str>,
    is_late: bool,
    is_response_truncated: bool,
    request_headers: Option<&'a str>,
    response_headers: Option<String>,
    timings: TimingsOut,
}

/// How long each phase took, in microseconds.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "AttemptTimingsOut")]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "each figure names its unit")]
pub(crate) struct TimingsOut {
    resolve_us: u32,
    connect_us: u32,
    tls_us: u32,
    head_us: u32,
    body_us: u32,
}

impl From<Phases> for TimingsOut {
    fn from(phases: Phases) -> Self {
        Self {
            resolve_us: phases.resolve_us,
            connect_us: phases.connect_us,
            tls_us: phases.tls_us,
            head_us: phases.head_us,
            body_us: phases.body_us,
        }
    }
}

/// How much of an attempt is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    with_content: bool,
    expanded: bool,
}

impl<'a> MessageAttemptOut<'a> {
    fn of(row: &'a AttemptRow, shown: Shown) -> Self {
        let attempt: &Attempt = &row.attempt;
        let exchange = &attempt.exchange;
        let status = MessageStatus::from(attempt.outcome).known_to(shown.expanded);
        let content = |bytes: &[u8]| {
            shown
                .with_content
                .then(|| String::from_utf8_lossy(bytes).into_owned())
        };
        Self {
            id: attempt.id,
            msg_id: attempt.message,
            endpoint_id: attempt.endpoint,
            url: &exchange.url,
            timestamp: time::format(attempt.started_at),
            status: status.number(),
            status_text: status.text(),
            trigger_type: match attempt.trigger {
                Trigger::Scheduled => 0,
                // Clients know only these two; a test is no retry.
                Trigger::Manual | Trigger::Test | Trigger::Press | Trigger::Replay => 1,
            },
            trigger: attempt.trigger.as_str(),
            response: content(&exchange.response).unwrap_or_default(),
            response_status_code: exchange.status.unwrap_or(0),
            response_duration_ms: exchange.phases.total_us() / 1000,
            // Lists of attempts never carry payloads.
            msg: row
                .message
                .as_ref()
                .map(|message| MessageOut::of(message, false)),
            attempt: attempt.number,
            outcome: attempt.outcome.as_str(),
            error: exchange.error.map(|error| error.public().as_str()),
            // Other details may name addresses, which are the operator's to see.
            error_detail: matches!(
                exchange.error,
                Some(AttemptError::Format | AttemptError::Token)
            )
            .then_some(exchange.error_detail.as_str()),
            is_late: attempt.is_late,
            is_response_truncated: exchange.is_truncated,
            request_headers: shown
                .with_content
                .then_some(exchange.request_headers.as_str()),
            response_headers: content(&exchange.response_headers),
            timings: exchange.phases.into(),
        }
    }
}

/// Which attempts a list shows, and how much of each.
pub(crate) fn read_attempt_filter(query: &Query) -> Result<(AttemptFilter, Shown), Problem> {
    let message = read_filter(query)?;
    let shown = Shown {
        with_content: message.with_content,
        expanded: query.flag("expanded_statuses", false)?,
    };
    let status = MessageStatus::read(query)?;
    let status_between = match query.number("status_code_class")? {
        None => None,
        Some(class @ (0 | 100 | 200 | 300 | 400 | 500)) => {
            let class = u16::try_from(class).expect("at most 500");
            Some((class, class + 100))
        }
        Some(_) => {
            let msg = "must be 0, 100, 200, 300, 400 or 500";
            return Err(wrong("status_code_class", msg));
        }
    };
    let filter = AttemptFilter {
        message,
        outcomes: outcomes(status, query, shown)?,
        status_between,
        with_message: query.flag("with_msg", false)?,
    };
    Ok((filter, shown))
}

/// How the attempts that a list shows may have ended. A canceled one was no request.
fn outcomes(
    status: Option<MessageStatus>,
    query: &Query,
    shown: Shown,
) -> Result<Option<Vec<Outcome>>, Problem> {
    let of_status = status.map(|status| status.outcomes(shown.expanded));
    if !query.flag("only_requests", false)? {
        return Ok(of_status);
    }
    let mut requests =
        of_status.unwrap_or_else(|| vec![Outcome::Success, Outcome::Retry, Outcome::Exhausted]);
    requests.retain(|outcome| *outcome != Outcome::Canceled);
    Ok(Some(requests))
}

pub(crate) async fn list_message_attempts(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let (filter, shown) = read_attempt_filter(&query)?;
    let page = newest_first(&query)?;
    let endpoint = query.text("endpoint_id");
    let listed = api
        .service
        .attempts_of_message(caller, (&app, &msg), endpoint, &filter, &page)
        .await?;
    Ok(list_of_attempts(&listed, shown))
}

/// As [`list_message_attempts`] with the endpoint in the path, for older clients.
pub(crate) async fn list_delivery_attempts(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg, endpoint)): Path<(String, String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let (filter, shown) = read_attempt_filter(&query)?;
    let page = newest_first(&query)?;
    let listed = api
        .service
        .attempts_of_message(caller, (&app, &msg), Some(&endpoint), &filter, &page)
        .await?;
    let rows = listed.rows.iter();
    let rows = rows.map(|row| MessageAttemptOut::of(row, shown)).collect();
    Ok(list(&listed, rows))
}

pub(crate) async fn list_endpoint_attempts(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, endpoint)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let (filter, shown) = read_attempt_filter(&query)?;
    let page = newest_first(&query)?;
    let listed = api
        .service
        .attempts_of_endpoint(caller, &app, &endpoint, &filter, &page)
        .await?;
    Ok(list_of_attempts(&listed, shown))
}

/// A page of attempts.
pub(crate) fn list_of_attempts(listed: &Listed<AttemptRow>, shown: Shown) -> Response {
    let rows = listed.rows.iter();
    let rows = rows.map(|row| MessageAttemptOut::of(row, shown)).collect();
    list(listed, rows)
}

pub(crate) async fn get_attempt(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, msg, attempt)): Path<(String, String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let shown = Shown {
        with_content: true,
        expanded: query.flag("expanded_statuses", false)?,
    };
    let row = api.service.attempt(caller, &app, &msg, &attempt).await?;
    Ok(json(StatusCode::OK, &MessageAttemptOut::of(&row, shown)))
}

/// One attempt with all of it, as [`get_attempt`] shows it.
pub(crate) fn one_attempt(row: &AttemptRow) -> Response {
    let shown = Shown {
        with_content: true,
        expanded: true,
    };
    json(StatusCode::OK, &MessageAttemptOut::of(row, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canceled_attempt_reads_as_failed_to_older_clients() {
        use MessageStatus::{Canceled, Fail, Pending, Success};
        assert_eq!(Canceled.known_to(false), Fail);
        assert_eq!(Canceled.known_to(true), Canceled);
        assert_eq!(Success.outcomes(false), [Outcome::Success]);
        assert_eq!(
            Fail.outcomes(false),
            [Outcome::Retry, Outcome::Exhausted, Outcome::Canceled]
        );
        assert_eq!(Fail.outcomes(true), [Outcome::Retry, Outcome::Exhausted]);
        assert_eq!(Canceled.outcomes(true), [Outcome::Canceled]);
        assert!(Pending.outcomes(true).is_empty());
    }
}
