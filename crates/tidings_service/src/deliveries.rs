//! Deliveries: what became of a message at each endpoint, and sending it once more.

use crate::audit::Touched;
use serde_json::json;
use std::collections::HashMap;
use tidings_domain::audit::Action;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{DeliveryFacts, DeliveryState, IN_LINE};
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{AttemptId, IdParts, MessageId};
use tidings_domain::message::{Message, MessageKey};
use tidings_store::{
    AttemptedMessage, AttemptsOf, Dedup, KnownEndpoint, ListAttempts, Order, Page, Resend, Resent,
};

use crate::attempts::AttemptFilter;
use crate::error::ServiceError;
use crate::messages::MessageFilter;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

/// How often a page of an endpoint's messages reads on because what it read did not match.
const READS_MAX: usize = 20;

/// What became of a message at one endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery<T> {
    /// The other end: the endpoint of a message's delivery, the message of an endpoint's.
    pub of: T,
    /// Its state.
    pub state: DeliveryState,
    /// When the next attempt is due.
    pub next_at: Option<Millis>,
}

impl Service {
    /// One page of the deliveries of a message, by endpoint; deleted endpoints are among them.
    pub async fn deliveries_of_message(
        &self,
        caller: Caller,
        application: &str,
        message: &str,
        query: &PageQuery,
    ) -> Result<Listed<Delivery<Endpoint>>, ServiceError> {
        let view = self.view(caller, application).await?;
        let message = self.find_message(view.ordinal(), message).await?;
        let after = match &query.cursor {
            None => None,
            Some(cursor) => Some(self.endpoint_position(view.ordinal(), &cursor.id).await?),
        };
        let mut traces = self.store.delivery_facts(message.key()).await?;
        traces.sort_unstable_by_key(|trace| trace.endpoint);
        if query.reading_order() == Order::Descending {
            traces.reverse();
        }
        if let Some(after) = after {
            traces.retain(|trace| match query.reading_order() {
                Order::Ascending => trace.endpoint > after,
                Order::Descending => trace.endpoint < after,
            });
        }
        traces.truncate(query.limit + 1);
        let ordinals = traces.iter().map(|trace| trace.endpoint).collect();
        let known = self.store.endpoints_by_ordinal(ordinals).await?;
        let mut known: HashMap<i64, KnownEndpoint> = known
            .into_iter()
            .map(|known| (known.id().seq(), known))
            .collect();
        let rows = traces
            .into_iter()
            .filter_map(|trace| {
                let known = known.remove(&trace.endpoint)?;
                Some(self.delivery(message.key(), known, &trace.facts))
            })
            .collect();
        Ok(query.finish(rows, |delivery| delivery.of.id.to_string()))
    }

    fn delivery(
        &self,
        message: MessageKey,
        known: KnownEndpoint,
        facts: &DeliveryFacts,
    ) -> Delivery<Endpoint> {
        let endpoint = known.id().seq();
        let is_off = known.deleted_at.is_some() || known.endpoint.is_off();
        let (state, next_at) = self.judge(message, endpoint, is_off, facts);
        Delivery {
            of: known.endpoint,
            state,
            next_at,
        }
    }

    /// The state of a delivery, and when it will be tried next.
    fn judge(
        &self,
        message: MessageKey,
        endpoint: i64,
        is_endpoint_off: bool,
        facts: &DeliveryFacts,
    ) -> (DeliveryState, Option<Millis>) {
        let facts = DeliveryFacts {
            is_held: self.admission.is_held(message, endpoint),
            is_endpoint_off,
            ..facts.clone()
        };
        let state = facts.state();
        let due_at = facts.due_at.filter(|due_at| *due_at < IN_LINE);
        let next_at = due_at.filter(|_| state == DeliveryState::Pending);
        (state, next_at)
    }

