//! Fields that are no good: each is named with a reason, and nothing changes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};
use tidings_testkit::TestApp;

use crate::support::{Scene, app, everything, production, refused_field};

/// Sends bodies that are wrong in one field each, and checks that it is named.
async fn each_is_refused(
    app: &TestApp,
    method: Method,
    path: &str,
    good: &Value,
    wrong: &[(&str, Value)],
) {
    for (field, value) in wrong {
        let mut body = good.clone();
        body[*field] = value.clone();
        let answer = app
            .client
            .send(method.clone(), path, body.to_string())
            .await;
        assert_eq!(answer.status, 422, "{field} {value}: {}", answer.text());
        refused_field(&answer, &["body", field]);
    }
}

fn long(characters: usize) -> Value {
    "x".repeat(characters).into()
}

#[tokio::test]
async fn every_wrong_field_of_an_application_is_named() {
    let app = app().await;
    app.client
        .post("/api/v1/app", json!({"name": "Owl", "uid": "owl"}))
        .await
        .expect(201);
    let before = everything(&app).await;
    let wrong = [
        ("name", json!("")),
        ("name", long(257)),
        ("name", json!(7)),
        ("name", json!("nul\u{0}")),
        ("name", json!("two\nlines")),
        ("uid", json!("")),
        ("uid", json!("no spaces")),
        ("uid", json!("no/slash")),
        ("uid", json!("caf\u{e9}")),
        ("uid", json!("app_mine")),
        ("uid", long(257)),
        ("throttleRate", json!(0)),
        ("throttleRate", json!(-1)),
        ("throttleRate", json!(1.5)),
        ("throttleRate", json!("7")),
        ("metadata", json!({"a": 1})),
        ("metadata", json!([])),
        ("metadata", json!({"a": "x".repeat(4_096)})),
        ("metadata", json!({"nul\u{0}": "x"})),
    ];
    each_is_refused(
        &app,
        Method::POST,
        "/api/v1/app",
        &json!({"name": "x"}),
        &wrong,
    )
    .await;
    each_is_refused(
        &app,
        Method::PUT,
        "/api/v1/app/owl",
        &json!({"name": "x"}),
        &wrong,
    )
    .await;
    let nothing = app.client.post("/api/v1/app", json!({})).await;
    refused_field(&nothing, &["body", "name"]);
    // In a change, a rate of 0 takes the limit away.
    let patches: Vec<_> = wrong.into_iter().filter(|(_, value)| *value != 0).collect();
    each_is_refused(&app, Method::PATCH, "/api/v1/app/owl", &json!({}), &patches).await;
    assert_eq!(everything(&app).await, before);
}

#[tokio::test]
async fn every_wrong_field_of_an_endpoint_is_named() {
    let scene = Scene::start().await;
    let before = everything(&scene.app).await;
    let types: Vec<_> = (0..1_001).map(|number| format!("t.{number}")).collect();
    let channels: Vec<_> = (0..11).map(|number| format!("c{number}")).collect();
    let headers: serde_json::Map<_, _> = (0..21)
        .map(|number| (format!("X-{number}"), json!("x")))
        .collect();
    let wrong = [
        ("uid", json!("ep_mine")),
        ("uid", json!("no spaces")),
        ("description", long(4_097)),
        ("description", json!(1)),
        ("disabled", json!("yes")),
        ("eventTypes", json!(["not.in.the.catalogue"])),
        ("eventTypes", json!(["no spaces"])),
        ("eventTypes", json!(types)),
        ("eventTypes", json!("a.b")),
        ("channels", json!(["no spaces"])),
        ("channels", json!(channels)),
        ("channels", json!(["x".repeat(129)])),
        ("throttleRate", json!(-1)),
        ("format", json!("yaml")),
        ("format", json!("JSON")),
        ("format", json!(1)),
        ("metadata", json!({"a": "x".repeat(4_096)})),
        ("headers", json!({"ce-type": "mine"})),
        ("headers", json!({"Content-Length": "1"})),
        ("headers", json!({"webhook-id": "mine"})),
        ("headers", json!({"Host": "elsewhere"})),
        ("headers", json!({"Metadata-Flavor": "Google"})),
        ("headers", json!({"no spaces": "1"})),
        ("headers", json!({"X-Long": "x".repeat(4_097)})),
        ("headers", json!({"X-Line": "a\r\nX-More: b"})),
        ("headers", Value::Object(headers)),
    ];
    let url = scene.receiver.url("/other");
    let good = json!({"url": url});
    let path = scene.path("/endpoint");
    each_is_refused(&scene.app, Method::POST, &path, &good, &wrong).await;
    each_is_refused(
        &scene.app,
        Method::PUT,
        &scene.endpoint_path(""),
        &good,
        &wrong,
    )
    .await;
    each_is_refused(
        &scene.app,
        Method::PATCH,
        &scene.endpoint_path(""),
        &json!({}),
        &wrong,
    )
    .await;
    let nothing = scene.app.client.post(&path, json!({})).await;
    refused_field(&nothing, &["body", "url"]);
    assert_eq!(everything(&scene.app).await, before);
    assert_eq!(scene.receiver.connections_count(), 0);
}

