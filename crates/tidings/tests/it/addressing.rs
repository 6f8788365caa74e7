//! Names: ids and uids, PUT and PATCH, both dialects, the slash at the end.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::{rows, text};

use crate::support::{Scene, app, production, refused_field};

#[tokio::test]
async fn a_uid_works_wherever_an_id_does() {
    let app = app().await;
    let client = &app.client;
    let made = client
        .post("/api/v1/app", json!({"name": "Owl", "uid": "owl.1"}))
        .await;
    let id = text(&made.expect(201)["id"]);
    let endpoint = json!({"url": "http://127.0.0.1:9/", "uid": "hook-1"});
    let made = client
        .post("/api/v1/app/owl.1/endpoint", endpoint)
        .await
        .expect(201);
    let endpoint = text(&made["id"]);
    let event = json!({"eventType": "a", "payload": {}, "eventId": "event-1"});
    let message = text(&app.try_send("owl.1", event).await.expect(202)["id"]);
    for owner in [id.as_str(), "owl.1"] {
        assert_eq!(
            client
                .get(&format!("/api/v1/app/{owner}"))
                .await
                .expect(200)["id"],
            id.as_str()
        );
        for hook in [endpoint.as_str(), "hook-1"] {
            let path = format!("/api/v1/app/{owner}/endpoint/{hook}");
            assert_eq!(client.get(&path).await.expect(200)["id"], endpoint.as_str());
            client.get(&format!("{path}/secret")).await.expect(200);
            client
                .get(&format!("/api/v1/app/{owner}/attempt/endpoint/{hook}"))
                .await
                .expect(200);
        }
        for name in [message.as_str(), "event-1"] {
            let path = format!("/api/v1/app/{owner}/msg/{name}");
            assert_eq!(client.get(&path).await.expect(200)["id"], message.as_str());
            client
                .get(&format!("/api/v1/app/{owner}/attempt/msg/{name}"))
                .await
                .expect(200);
        }
    }
}

#[tokio::test]
async fn a_uid_is_unique_and_free_again_once_its_owner_is_gone() {
    let app = app().await;
    let client = &app.client;
    let body = json!({"name": "Owl", "uid": "owl"});
    let first = client.post("/api/v1/app", body.clone()).await.expect(201);
    assert_eq!(
        client.post("/api/v1/app", body.clone()).await.expect(409)["code"],
        "conflict"
    );
    let same = client
        .post("/api/v1/app?get_if_exists=true", body.clone())
        .await
        .expect(200);
    assert_eq!(same["id"], first["id"]);
    client.delete("/api/v1/app/owl").await.expect(204);
    let second = client.post("/api/v1/app", body).await.expect(201);
    assert_ne!(second["id"], first["id"]);
    let taken = json!({"uid": "owl", "name": "Cat"});
    let cat = client
        .post("/api/v1/app", json!({"name": "Cat", "uid": "cat"}))
        .await
        .expect(201);
    client
        .put("/api/v1/app/cat", taken.clone())
        .await
        .expect(409);
    client.patch("/api/v1/app/cat", taken).await.expect(409);
    assert_eq!(client.get("/api/v1/app/cat").await.expect(200), cat);
}

#[tokio::test]
async fn put_makes_what_is_not_there_and_replaces_what_is() {
    let app = app().await;
    let client = &app.client;
    let body = json!({"name": "Owl", "metadata": {"a": "1"}});
    let made = client.put("/api/v1/app/owl", body).await.expect(201);
    assert_eq!(
        (&made["uid"], &made["metadata"]),
        (&json!("owl"), &json!({"a": "1"}))
    );
    let put = client
        .put("/api/v1/app/owl", json!({"name": "Owl 2", "uid": "owl"}))
        .await
        .expect(200);
    assert_eq!(put["id"], made["id"]);
    assert_eq!(
        (&put["name"], &put["metadata"]),
        (&json!("Owl 2"), &json!({}))
    );

    let path = "/api/v1/app/owl/endpoint/hook";
    let body = json!({"url": "http://127.0.0.1:9/a", "description": "one", "channels": ["c"]});
    let made = client.put(path, body).await.expect(201);
    let secret = client.get(&format!("{path}/secret")).await.expect(200);
    let body = json!({"url": "http://127.0.0.1:9/b", "uid": "hook"});
    let put = client.put(path, body).await.expect(200);
    assert_eq!(put["id"], made["id"]);
    assert_eq!(put["url"], "http://127.0.0.1:9/b");
    assert_eq!(
        (&put["description"], &put["channels"]),
        (&json!(""), &Value::Null)
    );
    let kept = client.get(&format!("{path}/secret")).await.expect(200);
    assert_eq!(kept, secret, "a replaced endpoint keeps its secret");
}

