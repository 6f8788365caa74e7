//! Endpoints whose receivers want an access token (OAuth 2.0), which an authorization server gives out.

mod third_party;

use std::sync::Arc;

use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::token_server::{ClientAuth, KnownClient, TokenServer};
use tidings_testkit::{Received, Reply, TestApp};

use crate::support::{Scene, app_with, everything, production, refused_field};

const SECRET: &str = "s3cret: a canary/in+clear";
const QUICK: [(&str, &str); 2] = [
    ("retry_schedule", "50ms,50ms,50ms"),
    ("retry_jitter_percent", "0"),
];

fn client(auth: ClientAuth) -> KnownClient {
    KnownClient {
        id: "hooks & co".to_owned(),
        secret: SECRET.to_owned(),
        auth,
        scope: Some("hooks:write more".to_owned()),
        audience: None,
    }
}

fn credentials(server: &TokenServer) -> Value {
    json!({"type": "oauth2", "tokenUrl": server.url(), "clientId": "hooks & co",
        "clientSecret": SECRET, "scope": "hooks:write more"})
}

async fn scene(settings: &[(&str, &str)], credentials: Value) -> Scene {
    Scene::of(
        app_with(settings).await,
        json!({"credentials": credentials}),
    )
    .await
}

fn tokens(requests: &[Arc<Received>]) -> Vec<String> {
    let values = requests
        .iter()
        .map(|request| request.header("authorization"));
    values.map(str::to_owned).collect()
}

#[tokio::test]
async fn one_token_goes_with_all_requests_until_its_end() {
    let server = TokenServer::start(client(ClientAuth::Basic)).await;
    let scene = scene(&[], credentials(&server)).await;
    let send = |number| scene.send(json!({"n": number}));
    tokio::join!(send(1), send(2), send(3), send(4), send(5), send(6));
    let requests = scene.receiver.wait_for("/hook", 6).await;
    assert_eq!(tokens(&requests), vec!["Bearer token-1"; 6]);
    assert_eq!(server.requests_count(), 1, "{:?}", server.refusals());
    let secret = scene.secret().await;
    for request in &requests {
        request.verify(&secret);
    }

    // A new configuration asks anew; a token that is over at once is used once.
    server.set_expires_in(0);
    let path = scene.endpoint_path("/credentials");
    let scope = json!({"scope": "hooks:write more"});
    scene.app.client.patch(&path, scope).await.expect(204);
    for number in 7..=8 {
        scene.send(json!({"n": number})).await;
        scene.receiver.wait_for("/hook", number).await;
    }
    let requests = scene.receiver.requests();
    assert_eq!(tokens(&requests[6..]), ["Bearer token-2", "Bearer token-3"]);
}

#[tokio::test]
async fn the_client_shows_itself_as_the_server_wants_it() {
    let known = KnownClient {
        audience: Some("https://api.example.com/".to_owned()),
        scope: None,
        ..client(ClientAuth::Body)
    };
    let server = TokenServer::start(known).await;
    let mut wanted = credentials(&server);
    wanted["authMethod"] = "body".into();
    wanted["audience"] = "https://api.example.com/".into();
    wanted["scope"] = Value::Null;
    let scene = scene(&[], wanted).await;
    scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(tokens(&requests), ["Bearer token-1"]);
    assert_eq!(server.refusals(), Vec::<&str>::new());
    let path = scene.endpoint_path("/credentials");
    let shown = scene.app.client.get(&path);
    assert_eq!(
        shown.await.expect(200),
        json!({"type": "oauth2", "tokenUrl": server.url(), "clientId": "hooks & co",
            "clientSecret": "[hidden]", "scope": null, "audience": "https://api.example.com/",
            "authMethod": "body"})
    );
}

