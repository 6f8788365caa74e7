//! Integrations: programs that act in one application, each with a name and a key of its own.

use std::sync::Arc;

use serde_json::json;
use tidings_domain::access::{Capabilities, Principal};
use tidings_domain::api_key::{ApiKey, ParsedKey, TokenKind};
use tidings_domain::audit::{Action, ActorKind, Origin};
use tidings_domain::ids::IntegrationId;
use tidings_domain::integration::{Integration, IntegrationPatch};
use tidings_store::directory::KnownIntegration;
use tidings_store::{Dedup, NewIntegration, Written};

use crate::audit::Touched;
use crate::error::{Problems, ServiceError};
use crate::keys::check_display_name;
use crate::pages::wrong_iterator;
use crate::sessions::check_flags;
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound {
    what: "integration",
};

/// What a caller says of an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationDraft {
    /// What people call it.
    pub name: String,
    /// Event types with one of these are shown to it.
    pub feature_flags: Vec<String>,
}

impl IntegrationDraft {
    fn check(&self) -> Result<(), ServiceError> {
        let mut problems = Problems::default();
        problems.check("name", check_display_name(&self.name));
        check_flags(&self.feature_flags, &mut problems);
        problems.finish()
    }
}

impl Service {
    /// Who sends this key of an integration.
    pub(crate) async fn authenticate_integration(
        &self,
        token: &str,
    ) -> Result<Caller, ServiceError> {
        let parsed = ParsedKey::parse_as(TokenKind::Integration, token)
            .map_err(|_| ServiceError::Unauthorized)?;
        let known = self.known_integration(parsed.ordinal()).await?;
        if !known.integration.has_key(parsed.hash()) {
            return Err(ServiceError::Unauthorized);
        }
        let application = known.integration.application;
        Ok(Caller {
            environment: known.integration.environment,
            key: known.integration.ordinal(),
            is_operational: false,
            kind: ActorKind::Integration,
            principal: Principal::Application(application, Capabilities::all()),
            origin: Origin::default(),
        })
    }

    /// The integration of this number that somebody calls as.
    pub(crate) async fn known_integration(
        &self,
        ordinal: i64,
    ) -> Result<Arc<KnownIntegration>, ServiceError> {
        let known = self.directory.integration(ordinal).await?;
        known.ok_or(ServiceError::Unauthorized)
    }

    /// Makes an integration. It has no key until it is given one.
    pub async fn create_integration(
        &self,
        caller: Caller,
        application: &str,
        draft: IntegrationDraft,
        dedup: Option<Dedup>,
    ) -> Result<Integration, ServiceError> {
        let application = self.bare_application(caller, application).await?;
        draft.check()?;
        let new = NewIntegration {
            environment: application.environment,
            application: application.id.seq(),
            name: draft.name,
            feature_flags: draft.feature_flags,
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let touched = Touched::of(application.id);
        let store = self
            .noting(caller, Action::IntegrationCreate, touched)
            .await?;
        match store.create_integration(new, dedup).await? {
            Written::Done(made) | Written::Replayed(Some(made)) => Ok(made),
            Written::KeyReused => Err(ServiceError::key_reused()),
            Written::Missing => Err(ServiceError::NotFound {
                what: "application",
            }),
            _ => Err(NOT_FOUND),
        }
    }

    /// One page of the integrations of an application, the first made first.
    pub async fn integrations(
        &self,
        caller: Caller,
        application: &str,
        query: &PageQuery,
    ) -> Result<Listed<Integration>, ServiceError> {
        let application = self.bare_application(caller, application).await?.id.seq();
        let after = match &query.cursor {
            None => None,
            Some(cursor) => {
                let id: IntegrationId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some(id.seq())
            }
        };
        let rows = self.store.integrations(application, query.request(after));
        Ok(query.finish(rows.await?, |integration| integration.id.to_string()))
    }

    /// The integration of this id.
    pub async fn integration(
        &self,
        caller: Caller,
        application: &str,
        id: &str,
    ) -> Result<Integration, ServiceError> {
        let application = self.bare_application(caller, application).await?.id.seq();
        let id: IntegrationId = id.parse().map_err(|_| NOT_FOUND)?;
        let found = self.store.integration(id.seq()).await?;
        found
            .filter(|found| found.id == id && found.application == application)
            .ok_or(NOT_FOUND)
    }

    /// Replaces what is said of an integration; its key stays.
    pub async fn put_integration(
        &self,
        caller: Caller,
        (application, id): (&str, &str),
        draft: IntegrationDraft,
    ) -> Result<Integration, ServiceError> {
        let found = self.integration(caller, application, id).await?;
        draft.check()?;
        let patch = IntegrationPatch {
            name: Some(draft.name),
            feature_flags: Some(draft.feature_flags),
            hash: None,
        };
        let action = Action::IntegrationUpdate;
        self.write_integration(caller, application, &found, action, patch)
            .await
    }

    /// Gives an integration a key, which is in the answer and nowhere else. The one that it had is refused from now on.
    pub async fn rotate_integration_key(
        &self,
        caller: Caller,
        application: &str,
        id: &str,
    ) -> Result<ApiKey, ServiceError> {
        let found = self.integration(caller, application, id).await?;
        let key = ApiKey::generate_as(TokenKind::Integration, found.ordinal(), &*self.entropy);
        let patch = IntegrationPatch {
            hash: Some(key.hash()),
            ..IntegrationPatch::default()
        };
        let action = Action::IntegrationRotateKey;
        self.write_integration(caller, application, &found, action, patch)
            .await?;
        Ok(key)
    }

    async fn write_integration(
        &self,
        caller: Caller,
        application: &str,
        integration: &Integration,
        action: Action,
        patch: IntegrationPatch,
    ) -> Result<Integration, ServiceError> {
        let owner = self.bare_application(caller, application).await?.id;
        let store = self.noting(caller, action, Touched::of(owner)).await?;
        let now = self.now();
        let changed = store.update_integration(integration.ordinal(), patch, now);
        let changed = changed.await?;
        self.publish_change().await?;
        changed.ok_or(NOT_FOUND)
    }

    /// Deletes an integration; its key is refused from now on.
    pub async fn delete_integration(
        &self,
        caller: Caller,
        application: &str,
        id: &str,
    ) -> Result<(), ServiceError> {
        let found = self.integration(caller, application, id).await?;
        let owner = self.bare_application(caller, application).await?.id;
        let touched = Touched {
            changes: vec![json!({ "field": "name", "before": found.name })],
            ..Touched::of(owner).known(&found.id, Some(&found.name))
        };
        let store = self
            .noting(caller, Action::IntegrationDelete, touched)
            .await?;
        let was_there = store.delete_integration(found.ordinal()).await?;
        self.publish_change().await?;
        if was_there { Ok(()) } else { Err(NOT_FOUND) }
    }
}
