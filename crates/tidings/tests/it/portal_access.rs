//! Portal access: a link that is used once, and a token that is good for one application.

use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Client, TestApp, wait};

use crate::support::{Scene, app, app_on, app_with, refused, refused_field};

const EXCHANGE: &str = "/api/v1/auth/portal-exchange";

/// Portal access to an application, as the product asks for it.
async fn access(app: &TestApp, owner: &str, body: Value) -> Value {
    let path = format!("/api/v1/auth/app-portal-access/{owner}");
    app.client.post(&path, body).await.expect(200)
}

/// A client with the token of such a session.
async fn session(app: &TestApp, owner: &str, body: Value) -> Client {
    let made = access(app, owner, body).await;
    app.client.with_key(&text(&made["token"]))
}

/// The code in a link.
fn code(made: &Value) -> String {
    let url = text(&made["url"]);
    let (_, code) = url.split_once("#key=").expect("a code");
    code.to_owned()
}

async fn newest_entry(app: &TestApp) -> Value {
    let log = app.client.get("/api/v1/audit-log?limit=1").await;
    log.expect(200)["data"][0].clone()
}

async fn a_link_is_exchanged_once(app: TestApp) {
    let owner = app.create_application("Cool Account").await;
    let wanted = json!({
        "sessionId": "visit-1", "featureFlags": ["beta"], "expiry": 3600,
        "capabilities": ["ViewBase", "CreateAttempts"],
    });
    let made = access(&app, &owner, wanted).await;
    let url = text(&made["url"]);
    assert!(
        url.starts_with(&format!("{}/portal/login#key=tdg_link_", app.url())),
        "{url}"
    );
    assert!(!url.contains(&text(&made["token"])), "the token itself");
    let nobody = app.client.without_key();
    let opened = nobody.post(EXCHANGE, json!({"code": code(&made)})).await;
    let opened = opened.expect(200);
    assert_eq!(opened["application"], owner);
    assert_eq!(opened["applicationName"], "Cool Account");
    assert_eq!(opened["sessionId"], "visit-1");
    assert_eq!(
        opened["capabilities"],
        json!(["ViewBase", "CreateAttempts"])
    );
    assert_eq!(opened["featureFlags"], json!(["beta"]));
    assert_ne!(opened["token"], made["token"]);
    // Both tokens are good, and the code is none.
    for token in [&opened["token"], &made["token"]] {
        let client = app.client.with_key(&text(token));
        client
            .get(&format!("/api/v1/app/{owner}"))
            .await
            .expect(200);
    }
    let entry = newest_entry(&app).await;
    assert_eq!(entry["action"], "portal_session.open", "{entry}");
    assert_eq!(entry["actor"]["kind"], "portal_session");
    assert_eq!(entry["actor"]["name"], "visit-1");
    assert_eq!(entry["application"], owner);
    let as_token = app.client.with_key(&code(&made));
    let answer = as_token.get(&format!("/api/v1/app/{owner}")).await;
    refused(&answer, 401, "authentication_failed");
    let again = nobody.post(EXCHANGE, json!({"code": code(&made)})).await;
    let body = refused(&again, 403, "link_used");
    assert!(text(&body["detail"]).contains("used before"), "{body}");
    // Nothing came of it.
    assert_eq!(newest_entry(&app).await, entry);
}

#[tokio::test]
async fn a_link_is_exchanged_once_on_sqlite() {
    a_link_is_exchanged_once(app().await).await;
}

#[tokio::test]
async fn a_link_is_exchanged_once_on_postgres() {
    let database = Database::new(Version::V15);
    a_link_is_exchanged_once(app_on(&database).await).await;
}

#[tokio::test]
async fn of_many_exchanges_at_once_exactly_one_wins() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let code = code(&access(&app, &owner, json!({})).await);
    let tries = (0..8).map(|_| {
        let (client, body) = (app.client.without_key(), json!({"code": code}));
        tokio::spawn(async move { client.post(EXCHANGE, body).await })
    });
    let tries: Vec<_> = tries.collect();
    let mut tokens = Vec::new();
    for one in tries {
        let answer = one.await.unwrap();
        if answer.status == 200 {
            tokens.push(text(&answer.json()["token"]));
        } else {
            refused(&answer, 403, "link_used");
        }
    }
    assert_eq!(tokens.len(), 1);
    let client = app.client.with_key(&tokens[0]);
    client
        .get(&format!("/api/v1/app/{owner}"))
        .await
        .expect(200);
}

