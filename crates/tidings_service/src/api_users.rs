//! API users: who manages the hooks of one application, and making, listing and revoking them.
//!
//! A password is slow to check on purpose, so a check that succeeded is remembered: by a keyed hash over
//! what is stored and what was sent, with a key of this process alone. Another stored hash is another
//! entry, and whether the user is still there is asked of the directory each time, so nothing here has
//! to be forgotten when the configuration changes.

use crate::audit::Touched;
use serde_json::json;
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;
use tidings_domain::audit::Action;

use tidings_domain::access::{Principal, Role};
use tidings_domain::application::ApiUser;
use tidings_domain::audit::ActorKind;
use tidings_domain::audit::Origin;
use tidings_domain::clock::Entropy;
use tidings_domain::ids::ApplicationId;
use tidings_domain::password;
use tidings_store::{NewApiUser, Written};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::RETRY_AFTER_BUSY;
use crate::{Caller, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "API user" };
/// How many checks are remembered; beyond, they are all made anew.
const CHECKED_COUNT_MAX: usize = 10_000;
/// How many passwords are computed at once: each takes a core, and strangers may ask for it.
const COMPUTED_AT_ONCE_MAX: usize = 1;
/// How long a caller waits for its turn.
const TURN_FOR_MAX: Duration = Duration::from_secs(5);
/// How often a generated login that is taken is replaced by another.
const LOGIN_TRIES_MAX: usize = 5;
/// What the password of an unknown login is compared with, so that it takes as long as that of a known
/// one. No password has this hash.
pub(crate) const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dGlkaW5ncyBub2JvZHk$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// An API user whose password was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiUserCaller {
    /// The environment, as for callers with a key.
    pub(crate) caller: Caller,
    /// The only application that it may see.
    pub(crate) application: ApplicationId,
}

impl ApiUserCaller {
    /// The same caller, as others are.
    pub fn caller(&self) -> Caller {
        self.caller
    }

    /// The same, who calls from there.
    #[must_use]
    pub fn from(self, origin: Origin) -> Self {
        Self {
            caller: Caller {
                origin,
                ..self.caller
            },
            ..self
        }
    }

    /// How the application is named in other use cases.
    pub(crate) fn application(&self) -> String {
        self.application.to_string()
    }
}

/// An API user to be made; what is missing is generated.
#[derive(Clone, Default)]
pub struct ApiUserDraft {
    /// Its name in requests.
    pub login: Option<String>,
    /// Its password.
    pub password: Option<Zeroizing<String>>,
}

/// The checks that succeeded.
pub(crate) struct Checked {
    key: [u8; 32],
    tags: RwLock<HashSet<[u8; 32]>>,
    turns: Semaphore,
}

impl Checked {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self {
            key,
            tags: RwLock::default(),
            turns: Semaphore::new(COMPUTED_AT_ONCE_MAX),
        }
    }

    fn has(&self, tag: &[u8; 32]) -> bool {
        let tags = self.tags.read().unwrap_or_else(PoisonError::into_inner);
        tags.contains(tag)
    }

    fn keep(&self, tag: [u8; 32]) {
        let mut tags = self.tags.write().unwrap_or_else(PoisonError::into_inner);
        if tags.len() >= CHECKED_COUNT_MAX {
            tags.clear();
        }
        tags.insert(tag);
    }

    /// Does what is slow on a thread of its own, a few at a time.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        const BUSY: ServiceError = ServiceError::Unavailable {
            retry_after: RETRY_AFTER_BUSY,
            source: None,
        };
        let turn = tokio::time::timeout(TURN_FOR_MAX, self.turns.acquire());
        let _turn = turn.await.map_err(|_| BUSY)?.map_err(|_| BUSY)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| BUSY)
    }
}

impl Service {
    /// Who sends this login and password. In memory if they were right before.
    pub async fn authenticate_api_user(
        &self,
        login: &str,
        password: Zeroizing<String>,
    ) -> Result<ApiUserCaller, ServiceError> {
        let known = match password::check_login(login) {
            Ok(()) => self.directory.api_user(login).await?,
            Err(_) => None,
        };
        let stored = known
            .as_ref()
            .map_or(NOBODY, |known| &known.user.password_hash);
        let tag = password::tag(&self.checked.key, stored, &password);
        if !self.checked.has(&tag) {
            let stored = stored.to_owned();
            let verify = move || password::verify(&password, &stored);
            if !self.checked.compute(verify).await? {
                return Err(ServiceError::Unauthorized);
            }
            self.checked.keep(tag);
        }
        let known = known.ok_or(ServiceError::Unauthorized)?;
        self.seen_users.note(known.user.ordinal, self.now());
        Ok(ApiUserCaller {
            caller: Caller {
                environment: known.user.environment,
                key: known.user.ordinal,
                is_operational: false,
                kind: ActorKind::ApiUser,
                principal: Principal::Environment(Role::Developer),
                origin: Origin::default(),
            },
            application: known.application,
        })
    }