#[tokio::test]
async fn secrets_of_the_wrong_form_are_refused_without_being_repeated() {
    let scene = Scene::start().await;
    let old = scene.secret().await;
    let before = everything(&scene.app).await;
    let of = |bytes: usize| STANDARD.encode(vec![7; bytes]);
    let wrong = [
        format!("whsec_{}", of(23)),
        format!("whsec_{}", of(65)),
        "whsec_".to_owned(),
        "whsec_canary!!".to_owned(),
        "whsec_Y2FuYXJ5IHdpdGhvdXQgcGFkZGluZyBoZXJl!".to_owned(),
        format!("whpk_{}", of(32)),
        format!("whsk_{}", of(64)),
        format!("whsk_{}", of(32)),
        String::new(),
    ];
    for secret in &wrong {
        let url = scene.receiver.url("/other");
        let body = json!({"url": url, "secret": secret});
        let answer = scene.app.client.post(&scene.path("/endpoint"), body).await;
        refused_field(&answer, &["body", "secret"]);
        assert!(
            secret.len() < 8 || !answer.text().contains(&secret[6..]),
            "{secret}"
        );
        let rotate = scene.endpoint_path("/secret/rotate");
        let answer = scene.app.client.post(&rotate, json!({"key": secret})).await;
        refused_field(&answer, &["body", "key"]);
    }
    let rotate = scene.endpoint_path("/secret/rotate");
    for seconds in [json!(604_801), json!(-1), json!("1")] {
        let answer = scene
            .app
            .client
            .post(&rotate, json!({"gracePeriodSeconds": seconds}))
            .await;
        refused_field(&answer, &["body", "gracePeriodSeconds"]);
    }
    assert_eq!(everything(&scene.app).await, before);
    assert_eq!(scene.secret().await, old);
    for bytes in [24, 64] {
        let body = json!({"key": format!("whsec_{}", of(bytes)), "gracePeriodSeconds": 604_800});
        scene.app.client.post(&rotate, body).await.expect(200);
    }
}

#[tokio::test]
async fn every_wrong_field_of_a_message_is_named() {
    let scene = Scene::start().await;
    let before = everything(&scene.app).await;
    let wrong = [
        ("eventType", json!("")),
        ("eventType", json!("no spaces")),
        ("eventType", json!("a/../b")),
        ("eventType", long(257)),
        ("eventType", json!(1)),
        ("payload", json!([])),
        ("payload", json!("{}")),
        ("payload", json!(1)),
        ("payload", Value::Null),
        ("eventId", json!("")),
        ("eventId", json!("with.dot")),
        ("eventId", json!("msg_mine")),
        ("eventId", long(257)),
        ("eventId", json!(1)),
        ("channels", json!(["no spaces"])),
        ("channels", json!("a")),
        ("tags", json!(["1", "2", "3", "4", "5", "6"])),
        ("tags", json!([""])),
        ("tags", json!(["x".repeat(129)])),
        ("deliverAt", json!("tomorrow")),
        ("deliverAt", json!("2199-01-01T00:00:00Z")),
        ("deliverAt", json!(1)),
        ("payloadRetentionPeriod", json!(0)),
        ("payloadRetentionPeriod", json!(91)),
        ("payloadRetentionPeriod", json!("7")),
        ("payloadRetentionPeriod", json!(1.5)),
        ("payloadRetentionHours", json!(0)),
        ("payloadRetentionHours", json!(2161)),
        ("payloadRetentionHours", json!(-1)),
        ("transformationsParams", json!([])),
        ("transformationsParams", json!("{}")),
        ("application", json!(7)),
    ];
    let good = json!({"eventType": "a.b", "payload": {}});
    each_is_refused(&scene.app, Method::POST, &scene.path("/msg"), &good, &wrong).await;
    for missing in ["eventType", "payload"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(missing);
        let answer = scene.app.try_send(&scene.owner, body).await;
        refused_field(&answer, &["body", missing]);
    }
    let nested = json!({"eventType": "a", "payload": {}, "application": {"name": ""}});
    let answer = scene.app.try_send("fresh", nested).await;
    refused_field(&answer, &["body", "application", "name"]);
    assert_eq!(everything(&scene.app).await, before);
    scene.app.settle().await;
    assert_eq!(scene.receiver.connections_count(), 0);
}

