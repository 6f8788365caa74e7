//! Limits that are reached and not passed.

use serde_json::json;

use crate::support::{Scene, app};

#[tokio::test]
async fn names_may_have_256_characters() {
    let app = app().await;
    let uid = "u".repeat(256);
    let body = json!({"name": "n".repeat(256), "uid": uid});
    app.client.post("/api/v1/app", body).await.expect(201);
    let body = json!({"name": "t".repeat(256), "description": "d".repeat(4_096)});
    app.client
        .post("/api/v1/event-type", body)
        .await
        .expect(201);
    let body = json!({"url": "http://127.0.0.1:9/", "uid": uid, "description": "d".repeat(4_096)});
    app.client
        .post(&format!("/api/v1/app/{uid}/endpoint"), body)
        .await
        .expect(201);
    let event = json!({"eventType": "t".repeat(256), "payload": {}, "eventId": "e".repeat(256)});
    app.try_send(&uid, event).await.expect(202);
}

#[tokio::test]
async fn lists_in_objects_may_be_as_long_as_documented() {
    let scene = Scene::start().await;
    let names = |count: usize, letter: &str| -> Vec<String> {
        (0..count)
            .map(|number| format!("{letter}{number}"))
            .collect()
    };
    let headers: serde_json::Map<_, _> = names(20, "X-")
        .into_iter()
        .map(|name| (name, json!("v".repeat(1_000))))
        .collect();
    let body = json!({
        "url": scene.receiver.url("/most"),
        "channels": names(10, "c"),
        "headers": headers,
        "metadata": {"k": "v".repeat(4_096 - 8)},
    });
    scene.app.create_endpoint(&scene.owner, body).await;
    let event = json!({
        "eventType": "a",
        "payload": {},
        "channels": names(10, "c"),
        "tags": (0..5).map(|number| format!("{number}{}", "t".repeat(127))).collect::<Vec<_>>(),
    });
    scene.app.try_send(&scene.owner, event).await.expect(202);
    let requests = scene.receiver.wait_for("/most", 1).await;
    assert_eq!(requests[0].header("x-19").len(), 1_000);
}

#[tokio::test]
async fn an_endpoint_may_list_a_thousand_event_types() {
    let app = app().await;
    let owner = app.create_application("Many").await;
    let names: Vec<_> = (0..1_000).map(|number| format!("type.{number}")).collect();
    for part in names.chunks(50) {
        let posts = part.iter().map(|name| {
            let (client, name) = (app.client.clone(), name.clone());
            tokio::spawn(async move {
                let body = json!({"name": name, "description": "x"});
                client.post("/api/v1/event-type", body).await.expect(201)
            })
        });
        for post in posts.collect::<Vec<_>>() {
            post.await.unwrap();
        }
    }
    let body = json!({"url": "http://127.0.0.1:9/", "eventTypes": names});
    app.create_endpoint(&owner, body).await;
}
