//! Receivers that answer badly, slowly, too much or not at all.

use std::time::Duration;

use tidings_delivery::sender::{RESPONSE_HEADERS_MAX, SenderSettings};
use tidings_domain::delivery::{AttemptError, Exchange};

use super::cases::cases;
use super::fixtures::{Draft, impatient, send, sender, settings};
use super::receiver::{Receiver, Reply, response};

/// Sends once to a receiver with this script.
async fn exchange(
    settings: SenderSettings,
    script: impl Fn() -> Reply + Send + Sync + 'static,
) -> (Exchange, Receiver) {
    let receiver = Receiver::start(move |_| script()).await;
    let target = Draft::to(receiver.url("/hook")).ready();
    let exchange = send(&sender(settings), &target).await;
    assert_eq!(receiver.requests().len(), 1);
    (exchange, receiver)
}

/// What the default settings keep of a body.
const KEPT_BYTES: usize = 16 * 1024;

cases! {
    no_head = "resp:headers never sent after accept" => {
        let (exchange, _) = exchange(impatient(), || Reply::Hang(Vec::new())).await;
        assert_eq!(exchange.error, Some(AttemptError::Timeout));
        assert_eq!(exchange.status, None);
        assert!(exchange.error_detail.contains("waiting for the response head"));
        assert!(exchange.phases.head_us >= 500_000);
    }
    dripping_head = "resp:1 byte of status line per second" => {
        // Quick enough that a limit of idle time would never end it.
        let line = b"HTTP/1.1 200 ".iter().copied().chain([b'k'; 10_000]).collect::<Vec<_>>();
        let drip = move || Reply::Drip(line.clone(), Duration::from_millis(10));
        let (exchange, _) = exchange(impatient(), drip).await;
        assert_eq!(exchange.error, Some(AttemptError::Timeout));
        assert_eq!(exchange.status, None);
    }
    huge_body = "resp:200 with a 10 GiB body" => {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n".to_vec();
        let flood = move || Reply::Flood(head.clone(), vec![b'x'; 64 * 1024]);
        let (exchange, receiver) = exchange(settings(), flood).await;
        assert_eq!((exchange.status, exchange.error), (Some(200), None));
        assert!(exchange.is_truncated);
        assert_eq!(exchange.response, vec![b'x'; KEPT_BYTES]);
        receiver.closed(1).await;
        assert!(receiver.written_bytes() < 64 << 20, "the rest was not taken");
    }
    compressed_body = "resp:Content-Encoding gzip bomb 10 MiB to 10 GiB" => {
        // Whatever the bytes are, they are kept as they came.
        let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut chunk = b"1000\r\n\x1f\x8b\x08".to_vec();
        chunk.resize(6 + 0x1000, 0);
        chunk.extend_from_slice(b"\r\n");
        let flood = move || Reply::Flood(head.to_vec(), chunk.clone());
        let (exchange, receiver) = exchange(settings(), flood).await;
        assert_eq!((exchange.status, exchange.error), (Some(200), None));
        assert!(exchange.is_truncated);
        assert_eq!(exchange.response.len(), KEPT_BYTES);
        assert_eq!(&exchange.response[..4], b"\x1f\x8b\x08\0");
        let request = &receiver.requests()[0];
        assert_eq!(request.header("accept-encoding"), Some("identity"));
    }
    huge_header = "resp:one 1 MiB header line" => {
        let head = b"HTTP/1.1 200 OK\r\nx-big: ".iter().copied().chain(vec![b'x'; 1 << 20]);
        let head = head.collect::<Vec<_>>();
        let (exchange, _) = exchange(settings(), move || Reply::Hang(head.clone())).await;
        assert_eq!(exchange.error, Some(AttemptError::Protocol));
        assert_eq!(exchange.status, None);
    }
    many_interim_responses = "resp:100,000 x 100 Continue" => {
        let interim = b"HTTP/1.1 100 Continue\r\n\r\n".to_vec();
        let flood = move || Reply::Flood(Vec::new(), interim.repeat(1_000));
        let (exchange, receiver) = exchange(settings(), flood).await;
        assert_eq!(exchange.error, Some(AttemptError::Protocol));
        assert_eq!(exchange.status, None);
        assert!(exchange.error_detail.contains("before the response head"));
        receiver.closed(1).await;
    }
    another_protocol = "resp:HTTP/2 SETTINGS_MAX_CONCURRENT_STREAMS=0" => {
        let settings_frame = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\0".to_vec();
        let (exchange, _) =
            exchange(impatient(), move || Reply::Hang(settings_frame.clone())).await;
        assert_eq!(exchange.error, Some(AttemptError::Protocol));
    }
    malformed_status_line = "resp:malformed status line" => {
        for line in ["HTTP/1.1 2x0 OK", "HTTP/1.1 20 OK", "HTTP/1.1 99 Low", "200 OK", "\0"] {
            let bytes = format!("{line}\r\n\r\n").into_bytes();
            let (exchange, _) = exchange(settings(), move || Reply::Close(bytes.clone())).await;
            assert_eq!(exchange.error, Some(AttemptError::Protocol), "{line}");
            assert_eq!(exchange.status, None, "{line}");
        }
    }
    two_lengths = "resp:both Content-Length and Transfer-Encoding" => {
        let both = ["transfer-encoding: chunked"];
        let reply = response("200 OK", &both, "0\r\n\r\n");
        let receiver = Receiver::start(move |_| Reply::Keep(reply.clone())).await;
        let target = Draft::to(receiver.url("/")).ready();
        let sender = sender(settings());
        for _ in 0..2 {
            let exchange = send(&sender, &target).await;
            assert_eq!(exchange.error, Some(AttemptError::Protocol));
            assert_eq!(exchange.status, Some(200));
            assert_eq!(sender.idle_count(), 0);
        }
        assert_eq!(receiver.connections_count(), 2);
    }
    script_in_the_body = "resp:200 body '<script>alert(1)</script>' content-type text/html" => {
        let reply = response("200 OK", &["content-type: text/html"], "<script>alert(1)</script>");
        let (exchange, _) = exchange(settings(), move || Reply::Keep(reply.clone())).await;
        assert_eq!((exchange.status, exchange.error), (Some(200), None));
        assert_eq!(exchange.response, "<script>alert(1)</script>");
        assert_eq!(
            exchange.response_headers,
            "content-length: 25\ncontent-type: text/html\n"
        );
    }
}

