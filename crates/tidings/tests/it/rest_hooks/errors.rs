//! What callers of `/api/webhooks` are told when something is wrong.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::Answer;
use tidings_testkit::app::text;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{CREATED, HookScene, json_of};
use crate::support::everything;

/// Checks the vendor's form of errors; gives the errors.
#[track_caller]
fn told(answer: &Answer, status: u16) -> Vec<Value> {
    let body = json_of(answer, status);
    let keys: Vec<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(keys, ["errors", "request_id"], "{body}");
    let id = text(&body["request_id"]);
    assert!(!id.is_empty());
    assert_eq!(answer.header("x-request-id"), id);
    let errors = body["errors"].as_array().unwrap();
    assert!(!errors.is_empty(), "{body}");
    for error in errors {
        assert!(text(&error["message"]).len() > 10, "{body}");
        assert_eq!(error["code"].as_u64().unwrap() / 1_000, u64::from(status));
    }
    errors.clone()
}

/// Every one of these is refused with this code and names this; nothing is made.
async fn refused(scene: &HookScene, cases: &[(Value, u64, &str)]) {
    let kept = scene.create(scene.hook("/kept")).await;
    let before = everything(&scene.app).await;
    for (hook, code, named) in cases {
        for (method, path) in [
            (Method::POST, "/api/webhooks".to_owned()),
            (Method::PUT, format!("/api/webhooks/{}", kept["id"])),
        ] {
            let answer = scene.client.send(method, &path, hook.to_string()).await;
            let errors = told(&answer, 400);
            let error = errors.iter().find(|error| error["code"] == *code);
            let error = error.unwrap_or_else(|| panic!("no {code} in {errors:?}: {hook}"));
            assert!(text(&error["message"]).contains(named), "{error}");
        }
    }
    assert_eq!(everything(&scene.app).await, before);
}

#[tokio::test]
async fn th_4_th_6_actions_are_required_and_must_be_a_list_of_known_events() {
    let scene = HookScene::start().await;
    let hook = |actions: Value| {
        let mut hook = scene.hook("/hook");
        hook["actions"] = actions;
        hook
    };
    let mut missing = hook(Value::Null);
    missing.as_object_mut().unwrap().remove("actions");
    let many: Vec<String> = (0..1_001).map(|number| format!("A{number}")).collect();
    let cases = [
        (missing, 400_101, "actions"),
        (hook(Value::Null), 400_101, "actions"),
        (hook(json!("X")), 400_102, "actions"),
        (hook(json!({})), 400_102, "actions"),
        (hook(json!([])), 400_103, "actions"),
        (hook(json!([1])), 400_104, "1"),
        (hook(json!([CREATED, null])), 400_104, "null"),
        (hook(json!(["NO_SUCH_ACTION"])), 400_105, "NO_SUCH_ACTION"),
        (hook(json!([CREATED, "a b"])), 400_105, "a b"),
        (hook(json!([""])), 400_105, "actions"),
        (hook(json!([CREATED, CREATED])), 400_106, CREATED),
        (hook(json!(many)), 400_107, "actions"),
    ];
    refused(&scene, &cases).await;
    // What was archived is published no more.
    let archived = format!("/api/v1/event-type/{CREATED}");
    scene.app.client.delete(&archived).await.expect(204);
    let answer = scene
        .client
        .post("/api/webhooks", scene.hook("/hook"))
        .await;
    assert_eq!(told(&answer, 400)[0]["code"], 400_105);
}

#[tokio::test]
async fn th_7_el_10_the_url_is_required_and_must_be_one_that_may_be_a_target() {
    let scene = HookScene::start().await;
    let hook = |url: Value| json!({"actions": [CREATED], "subscription_url": url});
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    let cases = [
        (json!({"actions": [CREATED]}), 400_201, "subscription_url"),
        (hook(Value::Null), 400_201, "subscription_url"),
        (hook(json!(1)), 400_202, "subscription_url"),
        (hook(json!("")), 400_203, "https://"),
        (hook(json!("example.com")), 400_203, "https://"),
        (hook(json!("ftp://example.com")), 400_203, "https://"),
        (hook(json!("javascript:alert(1)")), 400_203, "https://"),
        (hook(json!("https://10.0.0.1/x")), 400_205, "public"),
        (hook(json!("https://intranet/x")), 400_205, "public"),
        (hook(json!("https://example.com:25/")), 400_206, "25"),
        (
            hook(json!("https://u:p@example.com/")),
            400_207,
            "http_auth_user",
        ),
        (hook(json!(long)), 400_208, "2048"),
        (hook(json!("https://example.com/a b")), 400_209, "spaces"),
        (hook(json!("https://example.com/\u{0}")), 400_209, "control"),
    ];
    refused(&scene, &cases).await;
}

