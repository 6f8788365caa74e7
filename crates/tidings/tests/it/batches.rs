//! Endpoints in order that take several events in one request.

use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::{Received, Reply};

use crate::support::{Scene, app_with, refused_field};

async fn scene(settings: &[(&str, &str)], size: u32, wait_secs: u32) -> Scene {
    let endpoint = json!({"fifo": true, "batchSize": size, "maxWaitSecs": wait_secs});
    Scene::of(app_with(settings).await, endpoint).await
}

/// The numbers in a batch.
fn numbers(request: &Received) -> Vec<i64> {
    let body = request.json();
    let events = body.as_array().unwrap();
    let number = |event: &Value| event["payload"]["n"].as_i64().unwrap();
    events.iter().map(number).collect()
}

#[tokio::test]
async fn a_batch_holds_those_that_wait_in_their_order_up_to_its_size() {
    let scene = scene(&[], 3, 0).await;
    let slow = Reply::After(Duration::from_secs(2), Box::new(Reply::from(200)));
    scene.receiver.script("/hook", [slow, Reply::from(200)]);
    let mut messages = vec![scene.send(json!({"n": 0})).await];
    scene.receiver.wait_for("/hook", 1).await;
    for number in 1..8 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    let requests = scene.receiver.wait_for("/hook", 4).await;
    let came: Vec<_> = requests.iter().map(|one| numbers(one)).collect();
    assert_eq!(came, [vec![0], vec![1, 2, 3], vec![4, 5, 6], vec![7]]);

    let secret = scene.secret().await;
    for request in &requests {
        request.verify(&secret);
        assert_eq!(request.header("webhook-event-type"), "user.created");
    }
    let id = format!("{}-{}-3", messages[1], messages[3]);
    assert_eq!((requests[0].id(), requests[1].id()), (&*messages[0], &*id));
    let event = &requests[1].json()[2];
    assert_eq!(event["id"], messages[3]);
    assert_eq!(event["eventType"], "user.created");
    let at: jiff::Timestamp = text(&event["timestamp"]).parse().unwrap();
    assert!(at > jiff::Timestamp::UNIX_EPOCH);
    for message in &messages {
        scene.status(message, 0).await;
        assert_eq!(scene.attempts(message, 1).await.len(), 1);
    }
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 4);
}

#[tokio::test]
async fn a_batch_waits_to_be_filled_and_no_longer() {
    let scene = scene(&[], 3, 300).await;
    for number in 0..2 {
        scene.send(json!({"n": number})).await;
    }
    scene.app.settle().await;
    assert!(scene.receiver.requests().is_empty(), "a third may come");
    scene.send(json!({"n": 2})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(numbers(&requests[0]), [0, 1, 2]);

    let change = json!({"maxWaitSecs": 1});
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, change).await.expect(200);
    let sent_at = std::time::Instant::now();
    scene.send(json!({"n": 3})).await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    assert_eq!(numbers(&requests[1]), [3]);
    let waited = requests[1].arrived_at - sent_at;
    assert!(waited >= Duration::from_millis(900), "{waited:?}");
}

#[tokio::test]
async fn a_batch_that_fails_is_tried_again_as_it_was_and_before_all_others() {
    let quick = [("retry_schedule", "300ms"), ("retry_jitter_percent", "0")];
    let scene = scene(&quick, 2, 300).await;
    scene.receiver.script("/hook", [500, 200, 500, 500, 200]);
    let mut messages = Vec::new();
    for number in 0..6 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    let requests = scene.receiver.wait_for("/hook", 5).await;
    let came: Vec<_> = requests.iter().map(|one| numbers(one)).collect();
    let (first, second, third) = (vec![0, 1], vec![2, 3], vec![4, 5]);
    let expected = [&first, &first, &second, &second, &third];
    assert_eq!(came.iter().collect::<Vec<_>>(), expected);
    assert_eq!(requests[0].id(), requests[1].id());
    assert_eq!(requests[0].body, requests[1].body);
    let outcomes = async |message: &str| {
        let attempts = scene.attempts(message, 2).await;
        let outcome = |one: &Value| text(&one["outcome"]);
        attempts.iter().map(outcome).collect::<Vec<_>>()
    };
    for message in &messages[..2] {
        assert_eq!(outcomes(message).await, ["retry", "success"]);
    }
    for message in &messages[2..4] {
        assert_eq!(outcomes(message).await, ["retry", "exhausted"]);
    }
    scene.status(&messages[5], 0).await;
}

#[tokio::test]
async fn a_test_and_a_resend_have_the_form_of_a_batch() {
    let scene = scene(&[], 10, 0).await;
    let message = scene.send(json!({"n": 1})).await;
    scene.status(&message, 0).await;
    let resend = format!("/msg/{message}/endpoint/{}/resend", scene.endpoint);
    let resend = scene.path(&resend);
    scene.app.client.post(&resend, json!({})).await.expect(202);
    let requests = scene.receiver.wait_for("/hook", 2).await;
    assert_eq!(numbers(&requests[1]), [1]);
    let path = scene.endpoint_path("/test");
    let tested = scene.app.client.post(&path, json!({})).await;
    assert!(tested.status < 300, "{}", tested.text());
    let requests = scene.receiver.wait_for("/hook", 3).await;
    assert_eq!(requests[2].json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_makes_no_batch_is_refused_and_changes_nothing() {
    let scene = scene(&[], 10, 5).await;
    let path = scene.endpoint_path("");
    let before = scene.app.client.get(&path).await.expect(200);
    assert_eq!(
        (&before["batchSize"], &before["maxWaitSecs"]),
        (&json!(10), &json!(5))
    );
    for (field, value) in [
        ("batchSize", json!(0)),
        ("batchSize", json!(1001)),
        ("batchSize", json!("many")),
        ("maxWaitSecs", json!(301)),
        ("maxWaitSecs", json!(-1)),
    ] {
        let answer = scene.app.client.patch(&path, json!({field: value})).await;
        refused_field(&answer, &["body", field]);
    }
    let answer = scene
        .app
        .client
        .patch(&path, json!({"format": "xml"}))
        .await;
    refused_field(&answer, &["body", "batchSize"]);
    let both = json!({"url": scene.receiver.url("/x"), "format": "form", "batchSize": 2});
    let endpoints = scene.path("/endpoint");
    let answer = scene.app.client.post(&endpoints, both).await;
    refused_field(&answer, &["body", "batchSize"]);
    assert_eq!(scene.app.client.get(&path).await.expect(200), before);

    let most = json!({"batchSize": 1000, "maxWaitSecs": 300});
    scene.app.client.patch(&path, most).await.expect(200);
    let none = json!({"batchSize": null, "maxWaitSecs": null, "format": "xml"});
    let changed = scene.app.client.patch(&path, none).await.expect(200);
    assert_eq!(
        (&changed["batchSize"], &changed["maxWaitSecs"]),
        (&json!(null), &json!(null))
    );
}
