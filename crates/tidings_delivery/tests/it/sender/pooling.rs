//! Connections that are used again, and what happens when they turn out to be gone.

use std::time::Duration;

use tidings_delivery::sender::SenderSettings;
use tidings_domain::delivery::AttemptError;

use super::fixtures::{Draft, send, sender, settings};
use super::receiver::{Receiver, Reply, response};

#[tokio::test]
async fn many_sends_use_one_connection_whatever_the_body() {
    let big = "x".repeat(16 * 1024);
    let chunked = |pieces: usize| {
        let mut reply = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        reply.extend(b"5\r\nhello\r\n".repeat(pieces));
        reply.extend(b"0\r\nx-trailer: 1\r\n\r\n");
        reply
    };
    for reply in [
        response("200 OK", &[], ""),
        response("200 OK", &[], "hello"),
        response("200 OK", &[], &big),
        b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
        chunked(0),
        chunked(1),
        chunked(1_000),
        response("500 No", &[], "hello"),
    ] {
        let name = String::from_utf8_lossy(&reply[..60.min(reply.len())]).into_owned();
        let receiver = Receiver::start(move |_| Reply::Keep(reply.clone())).await;
        let target = Draft::to(receiver.url("/")).ready();
        let sender = sender(settings());
        for _ in 0..10 {
            let exchange = send(&sender, &target).await;
            assert!(
                exchange.status.is_some(),
                "{name}: {}",
                exchange.error_detail
            );
            assert!(!exchange.is_truncated, "{name}");
        }
        assert_eq!(receiver.requests().len(), 10, "{name}");
        assert_eq!(receiver.connections_count(), 1, "{name}");
    }
}

#[tokio::test]
async fn endpoints_of_one_origin_share_connections() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let sender = sender(settings());
    for path in ["/a", "/b"] {
        send(&sender, &Draft::to(receiver.url(path)).ready()).await;
    }
    let by_name = format!("http://localhost.test-host.example:{}/", receiver.port());
    let exchange = send(&sender, &Draft::to(by_name).ready()).await;
    assert_eq!(exchange.error, Some(AttemptError::Dns), "another origin");
    assert_eq!(receiver.connections_count(), 1);
}

