//! Environments, their API keys, applications and their API users: who sends, and for whom.

use std::collections::BTreeMap;

use crate::access::Role;
use crate::clock::Millis;
use crate::ids::ApplicationId;

/// Free text that the product hangs on an object: at most 4,096 bytes of keys and values.
pub type Metadata = BTreeMap<String, String>;

/// One product's world: its event types, API keys and applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its number in the store.
    pub ordinal: i64,
    /// Unique; letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// When it was made.
    pub created_at: Millis,
}

/// What the store keeps of an API key. The key itself is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRecord {
    /// The random number in the key by which its record is found.
    pub ordinal: i64,
    /// The environment that it opens.
    pub environment: i64,
    /// What people call it.
    pub name: String,
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
    /// When it was made.
    pub created_at: Millis,
    /// When it was last seen, rounded to the minute.
    pub last_used_at: Option<Millis>,
    /// Since when it is refused.
    pub revoked_at: Option<Millis>,
    /// What its holder may do.
    pub role: Role,
    /// When it ends by itself; none means never.
    pub expires_at: Option<Millis>,
    /// Texts that were replaced and are still taken for a while, the newest first.
    pub old_hashes: Vec<OldHash>,
    /// Requests a second that it may make; none means what the server allows to every key.
    pub rate_limit: Option<u32>,
}

/// What is kept of the text of an API key that was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldHash {
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
    /// From when on it is refused.
    pub ends_at: Millis,
}

/// What the store keeps of an API user: a login and a password by which one application is managed over
/// the REST hooks. The password itself is shown once and never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiUser {
    /// Its number in the store.
    pub ordinal: i64,
    /// The environment of its application.
    pub environment: i64,
    /// The application that it manages, by number.
    pub application: i64,
    /// Its name in requests; unique among all API users that are not revoked.
    pub login: String,
    /// The password, hashed; see [`crate::password`].
    pub password_hash: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last seen, rounded to the minute.
    pub last_used_at: Option<Millis>,
    /// Since when it is refused.
    pub revoked_at: Option<Millis>,
}

impl std::fmt::Debug for ApiUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiUser({}, {}, [REDACTED])", self.ordinal, self.login)
    }
}

/// One customer of the product; the unit of isolation, plan and portal access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id; the sequence number is its number in the store.
    pub id: ApplicationId,
    /// The environment that it belongs to.
    pub environment: i64,
    /// The product's own name for it, unique in the environment.
    pub uid: Option<String>,
    /// What people call it.
    pub name: String,
    /// Messages a second that it may send; none means no limit.
    pub throttle_rate: Option<u32>,
    /// Its plan, by uid; none means that everything is allowed.
    pub plan: Option<String>,
    /// Of the event types that have feature flags, it may see those with one of these; none means all.
    pub feature_flags: Option<Vec<String>>,
    /// The product's own notes.
    pub metadata: Metadata,
    /// Whether it is the one that an environment has for operational webhooks; see
    /// [`crate::operational`]. Nobody can name it, and no list shows it.
    pub is_operational: bool,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

/// A change to an application; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApplicationPatch {
    /// The new uid, or none.
    pub uid: Option<Option<String>>,
    /// The new name.
    pub name: Option<String>,
    /// The new limit, or none.
    pub throttle_rate: Option<Option<u32>>,
    /// The new plan, or none.
    pub plan: Option<Option<String>>,
    /// The new feature flags, or none.
    pub feature_flags: Option<Option<Vec<String>>>,
    /// The new notes; they replace the old ones.
    pub metadata: Option<Metadata>,
}

impl ApplicationPatch {
    /// The application after the change.
    pub fn apply(self, application: &mut Application, now: Millis) {
        set(&mut application.uid, self.uid);
        set(&mut application.name, self.name);
        set(&mut application.throttle_rate, self.throttle_rate);
        set(&mut application.plan, self.plan);
        set(&mut application.feature_flags, self.feature_flags);
        set(&mut application.metadata, self.metadata);
        application.updated_at = now;
    }
}

pub(crate) fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}
