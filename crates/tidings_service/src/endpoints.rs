//! Endpoints: the URLs that want events.

mod client_certificates;
mod co_signatures;
mod credentials;
mod draft;
mod headers;
mod secrets;
mod stats;

use std::sync::Arc;

use tidings_domain::application::Application;
use tidings_domain::audit::Action;
use tidings_domain::endpoint::{Endpoint, EndpointPatch};
use tidings_domain::ids::EndpointId;
use tidings_domain::names::check_uid;
use tidings_store::directory::ApplicationView;
use tidings_store::target::Target;
use tidings_store::{Dedup, EndpointUpdate, NewEndpoint, Written};

use crate::applications::{Placed, uid_from_path};
use crate::audit::Touched;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::STALE_RETRIES_MAX;
use crate::operational::check_told_types;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

pub use client_certificates::ShownCertificate;
pub use co_signatures::{CoSignatureChange, CoSignatureDraft};
pub use credentials::{CREDENTIAL_PARTS, CredentialsChange, CredentialsDraft, HIDDEN};
pub use draft::{EndpointChange, EndpointDraft};
pub(crate) use draft::{check_channels, refused_filter};
pub(crate) use headers::shown_headers;
pub use headers::{HeadersChange, ShownHeaders};
pub use secrets::{Rotation, ShownSecret};
pub use stats::{EndpointAttemptStats, EndpointStats, RECENT_MAX, STATS_SPAN_MAX_MS, StatsSpan};

pub(crate) const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "endpoint" };

impl Service {
    /// Makes an endpoint.
    pub async fn create_endpoint(
        &self,
        caller: Caller,
        application: &str,
        draft: EndpointDraft,
        dedup: Option<Dedup>,
    ) -> Result<Endpoint, ServiceError> {
        self.check_has_room(caller, application).await?;
        let application = self.bare_application(caller, application).await?;
        let touched = Touched::of(application.id);
        let new = self.new_endpoint(caller, &application, draft).await?;
        let store = self.noting(caller, Action::EndpointCreate, touched).await?;
        let written = store.create_endpoint(new, dedup).await?;
        self.publish_change().await?;
        match written {
            Written::Done(made) | Written::Replayed(Some(made)) => Ok(made),
            Written::Taken(_) | Written::Stale(_) => Err(ServiceError::uid_taken("endpoint")),
            Written::KeyReused => Err(ServiceError::key_reused()),
            // The application went away meanwhile, or the endpoint that this request made did.
            Written::Missing | Written::Replayed(None) => Err(NOT_FOUND),
        }
    }

    /// Checks a draft and makes it ready to be written; the secret is made here if none was given.
    async fn new_endpoint(
        &self,
        caller: Caller,
        application: &Application,
        draft: EndpointDraft,
    ) -> Result<NewEndpoint, ServiceError> {
        let mut problems = Problems::default();
        let url = self.check_url(&draft.url, &mut problems);
        let secret = self.parse_or_make_secret(draft.secret.as_deref(), &mut problems);
        draft.check(&mut problems);
        let credentials = self.check_new_credentials(&draft, &mut problems);
        let environment = application.environment;
        let tail = self.entropy.id_tail();
        let co_signature = self.new_co_signature(
            &draft,
            credentials.as_ref(),
            (environment, tail),
            &mut problems,
        );
        if application.is_operational {
            check_told_types(&draft.event_types, &mut problems);
        } else {
            self.check_event_types(caller, &draft.event_types, &mut problems)
                .await?;
        }
        problems.finish()?;
        let (Some(url), Some(secret)) = (url, secret) else {
            return Err(NOT_FOUND);
        };
        Ok(NewEndpoint {
            application: application.id.seq(),
            environment,
            uid: draft.uid,
            url,
            description: draft.description,
            is_disabled: draft.is_disabled,
            event_types: draft.event_types,
            channels: draft.channels,
            filter: draft.filter,
            throttle_rate: draft.throttle_rate,
            is_fifo: draft.is_fifo,
            batch_size: draft.batch_size,
            max_wait_secs: draft.max_wait_secs,
            retry_policy: draft.retry_policy,
            format: draft.format,
            metadata: draft.metadata,
            headers: self.seal_headers(environment, tail, draft.headers.as_ref()),
            credentials: self.seal_credentials(environment, tail, credentials.as_ref()),
            secrets: vec![self.seal_secret(environment, tail, &secret)],
            co_signature,
            created_at: self.now(),
            tail,
        })
    }

