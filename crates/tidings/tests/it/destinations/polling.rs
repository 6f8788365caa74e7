//! Polling endpoints, which are destinations as well.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};

use super::fifo;
use crate::support::{app, app_on, refused, refused_field};

/// The paths of the destinations and of the polling endpoints of an application.
fn paths(owner: &str) -> (String, String) {
    (
        format!("/api/v1/app/{owner}/destination"),
        format!("/api/v1/app/{owner}/poller"),
    )
}

async fn a_polling_endpoint_is_one_too(app: TestApp) {
    let owner = app.create_application("Destinations").await;
    let (path, pollers) = paths(&owner);
    let new = json!({"type": "pollingEndpoint", "uid": "desk", "channels": ["north"],
        "metadata": {"k": "v"}, "config": {}});
    let made = app.client.post(&path, new).await.expect(201);
    assert_eq!(
        (&made["type"], &made["config"], &made["status"]),
        (&json!("pollingEndpoint"), &json!({}), &json!("enabled"))
    );
    let poller = json!({"uid": "other", "description": "of another kind"});
    let poller = app.client.post(&pollers, poller).await.expect(201);
    let line = fifo("https://example.com/line");
    let line = app.client.post(&path, line).await.expect(201);
    // All in one list, page by page, and each in its own.
    let expected = [&line["id"], &poller["id"], &made["id"]].map(text);
    let (mut listed, mut iterator) = (Vec::new(), String::new());
    loop {
        let next = format!("{path}?limit=1&iterator={iterator}");
        let page = app.client.get(&next).await.expect(200);
        listed.push(text(&page["data"][0]["id"]));
        if page["done"] == true {
            break;
        }
        iterator = text(&page["iterator"]);
    }
    assert_eq!(listed, expected);
    assert_eq!(rows(&app.client.get(&pollers).await).len(), 2);

    changes_as_a_destination(&app, &owner, &made).await;
    refuses_what_is_about_sending(&app, &owner).await;
    changes_as_what_it_is(&app, &owner).await;
    let of_desk = format!("{path}/desk");
    assert_eq!(app.client.delete(&of_desk).await.status, 204);
    refused(&app.client.get(&of_desk).await, 404, "not_found");
    let gone = app
        .client
        .patch(&format!("{pollers}/desk"), json!({}))
        .await;
    refused(&gone, 404, "not_found");
}

async fn changes_as_a_destination(app: &TestApp, owner: &str, made: &Value) {
    let (path, pollers) = paths(owner);
    let of_desk = format!("{path}/desk");
    let message = json!({"eventType": "a", "payload": {"n": 1}, "channels": ["north"]});
    app.try_send(owner, message).await.expect(202);
    let read = app.client.get(&format!("{pollers}/desk")).await.expect(200);
    assert_eq!(read["data"][0]["payload"], json!({"n": 1}));
    let change = json!({"type": "pollingEndpoint", "status": "disabled", "channels": null});
    let changed = app.client.patch(&of_desk, change).await.expect(200);
    assert_eq!(
        (
            &changed["status"],
            &changed["channels"],
            &changed["metadata"]
        ),
        (&json!("disabled"), &json!([]), &json!({"k": "v"}))
    );
    let off = app.client.get(&format!("{pollers}/desk")).await;
    refused(&off, 400, "endpoint_disabled");
    let put = json!({"type": "pollingEndpoint", "eventTypes": []});
    let put = app.client.put(&of_desk, put).await.expect(200);
    assert_eq!(
        (&put["id"], &put["status"]),
        (&made["id"], &json!("enabled"))
    );
    assert_eq!(
        (&put["uid"], &put["metadata"]),
        (&json!("desk"), &json!({}))
    );
    let fresh = json!({"type": "pollingEndpoint"});
    let fresh = app.client.put(&format!("{path}/fresh"), fresh).await;
    assert_eq!(fresh.expect(201)["uid"], "fresh");
}

async fn refuses_what_is_about_sending(app: &TestApp, owner: &str) {
    let (path, _) = paths(owner);
    let of_desk = format!("{path}/desk");
    for (body, place) in [
        (json!({"type": "fifoEndpoint"}), vec!["type"]),
        (json!({"batchSize": 2}), vec!["batchSize"]),
        (
            json!({"config": {"url": "https://x.example"}}),
            vec!["config", "url"],
        ),
        (json!({"eventTypes": ["no.such"]}), vec!["eventTypes"]),
        (json!({"uid": "a b"}), vec!["uid"]),
    ] {
        let place: Vec<&str> = ["body"].into_iter().chain(place).collect();
        refused_field(&app.client.patch(&of_desk, body).await, &place);
    }
    let sending = json!({"type": "pollingEndpoint", "maxWaitSecs": 1, "config": {"key": "x"}});
    let sending = app.client.post(&path, sending).await;
    refused_field(&sending, &["body", "maxWaitSecs"]);
    refused_field(&sending, &["body", "config", "key"]);
    let rotate = format!("{of_desk}/secret/rotate");
    let rotate = app.client.post(&rotate, json!({})).await;
    refused(&rotate, 400, "no_secret");
    let taken = json!({"uid": "other"});
    refused(&app.client.patch(&of_desk, taken).await, 409, "conflict");
}

async fn changes_as_what_it_is(app: &TestApp, owner: &str) {
    let (_, pollers) = paths(owner);
    let filter = json!({"filter": {"n": {"$gt": 1}}, "description": "only large ones"});
    let other = format!("{pollers}/other");
    let changed = app.client.patch(&other, filter).await.expect(200);
    assert_eq!(changed["description"], "only large ones");
    app.send(owner, "a", json!({"n": 2})).await;
    let read = app.client.get(&other).await.expect(200);
    let payloads: Vec<_> = rows_of(&read, "payload");
    assert_eq!(payloads, [json!({"n": 2})]);
    let wrong = json!({"filter": {"n": {"$no": 1}}});
    assert_eq!(app.client.patch(&other, wrong).await.status, 422);
}

fn rows_of(page: &Value, field: &str) -> Vec<Value> {
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row[field].clone()).collect()
}

#[tokio::test]
async fn a_polling_endpoint_is_a_destination_too() {
    a_polling_endpoint_is_one_too(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_polling_endpoint_is_a_destination_too() {
    a_polling_endpoint_is_one_too(app_on(&Database::new(Version::V15)).await).await;
}
