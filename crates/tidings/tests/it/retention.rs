//! A server removes what is older than its setting says, and keeps the rest.

use serde_json::{Value, json};
use tidings_domain::message::MessageOptions;
use tidings_store::NewMessage;
use tidings_store::prelude::*;
use tidings_store_sqlite::{Options, SqliteStore};
use tidings_testkit::{TestApp, wait};

use crate::support::program;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Writes a message of that age, which goes to nobody, beside what the data folder has. Gives its id.
async fn old_message(folder: &std::path::Path, application: i64, age_ms: i64) -> String {
    write_old(folder, application, age_ms, None).await
}

/// The same, with a payload that is kept for so long.
async fn write_old(
    folder: &std::path::Path,
    application: i64,
    age_ms: i64,
    payload_for_ms: Option<i64>,
) -> String {
    let store = SqliteStore::open(&Options::server(folder)).unwrap();
    let now = jiff::Timestamp::now().as_millisecond();
    let new = NewMessage {
        application,
        event_type: "old".into(),
        payload: "{}".into(),
        event_id: None,
        channels: Vec::new(),
        tags: Vec::new(),
        targets: Vec::new(),
        admitted: Vec::new(),
        in_line: Vec::new(),
        accepted_at: now - age_ms,
        tail: 1,
        dedup: None,
        event_id_until: now,
        record: None,
        options: MessageOptions {
            payload_until: payload_for_ms.map(|kept_for| now - age_ms + kept_for),
            ..MessageOptions::default()
        }
        .boxed(),
    };
    store.open_journal("test".into(), now).await.unwrap();
    let accepted = store.accept(new).await.unwrap();
    let tidings_store::Accepted::Done(id) = accepted else {
        panic!("it was not accepted: {accepted:?}");
    };
    store.close_journal().await.unwrap();
    store.close().await;
    id.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_older_than_the_retention_goes_and_what_is_younger_stays() {
    let program = program();
    let key = program.create_key("test", "default").await;
    // The application with this number comes next.
    let old = old_message(program.data(), 1, 3 * DAY_MS).await;
    let young = old_message(program.data(), 1, DAY_MS).await;
    let mut app = TestApp::run_with_key(program, &key).await;
    let owner = app.create_application("Kept").await;
    let path = |id: &str| format!("/api/v1/app/{owner}/msg/{id}");
    app.client.get(&path(&old)).await.expect(200);
    app.stop().await;
    app.change(|program| program.setting("retention", "2d"));
    app.start_again().await;
    let (client, old) = (app.client.clone(), path(&old));
    wait::until(
        "the old message to go",
        async || client.get(&old).await.status,
        |status| *status == 404,
    )
    .await;
    app.client.get(&path(&young)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payload_whose_own_time_is_up_goes_and_its_message_stays() {
    let program = program().setting("queue_timeout", "200ms");
    let key = program.create_key("test", "default").await;
    let (hour, two) = (DAY_MS / 24, DAY_MS / 12);
    let past = write_old(program.data(), 1, two, Some(hour)).await;
    let kept = write_old(program.data(), 1, two, Some(DAY_MS)).await;
    let mut app = TestApp::run_with_key(program, &key).await;
    let owner = app.create_application("Kept").await;
    let (client, path) = (
        app.client.clone(),
        format!("/api/v1/app/{owner}/msg/{past}"),
    );
    wait::until(
        "the payload to go",
        async || client.get(&path).await.expect(200)["payload"].clone(),
        |payload: &Value| *payload == json!({"expired": true}),
    )
    .await;
    let path = format!("/api/v1/app/{owner}/msg/{kept}");
    assert_eq!(client.get(&path).await.expect(200)["payload"], json!({}));
    app.stop().await;
}
