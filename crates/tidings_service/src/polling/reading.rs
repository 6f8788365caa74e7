//! Reading from polling endpoints: a page at a time, by iterator or by a consumer whose place is remembered.

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::filter::{Filter, ReadPayload};
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::message::Message;
use tidings_domain::names::check_record_id;
use tidings_store::directory::HiddenTypes;
use tidings_store::{ConsumerKey, MoveConsumer, Moved, PollMessages, place_at};

use super::Reading;
use crate::error::ServiceError;
use crate::pages::wrong_iterator;
use crate::{Caller, Service};

/// How reading goes on.
#[derive(Debug, Clone, Default)]
pub struct PollQuery {
    /// At most so many messages.
    pub limit: usize,
    /// What the page before ended with.
    pub iterator: Option<String>,
    /// Without an iterator: messages that were accepted then or later.
    pub after: Option<Millis>,
    /// Only this type.
    pub event_type: Option<String>,
    /// Only those on this channel.
    pub channel: Option<String>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolledPage {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// What the next page starts behind.
    pub iterator: String,
    /// Whether there is no more at the moment.
    pub is_done: bool,
}

impl Service {
    /// Reads messages; who reads remembers the place.
    pub async fn poll(
        &self,
        caller: Caller,
        of: Reading<'_>,
        query: PollQuery,
    ) -> Result<PolledPage, ServiceError> {
        let endpoint = self.readable(caller, of).await?;
        let after = match (&query.iterator, query.after) {
            (Some(iterator), _) => read_place(iterator)?,
            (None, Some(after)) => place_at(after),
            (None, None) => place_at(endpoint.created_at),
        };
        let hidden = self.view(caller, of.application).await?.hidden.clone();
        self.read_page((endpoint, hidden), after, query).await
    }

    /// Reads messages for a consumer, whose place is remembered here: the iterator that comes back says that
    /// everything up to it has been dealt with. Without it the same page comes again.
    pub async fn poll_consumer(
        &self,
        caller: Caller,
        of: Reading<'_>,
        consumer: &str,
        query: PollQuery,
    ) -> Result<PolledPage, ServiceError> {
        let endpoint = self.readable(caller, of).await?;
        let consumer = consumer_of(&endpoint, consumer)?;
        let after = if let Some(iterator) = &query.iterator {
            let place = read_place(iterator)?;
            self.move_consumer(consumer, place, false).await?
        } else {
            let place = self.store.consumer(consumer).await?;
            place.unwrap_or_else(|| place_at(endpoint.created_at))
        };
        let hidden = self.view(caller, of.application).await?.hidden.clone();
        self.read_page((endpoint, hidden), after, query).await
    }

    /// Lets a consumer go on with what was accepted at an instant or later. Gives the place.
    pub async fn seek_consumer(
        &self,
        caller: Caller,
        of: Reading<'_>,
        consumer: &str,
        after: Millis,
    ) -> Result<String, ServiceError> {
        let endpoint = self.polling_endpoint(caller, of).await?;
        let consumer = consumer_of(&endpoint, consumer)?;
        let place = self.move_consumer(consumer, place_at(after), true).await?;
        Ok(show_place(place))
    }

    /// A polling endpoint that may be read from.
    async fn readable(&self, caller: Caller, of: Reading<'_>) -> Result<Endpoint, ServiceError> {
        self.check_has_webhooks(caller, of.application).await?;
        let endpoint = self.polling_endpoint(caller, of).await?;
        if endpoint.is_off() {
            return Err(ServiceError::Refused {
                code: "endpoint_disabled",
                detail: "the polling endpoint is disabled; enable it first".to_owned(),
            });
        }
        Ok(endpoint)
    }

    async fn move_consumer(
        &self,
        consumer: ConsumerKey,
        to: IdParts,
        may_go_back: bool,
    ) -> Result<IdParts, ServiceError> {
        let step = MoveConsumer {
            consumer,
            to,
            may_go_back,
            now: self.now(),
        };
        match self.store.move_consumer(step).await? {
            Moved::To(place) => Ok(place),
            Moved::TooMany => Err(ServiceError::Refused {
                code: "limit_reached",
                detail: "the polling endpoint has 100 consumers already".to_owned(),
            }),
        }
    }

    async fn read_page(
        &self,
        (endpoint, hidden): (Endpoint, Option<Arc<HiddenTypes>>),
        after: IdParts,
        query: PollQuery,
    ) -> Result<PolledPage, ServiceError> {
        // One that this version cannot read lets everything pass, so that nothing is lost.
        let filter = endpoint.filter.as_deref().map(Filter::parse);
        let filter = filter.and_then(Result::ok);
        let poll = PollMessages {
            endpoint: endpoint.clone(),
            after,
            limit: query.limit,
            event_type: query.event_type,
            channel: query.channel,
        };
        let mut polled = self.store.poll(poll).await?;
        if let Some(hidden) = hidden {
            polled
                .rows
                .retain(|message| !hidden.hides(&message.event_type, &endpoint));
        }
        if let Some(filter) = filter {
            let is_wanted =
                |message: &Message| filter.judge(&ReadPayload::new(&message.payload)).is_match;
            polled.rows.retain(is_wanted);
        }
        Ok(PolledPage {
            messages: polled.rows,
            iterator: show_place(polled.place),
            is_done: polled.is_done,
        })
    }
}

fn consumer_of(endpoint: &Endpoint, name: &str) -> Result<ConsumerKey, ServiceError> {
    if check_record_id(name).is_err() {
        return Err(ServiceError::NotFound { what: "consumer" });
    }
    Ok(ConsumerKey {
        application: endpoint.application,
        endpoint: endpoint.id.seq(),
        name: name.to_owned(),
    })
}

/// A place as a caller sees it.
fn show_place(place: IdParts) -> String {
    MessageId::from_parts(place).to_string()
}

fn read_place(iterator: &str) -> Result<IdParts, ServiceError> {
    let id: Result<MessageId, _> = iterator.parse();
    id.map(MessageId::parts).map_err(|_| wrong_iterator())
}