#[tokio::test]
async fn el_10_only_https_is_taken_unless_for_development() {
    let program = crate::support::production();
    let scene = HookScene::of(tidings_testkit::TestApp::run(program).await).await;
    for url in ["http://example.com/x", "HTTP://example.com/x"] {
        let hook = json!({"actions": [CREATED], "subscription_url": url});
        let answer = scene.client.post("/api/webhooks", hook).await;
        let errors = told(&answer, 400);
        assert_eq!(errors[0]["code"], 400_204);
        assert!(text(&errors[0]["message"]).contains("https://"));
    }
    assert!(scene.hooks().await.is_empty());
    let hook = |url: &str| json!({"actions": [CREATED], "subscription_url": url});
    scene.create(hook("HTTPS://example.com/x")).await;
    let plain = scene
        .client
        .put("/api/webhooks/1", hook("http://example.com/x"));
    assert_eq!(told(&plain.await, 400)[0]["code"], 400_204);
    assert_eq!(
        scene.hooks().await[0]["subscription_url"],
        "HTTPS://example.com/x"
    );
}

#[tokio::test]
async fn el_12_a_plan_without_webhooks_is_a_403_and_nothing_is_made() {
    let scene = HookScene::start().await;
    let plans = json!({"data": [{"uid": "early", "name": "Early Owl", "webhooks": false},
        {"uid": "corporate", "name": "Corporate Owl"}]});
    let key = &scene.app.client;
    key.put("/api/v1/plan", plans).await.expect(200);
    let path = format!("/api/v1/app/{}", scene.owner);
    key.patch(&path, json!({"plan": "early"})).await.expect(200);
    let answer = scene
        .client
        .post("/api/webhooks", scene.hook("/hook"))
        .await;
    assert_eq!(told(&answer, 403)[0]["code"], 403_001);
    assert!(scene.hooks().await.is_empty());
    key.patch(&path, json!({"plan": "corporate"}))
        .await
        .expect(200);
    scene.create(scene.hook("/hook")).await;
}

#[tokio::test]
async fn wrong_credentials_for_the_target_are_named() {
    let scene = HookScene::start().await;
    let hook = |user: Value, password: Value| {
        let mut hook = scene.hook("/hook");
        hook["http_auth_user"] = user;
        hook["http_auth_password"] = password;
        hook
    };
    let cases = [
        (hook(json!(1), json!("p")), 400_301, "http_auth_user"),
        (hook(json!("u"), json!([])), 400_301, "http_auth_password"),
        (
            hook(json!("u".repeat(1_025)), json!("p")),
            400_302,
            "http_auth_user",
        ),
        (
            hook(json!("u"), json!("p".repeat(1_025))),
            400_302,
            "http_auth_password",
        ),
        (hook(json!("a\nb"), json!("p")), 400_303, "http_auth_user"),
        (
            hook(json!("u"), json!("\u{7f}")),
            400_303,
            "http_auth_password",
        ),
        (hook(json!("a:b"), json!("p")), 400_304, "http_auth_user"),
    ];
    refused(&scene, &cases).await;
    let masked = scene
        .client
        .post("/api/webhooks", hook(json!("u"), json!("********")));
    assert_eq!(told(&masked.await, 400)[0]["code"], 400_305);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let scene = HookScene::start().await;
    let hook = json!({"actions": ["NO", "NEITHER"], "subscription_url": "x"});
    let answer = scene.client.post("/api/webhooks", hook).await;
    let codes: Vec<u64> = told(&answer, 400)
        .iter()
        .map(|error| error["code"].as_u64().unwrap())
        .collect();
    assert_eq!(codes, [400_203, 400_105, 400_105]);
}