    /// One page of the messages that were tried at an endpoint, by their latest attempt.
    pub async fn messages_of_endpoint(
        &self,
        caller: Caller,
        (application, endpoint): (&str, &str),
        states: Option<&[DeliveryState]>,
        filter: &MessageFilter,
        query: &PageQuery,
    ) -> Result<Listed<Delivery<Message>>, ServiceError> {
        let filter = AttemptFilter {
            message: filter.clone(),
            with_message: true,
            ..AttemptFilter::default()
        };
        let view = self.view(caller, application).await?;
        let endpoint = self.endpoint_ordinal(&view, endpoint).await?;
        let known = self.store.endpoints_by_ordinal(vec![endpoint]).await?;
        let is_off = known
            .first()
            .is_none_or(|known| known.deleted_at.is_some() || known.endpoint.is_off());
        let mut after = match &query.cursor {
            None => None,
            Some(cursor) => Some(
                self.delivery_position(view.ordinal(), endpoint, &cursor.id)
                    .await?,
            ),
        };
        let mut rows = Vec::new();
        for _ in 0..READS_MAX {
            let of = AttemptsOf::Endpoint {
                application: view.ordinal(),
                endpoint,
            };
            let Some(list) = self.attempts_query(of, None, &filter, query, after) else {
                return Ok(Listed::empty());
            };
            let page = self.store.attempted_messages(list).await?;
            after = page.next;
            for AttemptedMessage {
                message,
                latest: id,
                facts,
            } in page.rows
            {
                let (state, next_at) = self.judge(message.key(), endpoint, is_off, &facts);
                if states.is_some_and(|states| !states.contains(&state)) {
                    continue;
                }
                let delivery = Delivery {
                    of: message,
                    state,
                    next_at,
                };
                rows.push(delivery);
                if rows.len() == query.limit {
                    let page = Page {
                        rows,
                        next: Some(id.parts()),
                    };
                    return Ok(close(query, page));
                }
            }
            if after.is_none() {
                break;
            }
        }
        Ok(close(query, Page { rows, next: after }))
    }

    /// The latest attempt to send a message to an endpoint.
    async fn latest_attempt(
        &self,
        message: MessageKey,
        endpoint: i64,
    ) -> Result<Option<AttemptId>, ServiceError> {
        let list = ListAttempts {
            endpoint: Some(endpoint),
            ..ListAttempts::first(AttemptsOf::Message(message), Order::Descending, 1)
        };
        let page = self.store.attempts(list).await?;
        Ok(page.rows.first().map(|row| row.attempt.id))
    }

    /// The place in the list of an endpoint's messages that an iterator marks: the id of a message, or
    /// of an attempt where reading stopped without a row to show.
    async fn delivery_position(
        &self,
        application: i64,
        endpoint: i64,
        iterator: &str,
    ) -> Result<IdParts, ServiceError> {
        if AttemptId::is_claimed_by(iterator) {
            let of = AttemptsOf::Endpoint {
                application,
                endpoint,
            };
            return self.attempt_position(application, of, iterator).await;
        }
        let id = self.message_position(application, iterator).await?;
        let key = MessageKey {
            application,
            id: MessageId::from_parts(id),
        };
        let latest = self.latest_attempt(key, endpoint).await?;
        latest.map(AttemptId::parts).ok_or_else(wrong_iterator)
    }

    /// Sends a message to an endpoint once more, whatever became of it before, and whether or not
    /// the endpoint's filters match.
    pub async fn resend(
        &self,
        caller: Caller,
        application: &str,
        message: &str,
        endpoint: &str,
        dedup: Option<Dedup>,
    ) -> Result<(), ServiceError> {
        let (view, target) = self.target(caller, application, endpoint).await?;
        let message = self.find_message(view.ordinal(), message).await?;
        if target.endpoint.is_off() {
            return Err(ServiceError::Refused {
                code: "endpoint_disabled",
                detail: "the endpoint is disabled; enable it first".to_owned(),
            });
        }
        if message.payload.is_empty() {
            return Err(ServiceError::Refused {
                code: "content_expunged",
                detail: "the payload of this message is gone".to_owned(),
            });
        }
        let resend = Resend {
            message: message.key(),
            endpoint: target.ordinal(),
            now: self.now(),
        };
        let touched = Touched {
            changes: vec![json!({ "field": "endpointId", "after": target.endpoint.id })],
            ..Touched::of(target.application)
        };
        let touched = touched.known(&message.id, message.event_id.as_deref());
        let store = self.noting(caller, Action::MessageResend, touched).await?;
        match store.resend(resend, dedup).await? {
            Resent::Done | Resent::Replayed => Ok(()),
            Resent::KeyReused => Err(ServiceError::key_reused()),
            Resent::Missing => Err(crate::messages::NOT_FOUND),
        }
    }
}

fn close(query: &PageQuery, page: Page<Delivery<Message>>) -> Listed<Delivery<Message>> {
    query.finish_page(
        page,
        |delivery| delivery.of.id.to_string(),
        |stop| AttemptId::from_parts(stop).to_string(),
    )
}
