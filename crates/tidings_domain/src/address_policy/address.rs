//! Which addresses are the public internet.
//!
//! IPv6 is allowed where it is allocated for global use, less a few ranges; IPv4 is allowed
//! except for the ranges below. Both lists come from the IANA special-purpose registries and
//! from what clouds answer on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Policy;

/// How many addresses of one name are tried.
pub const ADDRESSES_MAX: usize = 4;

/// Why an address is not connected to. The message is for the operator's staff only; a tenant
/// sees [`PUBLIC_MESSAGE`](super::PUBLIC_MESSAGE).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAddress {
    /// The address is not on the public internet.
    #[error("{address} is forbidden: {reason}")]
    Forbidden {
        /// The address as it was resolved.
        address: IpAddr,
        /// What the address is for.
        reason: &'static str,
    },
    /// The operator forbids the network.
    #[error("{address} is in {network}, which is denied by the settings")]
    Denied {
        /// The address as it was resolved.
        address: IpAddr,
        /// The denied network.
        network: IpNet,
    },
    /// The request would come back to this process.
    #[error("{address} is a listener of this process")]
    OwnListener {
        /// The address and port.
        address: SocketAddr,
    },
    /// The name has no address.
    #[error("the name has no address")]
    NoAddress,
}

type Rule4 = (Ipv4Net, &'static str);
type Rule6 = (Ipv6Net, &'static str);

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(a: u16, b: u16, c: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), bits)
}

const LOOPBACK_4: Ipv4Net = v4(127, 0, 0, 0, 8);
const MAPPED: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96);
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);
const GLOBAL: Ipv6Net = v6(0x2000, 0, 0, 3);

const FORBIDDEN_4: [Rule4; 16] = [
    (v4(0, 0, 0, 0, 8), "this network"),
    (v4(10, 0, 0, 0, 8), "private network"),
    (
        v4(100, 64, 0, 0, 10),
        "shared address space of a carrier or cloud",
    ),
    (LOOPBACK_4, "loopback"),
    (v4(168, 63, 129, 16, 32), "wire server of a cloud"),
    (
        v4(169, 254, 0, 0, 16),
        "link-local, where clouds serve metadata",
    ),
    (v4(172, 16, 0, 0, 12), "private network"),
    (v4(192, 0, 0, 0, 24), "protocol assignments"),
    (v4(192, 0, 2, 0, 24), "documentation"),
    (v4(192, 88, 99, 0, 24), "6to4 relay"),
    (v4(192, 168, 0, 0, 16), "private network"),
    (v4(198, 18, 0, 0, 15), "benchmarking"),
    (v4(198, 51, 100, 0, 24), "documentation"),
    (v4(203, 0, 113, 0, 24), "documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved, and broadcast"),
];

/// Ranges inside [`GLOBAL`] that are not the public internet.
const FORBIDDEN_6: [Rule6; 4] = [
    (v6(0x2001, 0, 0, 23), "protocol assignments, such as Teredo"),
    (v6(0x2001, 0xdb8, 0, 32), "documentation"),
    (v6(0x2002, 0, 0, 16), "6to4"),
    (v6(0x3fff, 0, 0, 20), "documentation"),
];

pub(super) fn check(
    policy: &Policy,
    address: SocketAddr,
    may_be_own: bool,
) -> Result<(), RefusedAddress> {
    let mut listeners = policy.own_listeners.iter();
    if !may_be_own && listeners.any(|listener| reaches(*listener, address)) {
        return Err(RefusedAddress::OwnListener { address });
    }
    check_ip(policy, address.ip())
}

pub(super) fn check_all(
    policy: &Policy,
    answers: &[IpAddr],
    port: u16,
    may_be_own: bool,
) -> Result<Vec<SocketAddr>, RefusedAddress> {
    let first = answers.first().ok_or(RefusedAddress::NoAddress)?;
    for answer in answers {
        check(policy, SocketAddr::new(*answer, port), may_be_own)?;
    }
    let mut same = answers
        .iter()
        .filter(|answer| answer.is_ipv6() == first.is_ipv6());
    let mut other = answers
        .iter()
        .filter(|answer| answer.is_ipv6() != first.is_ipv6());
    let mut chosen: Vec<SocketAddr> = Vec::with_capacity(ADDRESSES_MAX);
    loop {
        let pair = [same.next(), other.next()];
        if pair == [None, None] {
            return Ok(chosen);
        }
        for answer in pair.into_iter().flatten() {
            let address = SocketAddr::new(*answer, port);
            if !chosen.contains(&address) && chosen.len() < ADDRESSES_MAX {
                chosen.push(address);
            }
        }
    }
}

/// Whether the address is loopback: this machine, and nothing else.
pub(super) fn is_loopback(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => LOOPBACK_4.contains(&ip),
        IpAddr::V6(ip) => ip == Ipv6Addr::LOCALHOST,
    }
}

fn is_unspecified(ip: IpAddr) -> bool {
    ip == IpAddr::V4(Ipv4Addr::UNSPECIFIED) || ip == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
}

/// Whether a connection to the address would end at the listener.
fn reaches(listener: SocketAddr, address: SocketAddr) -> bool {
    let is_same = listener.ip() == address.ip();
    let is_local = is_loopback(address.ip()) || is_unspecified(address.ip());
    listener.port() == address.port() && (is_same || (is_unspecified(listener.ip()) && is_local))
}

fn check_ip(policy: &Policy, ip: IpAddr) -> Result<(), RefusedAddress> {
    let forbidden = |reason| {
        Err(RefusedAddress::Forbidden {
            address: ip,
            reason,
        })
    };
    if let Some(network) = policy.denied.iter().find(|network| network.contains(&ip)) {
        return Err(RefusedAddress::Denied {
            address: ip,
            network: *network,
        });
    }
    if is_unspecified(ip) {
        return forbidden("unspecified; connects to this machine");
    }
    if let IpAddr::V6(ip) = ip {
        if MAPPED.contains(&ip) {
            return forbidden("IPv4 spelt as IPv6");
        }
        if policy.nat64 && NAT64.contains(&ip) {
            let [.., a, b, c, d] = ip.octets();
            return check_ip(policy, IpAddr::V4(Ipv4Addr::new(a, b, c, d)));
        }
    }
    if policy.allowed.iter().any(|network| network.contains(&ip)) {
        return Ok(());
    }
    if policy.allow_loopback && is_loopback(ip) {
        return Ok(());
    }
    let rule = match ip {
        IpAddr::V4(ip) => FORBIDDEN_4
            .iter()
            .find(|(network, _)| network.contains(&ip))
            .map(|(_, reason)| *reason),
        IpAddr::V6(ip) if !GLOBAL.contains(&ip) => {
            Some("outside of the global unicast range 2000::/3")
        }
        IpAddr::V6(ip) => FORBIDDEN_6
            .iter()
            .find(|(network, _)| network.contains(&ip))
            .map(|(_, reason)| *reason),
    };
    rule.map_or(Ok(()), forbidden)
}

#[cfg(test)]
mod tests;
