//! Trying a filter out before an endpoint has it.

use tidings_domain::clock::Millis;
use tidings_domain::filter::{Filter, ReadPayload};
use tidings_domain::ids::MessageId;
use tidings_domain::names::check_event_type_name;
use tidings_store::{ListMessages, Order, SCAN_ROWS_MAX};

use crate::endpoints::refused_filter;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{LOOK_BACK_MS, TRIED_MESSAGES_MAX};
use crate::payload::Payload;
use crate::{Caller, Service};

/// A filter, and what it is to be tried on.
#[derive(Debug, Clone)]
pub struct FilterTrial {
    /// The filter, as it is written.
    pub filter: String,
    /// A payload; without one the newest messages of the application are taken.
    pub payload: Option<Payload>,
    /// Only messages of this type.
    pub event_type: Option<String>,
}

/// What a filter says of one payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The message that has the payload, if one does.
    pub message: Option<TriedMessage>,
    /// Whether the payload is wanted.
    pub is_match: bool,
    /// The condition that decided that, as a JSON pointer into the filter.
    pub decided_by: String,
}

/// A message that a filter was tried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedMessage {
    /// Its id.
    pub id: MessageId,
    /// What happened.
    pub event_type: String,
    /// When it was accepted.
    pub accepted_at: Millis,
}

impl Service {
    /// Tries a filter on a payload, or on the newest messages of an application. Changes nothing.
    pub async fn try_filter(
        &self,
        caller: Caller,
        application: &str,
        trial: FilterTrial,
    ) -> Result<Vec<Tried>, ServiceError> {
        let application = self.bare_application(caller, application).await?;
        let mut problems = Problems::default();
        if let Some(event_type) = &trial.event_type {
            problems.check("eventType", check_event_type_name(event_type));
            if trial.payload.is_some() {
                let msg = "chooses among messages and does not go with `payload`";
                problems.push(FieldProblem::body("eventType", msg));
            }
        }
        let parsed = Filter::parse(&trial.filter);
        if let Err(refused) = &parsed {
            problems.push(refused_filter(refused));
        }
        problems.finish()?;
        let filter = parsed.map_err(|refused| ServiceError::invalid(refused_filter(&refused)))?;
        if let Some(payload) = &trial.payload {
            return Ok(vec![judge(&filter, payload.as_bytes(), None)]);
        }
        let list = ListMessages {
            application: application.id.seq(),
            order: Order::Descending,
            after: None,
            limit: TRIED_MESSAGES_MAX,
            read_max: SCAN_ROWS_MAX,
            channel: None,
            tag: None,
            event_types: trial.event_type.into_iter().collect(),
            from: Some(self.now() - LOOK_BACK_MS),
            to: None,
            with_payload: true,
        };
        let page = self.store.messages(list).await?;
        // What was expunged has no payload any more.
        let kept = page.rows.into_iter().filter(|row| !row.payload.is_empty());
        let tried = kept.map(|row| {
            let payload = row.payload.clone();
            let message = TriedMessage {
                id: row.id,
                accepted_at: row.accepted_at(),
                event_type: row.event_type,
            };
            judge(&filter, &payload, Some(message))
        });
        Ok(tried.collect())
    }
}

fn judge(filter: &Filter, payload: &[u8], message: Option<TriedMessage>) -> Tried {
    let payload = ReadPayload::new(payload);
    let verdict = filter.judge(&payload);
    Tried {
        message,
        is_match: verdict.is_match,
        decided_by: verdict.decided_by.to_owned(),
    }
}
