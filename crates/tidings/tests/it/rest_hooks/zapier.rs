//! Subscriptions at `/api/hooks`: one event and one URL each, with samples of what will come.

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::{Reply, wait};

use super::{CREATED, HookScene, json_of};

#[tokio::test]
async fn el_13_a_subscription_is_made_delivered_to_and_removed() {
    let scene = HookScene::start().await;
    for (number, name) in [(1, "target_url"), (2, "hookUrl")] {
        let url = scene.receiver.url("/hooks/catch/17/abc/");
        let answer = scene
            .client
            .post("/api/hooks", json!({"event": CREATED, name: url}));
        let made = json_of(&answer.await, 201);
        assert_eq!(
            made,
            json!({"id": number, "event": CREATED, "target_url": url})
        );
    }
    assert_eq!(scene.hooks().await.len(), 2);
    scene.send(CREATED).await;
    let requests = scene.receiver.wait_for("/hooks/catch/17/abc/", 2).await;
    assert_eq!(requests[0].json()["action"], CREATED);
    for number in [1, 2] {
        let path = format!("/api/hooks/{number}");
        let gone = scene.client.delete(&path).await;
        assert_eq!((gone.status, gone.body.len()), (204, 0));
        json_of(&scene.client.delete(&path).await, 404);
    }
    assert!(scene.hooks().await.is_empty());
}

#[tokio::test]
async fn a_subscription_that_is_wrong_is_refused_and_nothing_is_made() {
    let scene = HookScene::start().await;
    let url = scene.receiver.url("/hook");
    for (body, codes) in [
        (json!({}), vec![400_401, 400_402]),
        (json!({"event": CREATED}), vec![400_402]),
        (json!({"event": 1, "target_url": url}), vec![400_401]),
        (
            json!({"event": "NO_SUCH", "target_url": url}),
            vec![400_105],
        ),
        (
            json!({"event": CREATED, "target_url": "ftp://x"}),
            vec![400_203],
        ),
    ] {
        let answer = scene.client.post("/api/hooks", body).await;
        let errors = json_of(&answer, 400)["errors"].clone();
        let found: Vec<u64> = errors
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["code"].as_u64().unwrap())
            .collect();
        assert_eq!(found, codes);
    }
    assert!(scene.hooks().await.is_empty());
}

/// The names of members and the kinds of values, without the values.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect(),
        Value::Array(values) => values.iter().map(shape).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn samples_look_like_what_is_delivered() {
    let scene = HookScene::start().await;
    let path = format!("/api/hooks/sample/{CREATED}");
    let samples = json_of(&scene.client.get(&path).await, 200);
    assert_eq!(samples.as_array().unwrap().len(), 1);
    scene.create(scene.hook("/hook")).await;
    let endpoints = format!("/api/v1/app/{}/endpoint", scene.owner);
    let endpoints = scene.app.client.get(&endpoints).await.expect(200);
    let id = text(&endpoints["data"][0]["id"]);
    let example = format!("/api/v1/app/{}/endpoint/{id}/send-example", scene.owner);
    let event = json!({"eventType": CREATED});
    scene.app.client.post(&example, event).await.expect(200);
    let live = scene.receiver.wait_for("/hook", 1).await[0].json();
    assert_eq!(shape(&samples[0]), shape(&live));
    assert_eq!(samples[0]["action"], CREATED);
    let missing = scene.client.get("/api/hooks/sample/NO_SUCH").await;
    let error = &json_of(&missing, 404)["errors"][0];
    assert_eq!(error["code"], 404_003);
    // One without a sample has none to show.
    let plain = json!({"name": "a/b", "description": "x"});
    let made = scene.app.client.post("/api/v1/event-type", plain).await;
    made.expect(201);
    let none = scene.client.get("/api/hooks/sample/a/b").await;
    assert_eq!(json_of(&none, 200), json!([]));
}

#[tokio::test]
async fn a_410_ends_a_subscription() {
    let scene = HookScene::start().await;
    scene.receiver.script("/hook", [Reply::from(410)]);
    let subscription = json!({"event": CREATED, "target_url": scene.receiver.url("/hook")});
    scene
        .client
        .post("/api/hooks", subscription)
        .await
        .expect(201);
    scene.send(CREATED).await;
    scene.receiver.wait_for("/hook", 1).await;
    let path = format!("/api/v1/app/{}/endpoint", scene.owner);
    let endpoint = wait::until(
        "the end of the subscription",
        async || scene.app.client.get(&path).await.expect(200)["data"][0].clone(),
        |endpoint: &Value| endpoint["disabled"] == true,
    );
    assert_eq!(endpoint.await["disabledReason"], "gone");
    // To another that is still there, so that there is something to wait for.
    scene.create(scene.hook("/other")).await;
    scene.send(CREATED).await;
    scene.receiver.wait_for("/other", 1).await;
    assert_eq!(scene.receiver.requests_to("/hook").len(), 1);
    // It is there to be looked at until it is deleted.
    assert_eq!(scene.hooks().await.len(), 2);
    let gone = scene.client.send(Method::DELETE, "/api/hooks/1", "").await;
    assert_eq!(gone.status, 204);
}
