//! Names to addresses.
//!
//! Names are resolved as they are, without search domains, and every answer is handed on: the
//! policy wants to see them all. Nothing here decides whether an address may be dialled.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;
use hickory_resolver::proto::rr::Name;

/// How many names the cache holds.
const CACHED_NAMES_MAX: u64 = 4_096;
/// How long an answer is believed at most, whatever its own time to live.
const POSITIVE_TTL_MAX: Duration = Duration::from_mins(5);
/// How long the absence of an answer is believed at most.
const NEGATIVE_TTL_MAX: Duration = Duration::from_secs(10);
/// How long one question to one server may take.
const QUERY_FOR_MAX: Duration = Duration::from_secs(1);
/// How often a question is asked again. With the first it makes three, in three seconds.
const QUERY_REPEATS_MAX: usize = 2;
/// How many questions wait for one name server at a time.
const QUERIES_MAX: usize = 256;

/// What [`Resolver::resolve`] gives back.
pub type ResolverFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, UnresolvedName>> + Send + 'a>>;

/// The name has no address, or nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct UnresolvedName {
    /// For staff: what the name server said.
    pub why: String,
}

/// Turns names into addresses. The sender's own limit ends a call that takes too long.
pub trait Resolver: Send + Sync {
    /// All IPv4 and IPv6 addresses of a name, in the order they should be tried.
    fn resolve<'a>(&'a self, name: &'a str) -> ResolverFuture<'a>;
}

/// Asks the name servers that the machine is set up with. `localhost` and names under it are
/// answered as loopback without asking anyone, so that the policy decides about them.
pub struct SystemResolver {
    inner: Result<TokioResolver, String>,
}

impl SystemResolver {
    /// Reads the machine's set-up. If it cannot be read, no name but `localhost` resolves, and
    /// each attempt says why.
    pub fn new() -> Self {
        let inner = TokioResolver::builder_tokio().and_then(|mut builder| {
            let options = builder.options_mut();
            options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
            options.cache_size = CACHED_NAMES_MAX;
            options.positive_max_ttl = Some(POSITIVE_TTL_MAX);
            options.negative_max_ttl = Some(NEGATIVE_TTL_MAX);
            options.timeout = QUERY_FOR_MAX;
            options.attempts = QUERY_REPEATS_MAX;
            options.max_active_requests = QUERIES_MAX;
            builder.build()
        });
        let inner = inner.map_err(|error| format!("no name servers are set up: {error}"));
        if let Err(why) = &inner {
            tracing::warn!(resolver.error = %why, "Names cannot be resolved: {why}");
        }
        Self { inner }
    }

    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>, UnresolvedName> {
        let bare = name.strip_suffix('.').unwrap_or(name);
        if bare == "localhost" || bare.ends_with(".localhost") {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        let unresolved = |why: String| UnresolvedName { why };
        let resolver = self.inner.as_ref().map_err(|why| unresolved(why.clone()))?;
        let mut name = Name::from_ascii(name).map_err(|error| unresolved(error.to_string()))?;
        name.set_fqdn(true);
        let found = resolver.lookup_ip(name).await;
        let found = found.map_err(|error| unresolved(error.to_string()))?;
        Ok(found.iter().collect())
    }
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self::new()
    }
}

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> ResolverFuture<'a> {
        Box::pin(self.look_up(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn localhost_is_loopback_without_asking_anyone() {
        let resolver = SystemResolver {
            inner: Err("nobody to ask".to_owned()),
        };
        for name in ["localhost", "localhost.", "app.localhost"] {
            let found = resolver.resolve(name).await.unwrap();
            assert!(found.iter().all(IpAddr::is_loopback), "{name}");
            assert_eq!(found.len(), 2, "{name}");
        }
        assert_eq!(
            resolver.resolve("notlocalhost").await.unwrap_err().why,
            "nobody to ask"
        );
    }
}
