//! The guard's rules: which URLs, addresses and headers a request may have.
//!
//! A tenant chooses where requests go, so these rules keep them out of networks that only the
//! operator's machines can reach. They are asked three times: about a URL when it is saved, about
//! it again before each attempt, and about every resolved address before connecting. Nothing here
//! resolves a name or opens a connection, and nothing relies on the standard library's idea of a
//! private address, which changes and is not about this.

mod address;
mod header;
mod port;
mod url;

use std::net::{IpAddr, SocketAddr};

pub use address::{ADDRESSES_MAX, RefusedAddress};
use ipnet::IpNet;

pub use self::header::{
    HEADER_NAME_BYTES_MAX, HEADER_VALUE_BYTES_MAX, HEADERS_MAX, RefusedHeader, check_header,
    check_headers, check_message_headers,
};
pub use self::url::{Host, RefusedUrl, TargetUrl, URL_BYTES_MAX};

/// What a tenant is told of a target that is refused or cannot be reached, whichever it is: more
/// would tell which addresses of the operator's network exist.
pub const PUBLIC_MESSAGE: &str = "unreachable";

/// Where requests may go.
///
/// `denied` is stronger than `allowed`, and both are about addresses, not names. Some addresses
/// stay forbidden whatever is allowed: our own listeners, the unspecified address, and IPv4
/// spelt as IPv6 (`::ffff:0:0/96`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Plain HTTP may be used; set by `--dev` only.
    pub allow_http: bool,
    /// `localhost`, 127.0.0.0/8 and `::1` may be used, on any port, and inboxes of this process; set by
    /// `--dev` only.
    pub allow_loopback: bool,
    /// The network translates `64:ff9b::/96` to IPv4 (NAT64): such an address is judged by the IPv4
    /// address in it. Off, every such address is forbidden.
    pub nat64: bool,
    /// The operator's further forbidden networks.
    pub denied: Vec<IpNet>,
    /// The operator's exceptions from the built-in rules.
    pub allowed: Vec<IpNet>,
    /// Where this process listens, as bound. A wildcard address stands for all loopback addresses;
    /// whoever fills this in adds the machine's other addresses if it knows them.
    pub own_listeners: Vec<SocketAddr>,
}

impl Policy {
    /// HTTPS to public addresses, and nothing else.
    pub fn production() -> Self {
        Self::default()
    }

    /// Also plain HTTP, and loopback addresses; other private networks stay forbidden.
    pub fn development() -> Self {
        Self {
            allow_http: true,
            allow_loopback: true,
            ..Self::default()
        }
    }

    /// Judges a URL by its text alone: form, scheme, host name, port, and the address if the host
    /// is one.
    ///
    /// # Errors
    /// Names the first rule that the URL breaks.
    pub fn check_url(&self, text: &str) -> Result<TargetUrl, RefusedUrl> {
        url::check(self, text)
    }

    /// Judges one address, as the resolver gave it.
    ///
    /// # Errors
    /// Names the rule that forbids the address.
    pub fn check_address(&self, address: SocketAddr) -> Result<(), RefusedAddress> {
        address::check(self, address, false)
    }

    /// Judges all that a name resolved to. One forbidden address refuses the whole set: to use the
    /// others would turn a probe into a delivery. Gives the at most four addresses to try, in
    /// turns of IPv6 and IPv4, beginning with the kind of the first answer.
    ///
    /// # Errors
    /// When there is no address, or names the rule that forbids one of them.
    pub fn check_resolved(
        &self,
        answers: &[IpAddr],
        port: u16,
    ) -> Result<Vec<SocketAddr>, RefusedAddress> {
        address::check_all(self, answers, port, false)
    }

    /// The same for a URL that begins as those of inboxes do.
    ///
    /// # Errors
    /// As [`Self::check_resolved`].
    pub fn check_resolved_for_inbox(
        &self,
        answers: &[IpAddr],
        port: u16,
    ) -> Result<Vec<SocketAddr>, RefusedAddress> {
        address::check_all(self, answers, port, self.allow_loopback)
    }
}