#[tokio::test]
async fn what_is_no_link_or_a_link_that_has_ended_says_so() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let made = access(&app, &owner, json!({})).await;
    let good = code(&made);
    let nobody = app.client.without_key();
    let wrong = [
        String::new(),
        "nonsense".to_owned(),
        text(&made["token"]),
        app.key().to_owned(),
        format!("{}0", &good[..good.len() - 1]),
    ];
    for code in wrong.iter().filter(|code| **code != good) {
        let answer = nobody.post(EXCHANGE, json!({"code": code})).await;
        refused(&answer, 404, "not_found");
    }
    let answer = nobody.post(EXCHANGE, json!({})).await;
    refused_field(&answer, &["body", "code"]);
    let path = format!("/api/v1/auth/app/{owner}/expire-all");
    app.client.post(&path, json!({})).await.expect(204);
    let answer = nobody.post(EXCHANGE, json!({"code": good})).await;
    let body = refused(&answer, 403, "link_expired");
    assert!(text(&body["detail"]).contains("no longer valid"), "{body}");
    app.client
        .delete(&format!("/api/v1/app/{owner}"))
        .await
        .expect(204);
    let answer = nobody.post(EXCHANGE, json!({"code": good})).await;
    refused(&answer, 404, "not_found");
}

#[tokio::test]
async fn a_token_is_good_for_the_calls_of_its_application() {
    let scene = Scene::start().await;
    let message = scene.send(json!({})).await;
    scene.attempts(&message, 1).await;
    let client = session(&scene.app, &scene.owner, json!({})).await;
    let got = client.get(&scene.path("")).await.expect(200);
    assert_eq!(got["id"], scene.owner);
    assert_eq!(rows(&client.get(&scene.path("/endpoint")).await).len(), 1);
    assert_eq!(rows(&client.get(&scene.path("/msg")).await).len(), 1);
    let secret = client.get(&scene.endpoint_path("/secret")).await;
    assert_eq!(text(&secret.expect(200)["key"]), scene.secret().await);
    let url = scene.receiver.url("/second");
    let made = client
        .post(&scene.path("/endpoint"), json!({"url": url}))
        .await;
    let id = text(&made.expect(201)["id"]);
    let entry = newest_entry(&scene.app).await;
    assert_eq!(entry["target"]["id"], id);
    assert_eq!(entry["actor"]["kind"], "portal_session");
    let path = scene.path(&format!("/endpoint/{id}"));
    scene.app.client.get(&path).await.expect(200);
    client.delete(&path).await.expect(204);
    scene.app.client.get(&path).await.expect(404);
}

#[tokio::test]
async fn the_old_name_of_the_call_takes_no_body() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/auth/dashboard-access/{owner}");
    let made = app
        .client
        .send(http::Method::POST, &path, "")
        .await
        .expect(200);
    let client = app.client.with_key(&text(&made["token"]));
    client
        .get(&format!("/api/v1/app/{owner}"))
        .await
        .expect(200);
    let answer = app
        .client
        .without_key()
        .post(EXCHANGE, json!({"code": code(&made)}))
        .await;
    answer.expect(200);
    let missing = app
        .client
        .post("/api/v1/auth/dashboard-access/nobody", json!({}))
        .await;
    refused(&missing, 404, "not_found");
}

#[tokio::test]
async fn an_application_that_is_not_there_is_made_if_the_body_names_it() {
    let app = app().await;
    let path = "/api/v1/auth/app-portal-access/owl";
    let answer = app.client.post(path, json!({})).await;
    refused(&answer, 404, "not_found");
    let other = json!({"application": {"name": "Owl", "uid": "cat"}});
    let answer = app.client.post(path, other).await;
    refused_field(&answer, &["body", "application", "uid"]);
    let bad = json!({"application": {"uid": "owl"}});
    let answer = app.client.post(path, bad).await;
    refused_field(&answer, &["body", "application", "name"]);
    app.client.get("/api/v1/app/owl").await.expect(404);
    let named = json!({"application": {"name": "Owl", "uid": "owl"}});
    let made = app.client.post(path, named.clone()).await.expect(200);
    let client = app.client.with_key(&text(&made["token"]));
    let got = client.get("/api/v1/app/owl").await.expect(200);
    assert_eq!(got["name"], "Owl");
    // What is there is not changed.
    let renamed = json!({"application": {"name": "Cat", "uid": "owl"}});
    app.client.post(path, renamed).await.expect(200);
    let got = app.client.get("/api/v1/app/owl").await.expect(200);
    assert_eq!(got["name"], "Owl");
}