    /// Makes an API user. Its password is in the answer and nowhere else.
    pub async fn create_api_user(
        &self,
        caller: Caller,
        application: &str,
        draft: ApiUserDraft,
    ) -> Result<(ApiUser, Zeroizing<String>), ServiceError> {
        let application = self.bare_application(caller, application).await?;
        let mut problems = Problems::default();
        if let Some(login) = &draft.login {
            problems.check("login", password::check_login(login));
        }
        let password = self.password_or_new(draft.password, &mut problems);
        problems.finish()?;
        let password_hash = self.hash_password(password.clone()).await?;
        for _ in 0..LOGIN_TRIES_MAX {
            let login = draft.login.clone();
            let new = NewApiUser {
                environment: application.environment,
                application: application.id.seq(),
                login: login.unwrap_or_else(|| password::generate_login(&*self.entropy)),
                password_hash: password_hash.clone(),
                created_at: self.now(),
            };
            let store = self
                .noting(caller, Action::ApiUserCreate, Touched::of(application.id))
                .await?;
            let written = store.create_api_user(new).await?;
            self.publish_change().await?;
            match written {
                Written::Done(made) => return Ok((made, password)),
                Written::Taken(_) if draft.login.is_none() => {}
                Written::Taken(_) => break,
                _ => {
                    return Err(ServiceError::NotFound {
                        what: "application",
                    });
                }
            }
        }
        Err(ServiceError::Conflict {
            code: "login_taken",
            detail: "another API user has this login".to_owned(),
        })
    }

    /// The API users of an application that are not revoked, oldest first.
    pub async fn api_users(
        &self,
        caller: Caller,
        application: &str,
    ) -> Result<Vec<ApiUser>, ServiceError> {
        let application = self.bare_application(caller, application).await?;
        let mut users = self.store.api_users(application.id.seq()).await?;
        users.retain(|user| user.revoked_at.is_none());
        Ok(users)
    }

    /// The API user of this number.
    pub async fn api_user(
        &self,
        caller: Caller,
        application: &str,
        ordinal: i64,
    ) -> Result<ApiUser, ServiceError> {
        let users = self.api_users(caller, application).await?;
        let found = users.into_iter().find(|user| user.ordinal == ordinal);
        found.ok_or(NOT_FOUND)
    }

    /// Gives an API user another password, which is in the answer and nowhere else.
    pub async fn replace_api_user_password(
        &self,
        caller: Caller,
        (application, ordinal): (&str, i64),
        password: Option<Zeroizing<String>>,
    ) -> Result<(ApiUser, Zeroizing<String>), ServiceError> {
        let user = self.api_user(caller, application, ordinal).await?;
        let mut problems = Problems::default();
        let password = self.password_or_new(password, &mut problems);
        problems.finish()?;
        let hash = self.hash_password(password.clone()).await?;
        let owner = self.bare_application(caller, application).await?.id;
        let touched = Touched {
            changes: vec![json!({ "field": "password" })],
            ..Touched::of(owner)
        };
        let touched = touched.known(&ordinal, Some(&user.login));
        let store = self
            .noting(caller, Action::ApiUserReplacePassword, touched)
            .await?;
        let replacing = store.replace_api_user_password(user.application, ordinal, hash);
        let is_there = replacing.await?;
        self.publish_change().await?;
        if is_there {
            Ok((user, password))
        } else {
            Err(NOT_FOUND)
        }
    }

    /// Refuses an API user from now on. What it made stays.
    pub async fn revoke_api_user(
        &self,
        caller: Caller,
        application: &str,
        ordinal: i64,
    ) -> Result<(), ServiceError> {
        let application = self.bare_application(caller, application).await?;
        let number = application.id.seq();
        let touched = Touched::of(application.id).known(&ordinal, None);
        let store = self.noting(caller, Action::ApiUserRevoke, touched).await?;
        let revoking = store.revoke_api_user(number, ordinal, self.now());
        let is_there = revoking.await?;
        self.publish_change().await?;
        if is_there { Ok(()) } else { Err(NOT_FOUND) }
    }

    fn password_or_new(
        &self,
        given: Option<Zeroizing<String>>,
        problems: &mut Problems,
    ) -> Zeroizing<String> {
        match given {
            None => password::generate_password(&*self.entropy),
            Some(password) => {
                if let Err(why) = password::check_password(&password) {
                    problems.push(FieldProblem::body("password", why));
                }
                password
            }
        }
    }

    pub(crate) async fn hash_password(
        &self,
        password: Zeroizing<String>,
    ) -> Result<String, ServiceError> {
        let entropy = self.entropy.clone();
        let hash = move || password::hash(&password, &*entropy);
        self.checked.compute(hash).await
    }
}
