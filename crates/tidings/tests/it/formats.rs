//! The forms in which endpoints get their events, from the API to the receiver.

mod libraries;

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::text;

use crate::support::{Scene, app_with, refused_field};

const PERSON: &str = r#"{"first_name":"John","last_name":"Doe","gender":"male"}"#;

/// Sends a message with exactly this payload; gives its id and when it was accepted.
async fn send(scene: &Scene, payload: &str) -> (String, String) {
    let body = format!(r#"{{"eventType":"exam.finished","payload":{payload}}}"#);
    let path = scene.path("/msg?with_content=false");
    let sent = scene.app.client.send(Method::POST, &path, body).await;
    let sent = sent.expect(202);
    (text(&sent["id"]), text(&sent["timestamp"]))
}

async fn scene(format: &str) -> Scene {
    Scene::with_endpoint(json!({"format": format})).await
}

#[tokio::test]
async fn el_5_el_6_el_7_the_sample_person_arrives_in_each_format_and_is_signed_as_it_arrives() {
    let envelope =
        |at: &str| format!(r#"{{"type":"exam.finished","timestamp":"{at}","data":{PERSON}}}"#);
    let form = "first_name=John&last_name=Doe&gender=male";
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><event><first_name>John</first_name>\
        <last_name>Doe</last_name><gender>male</gender></event>";
    for (format, content_type, expected) in [
        ("json", "application/json", Some(PERSON)),
        ("envelope", "application/json", None),
        ("form", "application/x-www-form-urlencoded", Some(form)),
        ("xml", "application/xml", Some(xml)),
    ] {
        let scene = scene(format).await;
        let (_, at) = send(&scene, PERSON).await;
        let requests = scene.receiver.wait_for("/hook", 1).await;
        let request = &requests[0];
        let expected = expected.map_or_else(|| envelope(&at), str::to_owned);
        assert_eq!(request.body, expected, "{format}");
        assert_eq!(request.header("content-type"), content_type);
        request.verify(&scene.secret().await);
    }
}

#[tokio::test]
async fn cloud_events_say_the_same_in_both_modes() {
    let structured = scene("cloudevents").await;
    let (message, at) = send(&structured, PERSON).await;
    let requests = structured.receiver.wait_for("/hook", 1).await;
    requests[0].verify(&structured.secret().await);
    assert_eq!(
        requests[0].header("content-type"),
        "application/cloudevents+json"
    );
    let source = format!("/app/{}", structured.owner);
    let person: Value = serde_json::from_str(PERSON).unwrap();
    let expected = json!({"specversion": "1.0", "id": message, "source": source,
        "type": "exam.finished", "time": at, "datacontenttype": "application/json",
        "data": person});
    assert_eq!(requests[0].json(), expected);

    let binary = scene("cloudevents-binary").await;
    let (message, at) = send(&binary, PERSON).await;
    let requests = binary.receiver.wait_for("/hook", 1).await;
    let request = &requests[0];
    request.verify(&binary.secret().await);
    assert_eq!(request.body, PERSON);
    let source = format!("/app/{}", binary.owner);
    for (name, value) in [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-id", &message),
        ("ce-source", &source),
        ("ce-type", "exam.finished"),
        ("ce-time", &at),
    ] {
        assert_eq!(request.header(name), value, "{name}");
    }
    let attempts = binary.attempts(&message, 1).await;
    let sent = text(&attempts[0]["requestHeaders"]);
    assert!(sent.contains("ce-type: exam.finished\n"), "{sent}");
}

#[tokio::test]
async fn numbers_and_repeated_names_leave_as_they_were_written() {
    let scene = scene("form").await;
    send(
        &scene,
        r#"{"n":9007199254740993,"n":1.50,"z":1e400,"a":[{"b":null}]}"#,
    )
    .await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    let expected = "n=9007199254740993&n=1.50&z=1e400&a%5B0%5D%5Bb%5D=";
    assert_eq!(requests[0].body, expected);
}

/// Ten thousand names, names that are no element names, one that comes twice, and digits that no double holds.
#[tokio::test]
async fn whatever_has_a_form_at_all_arrives_whole_in_every_format() {
    let many: Vec<String> = (0..10_000).map(|n| format!("\"k{n}\":{n}")).collect();
    let odd = r#""1st <name>":"a","":9007199254740993,"xml":1.50,"k0":"again""#;
    let payload = format!("{{{},{odd}}}", many.join(","));
    let elements: Vec<String> = (0..10_000)
        .map(|n| format!("<k{n} type=\"number\">{n}</k{n}>"))
        .collect();
    let odd_elements = "<member name=\"1st &lt;name&gt;\">a</member>\
        <member name=\"\" type=\"number\">9007199254740993</member>\
        <member name=\"xml\" type=\"number\">1.50</member><k0>again</k0>";
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><event>{}{odd_elements}</event>",
        elements.join("")
    );
    for (format, expected) in [("json", &payload), ("xml", &xml)] {
        let scene = scene(format).await;
        send(&scene, &payload).await;
        let requests = scene.receiver.wait_for("/hook", 1).await;
        assert!(requests[0].body == *expected, "{format}");
        requests[0].verify(&scene.secret().await);
    }
    // A form has no word for the empty name.
    let scene = scene("form").await;
    let (message, _) = send(&scene, &payload).await;
    let attempts = scene.attempts(&message, 1).await;
    assert_eq!(attempts[0]["error"], "format");
    let named = payload.replace("\"\":", "\"big\":");
    send(&scene, &named).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    let fields: Vec<String> = (0..10_000).map(|n| format!("k{n}={n}")).collect();
    let odd_fields = "1st+%3Cname%3E=a&big=9007199254740993&xml=1.50&k0=again";
    let form = format!("{}&{odd_fields}", fields.join("&"));
    assert!(requests[0].body == form, "form");
}

#[tokio::test]
async fn a_format_is_shown_changed_and_back_to_json_with_null_or_a_replacement() {
    let scene = Scene::start().await;
    let path = scene.endpoint_path("");
    let client = &scene.app.client;
    let shown = async || text(&client.get(&path).await.expect(200)["format"]);
    assert_eq!(shown().await, "json");
    for format in ["xml", "cloudevents-binary"] {
        let changed = client.patch(&path, json!({"format": format})).await;
        assert_eq!(changed.expect(200)["format"], format);
        let other = client.patch(&path, json!({"description": "x"})).await;
        assert_eq!(other.expect(200)["format"], format, "it stays");
    }
    let back = client.patch(&path, json!({"format": null})).await;
    assert_eq!(back.expect(200)["format"], "json");
    client
        .patch(&path, json!({"format": "form"}))
        .await
        .expect(200);
    let refused = client.patch(&path, json!({"format": "yaml"})).await;
    refused_field(&refused, &["body", "format"]);
    assert_eq!(shown().await, "form");
    let url = scene.receiver.url("/hook");
    client.put(&path, json!({"url": url})).await.expect(200);
    assert_eq!(shown().await, "json");
}

#[tokio::test]
async fn what_a_format_cannot_say_fails_once_with_the_reason_and_can_be_resent_in_another() {
    let scene = scene("xml").await;
    let (message, _) = send(&scene, r#"{"name":"Ada","notes":["ok","\u0001"]}"#).await;
    let attempts = scene.attempts(&message, 1).await;
    let attempt = &attempts[0];
    assert_eq!(attempt["error"], "format");
    assert_eq!(
        attempt["errorDetail"],
        "XML cannot hold the character U+0001, at /notes/1"
    );
    assert_eq!(attempt["outcome"], "exhausted");
    assert_eq!(attempt["responseStatusCode"], 0);
    scene.status(&message, 2).await;
    assert_eq!(scene.receiver.connections_count(), 0);
    // The endpoint has done nothing wrong, and gets the next one.
    let (fine, _) = send(&scene, r#"{"name":"Ada"}"#).await;
    scene.status(&fine, 0).await;

    let path = scene.endpoint_path("");
    let changed = scene
        .app
        .client
        .patch(&path, json!({"format": "json"}))
        .await;
    changed.expect(200);
    let resend = scene.path(&format!(
        "/msg/{message}/endpoint/{}/resend",
        scene.endpoint
    ));
    scene.app.client.post(&resend, json!({})).await.expect(202);
    scene.status(&message, 0).await;
    let delivered = scene.attempts(&message, 2).await;
    let last = delivered.iter().find(|row| row["attempt"] == 2).unwrap();
    assert_eq!(
        (&last["error"], &last["errorDetail"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn payloads_that_a_format_cannot_say_do_not_count_against_the_endpoint() {
    // Ten failures in a row give an endpoint a rest; here one that would outlast the test.
    let app = app_with(&[("breaker_rest", "1h")]).await;
    let scene = Scene::of(app, json!({"format": "form"})).await;
    for number in 0..12 {
        let (message, _) = send(&scene, &format!(r#"{{"[]":{number}}}"#)).await;
        scene.status(&message, 2).await;
    }
    let (fine, _) = send(&scene, PERSON).await;
    scene.status(&fine, 0).await;
    assert_eq!(scene.receiver.requests().len(), 1);
}
