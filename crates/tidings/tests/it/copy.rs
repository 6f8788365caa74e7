//! A data folder is copied into a database, and the server on it goes on as if nothing had happened.

mod source;

use std::process::Output;

use serde_json::{Value, json};
use tidings_testkit::app::rows;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Program, Reply};

use self::source::Source;
use crate::support::{app_with, program};

/// How many messages the suite copies.
const MESSAGES: usize = 1_000;
const TEXT: &str = "Äpfel und 🍐";

async fn copy(program: &Program, database: &Database) -> Output {
    let from = format!("sqlite:{}", program.data().display());
    let to = database.url();
    program
        .run(&["copy", "--from", &from, "--to", &to, "--output", "json"])
        .await
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a refused copy says.
#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    assert!(output.stdout.is_empty(), "a result of what was refused");
    said(output)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_killed_goes_on_and_the_new_server_answers_and_delivers_the_same() {
    let mut source = Source::new().await;
    let before = source.pages().await;
    let all = before.iter().filter_map(|(_, page)| page.as_array());
    assert!(all.map(Vec::len).any(|rows| rows == MESSAGES));
    let secret = source.app.secret(&source.owner, &source.endpoint).await;
    let url = source.receiver.url("/hang");
    let hanging = source.hanging.clone();
    source
        .app
        .create_endpoint(&hanging, json!({"url": url}))
        .await;
    let lost = source
        .app
        .send(&hanging, "user.created", json!({"n": 1}))
        .await;
    source.receiver.wait_for("/hang", 1).await;
    source.app.kill().await;

    let database = Database::new(Version::V15);
    let plain = source.app.program.clone();
    for pages in ["1", "7"] {
        let killed = plain
            .clone()
            .setting("fault_point", &format!("during-copy:{pages}"));
        let output = copy(&killed, &database).await;
        assert!(
            output.status.code().is_none(),
            "it ended by itself: {}",
            said(&output)
        );
    }
    let to = database.url();
    let on_database = plain.clone().setting("store", &to);
    let early = on_database.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    assert_eq!(early.status.code(), Some(3), "{}", said(&early));
    assert!(said(&early).contains("tidings copy"), "{}", said(&early));

    let output = copy(&plain, &database).await;
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("Going on"), "{}", said(&output));
    assert!(said(&output).contains("master.key"), "{}", said(&output));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let counts = |table: &str| result["tables"][table]["rows"].as_u64().unwrap();
    assert_eq!(counts("message"), 1_002 + 4);
    assert_eq!((counts("record"), counts("record_change")), (2, 4));
    assert_eq!(counts("attempt"), 1_000 + 4 + 5 + 1);
    assert_eq!(
        counts("pending"),
        5,
        "those that failed, and the one that was in memory"
    );
    assert_eq!(counts("application"), 4);

    source.receiver.rule(|_| Reply::from(200));
    source.app.change(|_| on_database);
    source.app.start_again().await;
    let after = source.pages().await;
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    let late = source.receiver.wait_for("/hang", 2).await;
    assert_eq!(late[1].id(), lost, "what was in memory only is sent again");
    goes_on(&source, &secret).await;
}

