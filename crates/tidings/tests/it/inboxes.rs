//! Inboxes: what is sent to their URLs is there to be seen, on both stores.

mod feed;

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, Client, TestApp};

use crate::support::{app, app_on, production, refused, refused_field};

/// An inbox, and whoever sends to it without a key.
struct Inbox {
    app: TestApp,
    /// The path of the inbox in the API.
    api: String,
    /// The path that catches.
    url: String,
    sender: Client,
}

impl Inbox {
    async fn of(app: TestApp) -> Self {
        let made = app
            .client
            .post("/api/v1/inbox", json!({"name": "Mine"}))
            .await;
        let made = made.expect(201);
        let url = text(&made["url"]);
        let path = url.strip_prefix(&app.url()).expect("it is on the server");
        let sender = app.client.without_key();
        Self {
            api: format!("/api/v1/inbox/{}", text(&made["id"])),
            url: path.to_owned(),
            sender,
            app,
        }
    }

    async fn patch(&self, change: Value) -> Value {
        self.app.client.patch(&self.api, change).await.expect(200)
    }

    async fn list(&self, query: &str) -> Vec<Value> {
        let path = format!("{}/request{query}", self.api);
        let answer = self.app.client.get(&path).await;
        answer.expect(200);
        rows(&answer)
    }

    async fn newest(&self) -> Value {
        let id = text(&self.list("?limit=1").await[0]["id"]);
        let path = format!("{}/request/{id}", self.api);
        self.app.client.get(&path).await.expect(200)
    }

    async fn send(&self, rest: &str, body: &str) -> Answer {
        let path = format!("{}{rest}", self.url);
        self.sender.send(Method::POST, &path, body.to_owned()).await
    }
}

