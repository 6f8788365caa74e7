//! REST hooks: the endpoints of one application as its API users see and manage them.
//!
//! A hook is an endpoint like any other, named by its number in the application. What is wrong with one
//! is told as [`HookProblem`]s and not as text, since whoever reads it may not read English.

use crate::endpoints::touched;
use std::collections::BTreeMap;
use std::sync::Arc;
use tidings_domain::audit::Action;

use tidings_domain::address_policy::RefusedUrl;
use tidings_domain::credentials::{Credentials, Refused};
use tidings_domain::event_type::EventType;
use tidings_domain::names::check_event_type_name;
use tidings_store::target::Target;
use tidings_store::{ListEventTypes, Order};

use crate::Service;
use crate::api_users::ApiUserCaller;
use crate::endpoints::{CredentialsChange, CredentialsDraft, EndpointChange, EndpointDraft};
use crate::error::ServiceError;
use crate::limits::{ENDPOINT_EVENT_TYPES_MAX, STALE_RETRIES_MAX};
use crate::payload::Payload;

/// Stands for a password that is set wherever hooks are shown.
pub const MASK: &str = "********";

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "hook" };
/// How many event types are read at once.
const ACTIONS_PAGE: usize = 1_000;

/// A hook as a caller gives it.
#[derive(Clone, Default)]
pub struct HookDraft {
    /// The event types that it wants.
    pub actions: Vec<String>,
    /// Where they go.
    pub subscription_url: String,
    /// The user name for the receiver; none given is not the same as an empty one.
    pub http_auth_user: Option<String>,
    /// The password for the receiver.
    pub http_auth_password: Option<String>,
}

/// A hook as it is. The password is not part of it; whether there is one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its number in the application.
    pub number: i64,
    /// The event types that it wants; empty means all.
    pub actions: Vec<String>,
    /// Where they go.
    pub subscription_url: String,
    /// The user name for the receiver, or nothing.
    pub http_auth_user: String,
    /// Whether there is a password for the receiver.
    pub has_password: bool,
}

impl Hook {
    fn of(target: &Target) -> Self {
        let (user, has_password) = match &target.credentials {
            Some(Credentials::Basic { username, password }) => {
                (username.clone(), !password.is_empty())
            }
            _ => (String::new(), false),
        };
        let endpoint = &target.endpoint;
        Self {
            number: endpoint.number,
            actions: endpoint.event_types.clone(),
            subscription_url: endpoint.url.clone(),
            http_auth_user: user,
            has_password,
        }
    }
}

/// One of the two fields for the receiver's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthField {
    /// `http_auth_user`.
    User,
    /// `http_auth_password`.
    Password,
}

/// One thing that is wrong with a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookProblem {
    /// `actions` is missing.
    ActionsMissing,
    /// `actions` is no list.
    ActionsNotAList,
    /// `actions` has nothing in it.
    ActionsEmpty,
    /// Something in `actions` is no text; as JSON.
    ActionNotText(String),
    /// Not one of the published event types.
    ActionUnknown(String),
    /// It is there twice.
    ActionTwice(String),
    /// More than an endpoint may list.
    ActionsTooMany,
    /// `subscription_url` is missing.
    UrlMissing,
    /// `subscription_url` is no text.
    UrlNotText,
    /// The guard does not let it be a target.
    Url(RefusedUrl),
    /// One of the credentials is no text.
    AuthNotText(AuthField),
    /// One of the credentials is longer than it may be.
    AuthTooLong(AuthField),
    /// One of the credentials has a control character.
    AuthControl(AuthField),
    /// The user name has a colon.
    AuthColon,
    /// The password is what stands for a hidden one.
    AuthMasked,
    /// The event of a subscription is missing.
    EventMissing,
    /// The target of a subscription is missing.
    TargetMissing,
    /// Anything else, in English.
    Other(String),
}

/// Why a hook was not written.
#[derive(Debug)]
pub enum HookRefusal {
    /// The hook is wrong.
    Problems(Vec<HookProblem>),
    /// Something else.
    Error(ServiceError),
}

impl From<ServiceError> for HookRefusal {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Invalid(problems) => Self::Problems(
                problems
                    .into_iter()
                    .map(|problem| {
                        HookProblem::Other(format!("{}: {}", problem.loc.join("."), problem.msg))
                    })
                    .collect(),
            ),
            error => Self::Error(error),
        }
    }
}

