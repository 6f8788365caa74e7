//! API keys: who calls. What is done to keys is in `managing`.

mod managing;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};

use tidings_domain::access::{Principal, Role};
use tidings_domain::api_key::{ParsedKey, TokenKind};
use tidings_domain::application::Environment;
use tidings_domain::audit::{ActorKind, Origin};
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApplicationId;
use tidings_domain::names::check_uid;

use crate::Service;
use crate::error::{FieldProblem, ServiceError};
use crate::limits::DISPLAY_NAME_BYTES_MAX;

pub(crate) use managing::check_reach;
pub use managing::{KeyChange, KeyDraft};

const MINUTE_MS: Millis = 60_000;

/// Somebody whose key was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The environment that the key opens, by number.
    pub environment: i64,
    /// The key or the API user, by number; 0 where there is neither.
    pub key: i64,
    /// Whether it speaks of the endpoints of operational webhooks, and not of those of an application:
    /// see [`Caller::operational`].
    pub is_operational: bool,
    /// What kind of caller it is, for the audit log.
    pub kind: ActorKind,
    /// What it may do.
    pub principal: Principal,
    /// From where it calls, for the audit log.
    pub origin: Origin,
}

impl Caller {
    /// What it may do in the environment as a whole: who acts in one application may see what all see.
    pub fn role(&self) -> Role {
        match self.principal {
            Principal::Environment(role) => role,
            Principal::Application(..) => Role::Viewer,
        }
    }

    /// Whether there is such an application as far as this caller is concerned.
    pub(crate) fn may_enter(&self, application: ApplicationId) -> bool {
        match self.principal {
            Principal::Environment(_) => true,
            Principal::Application(own, _) => own == application.seq(),
        }
    }

    /// Somebody at the command line of the server.
    pub fn operator(environment: i64) -> Self {
        Self {
            environment,
            key: 0,
            is_operational: false,
            kind: ActorKind::CommandLine,
            principal: Principal::Environment(Role::Owner),
            origin: Origin::default(),
        }
    }
}

/// When each key was last seen, to the minute; written to the store now and then.
#[derive(Default)]
pub(crate) struct LastUsed(RwLock<HashMap<i64, AtomicI64>>);

impl LastUsed {
    pub(crate) fn note(&self, key: i64, now: Millis) {
        let minute = now - now.rem_euclid(MINUTE_MS);
        {
            let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(last) = seen.get(&key) {
                // Most calls come within a minute of another and write nothing.
                if last.load(Ordering::Relaxed) < minute {
                    last.store(minute, Ordering::Relaxed);
                }
                return;
            }
        }
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        seen.insert(key, AtomicI64::new(minute));
    }

    fn take(&self) -> Vec<(i64, Millis)> {
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *seen)
            .into_iter()
            .map(|(key, at)| (key, at.into_inner()))
            .collect()
    }
}

impl Service {
    /// Who sends this key. In memory unless the key has not been seen since it last changed.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, ServiceError> {
        let Ok(parsed) = ParsedKey::parse(token) else {
            return match TokenKind::of(token) {
                Some(TokenKind::Session) => Box::pin(self.authenticate_session(token)).await,
                Some(TokenKind::Integration) => {
                    Box::pin(self.authenticate_integration(token)).await
                }
                _ => Err(ServiceError::Unauthorized),
            };
        };
        let record = match self.directory.cached_api_key(parsed.ordinal()) {
            Some(record) => record,
            None => self
                .directory
                .api_key(parsed.ordinal())
                .await?
                .ok_or(ServiceError::Unauthorized)?,
        };
        let now = self.now();
        if !record.opens(&parsed, now) {
            return Err(ServiceError::Unauthorized);
        }
        if record.rate_limit.is_some() {
            self.has_limited_keys.store(true, Ordering::Relaxed);
        }
        self.seen.note(record.ordinal, now);
        Ok(Caller {
            environment: record.environment,
            key: record.ordinal,
            is_operational: false,
            kind: ActorKind::ApiKey,
            principal: Principal::Environment(record.role),
            origin: Origin::default(),
        })
    }

    /// Whether a key has called that has a limit of its own.
    pub fn has_limited_keys(&self) -> bool {
        self.has_limited_keys.load(Ordering::Relaxed)
    }

    /// Requests a second that this caller may make, where it has a limit of its own.
    pub fn rate_limit_of(&self, caller: Caller) -> Option<u32> {
        if caller.kind != ActorKind::ApiKey || !self.has_limited_keys() {
            return None;
        }
        self.directory.cached_api_key(caller.key)?.rate_limit
    }

    /// Writes down when keys and API users were last seen; upkeep calls it now and then.
    pub async fn flush_last_used(&self) -> Result<(), ServiceError> {
        let seen = self.seen.take();
        if !seen.is_empty() {
            self.store.touch_api_keys(seen).await?;
        }
        let seen = self.seen_users.take();
        if !seen.is_empty() {
            self.store.touch_api_users(seen).await?;
        }
        Ok(())
    }

    /// The environment of this name; made if it is not there.
    pub async fn ensure_environment(&self, name: &str) -> Result<Environment, ServiceError> {
        if let Err(error) = check_uid(name, "env_") {
            return Err(ServiceError::invalid(FieldProblem::body(
                "environment",
                error.to_string(),
            )));
        }
        Ok(self
            .store
            .ensure_environment(name.to_owned(), self.now())
            .await?)
    }

    /// All environments, oldest first.
    pub async fn environments(&self) -> Result<Vec<Environment>, ServiceError> {
        Ok(self.store.environments().await?)
    }
}

/// A name for people: 1 to 256 bytes without control characters.
pub(crate) fn check_display_name(name: &str) -> Result<(), &'static str> {
    if !(1..=DISPLAY_NAME_BYTES_MAX).contains(&name.len()) {
        return Err("must have 1 to 256 bytes");
    }
    if name.chars().any(char::is_control) {
        return Err("may not have control characters");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_use_is_kept_to_the_minute_and_given_out_once() {
        let seen = LastUsed::default();
        seen.note(1, 119_999);
        seen.note(1, 60_000);
        assert_eq!(seen.take(), vec![(1, 60_000)]);
        assert!(seen.take().is_empty());
    }

    #[test]
    fn a_display_name_has_1_to_256_bytes() {
        assert!(check_display_name("").is_err());
        assert!(check_display_name(&"a".repeat(256)).is_ok());
        assert!(check_display_name(&"a".repeat(257)).is_err());
        assert!(check_display_name("a\nb").is_err());
    }
}
