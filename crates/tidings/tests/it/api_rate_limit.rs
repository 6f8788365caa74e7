//! How many requests a second a key may make, and what it is told.

use std::time::Duration;

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
