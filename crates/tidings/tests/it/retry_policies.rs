//! Endpoints with rules of their own for trying again.

use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::Receiver;
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};

use crate::support::{Scene, app_with, everything, refused_field};

/// What holds for endpoints without rules: one retry, in an hour.
const OTHERS: [(&str, &str); 2] = [("retry_schedule", "1h"), ("retry_jitter_percent", "20")];

/// Sends to a receiver that always fails, and gives the outcomes of all attempts.
async fn outcomes(scene: &Scene, count: usize) -> Vec<String> {
    scene.receiver.script("/hook", [500]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 2).await;
    let attempts = scene.attempts(&message, count).await;
    let outcomes = attempts.iter();
    outcomes.map(|one| text(&one["outcome"])).collect()
}

async fn holds_on(settings: &[(&str, &str)]) {
    let settings: Vec<_> = OTHERS.iter().chain(settings).copied().collect();
    let policy = json!({"schedule": [1, 1], "jitterPercent": 0});
    let app = app_with(&settings).await;
    let teller = Receiver::start().await;
    let told = json!({"url": teller.url("/told"), "eventTypes": ["message.attempt.exhausted"]});
    let operational = "/api/v1/operational-webhook/endpoint";
    app.client.post(operational, told).await.expect(201);
    let scene = Scene::of(app, json!({"retryPolicy": policy})).await;
    assert_eq!(outcomes(&scene, 3).await, ["retry", "retry", "exhausted"]);
    let told = teller.wait_for("/told", 1).await[0].json();
    assert_eq!(told["data"]["endpointId"], scene.endpoint);
    let requests = scene.receiver.wait_for("/hook", 3).await;
    for pair in requests.windows(2) {
        let between = pair[1].arrived_at - pair[0].arrived_at;
        assert!(between >= Duration::from_secs(1), "too early: {between:?}");
        assert!(between < Duration::from_secs(3), "too late: {between:?}");
    }
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 3, "nothing after the end");
}

#[tokio::test]
async fn its_own_schedule_holds_for_an_endpoint_on_sqlite() {
    holds_on(&[]).await;
}

#[tokio::test]
async fn its_own_schedule_holds_for_an_endpoint_on_postgres() {
    let database = Database::new(Version::V15);
    holds_on(&[("store", &database.url())]).await;
}

#[tokio::test]
async fn an_endpoint_that_keeps_the_order_goes_on_when_its_schedule_ends() {
    let policy = json!({"schedule": [1], "jitterPercent": 0});
    let endpoint = json!({"fifo": true, "retryPolicy": policy});
    let scene = Scene::of(app_with(&OTHERS).await, endpoint).await;
    scene.receiver.script("/hook", [500, 500, 200]);
    let first = scene.send(json!({"n": 1})).await;
    let second = scene.send(json!({"n": 2})).await;
    scene.status(&second, 0).await;
    scene.status(&first, 2).await;
    let requests = scene.receiver.wait_for("/hook", 3).await;
    let ids: Vec<_> = requests.iter().map(|request| request.id()).collect();
    assert_eq!(ids, [&first, &first, &second]);
}

#[tokio::test]
async fn an_empty_schedule_means_one_attempt_and_a_time_ends_a_long_one() {
    let once = json!({"retryPolicy": {"schedule": []}});
    let scene = Scene::of(app_with(&OTHERS).await, once).await;
    assert_eq!(outcomes(&scene, 1).await, ["exhausted"]);

    // The second wait would end after the time; it is not begun.
    let short = json!({"retryPolicy":
        {"schedule": [1, 3_600, 3_600], "jitterPercent": 0, "maxAgeSeconds": 60}});
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, short).await.expect(200);
    assert_eq!(outcomes(&scene, 2).await, ["retry", "exhausted"]);
}

#[tokio::test]
async fn the_rules_are_shown_replaced_and_removed() {
    let scene = Scene::with_settings(&OTHERS).await;
    let client = &scene.app.client;
    let path = scene.endpoint_path("");
    let shown = async || client.get(&path).await.expect(200)["retryPolicy"].clone();
    assert_eq!(shown().await, Value::Null);
    let whole = json!({"schedule": [5, 300], "jitterPercent": 10, "maxAgeSeconds": 3_600});
    client
        .patch(&path, json!({"retryPolicy": whole}))
        .await
        .expect(200);
    assert_eq!(shown().await, whole);
    client
        .patch(&path, json!({"description": "d"}))
        .await
        .expect(200);
    assert_eq!(shown().await, whole, "a change of something else");
    let other = json!({"retryPolicy": {"schedule": [7]}});
    client.patch(&path, other).await.expect(200);
    let expected = json!({"schedule": [7], "jitterPercent": null, "maxAgeSeconds": null});
    assert_eq!(shown().await, expected);
    let url = scene.receiver.url("/hook");
    let put = json!({"url": url, "retryPolicy": whole});
    client.put(&path, put).await.expect(200);
    assert_eq!(shown().await, whole);
    client
        .patch(&path, json!({"retryPolicy": null}))
        .await
        .expect(200);
    assert_eq!(shown().await, Value::Null);

    // Without rules the server's hold again.
    scene.receiver.script("/hook", [500]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 1).await;
    assert_eq!(scene.attempts(&message, 1).await[0]["outcome"], "retry");
}

#[tokio::test]
async fn wrong_rules_are_refused_by_field_and_change_nothing() {
    let policy = json!({"schedule": [5]});
    let scene = Scene::with_endpoint(json!({"retryPolicy": policy})).await;
    let before = everything(&scene.app).await;
    let path = scene.endpoint_path("");
    let client = &scene.app.client;
    let url = scene.receiver.url("/other");
    for (given, field) in [
        (json!({}), "schedule"),
        (json!({"schedule": null}), "schedule"),
        (json!({"schedule": "5s"}), "schedule"),
        (json!({"schedule": [5, "5"]}), "schedule"),
        (json!({"schedule": [1.5]}), "schedule"),
        (json!({"schedule": [0]}), "schedule"),
        (json!({"schedule": [86_401]}), "schedule"),
        (json!({"schedule": vec![5; 21]}), "schedule"),
        (
            json!({"schedule": [5], "jitterPercent": 101}),
            "jitterPercent",
        ),
        (
            json!({"schedule": [5], "jitterPercent": -1}),
            "jitterPercent",
        ),
        (
            json!({"schedule": [5], "maxAgeSeconds": 0}),
            "maxAgeSeconds",
        ),
        (
            json!({"schedule": [5], "maxAgeSeconds": 2_592_001}),
            "maxAgeSeconds",
        ),
        (json!({"schedule": [5], "maxAgeSecs": 60}), "maxAgeSecs"),
    ] {
        let loc = ["body", "retryPolicy", field];
        let refused = client.patch(&path, json!({"retryPolicy": given})).await;
        refused_field(&refused, &loc);
        let new = json!({"url": url, "retryPolicy": given});
        refused_field(&client.put(&path, new.clone()).await, &loc);
        refused_field(&client.post(&scene.path("/endpoint"), new).await, &loc);
    }
    let refused = client.patch(&path, json!({"retryPolicy": [5]})).await;
    refused_field(&refused, &["body", "retryPolicy"]);
    assert_eq!(everything(&scene.app).await, before);
}
