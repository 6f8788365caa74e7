//! The use cases of Tidings, once: what the API, the pages, the commands and the demo all call.
//!
//! A use case checks what it is given, asks the domain for decisions, and makes one step in the
//! store. It knows nothing of HTTP and nothing of SQL. Whoever calls has been identified before: a
//! [`Caller`] is the proof.

pub mod api_users;
pub mod applications;
pub mod attempts;
pub mod audit;
pub mod boards;
pub mod catalog;
pub mod deliveries;
pub mod destinations;
mod drift;
pub mod endpoints;
pub mod environment;
pub mod error;
pub mod event_types;
pub mod examples;
pub mod feed;
pub mod filters;
pub mod health;
pub mod hooks;
pub mod idempotency;
pub mod inboxes;
pub mod integrations;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod members;
pub mod messages;
pub mod open_api;
pub mod operational;
pub mod overview;
pub mod pages;
pub mod payload;
pub mod plans;
pub mod polling;
pub mod records;
mod schemas;
pub mod search;
pub mod sessions;
pub mod single_sign_on;
pub mod statistics;
pub mod themes;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tidings_domain::address_policy::Policy;
use tidings_domain::application::Application;
use tidings_domain::clock::{Clock, Entropy, Millis};
use tidings_domain::sealed::Keyring;
use tidings_store::directory::{ApplicationView, Directory};
use tidings_store::{Admission, Store};
use tokio::sync::watch;

pub use api_users::ApiUserCaller;
pub use error::{FieldProblem, ServiceError};
pub use keys::Caller;
pub use pages::{Cursor, Listed, PageQuery};

/// What a service is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The configuration in memory.
    pub directory: Arc<Directory>,
    /// What seals secrets.
    pub keyring: Arc<Keyring>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives chance.
    pub entropy: Arc<dyn Entropy>,
    /// Which URLs may be delivered to.
    pub policy: Arc<Policy>,
    /// Places in delivery's memory.
    pub admission: Arc<dyn Admission>,
    /// Under which URL people reach this server, without a slash at the end.
    pub public_url: String,
}

/// The use cases; one for the whole process.
pub struct Service {
    store: Arc<dyn Store>,
    directory: Arc<Directory>,
    keyring: Arc<Keyring>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: Arc<Policy>,
    admission: Arc<dyn Admission>,
    public_url: String,
    seen: keys::LastUsed,
    has_limited_keys: AtomicBool,
    caught: inboxes::Catching,
    seen_users: keys::LastUsed,
    checked: api_users::Checked,
    presses: boards::Sessions,
    sign_ins: members::SignIns,
    drifts: drift::Seen,
    pulses: overview::Pulses,
    standings: overview::Standings,
    sign_on: Option<single_sign_on::SignOn>,
    /// Whether feeds are to end.
    closing: watch::Sender<bool>,
}

impl Service {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self {
            checked: api_users::Checked::new(&*parts.entropy),
            store: parts.store,
            directory: parts.directory,
            keyring: parts.keyring,
            clock: parts.clock,
            entropy: parts.entropy,
            policy: parts.policy,
            admission: parts.admission,
            public_url: parts.public_url,
            seen: keys::LastUsed::default(),
            has_limited_keys: AtomicBool::new(false),
            caught: inboxes::Catching::default(),
            seen_users: keys::LastUsed::default(),
            presses: boards::Sessions::default(),
            sign_ins: members::SignIns::default(),
            drifts: drift::Seen::default(),
            pulses: overview::Pulses::default(),
            standings: overview::Standings::default(),
            sign_on: None,
            closing: watch::Sender::new(false),
        }
    }

    /// Now, in milliseconds since 1970, UTC.
    pub fn now(&self) -> Millis {
        self.clock.now_ms()
    }

    /// Chance, for whoever serves callers.
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// Under which URL people reach this server, without a slash at the end.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The application that a caller names by id or uid, with its endpoints.
    pub async fn view(
        &self,
        caller: Caller,
        application: &str,
    ) -> Result<Arc<ApplicationView>, ServiceError> {
        self.find_view(caller, application)
            .await?
            .ok_or(ServiceError::NotFound {
                what: "application",
            })
    }

    /// The application that a caller names, without its endpoints.
    async fn bare_application(
        &self,
        caller: Caller,
        name: &str,
    ) -> Result<Application, ServiceError> {
        const NOT_FOUND: ServiceError = ServiceError::NotFound {
            what: "application",
        };
        if caller.is_operational {
            let view = self.view(caller, name).await?;
            return Ok(view.application.clone());
        }
        if !applications::may_name_application(name) {
            return Err(NOT_FOUND);
        }
        let found = self.directory.bare_application(caller.environment, name);
        let found = found.await?.filter(|found| caller.may_enter(found.id));
        found.ok_or(NOT_FOUND)
    }

    async fn find_view(
        &self,
        caller: Caller,
        application: &str,
    ) -> Result<Option<Arc<ApplicationView>>, ServiceError> {
        if caller.is_operational {
            return Ok(self.directory.operational(caller.environment).await?);
        }
        let cached = self
            .directory
            .cached_application(caller.environment, application);
        let found = match cached {
            None if applications::may_name_application(application) => {
                let found = self.directory.application(caller.environment, application);
                found.await?
            }
            cached => cached,
        };
        Ok(found.filter(|view| caller.may_enter(view.application.id)))
    }

    /// Makes every node see a change of the configuration before the caller is answered.
    async fn publish_change(&self) -> Result<(), ServiceError> {
        Ok(self.directory.publish().await?)
    }
}
