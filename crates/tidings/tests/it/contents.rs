//! Messages for later, bodies that are no JSON, and contents that go before their time.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Reply, wait};

use crate::support::{Scene, app, app_on, refused_field};

/// A scene on each store.
async fn on_both(endpoint: &Value) -> [(Scene, Option<Database>); 2] {
    let database = Database::new(Version::V15);
    let on_postgres = Scene::of(app_on(&database).await, endpoint.clone()).await;
    let on_sqlite = Scene::of(app().await, endpoint.clone()).await;
    [(on_sqlite, None), (on_postgres, Some(database))]
}

fn instant(at: SystemTime) -> String {
    let at = jiff::Timestamp::try_from(at).unwrap();
    let whole = at.round(jiff::Unit::Millisecond).unwrap();
    whole.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_later_is_sent_then_and_not_before_whatever_happens_meanwhile() {
    for (mut scene, _database) in on_both(&json!({})).await {
        let at = wait::now() + Duration::from_secs(4);
        let deliver_at = instant(at);
        let message = json!({"eventType": "a", "payload": {"n": 1}, "deliverAt": deliver_at});
        let accepted = scene.app.try_send(&scene.owner, message).await.expect(202);
        assert_eq!(accepted["deliverAt"], deliver_at.as_str());
        let id = text(&accepted["id"]);
        let delivery = scene.app.deliveries(&scene.owner, &id).await.remove(0);
        assert_eq!(
            (&delivery["status"], &delivery["nextAttempt"]),
            (&json!(1), &json!(deliver_at))
        );
        scene.app.kill().await;
        scene.app.start_again().await;
        let path = scene.path(&format!("/msg/{id}"));
        let read = scene.app.client.get(&path).await.expect(200);
        assert_eq!(read["deliverAt"], deliver_at.as_str());
        let requests = scene.receiver.wait_for("/hook", 1).await;
        assert!(
            requests[0].arrived_on >= at - Duration::from_millis(1),
            "it came early"
        );
        scene.status(&id, 0).await;
        assert_eq!(scene.receiver.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_time_that_is_past_means_at_once_and_is_not_shown() {
    let scene = Scene::start().await;
    let message = json!({"eventType": "a", "payload": {}, "deliverAt": "2020-01-01T00:00:00Z"});
    let accepted = scene.app.try_send(&scene.owner, message).await.expect(202);
    assert_eq!(accepted["deliverAt"], Value::Null);
    scene.receiver.wait_for("/hook", 1).await;
}

#[tokio::test]
async fn an_endpoint_that_keeps_the_order_does_not_wait_for_what_is_sent_later() {
    let scene = Scene::with_endpoint(json!({"fifo": true})).await;
    let deliver_at = instant(wait::now() + Duration::from_secs(2));
    let message = json!({"eventType": "a", "payload": {"n": 1}, "deliverAt": deliver_at});
    scene.app.try_send(&scene.owner, message).await.expect(202);
    scene.send(json!({"n": 2})).await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    let order: Vec<Value> = requests.iter().map(|one| one.json()["n"].clone()).collect();
    assert_eq!(order, [2, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raw_payload_is_sent_as_it_is_with_its_type_and_headers() {
    let own = json!({"headers": {"X-Own": "endpoint"}});
    for (scene, _database) in on_both(&own).await {
        let raw = "<order>\u{e9} \u{1F989}\n</order>";
        let params = json!({"rawPayload": raw, "headers":
            {"content-type": "text/xml; charset=utf-8", "X-Trace": "7", "x-own": "message"}});
        let message = json!({"eventType": "a", "payload": {}, "transformationsParams": params});
        let accepted = scene.app.try_send(&scene.owner, message).await.expect(202);
        assert_eq!(
            (&accepted["payload"], &accepted["rawPayload"]),
            (&json!({}), &json!(raw))
        );
        let request = scene.receiver.wait_for("/hook", 1).await.remove(0);
        assert_eq!(request.body, raw.as_bytes());
        request.verify(&scene.secret().await);
        assert_eq!(request.header("content-type"), "text/xml; charset=utf-8");
        assert_eq!(request.header("x-trace"), "7");
        assert_eq!(
            request.header("x-own"),
            "endpoint",
            "its owner's headers stand"
        );
        let id = text(&accepted["id"]);
        scene.status(&id, 0).await;
        let attempt = scene.attempts(&id, 1).await.remove(0);
        let lines = text(&attempt["requestHeaders"]);
        let of_type: Vec<&str> = lines
            .lines()
            .filter(|line| line.starts_with("content-type"))
            .collect();
        assert_eq!(of_type, ["content-type: text/xml; charset=utf-8"]);
        assert!(lines.contains("x-trace: [hidden]"), "{lines}");
        assert!(!lines.contains("message"), "{lines}");
    }
}

#[tokio::test]
async fn a_raw_payload_is_in_no_format_and_a_string_in_a_batch() {
    let envelope = Scene::with_endpoint(json!({"format": "envelope"})).await;
    let batches = Scene::with_endpoint(json!({"fifo": true, "batchSize": 2})).await;
    let message = json!({"eventType": "a", "payload": {"n": 1},
        "transformationsParams": {"rawPayload": "a \"b\""}});
    for scene in [&envelope, &batches] {
        let sent = scene.app.try_send(&scene.owner, message.clone()).await;
        sent.expect(202);
    }
    let request = envelope.receiver.wait_for("/hook", 1).await.remove(0);
    assert_eq!(request.body, "a \"b\"");
    let request = batches.receiver.wait_for("/hook", 1).await.remove(0);
    assert_eq!(request.json()[0]["payload"], "a \"b\"");
}

#[tokio::test]
async fn wrong_options_are_named_with_their_place() {
    let scene = Scene::start().await;
    let many: serde_json::Map<String, Value> = (0..21)
        .map(|number| (format!("x-{number}"), json!("")))
        .collect();
    for (params, place) in [
        (json!({"rawPayload": {}}), "rawPayload"),
        (json!({"rawPayload": 7}), "rawPayload"),
        (json!({"headers": []}), "headers"),
        (json!({"headers": {"a": 1}}), "headers"),
        (json!({"headers": {"host": "x"}}), "headers"),
        (json!({"headers": {"webhook-id": "x"}}), "headers"),
        (json!({"headers": {"content-type": "text/xml"}}), "headers"),
        (json!({"headers": {"a": "b\r\nc: d"}}), "headers"),
        (json!({"headers": many}), "headers"),
    ] {
        let message = json!({"eventType": "a", "payload": {}, "transformationsParams": params});
        let answer = scene.app.try_send(&scene.owner, message).await;
        refused_field(&answer, &["body", "transformationsParams", place]);
    }
    for (extra, place) in [
        (
            json!({"payloadRetentionPeriod": 1, "payloadRetentionHours": 1}),
            "payloadRetentionHours",
        ),
        (
            json!({"payloadRetentionHours": 1,
                "deliverAt": instant(wait::now() + Duration::from_hours(2))}),
            "payloadRetentionHours",
        ),
    ] {
        let mut message = json!({"eventType": "a", "payload": {}});
        message
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let answer = scene.app.try_send(&scene.owner, message).await;
        refused_field(&answer, &["body", place]);
    }
    let path = scene.path("/msg");
    let listed = scene.app.client.get(&path).await;
    assert_eq!(rows(&listed).len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expunged_message_is_not_sent_any_more_and_says_so() {
    for (scene, _database) in on_both(&json!({})).await {
        scene.receiver.script("/hook", [Reply::from(500)]);
        let id = scene.send(json!({"secret": 1})).await;
        scene.attempts(&id, 1).await;
        let path = scene.path(&format!("/msg/{id}/content"));
        assert_eq!(scene.app.client.delete(&path).await.status, 204);
        assert_eq!(scene.app.client.delete(&path).await.status, 204);
        let attempts = scene.attempts(&id, 2).await;
        let canceled = attempts.iter().find(|one| one["outcome"] == "canceled");
        assert_eq!(canceled.expect("one is canceled")["error"], "expunged");
        scene.status(&id, 4).await;
        let read = scene
            .app
            .client
            .get(&scene.path(&format!("/msg/{id}")))
            .await;
        assert_eq!(read.expect(200)["payload"], json!({"expired": true}));
        let resend = format!("/msg/{id}/endpoint/{}/resend", scene.endpoint);
        let refused = scene.app.client.post(&scene.path(&resend), json!({})).await;
        assert_eq!(refused.expect(400)["code"], "content_expunged");
        scene.app.settle().await;
        assert_eq!(scene.receiver.requests().len(), 1);
        let unknown = scene.path("/msg/nothing/content");
        scene.app.client.delete(&unknown).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expunged_answer_reads_as_expunged() {
    for (scene, _database) in on_both(&json!({})).await {
        scene
            .receiver
            .script("/hook", [Reply::with_body(200, "secret")]);
        let id = scene.send(json!({})).await;
        let attempt = scene.attempts(&id, 1).await.remove(0);
        assert_eq!(attempt["response"], "secret");
        let path = scene.path(&format!("/msg/{id}/attempt/{}", text(&attempt["id"])));
        let deleted = scene.app.client.delete(&format!("{path}/content")).await;
        assert_eq!(deleted.status, 204);
        let after = scene.app.client.get(&path).await.expect(200);
        assert_eq!(after["response"], "EXPUNGED");
        assert_eq!(after["responseHeaders"], "");
        assert_eq!(after["responseStatusCode"], 200);
        let other = scene.send(json!({})).await;
        let elsewhere = format!("/msg/{other}/attempt/{}/content", text(&attempt["id"]));
        scene
            .app
            .client
            .delete(&scene.path(&elsewhere))
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn several_messages_are_expunged_at_once_by_id_or_event_id() {
    let scene = Scene::start().await;
    let id = scene.send(json!({"n": 1})).await;
    let named = json!({"eventType": "a", "payload": {"n": 2}, "eventId": "second"});
    scene.app.try_send(&scene.owner, named).await.expect(202);
    scene.receiver.wait_for("/hook", 2).await;
    let path = scene.path("/msg/bulk-expunge");
    let body = json!({"ids": [id, "second", "third"]});
    let answer = scene.app.client.post(&path, body).await.expect(200);
    let results =
        json!({"results": {(id.clone()): "expunged", "second": "expunged", "third": "not-found"}});
    assert_eq!(answer, results);
    for name in [&id, "second"] {
        let path = scene.path(&format!("/msg/{name}"));
        let read = scene.app.client.get(&path).await.expect(200);
        assert_eq!(read["payload"], json!({"expired": true}));
    }
    let most: Vec<String> = (0..250).map(|number| format!("e{number}")).collect();
    let answer = scene.app.client.post(&path, json!({"ids": most})).await;
    assert_eq!(
        answer.expect(200)["results"].as_object().unwrap().len(),
        250
    );
    let more: Vec<String> = (0..251).map(|number| format!("e{number}")).collect();
    let answer = scene.app.client.post(&path, json!({"ids": more})).await;
    refused_field(&answer, &["body", "ids"]);
    let answer = scene.app.client.post(&path, json!({"ids": "all"})).await;
    refused_field(&answer, &["body", "ids"]);
    let answer = scene.app.client.post(&path, json!({})).await;
    assert_eq!(answer.expect(200), json!({"results": {}}));
}

#[tokio::test]
async fn whether_anybody_would_get_a_message_can_be_asked_before() {
    let app = app().await;
    let types = ["invoice.paid", "user.created"];
    for name in types {
        let body = json!({"name": name, "description": "x"});
        app.client
            .post("/api/v1/event-type", body)
            .await
            .expect(201);
    }
    let endpoint = json!({"eventTypes": ["invoice.paid"], "channels": ["eu"]});
    let scene = Scene::of(app, endpoint).await;
    let active = async |body: Value| {
        let path = scene.path("/msg/precheck/active");
        let answer = scene.app.client.post(&path, body).await.expect(200);
        answer["active"].as_bool().expect("yes or no")
    };
    assert!(active(json!({"eventType": "invoice.paid", "channels": ["eu"]})).await);
    assert!(!active(json!({"eventType": "invoice.paid"})).await);
    assert!(!active(json!({"eventType": "user.created", "channels": ["eu"]})).await);
    assert!(!active(json!({"eventType": "invoice.paid", "channels": ["us"]})).await);
    let off = json!({"disabled": true});
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, off).await.expect(200);
    assert!(!active(json!({"eventType": "invoice.paid", "channels": ["eu"]})).await);
    let path = scene.path("/msg/precheck/active");
    let answer = scene
        .app
        .client
        .post(&path, json!({"eventType": "a b"}))
        .await;
    refused_field(&answer, &["body", "eventType"]);
    let wrong = json!({"eventType": "a", "channels": ["a b"]});
    let answer = scene.app.client.post(&path, wrong).await;
    refused_field(&answer, &["body", "channels"]);
}

#[tokio::test]
async fn older_paths_of_the_attempts_of_a_message_still_work() {
    let scene = Scene::start().await;
    let id = scene.send(json!({})).await;
    let attempt = scene.attempts(&id, 1).await.remove(0);
    for rest in [
        format!("/msg/{id}/attempt"),
        format!("/msg/{id}/endpoint/{}/attempt", scene.endpoint),
    ] {
        let listed = scene.app.client.get(&scene.path(&rest)).await;
        assert_eq!(rows(&listed), std::slice::from_ref(&attempt), "{rest}");
    }
    let nobody = scene.path(&format!("/msg/{id}/endpoint/nobody/attempt"));
    scene.app.client.get(&nobody).await.expect(404);
}

#[tokio::test]
async fn a_request_under_way_ends_and_its_retry_is_canceled_once_the_payload_is_gone() {
    let settings = [("attempt_timeout", "1s"), ("retry_schedule", "50ms,100ms")];
    let scene = Scene::with_settings(&settings).await;
    scene.receiver.script("/hook", [Reply::Hang]);
    let id = scene.send(json!({"secret": 1})).await;
    let request = scene.receiver.wait_for("/hook", 1).await.remove(0);
    let path = scene.path(&format!("/msg/{id}/content"));
    assert_eq!(scene.app.client.delete(&path).await.status, 204);
    assert_eq!(request.json(), json!({"secret": 1}), "it went out whole");
    scene.status(&id, 4).await;
    let attempts = scene.attempts(&id, 2).await;
    let ends: Vec<Value> = attempts.iter().map(|one| one["error"].clone()).collect();
    assert!(
        ends.contains(&json!("timeout")) && ends.contains(&json!("expunged")),
        "{ends:?}"
    );
    assert_eq!(scene.receiver.requests().len(), 1);
}

/// One more than are owed one by one.
const MANY: usize = 257;

#[tokio::test]
async fn nobody_of_very_many_gets_a_message_whose_payload_is_gone() {
    let scene = Scene::start().await;
    for _ in 1..MANY {
        let url = scene.receiver.url("/other");
        let endpoint = json!({"url": url});
        scene.app.create_endpoint(&scene.owner, endpoint).await;
    }
    let deliver_at = instant(wait::now() + Duration::from_hours(1));
    let message = json!({"eventType": "a", "payload": {"secret": 1}, "deliverAt": deliver_at});
    let accepted = scene.app.try_send(&scene.owner, message).await.expect(202);
    let id = text(&accepted["id"]);
    let path = scene.path(&format!("/msg/{id}/content"));
    assert_eq!(scene.app.client.delete(&path).await.status, 204);
    let path = scene.path(&format!("/msg/{id}/endpoint?limit=250"));
    let canceled = async |path: &str| {
        let page = scene.app.client.get(path).await;
        let statuses = rows(&page).into_iter().map(|row| row["status"].clone());
        (
            statuses.collect::<Vec<_>>(),
            page.json()["iterator"].clone(),
        )
    };
    let (_, iterator) = wait::until(
        "the first 250 to be canceled",
        async || canceled(&path).await,
        |(statuses, _)| statuses.len() == 250 && statuses.iter().all(|status| *status == 4),
    )
    .await;
    let rest = format!("{path}&iterator={}", text(&iterator));
    wait::until(
        "the rest to be canceled",
        async || canceled(&rest).await.0,
        |statuses| statuses.len() == MANY - 250 && statuses.iter().all(|status| *status == 4),
    )
    .await;
    assert_eq!(scene.receiver.connections_count(), 0);
}
