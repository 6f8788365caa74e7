//! Payloads are checked against the schema of their event type where that says so, and nowhere else.

use serde_json::{Value, json};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, TestApp};

use crate::support::{app, app_on, everything, refused, refused_field};

const EVENT_TYPE: &str = "/api/v1/event-type/invoice.paid";

/// An event type whose payloads have an amount, an integer from 1 on, and lines with texts.
async fn checked(app: &TestApp, policy: &str) {
    let schema = json!({
        "type": "object", "required": ["amount"],
        "properties": {
            "amount": {"type": "integer", "minimum": 1},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"a/b": {"type": "string"}}}},
        },
    });
    let event_type = json!({
        "name": "invoice.paid", "description": "An invoice was paid",
        "schemas": {"1": false, "2": schema}, "schemaPolicy": policy,
    });
    let made = app
        .client
        .post("/api/v1/event-type", event_type.clone())
        .await;
    assert_eq!(made.expect(201)["schemaPolicy"], policy);
}

fn message(payload: &Value) -> Value {
    json!({"eventType": "invoice.paid", "payload": payload})
}

async fn messages_count(app: &TestApp, owner: &str) -> usize {
    let list = app.client.get(&format!("/api/v1/app/{owner}/msg")).await;
    list.expect(200)["data"].as_array().unwrap().len()
}

