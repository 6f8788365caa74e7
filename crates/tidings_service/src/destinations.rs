//! Destinations: endpoints that keep the order, and polling endpoints, as clients of newer kind know them.
//!
//! A destination and its endpoint are one and the same, under one id. An endpoint is a destination as long as it
//! keeps the order, and a polling endpoint always; what a destination has no field for is left as it is.

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
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::polling::{PollingChange, PollingDraft, Reading};
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound {
    what: "destination",
};

/// What is said of a field that is about sending.
pub const NOT_OF_POLLING: &str = "is nothing that a polling endpoint has: nothing is sent to it";

/// What kind of destination one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationKind {
    /// An endpoint that keeps the order.
    Fifo,
    /// One that messages are read from.
    Polling,
}

/// A destination that a caller wants.
#[derive(Debug, Clone)]
pub enum DestinationDraft {
    /// An endpoint that keeps the order.
    Fifo(Box<EndpointDraft>),
    /// One that messages are read from.
    Polling(PollingDraft),
}

/// What a caller wants changed.
#[derive(Debug, Clone, Default)]
pub struct DestinationChange {
    /// What the caller takes it for, if that is said.
    pub kind: Option<DestinationKind>,
    /// The change; of a polling endpoint, as far as it has the fields.
    pub change: EndpointChange,
}

/// A destination as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// What it is.
    pub kind: DestinationKind,
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
            kind: DestinationKind::Fifo,
            endpoint,
            headers: shown_headers(&target.headers),
            is_paused: target.is_paused,
        }
    }

    fn polling(endpoint: Endpoint) -> Self {
        Self {
            kind: DestinationKind::Polling,
            endpoint,
            headers: ShownHeaders::default(),
            is_paused: false,
        }
    }
}

/// What a name stands for.
enum Found {
    Fifo(Arc<Target>),
    Polling(Box<Endpoint>),
}

impl Service {
    /// The destination of this id or uid.
    pub async fn destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Destination, ServiceError> {
        match self.find_destination(caller, application, name).await? {
            Found::Polling(endpoint) => Ok(Destination::polling(*endpoint)),
            Found::Fifo(target) => {
                let endpoint = self.store.endpoint_by_ordinal(target.ordinal()).await?;
                let endpoint = endpoint.ok_or(NOT_FOUND)?;
                Ok(Destination::of(&target, endpoint))
            }
        }
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
        let mut rows: Vec<_> = rows.collect();
        let polling = self
            .store
            .polling_endpoints(view.ordinal(), query.request(after));
        rows.extend(polling.await?.into_iter().map(Destination::polling));
        rows.sort_by_key(|row| row.endpoint.id.seq());
        if query.reading_order() == Order::Descending {
            rows.reverse();
        }
        Ok(query.finish(rows, |row| row.endpoint.id.to_string()))
    }

    /// Makes a destination.
    pub async fn create_destination(
        &self,
        caller: Caller,
        application: &str,
        draft: DestinationDraft,
        dedup: Option<Dedup>,
    ) -> Result<Destination, ServiceError> {
        match draft {
            DestinationDraft::Fifo(draft) => {
                let made = self.create_endpoint(caller, application, *draft, dedup);
                let made = made.await.map_err(under_config)?;
                self.destination(caller, application, &made.id.to_string())
                    .await
            }
            DestinationDraft::Polling(draft) => {
                let made = self.create_polling_endpoint(caller, application, draft, dedup);
                Ok(Destination::polling(made.await?))
            }
        }
    }

