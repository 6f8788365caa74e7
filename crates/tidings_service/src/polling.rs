//! Polling endpoints: their owners read messages from them, at their own pace, where nothing can be sent to.

mod reading;

use tidings_domain::application::Metadata;
use tidings_domain::audit::Action;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::endpoint::{Endpoint, EndpointPatch};
use tidings_domain::ids::EndpointId;
use tidings_domain::names::check_uid;
use tidings_store::{Dedup, EndpointUpdate, NewEndpoint, Reference, Written};

use crate::audit::Touched;
use crate::endpoints::EndpointDraft;
use crate::error::{Problems, ServiceError};
use crate::{Caller, Listed, PageQuery, Service};

pub use reading::{PollQuery, PolledPage};

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

impl PollingDraft {
    /// As what an endpoint of the usual kind would say, whose rules it shares.
    fn as_endpoint(&self) -> EndpointDraft {
        EndpointDraft {
            uid: self.uid.clone(),
            description: self.description.clone(),
            event_types: self.event_types.clone(),
            channels: self.channels.clone(),
            filter: self.filter.clone(),
            metadata: self.metadata.clone(),
            ..EndpointDraft::default()
        }
    }
}

/// A change to a polling endpoint; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PollingChange {
    /// The new uid, or none.
    pub uid: Option<Option<String>>,
    /// The new description.
    pub description: Option<String>,
    /// Off or on.
    pub is_disabled: Option<bool>,
    /// The new event types; empty means all.
    pub event_types: Option<Vec<String>>,
    /// The new channels; empty means all.
    pub channels: Option<Vec<String>>,
    /// The new filter, or none.
    pub filter: Option<Option<String>>,
    /// The new notes.
    pub metadata: Option<Metadata>,
}

/// Whose messages are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The application.
    pub application: &'a str,
    /// The polling endpoint.
    pub endpoint: &'a str,
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
        draft.as_endpoint().check(&mut problems);
        self.check_event_types(caller, &draft.event_types, &mut problems)
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
            co_signature: None,
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

    /// Changes a polling endpoint. Consumers stay where they are.
    pub async fn patch_polling_endpoint(
        &self,
        caller: Caller,
        of: Reading<'_>,
        change: PollingChange,
    ) -> Result<Endpoint, ServiceError> {
        let endpoint = self.polling_endpoint(caller, of).await?;
        let mut problems = Problems::default();
        let after = PollingDraft {
            uid: change.uid.clone().flatten(),
            description: change.description.clone().unwrap_or_default(),
            is_disabled: false,
            event_types: change.event_types.clone().unwrap_or_default(),
            channels: change.channels.clone().unwrap_or_default(),
            filter: change.filter.clone().flatten(),
            metadata: change.metadata.clone().unwrap_or_default(),
        };
        after.as_endpoint().check(&mut problems);
        // Names that it has already may have left the catalogue since.
        let is_new = |name: &&String| !endpoint.event_types.contains(name);
        let added: Vec<String> = after.event_types.iter().filter(is_new).cloned().collect();
        self.check_event_types(caller, &added, &mut problems)
            .await?;
        problems.finish()?;
        let owner = self.bare_application(caller, of.application).await?.id;
        let touched = Touched::of(owner).known(&endpoint.id, endpoint.uid.as_deref());
        let update = EndpointUpdate {
            ordinal: endpoint.id.seq(),
            patch: EndpointPatch {
                uid: change.uid,
                description: change.description,
                is_disabled: change.is_disabled,
                event_types: change.event_types,
                channels: change.channels,
                filter: change.filter,
                metadata: change.metadata,
                ..EndpointPatch::default()
            },
            expected_version: None,
            now: self.now(),
        };
        let store = self
            .noting(caller, Action::PollingEndpointUpdate, touched)
            .await?;
        let written = store.update_endpoint(update, None).await?;
        self.publish_change().await?;
        match written {
            Written::Done(changed) => Ok(changed),
            Written::Taken(_) => Err(ServiceError::uid_taken("endpoint")),
            _ => Err(NOT_FOUND),
        }
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
}