impl Service {
    /// All hooks of the application, by number.
    pub async fn hooks(&self, user: ApiUserCaller) -> Result<Vec<Hook>, ServiceError> {
        let view = self.view(user.caller, &user.application()).await?;
        Ok(view.targets.iter().map(|target| Hook::of(target)).collect())
    }

    /// One hook.
    pub async fn hook(&self, user: ApiUserCaller, number: i64) -> Result<Hook, ServiceError> {
        Ok(Hook::of(&*self.hook_target(user, number).await?))
    }

    async fn hook_target(
        &self,
        user: ApiUserCaller,
        number: i64,
    ) -> Result<Arc<Target>, ServiceError> {
        let view = self.view(user.caller, &user.application()).await?;
        let found = view
            .targets
            .iter()
            .find(|target| target.endpoint.number == number);
        found.cloned().ok_or(NOT_FOUND)
    }

    /// Makes a hook. Its receiver is not asked.
    pub async fn create_hook(
        &self,
        user: ApiUserCaller,
        draft: HookDraft,
    ) -> Result<Hook, HookRefusal> {
        let mut problems = self.check_hook(&draft);
        if draft.http_auth_password.as_deref() == Some(MASK) {
            problems.push(HookProblem::AuthMasked);
        }
        self.check_actions(user, &draft.actions, &[], &mut problems)
            .await?;
        if !problems.is_empty() {
            return Err(HookRefusal::Problems(problems));
        }
        let has_password = draft.http_auth_password.as_deref().unwrap_or_default() != "";
        let http_auth_user = draft.http_auth_user.unwrap_or_default();
        let has_credentials = has_password || !http_auth_user.is_empty();
        let endpoint = EndpointDraft {
            description: self.name_for(&draft.subscription_url),
            url: draft.subscription_url,
            event_types: draft.actions,
            credentials: has_credentials.then(|| CredentialsDraft {
                kind: Some("basic".to_owned()),
                parts: BTreeMap::from([
                    ("username", http_auth_user.clone()),
                    ("password", draft.http_auth_password.unwrap_or_default()),
                ]),
            }),
            ..EndpointDraft::default()
        };
        let made = self
            .create_endpoint(user.caller, &user.application(), endpoint, None)
            .await?;
        Ok(Hook {
            number: made.number,
            actions: made.event_types,
            subscription_url: made.url,
            http_auth_user,
            has_password,
        })
    }

    /// Changes what a hook says of an endpoint. Credentials that are not given stay, and so does all that
    /// hooks do not speak of.
    pub async fn put_hook(
        &self,
        user: ApiUserCaller,
        number: i64,
        draft: HookDraft,
    ) -> Result<Hook, HookRefusal> {
        for _ in 0..STALE_RETRIES_MAX {
            let target = self.hook_target(user, number).await?;
            let known = &target.endpoint.event_types;
            let mut problems = self.check_hook(&draft);
            self.check_actions(user, &draft.actions, known, &mut problems)
                .await?;
            if !problems.is_empty() {
                return Err(HookRefusal::Problems(problems));
            }
            let name = self.name_for(&target.endpoint.url);
            let is_named_so = target.endpoint.description == name;
            let change = EndpointChange {
                description: is_named_so.then(|| self.name_for(&draft.subscription_url)),
                url: Some(draft.subscription_url.clone()),
                event_types: Some(draft.actions.clone()),
                credentials: credentials_change(&target, &draft),
                ..EndpointChange::default()
            };
            let patch = self.check_change(user.caller, &target, change).await?;
            if self
                .write_endpoint(user.caller, &target, patch)
                .await?
                .is_some()
            {
                return Ok(self.hook(user, number).await?);
            }
        }
        Err(HookRefusal::Error(NOT_FOUND))
    }

    /// Deletes a hook.
    pub async fn delete_hook(&self, user: ApiUserCaller, number: i64) -> Result<(), ServiceError> {
        let target = self.hook_target(user, number).await?;
        let touched = touched(&target);
        let store = self
            .noting(user.caller, Action::EndpointDelete, touched)
            .await?;
        let deleting = store.delete_endpoint(target.ordinal(), self.now());
        let was_there = deleting.await?;
        self.publish_change().await?;
        if was_there { Ok(()) } else { Err(NOT_FOUND) }
    }

