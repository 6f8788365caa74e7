//! Who calls and is bound to one application: API users, portal sessions and integrations.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tidings_domain::application::ApiUser;
use tidings_domain::ids::ApplicationId;
use tidings_domain::integration::Integration;
use tidings_domain::session::Session;

use super::{Directory, VIEWS_COUNT_MAX};
use crate::StoreError;

/// An API user with the id of its application.
pub struct KnownApiUser {
    /// The user.
    pub user: ApiUser,
    /// What it manages.
    pub application: ApplicationId,
}

/// A portal session with the id of its application.
pub struct KnownSession {
    /// The session.
    pub session: Session,
    /// The application that it is bound to.
    pub application: ApplicationId,
}

/// An integration with the id of its application.
pub struct KnownIntegration {
    /// The integration.
    pub integration: Integration,
    /// The application that it is bound to.
    pub application: ApplicationId,
}

impl Directory {
    /// The integration with this number, unless it or its application was deleted.
    pub async fn integration(
        &self,
        ordinal: i64,
    ) -> Result<Option<Arc<KnownIntegration>>, StoreError> {
        if let Some(known) = self.read().integrations.get(&ordinal) {
            return Ok(Some(known.clone()));
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let Some(integration) = self.store.integration(ordinal).await? else {
            return Ok(None);
        };
        let found = self.store.application_by_ordinal(integration.application);
        let Some(application) = found.await? else {
            return Ok(None);
        };
        let known = Arc::new(KnownIntegration {
            integration,
            application: application.id,
        });
        let mut cache = self.write();
        if generation == self.generation.load(Ordering::SeqCst) {
            if cache.integrations.len() >= VIEWS_COUNT_MAX {
                cache.integrations.clear();
            }
            cache.integrations.insert(ordinal, known.clone());
        }
        Ok(Some(known))
    }

    /// The API user of this login, unless it was revoked or its application deleted.
    pub async fn api_user(&self, login: &str) -> Result<Option<Arc<KnownApiUser>>, StoreError> {
        if let Some(known) = self.read().api_users.get(login) {
            return Ok(Some(known.clone()));
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let Some(user) = self.store.api_user(login.to_owned()).await? else {
            return Ok(None);
        };
        let found = self.store.application_by_ordinal(user.application).await?;
        let Some(application) = found else {
            return Ok(None);
        };
        let known = Arc::new(KnownApiUser {
            user,
            application: application.id,
        });
        let mut cache = self.write();
        if generation == self.generation.load(Ordering::SeqCst) {
            if cache.api_users.len() >= VIEWS_COUNT_MAX {
                cache.api_users.clear();
            }
            cache.api_users.insert(login.to_owned(), known.clone());
        }
        Ok(Some(known))
    }

    /// The login of an API user by its number, if it is in memory, as it is once it has called.
    pub fn login_of(&self, ordinal: i64) -> Option<String> {
        let cache = self.read();
        let mut users = cache.api_users.values();
        let found = users.find(|known| known.user.ordinal == ordinal)?;
        Some(found.user.login.clone())
    }

    /// The portal session with this number, if it is in memory.
    pub fn cached_session(&self, ordinal: i64) -> Option<Arc<KnownSession>> {
        self.read().sessions.get(&ordinal).cloned()
    }

    /// The portal session with this number, whether or not it has ended, unless its application was deleted.
    pub async fn session(&self, ordinal: i64) -> Result<Option<Arc<KnownSession>>, StoreError> {
        if let Some(known) = self.cached_session(ordinal) {
            return Ok(Some(known));
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let Some(session) = self.store.session(ordinal).await? else {
            return Ok(None);
        };
        let found = self.store.application_by_ordinal(session.application);
        let Some(application) = found.await? else {
            return Ok(None);
        };
        let known = Arc::new(KnownSession {
            session,
            application: application.id,
        });
        let mut cache = self.write();
        if generation == self.generation.load(Ordering::SeqCst) {
            if cache.sessions.len() >= VIEWS_COUNT_MAX {
                cache.sessions.clear();
            }
            cache.sessions.insert(ordinal, known.clone());
        }
        Ok(Some(known))
    }
}
