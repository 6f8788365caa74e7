//! Targets that the policy refuses are never connected to.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tidings_delivery::sender::{Resolver, ResolverFuture, Sender, SenderSettings};
use tidings_domain::address_policy::Policy;
use tidings_domain::delivery::AttemptError;

use super::fixtures::{Draft, HOST, ScriptedResolver, guarded, impatient, send, sender, settings};
use super::receiver::{Canary, Receiver, Reply, response};

#[tokio::test]
async fn a_refused_target_gets_no_connection_and_an_allowed_one_does() {
    let canary = Canary::start();
    let port = canary.port();
    for (url, answers) in [
        (format!("https://127.0.0.1:{port}/"), "127.0.0.1"),
        (format!("https://[::ffff:127.0.0.1]:{port}/"), "127.0.0.1"),
        (format!("https://2130706433:{port}/"), "127.0.0.1"),
        (format!("http://{HOST}:{port}/"), "127.0.0.1"),
        (format!("https://{HOST}:{port}/"), "127.0.0.1"),
        (format!("https://{HOST}:{port}/"), "127.0.0.1 93.184.216.34"),
        (format!("https://{HOST}:{port}/"), "93.184.216.34 127.0.0.1"),
        (format!("https://{HOST}:{port}/"), "10.0.0.1"),
        (format!("https://{HOST}:{port}/"), "::1"),
        (format!("https://localhost:{port}/"), "127.0.0.1"),
    ] {
        let target = Draft::to(url.as_str()).ready();
        let sender = guarded(settings(), Policy::production(), &[answers]);
        let exchange = send(&sender, &target).await;
        assert_eq!(
            exchange.error,
            Some(AttemptError::Policy),
            "{url} {answers}"
        );
        assert!(!exchange.error_detail.is_empty());
        assert_eq!(exchange.peer, None);
        assert_eq!(exchange.request_headers, "");
        assert_eq!(canary.hits(), 0, "{url} {answers}");
    }
    // The counting works: the same targets are reached once the policy allows them.
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("http://{HOST}:{port}/"),
    ] {
        let exchange = send(&sender(impatient()), &Draft::to(url).ready()).await;
        assert_eq!(exchange.error, Some(AttemptError::Timeout));
        assert_eq!(canary.hits(), 1);
    }
}

#[tokio::test]
async fn development_allows_loopback_but_no_other_private_network() {
    for answers in [
        "10.0.0.1",
        "169.254.169.254",
        "fd00::1",
        "127.0.0.1 192.168.0.1",
    ] {
        let sender = guarded(settings(), Policy::development(), &[answers]);
        let exchange = send(&sender, &Draft::to(format!("http://{HOST}/")).ready()).await;
        assert_eq!(exchange.error, Some(AttemptError::Policy), "{answers}");
    }
}

#[tokio::test]
async fn an_answer_that_changes_is_judged_again_for_each_connection() {
    let receiver =
        Receiver::start(|_| Reply::Keep(response("200 OK", &["connection: close"], ""))).await;
    let resolver = ScriptedResolver::knowing(HOST, &["127.0.0.1", "127.0.0.1", "169.254.169.254"]);
    let sender = Sender::new(
        settings(),
        Arc::new(Policy::development()),
        Arc::clone(&resolver) as Arc<dyn Resolver>,
    )
    .unwrap();
    let target = Draft::to(format!("http://{HOST}:{}/", receiver.port())).ready();
    for (asked, error) in [(1, None), (2, None), (3, Some(AttemptError::Policy))] {
        let exchange = send(&sender, &target).await;
        assert_eq!(exchange.error, error, "{}", exchange.error_detail);
        // One question feeds both the check and the connection.
        assert_eq!(resolver.questions_count(), asked);
    }
    assert_eq!(receiver.connections_count(), 2);
}

