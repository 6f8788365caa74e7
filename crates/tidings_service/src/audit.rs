//! The audit log: what is written along with each change, and the list of it.

use std::sync::Arc;

use serde_json::{Value, json};
use tidings_domain::audit::{Action, Actor, ActorKind, Describe, Description, Entry, changes};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{ApplicationId, AuditEntryId};
use tidings_domain::operational::Occasion;
use tidings_store::{Audit, EventTypesImport, ImportMode, ListEntries, Note, Store};

use crate::error::{FieldProblem, ServiceError};
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

/// What a change is made to, as far as that is known before it is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched {
    pub(crate) id: Option<String>,
    pub(crate) uid: Option<String>,
    pub(crate) application: Option<String>,
    pub(crate) changes: Vec<Value>,
}

impl Touched {
    /// Something that the change itself will name, of the environment.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Something that the change itself will name, of an application.
    pub(crate) fn of(application: ApplicationId) -> Self {
        Self {
            application: Some(application.to_string()),
            ..Self::default()
        }
    }

    /// Something that is known by its id and uid.
    pub(crate) fn known(self, id: &impl ToString, uid: Option<&str>) -> Self {
        Self {
            id: Some(id.to_string()),
            uid: uid.map(str::to_owned),
            ..self
        }
    }

    /// Something new of the environment, as it will be.
    pub(crate) fn made(object: &impl Describe) -> Self {
        let Description { id, uid, fields } = object.describe();
        Self {
            id,
            uid,
            application: None,
            changes: changes(None, &fields),
        }
    }
}

/// Which entries of the log are wanted. All conditions have to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Not before this.
    pub since: Option<Millis>,
    /// Before this.
    pub until: Option<Millis>,
    /// By such an actor.
    pub actor_kind: Option<ActorKind>,
    /// By the actor of this id.
    pub actor: Option<String>,
    /// This action.
    pub action: Option<Action>,
    /// What belongs to the application of this id or uid.
    pub application: Option<String>,
    /// What was done to the object of this id or uid.
    pub target: Option<String>,
}

impl Service {
    /// The store, for one change that is asked for by this caller: what is told of the change is written
    /// along with it.
    pub(crate) async fn noting(
        &self,
        caller: Caller,
        action: Action,
        touched: Touched,
    ) -> Result<Arc<dyn Store>, ServiceError> {
        let occasion = Occasion {
            at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let (action, application) = if caller.is_operational {
            (action.operational(), None)
        } else {
            (action, touched.application)
        };
        let audit = Audit {
            environment: caller.environment,
            action,
            actor: self.actor(caller).await?,
            origin: caller.origin,
            target: touched.id,
            target_uid: touched.uid,
            application,
            changes: touched.changes,
            occasion,
        };
        Ok(self.store.noting(Note {
            occasion,
            told: self.directory.told_events(caller.environment).await?,
            audit: Some(audit),
        }))
    }

    /// The same for an import, which leaves one entry for all that it changes; what is only tried leaves none.
    pub(crate) async fn noting_import(
        &self,
        caller: Caller,
        import: &EventTypesImport,
    ) -> Result<Arc<dyn Store>, ServiceError> {
        if import.mode == ImportMode::DryRun {
            return Ok(self.store.clone());
        }
        let names = import.event_types.iter().map(|one| one.new.name.as_str());
        let names: Vec<&str> = names.collect();
        let touched = Touched {
            changes: vec![json!({ "field": "eventTypes", "after": names })],
            ..Touched::new()
        };
        self.noting(caller, Action::EventTypeImport, touched).await
    }

    /// Who calls, with the name that people know it by.
    async fn actor(&self, caller: Caller) -> Result<Actor, ServiceError> {
        let mut id = (caller.key != 0).then(|| caller.key.to_string());
        let name = match caller.kind {
            ActorKind::ApiKey => {
                let key = self.directory.api_key(caller.key).await?;
                id = key.as_ref().map(|key| key.id().to_string()).or(id);
                key.map(|key| key.name.clone())
            }
            ActorKind::PortalSession => {
                let known = self.directory.session(caller.key).await?;
                known.and_then(|known| known.session.session_id.clone())
            }
            ActorKind::Integration => {
                let known = self.directory.integration(caller.key).await?;
                known.map(|known| known.integration.name.clone())
            }
            ActorKind::ApiUser => self.directory.login_of(caller.key),
            ActorKind::Member => {
                let member = self.store.member(caller.environment, caller.key).await?;
                id = member.as_ref().map(|member| member.id.to_string()).or(id);
                member.map(|member| member.name)
            }
            _ => None,
        };
        Ok(Actor {
            kind: caller.kind,
            id,
            name,
        })
    }

    /// One page of the audit log of the caller's environment.
    pub async fn audit_log(
        &self,
        caller: Caller,
        filter: EntryFilter,
        query: &PageQuery,
    ) -> Result<Listed<Entry>, ServiceError> {
        let after = match &query.cursor {
            None => None,
            Some(cursor) => {
                let id: AuditEntryId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some(id.parts())
            }
        };
        let application = match filter.application {
            None => None,
            Some(name) => Some(self.application_id(caller, name).await?),
        };
        let (target, target_uid) = match filter.target {
            Some(target) if looks_like_id(&target) => (Some(target), None),
            target => (None, target),
        };
        let request = query.request(None);
        let list = ListEntries {
            environment: caller.environment,
            order: request.order,
            after,
            limit: request.limit,
            since: filter.since,
            until: filter.until,
            actor_kind: filter.actor_kind,
            actor: filter.actor,
            action: filter.action.map(|action| action.as_str().to_owned()),
            application,
            target,
            target_uid,
        };
        let rows = self.store.audit_entries(list).await?;
        Ok(query.finish(rows, |entry| AuditEntryId::from_parts(entry.id).to_string()))
    }

    /// The id of an application by what it is called; one that is gone is named by its id.
    async fn application_id(&self, caller: Caller, name: String) -> Result<String, ServiceError> {
        if name.parse::<ApplicationId>().is_ok() {
            return Ok(name);
        }
        match self.bare_application(caller, &name).await {
            Ok(application) => Ok(application.id.to_string()),
            Err(ServiceError::NotFound { .. }) => {
                let msg = "there is no such application; one that is gone is named by its id";
                let place = &["query", "application"];
                Err(ServiceError::invalid(FieldProblem::at(place, msg)))
            }
            Err(other) => Err(other),
        }
    }
}

/// Ids have a prefix and a long word, or are numbers; uids of that form are looked for as ids.
fn looks_like_id(text: &str) -> bool {
    let has_prefix = text.split_once('_').is_some_and(|(_, rest)| {
        rest.len() == 27 && rest.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    has_prefix || text.bytes().all(|byte| byte.is_ascii_digit())
}