#[tokio::test]
async fn wrong_fields_are_named_and_no_session_is_made() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let before = newest_entry(&app).await;
    let path = format!("/api/v1/auth/app-portal-access/{owner}");
    let many: Vec<String> = (0..26).map(|number| number.to_string()).collect();
    for (field, value) in [
        ("expiry", json!(3_599)),
        ("expiry", json!(604_801)),
        ("expiry", json!("1h")),
        ("sessionId", json!("")),
        ("sessionId", json!("x".repeat(65))),
        ("capabilities", json!(["ViewBase", "Everything"])),
        ("capabilities", json!(["ManageEndpoint"])),
        ("capabilities", json!([])),
        ("capabilities", json!("ViewBase")),
        ("featureFlags", json!(many)),
        ("featureFlags", json!([""])),
        ("readOnly", json!("yes")),
        ("application", json!("owl")),
    ] {
        let answer = app.client.post(&path, json!({field: value})).await;
        refused_field(&answer, &["body", field]);
    }
    let path = format!("/api/v1/auth/app/{owner}/expire-all");
    let ids: Vec<String> = (0..1_001).map(|number| number.to_string()).collect();
    for (field, value) in [
        ("expiry", json!(259_201)),
        ("expiry", json!(-1)),
        ("sessionIds", json!(ids)),
        ("sessionIds", json!("one")),
    ] {
        let answer = app.client.post(&path, json!({field: value})).await;
        refused_field(&answer, &["body", field]);
    }
    assert_eq!(newest_entry(&app).await, before);
    for (field, value) in [
        ("expiry", json!(3_600)),
        ("expiry", json!(604_800)),
        ("expiry", json!(null)),
        ("sessionId", json!("x".repeat(64))),
        ("featureFlags", json!(many[..25])),
        ("capabilities", json!(null)),
    ] {
        access(&app, &owner, json!({field: value})).await;
    }
}

#[tokio::test]
async fn sessions_end_all_at_once_or_by_their_ids() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let other = app.create_application("Other").await;
    let path = format!("/api/v1/app/{owner}");
    let one = session(&app, &owner, json!({"sessionId": "one"})).await;
    let two = session(&app, &owner, json!({"sessionId": "two"})).await;
    let plain = session(&app, &owner, json!({})).await;
    let elsewhere = session(&app, &other, json!({"sessionId": "one"})).await;
    for client in [&one, &two, &plain] {
        client.get(&path).await.expect(200);
    }
    let expire = format!("/api/v1/auth/app/{owner}/expire-all");
    let body = json!({"sessionIds": ["one", "unknown"]});
    app.client.post(&expire, body).await.expect(204);
    refused(&one.get(&path).await, 401, "authentication_failed");
    two.get(&path).await.expect(200);
    let entry = newest_entry(&app).await;
    assert_eq!(entry["action"], "portal_session.expire", "{entry}");
    // Not at once, but soon.
    let body = json!({"sessionIds": ["two"], "expiry": 1});
    app.client.post(&expire, body).await.expect(204);
    wait::until_in(
        Duration::from_secs(5),
        "the session to end by itself",
        async || two.get(&path).await.status,
        |status| *status == 401,
    )
    .await;
    plain.get(&path).await.expect(200);
    app.client
        .send(http::Method::POST, &expire, "")
        .await
        .expect(204);
    refused(&plain.get(&path).await, 401, "authentication_failed");
    let path = format!("/api/v1/app/{other}");
    elsewhere.get(&path).await.expect(200);
    let nobody = "/api/v1/auth/app/nobody/expire-all";
    let answer = app.client.post(nobody, json!({})).await;
    refused(&answer, 404, "not_found");
}

#[tokio::test]
async fn logging_out_ends_the_session_of_the_caller_and_no_other() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let made = access(&app, &owner, json!({})).await;
    let nobody = app.client.without_key();
    let opened = nobody.post(EXCHANGE, json!({"code": code(&made)})).await;
    let opened = opened.expect(200);
    let other = session(&app, &owner, json!({})).await;
    let logout = "/api/v1/auth/logout";
    let in_portal = app.client.with_key(&text(&opened["token"]));
    in_portal.post(logout, json!({})).await.expect(204);
    assert_eq!(newest_entry(&app).await["action"], "portal_session.logout");
    let path = format!("/api/v1/app/{owner}");
    for token in [&made["token"], &opened["token"]] {
        let client = app.client.with_key(&text(token));
        refused(&client.get(&path).await, 401, "authentication_failed");
        let again = client.post(logout, json!({})).await;
        refused(&again, 401, "authentication_failed");
    }
    other.get(&path).await.expect(200);
    let body = refused(&app.client.post(logout, json!({})).await, 403, "forbidden");
    assert!(text(&body["detail"]).contains("portal session"), "{body}");
    app.client.get(&path).await.expect(200);
    let nobody = app.client.without_key();
    let answer = nobody.post(logout, json!({})).await;
    refused(&answer, 401, "authentication_failed");
}

