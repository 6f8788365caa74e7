//! Connections that wait for the next request, by origin.
//!
//! The newest is taken first, so that the oldest run out and close. A task closes what has waited
//! too long; it starts with the first origin and ends with the pool.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tidings_domain::address_policy::{Host, TargetUrl};
use tokio::task::AbortHandle;

use super::SenderSettings;
use super::connection::Connection;

/// How often a waiting connection is looked at before its time is over.
const LOOKS_COUNT: u32 = 4;
/// The shortest time between two looks.
const LOOK_EVERY_MIN: Duration = Duration::from_millis(5);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    is_https: bool,
    host: Host,
    port: u16,
    /// Connections that only inboxes may have are kept apart.
    is_like_an_inbox: bool,
    /// So are those on which an endpoint has shown its own certificate: its number and version.
    shown_by: Option<(i64, u32)>,
}

/// The TLS set-up of an endpoint with a certificate of its own, and whose it is: its number and version.
pub(super) struct OwnTls {
    pub(super) shown_by: (i64, u32),
    pub(super) config: Arc<ClientConfig>,
}

/// Where a connection leads: scheme, host and port.
pub(super) struct Origin {
    key: Key,
    server_name: Option<ServerName<'static>>,
    /// None means everybody's.
    tls: Option<Arc<ClientConfig>>,
    /// In order of the time they came back.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: Box<Connection>,
    since: Instant,
}

impl Origin {
    fn new(key: Key, tls: Option<Arc<ClientConfig>>) -> Self {
        let server_name = match &key.host {
            Host::Name(name) => ServerName::try_from(name.clone()).ok(),
            Host::V4(address) => Some(ServerName::from(*address)),
            Host::V6(address) => Some(ServerName::from(*address)),
        };
        Self {
            key,
            server_name,
            tls,
            idle: Mutex::default(),
        }
    }

    pub(super) fn is_https(&self) -> bool {
        self.key.is_https
    }

    pub(super) fn host(&self) -> &Host {
        &self.key.host
    }

    pub(super) fn port(&self) -> u16 {
        self.key.port
    }

    pub(super) fn is_like_an_inbox(&self) -> bool {
        self.key.is_like_an_inbox
    }

    /// The TLS set-up, if it is not everybody's.
    pub(super) fn tls(&self) -> Option<&Arc<ClientConfig>> {
        self.tls.as_ref()
    }

    /// What the certificate must be for. None if no certificate can be for this host.
    pub(super) fn server_name(&self) -> Option<&ServerName<'static>> {
        self.server_name.as_ref()
    }
}

/// All origins and the connections that wait.
pub(super) struct Pool {
    origins: Mutex<HashMap<Key, Arc<Origin>>>,
    idle_count: AtomicUsize,
    idle_for_max: Duration,
    idle_per_origin_max: usize,
    idle_max: usize,
    watch: OnceLock<AbortHandle>,
}

impl Pool {
    pub(super) fn new(settings: &SenderSettings) -> Arc<Self> {
        Arc::new(Self {
            origins: Mutex::default(),
            idle_count: AtomicUsize::new(0),
            idle_for_max: settings.idle_for_max,
            idle_per_origin_max: settings.idle_per_origin_max,
            idle_max: settings.idle_max,
            watch: OnceLock::new(),
        })
    }

    pub(super) fn idle_count(&self) -> usize {
        self.idle_count.load(Ordering::Relaxed)
    }

    /// The origin of a URL, for everybody or for an endpoint with a certificate of its own.
    pub(super) fn origin(self: &Arc<Self>, url: &TargetUrl, own: Option<OwnTls>) -> Arc<Origin> {
        self.watch.get_or_init(|| {
            let every = (self.idle_for_max / LOOKS_COUNT).max(LOOK_EVERY_MIN);
            tokio::spawn(watch(Arc::downgrade(self), every)).abort_handle()
        });
        let key = Key {
            is_https: url.is_https(),
            host: url.host().clone(),
            port: url.port(),
            is_like_an_inbox: url.is_like_an_inbox(),
            shown_by: own.as_ref().map(|own| own.shown_by),
        };
        let mut origins = lock(&self.origins);
        let origin = origins.entry(key).or_insert_with_key(|key| {
            Arc::new(Origin::new(key.clone(), own.map(|own| own.config)))
        });
        Arc::clone(origin)
    }

    /// A waiting connection that the other side has not closed, as far as one can tell.
    pub(super) async fn take(&self, origin: &Origin) -> Option<Box<Connection>> {
        loop {
            let newest = lock(&origin.idle).pop()?;
            self.idle_count.fetch_sub(1, Ordering::Relaxed);
            let mut connection = newest.connection;
            if newest.since.elapsed() < self.idle_for_max && connection.is_usable().await {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection that [`Connection::is_usable`], if there is room for it.
    pub(super) fn put(&self, origin: &Origin, connection: Box<Connection>) {
        let since = Instant::now();
        let mut idle = lock(&origin.idle);
        let one_more = |count| (count < self.idle_max).then_some(count + 1);
        let has_room = idle.len() < self.idle_per_origin_max
            && self
                .idle_count
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
                .is_ok();
        if has_room {
            idle.push(Idle { connection, since });
        }
    }

    /// Closes what has waited too long and forgets origins that nobody uses.
    fn close_stale(&self) {
        let mut stale = Vec::new();
        lock(&self.origins).retain(|_, origin| {
            let mut idle = lock(&origin.idle);
            let fresh_from = idle.partition_point(|idle| idle.since.elapsed() >= self.idle_for_max);
            stale.extend(idle.drain(..fresh_from));
            !idle.is_empty() || Arc::strong_count(origin) > 1
        });
        self.idle_count.fetch_sub(stale.len(), Ordering::Relaxed);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.get() {
            watch.abort();
        }
    }
}

async fn watch(pool: Weak<Pool>, every: Duration) {
    let mut looks = tokio::time::interval(every);
    loop {
        looks.tick().await;
        match pool.upgrade() {
            Some(pool) => pool.close_stale(),
            None => return,
        }
    }
}

/// Nothing here panics while it holds a lock, and each change is complete in itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
