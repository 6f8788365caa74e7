//! What a receiver gets: the request line, the headers and the signatures.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use standardwebhooks::Webhook;
use tidings_delivery::sender::{HeaderNames, SenderSettings};
use tidings_domain::clock::{Clock as _, SeededEntropy, SystemClock};
use tidings_domain::delivery::AttemptError;
use tidings_domain::signature::{Secret, VerifyingKeys};

use super::fixtures::{Draft, HOST, MESSAGE_ID, PAYLOAD, event, send, sender, settings};
use super::receiver::{Receiver, Reply, Seen};

fn named(header_names: HeaderNames) -> SenderSettings {
    SenderSettings {
        header_names,
        ..settings()
    }
}

fn header_map(seen: &Seen) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &seen.headers {
        let name: http::HeaderName = name.parse().unwrap();
        headers.append(name, value.parse().unwrap());
    }
    headers
}

#[tokio::test]
async fn the_request_is_a_post_of_the_payload_as_it_is() {
    let receiver = Receiver::start(|_| Reply::ok("thanks")).await;
    let url = format!("http://{HOST}:{}/hooks/a%20b?x=1&y=%2F", receiver.port());
    let target = Draft::to(url.as_str())
        .header("X-Tenant", "42")
        .header("Authorization", "Bearer secret-of-the-owner")
        .ready();
    let exchange = send(&sender(settings()), &target).await;
    assert_eq!(exchange.error, None);
    assert_eq!(exchange.error_detail, "");
    assert_eq!(exchange.url, url);
    assert_eq!(exchange.response, "thanks");
    assert_eq!(exchange.peer, Some("127.0.0.1".parse().unwrap()));

    let seen = receiver.requests().remove(0);
    assert_eq!(seen.line, "POST /hooks/a%20b?x=1&y=%2F HTTP/1.1");
    assert_eq!(seen.body, PAYLOAD.as_bytes());
    let names: Vec<_> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "host",
        "content-type",
        "user-agent",
        "accept",
        "accept-encoding",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "webhook-event-type",
        "authorization",
        "x-tenant",
        "content-length",
    ];
    assert_eq!(names, expected);
    let host = format!("{HOST}:{}", receiver.port());
    assert_eq!(seen.header("host"), Some(host.as_str()));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    let agent = concat!("Tidings/", env!("CARGO_PKG_VERSION"));
    assert_eq!(seen.header("user-agent"), Some(agent));
    assert_eq!(seen.header("webhook-id"), Some(MESSAGE_ID));
    assert_eq!(seen.header("x-tenant"), Some("42"));
    let authorization = seen.header("authorization");
    assert_eq!(authorization, Some("Bearer secret-of-the-owner"));

    let hidden = ["authorization", "x-tenant"];
    let lines = seen.headers.iter().map(|(name, value)| {
        let is_hidden = hidden.contains(&name.as_str());
        format!("{name}: {}\n", if is_hidden { "[hidden]" } else { value })
    });
    assert_eq!(exchange.request_headers, lines.collect::<String>());
}

#[tokio::test]
async fn a_receiver_with_either_key_of_a_rotation_verifies_the_signature() {
    let entropy = SeededEntropy::new(7);
    let [current, old, gone] = std::array::from_fn(|_| Secret::generate(&entropy));
    let now = SystemClock.now_ms();
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/"))
        .secret(current.clone(), None)
        .secret(old.clone(), Some(now + 60_000))
        .secret(gone.clone(), Some(now))
        .ready();
    let payload = Bytes::from_static(PAYLOAD.as_bytes());
    let event = event(&target, MESSAGE_ID, &payload);
    let exchange = sender(settings()).send(&target, &event, now).await;
    assert_eq!(exchange.error, None);

    let seen = receiver.requests().remove(0);
    let headers = header_map(&seen);
    let verify = |secret: &Secret| {
        let webhook = Webhook::new(&secret.to_text()).unwrap();
        webhook.verify(&seen.body, &headers).is_ok()
    };
    assert!(verify(&current));
    assert!(verify(&old));
    assert!(!verify(&gone));
    let timestamp = (now / 1000).to_string();
    assert_eq!(seen.header("webhook-timestamp"), Some(timestamp.as_str()));
}

#[tokio::test]
async fn an_asymmetric_signature_verifies_with_the_public_key() {
    let secret = Secret::generate_ed25519(&SeededEntropy::new(7));
    let keys = VerifyingKeys::parse(&secret.shown()).unwrap();
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/")).secret(secret, None).ready();
    send(&sender(settings()), &target).await;
    let seen = receiver.requests().remove(0);
    assert!(
        seen.header("webhook-signature")
            .unwrap()
            .starts_with("v1a,")
    );
    let headers = seen.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    let now_s = SystemClock.now_ms() / 1000;
    assert_eq!(keys.verify(headers, &seen.body, now_s), Ok(()));
}