    /// Makes the destination of this name what the draft says, or makes it.
    pub async fn put_destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        draft: DestinationDraft,
    ) -> Result<Placed<Destination>, ServiceError> {
        let given = match &draft {
            DestinationDraft::Fifo(draft) => draft.uid.clone(),
            DestinationDraft::Polling(draft) => draft.uid.clone(),
        };
        let uid = uid_from_path(given, name, EndpointId::PREFIX)?;
        match self.find_destination(caller, application, name).await {
            Ok(_) => {
                let change = replacing(draft, uid);
                let changed = self.patch_destination(caller, application, name, change);
                Ok(Placed::Existing(changed.await?))
            }
            Err(ServiceError::NotFound {
                what: "destination",
            }) => {
                let view = self.view(caller, application).await?;
                if find_target(&view, name).is_some() {
                    return Err(ServiceError::Conflict {
                        code: "conflict",
                        detail: "an endpoint that does not keep the order has this name".to_owned(),
                    });
                }
                let draft = named(draft, uid);
                let made = self.create_destination(caller, application, draft, None);
                Ok(Placed::Created(made.await?))
            }
            Err(error) => Err(error),
        }
    }

    /// Changes a destination.
    pub async fn patch_destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        change: DestinationChange,
    ) -> Result<Destination, ServiceError> {
        let found = self.find_destination(caller, application, name).await?;
        let (kind, id) = match &found {
            Found::Fifo(target) => (DestinationKind::Fifo, target.endpoint.id),
            Found::Polling(endpoint) => (DestinationKind::Polling, endpoint.id),
        };
        if change.kind.is_some_and(|wanted| wanted != kind) {
            let msg = "is another than that of the destination; delete it, and make a new one";
            return Err(ServiceError::invalid(FieldProblem::body("type", msg)));
        }
        let id = id.to_string();
        let change = change.change;
        if kind == DestinationKind::Fifo {
            let changed = self.patch_endpoint(caller, application, &id, change);
            changed.await.map_err(under_config)?;
            return self.destination(caller, application, &id).await;
        }
        let change = polling_change(change)?;
        let of = Reading {
            application,
            endpoint: &id,
        };
        let changed = self.patch_polling_endpoint(caller, of, change).await?;
        Ok(Destination::polling(changed))
    }

    /// Deletes a destination; what is owed to it is canceled.
    pub async fn delete_destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<(), ServiceError> {
        match self.find_destination(caller, application, name).await? {
            Found::Fifo(target) => {
                let id = target.endpoint.id.to_string();
                self.delete_endpoint(caller, application, &id).await
            }
            Found::Polling(endpoint) => {
                let id = endpoint.id.to_string();
                let of = Reading {
                    application,
                    endpoint: &id,
                };
                self.delete_polling_endpoint(caller, of).await
            }
        }
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
        let Found::Fifo(target) = self.find_destination(caller, application, name).await? else {
            return Err(ServiceError::Refused {
                code: "no_secret",
                detail: "a polling endpoint has no secret: nothing is sent to it".to_owned(),
            });
        };
        let id = target.endpoint.id.to_string();
        self.rotate_secret(caller, application, &id, rotation, dedup)
            .await
    }

    async fn find_destination(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Found, ServiceError> {
        let view = self.view(caller, application).await?;
        if let Some(target) = find_target(&view, name) {
            let target = Some(target).filter(|target| target.endpoint.is_fifo);
            return target.cloned().map(Found::Fifo).ok_or(NOT_FOUND);
        }
        let of = Reading {
            application,
            endpoint: name,
        };
        match self.polling_endpoint(caller, of).await {
            Ok(endpoint) => Ok(Found::Polling(Box::new(endpoint))),
            Err(ServiceError::NotFound { .. }) => Err(NOT_FOUND),
            Err(error) => Err(error),
        }
    }
}

fn named(draft: DestinationDraft, uid: Option<String>) -> DestinationDraft {
    match draft {
        DestinationDraft::Fifo(draft) => {
            DestinationDraft::Fifo(Box::new(EndpointDraft { uid, ..*draft }))
        }
        DestinationDraft::Polling(draft) => {
            DestinationDraft::Polling(PollingDraft { uid, ..draft })
        }
    }
}

/// The change that makes a destination what a draft says.
fn replacing(draft: DestinationDraft, uid: Option<String>) -> DestinationChange {
    let (kind, change) = match draft {
        DestinationDraft::Fifo(draft) => (
            DestinationKind::Fifo,
            EndpointChange {
                url: Some(draft.url),
                is_disabled: Some(draft.is_disabled),
                event_types: Some(draft.event_types),
                channels: Some(draft.channels),
                batch_size: Some(draft.batch_size),
                max_wait_secs: Some(draft.max_wait_secs),
                metadata: Some(draft.metadata),
                headers: draft.headers,
                ..EndpointChange::default()
            },
        ),
        DestinationDraft::Polling(draft) => (
            DestinationKind::Polling,
            EndpointChange {
                is_disabled: Some(draft.is_disabled),
                event_types: Some(draft.event_types),
                channels: Some(draft.channels),
                metadata: Some(draft.metadata),
                ..EndpointChange::default()
            },
        ),
    };
    DestinationChange {
        kind: Some(kind),
        change: EndpointChange {
            uid: Some(uid),
            ..change
        },
    }
}

/// The same of a polling endpoint, which has fewer fields.
fn polling_change(change: EndpointChange) -> Result<PollingChange, ServiceError> {
    let mut problems = Problems::default();
    let has = [
        ("batchSize", change.batch_size.flatten().is_some()),
        ("maxWaitSecs", change.max_wait_secs.flatten().is_some()),
        ("url", change.url.is_some()),
    ];
    for (field, _) in has.into_iter().filter(|(_, is_there)| *is_there) {
        problems.push(FieldProblem::body(field, NOT_OF_POLLING));
    }
    problems.finish().map_err(under_config)?;
    Ok(PollingChange {
        uid: change.uid,
        is_disabled: change.is_disabled,
        event_types: change.event_types,
        channels: change.channels,
        metadata: change.metadata,
        ..PollingChange::default()
    })
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