/// New numbers are above the old ones, keys and event ids are known still, secrets sign.
async fn goes_on(source: &Source, secret: &str) {
    let (owner, app) = (&source.owner, &source.app);
    let new = app.send(owner, "user.created", json!({"n": "new"})).await;
    app.wait_for_status(owner, &new, 0).await;
    let good = source.receiver.requests_to("/good");
    let sent = good.iter().find(|request| request.id() == new).unwrap();
    sent.verify(secret);
    assert_eq!(sent.header("x-secret"), "hush");
    let again = json!({"eventType": "user.created", "payload": {}, "eventId": "e-7"});
    app.try_send(owner, again).await.expect(409);
    let newest = app
        .client
        .get(&format!("/api/v1/app/{owner}/msg?limit=1"))
        .await;
    assert_eq!(rows(&newest)[0]["id"], new.as_str());
    let added = app.create_application("after").await;
    assert!(added > *owner, "it is the newest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_was_used_before_the_copy_is_known_after_it() {
    let mut app = app_with(&[]).await;
    let owner = app.create_application("Keys").await;
    let path = format!("/api/v1/app/{owner}/msg");
    let keyed = app.client.with_header("idempotency-key", "one");
    let message = json!({"eventType": "a.b", "payload": {"n": 1}});
    let first = keyed.post(&path, message.clone()).await.expect(202)["id"].clone();
    let made = json!({"name": "made once"});
    let keyed_app = app.client.with_header("idempotency-key", "two");
    let once = keyed_app
        .post("/api/v1/app", made.clone())
        .await
        .expect(201)["id"]
        .clone();
    app.stop().await;
    let database = Database::new(Version::V15);
    let output = copy(&app.program, &database).await;
    assert!(output.status.success(), "{}", said(&output));
    app.change(|program| program.setting("store", &database.url()));
    app.start_again().await;
    let keyed = app.client.with_header("idempotency-key", "one");
    let again = keyed.post(&path, message).await.expect(202)["id"].clone();
    assert_eq!(first, again);
    keyed
        .post(&path, json!({"eventType": "a.b", "payload": {"n": 2}}))
        .await
        .expect(409);
    let keyed = app.client.with_header("idempotency-key", "two");
    let answer = keyed.post("/api/v1/app", made).await;
    assert_eq!(answer.json()["id"], once);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_refused_in_one_line_that_says_what_to_do() {
    let database = Database::new(Version::V15);
    let empty = program();
    let output = copy(&empty, &database).await;
    assert!(refused(&output, 3).contains("no data"), "{}", said(&output));
    assert!(!empty.data().exists(), "nothing was made");

    let mut app = app_with(&[]).await;
    let owner = app.create_application("Refused").await;
    let url = "http://127.0.0.1:9/";
    app.create_endpoint(&owner, json!({"url": url})).await;
    let output = copy(&app.program, &database).await;
    assert!(refused(&output, 3).contains("in use"), "{}", said(&output));
    app.stop().await;

    let folder = format!("sqlite:{}", app.program.data().display());
    for (from, to, word) in [
        (folder.as_str(), folder.as_str(), "--to"),
        ("postgres://localhost/x", folder.as_str(), "--from"),
        (folder.as_str(), "nonsense", "--to"),
    ] {
        let output = app.program.run(&["copy", "--from", from, "--to", to]).await;
        assert!(refused(&output, 2).contains(word), "{}", said(&output));
    }

    let other_key = "tmk_1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let other = app.program.clone().setting("master_key", other_key);
    let output = copy(&other, &database).await;
    assert!(
        refused(&output, 3).contains("master key"),
        "{}",
        said(&output)
    );

    let output = copy(&app.program, &database).await;
    assert!(output.status.success(), "{}", said(&output));
    let output = copy(&app.program, &database).await;
    assert!(
        refused(&output, 3).contains("not empty"),
        "{}",
        said(&output)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_has_changed_since_the_copy_began_is_refused() {
    let mut app = app_with(&[]).await;
    let owner = app.create_application("Changes").await;
    for number in 0..3 {
        app.send(&owner, "a.b", json!({"n": number})).await;
    }
    app.stop().await;
    let database = Database::new(Version::V15);
    let killed = app.program.clone().setting("fault_point", "during-copy:9");
    let output = copy(&killed, &database).await;
    assert!(output.status.code().is_none(), "{}", said(&output));
    app.start_again().await;
    app.send(&owner, "a.b", json!({})).await;
    app.stop().await;
    let output = copy(&app.program, &database).await;
    assert!(
        refused(&output, 3).contains("has changed"),
        "{}",
        said(&output)
    );
}
