//! URLs at the edges of every rule, and properties over any text.

use proptest::prelude::*;

use super::*;

fn production(text: &str) -> Result<TargetUrl, RefusedUrl> {
    Policy::production().check_url(text)
}

proptest! {
    #[test]
    fn what_is_accepted_is_accepted_again_and_does_not_change(text in "(https?://)?[a-z0-9.%@:/?#\\[\\]\u{e4}\u{2460}-]{0,40}") {
        for policy in [Policy::production(), Policy::development()] {
            if let Ok(target) = policy.check_url(&text) {
                prop_assert_eq!(policy.check_url(target.as_str()), Ok(target.clone()));
                prop_assert!(target.path_and_query().starts_with('/'));
                prop_assert!(!target.as_str().contains('@') || target.path_and_query().contains('@'));
                prop_assert!(target.as_str().is_ascii());
            }
        }
    }

    #[test]
    fn any_text_is_a_target_or_an_error(text in ".{0,100}") {
        let _ = production(&text);
        let _ = production(&format!("https://{text}"));
    }
}

#[test]
fn a_target_knows_what_a_connector_needs() {
    let target = production("HTTPS://Hooks.Example.COM.:443/a%20b/../c?x=1&y=@#part").unwrap();
    assert_eq!(target.as_str(), "https://hooks.example.com/c?x=1&y=@");
    assert_eq!(target.url().as_str(), target.as_str());
    assert!(target.is_https());
    assert_eq!(target.host(), &Host::Name("hooks.example.com".to_owned()));
    assert_eq!(target.port(), 443);
    assert_eq!(target.authority(), "hooks.example.com");
    assert_eq!(target.path_and_query(), "/c?x=1&y=@");

    let target = production("https://[2606:4700::1111]:8443").unwrap();
    assert_eq!(target.host(), &Host::V6("2606:4700::1111".parse().unwrap()));
    assert_eq!(target.authority(), "[2606:4700::1111]:8443");
    assert_eq!((target.port(), target.path_and_query()), (8443, "/"));

    let target = Policy::development().check_url("http://1.1.1.1").unwrap();
    assert_eq!(target.host(), &Host::V4(Ipv4Addr::new(1, 1, 1, 1)));
    assert!(!target.is_https());
    assert_eq!(target.port(), 80);

    let target = production("https://m\u{fc}nchen.example.com/stra\u{df}e").unwrap();
    assert_eq!(
        target.as_str(),
        "https://xn--mnchen-3ya.example.com/stra%C3%9Fe"
    );
}

#[test]
fn debug_output_leaves_out_path_and_query() {
    let target = production("https://hooks.example.com:8443/secret?token=secret").unwrap();
    assert_eq!(
        format!("{target:?}"),
        "TargetUrl(https://hooks.example.com:8443/…)"
    );
}

#[test]
fn each_rule_has_its_own_reason() {
    let invalid = |text| matches!(production(text), Err(RefusedUrl::Invalid(_)));
    assert_eq!(production("ftp://a.example.com/"), Err(RefusedUrl::Scheme));
    assert_eq!(production("https:a.example.com"), Err(RefusedUrl::Scheme));
    assert_eq!(
        production("https:///a.example.com"),
        Err(RefusedUrl::Scheme)
    );
    assert_eq!(
        production("http://a.example.com/"),
        Err(RefusedUrl::HttpsRequired)
    );
    assert_eq!(
        production("https://a.example.com/\u{a0}"),
        Err(RefusedUrl::Characters)
    );
    assert_eq!(
        production("https://@a.example.com/"),
        Err(RefusedUrl::Userinfo)
    );
    assert_eq!(
        production("https://a.example.com:22/"),
        Err(RefusedUrl::Port { port: 22 })
    );
    assert!(invalid("https://a.example.com:65536/"));
    assert!(invalid("https://[::1/"));
    assert!(matches!(
        production("https://10.0.0.1/"),
        Err(RefusedUrl::Address(RefusedAddress::Forbidden { .. }))
    ));
    for host in [
        "redis",
        "a.internal",
        "a.b.svc",
        "a..example.com",
        "a.example.com..",
        "-a.example.com",
        "a-.example.com",
        "a!b.example.com",
        "1.0.0.127.in-addr.arpa",
    ] {
        assert!(
            matches!(
                production(&format!("https://{host}/")),
                Err(RefusedUrl::Name { .. })
            ),
            "{host}"
        );
    }
    assert!(production("https://a_b.example.com/@me?to=http://x").is_ok());
    assert!(RESERVED_SUFFIXES.is_sorted());
}