    /// The published event types, by name.
    pub async fn actions(&self, user: ApiUserCaller) -> Result<Vec<EventType>, ServiceError> {
        let mut all: Vec<EventType> = Vec::new();
        loop {
            let list = ListEventTypes {
                order: Order::Ascending,
                after: all.last().map(|event_type| event_type.name.clone()),
                limit: ACTIONS_PAGE,
                with_archived: false,
            };
            let page = self.store.event_types(user.caller.environment, list);
            let page = page.await?;
            let is_last = page.len() < ACTIONS_PAGE;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// What a receiver of this event type would get, with fresh ids and times; none if it has no sample.
    pub async fn hook_sample(
        &self,
        user: ApiUserCaller,
        event_type: &str,
    ) -> Result<Option<Payload>, ServiceError> {
        const NO_EVENT: ServiceError = ServiceError::NotFound { what: "event" };
        check_event_type_name(event_type).map_err(|_| NO_EVENT)?;
        let environment = user.caller.environment;
        let found = self.store.event_type(environment, event_type.to_owned());
        match found.await?.filter(|found| !found.is_archived) {
            None => Err(NO_EVENT),
            Some(found) => found.sample.map(|sample| self.fresh(&sample)).transpose(),
        }
    }

    /// What people find a hook by that was not given a name: the host that it leads to.
    fn name_for(&self, url: &str) -> String {
        let checked = self.policy.check_url(url);
        checked.map_or_else(|_| String::new(), |url| url.authority().to_owned())
    }

    fn check_hook(&self, draft: &HookDraft) -> Vec<HookProblem> {
        let mut problems = Vec::new();
        if let Err(refused) = self.policy.check_url(&draft.subscription_url) {
            problems.push(HookProblem::Url(refused));
        }
        let username = draft.http_auth_user.clone().unwrap_or_default();
        let password = draft.http_auth_password.clone().unwrap_or_default();
        if username.is_empty() && password.is_empty() {
            return problems;
        }
        if let Err(refused) = (Credentials::Basic { username, password }).check() {
            let field = match refused.field {
                "password" => AuthField::Password,
                _ => AuthField::User,
            };
            problems.push(match refused.kind {
                Refused::Length => HookProblem::AuthTooLong(field),
                Refused::Control => HookProblem::AuthControl(field),
                Refused::Colon => HookProblem::AuthColon,
                Refused::Other => HookProblem::Other(refused.why),
            });
        }
        problems
    }

    /// Those that the hook has already may have left the catalogue since.
    async fn check_actions(
        &self,
        user: ApiUserCaller,
        actions: &[String],
        known: &[String],
        problems: &mut Vec<HookProblem>,
    ) -> Result<(), ServiceError> {
        if actions.is_empty() {
            problems.push(HookProblem::ActionsEmpty);
        }
        if actions.len() > ENDPOINT_EVENT_TYPES_MAX {
            problems.push(HookProblem::ActionsTooMany);
            return Ok(());
        }
        for (place, action) in actions.iter().enumerate() {
            if actions[..place].contains(action) {
                problems.push(HookProblem::ActionTwice(action.clone()));
            } else if !known.contains(action) && !self.is_published(user, action).await? {
                problems.push(HookProblem::ActionUnknown(action.clone()));
            }
        }
        Ok(())
    }

    async fn is_published(&self, user: ApiUserCaller, action: &str) -> Result<bool, ServiceError> {
        if check_event_type_name(action).is_err() {
            return Ok(false);
        }
        let environment = user.caller.environment;
        let found = self.store.event_type(environment, action.to_owned());
        Ok(found.await?.is_some_and(|found| !found.is_archived))
    }
}

/// What becomes of the receiver's credentials: nothing said, nothing changed; both empty, none; the mask
/// stands for the password that is there.
fn credentials_change(target: &Target, draft: &HookDraft) -> Option<CredentialsChange> {
    if draft.http_auth_user.is_none() && draft.http_auth_password.is_none() {
        return None;
    }
    let (kept_user, kept_password) = match &target.credentials {
        Some(Credentials::Basic { username, password }) => (username.clone(), password.clone()),
        _ => (String::new(), String::new()),
    };
    let username = draft.http_auth_user.clone().unwrap_or(kept_user);
    let password = match draft.http_auth_password.as_deref() {
        None | Some(MASK) => kept_password,
        Some(given) => given.to_owned(),
    };
    if username.is_empty() && password.is_empty() {
        return Some(CredentialsChange::Remove);
    }
    Some(CredentialsChange::Replace(CredentialsDraft {
        kind: Some("basic".to_owned()),
        parts: BTreeMap::from([("username", username), ("password", password)]),
    }))
}
