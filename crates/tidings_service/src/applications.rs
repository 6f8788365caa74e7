//! Applications: the customers of the product.

use std::collections::HashMap;

use crate::audit::Touched;
use tidings_domain::application::{Application, ApplicationPatch, Metadata};
use tidings_domain::audit::Action;
use tidings_domain::ids::ApplicationId;
use tidings_domain::names::{check_metadata, check_uid};
use tidings_store::{Dedup, EndpointKinds, NewApplication, Written};

use crate::error::{FieldProblem, Problems, ServiceError};
use crate::keys::check_display_name;
use crate::limits::STALE_RETRIES_MAX;
use crate::pages::wrong_iterator;
use crate::sessions::check_flags;
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound {
    what: "application",
};

/// What the URLs of the places to play with begin with that Svix has, in lower case.
const PLAY: [&str; 2] = ["https://play.svix.com/", "https://api.play.svix.com/"];

/// What a caller says of an application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApplicationDraft {
    /// What people call it.
    pub name: String,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// Messages a second; at least 1.
    pub throttle_rate: Option<u32>,
    /// Its plan, by uid, or that it has none; unsaid, it keeps the one that it has.
    pub plan: Option<Option<String>>,
    /// Its feature flags, or that it is shown all event types; unsaid, it keeps what it has.
    pub feature_flags: Option<Option<Vec<String>>>,
    /// The product's own notes.
    pub metadata: Metadata,
}

impl ApplicationDraft {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.check("name", check_display_name(&self.name));
        problems.check("throttleRate", check_rate(self.throttle_rate));
        problems.check("metadata", check_metadata(&self.metadata));
        if let Some(Some(flags)) = &self.feature_flags {
            check_flags(flags, problems);
        }
        if let Some(uid) = &self.uid {
            problems.check("uid", check_uid(uid, ApplicationId::PREFIX));
        }
    }
}

/// An object that a request left behind, and whether the request made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed<T> {
    /// Made just now, or by the same request earlier.
    Created(T),
    /// It was there.
    Existing(T),
}

/// What to do about an object that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfExists {
    /// Refuse.
    Refuse,
    /// Give it back.
    Get,
}

/// Which applications a list leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApplicationFilter {
    /// Those that have no endpoint.
    pub without_endpoints: bool,
    /// Those that have endpoints, all of which are switched off.
    pub with_disabled_only: bool,
    /// Those that have endpoints, all of which are there to play with.
    pub with_play_only: bool,
    /// What the URLs of this server's own inboxes begin with.
    pub inboxes: String,
}

impl ApplicationFilter {
    fn is_empty(&self) -> bool {
        !(self.without_endpoints || self.with_disabled_only || self.with_play_only)
    }

    fn lets_through(&self, kinds: Option<&EndpointKinds>) -> bool {
        match kinds {
            None => !self.without_endpoints,
            Some(kinds) => {
                (kinds.has_enabled || !self.with_disabled_only)
                    && (kinds.has_real || !self.with_play_only)
            }
        }
    }
}

/// Whether a text can be the name of any application, so that a store need not be asked.
pub(crate) fn may_name_application(text: &str) -> bool {
    check_uid(text, ApplicationId::PREFIX).is_ok() || text.parse::<ApplicationId>().is_ok()
}

pub(crate) fn check_rate(rate: Option<u32>) -> Result<(), &'static str> {
    if rate == Some(0) {
        return Err("must be at least 1");
    }
    Ok(())
}

/// The uid of an object that is made by naming it in a path: the one in the body, else the one in
/// the path, if that is none of our own ids.
pub(crate) fn uid_from_path(
    body: Option<String>,
    path: &str,
    prefix: &'static str,
) -> Result<Option<String>, ServiceError> {
    if body.is_some() || path.starts_with(prefix) {
        return Ok(body);
    }
    match check_uid(path, prefix) {
        Ok(()) => Ok(Some(path.to_owned())),
        Err(error) => Err(ServiceError::invalid(FieldProblem::at(
            &["path", "uid"],
            error.to_string(),
        ))),
    }
}