#[tokio::test]
async fn the_names_of_the_signature_headers_are_a_setting() {
    for (names, has_webhook, has_svix) in [
        (HeaderNames::Webhook, true, false),
        (HeaderNames::Svix, false, true),
        (HeaderNames::Both, true, true),
    ] {
        let receiver = Receiver::start(|_| Reply::ok("")).await;
        let target = Draft::to(receiver.url("/")).ready();
        let exchange = send(&sender(named(names)), &target).await;
        let seen = receiver.requests().remove(0);
        for part in ["id", "timestamp", "signature"] {
            let webhook = seen.header(&format!("webhook-{part}")).map(str::to_owned);
            let svix = seen.header(&format!("svix-{part}")).map(str::to_owned);
            assert_eq!(webhook.is_some(), has_webhook, "{names:?}");
            assert_eq!(svix.is_some(), has_svix, "{names:?}");
            if names == HeaderNames::Both {
                assert_eq!(webhook, svix);
            }
        }
        assert_eq!(exchange.request_headers.contains("svix-id: msg_"), has_svix);
    }
}

#[tokio::test]
async fn headers_that_the_rules_forbid_are_not_sent_even_if_they_were_saved() {
    for name in ["webhook-id", "host", "content-length", "x-forwarded-for"] {
        let receiver = Receiver::start(|_| Reply::ok("")).await;
        let target = Draft::to(receiver.url("/")).header(name, "1").ready();
        let exchange = send(&sender(settings()), &target).await;
        assert_eq!(exchange.error, Some(AttemptError::Policy), "{name}");
        assert!(exchange.error_detail.contains(name));
        assert_eq!(exchange.request_headers, "");
        assert_eq!(receiver.connections_count(), 0);
    }
}

#[tokio::test]
async fn an_id_that_is_not_a_header_value_is_refused() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/")).ready();
    let payload = Bytes::new();
    let event = event(&target, "msg_\n", &payload);
    let exchange = sender(settings()).send(&target, &event, 0).await;
    assert_eq!(exchange.error, Some(AttemptError::Policy));
    assert_eq!(receiver.requests().len(), 0);
}

#[tokio::test]
async fn an_ipv6_literal_has_its_brackets_in_the_host_header() {
    let Ok(receiver) = Receiver::start_on("[::1]:0", None, |_| Reply::ok("")).await else {
        return; // This machine has no IPv6.
    };
    let host = format!("[::1]:{}", receiver.port());
    let target = Draft::to(format!("http://{host}/")).ready();
    let exchange = send(&sender(settings()), &target).await;
    assert_eq!(exchange.error, None, "{}", exchange.error_detail);
    assert_eq!(exchange.peer, Some("::1".parse().unwrap()));
    assert_eq!(receiver.requests()[0].header("host"), Some(host.as_str()));
}

#[tokio::test]
async fn a_changed_endpoint_is_sent_to_as_it_is_now() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let sender = sender(settings());
    let mut target = Draft::to(receiver.url("/before")).ready();
    send(&sender, &target).await;
    target.headers.insert("x-new".to_owned(), "1".to_owned());
    target.endpoint.version += 1;
    send(&sender, &target).await;
    target.endpoint.url = receiver.url("/after");
    send(&sender, &target).await;
    let requests = receiver.requests();
    assert_eq!(requests[0].header("x-new"), None);
    assert_eq!(requests[1].header("x-new"), Some("1"));
    assert_eq!(requests[2].line, "POST /after HTTP/1.1");
    assert_eq!(receiver.connections_count(), 1);
}

#[tokio::test]
async fn a_payload_of_a_mebibyte_arrives_whole() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/")).ready();
    let payload = Bytes::from(vec![b'x'; 1 << 20]);
    let event = event(&target, "msg_1", &payload);
    let exchange = sender(settings()).send(&target, &event, 0).await;
    assert_eq!(exchange.error, None);
    assert_eq!(receiver.requests()[0].body, payload);
}

#[tokio::test]
async fn each_phase_is_timed_and_a_kept_connection_has_only_the_last_two() {
    let slow = || Reply::Drip(super::receiver::response("200 OK", &[], ""), SLOW / 30);
    let receiver = Receiver::start(move |_| slow()).await;
    let sender = sender(settings());
    let target = Draft::to(receiver.url("/")).ready();
    let first = send(&sender, &target).await.phases;
    let second = send(&sender, &target).await.phases;
    assert!(first.connect_us > 0);
    let slow_us = u32::try_from(SLOW.as_micros()).unwrap();
    for phases in [first, second] {
        assert!(phases.head_us > slow_us, "{phases:?}");
        assert!(phases.body_us < phases.head_us, "{phases:?}");
        assert_eq!(phases.tls_us, 0);
    }
    assert_eq!((second.resolve_us, second.connect_us), (0, 0));
}

/// How long a slow head takes.
const SLOW: Duration = Duration::from_millis(30);