    /// The endpoint of this id or uid, ready to be sent to.
    pub async fn target(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<(Arc<ApplicationView>, Arc<Target>), ServiceError> {
        let view = self.view(caller, application).await?;
        let target = find_target(&view, name).ok_or(NOT_FOUND)?.clone();
        Ok((view, target))
    }

    /// The endpoint of this id or uid, as it is now: its health too.
    pub async fn endpoint(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Endpoint, ServiceError> {
        let (_, target) = self.target(caller, application, name).await?;
        self.store
            .endpoint_by_ordinal(target.ordinal())
            .await?
            .ok_or(NOT_FOUND)
    }

    /// One page of the endpoints of an application.
    pub async fn endpoints(
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
        let rows = self.store.endpoints(ordinal, query.request(after)).await?;
        Ok(query.finish(rows, |endpoint| endpoint.id.to_string()))
    }

    /// The place that an iterator marks, even if its endpoint was deleted meanwhile.
    pub(crate) async fn endpoint_position(
        &self,
        application: i64,
        iterator: &str,
    ) -> Result<i64, ServiceError> {
        let id: EndpointId = iterator.parse().map_err(|_| wrong_iterator())?;
        let found = self.store.endpoints_by_ordinal(vec![id.seq()]).await?;
        match found.first() {
            Some(known) if known.id() == id && known.endpoint.application == application => {
                Ok(id.seq())
            }
            _ => Err(wrong_iterator()),
        }
    }

    /// Changes an endpoint.
    pub async fn patch_endpoint(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        change: EndpointChange,
    ) -> Result<Endpoint, ServiceError> {
        self.check_has_webhooks(caller, application).await?;
        let (_, target) = self.target(caller, application, name).await?;
        let patch = self.check_change(caller, &target, change).await?;
        self.write_endpoint(caller, &target, patch)
            .await?
            .ok_or(NOT_FOUND)
    }

    /// Replaces the endpoint of this name, or makes it. Secrets and, unless given, headers stay.
    pub async fn put_endpoint(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        draft: EndpointDraft,
    ) -> Result<Placed<Endpoint>, ServiceError> {
        let draft = EndpointDraft {
            uid: uid_from_path(draft.uid, name, EndpointId::PREFIX)?,
            ..draft
        };
        self.check_has_webhooks(caller, application).await?;
        for _ in 0..STALE_RETRIES_MAX {
            let view = self.view(caller, application).await?;
            if let Some(target) = find_target(&view, name) {
                let change = EndpointChange::replacing(draft.clone());
                let patch = self.check_change(caller, target, change).await?;
                let written = self.write_endpoint(caller, target, patch).await?;
                if let Some(changed) = written {
                    return Ok(Placed::Existing(changed));
                }
                continue;
            }
            self.check_has_room(caller, application).await?;
            let new = self
                .new_endpoint(caller, &view.application, draft.clone())
                .await?;
            let touched = Touched::of(view.application.id);
            let store = self.noting(caller, Action::EndpointCreate, touched).await?;
            let written = store.create_endpoint(new, None).await?;
            self.publish_change().await?;
            match written {
                Written::Done(made) => return Ok(Placed::Created(made)),
                Written::Taken(other) if other.uid.as_deref() != Some(name) => break,
                _ => {}
            }
        }
        Err(ServiceError::uid_taken("endpoint"))
    }

    /// Deletes an endpoint; what is owed to it is canceled.
    pub async fn delete_endpoint(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<(), ServiceError> {
        let (_, target) = self.target(caller, application, name).await?;
        let touched = touched(&target);
        let store = self.noting(caller, Action::EndpointDelete, touched).await?;
        let deleted = store.delete_endpoint(target.ordinal(), self.now());
        let was_there = deleted.await?;
        self.publish_change().await?;
        if was_there { Ok(()) } else { Err(NOT_FOUND) }
    }

    /// `None` if the endpoint is gone.
    pub(crate) async fn write_endpoint(
        &self,
        caller: Caller,
        target: &Target,
        patch: EndpointPatch,
    ) -> Result<Option<Endpoint>, ServiceError> {
        let update = EndpointUpdate {
            ordinal: target.ordinal(),
            patch,
            expected_version: None,
            now: self.now(),
        };
        let touched = touched(target);
        let store = self.noting(caller, Action::EndpointUpdate, touched).await?;
        let written = store.update_endpoint(update, None).await?;
        self.publish_change().await?;
        match written {
            Written::Done(changed) => Ok(Some(changed)),
            Written::Taken(_) => Err(ServiceError::uid_taken("endpoint")),
            _ => Ok(None),
        }
    }

    pub(crate) fn check_url(&self, url: &str, problems: &mut Problems) -> Option<String> {
        match self.policy.check_url(url) {
            // As it was given: what is sent to is read from it anew each time, by the same rules.
            Ok(_) => Some(url.to_owned()),
            Err(refused) => {
                problems.push(FieldProblem::body("url", refused.public_message()));
                None
            }
        }
    }

    pub(crate) async fn check_event_types(
        &self,
        caller: Caller,
        names: &[String],
        problems: &mut Problems,
    ) -> Result<(), ServiceError> {
        if names.is_empty() || names.len() > crate::limits::ENDPOINT_EVENT_TYPES_MAX {
            return Ok(());
        }
        let hidden = self.hidden_event_types(caller, names).await?;
        // A group may be there before its first event type is.
        let names = names.iter().filter(|name| !name.contains('*'));
        let names = names.cloned().collect();
        let unknown = self.store.unknown_event_types(caller.environment, names);
        let mut unknown = unknown.await?;
        // What is hidden from the caller is not told apart from what is not there.
        unknown.extend(hidden);
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let msg = format!("unknown event types: {}", unknown.join(", "));
            problems.push(FieldProblem::body("eventTypes", msg));
        }
        Ok(())
    }
}

/// An endpoint, for the audit log.
pub(crate) fn touched(target: &Target) -> Touched {
    let endpoint = &target.endpoint;
    Touched::of(target.application).known(&endpoint.id, endpoint.uid.as_deref())
}

/// The endpoint of an application by id or uid.
pub(crate) fn find_target<'a>(view: &'a ApplicationView, name: &str) -> Option<&'a Arc<Target>> {
    if let Ok(id) = name.parse::<EndpointId>() {
        let place = view
            .targets
            .binary_search_by_key(&id.seq(), |target| target.ordinal())
            .ok()?;
        return Some(&view.targets[place]).filter(|target| target.endpoint.id == id);
    }
    check_uid(name, EndpointId::PREFIX).ok()?;
    view.targets
        .iter()
        .find(|target| target.endpoint.uid.as_deref() == Some(name))
}
