//! The configuration as every node sees it: cached, and forgotten when it changes.
//!
//! Reads on the hot path find everything in memory. A change is written to the store with a version;
//! [`Directory::refresh`] reads what has changed and forgets just that. The node that made the change
//! refreshes before it answers; others do so within a second.

mod callers;
mod checks;
mod hidden;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tidings_domain::application::{ApiKeyRecord, Application};
use tidings_domain::filter::ReadPayload;
use tidings_domain::ids::ApplicationId;
use tidings_domain::operational::{OperationalEventType, OperationalEventTypes};
use tidings_domain::plan::Standing;
use tidings_domain::sealed::Keyring;

use crate::configuration::{Order, PageRequest, Reference, Subject};
use crate::target::Target;
use crate::traffic::Traffic;
use crate::{Store, StoreError};

pub use callers::{KnownApiUser, KnownIntegration, KnownSession};
pub use checks::{Check, Checks, PayloadChecks};
pub use hidden::HiddenTypes;

/// How many applications are kept in memory; beyond, the cache starts anew.
const VIEWS_COUNT_MAX: usize = 100_000;
/// How many endpoints of an application are read at once.
const ENDPOINTS_PAGE: usize = 1_000;

/// An application with its endpoints, ready to be sent to.
pub struct ApplicationView {
    /// The application.
    pub application: Application,
    /// All its endpoints, by number, disabled ones included.
    pub targets: Vec<Arc<Target>>,
    /// What its plan lets it do.
    pub standing: Standing,
    /// Which payloads its environment checks.
    pub checks: Arc<PayloadChecks>,
    /// The event types that it may not see, if there are any.
    pub hidden: Option<Arc<HiddenTypes>>,
    /// Where it is counted what goes through its environment.
    pub traffic: Arc<Traffic>,
}

impl ApplicationView {
    /// The application's number.
    pub fn ordinal(&self) -> i64 {
        self.application.id.seq()
    }

    /// The endpoints that want such a message now, by number. The payload is read only if one of them has a
    /// filter, and once.
    pub fn matching<'a>(
        &'a self,
        event_type: &'a str,
        channels: &'a [String],
        payload: &'a [u8],
    ) -> impl Iterator<Item = &'a Arc<Target>> {
        let mut read = None;
        let is_hidden = self.hides(event_type);
        self.targets.iter().filter(move |target| {
            let endpoint = &target.endpoint;
            if endpoint.is_off() || !endpoint.wants(event_type, channels) {
                return false;
            }
            if is_hidden && !endpoint.names(event_type) {
                return false;
            }
            target.filter.as_ref().is_none_or(|filter| {
                let payload = read.get_or_insert_with(|| ReadPayload::new(payload));
                filter.judge(payload).is_match
            })
        })
    }

    /// Whether any endpoint wants such messages now, as far as that can be told without a payload.
    pub fn has_receiver(&self, event_type: &str, channels: &[String]) -> bool {
        let is_hidden = self.hides(event_type);
        self.targets.iter().any(|target| {
            let endpoint = &target.endpoint;
            !endpoint.is_off()
                && endpoint.wants(event_type, channels)
                && (!is_hidden || endpoint.names(event_type))
        })
    }

    fn hides(&self, event_type: &str) -> bool {
        let hidden = self.hidden.as_ref();
        hidden.is_some_and(|hidden| hidden.contains(event_type))
    }
}

#[derive(Default)]
struct Cache {
    keys: HashMap<i64, Arc<ApiKeyRecord>>,
    /// By login.
    api_users: HashMap<String, Arc<KnownApiUser>>,
    sessions: HashMap<i64, Arc<KnownSession>>,
    integrations: HashMap<i64, Arc<KnownIntegration>>,
    views: HashMap<i64, Arc<ApplicationView>>,
    /// Which of them have feature flags, so that a change of event types may hide others from them.
    flagged: HashSet<i64>,
    /// Application numbers by environment and by what callers call them: id or uid.
    names: HashMap<i64, HashMap<String, i64>>,
    targets: HashMap<i64, Arc<Target>>,
    /// The application for operational webhooks of each environment; 0 where it has none.
    operational: HashMap<i64, i64>,
    /// By environment. Applications in memory share them, so they are never dropped.
    checks: HashMap<i64, Arc<PayloadChecks>>,
    /// By environment, and kept for the same reason.
    traffic: HashMap<i64, Arc<Traffic>>,
}