#[tokio::test]
async fn every_wrong_field_of_an_event_type_is_named() {
    let app = app().await;
    let before = everything(&app).await;
    let flags: Vec<_> = (0..26).map(|number| format!("f{number}")).collect();
    let wrong = [
        ("name", json!("no spaces")),
        ("name", json!("../up")),
        ("name", json!("")),
        ("name", long(257)),
        ("description", long(4_097)),
        ("description", json!(1)),
        ("archived", json!("no")),
        ("schemas", json!([])),
        ("schemas", json!({"1": {"x": "y".repeat(256 * 1024)}})),
        ("featureFlags", json!(flags)),
        ("groupName", long(257)),
    ];
    let good = json!({"name": "a.b", "description": "x"});
    each_is_refused(&app, Method::POST, "/api/v1/event-type", &good, &wrong).await;
    let nothing = app.client.post("/api/v1/event-type", json!({})).await;
    refused_field(&nothing, &["body", "name"]);
    refused_field(&nothing, &["body", "description"]);
    assert_eq!(everything(&app).await, before);
}

const NO_URLS: [&str; 14] = [
    "",
    "nonsense",
    "/relative",
    "example.com/hook",
    "https:/example.com",
    "https://",
    "ftp://example.com/",
    "file:///etc/passwd",
    "https://user:password@example.com/",
    "https://exa mple.com/",
    "https://example.com\\@evil.com/",
    "https://localhost/",
    "https://intranet/",
    "https://service.internal/",
];

const FORBIDDEN: [&str; 10] = [
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/",
    "https://[::ffff:10.0.0.1]/",
    "https://0x0a000001/",
    "https://168.63.129.16/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
];

#[tokio::test]
async fn urls_that_are_none_or_that_the_policy_forbids_are_refused() {
    let app = TestApp::run(production()).await;
    let owner = app.create_application("Owl").await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    let before = everything(&app).await;
    let only_in_development = [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "http://127.0.0.1:8080/",
        "https://2130706433/",
    ];
    let urls = NO_URLS.iter().chain(&FORBIDDEN).chain(&only_in_development);
    for url in urls
        .map(ToString::to_string)
        .chain([format!("https://example.com/{}", "x".repeat(2_048))])
    {
        let answer = app.client.post(&path, json!({"url": url})).await;
        assert_eq!(answer.status, 422, "{url}: {}", answer.text());
        refused_field(&answer, &["body", "url"]);
    }
    assert_eq!(everything(&app).await, before);
    for url in [
        "https://example.com/hook",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/x",
    ] {
        app.client
            .post(&path, json!({"url": url, "disabled": true}))
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn development_allows_plain_http_and_this_machine_and_nothing_else() {
    let app = app().await;
    let owner = app.create_application("Owl").await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    for url in NO_URLS
        .iter()
        .filter(|url| !url.contains("localhost"))
        .chain(&FORBIDDEN)
    {
        let answer = app.client.post(&path, json!({"url": url})).await;
        assert_eq!(answer.status, 422, "{url}: {}", answer.text());
        refused_field(&answer, &["body", "url"]);
    }
    // The server's own address is never a target.
    let answer = app.client.post(&path, json!({"url": app.url()})).await;
    refused_field(&answer, &["body", "url"]);
    for url in [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://example.com/",
    ] {
        app.client
            .post(&path, json!({"url": url, "disabled": true}))
            .await
            .expect(201);
    }
    assert!(app.program.log_text().contains("--dev"), "the log says so");
}
