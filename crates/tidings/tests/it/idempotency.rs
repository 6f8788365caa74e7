//! Requests that come twice, and events that come twice.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};

use crate::support::{Scene, app};

async fn post(scene: &Scene, key: &str, body: Value) -> tidings_testkit::Answer {
    let client = scene.app.client.with_header("idempotency-key", key);
    client.post(&scene.path("/msg"), body).await
}

fn event(number: u64) -> Value {
    json!({"eventType": "a.b", "payload": {"n": number}})
}

#[tokio::test]
async fn the_same_key_and_body_give_the_same_message_and_one_delivery() {
    let scene = Scene::start().await;
    let first = post(&scene, "k-1", event(1)).await.expect(202);
    for _ in 0..3 {
        let again = post(&scene, "k-1", event(1)).await.expect(202);
        assert_eq!(again, first);
    }
    let other = post(&scene, "k-2", event(1)).await.expect(202);
    assert_ne!(other["id"], first["id"]);
    scene.receiver.wait_for("/hook", 2).await;
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 2);
    assert_eq!(
        rows(&scene.app.client.get(&scene.path("/msg")).await).len(),
        2
    );
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_conflict() {
    let scene = Scene::start().await;
    post(&scene, "k-1", event(1)).await.expect(202);
    let refused = post(&scene, "k-1", event(2)).await.expect(409);
    assert_eq!(refused["code"], "idempotency_key_reused");
    scene.receiver.wait_for("/hook", 1).await;
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 1);
    let other = scene.app.create_application("Other").await;
    let client = scene.app.client.with_header("idempotency-key", "k-1");
    let path = format!("/api/v1/app/{other}/msg");
    client.post(&path, event(2)).await.expect(202);
}

#[tokio::test]
async fn of_many_at_the_same_time_with_one_key_one_wins() {
    let scene = Scene::start().await;
    let posts = (0..20).map(|_| {
        let client = scene.app.client.with_header("idempotency-key", "race");
        let path = scene.path("/msg");
        tokio::spawn(async move { text(&client.post(&path, event(1)).await.expect(202)["id"]) })
    });
    let mut ids = Vec::new();
    for post in posts.collect::<Vec<_>>() {
        ids.push(post.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    scene.receiver.wait_for("/hook", 1).await;
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 1);
}

#[tokio::test]
async fn keys_are_remembered_over_a_restart_and_a_crash() {
    let mut scene = Scene::start().await;
    let first = post(&scene, "k-1", event(1)).await.expect(202);
    scene.app.stop().await;
    scene.app.start_again().await;
    assert_eq!(
        post(&scene, "k-1", event(1)).await.expect(202)["id"],
        first["id"]
    );
    scene.app.kill().await;
    scene.app.start_again().await;
    assert_eq!(
        post(&scene, "k-1", event(1)).await.expect(202)["id"],
        first["id"]
    );
    post(&scene, "k-1", event(2)).await.expect(409);
    assert_eq!(
        rows(&scene.app.client.get(&scene.path("/msg")).await).len(),
        1
    );
}

#[tokio::test]
async fn configuration_can_be_posted_twice_with_one_key() {
    let app = app().await;
    let client = app.client.with_header("idempotency-key", "k-1");
    let body = json!({"name": "Once", "uid": "once"});
    let first = client.post("/api/v1/app", body.clone()).await.expect(201);
    let again = client.post("/api/v1/app", body).await.expect(201);
    assert_eq!(first["id"], again["id"]);
    client
        .post("/api/v1/app", json!({"name": "Twice"}))
        .await
        .expect(409);
    let endpoint = json!({"url": "http://127.0.0.1:9/"});
    let path = "/api/v1/app/once/endpoint";
    let first = client.post(path, endpoint.clone()).await.expect(201);
    let again = client.post(path, endpoint).await.expect(201);
    assert_eq!(first["id"], again["id"]);
    assert_eq!(rows(&app.client.get(path).await).len(), 1);
    let rotate = "/api/v1/app/once/endpoint/".to_owned() + &text(&first["id"]) + "/secret/rotate";
    let first = client.post(&rotate, json!({})).await.expect(200);
    assert_eq!(client.post(&rotate, json!({})).await.expect(200), first);
}

#[tokio::test]
async fn a_key_out_of_its_form_is_refused() {
    let scene = Scene::start().await;
    post(&scene, &"k".repeat(256), event(1)).await.expect(202);
    for key in ["", "two words", &"k".repeat(257)] {
        let refused = post(&scene, key, event(2)).await.expect(422);
        assert_eq!(
            refused["detail"][0]["loc"],
            json!(["header", "idempotency-key"])
        );
    }
    assert_eq!(
        rows(&scene.app.client.get(&scene.path("/msg")).await).len(),
        1
    );
}

#[tokio::test]
async fn an_event_id_is_used_once() {
    let mut scene = Scene::start().await;
    let body = json!({"eventType": "a.b", "payload": {}, "eventId": "order-1"});
    let first = scene
        .app
        .try_send(&scene.owner, body.clone())
        .await
        .expect(202);
    let refused = scene
        .app
        .try_send(&scene.owner, body.clone())
        .await
        .expect(409);
    assert_eq!(refused["code"], "conflict");
    let found = scene
        .app
        .client
        .get(&scene.path("/msg/order-1"))
        .await
        .expect(200);
    assert_eq!(found["id"], first["id"]);
    scene.app.kill().await;
    scene.app.start_again().await;
    scene
        .app
        .try_send(&scene.owner, body.clone())
        .await
        .expect(409);
    let other = scene.app.create_application("Other").await;
    scene.app.try_send(&other, body).await.expect(202);
    scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(
        rows(&scene.app.client.get(&scene.path("/msg")).await).len(),
        1
    );
}
