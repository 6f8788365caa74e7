//! Texts that engines have been known to cut or refuse get the same answers on SQLite and on PostgreSQL.

use http::Method;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, TestApp};

use crate::support::{app, app_on};

/// As they are written in JSON: a NUL, halves of pairs, halves in the wrong order; and two that are fine.
const TEXTS: [&str; 7] = [
    r"a\u0000b",
    r"\u0000",
    r"\ud800",
    r"a\udfff",
    r"\udc00\ud800",
    r"\ud83e\udd89",
    r"e\u0301\uffff",
];
/// What differs from server to server, and from moment to moment.
const NOT_COMPARED: [&str; 7] = [
    "id",
    "requestId",
    "createdAt",
    "updatedAt",
    "timestamp",
    "iterator",
    "prevIterator",
];

/// A request, with `TEXT` where the text goes.
struct Asked {
    method: Method,
    path: &'static str,
    body: &'static str,
}

const fn asked(method: Method, path: &'static str, body: &'static str) -> Asked {
    Asked { method, path, body }
}

/// Every field that takes text, made and changed, and the lists that show what was kept.
const REQUESTS: [Asked; 30] = [
    asked(Method::POST, "/api/v1/app", r#"{"name":"TEXT"}"#),
    asked(Method::POST, "/api/v1/app", r#"{"name":"x","uid":"TEXT"}"#),
    asked(
        Method::POST,
        "/api/v1/app",
        r#"{"name":"x","metadata":{"a":"TEXT"}}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app",
        r#"{"name":"x","metadata":{"TEXT":"a"}}"#,
    ),
    asked(Method::PATCH, "/api/v1/app/owl", r#"{"name":"TEXT"}"#),
    asked(
        Method::PATCH,
        "/api/v1/app/owl",
        r#"{"metadata":{"a":"TEXT"}}"#,
    ),
    asked(
        Method::PUT,
        "/api/v1/app/owl",
        r#"{"uid":"owl","name":"TEXT"}"#,
    ),
    asked(Method::GET, "/api/v1/app", ""),
    asked(
        Method::POST,
        "/api/v1/event-type",
        r#"{"name":"TEXT","description":"x"}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/event-type",
        r#"{"name":"one","description":"TEXT"}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/event-type",
        r#"{"name":"two","description":"x","groupName":"TEXT"}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/event-type",
        r#"{"name":"three","description":"x","schemas":{"1":{"a":"TEXT"}}}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/event-type",
        r#"{"name":"four","description":"x","schemas":{"1":{"TEXT":"a"}}}"#,
    ),
    asked(
        Method::PATCH,
        "/api/v1/event-type/kept",
        r#"{"description":"TEXT"}"#,
    ),
    asked(Method::GET, "/api/v1/event-type", ""),
    asked(
        Method::POST,
        "/api/v1/app/owl/endpoint",
        r#"{"url":"RECEIVER/TEXT"}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/endpoint",
        r#"{"url":"RECEIVER","description":"TEXT"}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/endpoint",
        r#"{"url":"RECEIVER","uid":"TEXT"}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/endpoint",
        r#"{"url":"RECEIVER","channels":["TEXT"]}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/endpoint",
        r#"{"url":"RECEIVER","filterTypes":["TEXT"]}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/endpoint",
        r#"{"url":"RECEIVER","metadata":{"TEXT":"TEXT"}}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/endpoint",
        r#"{"url":"RECEIVER","headers":{"x-a":"TEXT"}}"#,
    ),
    asked(
        Method::PATCH,
        "/api/v1/app/owl/endpoint/nest",
        r#"{"description":"TEXT"}"#,
    ),
    asked(
        Method::PATCH,
        "/api/v1/app/owl/endpoint/nest/headers",
        r#"{"headers":{"x-a":"TEXT"}}"#,
    ),
    asked(Method::GET, "/api/v1/app/owl/endpoint", ""),
    asked(
        Method::POST,
        "/api/v1/app/owl/msg",
        r#"{"eventType":"TEXT","payload":{}}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/msg",
        r#"{"eventType":"a","payload":{},"eventId":"TEXT"}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/msg",
        r#"{"eventType":"a","payload":{},"channels":["TEXT"],"tags":["TEXT"]}"#,
    ),
    asked(
        Method::POST,
        "/api/v1/app/owl/msg",
        r#"{"eventType":"a","payload":{"TEXT":"TEXT"}}"#,
    ),
    asked(Method::GET, "/api/v1/app/owl/msg", ""),
];

/// What an app answered, without what cannot be compared.
async fn answers(app: &TestApp, receiver: &Receiver) -> Vec<(String, u16, String)> {
    let prepare = [
        ("/api/v1/app", r#"{"name":"Owl","uid":"owl"}"#.to_owned()),
        (
            "/api/v1/event-type",
            r#"{"name":"kept","description":"x"}"#.to_owned(),
        ),
        (
            "/api/v1/app/owl/endpoint",
            format!(
                r#"{{"uid":"nest","disabled":true,"url":"{}"}}"#,
                receiver.url("/nest")
            ),
        ),
    ];
    for (path, body) in prepare {
        app.client.send(Method::POST, path, body).await.expect(201);
    }
    let mut answers = Vec::new();
    for asked in &REQUESTS {
        for text in TEXTS {
            let body = asked.body.replace("TEXT", text);
            let sent = body.replace("RECEIVER", &receiver.url(""));
            let answer = app
                .client
                .send(asked.method.clone(), asked.path, sent)
                .await;
            let shown = format!("{} {} {body}", asked.method, asked.path);
            assert!(answer.status < 500, "{shown}: {}", answer.text());
            answers.push((shown, answer.status, without_what_differs(&answer.text())));
            if asked.body.is_empty() {
                break; // nothing in it changes with the text
            }
        }
    }
    answers
}

/// The text without what cannot be compared. It is not read as JSON, for a payload may be none.
fn without_what_differs(text: &str) -> String {
    let mut text = text.to_owned();
    for name in NOT_COMPARED {
        let opening = format!("\"{name}\":\"");
        let parts: Vec<_> = text.split(&opening).collect();
        let cut = |rest: &&str| rest.split_once('"').map(|(_, rest)| rest.to_owned());
        let rest: Vec<_> = parts[1..].iter().filter_map(cut).collect();
        text = format!("{}{}", parts[0], rest.concat());
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_that_engines_cannot_hold_get_the_same_answers_on_both_stores() {
    let receiver = Receiver::start().await;
    let database = Database::new(Version::V15);
    let on_sqlite = answers(&app().await, &receiver).await;
    let on_postgres = answers(&app_on(&database).await, &receiver).await;
    assert_eq!(on_sqlite.len(), on_postgres.len());
    for (one, other) in on_sqlite.iter().zip(&on_postgres) {
        assert_eq!(one, other);
    }
    // It is no comparison of refusals alone, nor of answers that let everything pass.
    for (refused, count_min) in [(false, 40), (true, 80)] {
        let count = on_sqlite
            .iter()
            .filter(|(_, status, _)| (*status >= 400) == refused)
            .count();
        assert!(count >= count_min, "{count} with refused = {refused}");
    }
}
