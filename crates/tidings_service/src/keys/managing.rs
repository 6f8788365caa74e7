//! API keys as a resource: making, listing, changing, rotating and revoking them.
//!
//! Nobody makes, changes or revokes a key that may do more than they may. And no key takes itself out of the
//! hands that manage keys if there is no other: then only the command line could make one.

use std::time::Duration;

use tidings_domain::access::Role;
use tidings_domain::api_key::{ApiKey, ApiKeyPatch, Rotation};
use tidings_domain::application::ApiKeyRecord;
use tidings_domain::audit::{Action, ActorKind};
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApiKeyId;
use tidings_store::{ApiKeyChanged, Order};

use super::{Caller, check_display_name};
use crate::Service;
use crate::audit::Touched;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{API_KEYS_MAX, GRACE_PERIOD_MAX, KEY_RATE_MAX, OLD_SECRETS_MAX};
use crate::pages::{Listed, PageQuery, wrong_iterator};

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "API key" };

/// An API key to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyDraft {
    /// What people call it.
    pub name: String,
    /// What its holder may do; [`Role::Admin`] unless it is said.
    pub role: Option<Role>,
    /// When it ends by itself.
    pub expires_at: Option<Millis>,
    /// Requests a second that it may make.
    pub rate_limit: Option<u32>,
}

/// A change to an API key; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// The new name.
    pub name: Option<String>,
    /// The new role.
    pub role: Option<Role>,
    /// The new end, or none.
    pub expires_at: Option<Option<Millis>>,
    /// The new limit, or none.
    pub rate_limit: Option<Option<u32>>,
}

impl Service {
    /// Makes a key. Its text is in the answer and nowhere else.
    pub async fn create_key(
        &self,
        caller: Caller,
        draft: KeyDraft,
    ) -> Result<(ApiKey, ApiKeyRecord), ServiceError> {
        let mut problems = Problems::default();
        problems.check("name", check_display_name(&draft.name));
        check_end(draft.expires_at, self.now(), &mut problems);
        check_rate(draft.rate_limit, &mut problems);
        problems.finish()?;
        let role = draft.role.unwrap_or(Role::Admin);
        check_reach(caller, role)?;
        let known = self.store.api_keys(caller.environment).await?;
        let count = known.iter().filter(|key| key.revoked_at.is_none()).count();
        if count >= API_KEYS_MAX {
            return Err(ServiceError::Refused {
                code: "limit_reached",
                detail: format!(
                    "an environment has at most {API_KEYS_MAX} API keys; revoke one that is not used"
                ),
            });
        }
        let ordinal = (self.entropy.next_u64() >> 1).cast_signed();
        let key = ApiKey::generate(ordinal, &*self.entropy);
        let record = ApiKeyRecord {
            ordinal,
            environment: caller.environment,
            name: draft.name,
            hash: key.hash(),
            created_at: self.now(),
            last_used_at: None,
            revoked_at: None,
            role,
            expires_at: draft.expires_at,
            old_hashes: Vec::new(),
            rate_limit: draft.rate_limit,
        };
        let touched = Touched::made(&record);
        let store = self.noting(caller, Action::ApiKeyCreate, touched).await?;
        store.create_api_key(record.clone()).await?;
        self.publish_change().await?;
        Ok((key, record))
    }

    /// The keys of an environment, oldest first, with those that are revoked.
    pub async fn keys(&self, environment: i64) -> Result<Vec<ApiKeyRecord>, ServiceError> {
        Ok(self.store.api_keys(environment).await?)
    }

    /// One page of the keys that are not revoked.
    pub async fn list_keys(
        &self,
        caller: Caller,
        query: &PageQuery,
    ) -> Result<Listed<ApiKeyRecord>, ServiceError> {
        let after = match &query.cursor {
            None => None,
            Some(cursor) => {
                let id: ApiKeyId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some((id.at_ms(), id.ordinal()))
            }
        };
        // They are few, so all are read and the page is taken from them.
        let mut keys = self.store.api_keys(caller.environment).await?;
        keys.retain(|key| key.revoked_at.is_none());
        let request = query.request(None);
        if request.order == Order::Descending {
            keys.reverse();
        }
        keys.retain(|key| {
            let place = (key.created_at, key.ordinal);
            after.is_none_or(|after| match request.order {
                Order::Ascending => place > after,
                Order::Descending => place < after,
            })
        });
        keys.truncate(request.limit);
        Ok(query.finish(keys, |key| key.id().to_string()))
    }

    /// The key of this id, unless it is revoked.
    pub async fn key(&self, caller: Caller, id: &str) -> Result<ApiKeyRecord, ServiceError> {
        let id: ApiKeyId = id.parse().map_err(|_| NOT_FOUND)?;
        let found = self.store.api_key(id.ordinal()).await?;
        let is_meant = |key: &ApiKeyRecord| {
            key.environment == caller.environment && key.id() == id && key.revoked_at.is_none()
        };
        found.filter(is_meant).ok_or(NOT_FOUND)
    }