#[tokio::test]
async fn a_head_has_at_most_64_headers() {
    for (count, is_fine) in [
        (RESPONSE_HEADERS_MAX, true),
        (RESPONSE_HEADERS_MAX + 1, false),
    ] {
        let more: Vec<_> = (1..count).map(|at| format!("x-{at}: 1")).collect();
        let more: Vec<_> = more.iter().map(String::as_str).collect();
        let reply = response("200 OK", &more, "");
        let (exchange, _) = exchange(settings(), move || Reply::Keep(reply.clone())).await;
        assert_eq!(exchange.error.is_none(), is_fine, "{count}");
    }
}

#[tokio::test]
async fn few_interim_responses_are_skipped() {
    let mut reply = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(3);
    reply.extend(response("204 No Content", &[], ""));
    let (exchange, _) = exchange(settings(), move || Reply::Keep(reply.clone())).await;
    assert_eq!((exchange.status, exchange.error), (Some(204), None));
}

#[tokio::test]
async fn other_statuses_than_2xx_are_failures_and_keep_their_body() {
    for status in [300_u16, 304, 400, 410, 429, 500, 503, 599] {
        let reply = response(&format!("{status} Whatever"), &[], "why");
        let (exchange, _) = exchange(settings(), move || Reply::Close(reply.clone())).await;
        assert_eq!(exchange.status, Some(status));
        assert_eq!(exchange.error, Some(AttemptError::Status));
        let body = if status == 304 { "" } else { "why" };
        assert_eq!(exchange.response, body, "{status}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_or_hangs_leaves_the_status_as_it_was() {
    type End = fn(Vec<u8>) -> Reply;
    let ends: [(End, &str); 2] = [(Reply::Close, "(reset)"), (Reply::Hang, "(timeout)")];
    for (end, word) in ends {
        for (status, error) in [("200 OK", None), ("500 No", Some(AttemptError::Status))] {
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: 10\r\n\r\nhalf");
            let script = move || end(head.clone().into_bytes());
            let (exchange, _) = exchange(impatient(), script).await;
            assert_eq!(exchange.error, error, "{word}");
            assert_eq!(exchange.response, "half");
            assert!(exchange.is_truncated);
            assert!(
                exchange.error_detail.contains(word),
                "{}",
                exchange.error_detail
            );
        }
    }
}

#[tokio::test]
async fn a_body_without_an_end_of_its_own_ends_with_the_connection() {
    let reply = b"HTTP/1.1 200 OK\r\n\r\nall of it".to_vec();
    let (exchange, _) = exchange(settings(), move || Reply::Close(reply.clone())).await;
    assert_eq!(exchange.error, None);
    assert_eq!(exchange.response, "all of it");
    assert!(!exchange.is_truncated);
}