impl Cache {
    fn forget_environment(&mut self, ordinal: i64) {
        self.names.remove(&ordinal);
        let mut gone = Vec::new();
        self.views.retain(|_, view| {
            let is_of = view.application.environment == ordinal;
            if is_of {
                gone.extend(view.targets.iter().map(|target| target.ordinal()));
            }
            !is_of
        });
        for target in gone {
            self.targets.remove(&target);
        }
    }

    /// Forgets the applications of an environment for which event types may be hidden.
    fn forget_flagged(&mut self, environment: i64) {
        let views = &self.views;
        let is_of = |ordinal: &i64| {
            let view = views.get(ordinal);
            view.is_some_and(|view| view.application.environment == environment)
        };
        let of_environment: Vec<i64> = self.flagged.iter().copied().filter(is_of).collect();
        for ordinal in of_environment {
            self.forget_view(ordinal);
        }
    }

    fn forget_view(&mut self, ordinal: i64) {
        self.flagged.remove(&ordinal);
        if let Some(view) = self.views.remove(&ordinal) {
            for target in &view.targets {
                self.targets.remove(&target.ordinal());
            }
        }
    }

    fn forget_sessions(&mut self, application: i64) {
        self.sessions
            .retain(|_, known| known.session.application != application);
    }

    fn forget_application(&mut self, ordinal: i64) {
        self.forget_sessions(ordinal);
        self.integrations
            .retain(|_, known| known.integration.application != ordinal);
        self.api_users
            .retain(|_, known| known.user.application != ordinal);
        self.forget_view(ordinal);
        for names in self.names.values_mut() {
            names.retain(|_, named| *named != ordinal);
        }
    }
}

/// The cached configuration.
pub struct Directory {
    store: Arc<dyn Store>,
    keyring: Arc<Keyring>,
    cache: RwLock<Cache>,
    /// Counts what was forgotten, so that a load that began before is not kept.
    generation: AtomicU64,
    version: AtomicI64,
}

impl Directory {
    /// An empty cache over a store.
    pub fn new(store: Arc<dyn Store>, keyring: Arc<Keyring>) -> Self {
        Self {
            store,
            keyring,
            cache: RwLock::default(),
            generation: AtomicU64::new(0),
            version: AtomicI64::new(0),
        }
    }

    /// Starts at the store's newest version; there is nothing to forget yet.
    pub async fn start(&self) -> Result<(), StoreError> {
        let version = self.store.version().await?;
        self.version.store(version, Ordering::SeqCst);
        self.store.acknowledge(version);
        Ok(())
    }

    /// Forgets what this node has changed, and waits until the others have done so as well, for a second
    /// at most.
    pub async fn publish(&self) -> Result<(), StoreError> {
        self.refresh().await?;
        self.store
            .publish(self.version.load(Ordering::SeqCst))
            .await
    }