async fn what_is_sent_is_seen(app: TestApp) {
    let inbox = Inbox::of(app).await;
    let token = inbox.url.strip_prefix("/in/").expect("it catches");
    assert_eq!(token.len(), 32);
    let head = format!(
        "PROPFIND {}/a%20b/?q=%00&x HTTP/1.1\r\nhost: h\r\nX-One: 1\r\na: \u{e9}\r\n",
        inbox.url
    );
    let mut raw = head.into_bytes();
    raw.extend(b"content-length: 3\r\nconnection: close\r\n\r\n\x00\xff\n");
    assert_eq!(inbox.sender.send_raw(&raw).await.status, 200);
    let seen = inbox.newest().await;
    assert_eq!(
        (&seen["method"], &seen["path"]),
        (&json!("PROPFIND"), &json!("/a%20b/"))
    );
    assert_eq!(
        (&seen["query"], &seen["bodyBytes"]),
        (&json!("q=%00&x"), &json!(3))
    );
    assert_eq!(
        (&seen["body"], &seen["bodyBase64"]),
        (&json!(null), &json!("AP8K"))
    );
    let names: Vec<_> = seen["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(
        names,
        ["host", "x-one", "a", "content-length", "connection"]
    );
    assert!(
        text(&seen["remoteAddress"]).starts_with("127.0.0.1:"),
        "{seen}"
    );
    assert_eq!(seen["signature"]["state"], "notChecked");

    // A body stored by its receiver, as it was posted.
    assert!(inbox.send("", r#"{"event":"Created"}"#).await.status < 300);
    assert_eq!(inbox.newest().await["body"], r#"{"event":"Created"}"#);
    assert_eq!(inbox.list("").await.len(), 2);
    assert_eq!(inbox.list("?search=created").await.len(), 1);
    assert_eq!(inbox.list("?search=X-ONE").await.len(), 1);
    assert_eq!(inbox.list("?search=%2520b").await.len(), 1);
    assert!(inbox.list("?search=nothing").await.is_empty());

    let first = inbox
        .app
        .client
        .get(&format!("{}/request?limit=1", inbox.api))
        .await;
    assert_eq!(
        (
            rows(&first)[0]["method"].clone(),
            first.json()["done"].clone()
        ),
        (json!("POST"), json!(false))
    );
    let next = format!("?limit=1&iterator={}", text(&first.json()["iterator"]));
    let second = inbox.list(&next).await;
    assert_eq!(second[0]["method"], "PROPFIND");

    what_is_deleted_is_gone(&inbox, &text(&second[0]["id"])).await;
}

async fn what_is_deleted_is_gone(inbox: &Inbox, request: &str) {
    let one = format!("{}/request/{request}", inbox.api);
    assert_eq!(inbox.app.client.delete(&one).await.status, 204);
    refused(&inbox.app.client.get(&one).await, 404, "not_found");
    refused(&inbox.app.client.delete(&one).await, 404, "not_found");
    assert_eq!(inbox.list("").await.len(), 1);
    let all = format!("{}/request", inbox.api);
    assert_eq!(inbox.app.client.delete(&all).await.status, 204);
    assert!(inbox.list("").await.is_empty());
    assert_eq!(inbox.app.client.delete(&inbox.api).await.status, 204);
    refused(&inbox.send("", "{}").await, 404, "not_found");
    refused(&inbox.app.client.get(&inbox.api).await, 404, "not_found");
}

#[tokio::test]
async fn tc_13_what_is_sent_to_an_inbox_is_seen_in_it() {
    what_is_sent_is_seen(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tc_13_on_postgresql_what_is_sent_to_an_inbox_is_seen_in_it() {
    let database = Database::new(Version::V15);
    what_is_sent_is_seen(app_on(&database).await).await;
}

#[tokio::test]
async fn ei_20_an_inbox_that_answers_200_with_html_counts_as_success() {
    let inbox = Inbox::of(app().await).await;
    let answer = json!({
        "headers": {"Content-Type": "text/html; charset=utf-8", "x-mine": "1"},
        "body": "<!doctype html><title>caught</title>",
    });
    assert_eq!(inbox.patch(answer).await["status"], 200);
    let app = &inbox.app;
    let owner = app.create_application("Cool Account").await;
    let url = format!("{}{}/hook", app.url(), inbox.url);
    let endpoint = app.create_endpoint(&owner, json!({"url": url})).await;
    let message = app.send(&owner, "user.created", json!({"n": 1})).await;
    app.wait_for_status(&owner, &message, 0).await;
    let attempts = app.attempts(&owner, &message).await;
    assert_eq!(attempts[0]["responseStatusCode"], 200);
    assert!(text(&attempts[0]["response"]).contains("caught"));
    // Nobody asked for a handshake: one request, with the event.
    let seen = inbox.list("").await;
    assert_eq!((seen.len(), &seen[0]["path"]), (1, &json!("/hook")));
    assert_eq!(inbox.newest().await["body"], r#"{"n":1}"#);

    let secret = app.secret(&owner, &endpoint).await;
    assert_eq!(
        inbox.patch(json!({"secret": secret})).await["hasSecret"],
        true
    );
    assert_eq!(
        inbox.newest().await["signature"],
        json!({"state": "valid", "reason": null})
    );
    assert_eq!(inbox.list("").await[0]["signature"]["state"], "valid");
    inbox
        .patch(json!({"secret": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}))
        .await;
    let wrong = json!({"state": "wrong", "reason": "no matching signature"});
    assert_eq!(inbox.newest().await["signature"], wrong);
    inbox.send("", "{}").await;
    let unsigned = inbox.newest().await["signature"].clone();
    assert_eq!(unsigned["reason"], "missing header webhook-id");

    let page = inbox.send("", "{}").await;
    assert_eq!(
        (page.header("content-type"), page.header("x-mine")),
        ("text/html; charset=utf-8", "1")
    );
    assert!(
        page.header("content-security-policy")
            .starts_with("sandbox;")
    );
}

#[tokio::test]
async fn in_development_an_endpoint_may_lead_to_an_inbox_and_to_nothing_else_here() {
    let inbox = Inbox::of(app().await).await;
    let owner = inbox.app.create_application("Cool Account").await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    let url = format!("{}/api/v1/app", inbox.app.url());
    refused(
        &inbox.app.client.post(&path, json!({"url": url})).await,
        422,
        "validation",
    );

    let inbox = Inbox::of(TestApp::run(production()).await).await;
    let owner = inbox.app.create_application("Cool Account").await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    let url = format!("https://{}{}", inbox.app.server().address(), inbox.url);
    refused(
        &inbox.app.client.post(&path, json!({"url": url})).await,
        422,
        "validation",
    );
}

#[tokio::test]
async fn an_inbox_answers_as_it_was_told() {
    let inbox = Inbox::of(app().await).await;
    inbox
        .patch(json!({"status": 404, "body": "gone", "delayMs": 300}))
        .await;
    let before = Instant::now();
    let answer = inbox.send("", "{}").await;
    assert_eq!((answer.status, answer.text().as_str()), (404, "gone"));
    assert!(before.elapsed() >= Duration::from_millis(300));
    inbox
        .patch(json!({"failurePercent": 100, "delayMs": 0}))
        .await;
    assert_eq!(inbox.send("", "{}").await.status, 500);
    let changed = inbox
        .patch(json!({"failurePercent": 0, "status": 204}))
        .await;
    assert_eq!(changed["body"], "gone");
    assert_eq!(inbox.send("", "{}").await.status, 204);
    // What failed was caught all the same.
    assert_eq!(inbox.list("").await.len(), 3);
    let there = inbox.app.client.get("/api/v1/inbox").await;
    assert_eq!(
        rows(&there),
        [inbox.app.client.get(&inbox.api).await.json()]
    );
}

#[tokio::test]
async fn what_an_inbox_cannot_be_told_is_refused_and_changes_nothing() {
    let inbox = Inbox::of(app().await).await;
    let before = inbox.app.client.get(&inbox.api).await.json();
    for (change, field) in [
        (json!({"status": 199}), "status"),
        (json!({"status": 600}), "status"),
        (json!({"delayMs": 30_001}), "delayMs"),
        (json!({"failurePercent": 101}), "failurePercent"),
        (json!({"body": "a".repeat(64 * 1024 + 1)}), "body"),
        (json!({"headers": {"Set-Cookie": "a=b"}}), "headers"),
        (json!({"headers": {"a": "b\nc"}}), "headers"),
        (json!({"secret": "abc"}), "secret"),
        (json!({"name": ""}), "name"),
        (json!({"name": null}), "name"),
    ] {
        let answer = inbox.app.client.patch(&inbox.api, change).await;
        refused_field(&answer, &["body", field]);
    }
    assert_eq!(inbox.app.client.get(&inbox.api).await.json(), before);
    let most = json!({"status": 599, "delayMs": 30_000, "body": "a".repeat(64 * 1024), "failurePercent": 100});
    assert_eq!(inbox.patch(most).await["delayMs"], 30_000);
}

#[tokio::test]
async fn an_inbox_takes_a_mebibyte_and_not_a_byte_more() {
    let inbox = Inbox::of(app().await).await;
    let most = "a".repeat(1024 * 1024);
    assert_eq!(inbox.send("", &most).await.status, 200);
    refused(
        &inbox.send("", &format!("{most}a")).await,
        413,
        "payload_too_large",
    );
    let kept = inbox.list("").await;
    assert_eq!(
        (kept.len(), &kept[0]["bodyBytes"]),
        (1, &json!(1024 * 1024))
    );
}

#[tokio::test]
async fn an_inbox_keeps_the_newest_500_requests() {
    let inbox = Inbox::of(app().await).await;
    for number in 0..501 {
        inbox.send(&format!("/{number}"), "").await;
        if number == 499 {
            assert_eq!(inbox.list("?limit=250&search=/0").await.len(), 1);
        }
    }
    let mut paths = Vec::new();
    let mut iterator = String::new();
    loop {
        let page = inbox
            .app
            .client
            .get(&format!("{}/request?limit=250{iterator}", inbox.api))
            .await;
        paths.extend(rows(&page).iter().map(|row| text(&row["path"])));
        if page.json()["done"] == true {
            break;
        }
        iterator = format!("&iterator={}", text(&page.json()["iterator"]));
    }
    let expected: Vec<_> = (1..=500).rev().map(|number| format!("/{number}")).collect();
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn there_are_at_most_100_inboxes_in_an_environment() {
    let app = app().await;
    for _ in 0..100 {
        app.client
            .post("/api/v1/inbox", json!({}))
            .await
            .expect(201);
    }
    let refusal = app.client.post("/api/v1/inbox", json!({})).await;
    refused(&refusal, 400, "too_many_inboxes");
}

#[tokio::test]
async fn an_inbox_belongs_to_its_environment_and_its_url_cannot_be_guessed() {
    let inbox = Inbox::of(app().await).await;
    inbox.send("", "{}").await;
    let key = inbox.app.program.create_key("other", "other").await;
    let other = inbox.app.client.with_key(&key);
    let request = format!(
        "{}/request/{}",
        inbox.api,
        text(&inbox.list("").await[0]["id"])
    );
    for path in [
        &inbox.api,
        &format!("{}/request", inbox.api),
        &request,
        &format!("{}/feed", inbox.api),
    ] {
        refused(&other.get(path).await, 404, "not_found");
        refused(&inbox.sender.get(path).await, 401, "authentication_failed");
    }
    for path in [&inbox.api, &request] {
        refused(&other.delete(path).await, 404, "not_found");
    }
    assert!(rows(&other.get("/api/v1/inbox").await).is_empty());
    // Another token, one that is none, and none at all read alike.
    let mut guessed = inbox.url.clone();
    let last = if guessed.pop() == Some('A') { 'B' } else { 'A' };
    guessed.push(last);
    let mut told = Vec::new();
    for path in [&guessed, "/in/x", "/in/", "/in//a"] {
        let mut body = refused(&inbox.sender.get(path).await, 404, "not_found");
        body["requestId"].take();
        told.push(body);
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(inbox.list("").await.len(), 1);
}