impl Service {
    /// Makes an application.
    pub async fn create_application(
        &self,
        caller: Caller,
        draft: ApplicationDraft,
        if_exists: IfExists,
        dedup: Option<Dedup>,
    ) -> Result<Placed<Application>, ServiceError> {
        let mut problems = Problems::default();
        draft.check(&mut problems);
        self.check_plan(caller, draft.plan.as_ref(), &mut problems)
            .await?;
        problems.finish()?;
        let new = self.new_application(caller, draft);
        let store = self
            .noting(caller, Action::ApplicationCreate, Touched::new())
            .await?;
        let written = store.create_application(new, dedup).await?;
        self.publish_change().await?;
        match (written, if_exists) {
            (Written::Done(made) | Written::Replayed(Some(made)), _) => Ok(Placed::Created(made)),
            (Written::Taken(other), IfExists::Get) => Ok(Placed::Existing(other)),
            (Written::Taken(_) | Written::Stale(_), _) => {
                Err(ServiceError::uid_taken("application"))
            }
            (Written::KeyReused, _) => Err(ServiceError::key_reused()),
            (Written::Replayed(None) | Written::Missing, _) => Err(NOT_FOUND),
        }
    }

    fn new_application(&self, caller: Caller, draft: ApplicationDraft) -> NewApplication {
        NewApplication {
            environment: caller.environment,
            uid: draft.uid,
            name: draft.name,
            throttle_rate: draft.throttle_rate,
            plan: draft.plan.flatten(),
            feature_flags: draft.feature_flags.flatten(),
            metadata: draft.metadata,
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        }
    }

    /// The application of this id or uid.
    pub async fn application(
        &self,
        caller: Caller,
        name: &str,
    ) -> Result<Application, ServiceError> {
        self.bare_application(caller, name).await
    }

    /// One page of the caller's applications. What is left out is left out of the page, which may be short or
    /// empty because of it; its iterators are those of the whole page.
    pub async fn applications(
        &self,
        caller: Caller,
        query: &PageQuery,
        filter: &ApplicationFilter,
    ) -> Result<Listed<Application>, ServiceError> {
        let after = match &query.cursor {
            None => None,
            Some(cursor) => {
                let id: ApplicationId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                // An application that was deleted since it was listed still marks a place.
                let found = self.store.application_by_ordinal(id.seq()).await?;
                if found.is_some_and(|found| {
                    found.id != id
                        || found.environment != caller.environment
                        || found.is_operational
                }) {
                    return Err(wrong_iterator());
                }
                Some(id.seq())
            }
        };
        let request = query.request(after);
        let rows = self.store.applications(caller.environment, request).await?;
        let mut listed = query.finish(rows, |application| application.id.to_string());
        if !filter.is_empty() {
            let ordinals = listed.rows.iter().map(|row| row.id.seq()).collect();
            let mut play: Vec<String> = PLAY.map(str::to_owned).into();
            play.push(filter.inboxes.to_lowercase());
            let kinds = self.store.endpoint_kinds(ordinals, play).await?;
            let kinds: HashMap<_, _> = kinds
                .into_iter()
                .map(|kinds| (kinds.application, kinds))
                .collect();
            let is_shown = |row: &Application| filter.lets_through(kinds.get(&row.id.seq()));
            listed.rows.retain(is_shown);
        }
        Ok(listed)
    }

    /// Changes an application.
    pub async fn patch_application(
        &self,
        caller: Caller,
        name: &str,
        patch: ApplicationPatch,
    ) -> Result<Application, ServiceError> {
        let mut problems = Problems::default();
        check_patch(&patch, &mut problems);
        self.check_plan(caller, patch.plan.as_ref(), &mut problems)
            .await?;
        problems.finish()?;
        let application = self.bare_application(caller, name).await?;
        self.write_application(caller, application.id.seq(), patch)
            .await?
            .ok_or(NOT_FOUND)
    }

