//! The one door to the internet: sends a signed message to an endpoint and says how it went.
//!
//! Nothing else in Tidings connects to an address that somebody else chose. Every new connection
//! goes through [`connector`](self), which asks the address policy about everything that a name
//! resolves to and dials only what it vetted; literal addresses take the same way. HTTP/1.1 only,
//! no proxies, no redirects, no decompression, no cookies.
//!
//! It must not retry, schedule or store: an attempt is made once, with one exception. A kept
//! connection may turn out to be closed; then the request is repeated at once, and only once, on
//! a fresh connection.
//!
//! | File | Holds |
//! |---|---|
//! | `prepared` | what is the same in each request to an endpoint, made once |
//! | `pool` | open connections that wait for the next request |
//! | `connector`, `resolver`, `tls` | new connections |
//! | `connection`, `stream` | one HTTP/1.1 connection and its byte counters |
//! | `token` | access tokens of endpoints that want one |
//! | `asking` | requests of our own to servers that an operator has named |
//! | `attempt`, `record`, `failure` | one attempt, what is noted of it, why it failed |
//! | `forward` | a request that an inbox has caught, sent on |

mod asking;
mod attempt;
mod connection;
mod connector;
mod failure;
mod forward;
mod pool;
mod prepared;
mod record;
mod resolver;
mod stream;
mod tls;
mod token;

use std::sync::Arc;
use std::time::Duration;

use tidings_domain::address_policy::Policy;
use tidings_domain::body_format::Event;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::Exchange;
use tidings_store::target::Target;

use self::connector::Connector;
use self::failure::Failure;
use self::pool::Pool;
use self::prepared::{PreparedCache, Workshop};
use self::record::Record;
use self::tls::Trust;

pub use self::resolver::{Resolver, ResolverFuture, SystemResolver, UnresolvedName};
pub use self::stream::HEAD_READ_BYTES_MAX;

/// Longest response head, in bytes.
pub const RESPONSE_HEAD_BYTES_MAX: usize = 32 * 1024;
/// Most headers of a response. `attempt` looks to it: the HTTP client would do so at the price of a list of so many for
/// each response; of its own accord it takes up to 100.
pub const RESPONSE_HEADERS_MAX: usize = 64;
/// Longest [`Exchange::error_detail`], in bytes.
pub const ERROR_DETAIL_BYTES_MAX: usize = 500;

/// What the sender is set to.
#[derive(Debug, Clone)]
pub struct SenderSettings {
    /// Which names the id, timestamp, signature and event type have.
    pub header_names: HeaderNames,
    /// Limit of a whole attempt: name, connection, head and body. Default 20 s.
    pub attempt_for_max: Duration,
    /// Limit of resolving a name, within the attempt. Default 3 s.
    pub resolve_for_max: Duration,
    /// Limit of TCP and TLS for a new connection, within the attempt. Default 5 s.
    pub connect_for_max: Duration,
    /// How long a connection is kept without a request. Default 30 s.
    pub idle_for_max: Duration,
    /// Most connections kept to one origin (scheme, host and port). Default 64.
    pub idle_per_origin_max: usize,
    /// Most connections kept in all. Default 4,096.
    pub idle_max: usize,
    /// How much of a response body is kept, in bytes. Default 16 KiB.
    pub response_bytes_max: usize,
    /// Certificates of further authorities to trust, PEM. Default none. There is no way to trust
    /// a certificate without an authority.
    pub extra_roots_pem: Vec<u8>,
}

impl Default for SenderSettings {
    fn default() -> Self {
        Self {
            header_names: HeaderNames::Webhook,
            attempt_for_max: Duration::from_secs(20),
            resolve_for_max: Duration::from_secs(3),
            connect_for_max: Duration::from_secs(5),
            idle_for_max: Duration::from_secs(30),
            idle_per_origin_max: 64,
            idle_max: 4_096,
            response_bytes_max: 16 * 1024,
            extra_roots_pem: Vec::new(),
        }
    }
}

/// Which names the headers with the id, timestamp, signature and event type have. The values are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HeaderNames {
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`, `webhook-event-type`.
    #[default]
    Webhook,
    /// `svix-id`, `svix-timestamp`, `svix-signature`, `svix-event-type`.
    Svix,
    /// All eight: for receivers that are moving from one to the other.
    Both,
}

/// Why there is no sender.
#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    /// The extra authorities are not PEM certificates.
    #[error("the extra root certificates cannot be read: {why}")]
    ExtraRoots {
        /// What is wrong.
        why: String,
    },
    /// TLS cannot be set up at all.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// Sends messages to endpoints. Made once and shared; needs a Tokio runtime when it sends.
pub struct Sender {
    settings: SenderSettings,
    prepared: PreparedCache,
    pool: Arc<Pool>,
    connector: Connector,
    policy: Arc<Policy>,
}

impl Sender {
    /// A sender that asks `policy` about every target and `resolver` about every name.
    ///
    /// # Errors
    /// When the certificates to trust cannot be read.
    pub fn new(
        settings: SenderSettings,
        policy: Arc<Policy>,
        resolver: Arc<dyn Resolver>,
    ) -> Result<Self, SenderError> {
        let trust = Trust::new(&settings.extra_roots_pem)?;
        let tls = trust.config();
        let pool = Pool::new(&settings);
        let workshop = Workshop {
            policy: Arc::clone(&policy),
            names: settings.header_names,
            pool: Arc::clone(&pool),
            trust,
        };
        Ok(Self {
            prepared: PreparedCache::new(workshop),
            pool,
            connector: Connector::new(&settings, Arc::clone(&policy), resolver, tls),
            policy,
            settings,
        })
    }

    /// Makes one attempt. However it ends, the answer says so: `error` is none only if the
    /// endpoint answered 2xx.
    ///
    /// `now` is the time that is signed.
    ///
    /// A 2xx head means that the receiver has accepted the message, so it stands even if the body
    /// behind it breaks or does not end in time; `error_detail` and `is_truncated` tell of that.
    pub async fn send(&self, target: &Target, event: &Event<'_>, now: Millis) -> Exchange {
        let mut record = Record::begin(&target.endpoint.url);
        let prepared = match self.prepared.of(target) {
            Ok(prepared) => prepared,
            Err(failure) => return record.finish(Err(failure)),
        };
        let formatted = match target.endpoint.format.format(event) {
            Ok(formatted) => formatted,
            Err(refused) => return record.finish(Err(Failure::of_format(&refused))),
        };
        let message = attempt::Message {
            target,
            id: event.id,
            event_type: event.event_type,
            formatted: &formatted,
            headers: event.headers(),
            authorization: None,
            now,
        };
        let attempt = self.attempt(&mut record, &prepared, &message);
        let limit = self.settings.attempt_for_max;
        let result = match tokio::time::timeout(limit, attempt).await {
            Ok(result) => result,
            Err(_) => Err(Failure::total_timeout(record.stage(), limit)),
        };
        record.finish(result)
    }

    /// How many connections wait for a next request.
    pub fn idle_count(&self) -> usize {
        self.pool.idle_count()
    }
}
