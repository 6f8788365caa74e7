//! Which URLs may be a target, by their text alone.
//!
//! What two parsers could read differently is refused before anything is parsed. The rest is read
//! once, as browsers read it, and everything else is taken from the result: the text that came in
//! is never looked at again.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ::url::{Position, Url};

use crate::inbox::CATCHING_PATH;

use super::{Policy, RefusedAddress, address, port};

/// Longest URL in bytes, as it came in and as it is kept.
pub const URL_BYTES_MAX: usize = 2_048;

/// What a tenant is told of a host that is refused, whatever the reason.
const HOST_MESSAGE: &str = "the host is not on the public internet";

/// Last labels that never name a host on the public internet, sorted.
const RESERVED_SUFFIXES: [&str; 24] = [
    "alt",
    "arpa",
    "cluster",
    "consul",
    "corp",
    "dhcp",
    "docker",
    "domain",
    "home",
    "internal",
    "intranet",
    "invalid",
    "kubernetes",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "mail",
    "onion",
    "private",
    "svc",
    "test",
    "workgroup",
    "zeroconf",
];

/// Why a URL cannot be a target. The message is for the operator's staff; tenants get
/// [`RefusedUrl::public_message`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedUrl {
    /// Longer than [`URL_BYTES_MAX`].
    #[error("the URL has more than 2048 bytes")]
    TooLong,
    /// A control character, a space or a backslash, which some parsers drop and others do not.
    #[error("the URL has a space, a backslash or a control character")]
    Characters,
    /// Not an absolute URL of a scheme that is used.
    #[error("the URL does not begin with https:// and a host")]
    Scheme,
    /// Plain HTTP where it is not allowed.
    #[error("the URL begins with http://; only https:// is allowed")]
    HttpsRequired,
    /// A user name or password before the host.
    #[error("the URL has a user name or password before the host")]
    Userinfo,
    /// The parser refuses it.
    #[error("the URL is not valid")]
    Invalid(#[from] ::url::ParseError),
    /// A port where no webhook receiver listens.
    #[error("port {port} belongs to another service")]
    Port {
        /// The port.
        port: u16,
    },
    /// The host is a name that is not on the public internet.
    #[error("the host name is not public: {reason}")]
    Name {
        /// Which rule refuses it.
        reason: &'static str,
    },
    /// The host is an address that is forbidden.
    #[error("the host is a forbidden address")]
    Address(#[from] RefusedAddress),
}

impl RefusedUrl {
    /// What the tenant is told: what is wrong with the text, or one message for any host.
    pub fn public_message(&self) -> String {
        match self {
            Self::Name { .. } | Self::Address(_) => HOST_MESSAGE.to_owned(),
            _ => self.to_string(),
        }
    }
}

/// The host of a target.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name in its ASCII form, in lower case, without a dot at the end.
    Name(String),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address.
    V6(Ipv6Addr),
}

/// A URL that the policy has accepted, in its canonical form and without a fragment. Debug output
/// leaves out the path and query, which may hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct TargetUrl {
    url: Url,
    host: Host,
    port: u16,
}

impl TargetUrl {
    /// The canonical URL: what is stored and shown.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The canonical URL, parsed.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the connection uses TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// What to resolve, and to check the certificate against.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port, given or the scheme's.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of the `Host` header: the host, and the port if it is not the scheme's.
    pub fn authority(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// The target of the request line.
    pub fn path_and_query(&self) -> &str {
        &self.url[Position::BeforePath..Position::AfterQuery]
    }

    /// Whether the path is that of an inbox, if the host is this process.
    pub fn is_like_an_inbox(&self) -> bool {
        self.url.path().starts_with(CATCHING_PATH)
    }
}

impl fmt::Debug for TargetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "TargetUrl({}://{}/…)",
            self.url.scheme(),
            self.authority()
        )
    }
}

pub(super) fn check(policy: &Policy, text: &str) -> Result<TargetUrl, RefusedUrl> {
    check_text(policy, text)?;
    let mut url = Url::parse(text)?;
    url.set_fragment(None);
    if let Some(name) = url.domain().and_then(|name| name.strip_suffix('.')) {
        let name = name.to_owned();
        url.set_host(Some(&name))?;
    }
    if url.as_str().len() > URL_BYTES_MAX {
        return Err(RefusedUrl::TooLong);
    }
    let port = url
        .port_or_known_default()
        .expect("http and https have a default port");
    let host = match url.host().expect("an http or https URL has a host") {
        ::url::Host::Domain(name) => Host::Name(name.to_owned()),
        ::url::Host::Ipv4(ip) => Host::V4(ip),
        ::url::Host::Ipv6(ip) => Host::V6(ip),
    };
    let target = TargetUrl { url, host, port };
    check_target(policy, &target)?;
    Ok(target)
}

/// What can be said before parsing.
fn check_text(policy: &Policy, text: &str) -> Result<(), RefusedUrl> {
    if text.len() > URL_BYTES_MAX {
        return Err(RefusedUrl::TooLong);
    }
    if text
        .chars()
        .any(|char| char.is_control() || char.is_whitespace() || char == '\\')
    {
        return Err(RefusedUrl::Characters);
    }
    let (scheme, rest) = text.split_once("://").ok_or(RefusedUrl::Scheme)?;
    let is_http = scheme.eq_ignore_ascii_case("http");
    if !is_http && !scheme.eq_ignore_ascii_case("https") {
        return Err(RefusedUrl::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err(RefusedUrl::Scheme);
    }
    if is_http && !policy.allow_http {
        return Err(RefusedUrl::HttpsRequired);
    }
    if authority.contains('@') {
        return Err(RefusedUrl::Userinfo);
    }
    Ok(())
}

fn check_target(policy: &Policy, target: &TargetUrl) -> Result<(), RefusedUrl> {
    let may_be_own = policy.allow_loopback && target.is_like_an_inbox();
    let ip = match &target.host {
        Host::Name(name) if policy.allow_loopback && name == "localhost" => {
            for ip in [
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(Ipv6Addr::LOCALHOST),
            ] {
                address::check(policy, SocketAddr::new(ip, target.port), may_be_own)?;
            }
            return Ok(());
        }
        Host::Name(name) => {
            check_name(name)?;
            None
        }
        Host::V4(ip) => Some(IpAddr::V4(*ip)),
        Host::V6(ip) => Some(IpAddr::V6(*ip)),
    };
    if let Some(ip) = ip {
        address::check(policy, SocketAddr::new(ip, target.port), may_be_own)?;
    }
    let is_local = policy.allow_loopback && ip.is_some_and(address::is_loopback);
    if is_local || port::is_allowed(target.port) {
        Ok(())
    } else {
        Err(RefusedUrl::Port { port: target.port })
    }
}

/// Whether a name, canonical and without a dot at its end, could be on the public internet.
fn check_name(name: &str) -> Result<(), RefusedUrl> {
    let refused = |reason| Err(RefusedUrl::Name { reason });
    if name.len() > 253 {
        return refused("longer than 253 characters");
    }
    for label in name.split('.') {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=63).contains(&label.len()) {
            return refused("a part of it is empty or longer than 63 characters");
        }
        if !label.bytes().all(is_plain) || label.starts_with('-') || label.ends_with('-') {
            return refused("it has characters that host names do not have");
        }
    }
    match name.rsplit_once('.') {
        None => refused("it has no dot, so it is local"),
        Some((_, last)) if RESERVED_SUFFIXES.binary_search(&last).is_ok() => {
            refused("its ending is reserved")
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