#[test]
fn names_and_urls_have_limits() {
    let path = |bytes: usize| format!("https://a.example.com/{}", "a".repeat(bytes - 22));
    assert!(production(&path(2_048)).is_ok());
    assert_eq!(production(&path(2_049)), Err(RefusedUrl::TooLong));
    let grows = format!("https://a.example.com/{}", "\u{e4}".repeat(500));
    assert_eq!(production(&grows), Err(RefusedUrl::TooLong));
    assert!(production(&format!("https://{}.example.com/", "a".repeat(63))).is_ok());
    assert!(production(&format!("https://{}.example.com/", "a".repeat(64))).is_err());
    let name = |labels: usize| {
        format!(
            "https://{}{}.com/",
            "a.".repeat(labels),
            "b".repeat(249 - 2 * labels)
        )
    };
    assert!(production(&name(120)).is_ok());
    assert!(production(&name(120).replace("b.com", "bb.com")).is_err());
}

#[test]
fn what_parsers_read_differently_is_refused_unread() {
    for text in [
        "https://a.example.com/a\\b",
        "https:\\\\a.example.com/",
        "https://a.example.com/\u{1}",
        "https://a.example.com/\u{7f}",
        "https://a.example.com/\u{85}",
        "https://a.example.com/\t",
        "https://a.example.com/ ",
    ] {
        assert_eq!(production(text), Err(RefusedUrl::Characters), "{text:?}");
    }
}

#[test]
fn loopback_that_the_operator_allows_keeps_the_other_rules() {
    let mut policy = Policy::production();
    policy.allowed = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    assert!(policy.check_url("https://127.0.0.1:8443/").is_ok());
    let port = policy.check_url("https://127.0.0.1:22/");
    assert_eq!(port, Err(RefusedUrl::Port { port: 22 }));
    let name = policy.check_url("https://localhost:8443/");
    assert!(matches!(name, Err(RefusedUrl::Name { .. })), "{name:?}");
}

#[test]
fn development_reaches_this_machine_on_any_port_but_our_own() {
    let mut policy = Policy::development();
    policy.own_listeners = vec!["127.0.0.1:8080".parse().unwrap()];
    for text in [
        "http://localhost:5432/",
        "http://LOCALHOST./",
        "https://127.0.0.1:22/",
        "http://[::1]:1/",
        "http://127.9.9.9:8080",
        "http://a.example.com/",
    ] {
        assert!(policy.check_url(text).is_ok(), "{text}");
    }
    for text in [
        "http://localhost:8080/",
        "http://127.0.0.1:8080/",
        "http://a.localhost/",
        "http://10.0.0.1/",
        "http://a.example.com:22/",
        "http://redis/",
        "http://0.0.0.0/",
    ] {
        assert!(policy.check_url(text).is_err(), "{text}");
    }
}

#[test]
fn a_tenant_cannot_tell_one_refused_host_from_another() {
    let told = |text| production(text).unwrap_err().public_message();
    for text in [
        "https://10.0.0.1/",
        "https://127.0.0.1/",
        "https://a.internal/",
        "https://redis/",
    ] {
        assert_eq!(told(text), HOST_MESSAGE, "{text}");
    }
    assert_eq!(
        told("http://a.example.com/"),
        "the URL begins with http://; only https:// is allowed"
    );
}

#[test]
fn development_reaches_inboxes_of_this_process_and_nothing_else_of_it() {
    let mut policy = Policy::development();
    policy.own_listeners = vec!["127.0.0.1:8080".parse().unwrap()];
    for text in [
        "http://localhost:8080/in/a",
        "http://127.0.0.1:8080/in/a/b?c",
    ] {
        assert!(policy.check_url(text).is_ok(), "{text}");
    }
    for text in [
        "http://127.0.0.1:8080/in",
        "http://127.0.0.1:8080/in/../api/v1/app",
        "http://127.0.0.1:8080/in/%2e%2e/api/v1/app",
        "http://127.0.0.1:8080//in/a",
        "http://localhost:8080/?/in/a",
    ] {
        assert!(policy.check_url(text).is_err(), "{text}");
    }
    let answers = ["127.0.0.1".parse().unwrap()];
    assert!(policy.check_resolved_for_inbox(&answers, 8080).is_ok());
    assert!(policy.check_resolved(&answers, 8080).is_err());
    policy.allow_loopback = false;
    policy.allowed = vec!["127.0.0.0/8".parse().unwrap()];
    assert!(policy.check_url("http://127.0.0.1:8443/in/a").is_ok());
    assert!(policy.check_url("http://127.0.0.1:8080/in/a").is_err());
    assert!(policy.check_resolved_for_inbox(&answers, 8080).is_err());
}
