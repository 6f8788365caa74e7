//! What requests show of an endpoint's credentials, and what is noted of them.

use tidings_domain::credentials::Credentials;

use super::fixtures::{Draft, send, sender, settings};
use super::receiver::{Receiver, Reply};

fn basic() -> Credentials {
    Credentials::Basic {
        username: "hook".to_owned(),
        password: "s3cret".to_owned(),
    }
}

#[tokio::test]
async fn credentials_go_with_the_request_and_are_not_noted() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let sender = sender(settings());
    let bearer = Credentials::Bearer {
        token: "canary".to_owned(),
    };
    let key = Credentials::ApiKey {
        header: "X-Key".to_owned(),
        value: "canary".to_owned(),
    };
    for (credentials, name, value) in [
        (basic(), "authorization", "Basic aG9vazpzM2NyZXQ="),
        (bearer, "authorization", "Bearer canary"),
        (key, "x-key", "canary"),
    ] {
        let draft = Draft::to(receiver.url("/")).credentials(credentials);
        let exchange = send(&sender, &draft.ready()).await;
        assert_eq!(exchange.error, None);
        let seen = receiver.requests().pop().unwrap();
        assert_eq!(seen.header(name), Some(value));
        let noted = format!("{name}: [hidden]\n");
        assert!(exchange.request_headers.contains(&noted), "{noted}");
        for secret in ["aG9vazpzM2NyZXQ", "canary", "s3cret"] {
            assert!(!exchange.request_headers.contains(secret));
        }
    }
}

#[tokio::test]
async fn without_credentials_there_is_no_authorization() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    send(&sender(settings()), &Draft::to(receiver.url("/")).ready()).await;
    assert_eq!(receiver.requests()[0].header("authorization"), None);
}

#[tokio::test]
async fn credentials_hold_against_a_header_of_the_same_name() {
    let receiver = Receiver::start(|_| Reply::ok("")).await;
    let target = Draft::to(receiver.url("/"))
        .header("Authorization", "Bearer other")
        .credentials(basic())
        .ready();
    let exchange = send(&sender(settings()), &target).await;
    let seen = receiver.requests().remove(0);
    let given = seen
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let given: Vec<_> = given.map(|(_, value)| value.clone()).collect();
    assert_eq!(given, ["Basic aG9vazpzM2NyZXQ="]);
    assert_eq!(exchange.request_headers.matches("authorization").count(), 1);
}