    /// Replaces the application of this name, or makes it.
    pub async fn put_application(
        &self,
        caller: Caller,
        name: &str,
        draft: ApplicationDraft,
    ) -> Result<Placed<Application>, ServiceError> {
        let draft = ApplicationDraft {
            uid: uid_from_path(draft.uid, name, ApplicationId::PREFIX)?,
            ..draft
        };
        let mut problems = Problems::default();
        draft.check(&mut problems);
        self.check_plan(caller, draft.plan.as_ref(), &mut problems)
            .await?;
        problems.finish()?;
        // Somebody else may make or delete it in between; then it is looked up anew.
        for _ in 0..STALE_RETRIES_MAX {
            if let Some(view) = self.find_view(caller, name).await? {
                let patch = replacement(draft.clone());
                if let Some(changed) = self
                    .write_application(caller, view.ordinal(), patch)
                    .await?
                {
                    return Ok(Placed::Existing(changed));
                }
                continue;
            }
            let new = self.new_application(caller, draft.clone());
            let store = self
                .noting(caller, Action::ApplicationCreate, Touched::new())
                .await?;
            let written = store.create_application(new, None).await?;
            self.publish_change().await?;
            match written {
                Written::Done(made) => return Ok(Placed::Created(made)),
                Written::Taken(other) if other.uid.as_deref() != Some(name) => break,
                _ => {}
            }
        }
        Err(ServiceError::uid_taken("application"))
    }

    /// Deletes an application with its endpoints; what is owed to them is canceled.
    pub async fn delete_application(&self, caller: Caller, name: &str) -> Result<(), ServiceError> {
        let application = self.bare_application(caller, name).await?;
        let touched = Touched::new().known(&application.id, application.uid.as_deref());
        let store = self
            .noting(caller, Action::ApplicationDelete, touched)
            .await?;
        let deleted = store.delete_application(application.id.seq(), self.now());
        let was_there = deleted.await?;
        self.publish_change().await?;
        if was_there { Ok(()) } else { Err(NOT_FOUND) }
    }

    /// `None` if the application is gone.
    async fn write_application(
        &self,
        caller: Caller,
        ordinal: i64,
        patch: ApplicationPatch,
    ) -> Result<Option<Application>, ServiceError> {
        let store = self
            .noting(caller, Action::ApplicationUpdate, Touched::new())
            .await?;
        let written = store.update_application(ordinal, patch, self.now()).await?;
        self.publish_change().await?;
        match written {
            Written::Done(changed) => Ok(Some(changed)),
            Written::Taken(_) => Err(ServiceError::uid_taken("application")),
            _ => Ok(None),
        }
    }
}

fn replacement(draft: ApplicationDraft) -> ApplicationPatch {
    ApplicationPatch {
        uid: Some(draft.uid),
        name: Some(draft.name),
        throttle_rate: Some(draft.throttle_rate),
        plan: draft.plan,
        feature_flags: draft.feature_flags,
        metadata: Some(draft.metadata),
    }
}

fn check_patch(patch: &ApplicationPatch, problems: &mut Problems) {
    if let Some(Some(flags)) = &patch.feature_flags {
        check_flags(flags, problems);
    }
    if let Some(name) = &patch.name {
        problems.check("name", check_display_name(name));
    }
    if let Some(Some(uid)) = &patch.uid {
        problems.check("uid", check_uid(uid, ApplicationId::PREFIX));
    }
    if let Some(metadata) = &patch.metadata {
        problems.check("metadata", check_metadata(metadata));
    }
}

impl ApplicationDraft {
    /// Whether this is about the application that a path names.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.uid.as_deref() == Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_its_uid_unless_the_body_or_an_id_says_otherwise() {
        let uid = |body: Option<&str>, path| {
            uid_from_path(body.map(str::to_owned), path, "app_").unwrap()
        };
        assert_eq!(uid(None, "owl").as_deref(), Some("owl"));
        assert_eq!(uid(Some("cat"), "owl").as_deref(), Some("cat"));
        assert_eq!(uid(None, "app_1"), None);
        assert!(uid_from_path(None, "two words", "app_").is_err());
    }

    #[test]
    fn every_wrong_field_of_a_draft_is_named() {
        let draft = ApplicationDraft {
            name: String::new(),
            uid: Some("app_x".to_owned()),
            throttle_rate: Some(0),
            plan: None,
            feature_flags: None,
            metadata: Metadata::from([("k".to_owned(), "v".repeat(4096))]),
        };
        let mut problems = Problems::default();
        draft.check(&mut problems);
        assert_eq!(problems.count(), 4);
    }
}
