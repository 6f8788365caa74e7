//! An event goes in, a signed webhook comes out.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::wait::now;
use tidings_testkit::{Answer, Reply};

use crate::support::{Scene, app};

#[tokio::test]
async fn an_event_goes_in_and_a_signed_webhook_comes_out() {
    let scene = Scene::start().await;
    let message = scene.send(json!({"name": "Ada"})).await;
    assert!(
        message.starts_with("msg_") && message.len() == 31,
        "{message}"
    );

    let requests = scene.receiver.wait_for("/hook", 1).await;
    let request = &requests[0];
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.id(), message);
    assert_eq!(request.json(), json!({"name": "Ada"}));
    request.verify(&scene.secret().await);
    let timestamp: u64 = request.header("webhook-timestamp").parse().unwrap();
    let arrived_on = request.arrived_on.duration_since(UNIX_EPOCH).unwrap();
    assert!(arrived_on.as_secs().abs_diff(timestamp) <= 2);
    assert_eq!(request.header("svix-id"), "", "one set of names is enough");
    assert_eq!(request.header("accept-encoding"), "identity");

    scene.status(&message, 0).await;
    assert_eq!(scene.receiver.requests().len(), 1);
}

#[tokio::test]
async fn the_body_is_sent_byte_for_byte_as_it_came() {
    let scene = Scene::start().await;
    let secret = scene.secret().await;
    let payloads = [
        r#"{ "spaces" :  [1 , 2]	}"#,
        r#"{"number":9007199254740993,"huge":1e400,"small":0.10,"negative":-0}"#,
        r#"{"same":1,"same":2,"z":0,"a":0}"#,
        r#"{"escaped":"\u00e9\/\ud83e\udd89\u0000","plain":"é🦉"}"#,
        "{}",
    ];
    for (number, payload) in payloads.iter().enumerate() {
        let body = format!(r#"{{"eventType":"a.b","payload":{payload},"eventId":"e-{number}"}}"#);
        let path = scene.path("/msg?with_content=false");
        let sent = scene.app.client.send(Method::POST, &path, body).await;
        let message = text(&sent.expect(202)["id"]);
        let requests = scene
            .receiver
            .wait_until("the message", |requests| {
                requests.iter().any(|request| request.id() == message)
            })
            .await;
        let request = requests
            .iter()
            .find(|request| request.id() == message)
            .unwrap();
        assert_eq!(request.body, Bytes::from_static(payload.as_bytes()));
        request.verify(&secret);
    }
}

#[tokio::test]
async fn every_endpoint_that_matches_gets_the_message_signed_with_its_own_secret() {
    let scene = Scene::start().await;
    let url = scene.receiver.url("/second");
    let second = scene
        .app
        .create_endpoint(&scene.owner, json!({"url": url}))
        .await;
    let (one, two) = (
        scene.secret().await,
        scene.app.secret(&scene.owner, &second).await,
    );
    assert_ne!(one, two);
    let message = scene.send(json!({})).await;
    let first = scene.receiver.wait_for("/hook", 1).await;
    let other = scene.receiver.wait_for("/second", 1).await;
    first[0].verify(&one);
    other[0].verify(&two);
    assert!(!first[0].is_signed_with(&two) && !other[0].is_signed_with(&one));
    assert_eq!(
        (first[0].id(), other[0].id()),
        (message.as_str(), message.as_str())
    );
    assert_eq!(scene.attempts(&message, 2).await.len(), 2);
}

#[tokio::test]
async fn an_application_does_not_get_the_events_of_another() {
    let scene = Scene::start().await;
    let other = scene.app.create_application("Other").await;
    let url = scene.receiver.url("/other");
    scene.app.create_endpoint(&other, json!({"url": url})).await;
    let message = scene.send(json!({})).await;
    scene.receiver.wait_for("/hook", 1).await;
    scene.app.settle().await;
    assert!(scene.receiver.requests_to("/other").is_empty());
    let path = format!("/api/v1/app/{other}/msg/{message}");
    scene.app.client.get(&path).await.expect(404);
}

#[tokio::test]
async fn an_attempt_shows_what_was_sent_and_what_came_back() {
    let scene = Scene::start().await;
    let reply = Reply::Answer {
        status: 201,
        headers: vec![("x-seen".to_owned(), "yes".to_owned())],
        body: Bytes::from_static(b"thank you"),
    };
    let slow = Reply::After(Duration::from_millis(30), Box::new(reply));
    scene.receiver.script("/hook", [slow]);
    let message = scene.send(json!({"n": 1})).await;
    let attempts = scene.attempts(&message, 1).await;
    let attempt = &attempts[0];
    assert!(text(&attempt["id"]).starts_with("atmpt_"));
    assert_eq!(attempt["msgId"], message.as_str());
    assert_eq!(attempt["endpointId"], scene.endpoint.as_str());
    assert_eq!(attempt["url"], scene.receiver.url("/hook").as_str());
    assert_eq!(
        (&attempt["status"], &attempt["statusText"]),
        (&json!(0), &json!("success"))
    );
    assert_eq!(attempt["triggerType"], 0);
    assert_eq!(attempt["responseStatusCode"], 201);
    assert_eq!(attempt["response"], "thank you");
    assert!(attempt["responseDurationMs"].as_u64().unwrap() >= 30);
    let (sent, came) = (
        text(&attempt["requestHeaders"]),
        text(&attempt["responseHeaders"]),
    );
    assert!(sent.contains(&format!("webhook-id: {message}")), "{sent}");
    assert!(came.contains("x-seen: yes"), "{came}");
    assert!(attempt["timings"]["headUs"].as_u64().unwrap() >= 30_000);
    assert_eq!(attempt["error"], Value::Null);

    let id = text(&attempt["id"]);
    let path = scene.path(&format!("/msg/{message}/attempt/{id}"));
    let one = scene.app.client.get(&path).await;
    assert_eq!(one.expect(200)["id"], id.as_str());
    let of_endpoint = scene.path(&format!("/attempt/endpoint/{}", scene.endpoint));
    let listed = rows(&scene.app.client.get(&of_endpoint).await);
    assert_eq!(listed[0]["id"], id.as_str());
}

#[tokio::test]
async fn a_message_can_be_read_and_listed_with_and_without_its_content() {
    let scene = Scene::start().await;
    let first = scene.send(json!({"n": 1})).await;
    let second = scene.send(json!({"n": 2})).await;
    let get = async |rest: String| scene.app.client.get(&scene.path(&rest)).await;
    let message = get(format!("/msg/{first}")).await.expect(200);
    assert_eq!(message["payload"], json!({"n": 1}));
    assert_eq!(message["eventType"], "user.created");
    assert_eq!(message["id"], first.as_str());
    assert!(message["timestamp"].as_str().unwrap().ends_with('Z'));
    let without = get(format!("/msg/{first}?with_content=false"))
        .await
        .expect(200);
    assert_eq!(without["payload"], json!({}));

    let ids = |answer: &Answer| -> Vec<String> {
        rows(answer).iter().map(|row| text(&row["id"])).collect()
    };
    assert_eq!(
        ids(&get("/msg".to_owned()).await),
        [second.clone(), first.clone()]
    );
    let of_type = get("/msg?event_types=user.created".to_owned()).await;
    assert_eq!(ids(&of_type).len(), 2);
    assert!(ids(&get("/msg?event_types=other".to_owned()).await).is_empty());
    let attempted = scene.endpoint_path("/msg");
    scene.status(&second, 0).await;
    scene.status(&first, 0).await;
    let attempted = rows(&scene.app.client.get(&attempted).await);
    assert_eq!(attempted.len(), 2);
    assert_eq!(attempted[0]["statusText"], "success");
}

#[tokio::test]
async fn a_message_may_bring_its_application_along() {
    let app = app().await;
    let message = json!({
        "eventType": "a.b",
        "payload": {},
        "application": {"name": "Fresh", "uid": "fresh"},
    });
    app.try_send("fresh", message.clone()).await.expect(202);
    app.try_send("fresh", message.clone()).await.expect(202);
    let made = app.client.get("/api/v1/app/fresh").await.expect(200);
    assert_eq!(made["name"], "Fresh");
    assert_eq!(
        rows(&app.client.get("/api/v1/app/fresh/msg").await).len(),
        2
    );
    app.try_send("elsewhere", message).await.expect(422);
    app.client.get("/api/v1/app/elsewhere").await.expect(404);
}

#[tokio::test]
async fn the_server_answers_health_checks_without_a_key() {
    let app = app().await;
    let client = app.client.without_key();
    for path in [
        "/api/v1/health",
        "/api/v1/health/ping",
        "/api/v1/health/ready",
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = client.send(method, path, "").await;
            assert!(
                (200..300).contains(&answer.status),
                "{path}: {}",
                answer.status
            );
        }
    }
}

#[tokio::test]
async fn timestamps_are_the_attempts_own() {
    let scene = Scene::start().await;
    let before = now();
    let message = scene.send(json!({})).await;
    let attempts = scene.attempts(&message, 1).await;
    let at: jiff::Timestamp = text(&attempts[0]["timestamp"]).parse().unwrap();
    let before = jiff::Timestamp::try_from(before).unwrap();
    assert!(at.as_millisecond() >= before.as_millisecond());
    assert!(at.as_millisecond() <= before.as_millisecond() + 30_000);
}
