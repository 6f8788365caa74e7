//! Examples and tests: one endpoint gets a message, and whoever asked sees what came of it.

mod index;

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::{Answer, Reply};

use crate::support::{Scene, refused, refused_field};

async fn send_example(scene: &Scene, body: Value) -> Answer {
    let path = scene.endpoint_path("/send-example");
    scene.app.client.post(&path, body).await
}

async fn test(scene: &Scene, body: Value) -> Answer {
    let path = scene.endpoint_path("/test");
    scene.app.client.post(&path, body).await
}

async fn import(scene: &Scene, catalog: &str) {
    let client = &scene.app.client;
    let file = client.get(&format!("/api/v1/catalog/{catalog}")).await;
    file.expect(200);
    let report = client.send(Method::POST, "/api/v1/catalog/import", file.text());
    report.await.expect(200);
}

/// The last requests of the endpoint, newest first.
async fn last_requests(scene: &Scene) -> Vec<Value> {
    let path = format!(
        "/attempt/endpoint/{}?limit=10&only_requests=true",
        scene.endpoint
    );
    let list = scene.app.client.get(&scene.path(&path)).await.expect(200);
    list["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_example_is_the_sample_with_fresh_ids_and_times() {
    let scene = Scene::start().await;
    import(&scene, "thulium").await;
    import(&scene, "easy-lms").await;
    let body = json!({"eventType": "CHAT_CONVERSATION_CREATED"});
    let first = send_example(&scene, body.clone()).await.expect(200);
    let second = send_example(&scene, body).await.expect(200);
    assert_eq!(first["eventType"], "CHAT_CONVERSATION_CREATED");
    assert_ne!(
        first["payload"]["conversation_id"],
        second["payload"]["conversation_id"]
    );
    let requests = scene.receiver.wait_for("/hook", 2).await;
    let mut sent: Vec<Value> = requests.iter().map(|request| request.json()).collect();
    for request in &requests {
        request.verify(&scene.secret().await);
        let body = String::from_utf8_lossy(&request.body).into_owned();
        assert!(body.starts_with(r#"{"action":"CHAT_CONVERSATION_CREATED","conversation_id":""#));
    }
    sent.sort_by_key(|body| body["conversation_id"] == second["payload"]["conversation_id"]);
    assert_eq!(sent, [first["payload"].clone(), second["payload"].clone()]);
    let date = first["payload"]["date"].as_str().unwrap();
    let timestamp = first["timestamp"].as_str().unwrap();
    assert_eq!(
        date[..10],
        timestamp[..10],
        "today, or the test ran at midnight"
    );
    assert_eq!(date.as_bytes()[10], b' ');

    let exam = json!({"eventType": "exam.finished"});
    let exam = send_example(&scene, exam).await.expect(200);
    assert!(exam["payload"]["exam_id"].is_string() && exam["payload"]["session_id"].is_u64());
}

#[tokio::test]
async fn an_example_goes_to_one_endpoint_whatever_its_filters_say() {
    let scene = Scene::start().await;
    let other = json!({"url": scene.receiver.url("/other")});
    scene.app.create_endpoint(&scene.owner, other).await;
    let made = json!({"name": "a.b", "description": "", "sample": {"a": 1.50}});
    scene
        .app
        .client
        .post("/api/v1/event-type", made)
        .await
        .expect(201);
    let only = json!({"name": "only.this", "description": ""});
    scene
        .app
        .client
        .post("/api/v1/event-type", only)
        .await
        .expect(201);
    let filter = json!({"eventTypes": ["only.this"]});
    scene
        .app
        .client
        .patch(&scene.endpoint_path(""), filter)
        .await
        .expect(200);
    let sent = send_example(&scene, json!({"eventType": "a.b"}))
        .await
        .expect(200);
    let message = sent["id"].as_str().unwrap();
    scene.status(message, 0).await;
    assert_eq!(scene.attempts(message, 1).await.len(), 1);
    assert!(scene.receiver.requests_to("/other").is_empty());
    let ping = send_example(&scene, json!({"eventType": "svix.ping"})).await;
    assert_eq!(ping.expect(200)["payload"], json!({"success": true}));
}

#[tokio::test]
async fn an_example_that_cannot_be_sent_is_refused_with_the_reason() {
    let scene = Scene::start().await;
    let without = json!({"name": "no.sample", "description": ""});
    scene
        .app
        .client
        .post("/api/v1/event-type", without)
        .await
        .expect(201);
    for (body, said) in [
        (json!({}), "field required"),
        (json!({"eventType": "no.such"}), "not in the catalogue"),
        (json!({"eventType": "no.sample"}), "has no sample"),
        (json!({"eventType": "a b"}), "letters"),
    ] {
        let answer = send_example(&scene, body).await;
        refused_field(&answer, &["body", "eventType"]);
        assert!(answer.text().contains(said), "{}", answer.text());
    }
    let off = json!({"disabled": true});
    scene
        .app
        .client
        .patch(&scene.endpoint_path(""), off)
        .await
        .expect(200);
    let answer = send_example(&scene, json!({"eventType": "svix.ping"})).await;
    refused(&answer, 400, "endpoint_disabled");
    let nowhere = scene.path("/endpoint/none/send-example");
    let answer = scene
        .app
        .client
        .post(&nowhere, json!({"eventType": "svix.ping"}))
        .await;
    refused(&answer, 404, "not_found");
    assert!(scene.receiver.requests().is_empty());
}

#[tokio::test]
async fn a_repeated_example_with_a_key_is_sent_once() {
    let scene = Scene::start().await;
    let client = scene.app.client.with_header("idempotency-key", "k");
    let path = scene.endpoint_path("/send-example");
    let body = json!({"eventType": "svix.ping"});
    let first = client.post(&path, body.clone()).await.expect(200);
    assert_eq!(
        client.post(&path, body).await.expect(200)["id"],
        first["id"]
    );
    let other = client
        .post(&path, json!({"eventType": "svix.ping", "x": 1}))
        .await;
    refused(&other, 409, "idempotency_key_reused");
}

#[tokio::test]
async fn ei_17_a_test_is_one_request_with_the_record_and_its_answer_comes_back() {
    let scene = Scene::start().await;
    scene
        .receiver
        .script("/hook", [Reply::with_body(500, "no thanks")]);
    let off = json!({"disabled": true});
    scene
        .app
        .client
        .patch(&scene.endpoint_path(""), off)
        .await
        .expect(200);
    let body = r#"{"entityType":"user","entityId":48213,"result":{"name_last":"Sommer","id":48213,"x":1.50}}"#;
    let path = scene.endpoint_path("/test");
    let tested = scene
        .app
        .client
        .send(Method::POST, &path, body)
        .await
        .expect(200);
    assert_eq!(tested["trigger"], "test");
    assert_eq!(tested["responseStatusCode"], 500);
    assert_eq!(tested["response"], "no thanks");
    assert_eq!(
        (&tested["outcome"], &tested["statusText"]),
        (&json!("exhausted"), &json!("fail"))
    );
    let requests = scene.receiver.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        String::from_utf8_lossy(&requests[0].body),
        r#"{"entity_id":48213,"entity_type":"user","action_type":"test","result":{"name_last":"Sommer","id":48213,"x":1.50}}"#
    );
    requests[0].verify(&scene.secret().await);
    assert_eq!(last_requests(&scene).await[0]["id"], tested["id"]);
    let endpoint = scene
        .app
        .client
        .get(&scene.endpoint_path(""))
        .await
        .expect(200);
    assert_eq!(endpoint["disabledReason"], Value::Null);
}

#[tokio::test]
async fn ei_18_a_test_carries_the_record_of_the_user_who_asks_for_it() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    let records = [
        ("71", r#"{"id": 71, "name": "Ada", "points": 1.50}"#, "71"),
        ("grace", r#"{"name":"Grace"}"#, "\"grace\""),
    ];
    for (id, record, entity_id) in records {
        let path = scene.path(&format!("/record/user/{id}"));
        client.send(Method::PUT, &path, record).await.expect(200);
        scene.receiver.wait_for("/hook", 1).await;
        let count = scene.receiver.requests().len();
        let tested = test(&scene, json!({"user": id})).await.expect(200);
        assert_eq!(tested["trigger"], "test");
        let requests = scene
            .receiver
            .wait_until("the test", |all| all.len() > count);
        let requests = requests.await;
        let of_test = requests.iter().find(|one| one.id() == tested["msgId"]);
        let of_test = of_test.unwrap();
        assert_eq!(
            String::from_utf8_lossy(&of_test.body),
            format!(
                r#"{{"entity_id":{entity_id},"entity_type":"user","action_type":"test","result":{record}}}"#
            )
        );
        assert_eq!(of_test.header("webhook-event-type"), "user.test");
        of_test.verify(&scene.secret().await);
    }
    for wrong in [
        json!({"user": "nobody"}),
        json!({"user": 71}),
        json!({"user": "71", "payload": {}}),
        json!({"user": "71", "eventType": "user.update"}),
        json!({"user": "71", "entityType": "user", "entityId": 71}),
    ] {
        refused_field(&test(&scene, wrong).await, &["body", "user"]);
    }
    // Whoever is gone, or is another application's, is nobody here.
    let own = scene.path("/record/user/71");
    client.delete(&own).await.expect(200);
    let gone = test(&scene, json!({"user": "71"})).await;
    refused_field(&gone, &["body", "user"]);
    let other = scene.app.create_application("Other").await;
    let elsewhere = format!("/api/v1/app/{other}/record/user/mary");
    client.put(&elsewhere, json!({})).await.expect(200);
    let foreign = test(&scene, json!({"user": "mary"})).await;
    refused_field(&foreign, &["body", "user"]);
}

#[tokio::test]
async fn a_test_is_not_retried_and_says_nothing_about_the_endpoints_health() {
    let scene = Scene::with_settings(&[("retry_schedule", "1ms, 1ms, 1ms")]).await;
    scene.receiver.script("/hook", [410, 204]);
    let tested = test(&scene, json!({"payload": {"a": 1}})).await.expect(200);
    assert_eq!(tested["responseStatusCode"], 410);
    // A message after it goes out at once, so a retry would have gone out before.
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    assert_eq!(scene.receiver.requests().len(), 2);
    let endpoint = scene
        .app
        .client
        .get(&scene.endpoint_path(""))
        .await
        .expect(200);
    assert_eq!(endpoint["disabled"], false);
    let of_test = tested["msgId"].as_str().unwrap();
    scene.status(of_test, 2).await;
    assert_eq!(scene.attempts(of_test, 1).await.len(), 1);
}

#[tokio::test]
async fn a_test_sends_what_it_is_told_or_a_sample_or_a_ping() {
    let scene = Scene::start().await;
    import(&scene, "thulium").await;
    let sent = async |body: Value| {
        test(&scene, body).await.expect(200);
        scene.receiver.requests().last().unwrap().json()
    };
    assert_eq!(sent(json!({})).await, json!({"success": true}));
    assert_eq!(sent(json!({"payload": {"a": 1}})).await, json!({"a": 1}));
    let named = json!({"eventType": "CUSTOMER_CREATED"});
    assert_eq!(sent(named).await["action"], "CUSTOMER_CREATED");
    let filter = json!({"eventTypes": ["CHAT_CONVERSATION_CLOSED"]});
    scene
        .app
        .client
        .patch(&scene.endpoint_path(""), filter)
        .await
        .expect(200);
    assert_eq!(sent(json!({})).await["action"], "CHAT_CONVERSATION_CLOSED");
    let deleted = json!({"entityType": "company", "entityId": "c-7"});
    let body = json!({"entity_id": "c-7", "entity_type": "company", "action_type": "test"});
    assert_eq!(sent(deleted).await, body);
    let count = scene.receiver.requests().len();
    for (body, field) in [
        (json!({"entityType": "user"}), "entityId"),
        (json!({"entityType": "user", "entityId": null}), "entityId"),
        (json!({"entityType": "user", "entityId": {}}), "entityId"),
        (
            json!({"entityType": "user", "entityId": 1, "result": []}),
            "result",
        ),
        (
            json!({"entityType": "user", "entityId": 1, "payload": {}}),
            "entityType",
        ),
        (json!({"entityType": "a b", "entityId": 1}), "eventType"),
        (json!({"entityType": 7}), "entityType"),
        (json!({"payload": []}), "payload"),
        (json!({"eventType": "no.such"}), "eventType"),
        (json!({"eventType": "a b", "payload": {}}), "eventType"),
    ] {
        refused_field(&test(&scene, body).await, &["body", field]);
    }
    let nowhere = scene
        .app
        .client
        .post(&scene.path("/endpoint/none/test"), json!({}))
        .await;
    refused(&nowhere, 404, "not_found");
    assert_eq!(scene.receiver.requests().len(), count);
}

#[tokio::test]
async fn a_test_of_an_endpoint_that_is_not_there_says_so() {
    let scene = Scene::start().await;
    scene.receiver.script("/hook", [Reply::Reset]);
    let tested = test(&scene, json!({})).await.expect(200);
    assert_eq!(
        (&tested["error"], &tested["responseStatusCode"]),
        (&json!("reset"), &json!(0))
    );
}

#[tokio::test]
async fn ei_19_the_last_ten_requests_are_the_newest_tests_and_retries_counted() {
    let scene = Scene::with_settings(&[("retry_schedule", "1ms, 1ms")]).await;
    scene.receiver.script("/hook", [500, 204]);
    let retried = scene.send(json!({})).await;
    scene.status(&retried, 0).await;
    let mut messages = Vec::new();
    for n in 0..9 {
        let message = scene.send(json!({"n": n})).await;
        scene.status(&message, 0).await;
        messages.push(message);
    }
    let tested = test(&scene, json!({})).await.expect(200);
    // What is canceled was no request, so it does not take a place.
    scene.receiver.script("/hook", [Reply::Hang]);
    scene.send(json!({})).await;
    let off = json!({"disabled": true});
    scene.receiver.wait_for("/hook", 13).await;
    scene
        .app
        .client
        .patch(&scene.endpoint_path(""), off)
        .await
        .expect(200);
    let last = last_requests(&scene).await;
    assert_eq!(last.len(), 10);
    assert_eq!(last[0]["id"], tested["id"]);
    let shown: Vec<&str> = last[1..]
        .iter()
        .map(|row| row["msgId"].as_str().unwrap())
        .collect();
    messages.reverse();
    assert_eq!(
        shown, messages,
        "newest first, and the retried one has fallen off"
    );
    assert!(
        last.iter()
            .all(|row| row["url"] == scene.receiver.url("/hook"))
    );
}
