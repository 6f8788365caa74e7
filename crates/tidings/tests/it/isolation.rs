//! Endpoints that hang, answer too much, or point where no request may go; and messages for very many.

mod tenants;

use std::time::{Duration, Instant};

use serde_json::json;
use tidings_testkit::app::rows;
use tidings_testkit::{Receiver, Reply, TestApp, wait};

use crate::support::{Scene, app, app_with, program};

#[tokio::test]
async fn an_endpoint_that_hangs_does_not_hold_up_the_others() {
    let scene = Scene::with_settings(&[("attempt_timeout", "10s")]).await;
    let url = scene.receiver.url("/hanging");
    scene.receiver.script("/hanging", [Reply::Hang]);
    scene
        .app
        .create_endpoint(&scene.owner, json!({"url": url}))
        .await;
    let before = Instant::now();
    for number in 0..200 {
        scene.send(json!({"n": number})).await;
    }
    scene.receiver.wait_for("/hook", 200).await;
    let took = before.elapsed();
    assert!(took < Duration::from_secs(8), "200 messages took {took:?}");
    let held = scene.receiver.requests_to("/hanging").len();
    assert!(held <= 8, "a hanging endpoint had {held} requests at once");
}

/// One more than are handed over one by one.
const ENDPOINTS: usize = 257;

#[tokio::test]
async fn a_message_for_more_than_256_endpoints_reaches_each_of_them_once() {
    let receiver = Receiver::start().await;
    let mut app = app().await;
    let owner = app.create_application("Many").await;
    for number in 0..ENDPOINTS {
        let url = receiver.url(&format!("/{number}"));
        app.create_endpoint(&owner, json!({"url": url})).await;
    }
    let message = app.send(&owner, "a.b", json!({"n": 1})).await;
    receiver
        .wait_until("all requests", |requests| requests.len() >= ENDPOINTS)
        .await;
    let last = app.send(&owner, "a.b", json!({"n": 2})).await;
    // A crash right after the answer: the rest of the fan-out is owed, and none of it is lost.
    app.kill().await;
    app.start_again().await;
    for id in [&message, &last] {
        let client = app.client.clone();
        let path = format!("/api/v1/app/{owner}/msg/{id}/endpoint?limit=250");
        wait::until(
            "all deliveries",
            async || {
                let first = client.get(&path).await;
                let iterator = first.json()["iterator"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                let mut all = rows(&first);
                all.extend(rows(
                    &client.get(&format!("{path}&iterator={iterator}")).await,
                ));
                all.iter().filter(|row| row["status"] == 0).count()
            },
            |count| *count == ENDPOINTS,
        )
        .await;
    }
    let of_first = receiver
        .requests()
        .iter()
        .filter(|one| one.id() == message)
        .count();
    assert_eq!(of_first, ENDPOINTS);
}

#[tokio::test]
async fn no_request_reaches_an_address_that_is_forbidden() {
    let canary = Receiver::start().await;
    let program = program().setting("retry_schedule", "none");
    let mut app = TestApp::run(program).await;
    let owner = app.create_application("Owl").await;
    // Allowed when they were saved, in development; forbidden now.
    let port = canary.address().port();
    let names = [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
    ];
    for name in names {
        let body = json!({"url": format!("http://{name}:{port}/canary")});
        let path = format!("/api/v1/app/{owner}/endpoint");
        let saved = app.client.post(&path, body).await;
        assert!(
            matches!(saved.status, 201 | 422),
            "{name}: {}",
            saved.text()
        );
    }
    let saved = rows(
        &app.client
            .get(&format!("/api/v1/app/{owner}/endpoint"))
            .await,
    )
    .len();
    assert!(saved >= 4, "only {saved} could be saved");
    app.send(&owner, "a.b", json!({})).await;
    canary.wait_for("/canary", 1).await;
    let before = canary.connections_count();
    assert!(before >= 1, "the canary sings when it may");

    app.stop().await;
    app.change(|program| program.without_argument("--dev"));
    app.start_again().await;
    let message = app.send(&owner, "a.b", json!({})).await;
    let attempts = app.wait_for_attempts(&owner, &message, saved).await;
    for attempt in &attempts {
        assert_eq!(
            attempt["error"], "unreachable",
            "a customer does not learn what is forbidden"
        );
        assert_eq!(attempt["responseStatusCode"], 0);
    }
    assert_eq!(canary.connections_count(), before);
}

#[tokio::test]
async fn a_response_is_kept_up_to_16_kib() {
    let scene = Scene::start().await;
    let body = |bytes: usize| Reply::with_body(200, "y".repeat(bytes));
    let sizes = [16 * 1024, 16 * 1024 + 1, 3_000_000];
    scene.receiver.script("/hook", sizes.map(body));
    for bytes in sizes {
        let message = scene.send(json!({})).await;
        let attempts = scene.attempts(&message, 1).await;
        let kept = attempts[0]["response"].as_str().unwrap().len();
        assert_eq!(kept, bytes.min(16 * 1024));
        assert_eq!(
            attempts[0]["isResponseTruncated"],
            bytes > 16 * 1024,
            "{bytes}"
        );
        assert_eq!(attempts[0]["outcome"], "success", "{bytes}");
    }
}

#[tokio::test]
async fn a_response_that_is_no_text_does_no_harm() {
    let scene = Scene::start().await;
    let odd = [&b"\xff\xfe\x00\x01"[..], b"nul \x00 inside", b"\xf0\x9f"];
    scene
        .receiver
        .script("/hook", odd.map(|bytes| Reply::with_body(200, bytes)));
    for _ in odd {
        let message = scene.send(json!({})).await;
        let attempts = scene.attempts(&message, 1).await;
        assert_eq!(attempts[0]["outcome"], "success");
    }
}

#[tokio::test]
async fn memory_is_bounded_and_what_does_not_fit_is_owed_and_arrives() {
    let settings = [
        ("window", "20"),
        ("lane_window", "10"),
        ("lane_requests_max", "2"),
    ];
    let app = app_with(&settings).await;
    let scene = Scene::of(app, json!({})).await;
    scene
        .receiver
        .rule(|_| Reply::After(Duration::from_millis(5), Box::new(204.into())));
    let mut messages = Vec::new();
    for number in 0..100 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    scene.receiver.wait_for("/hook", 100).await;
    for message in &messages {
        scene.status(message, 0).await;
    }
    let mut ids: Vec<_> = scene
        .receiver
        .requests()
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    ids.sort();
    assert_eq!(ids, messages, "each once");
}

#[tokio::test]
async fn a_failing_endpoint_gets_a_rest_and_what_waits_keeps_its_attempts() {
    let settings = [
        ("retry_schedule", "50ms,50ms,50ms"),
        ("breaker_rest", "500ms"),
    ];
    let scene = Scene::with_settings(&settings).await;
    scene.receiver.script("/hook", [500]);
    let mut messages = Vec::new();
    for number in 0..30 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    scene.receiver.wait_for("/hook", 10).await;
    scene.receiver.script("/hook", [204]);
    for message in &messages[20..] {
        scene.status(message, 0).await;
    }
}