    /// Changes a key.
    pub async fn change_key(
        &self,
        caller: Caller,
        id: &str,
        change: KeyChange,
    ) -> Result<ApiKeyRecord, ServiceError> {
        let key = self.key(caller, id).await?;
        let mut problems = Problems::default();
        if let Some(name) = &change.name {
            problems.check("name", check_display_name(name));
        }
        check_end(change.expires_at.flatten(), self.now(), &mut problems);
        check_rate(change.rate_limit.flatten(), &mut problems);
        problems.finish()?;
        check_reach(caller, change.role.unwrap_or(Role::Viewer).max(key.role))?;
        let patch = ApiKeyPatch {
            name: change.name,
            role: change.role,
            expires_at: change.expires_at,
            rate_limit: change.rate_limit,
            ..ApiKeyPatch::default()
        };
        self.write_key(caller, Action::ApiKeyUpdate, &key, patch)
            .await
    }

    /// Gives a key a new text, which is in the answer and nowhere else. The one before it is taken for a while
    /// still.
    pub async fn rotate_key(
        &self,
        caller: Caller,
        id: &str,
        grace: Duration,
    ) -> Result<(ApiKey, ApiKeyRecord), ServiceError> {
        let key = self.key(caller, id).await?;
        if grace > GRACE_PERIOD_MAX {
            let msg = "must lie between 0 and 604800";
            let problem = FieldProblem::body("gracePeriodSeconds", msg);
            return Err(ServiceError::invalid(problem));
        }
        check_reach(caller, key.role)?;
        let now = self.now();
        let taken = key.old_hashes.iter().filter(|old| old.ends_at > now);
        if taken.count() >= OLD_SECRETS_MAX && !grace.is_zero() {
            return Err(ServiceError::Refused {
                code: "limit_reached",
                detail: format!(
                    "{OLD_SECRETS_MAX} replaced texts of this key are still taken; wait until one ends, \
                     or rotate with gracePeriodSeconds 0"
                ),
            });
        }
        let text = ApiKey::generate(key.ordinal, &*self.entropy);
        let grace_ms = Millis::try_from(grace.as_millis()).unwrap_or(0);
        let patch = ApiKeyPatch {
            rotation: Some(Rotation {
                hash: text.hash(),
                old_ends_at: now.saturating_add(grace_ms),
            }),
            ..ApiKeyPatch::default()
        };
        let record = self
            .write_key(caller, Action::ApiKeyRotate, &key, patch)
            .await?;
        Ok((text, record))
    }

    /// Refuses a key from now on.
    pub async fn revoke_key(&self, caller: Caller, id: &str) -> Result<(), ServiceError> {
        let key = self.key(caller, id).await?;
        check_reach(caller, key.role)?;
        let patch = ApiKeyPatch {
            revoked_at: Some(self.now()),
            ..ApiKeyPatch::default()
        };
        self.write_key(caller, Action::ApiKeyRevoke, &key, patch)
            .await
            .map(drop)
    }

    async fn write_key(
        &self,
        caller: Caller,
        action: Action,
        key: &ApiKeyRecord,
        patch: ApiKeyPatch,
    ) -> Result<ApiKeyRecord, ServiceError> {
        let touched = Touched::new().known(&key.id(), Some(&key.name));
        let store = self.noting(caller, action, touched).await?;
        // Whoever has no key gets in without one: members sign in, and operators have the command line.
        let keeps_admin = caller.kind == ActorKind::ApiKey;
        let place = (caller.environment, key.ordinal);
        let changed = store
            .change_api_key(place, patch, keeps_admin, self.now())
            .await?;
        self.publish_change().await?;
        match changed {
            ApiKeyChanged::Done(key) => Ok(key),
            ApiKeyChanged::Missing => Err(NOT_FOUND),
            ApiKeyChanged::LastAdmin => Err(ServiceError::Conflict {
                code: "last_admin",
                detail: "this is the last API key of the environment that may manage keys; make another one \
                         with the role admin first"
                    .to_owned(),
            }),
        }
    }
}

/// Nobody hands out, or takes away, more than they have themselves.
pub(crate) fn check_reach(caller: Caller, role: Role) -> Result<(), ServiceError> {
    if role <= caller.role() {
        return Ok(());
    }
    let (own, other) = (caller.role().as_str(), role.as_str());
    Err(ServiceError::Forbidden {
        code: "role_too_low",
        detail: format!(
            "who has the role {own} may not make, change or revoke what has the role {other}"
        ),
    })
}

fn check_end(ends_at: Option<Millis>, now: Millis, problems: &mut Problems) {
    if ends_at.is_some_and(|ends_at| ends_at <= now) {
        problems.push(FieldProblem::body("expiresAt", "must be in the future"));
    }
}

fn check_rate(rate: Option<u32>, problems: &mut Problems) {
    if rate.is_some_and(|rate| !(1..=KEY_RATE_MAX).contains(&rate)) {
        let msg = format!("must lie between 1 and {KEY_RATE_MAX}");
        problems.push(FieldProblem::body("rateLimit", msg));
    }
}
