//! Destinations: endpoints that keep the order, as clients of newer kind know them.
//!
//! A destination and its endpoint are one and the same, under one id. An endpoint is a destination as long as it
//! keeps the order; what a destination has no field for is left as it is.

use std::collections::HashMap;
use std::sync::Arc;

use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::EndpointId;
use tidings_store::target::Target;
use tidings_store::{Dedup, Order};

use crate::applications::{Placed, uid_from_path};
use crate::endpoints::{
    EndpointChange, EndpointDraft, Rotation, ShownHeaders, ShownSecret, find_target, shown_headers,
};
use crate::error::ServiceError;
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound {
    what: "destination",
};

/// A destination as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The endpoint that it is.
    pub endpoint: Endpoint,
    /// The headers that go with each request.
    pub headers: ShownHeaders,
    /// Whether the plan of its application holds back what it is owed.
    pub is_paused: bool,
}

impl Destination {
    fn of(target: &Target, endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            headers: shown_headers(&target.headers),
            is_paused: target.is_paused,
        }
    }
}

impl Service {
    /// The destination of this id or uid.
    pub async fn destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Destination, ServiceError> {
        let target = self.destination_target(caller, application, name).await?;
        let endpoint = self.store.endpoint_by_ordinal(target.ordinal()).await?;
        let endpoint = endpoint.ok_or(NOT_FOUND)?;
        Ok(Destination::of(&target, endpoint))
    }

    /// One page of the destinations of an application.
    pub async fn destinations(
        &self,
        caller: Caller,
        application: &str,
        query: &PageQuery,
    ) -> Result<Listed<Destination>, ServiceError> {
        let view = self.view(caller, application).await?;
        let after = match &query.cursor {
            None => None,
            Some(cursor) => Some(self.endpoint_position(view.ordinal(), &cursor.id).await?),
        };
        let is_beyond = |target: &&Arc<Target>| match (query.reading_order(), after) {
            (_, None) => true,
            (Order::Ascending, Some(after)) => target.ordinal() > after,
            (Order::Descending, Some(after)) => target.ordinal() < after,
        };
        let targets = view.targets.iter().filter(|target| target.endpoint.is_fifo);
        let targets = targets.filter(is_beyond);
        let targets: Vec<_> = match query.reading_order() {
            Order::Ascending => targets.take(query.limit + 1).collect(),
            Order::Descending => targets.rev().take(query.limit + 1).collect(),
        };
        let ordinals = targets.iter().map(|target| target.ordinal()).collect();
        let found = self.store.endpoints_by_ordinal(ordinals).await?;
        let found = found.into_iter().filter(|known| known.deleted_at.is_none());
        let mut found: HashMap<_, _> = found.map(|known| (known.id().seq(), known)).collect();
        let rows = targets.into_iter().filter_map(|target| {
            let known = found.remove(&target.ordinal())?;
            Some(Destination::of(target, known.endpoint))
        });
        Ok(query.finish(rows.collect(), |row| row.endpoint.id.to_string()))
    }

    /// Makes a destination.
    pub async fn create_destination(
        &self,
        caller: Caller,
        application: &str,
        draft: EndpointDraft,
        dedup: Option<Dedup>,
    ) -> Result<Destination, ServiceError> {
        let made = self.create_endpoint(caller, application, draft, dedup);
        let made = made.await.map_err(under_config)?;
        self.destination(caller, application, &made.id.to_string())
            .await
    }

    /// Makes the destination of this name what the draft says, or makes it.
    pub async fn put_destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        draft: EndpointDraft,
    ) -> Result<Placed<Destination>, ServiceError> {
        let uid = uid_from_path(draft.uid.clone(), name, EndpointId::PREFIX)?;
        let view = self.view(caller, application).await?;
        match find_target(&view, name) {
            None => {
                let draft = EndpointDraft { uid, ..draft };
                let made = self.create_destination(caller, application, draft, None);
                Ok(Placed::Created(made.await?))
            }
            Some(target) if !target.endpoint.is_fifo => Err(ServiceError::Conflict {
                code: "conflict",
                detail: "an endpoint that does not keep the order has this name".to_owned(),
            }),
            Some(_) => {
                let change = EndpointChange {
                    uid: Some(uid),
                    url: Some(draft.url),
                    is_disabled: Some(draft.is_disabled),
                    event_types: Some(draft.event_types),
                    channels: Some(draft.channels),
                    batch_size: Some(draft.batch_size),
                    max_wait_secs: Some(draft.max_wait_secs),
                    metadata: Some(draft.metadata),
                    headers: draft.headers,
                    ..EndpointChange::default()
                };
                let changed = self.patch_destination(caller, application, name, change);
                Ok(Placed::Existing(changed.await?))
            }
        }
    }

    /// Changes a destination.
    pub async fn patch_destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        change: EndpointChange,
    ) -> Result<Destination, ServiceError> {
        let target = self.destination_target(caller, application, name).await?;
        let id = target.endpoint.id.to_string();
        let changed = self.patch_endpoint(caller, application, &id, change).await;
        changed.map_err(under_config)?;
        self.destination(caller, application, &id).await
    }

    /// Deletes a destination; what is owed to it is canceled.
    pub async fn delete_destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<(), ServiceError> {
        let target = self.destination_target(caller, application, name).await?;
        let id = target.endpoint.id.to_string();
        self.delete_endpoint(caller, application, &id).await
    }

    /// Replaces the secret of a destination.
    pub async fn rotate_destination_secret(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        rotation: Rotation,
        dedup: Option<Dedup>,
    ) -> Result<ShownSecret, ServiceError> {
        let target = self.destination_target(caller, application, name).await?;
        let id = target.endpoint.id.to_string();
        self.rotate_secret(caller, application, &id, rotation, dedup)
            .await
    }

    async fn destination_target(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Arc<Target>, ServiceError> {
        let view = self.view(caller, application).await?;
        let target = find_target(&view, name).filter(|target| target.endpoint.is_fifo);
        target.cloned().ok_or(NOT_FOUND)
    }
}

/// What an endpoint has at the top, a destination has in its `config`.
fn under_config(error: ServiceError) -> ServiceError {
    let ServiceError::Invalid(mut problems) = error else {
        return error;
    };
    for problem in &mut problems {
        let name = match problem.loc.get(1).map(String::as_str) {
            Some("url") => "url",
            Some("headers") => "headers",
            Some("secret") => "key",
            _ => continue,
        };
        name.clone_into(&mut problem.loc[1]);
        problem.loc.insert(1, "config".to_owned());
    }
    ServiceError::Invalid(problems)
}
