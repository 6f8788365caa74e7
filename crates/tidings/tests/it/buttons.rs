//! Buttons: what a press sends, and what is taken for a button, row by row of what the product does.

mod rules;

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, Receiver, TestApp};

use crate::support::{app, app_on, production, refused_field};

/// An application with a board, and a receiver.
struct Board {
    app: TestApp,
    receiver: Receiver,
    owner: String,
    id: String,
}

impl Board {
    async fn of(app: TestApp) -> Self {
        let owner = app.create_application("Cool Account").await;
        let made = app
            .client
            .post(
                &format!("/api/v1/app/{owner}/board"),
                json!({"name": "Home"}),
            )
            .await;
        Self {
            receiver: Receiver::start().await,
            id: text(&made.expect(201)["id"]),
            app,
            owner,
        }
    }

    async fn start() -> Self {
        Self::of(app().await).await
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/app/{}{rest}", self.owner)
    }

    /// Asks for a button at the first place, which leads to `/hook` of the receiver.
    async fn try_button(&self, fields: Value) -> Answer {
        let mut button = json!({
            "boardId": self.id, "row": 0, "column": 0, "label": "Door",
            "url": self.receiver.url("/hook"),
        });
        for (name, value) in fields.as_object().expect("fields") {
            button[name] = value.clone();
        }
        self.app.client.post(&self.path("/button"), button).await
    }

    async fn button(&self, fields: Value) -> String {
        text(&self.try_button(fields).await.expect(201)["id"])
    }

    async fn try_press(&self, button: &str, body: Value) -> Answer {
        let path = self.path(&format!("/button/{button}/press"));
        self.app.client.post(&path, body).await
    }

    async fn press(&self, button: &str, body: Value) -> Value {
        self.try_press(button, body).await.expect(200)
    }

    async fn buttons(&self) -> Vec<Value> {
        rows(&self.app.client.get(&self.path("/button")).await)
    }

    /// The body of the only request that came.
    fn body(&self) -> String {
        let requests = self.receiver.requests();
        assert_eq!(requests.len(), 1);
        String::from_utf8(requests[0].body.to_vec()).expect("it is text")
    }
}

#[tokio::test]
async fn tc_1_a_button_keeps_the_webhook_that_it_was_given() {
    let board = Board::start().await;
    let url = board.receiver.url("/hook");
    let made = board
        .try_button(json!({"payload": " {}"}))
        .await
        .expect(201);
    let path = board.path(&format!("/button/{}", text(&made["id"])));
    let found = board.app.client.get(&path).await.expect(200);
    assert_eq!(
        (&found["url"], &found["payload"]),
        (&json!(url), &json!(" {}"))
    );
    assert_eq!(found, made);
    let change = json!({"url": format!("{url}?a=%20b")});
    let changed = board.app.client.patch(&path, change).await.expect(200);
    assert_eq!(changed["url"], format!("{url}?a=%20b"));
    assert_eq!(board.buttons().await, [changed]);
}

async fn each_press_sends_one_request(board: &Board) {
    let button = board.button(json!({"payload": "{\"x\":1}"})).await;
    let path = board.path(&format!("/button/{button}"));
    board.app.client.get(&path).await.expect(200);
    let change = json!({"label": "Open the door"});
    board.app.client.patch(&path, change).await.expect(200);
    assert_eq!(board.receiver.requests().len(), 0, "nobody has pressed");
    let first = board.press(&button, json!({})).await;
    assert_eq!(board.receiver.requests().len(), 1);
    let second = board.press(&button, json!({})).await;
    assert_eq!(board.receiver.requests().len(), 2);
    for (pressed, request) in [first, second].iter().zip(board.receiver.requests()) {
        assert_eq!(pressed["msgId"], request.id());
        assert_eq!(
            (&pressed["trigger"], &pressed["status"]),
            (&json!("press"), &json!(0))
        );
        assert_eq!(request.header("webhook-event-type"), "button.pressed");
    }
}

