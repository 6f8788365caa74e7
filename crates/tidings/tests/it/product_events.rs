//! The events of the five products, sent as each product would: its own keys, its own bodies.

use http::Method;
use serde_json::{Value, json};
use tidings_domain::sample::Members;
use tidings_testkit::Received;

use crate::support::{Scene, refused_field};

/// A scene whose endpoint listens to these events of a catalogue.
pub(crate) async fn listening(catalog: &str, events: &[&str]) -> Scene {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    let file = client.get(&format!("/api/v1/catalog/{catalog}")).await;
    file.expect(200);
    let report = client.send(Method::POST, "/api/v1/catalog/import", file.text());
    report.await.expect(200);
    let chosen = json!({"eventTypes": events});
    let chosen = client.patch(&scene.endpoint_path(""), chosen).await;
    chosen.expect(200);
    scene
}

/// Sends a message as the product would: the body of its sample.
pub(crate) async fn happens(scene: &Scene, event_type: &str) -> String {
    let path = format!("/api/v1/event-type/{event_type}");
    let found = scene.app.client.get(&path);
    let payload = found.await.expect(200)["sample"].clone();
    scene.app.send(&scene.owner, event_type, payload).await
}

/// The names of a body's members, in their order.
fn names(request: &Received) -> Vec<String> {
    let members: Members<'_> = serde_json::from_slice(&request.body).unwrap();
    let names = members.0.iter();
    names.map(|(name, _)| name.clone().into_owned()).collect()
}

#[tokio::test]
async fn wk_7_a_booking_dispatches_booking_created_and_other_actions_nothing() {
    let scene = listening("wink", &["booking.created"]).await;
    for other in ["booking.cancelled", "property.created", "room_type.updated"] {
        happens(&scene, other).await;
    }
    let message = happens(&scene, "booking.created").await;
    scene.status(&message, 0).await;
    let requests = scene.receiver.requests();
    assert_eq!(requests.len(), 1);
    let body = requests[0].json();
    assert_eq!(body["event"], "booking.created");
    assert_eq!(body["data"]["booking"]["bookingCode"], "WK-204817");
    let attempts = scene.attempts(&message, 1).await;
    assert_eq!(attempts[0]["msgId"], message.as_str());
}

#[tokio::test]
async fn wk_13_of_many_events_only_the_chosen_two_arrive() {
    let scene = listening("wink", &["booking.created", "booking.refund.full"]).await;
    let list = "/api/v1/event-type?limit=250";
    let all = scene.app.client.get(list).await.expect(200);
    let all = all["data"].as_array().unwrap();
    assert_eq!(all.len(), 105);
    let mut wanted = Vec::new();
    for event_type in all {
        let name = event_type["name"].as_str().unwrap();
        let message = happens(&scene, name).await;
        if name == "booking.created" || name == "booking.refund.full" {
            wanted.push(message);
        }
    }
    for message in &wanted {
        scene.status(message, 0).await;
    }
    let mut arrived: Vec<String> = Vec::new();
    for request in scene.receiver.requests() {
        arrived.push(request.json()["event"].as_str().unwrap().to_owned());
    }
    arrived.sort();
    assert_eq!(arrived, ["booking.created", "booking.refund.full"]);
}

#[tokio::test]
async fn th_6_actions_come_from_a_published_list() {
    let scene = listening("thulium", &["CHAT_CONVERSATION_CREATED"]).await;
    let list = scene.app.client.get("/api/v1/event-type").await.expect(200);
    let names: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event_type| event_type["name"].as_str().unwrap())
        .collect();
    let published = [
        "CHAT_AGENT_ASSIGNED",
        "CHAT_CONVERSATION_CLOSED",
        "CHAT_CONVERSATION_CREATED",
        "CUSTOMER_CREATED",
    ];
    assert_eq!(names, published);
    let unknown = json!({"eventTypes": ["NO_SUCH_ACTION"]});
    let answer = scene
        .app
        .client
        .patch(&scene.endpoint_path(""), unknown)
        .await;
    refused_field(&answer, &["body", "eventTypes"]);
}

#[tokio::test]
async fn th_20_a_chat_that_starts_is_delivered_with_its_action_and_fields() {
    let scene = listening("thulium", &["CHAT_CONVERSATION_CREATED"]).await;
    let path = scene.endpoint_path("/send-example");
    let example = json!({"eventType": "CHAT_CONVERSATION_CREATED"});
    let sent = scene.app.client.post(&path, example).await.expect(200);
    scene.status(sent["id"].as_str().unwrap(), 0).await;
    let requests = scene.receiver.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].json()["action"], "CHAT_CONVERSATION_CREATED");
    let fields = [
        "action",
        "conversation_id",
        "client_name",
        "client_email",
        "date",
        "chat_queue_id",
    ];
    assert_eq!(names(&requests[0]), fields);
}

async fn finished(what: &str) {
    let event = format!("{what}.finished");
    let scene = listening("easy-lms", &[&event]).await;
    for other in ["exam.finished", "course.finished", "assessment.finished"] {
        if other != event {
            happens(&scene, other).await;
        }
    }
    let path = scene.endpoint_path("/send-example");
    let example = json!({"eventType": event});
    let sent = scene.app.client.post(&path, example).await.expect(200);
    scene.status(sent["id"].as_str().unwrap(), 0).await;
    let requests = scene.receiver.requests();
    assert_eq!(
        requests.len(),
        1,
        "one POST, and none for what was not chosen"
    );
    assert_eq!(requests[0].header("content-type"), "application/json");
    let body = requests[0].json();
    assert!(body[format!("{what}_id")].is_string(), "{body}");
    assert!(body["session_id"].is_u64(), "{body}");
    // The participant and the result, and not only an id (EL-4).
    for field in [
        "player_name",
        "player_email_address",
        "session_result",
        "session_points",
    ] {
        assert!(!body[field].as_str().unwrap().is_empty(), "{field}: {body}");
    }
    assert_ne!(body["session_answers"], Value::Null);
}

#[tokio::test]
async fn el_1_el_4_a_finished_exam_is_one_post_with_participant_and_result() {
    finished("exam").await;
}

#[tokio::test]
async fn el_2_el_4_a_finished_course_is_one_post_with_participant_and_result() {
    finished("course").await;
}

#[tokio::test]
async fn el_3_el_4_a_finished_assessment_is_one_post_with_participant_and_result() {
    finished("assessment").await;
}

#[tokio::test]
async fn el_8_el_9_a_webhook_that_is_off_gets_nothing_and_one_that_is_on_alone_gets_it() {
    let scene = listening("easy-lms", &["exam.finished"]).await;
    let settings = scene.endpoint_path("");
    let switch = async |disabled: bool| {
        let change = json!({"disabled": disabled});
        let changed = scene.app.client.patch(&settings, change).await;
        changed.expect(200);
    };
    switch(true).await;
    happens(&scene, "exam.finished").await;
    switch(false).await;
    let message = happens(&scene, "exam.finished").await;
    scene.status(&message, 0).await;
    let requests = scene.receiver.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|one| (one.path.as_str(), one.id()))
        .collect();
    assert_eq!(seen, [("/hook", message.as_str())]);
}

#[tokio::test]
async fn el_11_who_finishes_twice_is_told_of_twice() {
    let scene = listening("easy-lms", &["exam.finished"]).await;
    let first = happens(&scene, "exam.finished").await;
    let second = happens(&scene, "exam.finished").await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    let mut ids: Vec<&str> = requests.iter().map(|one| one.id()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [&first, &second]);
    assert_eq!(requests[0].body, requests[1].body);
}