    /// Forgets what has changed since the last call.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let before = self.version.load(Ordering::SeqCst);
        self.read_changes().await?;
        let version = self.version.load(Ordering::SeqCst);
        if version != before {
            self.store.acknowledge(version);
        }
        Ok(())
    }

    async fn read_changes(&self) -> Result<(), StoreError> {
        loop {
            let changes = self
                .store
                .changes_since(self.version.load(Ordering::SeqCst))
                .await?;
            let Some(last) = changes.last() else {
                return Ok(());
            };
            self.generation.fetch_add(1, Ordering::SeqCst);
            let mut cache = self.write();
            for change in &changes {
                match change.subject {
                    Subject::ApiKey(ordinal) => drop(cache.keys.remove(&ordinal)),
                    Subject::ApiUser(ordinal) => {
                        cache
                            .api_users
                            .retain(|_, known| known.user.ordinal != ordinal);
                    }
                    Subject::Application(ordinal) => cache.forget_application(ordinal),
                    Subject::Sessions(application) => cache.forget_sessions(application),
                    Subject::Integration(ordinal) => drop(cache.integrations.remove(&ordinal)),
                    Subject::Plans(environment) => cache.forget_environment(environment),
                    Subject::Operational(environment) => {
                        cache.operational.remove(&environment);
                    }
                    Subject::EventTypes(environment) => {
                        if let Some(checks) = cache.checks.get(&environment) {
                            checks.forget();
                        }
                        cache.forget_flagged(environment);
                    }
                }
            }
            self.version.fetch_max(last.version, Ordering::SeqCst);
        }
    }

    /// The API key with this number, if it is in memory.
    pub fn cached_api_key(&self, ordinal: i64) -> Option<Arc<ApiKeyRecord>> {
        self.read().keys.get(&ordinal).cloned()
    }

    /// The API key with this number.
    pub async fn api_key(&self, ordinal: i64) -> Result<Option<Arc<ApiKeyRecord>>, StoreError> {
        if let Some(key) = self.cached_api_key(ordinal) {
            return Ok(Some(key));
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let Some(key) = self.store.api_key(ordinal).await? else {
            return Ok(None);
        };
        let key = Arc::new(key);
        let mut cache = self.write();
        if generation == self.generation.load(Ordering::SeqCst) {
            cache.keys.insert(ordinal, key.clone());
        }
        Ok(Some(key))
    }

    /// The application that a caller names, if it is in memory.
    pub fn cached_application(&self, environment: i64, name: &str) -> Option<Arc<ApplicationView>> {
        let cache = self.read();
        let ordinal = cache.names.get(&environment)?.get(name)?;
        cache.views.get(ordinal).cloned()
    }

    /// The application that a caller names, without its endpoints: for changes, which would otherwise
    /// read all of them again each time.
    pub async fn bare_application(
        &self,
        environment: i64,
        name: &str,
    ) -> Result<Option<Application>, StoreError> {
        match self.cached_application(environment, name) {
            Some(view) => Ok(Some(view.application.clone())),
            None => self.store.application(environment, reference(name)).await,
        }
    }

    /// The application that a caller names by id or uid.
    pub async fn application(
        &self,
        environment: i64,
        name: &str,
    ) -> Result<Option<Arc<ApplicationView>>, StoreError> {
        if let Some(view) = self.cached_application(environment, name) {
            return Ok(Some(view));
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let found = self.store.application(environment, reference(name));
        let Some(application) = found.await? else {
            return Ok(None);
        };
        let view = self.load(application).await?;
        self.keep(generation, Some((environment, name)), &view);
        Ok(Some(view))
    }

    /// The application that an environment has for operational webhooks, if it has one.
    pub async fn operational(
        &self,
        environment: i64,
    ) -> Result<Option<Arc<ApplicationView>>, StoreError> {
        {
            let cache = self.read();
            match cache.operational.get(&environment) {
                Some(0) => return Ok(None),
                // Its view may have been forgotten alone.
                Some(ordinal) => {
                    if let Some(view) = cache.views.get(ordinal) {
                        return Ok(Some(view.clone()));
                    }
                }
                None => {}
            }
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let found = self.store.operational_application(environment).await?;
        let view = match found {
            Some(application) => Some(self.load(application).await?),
            None => None,
        };
        if let Some(view) = &view {
            self.keep(generation, None, view);
        }
        let mut cache = self.write();
        if generation == self.generation.load(Ordering::SeqCst) {
            let ordinal = view.as_ref().map_or(0, |view| view.ordinal());
            cache.operational.insert(environment, ordinal);
        }
        Ok(view)
    }

    /// The operational events that an endpoint of this environment wants to be told of now. In memory, but
    /// for the first time after a change.
    pub async fn told_events(&self, environment: i64) -> Result<OperationalEventTypes, StoreError> {
        let mut told = OperationalEventTypes::default();
        let Some(view) = self.operational(environment).await? else {
            return Ok(told);
        };
        for one in OperationalEventType::ALL {
            if view.matching(one.as_str(), &[], b"{}").next().is_some() {
                told.insert(one);
            }
        }
        Ok(told)
    }

    /// The endpoint with this number, if it is in memory.
    pub fn cached_target(&self, endpoint: i64) -> Option<Arc<Target>> {
        self.read().targets.get(&endpoint).cloned()
    }

    /// The endpoint with this number, unless it or its application was deleted.
    pub async fn target(&self, endpoint: i64) -> Result<Option<Arc<Target>>, StoreError> {
        if let Some(target) = self.cached_target(endpoint) {
            return Ok(Some(target));
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let Some(found) = self.store.endpoint_by_ordinal(endpoint).await? else {
            return Ok(None);
        };
        let Some(application) = self.store.application_by_ordinal(found.application).await? else {
            return Ok(None);
        };
        let view = self.load(application).await?;
        self.keep(generation, None, &view);
        Ok(view
            .targets
            .iter()
            .find(|target| target.ordinal() == endpoint)
            .cloned())
    }

    /// The keys that open what is sealed.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    async fn load(&self, application: Application) -> Result<Arc<ApplicationView>, StoreError> {
        let ordinal = application.id.seq();
        let plans = match &application.plan {
            Some(_) => self.store.plans(application.environment).await?,
            None => Vec::new(),
        };
        let standing = Standing::of(&plans, application.plan.as_deref());
        let hidden = self.hidden(&application).await?;
        let uid: Option<Arc<str>> = application.uid.as_deref().map(Arc::from);
        let traffic = self.traffic(application.environment);
        let mut targets = Vec::new();
        let mut after = None;
        loop {
            let page = PageRequest {
                order: Order::Ascending,
                after,
                limit: ENDPOINTS_PAGE,
            };
            let endpoints = self.store.endpoints(ordinal, page).await?;
            let is_last = endpoints.len() < ENDPOINTS_PAGE;
            after = endpoints.last().map(|endpoint| endpoint.id.seq());
            for endpoint in endpoints {
                match Target::prepare(endpoint, application.id, &self.keyring) {
                    Ok(mut target) => {
                        target.application_uid.clone_from(&uid);
                        target.is_operational = application.is_operational;
                        target.traffic.clone_from(&traffic);
                        target.is_paused = standing.is_paused();
                        target.application_rate = application.throttle_rate;
                        target.hidden.clone_from(&hidden);
                        targets.push(Arc::new(target));
                    }
                    Err(error) => return Err(StoreError::Internal(error.to_string())),
                }
            }
            if is_last {
                return Ok(Arc::new(ApplicationView {
                    checks: self.payload_checks(application.environment),
                    hidden,
                    application,
                    targets,
                    standing,
                    traffic,
                }));
            }
        }
    }

    /// The event types that an application may not see. Nothing is read for one without feature flags.
    async fn hidden(
        &self,
        application: &Application,
    ) -> Result<Option<Arc<HiddenTypes>>, StoreError> {
        let Some(flags) = &application.feature_flags else {
            return Ok(None);
        };
        let flagged = self.store.flagged_event_types(application.environment);
        Ok(HiddenTypes::new(flagged.await?, flags).map(Arc::new))
    }

    /// The checks that an environment makes, read anew if they have changed.
    pub async fn checks(&self, of: &PayloadChecks) -> Result<Arc<Checks>, StoreError> {
        if let Some(known) = of.known() {
            return Ok(known);
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let checked = self.store.checked_event_types(of.environment()).await?;
        let checks = Arc::new(Checks::new(checked));
        // What was forgotten meanwhile is not remembered: changes are read under this lock.
        let _cache = self.write();
        if generation == self.generation.load(Ordering::SeqCst) {
            of.remember(&checks);
        }
        Ok(checks)
    }

    /// What goes through an environment in this process.
    pub fn traffic(&self, environment: i64) -> Arc<Traffic> {
        let mut cache = self.write();
        Arc::clone(cache.traffic.entry(environment).or_default())
    }

    /// The same of all environments that anything has gone through, or may.
    pub fn all_traffic(&self) -> Vec<(i64, Arc<Traffic>)> {
        let cache = self.read();
        let all = cache.traffic.iter();
        all.map(|(environment, traffic)| (*environment, Arc::clone(traffic)))
            .collect()
    }

    fn payload_checks(&self, environment: i64) -> Arc<PayloadChecks> {
        let mut cache = self.write();
        let checks = cache.checks.entry(environment);
        let checks = checks.or_insert_with(|| Arc::new(PayloadChecks::new(environment)));
        Arc::clone(checks)
    }

    fn keep(&self, generation: u64, name: Option<(i64, &str)>, view: &Arc<ApplicationView>) {
        let mut cache = self.write();
        if generation != self.generation.load(Ordering::SeqCst) {
            return;
        }
        if cache.views.len() >= VIEWS_COUNT_MAX {
            *cache = Cache {
                keys: std::mem::take(&mut cache.keys),
                checks: std::mem::take(&mut cache.checks),
                traffic: std::mem::take(&mut cache.traffic),
                ..Cache::default()
            };
        }
        for target in &view.targets {
            cache.targets.insert(target.ordinal(), target.clone());
        }
        cache.views.insert(view.ordinal(), view.clone());
        if view.application.feature_flags.is_some() {
            cache.flagged.insert(view.ordinal());
        }
        if let Some((environment, name)) = name {
            cache
                .names
                .entry(environment)
                .or_default()
                .insert(name.to_owned(), view.ordinal());
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Cache> {
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Cache> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reference(name: &str) -> Reference<ApplicationId> {
    match name.parse() {
        Ok(id) => Reference::Id(id),
        Err(_) => Reference::Uid(name.to_owned()),
    }
}
