//! Operational webhooks: what the server tells of itself arrives, once, whatever happens in between.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Received, Receiver, TestApp, wait};

use crate::nodes::beside;
use crate::support::{app, app_on, app_with, program, refused, refused_field};

const PATH: &str = "/api/v1/operational-webhook/endpoint";
/// Retries at once, more than four of them, and no rest to speak of for an endpoint that fails.
const QUICK: &[(&str, &str)] = &[
    ("retry_schedule", "10ms,10ms,10ms,10ms,10ms"),
    ("breaker_rest", "100ms"),
];

/// Makes an endpoint for operational events at `/told`; gives its id.
async fn tell(app: &TestApp, receiver: &Receiver, fields: Value) -> String {
    let mut endpoint = fields;
    endpoint["url"] = receiver.url("/told").into();
    let made = app.client.post(PATH, endpoint).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// What was told, by type, in the order in which it came.
async fn told(receiver: &Receiver, count: usize) -> Vec<Arc<Received>> {
    receiver.wait_for("/told", count).await
}

fn types(requests: &[Arc<Received>]) -> BTreeMap<String, usize> {
    let mut types = BTreeMap::new();
    for request in requests {
        let event_type = request.json()["type"].as_str().unwrap().to_owned();
        *types.entry(event_type).or_default() += 1;
    }
    types
}

fn of_type(requests: &[Arc<Received>], event_type: &str) -> Value {
    let found = requests
        .iter()
        .find(|request| request.json()["type"] == event_type);
    let found = found.unwrap_or_else(|| panic!("{event_type} was not told"));
    found.json()["data"].clone()
}

fn count(types: &[(&str, usize)]) -> BTreeMap<String, usize> {
    let owned = types
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    owned.collect()
}

async fn an_endpoint_is_told_what_happens_to_others(app: TestApp) {
    let receiver = Receiver::start().await;
    let id = tell(&app, &receiver, json!({})).await;
    let owner = json!({"name": "Cool Account", "uid": "cool"});
    let owner = app.client.post("/api/v1/app", owner).await.expect(201);
    let endpoint = json!({"url": receiver.url("/hook"), "uid": "billing"});
    let endpoint = app.create_endpoint("cool", endpoint).await;
    let path = format!("/api/v1/app/cool/endpoint/{endpoint}");
    for change in [
        json!({"description": "x"}),
        json!({"disabled": true}),
        json!({"disabled": false}),
    ] {
        app.client.patch(&path, change).await.expect(200);
    }
    app.client.delete(&path).await.expect(204);

    let requests = told(&receiver, 7).await;
    let expected = count(&[
        ("endpoint.created", 1),
        ("endpoint.updated", 3),
        ("endpoint.disabled", 1),
        ("endpoint.enabled", 1),
        ("endpoint.deleted", 1),
    ]);
    assert_eq!(types(&requests), expected);
    let secret = app.client.get(&format!("{PATH}/{id}/secret")).await;
    let secret = secret.expect(200)["key"].as_str().unwrap().to_owned();
    for request in &requests {
        request.verify(&secret);
        let data = &request.json()["data"];
        assert_eq!(data["appId"], owner["id"], "{data}");
        assert_eq!(data["appUid"], "cool");
        assert_eq!(data["endpointId"], endpoint);
        assert_eq!(data["endpointUid"], "billing");
    }
    let disabled = of_type(&requests, "endpoint.disabled");
    assert_eq!(disabled["trigger"], "manual", "{disabled}");

    // Every delivery is in the log of the endpoint, and in no list of an application.
    let attempts = format!("{PATH}/{id}/attempt?limit=250");
    let logged = || async { app.client.get(&attempts).await.expect(200)["data"].clone() };
    let logged = wait::until("all attempts", logged, |rows: &Value| {
        rows.as_array().is_some_and(|rows| rows.len() == 7)
    });
    assert_eq!(logged.await[0]["responseStatusCode"], 204);
    let applications = app.client.get("/api/v1/app").await.expect(200);
    assert_eq!(applications["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_endpoint_is_told_what_happens_to_others_on_sqlite() {
    an_endpoint_is_told_what_happens_to_others(app().await).await;
}

#[tokio::test]
async fn an_endpoint_is_told_what_happens_to_others_on_postgres() {
    let database = Database::new(Version::V15);
    an_endpoint_is_told_what_happens_to_others(app_on(&database).await).await;
}

#[tokio::test]
async fn an_operational_endpoint_is_a_resource_like_others() {
    let app = app().await;
    let receiver = Receiver::start().await;
    let empty = app.client.get(PATH).await.expect(200);
    assert_eq!(empty["data"], json!([]));
    refused(
        &app.client.get(&format!("{PATH}/nobody")).await,
        404,
        "not_found",
    );
    let id = tell(
        &app,
        &receiver,
        json!({"uid": "ops", "eventTypes": ["endpoint.*"]}),
    )
    .await;
    let by_uid = format!("{PATH}/ops");
    let found = app.client.get(&by_uid).await.expect(200);
    assert_eq!(found["id"], id);
    assert_eq!(found["eventTypes"], json!(["endpoint.*"]));
    let listed = app.client.get(PATH).await.expect(200);
    assert_eq!(listed["data"], json!([found]));

    let headers = json!({"headers": {"x-team": "ops"}});
    let path = format!("{by_uid}/headers");
    app.client.put(&path, headers.clone()).await.expect(204);
    let shown = app.client.get(&path).await.expect(200);
    assert_eq!(shown["headers"], headers["headers"]);
    let secret = format!("{by_uid}/secret");
    let before = app.client.get(&secret).await.expect(200);
    let rotated = app
        .client
        .post(&format!("{secret}/rotate"), json!({}))
        .await;
    assert_ne!(rotated.expect(200), before);
    assert_eq!(app.client.get(&secret).await.expect(200), rotated.json());

    let put = json!({"url": receiver.url("/told"), "uid": "ops", "disabled": true});
    let put = app.client.put(&by_uid, put).await.expect(200);
    assert_eq!(
        (&put["disabled"], &put["eventTypes"]),
        (&json!(true), &Value::Null)
    );
    let wrong = json!({"url": receiver.url("/told"), "eventTypes": ["user.created"]});
    refused_field(&app.client.post(PATH, wrong).await, &["body", "eventTypes"]);
    app.client.delete(&by_uid).await.expect(204);
    refused(&app.client.get(&by_uid).await, 404, "not_found");
}

/// Neither what is done to operational endpoints nor what they do is told, or one failure would tell of the
/// next.
#[tokio::test]
async fn nothing_is_told_of_operational_endpoints() {
    let app = app_with(QUICK).await;
    let receiver = Receiver::start().await;
    let id = tell(&app, &receiver, json!({})).await;
    let gone = json!({"url": receiver.url("/gone")});
    receiver.script("/gone", [500, 500, 500, 500, 500, 500]);
    app.client.post(PATH, gone).await.expect(201);
    let change = json!({"url": receiver.url("/told"), "description": "x"});
    app.client
        .put(&format!("{PATH}/{id}"), change)
        .await
        .expect(200);
    let owner = app.create_application("Cool Account").await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    // The other one has failed for good by now.
    receiver.wait_for("/gone", 6).await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    let requests = told(&receiver, 2).await;
    assert_eq!(types(&requests), count(&[("endpoint.created", 2)]));
    app.settle().await;
    assert_eq!(receiver.requests_to("/told").len(), 2);
}

#[tokio::test]
async fn only_what_somebody_wants_is_told() {
    let app = app().await;
    let receiver = Receiver::start().await;
    let owner = app.create_application("Cool Account").await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    tell(&app, &receiver, json!({"eventTypes": ["endpoint.deleted"]})).await;
    let second = json!({"url": receiver.url("/hook")});
    let second = app.create_endpoint(&owner, second).await;
    let path = format!("/api/v1/app/{owner}/endpoint/{second}");
    app.client.delete(&path).await.expect(204);
    let requests = told(&receiver, 1).await;
    assert_eq!(types(&requests), count(&[("endpoint.deleted", 1)]));
    app.settle().await;
    assert_eq!(receiver.requests_to("/told").len(), 1);
}

async fn a_delivery_is_told_of_when_it_fails_recovers_and_is_given_up(app: TestApp) {
    let receiver = Receiver::start().await;
    tell(&app, &receiver, json!({"eventTypes": ["message.*"]})).await;
    let owner = app.create_application("Cool Account").await;
    let endpoint = json!({"url": receiver.url("/hook")});
    let endpoint = app.create_endpoint(&owner, endpoint).await;
    receiver.script("/hook", [500, 500, 500, 500, 200]);
    let message = json!({"eventType": "a", "payload": {}, "eventId": "mine"});
    let message = app.try_send(&owner, message).await.expect(202);
    let requests = told(&receiver, 2).await;
    let expected = [
        ("message.attempt.failing", 1),
        ("message.attempt.recovered", 1),
    ];
    assert_eq!(types(&requests), count(&expected));
    let failing = of_type(&requests, "message.attempt.failing");
    assert_eq!(failing["msgId"], message["id"]);
    assert_eq!(failing["msgEventId"], "mine");
    assert_eq!(failing["endpointId"], endpoint);
    assert_eq!(failing["lastAttempt"]["responseStatusCode"], 500);
    let attempts = app.attempts(&owner, message["id"].as_str().unwrap()).await;
    assert_eq!(
        failing["lastAttempt"]["id"], attempts[3]["id"],
        "{attempts:?}"
    );
    assert_eq!(
        failing["lastAttempt"]["timestamp"],
        attempts[3]["timestamp"]
    );

    receiver.script("/hook", [500, 500, 500, 500, 500, 500]);
    app.send(&owner, "a", json!({})).await;
    let requests = told(&receiver, 4).await;
    let exhausted = of_type(&requests[2..], "message.attempt.exhausted");
    assert_eq!(exhausted["lastAttempt"]["responseStatusCode"], 500);
}

#[tokio::test]
async fn a_delivery_is_told_of_when_it_fails_recovers_and_is_given_up_on_sqlite() {
    let app = app_with(QUICK).await;
    a_delivery_is_told_of_when_it_fails_recovers_and_is_given_up(app).await;
}

#[tokio::test]
async fn a_delivery_is_told_of_when_it_fails_recovers_and_is_given_up_on_postgres() {
    let database = Database::new(Version::V15);
    let url = database.url();
    let settings: Vec<(&str, &str)> = QUICK.iter().copied().chain([("store", &url[..])]).collect();
    let app = app_with(&settings).await;
    a_delivery_is_told_of_when_it_fails_recovers_and_is_given_up(app).await;
}

#[tokio::test]
async fn an_endpoint_that_is_switched_off_for_being_gone_is_told_of_once() {
    let app = app().await;
    let receiver = Receiver::start().await;
    tell(
        &app,
        &receiver,
        json!({"eventTypes": ["endpoint.disabled"]}),
    )
    .await;
    let owner = app.create_application("Cool Account").await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    receiver.script("/hook", [410]);
    app.send(&owner, "a", json!({})).await;
    let requests = told(&receiver, 1).await;
    let disabled = of_type(&requests, "endpoint.disabled");
    assert_eq!(disabled["trigger"], "automatic", "{disabled}");
    assert_eq!(disabled["reason"], "gone");
    assert!(disabled["failSince"].is_string());
}

/// The server dies between the change and the message that tells of it, or between that message and the end
/// of the event. It is told all the same, as one message.
async fn what_is_told_survives_a_death_at(point: &str, mut app: TestApp) {
    let receiver = Receiver::start().await;
    tell(&app, &receiver, json!({})).await;
    let owner = app.create_application("Cool Account").await;
    app.stop().await;
    app.change(|program| program.variable("TIDINGS_FAULT_POINT", point));
    app.start_again().await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    let body = json!({"url": receiver.url("/hook")}).to_string();
    // The answer may or may not have come before the end.
    let _ = app.client.try_send(http::Method::POST, &path, body).await;
    let server = app.take_server();
    server.ended().await;
    app.change(|program| program.variable("TIDINGS_FAULT_POINT", "nowhere"));
    app.start_again().await;
    let requests = told(&receiver, 1).await;
    assert_eq!(types(&requests), count(&[("endpoint.created", 1)]));
    app.settle().await;
    let ids: std::collections::BTreeSet<String> = receiver
        .requests_to("/told")
        .iter()
        .map(|request| request.id().to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "one event is one message");
}

#[tokio::test]
async fn what_is_told_survives_a_death_before_its_message() {
    what_is_told_survives_a_death_at("before-relay", app().await).await;
}

#[tokio::test]
async fn what_is_told_survives_a_death_behind_its_message_and_is_one_message() {
    what_is_told_survives_a_death_at("before-forgetting", app().await).await;
}

#[tokio::test]
async fn what_is_told_survives_a_death_before_its_message_on_postgres() {
    let database = Database::new(Version::V15);
    let program = program()
        .setting("store", &database.url())
        .setting("node_lease", "2s");
    what_is_told_survives_a_death_at("before-relay", TestApp::run(program).await).await;
}

/// Changes made at two nodes that work beside each other: each event becomes one message.
#[tokio::test]
async fn of_two_nodes_one_makes_the_message_of_an_event() {
    const EACH: usize = 8;
    let database = Database::new(Version::V15);
    let first = app_on(&database).await;
    let second = beside(&first, &database, &[]).await;
    let receiver = Receiver::start().await;
    tell(&first, &receiver, json!({})).await;
    let mut expected = Vec::new();
    for _ in 0..EACH {
        for node in [&first, &second] {
            let owner = node.create_application("Cool Account").await;
            let endpoint = json!({"url": receiver.url("/hook")});
            expected.push(node.create_endpoint(&owner, endpoint).await);
        }
    }
    let requests = told(&receiver, expected.len()).await;
    let mut endpoints: Vec<String> = requests
        .iter()
        .map(|request| {
            request.json()["data"]["endpointId"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    endpoints.sort();
    expected.sort();
    assert_eq!(endpoints, expected);
    first.settle().await;
    assert_eq!(receiver.requests_to("/told").len(), expected.len());
}
