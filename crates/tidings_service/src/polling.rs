//! Polling endpoints: their owners read messages from them, at their own pace, where nothing can be sent to.

use tidings_domain::application::Metadata;
use tidings_domain::audit::Action;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::filter::{Filter, ReadPayload};
use tidings_domain::ids::{EndpointId, IdParts, MessageId};
use tidings_domain::message::Message;
use tidings_domain::names::{check_record_id, check_uid};
use tidings_store::{
    ConsumerKey, Dedup, MoveConsumer, Moved, NewEndpoint, PollMessages, Reference, Written,
    place_at,
};

use crate::audit::Touched;
use crate::endpoints::EndpointDraft;
use crate::error::{Problems, ServiceError};
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound {
    what: "polling endpoint",
};

/// A polling endpoint that a caller wants.
#[derive(Debug, Clone, Default)]
pub struct PollingDraft {
    /// The product's own name for it.
    pub uid: Option<String>,
    /// What people call it.
    pub description: String,
    /// Whether nothing can be read from it.
    pub is_disabled: bool,
    /// Empty means all.
    pub event_types: Vec<String>,
    /// Empty means all.
    pub channels: Vec<String>,
    /// The payloads that it wants, as they are written.
    pub filter: Option<String>,
    /// The product's own notes.
    pub metadata: Metadata,
}

/// Whose messages are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The application.
    pub application: &'a str,
    /// The polling endpoint.
    pub endpoint: &'a str,
}

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
    /// Makes a polling endpoint.
    pub async fn create_polling_endpoint(
        &self,
        caller: Caller,
        application: &str,
        draft: PollingDraft,
        dedup: Option<Dedup>,
    ) -> Result<Endpoint, ServiceError> {
        self.check_has_room(caller, application).await?;
        let application = self.bare_application(caller, application).await?;
        let environment = application.environment;
        let mut problems = Problems::default();
        let as_endpoint = EndpointDraft {
            uid: draft.uid.clone(),
            description: draft.description.clone(),
            event_types: draft.event_types.clone(),
            channels: draft.channels.clone(),
            filter: draft.filter.clone(),
            metadata: draft.metadata.clone(),
            ..EndpointDraft::default()
        };
        as_endpoint.check(&mut problems);
        self.check_event_types(environment, &draft.event_types, &mut problems)
            .await?;
        problems.finish()?;
        let new = NewEndpoint {
            application: application.id.seq(),
            environment,
            uid: draft.uid,
            url: String::new(),
            description: draft.description,
            is_disabled: draft.is_disabled,
            event_types: draft.event_types,
            channels: draft.channels,
            filter: draft.filter,
            throttle_rate: None,
            is_fifo: false,
            batch_size: None,
            max_wait_secs: None,
            retry_policy: None,
            format: BodyFormat::Json,
            metadata: draft.metadata,
            headers: None,
            credentials: None,
            secrets: Vec::new(),
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let touched = Touched::of(application.id);
        let store = self
            .noting(caller, Action::PollingEndpointCreate, touched)
            .await?;
        let written = store.create_polling_endpoint(new, dedup).await?;
        self.publish_change().await?;
        match written {
            Written::Done(made) | Written::Replayed(Some(made)) => Ok(made),
            Written::Taken(_) | Written::Stale(_) => Err(ServiceError::uid_taken("endpoint")),
            Written::KeyReused => Err(ServiceError::key_reused()),
            Written::Missing | Written::Replayed(None) => Err(NOT_FOUND),
        }
    }

    /// The polling endpoint of this id or uid.
    pub async fn polling_endpoint(
        &self,
        caller: Caller,
        of: Reading<'_>,
    ) -> Result<Endpoint, ServiceError> {
        let application = self.bare_application(caller, of.application).await?;
        let reference = match of.endpoint.parse::<EndpointId>() {
            Ok(id) => Reference::Id(id),
            Err(_) if check_uid(of.endpoint, EndpointId::PREFIX).is_ok() => {
                Reference::Uid(of.endpoint.to_owned())
            }
            Err(_) => return Err(NOT_FOUND),
        };
        self.store
            .polling_endpoint(application.id.seq(), reference)
            .await?
            .ok_or(NOT_FOUND)
    }

    /// One page of the polling endpoints of an application.
    pub async fn polling_endpoints(
        &self,
        caller: Caller,
        application: &str,
        query: &PageQuery,
    ) -> Result<Listed<Endpoint>, ServiceError> {
        let application = self.bare_application(caller, application).await?;
        let ordinal = application.id.seq();
        let after = match &query.cursor {
            None => None,
            Some(cursor) => Some(self.endpoint_position(ordinal, &cursor.id).await?),
        };
        let page = query.request(after);
        let rows = self.store.polling_endpoints(ordinal, page).await?;
        Ok(query.finish(rows, |endpoint| endpoint.id.to_string()))
    }

    /// Deletes a polling endpoint.
    pub async fn delete_polling_endpoint(
        &self,
        caller: Caller,
        of: Reading<'_>,
    ) -> Result<(), ServiceError> {
        let endpoint = self.polling_endpoint(caller, of).await?;
        let ordinal = endpoint.id.seq();
        let owner = self.bare_application(caller, of.application).await?.id;
        let touched = Touched::of(owner).known(&endpoint.id, endpoint.uid.as_deref());
        let store = self
            .noting(caller, Action::PollingEndpointDelete, touched)
            .await?;
        let was_there = store.delete_endpoint(ordinal, self.now()).await?;
        self.publish_change().await?;
        if was_there { Ok(()) } else { Err(NOT_FOUND) }
    }

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
        self.read_page(endpoint, after, query).await
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
        self.read_page(endpoint, after, query).await
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
        endpoint: Endpoint,
        after: IdParts,
        query: PollQuery,
    ) -> Result<PolledPage, ServiceError> {
        // One that this version cannot read lets everything pass, so that nothing is lost.
        let filter = endpoint.filter.as_deref().map(Filter::parse);
        let filter = filter.and_then(Result::ok);
        let poll = PollMessages {
            endpoint,
            after,
            limit: query.limit,
            event_type: query.event_type,
            channel: query.channel,
        };
        let mut polled = self.store.poll(poll).await?;
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
