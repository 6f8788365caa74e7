//! What happens when an endpoint does not take a message at once.

use std::time::Duration;

use serde_json::json;
use tidings_testkit::app::text;
use tidings_testkit::{Reply, wait};

use crate::support::Scene;

/// Three quick retries, without chance, so that the times can be told.
const QUICK: [(&str, &str); 2] = [
    ("retry_schedule", "50ms,100ms,200ms"),
    ("retry_jitter_percent", "0"),
];

#[tokio::test]
async fn a_failed_attempt_is_tried_again_until_one_succeeds() {
    let scene = Scene::with_settings(&QUICK).await;
    scene.receiver.script("/hook", [500, 503, 200]);
    let message = scene.send(json!({"n": 1})).await;
    let requests = scene.receiver.wait_for("/hook", 3).await;
    scene.status(&message, 0).await;

    let waits = [50, 100];
    for (pair, wait) in requests.windows(2).zip(waits) {
        let between = pair[1].arrived_at - pair[0].arrived_at;
        assert!(
            between >= Duration::from_millis(wait),
            "too early: {between:?}"
        );
        assert!(
            between < Duration::from_millis(wait + 1_000),
            "too late: {between:?}"
        );
    }
    let attempts = scene.attempts(&message, 3).await;
    let statuses: Vec<_> = attempts
        .iter()
        .map(|one| one["responseStatusCode"].clone())
        .collect();
    assert_eq!(statuses, [500, 503, 200]);
    let outcomes: Vec<_> = attempts.iter().map(|one| text(&one["outcome"])).collect();
    assert_eq!(outcomes, ["retry", "retry", "success"]);
    scene.app.settle().await;
    assert_eq!(
        scene.receiver.requests().len(),
        3,
        "nothing after a success"
    );
}

#[tokio::test]
async fn retries_keep_the_id_and_the_body_and_sign_a_fresh_timestamp() {
    let scene = Scene::with_settings(&[("retry_schedule", "1100ms")]).await;
    scene.receiver.script("/hook", [500, 200]);
    let message = scene.send(json!({"n": 1})).await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    let secret = scene.secret().await;
    let header = |name: &str| [requests[0].header(name), requests[1].header(name)];
    assert_eq!(header("webhook-id"), [message.as_str(); 2]);
    let [first, second] = header("webhook-timestamp");
    assert!(first.parse::<u64>().unwrap() < second.parse::<u64>().unwrap());
    let [first, second] = header("webhook-signature");
    assert_ne!(first, second);
    assert_eq!(requests[0].body, requests[1].body);
    for request in &requests {
        request.verify(&secret);
    }
}

#[tokio::test]
async fn between_attempts_a_delivery_is_pending_and_says_until_when() {
    let scene = Scene::with_settings(&[("retry_schedule", "1h")]).await;
    scene.receiver.script("/hook", [500]);
    let message = scene.send(json!({})).await;
    let delivery = scene.status(&message, 1).await;
    let next: jiff::Timestamp = text(&delivery["nextAttempt"]).parse().unwrap();
    let now = jiff::Timestamp::try_from(wait::now()).unwrap();
    let minutes = next.duration_since(now).as_mins();
    assert!(
        (59..=72).contains(&minutes),
        "an hour and at most a fifth more: {minutes}"
    );
    assert_eq!(delivery["statusText"], "pending");
}

#[tokio::test]
async fn when_the_schedule_ends_the_delivery_has_failed() {
    let scene = Scene::with_settings(&QUICK).await;
    scene.receiver.script("/hook", [500]);
    let message = scene.send(json!({})).await;
    let delivery = scene.status(&message, 2).await;
    assert_eq!(delivery["nextAttempt"], json!(null));
    let attempts = scene.attempts(&message, 4).await;
    assert_eq!(attempts.last().unwrap()["outcome"], "exhausted");
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 4);
}

#[tokio::test]
async fn retry_after_is_honoured_and_never_shortens_a_wait() {
    let scene = Scene::with_settings(&QUICK).await;
    let replies = [
        Reply::with_header(503, "Retry-After", "1"),
        Reply::with_header(429, "Retry-After", "0"),
        200.into(),
    ];
    scene.receiver.script("/hook", replies);
    scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", 3).await;
    let between = |later: usize| requests[later].arrived_at - requests[later - 1].arrived_at;
    assert!(between(1) >= Duration::from_secs(1), "{:?}", between(1));
    assert!(between(1) < Duration::from_secs(3), "{:?}", between(1));
    assert!(between(2) >= Duration::from_millis(100), "{:?}", between(2));
}

#[tokio::test]
async fn el_10_a_redirect_is_a_failure_and_not_followed() {
    let scene = Scene::with_settings(&QUICK).await;
    let elsewhere = scene.receiver.url("/elsewhere");
    scene
        .receiver
        .script("/hook", [Reply::with_header(302, "Location", &elsewhere)]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 2).await;
    assert!(scene.receiver.requests_to("/elsewhere").is_empty());
}

#[tokio::test]
async fn each_way_to_fail_is_named_on_the_attempt() {
    let settings = [("retry_schedule", "none"), ("attempt_timeout", "300ms")];
    let scene = Scene::with_settings(&settings).await;
    let ways = [
        (Reply::from(404), "status"),
        (Reply::Hang, "timeout"),
        (Reply::Reset, "reset"),
        (Reply::Raw("no HTTP at all\r\n\r\n".into()), "protocol"),
    ];
    for (reply, error) in ways {
        scene.receiver.script("/hook", [reply]);
        let message = scene.send(json!({})).await;
        let attempts = scene.attempts(&message, 1).await;
        assert_eq!(attempts[0]["error"], error);
        assert_eq!(attempts[0]["outcome"], "exhausted");
        scene.status(&message, 2).await;
    }
    // Port 1 of this machine: nobody listens there.
    let nobody = json!({"url": "http://127.0.0.1:9/", "version": 1});
    let path = scene.endpoint_path("");
    scene.app.client.put(&path, nobody).await.expect(200);
    let message = scene.send(json!({})).await;
    let attempts = scene.attempts(&message, 1).await;
    assert_eq!(attempts[0]["error"], "unreachable");
    assert_eq!(attempts[0]["responseStatusCode"], 0);
}

#[tokio::test]
async fn a_410_disables_the_endpoint_and_says_why() {
    let scene = Scene::with_settings(&QUICK).await;
    scene.receiver.script("/hook", [410]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 2).await;
    let path = scene.endpoint_path("");
    let client = scene.app.client.clone();
    let endpoint = wait::until(
        "the endpoint to be disabled",
        async || client.get(&path).await.expect(200),
        |endpoint| endpoint["disabled"] == true,
    )
    .await;
    assert_eq!(endpoint["disabledReason"], "gone");
    assert!(endpoint["disabledAt"].is_string());
    scene.send(json!({})).await;
    scene.app.settle().await;
    assert_eq!(
        scene.receiver.requests().len(),
        1,
        "no retry, and nothing new"
    );

    scene.receiver.script("/hook", [200]);
    let enabled = client
        .patch(&path, json!({"disabled": false}))
        .await
        .expect(200);
    assert_eq!(enabled["disabled"], false);
    assert_eq!(enabled["disabledReason"], json!(null));
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
}

#[tokio::test]
async fn retries_go_on_after_a_restart() {
    let mut scene = Scene::with_settings(&[("retry_schedule", "400ms")]).await;
    scene.receiver.script("/hook", [500, 200]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 1).await;
    scene.app.stop().await;
    scene.app.start_again().await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    assert_eq!(requests[1].id(), message);
    scene.status(&message, 0).await;
}