#[tokio::test]
async fn a_connection_is_not_kept_if_the_receiver_says_so_or_the_body_is_cut() {
    let long = "x".repeat(16 * 1024 + 1);
    for reply in [
        response("200 OK", &["connection: close"], ""),
        response("200 OK", &[], &long),
        b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(),
    ] {
        let receiver = Receiver::start(move |_| Reply::Keep(reply.clone())).await;
        let target = Draft::to(receiver.url("/")).ready();
        let sender = sender(settings());
        for _ in 0..2 {
            assert_eq!(send(&sender, &target).await.error, None);
            assert_eq!(sender.idle_count(), 0);
        }
        receiver.closed(2).await;
        assert_eq!(receiver.connections_count(), 2);
    }
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced_and_the_request_made_once() {
    // The receiver closes behind its first response; whether the sender hears of it before the next
    // request or by the reset that follows it, exactly one request is seen.
    for _ in 0..20 {
        let receiver = Receiver::start(|seen| match seen.connection {
            1 => Reply::Close(response("200 OK", &[], "first")),
            _ => Reply::ok("second"),
        })
        .await;
        let target = Draft::to(receiver.url("/")).ready();
        let sender = sender(settings());
        assert_eq!(send(&sender, &target).await.response, "first");
        let exchange = send(&sender, &target).await;
        assert_eq!(exchange.error, None, "{}", exchange.error_detail);
        assert_eq!(exchange.response, "second");
        assert_eq!(receiver.requests().len(), 2);
        assert_eq!(receiver.connections_count(), 2);
    }
}

#[tokio::test]
async fn a_kept_connection_that_ends_in_silence_is_replaced_once() {
    let receiver = Receiver::start(|seen| match seen.turn {
        1 if seen.connection == 1 => Reply::ok(""),
        _ => Reply::Reset,
    })
    .await;
    let target = Draft::to(receiver.url("/")).ready();
    let sender = sender(settings());
    assert_eq!(send(&sender, &target).await.error, None);
    let exchange = send(&sender, &target).await;
    assert_eq!(exchange.error, Some(AttemptError::Reset));
    let places: Vec<_> = receiver
        .requests()
        .iter()
        .map(|seen| (seen.connection, seen.turn))
        .collect();
    assert_eq!(places, [(1, 1), (1, 2), (2, 1)]);
}

#[tokio::test]
async fn a_kept_connection_that_breaks_within_a_response_is_not_replaced() {
    let receiver = Receiver::start(|seen| match seen.turn {
        1 => Reply::ok(""),
        _ => Reply::Close(b"HTTP/1.1 200 O".to_vec()),
    })
    .await;
    let target = Draft::to(receiver.url("/")).ready();
    let sender = sender(settings());
    assert_eq!(send(&sender, &target).await.error, None);
    let exchange = send(&sender, &target).await;
    assert_eq!(exchange.error, Some(AttemptError::Reset));
    assert_eq!(receiver.requests().len(), 2);
}

#[tokio::test]
async fn a_fresh_connection_that_breaks_is_not_repeated() {
    type Script = fn() -> Reply;
    let scripts: [Script; 2] = [|| Reply::Reset, || Reply::Close(Vec::new())];
    for script in scripts {
        let receiver = Receiver::start(move |_| script()).await;
        let target = Draft::to(receiver.url("/")).ready();
        let exchange = send(&sender(settings()), &target).await;
        assert_eq!(exchange.error, Some(AttemptError::Reset));
        assert_eq!(exchange.status, None);
        assert!(exchange.request_headers.contains("webhook-signature: v1,"));
        assert_eq!(receiver.requests().len(), 1);
        assert_eq!(receiver.connections_count(), 1);
    }
}

#[tokio::test]
async fn a_connection_that_spoke_unasked_is_not_used_again() {
    let twice = response("200 OK", &[], "").repeat(2);
    let receiver = Receiver::start(move |_| Reply::Keep(twice.clone())).await;
    let target = Draft::to(receiver.url("/")).ready();
    let sender = sender(settings());
    for _ in 0..2 {
        let exchange = send(&sender, &target).await;
        assert_eq!(exchange.error, None);
    }
    assert_eq!(receiver.connections_count(), 2);
}

#[tokio::test]
async fn a_waiting_connection_closes_after_its_time() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/")).ready();
    let sender = sender(SenderSettings {
        idle_for_max: Duration::from_millis(500),
        ..settings()
    });
    assert_eq!(send(&sender, &target).await.error, None);
    assert_eq!(sender.idle_count(), 1);
    receiver.closed(1).await;
    assert_eq!(sender.idle_count(), 0);
    assert_eq!(send(&sender, &target).await.error, None);
    assert_eq!(receiver.connections_count(), 2);
}

#[tokio::test]
async fn connections_close_with_the_sender() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/")).ready();
    let sender = sender(settings());
    send(&sender, &target).await;
    drop(sender);
    receiver.closed(1).await;
}

#[tokio::test]
async fn no_more_connections_wait_than_one_origin_and_all_may_have() {
    for (idle_per_origin_max, idle_max, expected) in [(2, 10, 2), (3, 10, 3), (10, 1, 1), (0, 9, 0)]
    {
        let together = || Reply::Together(3, response("200 OK", &[], ""));
        let receiver = Receiver::start(move |_| together()).await;
        let target = Draft::to(receiver.url("/")).ready();
        let sender = sender(SenderSettings {
            idle_per_origin_max,
            idle_max,
            ..settings()
        });
        let send = || send(&sender, &target);
        let (a, b, c) = tokio::join!(send(), send(), send());
        assert!([a, b, c].iter().all(|exchange| exchange.error.is_none()));
        assert_eq!(receiver.connections_count(), 3);
        assert_eq!(sender.idle_count(), expected);
        receiver.closed(3 - expected).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_on_several_threads_share_one_sender() {
    let receiver = Receiver::start(|_| Reply::ok("hello")).await;
    let sender = std::sync::Arc::new(sender(settings()));
    let target = std::sync::Arc::new(Draft::to(receiver.url("/")).ready());
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (sender, target) = (
            std::sync::Arc::clone(&sender),
            std::sync::Arc::clone(&target),
        );
        workers.spawn(async move {
            for _ in 0..50 {
                let exchange = send(&sender, &target).await;
                assert_eq!(exchange.error, None, "{}", exchange.error_detail);
                assert_eq!(exchange.response, "hello");
            }
        });
    }
    workers.join_all().await;
    assert_eq!(receiver.requests().len(), 400);
    assert!(receiver.connections_count() <= 8);
}
