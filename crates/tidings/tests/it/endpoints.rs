//! Which endpoints get a message, what goes with it, and what becomes of it when they go away.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::wait;

use crate::support::{Scene, app};

async fn statuses(scene: &Scene, message: &str) -> Vec<String> {
    let path = scene.path(&format!("/msg/{message}/endpoint?expanded_statuses=true"));
    let deliveries = rows(&scene.app.client.get(&path).await);
    deliveries
        .iter()
        .map(|row| text(&row["statusText"]))
        .collect()
}

#[tokio::test]
async fn an_endpoint_gets_only_the_event_types_that_it_wants() {
    let scene = Scene::start().await;
    for name in ["user.created", "user.removed"] {
        let body = json!({"name": name, "description": "x"});
        scene
            .app
            .client
            .post("/api/v1/event-type", body)
            .await
            .expect(201);
    }
    let url = scene.receiver.url("/some");
    let wants = json!({"url": url, "eventTypes": ["user.created"]});
    scene.app.create_endpoint(&scene.owner, wants).await;
    let removed = scene
        .app
        .send(&scene.owner, "user.removed", json!({}))
        .await;
    let created = scene
        .app
        .send(&scene.owner, "user.created", json!({}))
        .await;
    scene.receiver.wait_for("/hook", 2).await;
    let requests = scene.receiver.wait_for("/some", 1).await;
    assert_eq!(requests[0].id(), created);
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests_to("/some").len(), 1);
    assert_eq!(statuses(&scene, &removed).await.len(), 1);
}

#[tokio::test]
async fn channels_must_overlap_and_none_means_all_for_an_endpoint_only() {
    let scene = Scene::with_endpoint(json!({"channels": ["a", "b"]})).await;
    let url = scene.receiver.url("/all");
    scene
        .app
        .create_endpoint(&scene.owner, json!({"url": url}))
        .await;
    let send = async |channels: Value| {
        let body = json!({"eventType": "x", "payload": {}, "channels": channels});
        text(&scene.app.try_send(&scene.owner, body).await.expect(202)["id"])
    };
    let both = send(json!(["b", "c"])).await;
    let other = send(json!(["c"])).await;
    let none = send(Value::Null).await;
    scene.receiver.wait_for("/all", 3).await;
    scene.receiver.wait_for("/hook", 1).await;
    scene.app.settle().await;
    let ids: Vec<_> = scene
        .receiver
        .requests_to("/hook")
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    assert_eq!(ids, [both.as_str()], "not {other} and {none}");
    let listed = rows(&scene.app.client.get(&scene.path("/msg?channel=c")).await);
    assert_eq!(listed.len(), 2);
}

#[tokio::test]
async fn custom_headers_go_with_each_request_and_secret_ones_are_not_shown() {
    let headers = json!({"X-Tenant": "owl", "Authorization": "Bearer canary-header"});
    let scene = Scene::with_endpoint(json!({"headers": headers})).await;
    let path = scene.endpoint_path("/headers");
    let shown = scene.app.client.get(&path).await;
    assert_eq!(
        shown.expect(200),
        json!({"headers": {"X-Tenant": "owl"}, "sensitive": ["Authorization"]})
    );
    scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(requests[0].header("x-tenant"), "owl");
    assert_eq!(requests[0].header("authorization"), "Bearer canary-header");

    let change = json!({"headers": {"X-More": "1"}, "deleteHeaders": ["x-tenant"]});
    scene.app.client.patch(&path, change).await.expect(204);
    scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    let of = |name: &str| requests[1].header(name).to_owned();
    let sent = ["x-more", "x-tenant", "authorization"].map(of);
    assert_eq!(sent, ["1", "", "Bearer canary-header"]);

    let replaced = json!({"headers": {"X-Last": "2"}});
    scene
        .app
        .client
        .put(&path, replaced.clone())
        .await
        .expect(204);
    let shown = scene.app.client.get(&path).await.expect(200);
    assert_eq!(shown, json!({"headers": {"X-Last": "2"}, "sensitive": []}));
    assert!(!scene.app.program.log_text().contains("canary-header"));
}