#[tokio::test]
async fn a_repeated_request_is_judged_again() {
    let receiver = Receiver::start(|_| Reply::Close(response("200 OK", &[], ""))).await;
    let sender = guarded(
        settings(),
        Policy::development(),
        &["127.0.0.1", "10.0.0.1"],
    );
    let target = Draft::to(format!("http://{HOST}:{}/", receiver.port())).ready();
    assert_eq!(send(&sender, &target).await.error, None);
    let exchange = send(&sender, &target).await;
    assert_eq!(exchange.error, Some(AttemptError::Policy));
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_name_without_an_address_is_a_failure_to_resolve() {
    let sender = guarded(settings(), Policy::development(), &[""]);
    for host in [HOST, "unknown.test-host.example"] {
        let exchange = send(&sender, &Draft::to(format!("http://{host}/")).ready()).await;
        assert_eq!(exchange.error, Some(AttemptError::Dns), "{host}");
        assert_eq!(
            exchange.error.map(AttemptError::public),
            Some(AttemptError::Unreachable)
        );
        assert!(!exchange.error_detail.is_empty());
    }
}

/// Never answers.
struct Silence;

impl Resolver for Silence {
    fn resolve<'a>(&'a self, _: &'a str) -> ResolverFuture<'a> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn resolving_has_its_own_limit() {
    let sender = Sender::new(
        settings(),
        Arc::new(Policy::development()),
        Arc::new(Silence),
    );
    let begin = tokio::time::Instant::now();
    let target = Draft::to(format!("http://{HOST}/")).ready();
    let exchange = send(&sender.unwrap(), &target).await;
    assert_eq!(begin.elapsed().as_secs(), 3);
    assert_eq!(exchange.error, Some(AttemptError::Dns));
    assert!(exchange.error_detail.contains("no answer within 3s"));
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable_and_the_next_address_is_tried() {
    let receiver = Receiver::start_on("127.0.0.2:0", None, |_| Reply::ok(""))
        .await
        .unwrap();
    let target = Draft::to(format!("http://{HOST}:{}/", receiver.port())).ready();
    let refused = guarded(settings(), Policy::development(), &["127.0.0.3"]);
    let exchange = send(&refused, &target).await;
    assert_eq!(exchange.error, Some(AttemptError::Unreachable));
    assert!(exchange.error_detail.contains("127.0.0.3"));
    assert_eq!(exchange.peer, Some(IpAddr::from([127, 0, 0, 3])));

    let second = guarded(settings(), Policy::development(), &["127.0.0.3 127.0.0.2"]);
    let exchange = send(&second, &target).await;
    assert_eq!(exchange.error, None);
    assert_eq!(exchange.peer, Some(IpAddr::from([127, 0, 0, 2])));
}

#[tokio::test]
async fn no_more_than_four_addresses_are_tried() {
    let receiver = Receiver::start_on("127.0.0.2:0", None, |_| Reply::ok(""))
        .await
        .unwrap();
    let target = Draft::to(format!("http://{HOST}:{}/", receiver.port())).ready();
    for (answers, error) in [
        ("127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.2", None),
        (
            "127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6 127.0.0.2",
            Some(AttemptError::Unreachable),
        ),
    ] {
        let sender = guarded(settings(), Policy::development(), &[answers]);
        assert_eq!(send(&sender, &target).await.error, error, "{answers}");
    }
}

#[tokio::test]
async fn an_address_that_does_not_answer_leaves_the_next_its_share_of_the_time() {
    let receiver = Receiver::start_on("127.0.0.2:0", None, |_| Reply::ok(""))
        .await
        .unwrap();
    let full = full_listener(receiver.port());
    let sender = guarded(
        SenderSettings {
            connect_for_max: Duration::from_secs(2),
            ..settings()
        },
        Policy::development(),
        &["127.0.0.3 127.0.0.2"],
    );
    let target = Draft::to(format!("http://{HOST}:{}/", receiver.port())).ready();
    let exchange = send(&sender, &target).await;
    assert_eq!(exchange.error, None, "{}", exchange.error_detail);
    assert!(
        exchange.phases.connect_us >= 900_000,
        "{:?}",
        exchange.phases
    );
    drop(full);
}

/// A listener on 127.0.0.3 whose queue is full, so that further connections get no answer.
fn full_listener(port: u16) -> (std::net::TcpListener, Vec<std::net::TcpStream>) {
    let listener = tokio::net::TcpSocket::new_v4().unwrap();
    listener.bind(([127, 0, 0, 3], port).into()).unwrap();
    let listener = listener.listen(1).unwrap().into_std().unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50))
    {
        waiting.push(stream);
    }
    (listener, waiting)
}
