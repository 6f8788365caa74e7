//! Destinations are endpoints that keep the order, under the same ids.

mod polling;

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, TestApp};

use crate::support::{Scene, app, app_on, everything, refused, refused_field};

fn fifo(url: &str) -> Value {
    json!({"type": "fifoEndpoint", "config": {"url": url}})
}

async fn is_an_endpoint_that_keeps_the_order(app: TestApp) {
    let receiver = Receiver::start().await;
    let owner = app.create_application("Destinations").await;
    let path = format!("/api/v1/app/{owner}/destination");
    for name in ["a", "b"] {
        let event_type = json!({"name": name, "description": "d"});
        app.client
            .post("/api/v1/event-type", event_type)
            .await
            .expect(201);
    }
    let mut new = fifo(&receiver.url("/first"));
    new["uid"] = "first".into();
    new["batchSize"] = 2.into();
    new["maxWaitSecs"] = 1.into();
    new["eventTypes"] = json!(["a"]);
    new["metadata"] = json!({"k": "v"});
    new["config"]["headers"] = json!({"x-colour": "red", "Authorization": "Bearer t"});
    new["config"]["key"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
    let made = app.client.post(&path, new).await.expect(201);
    let id = text(&made["id"]);
    assert!(id.starts_with("ep_"));
    for (field, value) in [
        ("type", json!("fifoEndpoint")),
        ("status", json!("enabled")),
        ("batchSize", json!(2)),
        ("maxWaitSecs", json!(1)),
        ("eventTypes", json!(["a"])),
        ("channels", json!([])),
        ("metadata", json!({"k": "v"})),
        ("failureReason", Value::Null),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    assert_eq!(
        made["config"]["headers"],
        json!({"headers": {"x-colour": "red"}, "sensitive": ["Authorization"]})
    );
    let endpoint = format!("/api/v1/app/{owner}/endpoint/{id}");
    let shown = app.client.get(&endpoint).await.expect(200);
    assert_eq!(
        (&shown["fifo"], &shown["batchSize"], &shown["uid"]),
        (&json!(true), &json!(2), &json!("first"))
    );
    let secret = app
        .client
        .get(&format!("{endpoint}/secret"))
        .await
        .expect(200);
    assert_eq!(secret["key"], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    gets_batches_in_order(&app, &owner, &receiver).await;
    changes_and_goes(&app, &owner, &receiver.url("/second")).await;
}

/// Two messages come in one request, in their order.
async fn gets_batches_in_order(app: &TestApp, owner: &str, receiver: &Receiver) {
    for number in 0..2 {
        app.send(owner, "a", json!({"n": number})).await;
    }
    app.send(owner, "b", json!({"n": 2})).await;
    let requests = receiver.wait_for("/first", 1).await;
    let events = requests[0].json();
    assert_eq!(events.as_array().unwrap().len(), 2, "{events}");
    assert_eq!(requests[0].header("x-colour"), "red");
}

async fn changes_and_goes(app: &TestApp, owner: &str, url: &str) {
    let path = format!("/api/v1/app/{owner}/destination");
    let made = app.client.get(&format!("{path}/first")).await.expect(200);
    let id = text(&made["id"]);
    let endpoint = format!("/api/v1/app/{owner}/endpoint/{id}");
    let change = json!({"type": "fifoEndpoint", "status": "disabled", "eventTypes": null, "batchSize": null,
        "config": {"url": url}});
    let changed = app
        .client
        .patch(&format!("{path}/first"), change)
        .await
        .expect(200);
    assert_eq!(
        (&changed["status"], &changed["batchSize"]),
        (&json!("disabled"), &json!(1))
    );
    assert_eq!(
        (&changed["eventTypes"], &changed["metadata"]),
        (&json!([]), &json!({"k": "v"}))
    );
    assert_eq!(changed["config"]["url"], url);
    let rotated = app
        .client
        .post(&format!("{path}/first/secret/rotate"), json!({}))
        .await
        .expect(200);
    let secret = app
        .client
        .get(&format!("{endpoint}/secret"))
        .await
        .expect(200);
    assert_eq!(secret["key"], rotated["key"]);
    app.client.delete(&format!("{path}/{id}")).await.expect(204);
    refused(
        &app.client.get(&format!("{path}/first")).await,
        404,
        "not_found",
    );
    refused(&app.client.get(&endpoint).await, 404, "not_found");
}

#[tokio::test]
async fn a_destination_is_an_endpoint_that_keeps_the_order() {
    is_an_endpoint_that_keeps_the_order(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_destination_is_an_endpoint_that_keeps_the_order() {
    is_an_endpoint_that_keeps_the_order(app_on(&Database::new(Version::V15)).await).await;
}

#[tokio::test]
async fn an_endpoint_is_listed_as_a_destination_while_it_keeps_the_order() {
    let scene = Scene::start().await;
    let path = scene.path("/destination");
    let mut ids = Vec::new();
    for number in 0..5 {
        let made = scene
            .app
            .client
            .post(&path, fifo(&format!("http://127.0.0.1:9/{number}")));
        ids.push(text(&made.await.expect(201)["id"]));
    }
    ids.reverse();
    let listed = async |query: &str| {
        let answer = scene.app.client.get(&format!("{path}{query}")).await;
        let ids: Vec<_> = rows(&answer).iter().map(|row| text(&row["id"])).collect();
        (ids, answer.expect(200))
    };
    assert_eq!(listed("").await.0, ids);
    let (first, answer) = listed("?limit=2").await;
    assert_eq!((&first[..], &answer["done"]), (&ids[..2], &json!(false)));
    let (rest, answer) = listed(&format!("?limit=3&iterator={}", text(&answer["iterator"]))).await;
    assert_eq!((&rest[..], &answer["done"]), (&ids[2..], &json!(true)));
    let (oldest, _) = listed("?order=ascending&limit=1").await;
    assert_eq!(oldest, ids[4..]);

    let plain = format!("{path}/{}", scene.endpoint);
    refused(&scene.app.client.get(&plain).await, 404, "not_found");
    refused(&scene.app.client.delete(&plain).await, 404, "not_found");
    refused(
        &scene
            .app
            .client
            .put(&plain, fifo("http://127.0.0.1:9/"))
            .await,
        409,
        "conflict",
    );
    let rotate = format!("{plain}/secret/rotate");
    refused(
        &scene.app.client.post(&rotate, json!({})).await,
        404,
        "not_found",
    );
    let endpoint = scene.endpoint_path("");
    let is_fifo = |fifo: bool| scene.app.client.patch(&endpoint, json!({ "fifo": fifo }));
    is_fifo(true).await.expect(200);
    scene.app.client.get(&plain).await.expect(200);
    is_fifo(false).await.expect(200);
    refused(&scene.app.client.get(&plain).await, 404, "not_found");
}

#[tokio::test]
async fn a_put_makes_a_destination_or_changes_what_it_says() {
    let scene = Scene::start().await;
    let path = scene.path("/destination/mine");
    let put = scene
        .app
        .client
        .put(&path, fifo("http://127.0.0.1:9/a"))
        .await
        .expect(201);
    assert_eq!(put["uid"], "mine");
    let endpoint = scene.path("/endpoint/mine");
    let described = json!({"description": "kept", "headers": {"x-a": "1"}});
    scene
        .app
        .client
        .patch(&endpoint, described)
        .await
        .expect(200);
    let mut again = fifo("http://127.0.0.1:9/b");
    again["batchSize"] = 5.into();
    let changed = scene.app.client.put(&path, again).await.expect(200);
    assert_eq!(
        (&changed["id"], &changed["batchSize"]),
        (&put["id"], &json!(5))
    );
    assert_eq!(changed["config"]["headers"]["headers"], json!({"x-a": "1"}));
    let shown = scene.app.client.get(&endpoint).await.expect(200);
    assert_eq!(
        (&shown["description"], &shown["url"]),
        (&json!("kept"), &json!("http://127.0.0.1:9/b"))
    );
}

type Wrong = Vec<(Value, Vec<&'static str>)>;

fn wrong_drafts() -> Wrong {
    let with = |field: &str, value: Value| {
        let mut new = fifo("http://127.0.0.1:9/a");
        new[field] = value;
        new
    };
    let config = |value: Value| with("config", value);
    let url = "http://127.0.0.1:9/a";
    vec![
        (json!({"config": {"url": url}}), vec!["type"]),
        (with("type", json!("pigeon")), vec!["type"]),
        (with("type", json!(1)), vec!["type"]),
        (json!({"type": "fifoEndpoint"}), vec!["config", "url"]),
        (config(json!([])), vec!["config"]),
        (config(json!({"url": "ftp://x"})), vec!["config", "url"]),
        (
            config(json!({"url": url, "headers": []})),
            vec!["config", "headers"],
        ),
        (
            config(json!({"url": url, "headers": {"host": "x"}})),
            vec!["config", "headers"],
        ),
        (
            config(json!({"url": url, "key": "x"})),
            vec!["config", "key"],
        ),
        (with("uid", json!("a b")), vec!["uid"]),
        (with("status", json!("paused")), vec!["status"]),
        (with("batchSize", json!(0)), vec!["batchSize"]),
        (with("batchSize", json!(1001)), vec!["batchSize"]),
        (with("maxWaitSecs", json!(301)), vec!["maxWaitSecs"]),
        (with("eventTypes", json!(["unknown"])), vec!["eventTypes"]),
        (with("channels", json!(["a b"])), vec!["channels"]),
        (with("metadata", json!({"a": 1})), vec!["metadata"]),
    ]
}

fn wrong_changes() -> Wrong {
    vec![
        (json!({"status": null}), vec!["status"]),
        (json!({"config": {"url": null}}), vec!["config", "url"]),
        (json!({"config": {"url": "x"}}), vec!["config", "url"]),
        (json!({"maxWaitSecs": -1}), vec!["maxWaitSecs"]),
    ]
}

#[tokio::test]
async fn what_is_wrong_or_not_there_yet_is_told_and_nothing_is_made() {
    let scene = Scene::start().await;
    let path = scene.path("/destination");
    let made = scene
        .app
        .client
        .put(&format!("{path}/mine"), fifo("http://127.0.0.1:9/a"))
        .await;
    made.expect(201);
    let before = everything(&scene.app).await;
    for kind in ["sqs", "amazonS3", "snowflake"] {
        let new = json!({"type": kind, "config": {}});
        refused(
            &scene.app.client.post(&path, new.clone()).await,
            501,
            "not_there_yet",
        );
        refused(
            &scene
                .app
                .client
                .put(&format!("{path}/mine"), new.clone())
                .await,
            501,
            "not_there_yet",
        );
        refused(
            &scene.app.client.patch(&format!("{path}/mine"), new).await,
            501,
            "not_there_yet",
        );
    }
    let transformation = format!("{path}/mine/transformation");
    refused(
        &scene.app.client.get(&transformation).await,
        501,
        "not_there_yet",
    );
    refused(
        &scene
            .app
            .client
            .patch(&transformation, json!({"code": "x"}))
            .await,
        501,
        "not_there_yet",
    );
    for (body, place) in wrong_drafts() {
        let place: Vec<&str> = ["body"].into_iter().chain(place).collect();
        refused_field(&scene.app.client.post(&path, body).await, &place);
    }
    for (body, place) in wrong_changes() {
        let place: Vec<&str> = ["body"].into_iter().chain(place).collect();
        let answer = scene.app.client.patch(&format!("{path}/mine"), body).await;
        refused_field(&answer, &place);
    }
    assert_eq!(everything(&scene.app).await, before);
}