#[tokio::test]
async fn a_token_that_the_receiver_refuses_is_replaced_within_the_attempt() {
    let server = TokenServer::start(client(ClientAuth::Basic)).await;
    let scene = scene(&[("retry_schedule", "none")], credentials(&server)).await;
    scene
        .receiver
        .rule(|request| match request.header("authorization") {
            "Bearer token-1" => Reply::with_body(401, "expired"),
            _ => Reply::with_body(200, "fine"),
        });
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    let attempts = scene.attempts(&message, 1).await;
    assert_eq!(attempts[0]["responseStatusCode"], 200);
    assert_eq!(attempts[0]["response"], "fine");
    let expected = ["Bearer token-1", "Bearer token-2"];
    assert_eq!(tokens(&scene.receiver.requests()), expected);
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    assert_eq!(server.given().len(), 2, "the second one is kept");

    // Where none is good enough, an attempt makes two requests and no more.
    scene.receiver.rule(|_| 401.into());
    let message = scene.send(json!({})).await;
    scene.status(&message, 2).await;
    let attempts = scene.attempts(&message, 1).await;
    assert_eq!(attempts[0]["responseStatusCode"], 401);
    assert_eq!(attempts[0]["error"], "status");
    assert_eq!(scene.receiver.requests().len(), 5);
    assert_eq!(server.given().len(), 3);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_attempt_says_why() {
    let server = TokenServer::start(client(ClientAuth::Basic)).await;
    server.set_down(true);
    let scene = scene(&[("retry_schedule", "1h")], credentials(&server)).await;
    let message = scene.send(json!({})).await;
    let attempts = scene.attempts(&message, 1).await;
    assert_eq!(attempts[0]["error"], "token");
    assert_eq!(
        attempts[0]["errorDetail"],
        "the token endpoint answered 503"
    );
    assert_eq!(attempts[0]["outcome"], "retry");
    assert_eq!(attempts[0]["responseStatusCode"], 0);
    assert!(scene.receiver.requests().is_empty());

    server.set_down(false);
    let resend = scene.path(&format!(
        "/msg/{message}/endpoint/{}/resend",
        scene.endpoint
    ));
    scene.app.client.post(&resend, json!({})).await.expect(202);
    scene.status(&message, 0).await;
    assert_eq!(tokens(&scene.receiver.requests()), ["Bearer token-1"]);
}

#[tokio::test]
async fn a_wrong_secret_is_told_of_and_nobody_is_told_the_secret() {
    let server = TokenServer::start(KnownClient {
        secret: "another".to_owned(),
        ..client(ClientAuth::Basic)
    })
    .await;
    let mut scene = scene(&QUICK, credentials(&server)).await;
    let message = scene.send(json!({})).await;
    scene.status(&message, 2).await;
    let attempts = scene.attempts(&message, 4).await;
    for attempt in &attempts {
        assert_eq!(attempt["error"], "token");
        let detail = text(&attempt["errorDetail"]);
        assert_eq!(detail, "the token endpoint answered 401, invalid_client");
    }
    assert_eq!(attempts[3]["outcome"], "exhausted");
    assert!(scene.receiver.requests().is_empty());

    server.set_client(client(ClientAuth::Basic));
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    let mut shown = everything(&scene.app).await;
    shown.extend(attempts);
    shown.extend(scene.attempts(&message, 1).await);
    for rest in ["", "/credentials"] {
        let path = scene.endpoint_path(rest);
        shown.push(scene.app.client.get(&path).await.expect(200));
    }
    let audit = scene.app.client.get("/api/v1/audit-log?limit=250").await;
    shown.push(audit.expect(200));
    let shown = Value::Array(shown).to_string();
    scene.app.stop().await;
    let log = scene.app.program.log_text();
    for canary in ["canary", "Y2FuYXJ5", "token-1"] {
        assert!(!shown.contains(canary), "{canary}");
        assert!(!log.contains(canary), "{canary}");
    }
}

#[tokio::test]
async fn wrong_grants_are_refused_by_field_and_change_nothing() {
    let server = TokenServer::start(client(ClientAuth::Basic)).await;
    let scene = scene(&[], credentials(&server)).await;
    let before = everything(&scene.app).await;
    let path = scene.endpoint_path("/credentials");
    let kept = scene.app.client.get(&path).await.expect(200);
    for (field, value) in [
        ("tokenUrl", json!("ftp://id.example.com/token")),
        ("tokenUrl", json!("https://user:pass@id.example.com/token")),
        ("tokenUrl", json!(null)),
        ("clientId", json!("")),
        ("clientSecret", json!("[hidden]")),
        ("clientSecret", json!("é")),
        ("scope", json!("a  b")),
        ("audience", json!("\u{1}")),
        ("authMethod", json!("post")),
    ] {
        let mut wrong = credentials(&server);
        wrong[field] = value;
        let put = scene.app.client.put(&path, wrong.clone()).await;
        refused_field(&put, &["body", field]);
        let new = json!({"url": scene.receiver.url("/x"), "credentials": wrong});
        let post = scene.app.client.post(&scene.path("/endpoint"), new).await;
        refused_field(&post, &["body", "credentials", field]);
    }
    assert_eq!(scene.app.client.get(&path).await.expect(200), kept);
    assert_eq!(everything(&scene.app).await, before);
}

#[tokio::test]
async fn the_guard_judges_token_urls_like_any_target() {
    let app = TestApp::run(production()).await;
    let owner = app.create_application("Cool Account").await;
    for url in [
        "https://10.0.0.1/token",
        "https://localhost/token",
        "https://169.254.169.254/latest/meta-data",
        "http://id.example.com/token",
    ] {
        let credentials =
            json!({"type": "oauth2", "tokenUrl": url, "clientId": "a", "clientSecret": "b"});
        let new = json!({"url": "https://example.com/hook", "credentials": credentials});
        let path = format!("/api/v1/app/{owner}/endpoint");
        let refused = app.client.post(&path, new).await;
        refused_field(&refused, &["body", "credentials", "tokenUrl"]);
    }
}
