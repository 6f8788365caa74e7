//! The edges of every range, and what settings change.

use proptest::prelude::*;

use super::*;

fn judge(policy: &Policy, ip: &str) -> Result<(), RefusedAddress> {
    check(policy, SocketAddr::new(ip.parse().unwrap(), 443), false)
}

proptest! {
    #[test]
    fn an_ipv4_address_is_judged_the_same_inside_nat64(bits: u32) {
        let policy = Policy { nat64: true, ..Policy::production() };
        let [a, b, c, d] = bits.to_be_bytes();
        let inner = Ipv4Addr::from_bits(bits);
        let outer = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        prop_assert_eq!(check_ip(&policy, inner.into()), check_ip(&policy, outer.into()));
        prop_assert!(check_ip(&Policy::production(), outer.into()).is_err());
    }

    #[test]
    fn no_ipv6_address_outside_of_2000_3_is_public(bits: u128) {
        let is_global = bits >> 125 == 1;
        prop_assert!(is_global || check_ip(&Policy::production(), Ipv6Addr::from_bits(bits).into()).is_err());
    }

    #[test]
    fn one_forbidden_answer_refuses_the_set(place in 0..10_usize) {
        let mut answers = vec!["1.1.1.1".parse().unwrap(); 9];
        answers.insert(place, "10.0.0.1".parse().unwrap());
        prop_assert!(Policy::production().check_resolved(&answers, 443).is_err());
    }
}

#[test]
fn the_edges_of_every_ipv4_range_are_exact() {
    let production = Policy::production();
    for (network, reason) in FORBIDDEN_4 {
        for ip in [network.network(), network.broadcast()] {
            assert!(
                check_ip(&production, ip.into()).is_err(),
                "{ip} is {reason}"
            );
        }
    }
    for ip in [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.1.255",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
    ] {
        assert_eq!(judge(&production, ip), Ok(()), "{ip}");
    }
}

#[test]
fn the_edges_of_every_ipv6_range_are_exact() {
    let production = Policy::production();
    for ip in [
        "1fff:ffff::",
        "2001::",
        "2001:1ff:ffff::",
        "2001:db8::",
        "2001:db8:ffff::",
        "2002::",
        "2002:ffff::",
        "3fff::",
        "3fff:fff:ffff::",
        "4000::",
    ] {
        assert!(judge(&production, ip).is_err(), "{ip}");
    }
    for ip in [
        "2000::",
        "2000:ffff::",
        "2001:200::",
        "2001:db7:ffff::",
        "2001:db9::",
        "2003::",
        "3ffe:ffff::",
        "3fff:1000::",
        "3fff:ffff::",
    ] {
        assert_eq!(judge(&production, ip), Ok(()), "{ip}");
    }
}

#[test]
fn development_opens_loopback_and_nothing_else() {
    let development = Policy::development();
    for ip in ["127.0.0.1", "127.255.255.255", "::1", "1.1.1.1"] {
        assert_eq!(judge(&development, ip), Ok(()), "{ip}");
    }
    for ip in [
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "::",
        "::ffff:127.0.0.1",
        "::2",
        "fd00::1",
    ] {
        assert!(judge(&development, ip).is_err(), "{ip}");
    }
}

#[test]
fn what_is_denied_stays_denied_and_what_is_allowed_has_limits() {
    let policy = Policy {
        denied: vec![
            "10.1.0.0/16".parse().unwrap(),
            "93.184.0.0/16".parse().unwrap(),
            "2606:2800::/32".parse().unwrap(),
        ],
        allowed: vec![
            "10.0.0.0/8".parse().unwrap(),
            "0.0.0.0/8".parse().unwrap(),
            "::/0".parse().unwrap(),
        ],
        nat64: true,
        ..Policy::production()
    };
    for ip in ["10.0.0.1", "10.255.255.255", "fd00::1", "64:ff9b::a00:1"] {
        assert_eq!(judge(&policy, ip), Ok(()), "{ip}");
    }
    for ip in [
        "10.1.0.1",
        "93.184.216.34",
        "2606:2800::1",
        "64:ff9b::a01:1",
    ] {
        assert!(
            matches!(judge(&policy, ip), Err(RefusedAddress::Denied { .. })),
            "{ip}"
        );
    }
    for ip in [
        "0.0.0.0",
        "::",
        "::ffff:10.0.0.1",
        "192.168.0.1",
        "64:ff9b::c0a8:1",
    ] {
        assert!(
            matches!(judge(&policy, ip), Err(RefusedAddress::Forbidden { .. })),
            "{ip}"
        );
    }
}

#[test]
fn a_request_cannot_come_back_to_this_process() {
    let policy = Policy {
        own_listeners: vec![
            "0.0.0.0:8080".parse().unwrap(),
            "[::]:8081".parse().unwrap(),
            "93.184.216.34:443".parse().unwrap(),
        ],
        allowed: vec!["0.0.0.0/0".parse().unwrap()],
        ..Policy::development()
    };
    let judge = |address: &str| check(&policy, address.parse().unwrap(), false);
    for address in [
        "127.0.0.1:8080",
        "127.9.9.9:8080",
        "[::1]:8080",
        "127.0.0.1:8081",
        "[::1]:8081",
        "0.0.0.0:8080",
        "93.184.216.34:443",
    ] {
        assert!(
            matches!(judge(address), Err(RefusedAddress::OwnListener { .. })),
            "{address}"
        );
    }
    for address in [
        "127.0.0.1:8082",
        "[::1]:443",
        "93.184.216.34:444",
        "93.184.216.35:443",
        "93.184.216.34:8080",
    ] {
        assert_eq!(judge(address), Ok(()), "{address}");
    }
}

#[test]
fn at_most_four_addresses_are_tried_and_both_kinds_get_a_turn() {
    let resolve = |answers: &[&str]| {
        let answers: Vec<IpAddr> = answers
            .iter()
            .map(|answer| answer.parse().unwrap())
            .collect();
        Policy::production()
            .check_resolved(&answers, 443)
            .map(|chosen| chosen.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(resolve(&[]), Err(RefusedAddress::NoAddress));
    assert_eq!(resolve(&["1.1.1.1", "1.1.1.1"]).unwrap(), ["1.1.1.1:443"]);
    let mixed = ["2606::1", "2606::2", "2606::3", "2606::4", "1.1.1.1"];
    assert_eq!(
        resolve(&mixed).unwrap(),
        [
            "[2606::1]:443",
            "1.1.1.1:443",
            "[2606::2]:443",
            "[2606::3]:443"
        ]
    );
    assert_eq!(
        resolve(&["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5"])
            .unwrap()
            .len(),
        ADDRESSES_MAX
    );
}