#[tokio::test]
async fn tc_2_each_press_sends_one_request_and_nothing_else_does() {
    each_press_sends_one_request(&Board::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tc_2_on_postgresql_each_press_sends_one_request_and_nothing_else_does() {
    let database = Database::new(Version::V15);
    each_press_sends_one_request(&Board::of(app_on(&database).await).await).await;
}

#[tokio::test]
async fn tc_3_a_press_posts_the_json_to_the_url() {
    let board = Board::start().await;
    let url = board.receiver.url("/a");
    let button = board
        .button(json!({"url": url, "payload": "{\"x\":1}"}))
        .await;
    board.press(&button, json!({})).await;
    let request = board.receiver.requests()[0].clone();
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/a")
    );
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.json(), json!({"x": 1}));
    let secret = board.path(&format!("/button/{button}/secret"));
    let secret = board.app.client.get(&secret).await.expect(200);
    request.verify(&text(&secret["key"]));
}

#[tokio::test]
async fn tc_4_a_press_without_payload_sends_an_empty_body() {
    let board = Board::start().await;
    let button = board.button(json!({})).await;
    let pressed = board.press(&button, json!({})).await;
    assert_eq!(pressed["responseStatusCode"], 204);
    let request = board.receiver.requests()[0].clone();
    assert_eq!(request.method, "POST");
    assert!(request.body.is_empty());
    assert!(!request.headers.contains_key("content-type"));
    assert_eq!(request.header("content-length"), "0");
    let account = text(&pressed["requestHeaders"]);
    assert!(!account.contains("content-type"), "{account}");
    assert!(account.contains("content-length: 0"), "{account}");
    let message = board.path(&format!("/msg/{}", text(&pressed["msgId"])));
    let message = board.app.client.get(&message).await.expect(200);
    assert_eq!(message["payload"], json!(null));
    assert_eq!(message["eventType"], "button.pressed");
    let secret = board.path(&format!("/button/{button}/secret"));
    let secret = board.app.client.get(&secret).await.expect(200);
    request.verify(&text(&secret["key"]));
}

const SAMPLE: &str = r#"{"event_id":"LtWXD3crgy","event_type":"form_response","form_response":{"form_id":"lT4Z3j","token":"a3a12ec67a1365927098a606107fac15","submitted_at":"2018-01-18T18:17:02Z"}}"#;

#[tokio::test]
async fn tc_5_nested_json_passes_byte_for_byte() {
    let board = Board::start().await;
    let spaced = SAMPLE.replace(',', " ,\n\t");
    let button = board.button(json!({"payload": spaced})).await;
    board.press(&button, json!({"sdb": "not asked for"})).await;
    assert_eq!(board.body(), spaced);
}

#[tokio::test]
async fn tc_6_a_payload_that_is_no_json_is_refused_and_nothing_is_stored() {
    let board = Board::start().await;
    // As it is printed: two braces short.
    let unclosed = SAMPLE.trim_end_matches('}');
    for payload in [unclosed, "abc", r#"{"a":1,}"#, "", r#"{"a":${SDB}}"#] {
        let answer = board.try_button(json!({"payload": payload})).await;
        refused_field(&answer, &["body", "payload"]);
        let msg = text(&answer.json()["detail"][0]["msg"]);
        assert!(msg.contains("is not valid JSON: "), "{msg}");
    }
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let answer = board.try_button(json!({"payload": deep})).await;
    refused_field(&answer, &["body", "payload"]);
    assert!(board.buttons().await.is_empty());

    let button = board.button(json!({"payload": SAMPLE})).await;
    let path = board.path(&format!("/button/{button}"));
    let change = json!({"payload": unclosed});
    let answer = board.app.client.patch(&path, change).await;
    refused_field(&answer, &["body", "payload"]);
    assert_eq!(board.buttons().await[0]["payload"], SAMPLE);
}

#[tokio::test]
async fn tc_8_only_urls_that_can_be_posted_to_are_taken() {
    let board = Board::of(TestApp::run(production()).await).await;
    for url in [
        "ftp://x",
        "javascript:alert(1)",
        "not a url",
        "",
        "http://example.com/",
        "https://127.0.0.1/",
        "http://127.0.0.1:1/",
        "https://169.254.169.254/",
    ] {
        let answer = board.try_button(json!({"url": url})).await;
        refused_field(&answer, &["body", "url"]);
    }
    assert!(board.buttons().await.is_empty());
    let url = "https://example.com/hook?a=b";
    let made = board.try_button(json!({"url": url})).await.expect(201);
    assert_eq!(made["url"], url);
    let path = board.path(&format!("/button/{}", text(&made["id"])));
    let change = json!({"url": "http://example.com/"});
    let answer = board.app.client.patch(&path, change).await;
    refused_field(&answer, &["body", "url"]);
    assert_eq!(board.buttons().await[0]["url"], url);
}

