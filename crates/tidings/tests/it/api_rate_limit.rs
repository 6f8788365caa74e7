//! How many requests a second a key may make, and what it is told.

use std::time::Duration;

use base64::Engine as _;
use serde_json::json;
use tidings_testkit::app::text;
use tidings_testkit::{Answer, Client, wait};

use crate::support::{app, app_with, refused};

const KEYS: &str = "/api/v1/api-key";

/// Asks until it is refused; gives the refusal.
async fn exhaust(client: &Client) -> Answer {
    for _ in 0..1_000 {
        let answer = client.get("/api/v1/app").await;
        if answer.status != 200 {
            return answer;
        }
    }
    panic!("never refused");
}

#[tokio::test]
async fn who_asks_too_often_is_refused_for_a_moment_and_told_so() {
    let app = app_with(&[("api_rate_limit", "5")]).await;
    let first = app.client.get("/api/v1/app").await;
    first.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=5;w=1");
    assert!(
        first.header("ratelimit").starts_with("\"default\";r="),
        "{first:?}"
    );
    assert!(first.header("ratelimit").ends_with(";t=1"));
    let refusal = exhaust(&app.client).await;
    let body = refused(&refusal, 429, "rate_limited");
    assert!(
        text(&body["detail"]).contains("5 requests a second"),
        "{body}"
    );
    assert_eq!(refusal.header("retry-after"), "1");
    assert_eq!(refusal.header("ratelimit"), "\"default\";r=0;t=1");
    assert_eq!(refusal.header("ratelimit-policy"), "\"default\";q=5;w=1");
    // Nothing but time makes room.
    wait::until_in(
        Duration::from_secs(5),
        "room for another request",
        async || app.client.get("/api/v1/app").await.status,
        |status| *status == 200,
    )
    .await;
}

#[tokio::test]
async fn each_key_counts_by_itself_and_may_have_a_limit_of_its_own() {
    let app = app_with(&[("api_rate_limit", "1000")]).await;
    let body = json!({"name": "slow", "rateLimit": 1});
    let made = app.client.post(KEYS, body).await.expect(201);
    let slow = app.client.with_key(&text(&made["key"]));
    let refusal = exhaust(&slow).await;
    refused(&refusal, 429, "rate_limited");
    assert_eq!(refusal.header("ratelimit-policy"), "\"default\";q=1;w=1");
    let mine = app.client.get("/api/v1/app").await;
    mine.expect(200);
    assert_eq!(mine.header("ratelimit-policy"), "\"default\";q=1000;w=1");
    // A limit that is raised holds at once.
    let path = format!("{KEYS}/{}", text(&made["id"]));
    app.client
        .patch(&path, json!({"rateLimit": 500}))
        .await
        .expect(200);
    for _ in 0..20 {
        slow.get("/api/v1/app").await.expect(200);
    }
}

#[tokio::test]
async fn without_the_setting_only_keys_with_a_limit_of_their_own_are_limited() {
    let app = app().await;
    for _ in 0..50 {
        app.client.get("/api/v1/app").await.expect(200);
    }
    let free = app.client.get("/api/v1/app").await;
    assert!(!free.headers.contains_key("ratelimit"), "{free:?}");
    let body = json!({"name": "slow", "rateLimit": 1});
    let made = app.client.post(KEYS, body).await.expect(201);
    let slow = app.client.with_key(&text(&made["key"]));
    // The very first answer that a limited key gets at this node says so already.
    let first = slow.get("/api/v1/app").await;
    first.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=1;w=1");
    assert_eq!(first.header("ratelimit"), "\"default\";r=0;t=1");
    let refusal = exhaust(&slow).await;
    refused(&refusal, 429, "rate_limited");
    assert_eq!(refusal.header("ratelimit-policy"), "\"default\";q=1;w=1");
    let free = app.client.get("/api/v1/app").await;
    assert!(!free.headers.contains_key("ratelimit"), "{free:?}");
}

#[tokio::test]
async fn who_has_no_valid_key_is_not_counted() {
    let app = app_with(&[("api_rate_limit", "2")]).await;
    let key = app.key().to_owned();
    let last = if key.ends_with('0') { "1" } else { "0" };
    let wrong = app
        .client
        .with_key(&format!("{}{last}", &key[..key.len() - 1]));
    for _ in 0..20 {
        refused(
            &wrong.get("/api/v1/app").await,
            401,
            "authentication_failed",
        );
        app.client
            .without_key()
            .get("/api/v1/health")
            .await
            .expect(204);
    }
    app.client.get("/api/v1/app").await.expect(200);
}

#[tokio::test]
async fn an_api_user_is_held_to_the_limit_and_told_in_its_own_form() {
    let app = app_with(&[("api_rate_limit", "3")]).await;
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/app/{owner}/api-user");
    let made = app.client.post(&path, json!({"login": "hooks"})).await;
    let made = made.expect(201);
    let basic = format!("hooks:{}", text(&made["password"]));
    let basic = base64::engine::general_purpose::STANDARD.encode(basic);
    let user = app
        .client
        .without_key()
        .with_header("authorization", &format!("Basic {basic}"))
        .with_header("accept-language", "de");
    let first = user.get("/api/webhooks").await;
    first.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=3;w=1");
    let refusal = wait::until_in(
        Duration::from_secs(30),
        "a refusal",
        async || user.get("/api/webhooks").await,
        |answer| answer.status != 200,
    )
    .await;
    let body = refusal.expect(429);
    assert_eq!(body["errors"][0]["code"], 429_001, "{body}");
    let message = text(&body["errors"][0]["message"]);
    assert!(message.contains("zu viele Anfragen"), "{message}");
    assert_eq!(refusal.header("retry-after"), "1");
    assert_eq!(refusal.header("ratelimit"), "\"default\";r=0;t=1");
    // The keys of the environment are counted by themselves.
    app.client.get("/api/v1/app").await.expect(200);
}