#[tokio::test]
async fn a_disabled_endpoint_gets_nothing_until_it_is_enabled() {
    let scene = Scene::with_endpoint(json!({"disabled": true})).await;
    scene.send(json!({"n": 1})).await;
    scene.app.settle().await;
    assert!(scene.receiver.requests().is_empty());
    let path = scene.endpoint_path("");
    scene
        .app
        .client
        .patch(&path, json!({"disabled": false}))
        .await
        .expect(200);
    scene.send(json!({"n": 2})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(requests[0].json(), json!({"n": 2}));
}

#[tokio::test]
async fn what_is_owed_to_an_endpoint_that_is_disabled_reads_as_canceled_at_once() {
    let scene = Scene::with_settings(&[("retry_schedule", "1s,1h")]).await;
    scene.receiver.script("/hook", [500]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 1).await;
    let path = scene.endpoint_path("");
    scene
        .app
        .client
        .patch(&path, json!({"disabled": true}))
        .await
        .expect(200);
    assert_eq!(statuses(&scene, &message).await, ["canceled"]);
    wait::pass(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(
        scene.receiver.requests().len(),
        1,
        "the retry was due and did not come"
    );
}

#[tokio::test]
async fn what_is_owed_to_a_deleted_endpoint_is_canceled_and_its_log_stays() {
    let scene = Scene::with_settings(&[("retry_schedule", "1s,1h")]).await;
    scene.receiver.script("/hook", [500]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 1).await;
    let path = scene.endpoint_path("");
    scene.app.client.delete(&path).await.expect(204);
    scene.app.client.get(&path).await.expect(404);
    assert_eq!(statuses(&scene, &message).await, ["canceled"]);
    wait::pass(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(
        scene.receiver.requests().len(),
        1,
        "the retry was due and did not come"
    );
    assert!(!scene.attempts(&message, 1).await.is_empty());
    scene.send(json!({})).await;
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_deleted_application_takes_its_endpoints_with_it() {
    let scene = Scene::start().await;
    scene.app.client.delete(&scene.path("")).await.expect(204);
    for path in [scene.path(""), scene.endpoint_path(""), scene.path("/msg")] {
        scene.app.client.get(&path).await.expect(404);
    }
    let body = json!({"eventType": "a", "payload": {}});
    scene.app.try_send(&scene.owner, body).await.expect(404);
    let listed = rows(&scene.app.client.get("/api/v1/app").await);
    assert!(listed.is_empty());
}

#[tokio::test]
async fn a_new_url_takes_effect_at_once() {
    let scene = Scene::start().await;
    let path = scene.endpoint_path("");
    let moved = json!({"url": scene.receiver.url("/moved")});
    scene.app.client.patch(&path, moved).await.expect(200);
    scene.send(json!({})).await;
    scene.receiver.wait_for("/moved", 1).await;
    assert!(scene.receiver.requests_to("/hook").is_empty());
}

#[tokio::test]
async fn the_query_of_a_url_is_kept() {
    let scene = Scene::start().await;
    let url = scene.receiver.url("/with?token=1&b=%20x");
    scene
        .app
        .create_endpoint(&scene.owner, json!({"url": url}))
        .await;
    scene.send(json!({})).await;
    scene.receiver.wait_for("/with?token=1&b=%20x", 1).await;
}

#[tokio::test]
async fn the_catalogue_archives_revives_and_removes_event_types() {
    let app = app().await;
    let client = &app.client;
    let post = async || {
        let body = json!({"name": "user.created", "description": "Somebody came"});
        client.post("/api/v1/event-type", body).await
    };
    let made = post().await.expect(201);
    assert_eq!(
        (&made["archived"], &made["deprecated"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(post().await.expect(409)["code"], "event_type_exists");
    let path = "/api/v1/event-type/user.created";
    client.delete(path).await.expect(204);
    assert!(rows(&client.get("/api/v1/event-type").await).is_empty());
    let all = rows(&client.get("/api/v1/event-type?include_archived=true").await);
    assert_eq!(all[0]["archived"], true);
    assert_eq!(post().await.expect(201)["archived"], false);

    let change = json!({"description": "Changed", "schemas": {"1": {"type": "object"}}});
    let patched = client.patch(path, change).await.expect(200);
    assert_eq!(patched["description"], "Changed");
    let put = client
        .put(path, json!({"description": "Put"}))
        .await
        .expect(200);
    assert_eq!(
        (&put["description"], &put["schemas"]),
        (&json!("Put"), &Value::Null)
    );
    client
        .put("/api/v1/event-type/a/b", json!({"description": "New"}))
        .await
        .expect(201);
    assert_eq!(
        client.get("/api/v1/event-type/a/b").await.expect(200)["name"],
        "a/b"
    );
    client
        .delete("/api/v1/event-type/user.created?expunge=true")
        .await
        .expect(204);
    client.get(path).await.expect(404);
}