#[tokio::test]
async fn tc_12_a_button_creates_a_document_in_an_inbox() {
    let board = Board::start().await;
    let client = &board.app.client;
    let inbox = client
        .post("/api/v1/inbox", json!({"name": "Documents"}))
        .await;
    let inbox = inbox.expect(201);
    let answer = json!({"status": 201, "body": "{\"stored\":true}"});
    let path = format!("/api/v1/inbox/{}", text(&inbox["id"]));
    client.patch(&path, answer).await.expect(200);
    let payload = r#"{"content":"Hello","format":"bold"}"#;
    let button = board.button(json!({
        "label": "Create a document", "url": inbox["url"], "payload": payload,
    }));
    let pressed = board.press(&button.await, json!({})).await;
    assert_eq!(pressed["responseStatusCode"], 201);
    assert_eq!(pressed["response"], "{\"stored\":true}");
    let stored = rows(&client.get(&format!("{path}/request")).await);
    assert_eq!(stored.len(), 1);
    let one = format!("{path}/request/{}", text(&stored[0]["id"]));
    assert_eq!(client.get(&one).await.expect(200)["body"], payload);
}

#[tokio::test]
async fn tcx_2_a_button_has_one_webhook_action() {
    let board = Board::start().await;
    let (first, second) = (board.receiver.url("/a"), board.receiver.url("/b"));
    let answer = board.try_button(json!({"url": [first, second]})).await;
    refused_field(&answer, &["body", "url"]);
    for name in ["urls", "webhooks", "actions"] {
        let answer = board.try_button(json!({name: [{"url": second}]})).await;
        refused_field(&answer, &["body", name]);
    }
    let twice = format!(
        r#"{{"boardId":"{}","row":0,"column":0,"label":"a","url":"{first}","url":"{second}"}}"#,
        board.id
    );
    let path = board.path("/button");
    let answer = board.app.client.send(Method::POST, &path, twice).await;
    refused_field(&answer, &["body", "url"]);
    assert!(board.buttons().await.is_empty());
    // As many buttons as there are places.
    for place in 0..16 {
        let (row, column) = (place / 4, place % 4);
        board.button(json!({"row": row, "column": column})).await;
    }
    assert_eq!(board.buttons().await.len(), 16);
}

#[tokio::test]
async fn tcx_4_placeholders_are_filled_and_escaped() {
    let board = Board::start().await;
    let button = board
        .button(json!({
            "label": "Label", "message": "Help",
            "payload": r#"{"said":"${SDB}","msg":"${MESSAGE}"}"#,
        }))
        .await;
    board.press(&button, json!({"sdb": "He said \"hi\""})).await;
    assert_eq!(board.body(), r#"{"said":"He said \"hi\"","msg":"Help"}"#);
    let answer = board
        .try_press(&button, json!({"sdb": "a".repeat(8_193)}))
        .await;
    refused_field(&answer, &["body", "sdb"]);
    assert_eq!(board.receiver.requests().len(), 1);

    // The label is never put in, and neither is what only looks like a placeholder.
    let same = r#"{"a":"${LABEL} ${sdb} $SDB","${SDB}":1}"#;
    let path = board.path(&format!("/button/{button}"));
    board
        .app
        .client
        .patch(&path, json!({"payload": same}))
        .await
        .expect(200);
    board.press(&button, json!({"sdb": "x"})).await;
    assert_eq!(board.receiver.requests()[1].body, same.as_bytes());
    // A bar that is empty, or not told of, is an empty text.
    let change = json!({"payload": "[\"${SDB}\"]"});
    board.app.client.patch(&path, change).await.expect(200);
    let press = format!("{path}/press");
    let pressed = board.app.client.send(Method::POST, &press, "").await;
    pressed.expect(200);
    assert_eq!(board.receiver.requests()[2].body, "[\"\"]");
}