#[tokio::test]
async fn th_3_th_17_thx_8_every_answer_that_is_no_success_can_be_printed() {
    let scene = HookScene::start().await;
    let huge = format!("{{\"a\":\"{}\"}}", "a".repeat(1024 * 1024));
    for (method, path, body, status, code) in [
        (Method::POST, "/api/webhooks", "{", 400, 400_001),
        (Method::POST, "/api/webhooks", "", 400, 400_001),
        (Method::POST, "/api/webhooks", "[]", 400, 400_002),
        (Method::POST, "/api/webhooks", huge.as_str(), 413, 413_001),
        (Method::GET, "/api/webhooks/1", "", 404, 404_002),
        (Method::GET, "/api/webhooks/x", "", 404, 404_002),
        (
            Method::GET,
            "/api/webhooks/99999999999999999999",
            "",
            404,
            404_002,
        ),
        (Method::DELETE, "/api/webhooks/1", "", 404, 404_002),
        (Method::GET, "/api/webhooks/1/x", "", 404, 404_001),
        (Method::PATCH, "/api/webhooks/1", "{}", 405, 405_001),
        (Method::DELETE, "/api/webhooks", "", 405, 405_001),
    ] {
        let answer = scene.client.send(method, path, body.to_owned()).await;
        assert_eq!(told(&answer, status)[0]["code"], code, "{path}");
    }
    // A client that says what curl says by itself learns what to say.
    let form = scene
        .client
        .with_header("content-type", "application/x-www-form-urlencoded");
    let answer = form.post("/api/webhooks", scene.hook("/hook")).await;
    assert_eq!(told(&answer, 400)[0]["code"], 400_004);
    assert!(scene.hooks().await.is_empty());
    // The rest of the API tells it in its own way still.
    let other = scene.app.client.get("/api/v1/app/x").await;
    crate::support::refused(&other, 404, "not_found");
}

#[tokio::test]
async fn thx_8_messages_are_in_the_callers_language() {
    let scene = HookScene::start().await;
    let hook = json!({"actions": [], "subscription_url": "https://example.pl"});
    for (wanted, language, message) in [
        (
            "en",
            "en",
            "The field actions must have at least one action.",
        ),
        (
            "pl",
            "pl",
            "Pole actions musi zawierać co najmniej jedną akcję.",
        ),
        (
            "sv,fi;q=0.4,de;q=0.5",
            "de",
            "Das Feld actions muss mindestens eine Aktion enthalten.",
        ),
        (
            "fi-FI",
            "fi",
            "Kentässä actions on oltava vähintään yksi tapahtuma.",
        ),
        (
            "es;q=0.2",
            "es",
            "El campo actions debe contener al menos una acción.",
        ),
        (
            "it",
            "it",
            "Il campo actions deve contenere almeno un'azione.",
        ),
        (
            "sv",
            "en",
            "The field actions must have at least one action.",
        ),
    ] {
        let client = scene.client.with_header("accept-language", wanted);
        let answer = client.post("/api/webhooks", hook.clone()).await;
        assert_eq!(answer.header("content-language"), language);
        let errors = told(&answer, 400);
        assert_eq!(errors, [json!({"message": message, "code": 400_103})]);
    }
    let nobody = scene.client.with_header("authorization", "Basic x");
    let polish = nobody.with_header("accept-language", "pl");
    let answer = polish.get("/api/webhooks");
    let errors = told(&answer.await, 401);
    assert_eq!(
        errors[0]["message"],
        "Login lub hasło jest nieprawidłowe albo go brakuje."
    );
}

/// A request whose length is off by this many bytes.
fn miscounted(scene: &HookScene, off_by: isize) -> Vec<u8> {
    let body = json!({"actions": [CREATED], "subscription_url": scene.receiver.url("/hook"),
        "http_auth_user": "zażółć", "http_auth_password": "gęślą jaźń"});
    let body = body.to_string();
    let length = body.len().checked_add_signed(off_by).unwrap();
    let encoded = {
        use base64::Engine as _;
        let pair = format!("{}:{}", scene.user.login, scene.user.password);
        base64::engine::general_purpose::STANDARD.encode(pair)
    };
    let head = format!(
        "POST /api/webhooks HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {encoded}\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

#[tokio::test]
async fn th_16_a_length_that_counts_characters_gets_a_prompt_400_and_the_connection_ends() {
    let scene = HookScene::start().await;
    // What `mb_strlen` makes of it: nine letters have two bytes.
    let started = Instant::now();
    let mut stream = TcpStream::connect(scene.client.address()).await.unwrap();
    stream.write_all(&miscounted(&scene, -9)).await.unwrap();
    let mut answer = String::new();
    // To the end: the server closes, and what is left of the body is taken for no request.
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("\"code\":400001"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    assert!(scene.hooks().await.is_empty());
    let right = scene.client.send_raw(&miscounted(&scene, 0)).await;
    right.expect(200);
}

#[tokio::test]
async fn th_16_a_body_that_never_comes_to_its_end_is_a_400() {
    let app = crate::support::app_with(&[("request_body_timeout", "1s")]).await;
    let scene = HookScene::of(app).await;
    // One who closes its half, and one who waits.
    for closes in [true, false] {
        let mut stream = TcpStream::connect(scene.client.address()).await.unwrap();
        stream.write_all(&miscounted(&scene, 9)).await.unwrap();
        if closes {
            stream.shutdown().await.unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{closes}: {answer}");
        assert!(answer.contains("\"code\":400003"), "{answer}");
    }
    assert!(scene.hooks().await.is_empty());
}