async fn is_refused_with_its_place(app: TestApp) {
    let receiver = Receiver::start().await;
    let owner = app.create_application("Schemas").await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    checked(&app, "refuse").await;
    let path = format!("/api/v1/app/{owner}/msg");
    let before = everything(&app).await;
    for (payload, place, said) in [
        (json!({}), vec![], "\"amount\" is a required property"),
        (
            json!({"amount": "12"}),
            vec!["amount"],
            "`/amount` does not fit version `2` of the schema of `invoice.paid`: \"12\" is not of type \"integer\"",
        ),
        (
            json!({"amount": 0}),
            vec!["amount"],
            "less than the minimum of 1",
        ),
        (
            json!({"amount": 1, "lines": [{}, {"a/b": 7}]}),
            vec!["lines", "1", "a/b"],
            "`/lines/1/a~1b`",
        ),
    ] {
        let answer = app.client.post(&path, message(&payload)).await;
        let place: Vec<&str> = ["body", "payload"].into_iter().chain(place).collect();
        refused_field(&answer, &place);
        let body = refused(&answer, 422, "validation");
        assert!(
            body.to_string()
                .contains(&json!(said).to_string()[1..][..said.len()]),
            "{body}"
        );
    }
    assert_eq!(everything(&app).await, before, "nothing was written");
    let message = app.send(&owner, "invoice.paid", json!({"amount": 5})).await;
    app.wait_for_status(&owner, &message, 0).await;
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_is_refused_with_its_place_and_nothing_is_written() {
    is_refused_with_its_place(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_payload_that_does_not_fit_is_refused_with_its_place() {
    is_refused_with_its_place(app_on(&Database::new(Version::V15)).await).await;
}

#[tokio::test]
async fn a_change_of_the_policy_or_of_the_schemas_holds_from_the_next_message_on() {
    let app = app().await;
    let owner = app.create_application("Schemas").await;
    let path = format!("/api/v1/app/{owner}/msg");
    let wrong = message(&json!({"amount": "12"}));
    app.client.post(&path, wrong.clone()).await.expect(202);
    checked(&app, "off").await;
    app.client.post(&path, wrong.clone()).await.expect(202);
    for (change, status) in [
        (json!({"schemaPolicy": "refuse"}), 422),
        (json!({"schemas": {"1": true}}), 202),
        (json!({"schemas": {"9": true, "10": false}}), 422),
        (json!({"schemas": null}), 202),
        (json!({"schemas": {"1": false}}), 422),
        (json!({"archived": true}), 422),
        (json!({"schemaPolicy": null}), 202),
        (json!({"schemaPolicy": "refuse"}), 422),
    ] {
        app.client
            .patch(EVENT_TYPE, change.clone())
            .await
            .expect(200);
        app.client.post(&path, wrong.clone()).await.expect(status);
    }
    app.client
        .delete(&format!("{EVENT_TYPE}?expunge=true"))
        .await
        .expect(204);
    app.client.post(&path, wrong.clone()).await.expect(202);
    assert_eq!(messages_count(&app, &owner).await, 6);
}

#[tokio::test]
async fn a_client_that_does_not_know_the_policy_leaves_it_as_it_is() {
    let app = app().await;
    checked(&app, "refuse").await;
    let put = json!({"description": "d", "schemas": {"1": true}});
    let kept = app.client.put(EVENT_TYPE, put.clone()).await;
    assert_eq!(kept.expect(200)["schemaPolicy"], "refuse");
    app.client.delete(EVENT_TYPE).await.expect(204);
    let back = json!({"name": "invoice.paid", "description": "back"});
    let back = app.client.post("/api/v1/event-type", back.clone()).await;
    assert_eq!(back.expect(201)["schemaPolicy"], "refuse");
    let found = app.client.get(EVENT_TYPE).await.expect(200);
    assert_eq!(
        (&found["schemaPolicy"], &found["archived"]),
        (&json!("refuse"), &json!(false))
    );
    for wrong in [
        json!({"schemaPolicy": "Refuse"}),
        json!({"schemaPolicy": true}),
        json!({"schemaPolicy": ["off"]}),
    ] {
        let answer = app.client.patch(EVENT_TYPE, wrong.clone()).await;
        refused_field(&answer, &["body", "schemaPolicy"]);
    }
    assert_eq!(app.client.get(EVENT_TYPE).await.expect(200), found);
}

#[tokio::test]
async fn a_refused_message_does_not_use_up_its_key_or_its_event_id() {
    let app = app().await;
    let owner = app.create_application("Schemas").await;
    let path = format!("/api/v1/app/{owner}/msg");
    checked(&app, "refuse").await;
    let mut body = message(&json!({}));
    body["eventId"] = "paid-1".into();
    app.client.post(&path, body.clone()).await.expect(422);
    body["payload"] = json!({"amount": 1});
    app.client.post(&path, body.clone()).await.expect(202);
    body["payload"] = json!({});
    app.client.post(&path, body.clone()).await.expect(422);
    assert_eq!(messages_count(&app, &owner).await, 1);
}

#[tokio::test]
async fn a_change_of_a_record_that_does_not_fit_leaves_the_record_alone() {
    let app = app().await;
    let owner = app.create_application("Schemas").await;
    let schema = json!({"properties": {"data": {"properties": {"name": {"type": "string"}}}}});
    let event_type = json!({
        "name": "user.update", "description": "d", "schemas": {"1": {"not": schema}}, "schemaPolicy": "refuse",
    });
    app.client
        .post("/api/v1/event-type", event_type.clone())
        .await
        .expect(201);
    let path = format!("/api/v1/app/{owner}/record/user/u1");
    app.client
        .put(&path, json!({"name": "Ann"}))
        .await
        .expect(200);
    let before = app.client.get(&path).await.expect(200);
    let answer = app.client.put(&path, json!({"name": "Bea"})).await;
    refused(&answer, 422, "validation");
    assert_eq!(app.client.get(&path).await.expect(200), before);
    assert_eq!(messages_count(&app, &owner).await, 1);
}

/// What an event type says of how payloads differed.
async fn drift(app: &TestApp) -> Value {
    app.client.get(EVENT_TYPE).await.expect(200)["schemaDrift"].clone()
}

async fn is_accepted_and_shown(app: TestApp) {
    let receiver = Receiver::start().await;
    let owner = app.create_application("Schemas").await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    checked(&app, "warn").await;
    assert_eq!(drift(&app).await, Value::Null);
    for payload in [
        json!({"amount": 1}),
        json!({"amount": "secret"}),
        json!({"amount": true, "lines": [{"a/b": 7}, {"a/b": 8}]}),
        json!({}),
    ] {
        let message = app.send(&owner, "invoice.paid", payload).await;
        app.wait_for_status(&owner, &message, 0).await;
    }
    let seen = drift(&app).await;
    assert_eq!(
        (&seen["messagesCount"], &seen["furtherCount"]),
        (&json!(3), &json!(0))
    );
    let differences = seen["differences"].as_array().unwrap().iter();
    let mut told: Vec<_> = differences
        .map(|one| {
            assert_eq!(one["schemaVersion"], "2");
            assert!(one["firstSeen"].as_str() <= one["lastSeen"].as_str());
            let (place, count) = (one["pointer"].as_str(), one["messagesCount"].as_u64());
            (
                place.unwrap(),
                count.unwrap(),
                one["message"].as_str().unwrap(),
            )
        })
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("", 1, "\"amount\" is a required property"),
            ("/amount", 2, "the value is not of type \"integer\""),
            ("/lines/*/a~1b", 1, "the value is not of type \"string\""),
        ]
    );
    assert!(!seen.to_string().contains("secret"));
    let list = app.client.get("/api/v1/event-type?with_content=true").await;
    assert_eq!(list.expect(200)["data"][0]["schemaDrift"], seen);
    let list = app.client.get("/api/v1/event-type").await;
    assert_eq!(list.expect(200)["data"][0]["schemaDrift"], Value::Null);

    let refused = app
        .client
        .patch(EVENT_TYPE, json!({"schemaDrift": {}}))
        .await;
    refused_field(&refused, &["body", "schemaDrift"]);
    let put = json!({"description": "d", "schemas": {"1": false}, "schemaDrift": null});
    let put = app.client.put(EVENT_TYPE, put).await;
    assert_eq!(
        put.expect(200)["schemaDrift"],
        seen,
        "a PUT does not forget it"
    );
    let forgotten = app
        .client
        .patch(EVENT_TYPE, json!({"schemaDrift": null}))
        .await;
    assert_eq!(forgotten.expect(200)["schemaDrift"], Value::Null);
    app.send(&owner, "invoice.paid", json!({"amount": 1})).await;
    let seen = drift(&app).await;
    assert_eq!(
        (
            &seen["messagesCount"],
            &seen["differences"][0]["schemaVersion"]
        ),
        (&json!(1), &json!("1"))
    );
}

#[tokio::test]
async fn a_payload_that_only_warns_is_accepted_and_what_differs_is_shown() {
    is_accepted_and_shown(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_payload_that_only_warns_is_accepted_and_what_differs_is_shown() {
    is_accepted_and_shown(app_on(&Database::new(Version::V15)).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_differs_adds_up_over_nodes_and_restarts() {
    let database = Database::new(Version::V15);
    let first = app_on(&database).await;
    let second = app_on(&database).await;
    let owner = first.create_application("Schemas").await;
    checked(&first, "warn").await;
    for app in [&first, &second, &second] {
        let path = format!("/api/v1/app/{owner}/msg");
        app.client
            .post(&path, message(&json!({})))
            .await
            .expect(202);
    }
    // Each node tells of its own at once, and of the others' once they have written it down.
    assert!(drift(&second).await["messagesCount"].as_u64().unwrap() >= 2);
    let seen = drift(&first).await;
    assert_eq!(seen["messagesCount"], 3);
    assert_eq!(seen["differences"][0]["messagesCount"], 3);
    let refuse = json!({"schemaPolicy": "refuse"});
    first.client.patch(EVENT_TYPE, refuse).await.expect(200);
    let path = format!("/api/v1/app/{owner}/msg");
    second
        .client
        .post(&path, message(&json!({})))
        .await
        .expect(422);
    assert_eq!(drift(&second).await, seen, "what is refused is no drift");
}
