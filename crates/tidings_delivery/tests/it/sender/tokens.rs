//! Access tokens: what the guard says of where they come from, and that one is asked for at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tidings_domain::address_policy::Policy;
use tidings_domain::credentials::Credentials;
use tidings_domain::credentials::grant::ClientGrant;
use tidings_domain::delivery::AttemptError;

use super::fixtures::{Draft, HOST, guarded, send, sender, settings};
use super::receiver::{Receiver, Reply};

fn grant(token_url: String) -> Credentials {
    Credentials::OAuth2(Box::new(ClientGrant {
        token_url,
        client_id: "hooks".to_owned(),
        client_secret: "s3cret".to_owned(),
        ..ClientGrant::default()
    }))
}

#[tokio::test]
async fn a_token_url_that_leads_into_a_private_network_gets_no_connection() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let sender = guarded(settings(), Policy::production(), &["127.0.0.1"]);
    let url = format!("https://{HOST}:{}/token", receiver.port());
    let target = Draft::to("https://receiver.other-host.example/").credentials(grant(url));
    let exchange = send(&sender, &target.ready()).await;
    assert_eq!(exchange.error, Some(AttemptError::Policy));
    assert!(exchange.error_detail.starts_with("the token endpoint: "));
    assert_eq!(receiver.connections_count(), 0);
}

#[tokio::test]
async fn each_way_not_to_get_a_token_has_its_words() {
    let nobody = "http://127.0.0.1:9/token".to_owned();
    let hangs_up = Receiver::start(|_| Reply::Reset).await;
    let nonsense = Receiver::start(|_| Reply::Close(b"nonsense\r\n\r\n".to_vec())).await;
    let sender = sender(settings());
    for (url, why) in [
        (nobody, "the token endpoint is unreachable"),
        (hangs_up.url("/"), "the token endpoint broke the connection"),
        (
            nonsense.url("/"),
            "what the token endpoint answered is not HTTP",
        ),
    ] {
        let receiver = Receiver::start(|_| Reply::ok("")).await;
        let target = Draft::to(receiver.url("/")).credentials(grant(url));
        let exchange = send(&sender, &target.ready()).await;
        assert_eq!(exchange.error, Some(AttemptError::Token));
        assert_eq!(exchange.error_detail, why);
        assert!(receiver.requests().is_empty());
    }
}

#[tokio::test]
async fn those_who_wait_for_a_token_share_what_comes_of_it() {
    let is_down = Arc::new(AtomicUsize::new(1));
    let down = Arc::clone(&is_down);
    // Both times the answer comes late enough for all to be waiting.
    let server = Receiver::start(move |_| {
        let body = r#"{"access_token":"t","expires_in":3600}"#;
        let status = if down.load(Ordering::SeqCst) == 1 {
            "503 No"
        } else {
            "200 OK"
        };
        Reply::Keep(super::receiver::response(status, &[], body))
    })
    .await;
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/"))
        .credentials(grant(server.url("/")))
        .ready();
    let sender = sender(settings());
    let all = || async {
        tokio::join!(
            send(&sender, &target),
            send(&sender, &target),
            send(&sender, &target),
            send(&sender, &target),
        )
    };
    let (one, two, three, four) = all().await;
    for exchange in [one, two, three, four] {
        assert_eq!(exchange.error, Some(AttemptError::Token));
    }
    assert_eq!(server.requests().len(), 1, "one asked for all");
    is_down.store(0, Ordering::SeqCst);
    let (one, two, three, four) = all().await;
    for exchange in [one, two, three, four] {
        assert_eq!(exchange.error, None, "{}", exchange.error_detail);
    }
    assert_eq!(server.requests().len(), 2);
    assert_eq!(receiver.requests().len(), 4);
}
