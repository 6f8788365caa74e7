//! Buttons: what a press sends, what comes back, and what is refused.

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, Receiver, Reply, TestApp};

use tokio::task::JoinSet;

use crate::support::{app, app_on, production, refused, refused_field};

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

#[tokio::test]
async fn a_press_of_another_applications_button_is_refused() {
    let board = Board::start().await;
    let button = board.button(json!({"uid": "door"})).await;
    let other = board.app.create_application("Other").await;
    for name in [button.as_str(), "door"] {
        let path = format!("/api/v1/app/{other}/button/{name}");
        let press = format!("{path}/press");
        let press = board.app.client.post(&press, json!({})).await;
        refused(&press, 404, "not_found");
        refused(&board.app.client.get(&path).await, 404, "not_found");
        refused(&board.app.client.delete(&path).await, 404, "not_found");
    }
    let foreign = json!({
        "boardId": board.id, "row": 1, "column": 1, "label": "a", "url": board.receiver.url("/"),
    });
    let path = format!("/api/v1/app/{other}/button");
    let answer = board.app.client.post(&path, foreign).await;
    refused_field(&answer, &["body", "boardId"]);
    let path = format!("/api/v1/app/{other}/board/{}", board.id);
    refused(&board.app.client.get(&path).await, 404, "not_found");
    let guest = board.app.client.without_key();
    let path = board.path(&format!("/button/{button}/press"));
    refused(
        &guest.post(&path, json!({})).await,
        401,
        "authentication_failed",
    );
    assert_eq!(board.receiver.requests().len(), 0);
    board.press("door", json!({})).await;
    assert_eq!(board.receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_session_that_presses_too_fast_is_told_to_wait() {
    let board = Board::start().await;
    let button = board.button(json!({})).await;
    // Ten go at once, and one more every fifth of a second, for as long as answers take.
    let mut presses = JoinSet::new();
    for _ in 0..40 {
        let (client, path) = (
            board.app.client.clone(),
            board.path(&format!("/button/{button}/press")),
        );
        presses.spawn(async move { client.post(&path, json!({"session": "tablet"})).await });
    }
    let answers = presses.join_all().await;
    let (made, others): (Vec<_>, Vec<_>) = answers.iter().partition(|one| one.status == 200);
    assert!(made.len() >= 10, "only {} went through", made.len());
    assert!(!others.is_empty(), "40 presses at once went through");
    for other in others {
        refused(other, 429, "too_many_requests");
        assert_eq!(other.header("retry-after"), "1");
    }
    assert_eq!(board.receiver.requests().len(), made.len());
    // Others are not held up by it.
    board.press(&button, json!({"session": "phone"})).await;
    board.press(&button, json!({})).await;
    for session in [String::new(), "a".repeat(129)] {
        let answer = board.try_press(&button, json!({"session": session})).await;
        refused_field(&answer, &["body", "session"]);
    }
}

#[tokio::test]
async fn a_press_that_fails_is_told_at_once_and_not_tried_again() {
    let board = Board::start().await;
    board
        .receiver
        .script("/hook", [Reply::with_body(500, "the door is jammed")]);
    let button = board.button(json!({"payload": "{}"})).await;
    let pressed = board.press(&button, json!({})).await;
    assert_eq!(pressed["responseStatusCode"], 500);
    assert_eq!(pressed["response"], "the door is jammed");
    assert_eq!(
        (&pressed["outcome"], &pressed["error"]),
        (&json!("exhausted"), &json!("status"))
    );
    let path = board.path(&format!("/attempt/msg/{}", text(&pressed["msgId"])));
    let attempts = rows(&board.app.client.get(&path).await);
    assert_eq!(attempts.len(), 1);
    assert_eq!(board.receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_press_with_a_key_is_made_once() {
    let board = Board::start().await;
    let button = board.button(json!({})).await;
    let keyed = board.app.client.with_header("idempotency-key", "k1");
    let path = board.path(&format!("/button/{button}/press"));
    let first = keyed.post(&path, json!({"sdb": "a"})).await.expect(200);
    let second = keyed.post(&path, json!({"sdb": "a"})).await.expect(200);
    assert_eq!(first["id"], second["id"]);
    let other = keyed.post(&path, json!({"sdb": "b"})).await;
    refused(&other, 409, "idempotency_key_reused");
    assert_eq!(board.receiver.requests().len(), 1);
}

#[tokio::test]
async fn the_log_keeps_what_was_pressed_whatever_becomes_of_the_button() {
    let board = Board::start().await;
    let button = board.button(json!({"payload": "{\"n\":1}"})).await;
    let path = board.path(&format!("/button/{button}"));
    let endpoint = text(&board.buttons().await[0]["endpointId"]);
    let pressed = board.press(&button, json!({})).await;
    let change = json!({"url": board.receiver.url("/other"), "payload": "{\"n\":2}"});
    board.app.client.patch(&path, change).await.expect(200);
    board.press(&button, json!({})).await;
    assert_eq!(board.receiver.requests_to("/other").len(), 1);
    assert_eq!(board.app.client.delete(&path).await.status, 204);
    refused(&board.app.client.get(&path).await, 404, "not_found");
    refused(&board.try_press(&button, json!({})).await, 404, "not_found");

    let log = board.path(&format!("/attempt/endpoint/{endpoint}"));
    let log = rows(&board.app.client.get(&log).await);
    assert_eq!(log.len(), 2);
    assert_eq!(log[1]["id"], pressed["id"]);
    assert_eq!(log[1]["url"], board.receiver.url("/hook"));
    assert_eq!(log[0]["url"], board.receiver.url("/other"));
    let message = board.path(&format!("/msg/{}", text(&pressed["msgId"])));
    let message = board.app.client.get(&message).await.expect(200);
    assert_eq!(message["payload"], json!({"n": 1}));
    // The place is free.
    board.button(json!({})).await;
}

#[tokio::test]
async fn no_event_reaches_a_button_and_no_list_of_endpoints_has_it() {
    let board = Board::start().await;
    board
        .button(json!({"url": board.receiver.url("/button")}))
        .await;
    let endpoint = json!({"url": board.receiver.url("/endpoint")});
    board.app.create_endpoint(&board.owner, endpoint).await;
    let message = board.app.send(&board.owner, "a.b", json!({})).await;
    board.app.wait_for_status(&board.owner, &message, 0).await;
    let pressed = board
        .app
        .send(&board.owner, "button.pressed", json!({}))
        .await;
    board.app.wait_for_status(&board.owner, &pressed, 0).await;
    assert_eq!(board.receiver.requests_to("/endpoint").len(), 2);
    assert_eq!(board.receiver.requests_to("/button").len(), 0);
    let endpoints = rows(&board.app.client.get(&board.path("/endpoint")).await);
    assert_eq!(endpoints.len(), 1);
    let hidden = text(&board.buttons().await[0]["endpointId"]);
    let path = board.path(&format!("/endpoint/{hidden}"));
    refused(&board.app.client.get(&path).await, 404, "not_found");
}

#[tokio::test]
async fn what_a_button_shows_is_checked_and_kept() {
    let board = Board::start().await;
    for (field, value) in [
        ("label", json!("")),
        ("label", json!("a".repeat(65))),
        ("message", json!("a".repeat(1_001))),
        ("picture", json!("javascript:alert(1)")),
        ("picture", json!("data:image/svg+xml;base64,PHN2Zy8+")),
        ("colour", json!("red")),
        ("row", json!(4)),
        ("column", json!(-1)),
        ("uid", json!("btn_x")),
        ("boardId", json!("board_none")),
        ("url", json!(null)),
    ] {
        let answer = board.try_button(json!({field: value})).await;
        refused_field(&answer, &["body", field]);
    }
    let answer = board
        .app
        .client
        .post(&board.path("/button"), json!({}))
        .await;
    for field in ["boardId", "row", "column", "label", "url"] {
        refused_field(&answer, &["body", field]);
    }
    assert!(board.buttons().await.is_empty());

    let picture = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    let fields = json!({"picture": picture, "colour": "#1e90ff", "row": 1, "column": 2});
    let made = board.try_button(fields).await.expect(201);
    assert_eq!(
        (&made["picture"], &made["colour"]),
        (&json!(picture), &json!("#1e90ff"))
    );
    assert_eq!((&made["row"], &made["column"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&made["label"], &made["message"]),
        (&json!("Door"), &json!("Door"))
    );
    let taken = board.try_button(json!({"row": 1, "column": 2})).await;
    refused(&taken, 409, "place_taken");
    let path = board.path(&format!("/button/{}", text(&made["id"])));
    let change = json!({"picture": null, "message": "Open it"});
    let changed = board.app.client.patch(&path, change).await.expect(200);
    assert_eq!(
        (&changed["picture"], &changed["message"]),
        (&json!(null), &json!("Open it"))
    );
    assert_eq!(changed["label"], "Door");
}

#[tokio::test]
async fn a_board_is_made_listed_changed_and_deleted_with_its_buttons() {
    let board = Board::start().await;
    let client = &board.app.client;
    let path = board.path("/board");
    let wide = json!({"name": "Wide", "uid": "wide", "rows": 1, "columns": 20});
    let wide = client.post(&path, wide).await.expect(201);
    for (field, value) in [
        ("rows", json!(0)),
        ("columns", json!(21)),
        ("name", json!("")),
    ] {
        let answer = client.post(&path, json!({"name": "a", field: value})).await;
        refused_field(&answer, &["body", field]);
    }
    refused_field(&client.post(&path, json!({})).await, &["body", "name"]);
    let again = client
        .post(&path, json!({"name": "a", "uid": "wide"}))
        .await;
    refused(&again, 409, "conflict");
    let first = client.get(&format!("{path}?limit=1")).await;
    assert_eq!(rows(&first)[0]["id"], json!(board.id));
    let next = text(&first.json()["iterator"]);
    let second = client.get(&format!("{path}?limit=1&iterator={next}")).await;
    assert_eq!(rows(&second)[0]["id"], wide["id"]);
    assert_eq!(second.json()["done"], true);

    let corner = json!({"boardId": "wide", "row": 0, "column": 19});
    let button = board.button(corner).await;
    let one = format!("{path}/wide");
    let answer = client.patch(&one, json!({"columns": 19})).await;
    refused(&answer, 409, "button_beyond_edge");
    let renamed = client
        .patch(&one, json!({"name": "Wider", "rows": 2}))
        .await
        .expect(200);
    assert_eq!(
        (&renamed["name"], &renamed["rows"]),
        (&json!("Wider"), &json!(2))
    );
    let of_board = board.path("/button?board=wide");
    assert_eq!(rows(&client.get(&of_board).await)[0]["id"], json!(button));
    let of_other = board.path(&format!("/button?board={}", board.id));
    assert!(rows(&client.get(&of_other).await).is_empty());
    assert_eq!(client.delete(&one).await.status, 204);
    refused(&client.delete(&one).await, 404, "not_found");
    refused(&client.get(&of_board).await, 404, "not_found");
    refused(&board.try_press(&button, json!({})).await, 404, "not_found");
    assert!(board.buttons().await.is_empty());
}
