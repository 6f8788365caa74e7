//! Attempts: every request that was made, and what came back.

use tidings_domain::delivery::Outcome;
use tidings_domain::ids::{AttemptId, EndpointId, IdParts};
use tidings_store::{AttemptRow, AttemptsOf, ListAttempts};

use crate::endpoints;
use crate::error::ServiceError;
use crate::messages::MessageFilter;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

pub(crate) const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "attempt" };

/// Which attempts a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttemptFilter {
    /// What is asked of their messages, and of the time of the attempts; also whether messages come with their payloads.
    pub message: MessageFilter,
    /// Only these outcomes; none given means all, an empty list means that nothing can match.
    pub outcomes: Option<Vec<Outcome>>,
    /// Only HTTP statuses from the first up to, but without, the second; (0, 100) for none at all.
    pub status_between: Option<(u16, u16)>,
    /// Whether the message is wanted beside each attempt.
    pub with_message: bool,
}

impl Service {
    /// One page of the attempts of a message, to all its endpoints or to one.
    pub async fn attempts_of_message(
        &self,
        caller: Caller,
        (application, message): (&str, &str),
        endpoint: Option<&str>,
        filter: &AttemptFilter,
        query: &PageQuery,
    ) -> Result<Listed<AttemptRow>, ServiceError> {
        let view = self.view(caller, application).await?;
        let message = self.find_message(view.ordinal(), message).await?;
        let endpoint = match endpoint {
            Some(name) => Some(self.endpoint_ordinal(&view, name).await?),
            None => None,
        };
        let of = AttemptsOf::Message(message.key());
        self.list_attempts(view.ordinal(), of, endpoint, filter, query)
            .await
    }

    /// One page of the attempts to an endpoint, deleted or not.
    pub async fn attempts_of_endpoint(
        &self,
        caller: Caller,
        application: &str,
        endpoint: &str,
        filter: &AttemptFilter,
        query: &PageQuery,
    ) -> Result<Listed<AttemptRow>, ServiceError> {
        let view = self.view(caller, application).await?;
        let endpoint = self.endpoint_ordinal(&view, endpoint).await?;
        let of = AttemptsOf::Endpoint {
            application: view.ordinal(),
            endpoint,
        };
        self.list_attempts(view.ordinal(), of, None, filter, query)
            .await
    }

    async fn list_attempts(
        &self,
        application: i64,
        of: AttemptsOf,
        endpoint: Option<i64>,
        filter: &AttemptFilter,
        query: &PageQuery,
    ) -> Result<Listed<AttemptRow>, ServiceError> {
        let after = match &query.cursor {
            None => None,
            Some(cursor) => Some(self.attempt_position(application, of, &cursor.id).await?),
        };
        let Some(list) = self.attempts_query(of, endpoint, filter, query, after) else {
            return Ok(Listed::empty());
        };
        let page = self.store.attempts(list).await?;
        Ok(query.finish_page(page, |row| row.attempt.id.to_string(), stop_name))
    }

    /// What to ask the store for; `None` if nothing can match.
    pub(crate) fn attempts_query(
        &self,
        of: AttemptsOf,
        endpoint: Option<i64>,
        filter: &AttemptFilter,
        query: &PageQuery,
        after: Option<IdParts>,
    ) -> Option<ListAttempts> {
        let outcomes = match &filter.outcomes {
            Some(outcomes) if outcomes.is_empty() => return None,
            outcomes => outcomes.clone().unwrap_or_default(),
        };
        Some(ListAttempts {
            of,
            endpoint,
            order: query.reading_order(),
            after,
            limit: query.limit,
            outcomes,
            status_between: filter.status_between,
            channel: filter.message.channel.clone(),
            tag: filter.message.tag.clone(),
            event_types: filter.message.event_types.clone(),
            from: Some(filter.message.from(self.now())),
            to: filter.message.before,
            with_message: filter.with_message,
            with_payload: filter.message.with_content,
        })
    }

    pub(crate) async fn attempt_position(
        &self,
        application: i64,
        of: AttemptsOf,
        iterator: &str,
    ) -> Result<IdParts, ServiceError> {
        let id: AttemptId = iterator.parse().map_err(|_| wrong_iterator())?;
        let row = self.store.attempt(application, id).await?;
        let is_of_list = row.is_some_and(|row| match of {
            AttemptsOf::Endpoint { endpoint, .. } => row.attempt.endpoint.seq() == endpoint,
            AttemptsOf::Message(message) => row.attempt.message == message.id,
        });
        if is_of_list {
            Ok(id.parts())
        } else {
            Err(wrong_iterator())
        }
    }

    /// One attempt of a message.
    pub async fn attempt(
        &self,
        caller: Caller,
        application: &str,
        message: &str,
        attempt: &str,
    ) -> Result<AttemptRow, ServiceError> {
        let id: AttemptId = attempt.parse().map_err(|_| NOT_FOUND)?;
        let view = self.view(caller, application).await?;
        let message = self.find_message(view.ordinal(), message).await?;
        self.store
            .attempt(view.ordinal(), id)
            .await?
            .filter(|row| row.attempt.message == message.id)
            .ok_or(NOT_FOUND)
    }

    /// The number of an endpoint that is there, or of a deleted one that is named by its id.
    pub(crate) async fn endpoint_ordinal(
        &self,
        view: &tidings_store::directory::ApplicationView,
        name: &str,
    ) -> Result<i64, ServiceError> {
        if let Some(target) = endpoints::find_target(view, name) {
            return Ok(target.ordinal());
        }
        let id: EndpointId = name.parse().map_err(|_| endpoints::NOT_FOUND)?;
        let known = self.store.endpoints_by_ordinal(vec![id.seq()]).await?;
        known
            .first()
            .filter(|known| known.id() == id && known.endpoint.application == view.ordinal())
            .map(|known| known.id().seq())
            .ok_or(endpoints::NOT_FOUND)
    }
}

/// The iterator of a place where reading stopped without a row to show.
fn stop_name(stop: IdParts) -> String {
    AttemptId::from_parts(stop).to_string()
}