#[tokio::test]
async fn patch_changes_what_it_names_and_null_takes_away() {
    let app = app().await;
    let client = &app.client;
    let body = json!({"name": "Owl", "uid": "owl", "throttleRate": 5, "metadata": {"a": "1"}});
    client.post("/api/v1/app", body).await.expect(201);
    let patched = client
        .patch("/api/v1/app/owl", json!({"name": "Owl 2"}))
        .await
        .expect(200);
    assert_eq!(patched["name"], "Owl 2");
    assert_eq!(
        (&patched["throttleRate"], &patched["metadata"]),
        (&json!(5), &json!({"a": "1"}))
    );
    let change = json!({"throttleRate": null, "uid": null});
    let patched = client.patch("/api/v1/app/owl", change).await.expect(200);
    assert_eq!(
        (&patched["throttleRate"], &patched["uid"]),
        (&Value::Null, &Value::Null)
    );
    client.get("/api/v1/app/owl").await.expect(404);

    let scene = Scene::with_endpoint(json!({"description": "mine", "channels": ["a"]})).await;
    let path = scene.endpoint_path("");
    let change = json!({"channels": null, "metadata": {"k": "v"}});
    let patched = scene.app.client.patch(&path, change).await.expect(200);
    assert_eq!(patched["channels"], Value::Null);
    assert_eq!(
        (&patched["description"], &patched["metadata"]),
        (&json!("mine"), &json!({"k": "v"}))
    );
}

#[tokio::test]
async fn both_dialects_are_read_and_both_are_written() {
    let app = app().await;
    let client = &app.client;
    for name in ["a.b", "c.d"] {
        let body = json!({"name": name, "description": "x"});
        client.post("/api/v1/event-type", body).await.expect(201);
    }
    let owner = app.create_application("Both").await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    for (types, rate) in [("eventTypes", "throttleRate"), ("filterTypes", "rateLimit")] {
        let body = json!({"url": "http://127.0.0.1:9/", types: ["a.b"], rate: 7, "version": 3});
        let made = client.post(&path, body).await.expect(201);
        for name in ["eventTypes", "filterTypes"] {
            assert_eq!(made[name], json!(["a.b"]), "{types} {name}");
        }
        for name in ["throttleRate", "rateLimit"] {
            assert_eq!(made[name], 7, "{rate} {name}");
        }
    }
    let empty = json!({"url": "http://127.0.0.1:9/", "filterTypes": [], "channels": []});
    let made = client.post(&path, empty).await.expect(201);
    assert_eq!(
        (&made["filterTypes"], &made["channels"]),
        (&Value::Null, &Value::Null)
    );
    let data = json!({"eventType": "a.b", "data": {"n": 1}});
    let sent = app.try_send(&owner, data).await.expect(202);
    assert_eq!(sent["payload"], json!({"n": 1}));
}

#[tokio::test]
async fn a_slash_at_the_end_does_not_matter() {
    let app = app().await;
    let client = &app.client;
    let made = client
        .post("/api/v1/app/", json!({"name": "Owl", "uid": "owl"}))
        .await
        .expect(201);
    assert_eq!(
        client.get("/api/v1/app/owl/").await.expect(200)["id"],
        made["id"]
    );
    assert_eq!(rows(&client.get("/api/v1/app/?limit=1").await).len(), 1);
    let event = json!({"eventType": "a", "payload": {}});
    client.post("/api/v1/app/owl/msg/", event).await.expect(202);
    client.get("/api/v1/event-type/").await.expect(200);
    client.delete("/api/v1/app/owl/").await.expect(204);
}

#[tokio::test]
async fn unknown_fields_and_parameters_are_let_be() {
    let app = app().await;
    let body = json!({"name": "Owl", "uid": "owl", "colour": "brown"});
    app.client
        .post("/api/v1/app?colour=brown", body)
        .await
        .expect(201);
    let body = json!({"eventType": "a", "payload": {}, "payloadRetentionPeriod": 90, "x": [1]});
    app.try_send("owl", body).await.expect(202);
}

#[tokio::test]
async fn el_10_an_endpoint_has_https_in_whatever_way_its_url_comes_in() {
    let app = TestApp::run(production()).await;
    let client = &app.client;
    let owner = app.create_application("Easy").await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    let kept = client.post(&path, json!({"url": "HTTPS://example.com/x"}));
    let kept = kept.await.expect(201);
    assert_eq!(kept["url"], "HTTPS://example.com/x");
    let own = format!("{path}/{}", text(&kept["id"]));
    let plain = json!({"url": "http://example.com/x"});
    for refusal in [
        client.post(&path, plain.clone()).await,
        client.put(&own, plain.clone()).await,
        client.put(&format!("{path}/new"), plain.clone()).await,
        client.patch(&own, plain).await,
    ] {
        refused_field(&refusal, &["body", "url"]);
        let body = refusal.expect(422);
        let why = text(&body["detail"][0]["msg"]);
        assert!(why.contains("https://"), "{why}");
    }
    let all = client.get(&path).await.expect(200);
    assert_eq!(all["data"], json!([kept]));
}