#[tokio::test]
async fn sessions_outlast_a_crash_and_go_with_their_application() {
    let mut app = app().await;
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/app/{owner}");
    let made = access(&app, &owner, json!({})).await;
    let used = access(&app, &owner, json!({})).await;
    let nobody = app.client.without_key();
    let opened = nobody.post(EXCHANGE, json!({"code": code(&used)})).await;
    let opened = opened.expect(200);
    app.kill().await;
    app.start_again().await;
    let tokens = [&made["token"], &used["token"], &opened["token"]].map(text);
    for token in &tokens {
        app.client.with_key(token).get(&path).await.expect(200);
    }
    let nobody = app.client.without_key();
    let again = nobody.post(EXCHANGE, json!({"code": code(&used)})).await;
    refused(&again, 403, "link_used");
    let first = nobody.post(EXCHANGE, json!({"code": code(&made)})).await;
    first.expect(200);
    app.client.delete(&path).await.expect(204);
    for token in &tokens {
        let answer = app.client.with_key(token).get(&path).await;
        refused(&answer, 401, "authentication_failed");
    }
}

#[tokio::test]
async fn links_begin_with_the_public_url_and_secrets_are_kept_nowhere() {
    let mut app = app_with(&[("public_url", "https://hooks.example.com/sub/")]).await;
    let owner = app.create_application("Cool Account").await;
    let made = access(&app, &owner, json!({})).await;
    let url = text(&made["url"]);
    let begins = "https://hooks.example.com/sub/portal/login#key=";
    assert!(url.starts_with(begins), "{url}");
    app.stop().await;
    for secret in [text(&made["token"]), code(&made)] {
        let secret = &secret[secret.len() - 40..];
        for entry in std::fs::read_dir(app.program.data()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let mut parts = bytes.windows(secret.len());
            assert!(!parts.any(|part| part == secret.as_bytes()));
        }
        assert!(!app.program.log_text().contains(secret));
    }
}

async fn a_repeated_request_makes_one_session(app: TestApp) {
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/auth/app-portal-access/{owner}");
    let keyed = app.client.with_header("idempotency-key", "visit-1");
    let body = json!({"sessionId": "one"});
    let first = keyed.post(&path, body.clone()).await.expect(200);
    let again = keyed.post(&path, body.clone()).await.expect(200);
    assert_eq!(again, first);
    let other = keyed.post(&path, json!({"sessionId": "two"})).await;
    refused(&other, 409, "idempotency_key_reused");
    let plain = app.client.post(&path, body).await.expect(200);
    assert_ne!(plain["token"], first["token"]);
    // It is one session: what ends it ends what the repetition was told as well.
    let session = app.client.with_key(&text(&again["token"]));
    let of_owner = format!("/api/v1/app/{owner}");
    session.get(&of_owner).await.expect(200);
    let nobody = app.client.without_key();
    let opened = nobody.post(EXCHANGE, json!({"code": code(&first)})).await;
    assert_eq!(opened.expect(200)["sessionId"], "one");
    let late = nobody.post(EXCHANGE, json!({"code": code(&again)})).await;
    refused(&late, 403, "link_used");
    session
        .post("/api/v1/auth/logout", json!({}))
        .await
        .expect(204);
    session.get(&of_owner).await.expect(401);

    let path = format!("/api/v1/auth/dashboard-access/{owner}");
    let first = keyed.post(&path, json!({})).await.expect(200);
    let again = keyed.post(&path, json!({})).await.expect(200);
    assert_eq!(again, first);
    let log = app.client.get("/api/v1/audit-log?limit=50").await;
    let made = rows(&log);
    let made = made
        .iter()
        .filter(|entry| entry["action"] == "portal_session.create");
    assert_eq!(made.count(), 3, "a repetition makes nothing");
}

#[tokio::test]
async fn a_repeated_request_makes_one_session_on_sqlite() {
    a_repeated_request_makes_one_session(app().await).await;
}

#[tokio::test]
async fn a_repeated_request_makes_one_session_on_postgres() {
    let database = Database::new(Version::V15);
    a_repeated_request_makes_one_session(app_on(&database).await).await;
}
