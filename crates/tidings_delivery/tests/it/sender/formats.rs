//! What goes out in each format of an endpoint, and that the signature is of that.

use bytes::Bytes;
use http::HeaderMap;
use standardwebhooks::Webhook;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::clock::{Clock as _, SeededEntropy, SystemClock};
use tidings_domain::delivery::AttemptError;
use tidings_domain::signature::Secret;

use super::fixtures::{Draft, MESSAGE_ID, PAYLOAD, event, sender, settings};
use super::receiver::{Receiver, Reply, Seen};

fn is_signed(seen: &Seen, secret: &Secret) -> bool {
    let mut headers = HeaderMap::new();
    for (name, value) in &seen.headers {
        let name: http::HeaderName = name.parse().unwrap();
        headers.insert(name, value.parse().unwrap());
    }
    let webhook = Webhook::new(&secret.to_text()).unwrap();
    webhook.verify(&seen.body, &headers).is_ok()
}

#[tokio::test]
async fn each_format_goes_out_with_its_content_type_and_a_signature_of_its_body() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let sender = sender(settings());
    let payload = Bytes::from_static(PAYLOAD.as_bytes());
    let secret = Secret::generate(&SeededEntropy::new(7));
    for format in BodyFormat::ALL {
        let target = Draft::to(receiver.url("/"))
            .format(format)
            .secret(secret.clone(), None)
            .header("x-own", "1")
            .ready();
        let event = event(&target, MESSAGE_ID, &payload);
        let now = SystemClock.now_ms();
        let exchange = sender.send(&target, &event, now).await;
        assert_eq!(exchange.error, None);
        let seen = receiver.requests().pop().unwrap();
        let expected = format.format(&event).unwrap();
        assert_eq!(seen.body, expected.body, "{format:?}");
        assert_eq!(seen.header("content-type"), Some(format.content_type()));
        assert!(is_signed(&seen, &secret), "{format:?}");
        for (name, value) in &expected.headers {
            assert_eq!(seen.header(name), Some(value.as_str()));
            let line = format!("{name}: {value}\n");
            assert!(exchange.request_headers.contains(&line), "{line}");
        }
        let is_binary = format == BodyFormat::CloudEventsBinary;
        assert_eq!(seen.header("ce-id").is_some(), is_binary);
        assert_eq!(expected.headers.is_empty(), !is_binary);
    }
}

#[tokio::test]
async fn a_payload_without_words_in_the_format_fails_before_anything_is_opened() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/")).format(BodyFormat::Xml).ready();
    let payload = Bytes::from_static(br#"{"a":["\u0001"]}"#);
    let event = event(&target, MESSAGE_ID, &payload);
    let exchange = sender(settings()).send(&target, &event, 0).await;
    assert_eq!(exchange.error, Some(AttemptError::Format));
    assert_eq!(
        exchange.error_detail,
        "XML cannot hold the character U+0001, at /a/0"
    );
    assert_eq!(exchange.status, None);
    assert_eq!(receiver.connections_count(), 0);
}
