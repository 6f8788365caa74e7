//! Background tasks: what has failed is sent again, what was missed is sent, on both stores.

use serde_json::{Value, json};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, TestApp, wait};

use crate::support::{Scene, app_with, refused, refused_field};

/// One attempt and no more, so that a failure is one at once.
const ONCE: (&str, &str) = ("retry_schedule", "none");
/// Long before all messages of a test.
const SINCE: &str = "2020-01-01T00:00:00Z";

/// A scene on SQLite and one on PostgreSQL, each with its database.
async fn scenes() -> Vec<(Scene, Option<Database>)> {
    let database = Database::new(Version::V15);
    let on_postgres = app_with(&[ONCE, ("store", &database.url())]).await;
    vec![
        (Scene::with_settings(&[ONCE]).await, None),
        (Scene::of(on_postgres, json!({})).await, Some(database)),
    ]
}

/// When the application of a scene was made.
async fn since(scene: &Scene) -> String {
    let owner = scene.app.client.get(&scene.path("")).await.expect(200);
    owner["createdAt"].as_str().unwrap().to_owned()
}

async fn start(scene: &Scene, operation: &str, body: Value) -> Answer {
    let path = scene.endpoint_path(&format!("/{operation}"));
    scene.app.client.post(&path, body).await
}

/// Starts a task that must be accepted, and waits for its end.
async fn run(scene: &Scene, operation: &str, body: Value) -> Value {
    let started = start(scene, operation, body).await.expect(202);
    ended(&scene.app, started["id"].as_str().unwrap()).await
}

async fn task(app: &TestApp, id: &str) -> Value {
    let path = format!("/api/v1/background-task/{id}");
    app.client.get(&path).await.expect(200)
}

async fn ended(app: &TestApp, id: &str) -> Value {
    let read = || async { task(app, id).await };
    wait::until("the end of the task", read, |task| {
        task["status"] != "running"
    })
    .await
}

#[tokio::test]
async fn what_has_failed_is_sent_again_once_and_nothing_else() {
    for (scene, _database) in scenes().await {
        let since = since(&scene).await;
        scene.receiver.script("/hook", [500, 204, 500, 204]);
        let mut messages = Vec::new();
        for (number, status) in [2, 0, 2].into_iter().enumerate() {
            let message = scene.send(json!({"n": number})).await;
            scene.status(&message, status).await;
            messages.push(message);
        }
        let started = start(&scene, "recover", json!({"since": since})).await;
        let started = started.expect(202);
        assert_eq!(started["task"], "endpoint.recover");
        let id = started["id"].as_str().unwrap();
        assert_eq!((id.len(), &id[..6]), (33, "qtask_"));
        assert!(started["updatedAt"].is_string(), "{started}");

        let task = ended(&scene.app, id).await;
        assert_eq!(task["status"], "finished", "{task}");
        let data = &task["data"];
        for (name, expected) in [
            ("matched", json!(2)),
            ("total", json!(2)),
            ("sent", json!(2)),
            ("skipped", json!(0)),
            ("progress", json!(1.0)),
            ("canceled", json!(false)),
            ("dryRun", json!(false)),
        ] {
            assert_eq!(data[name], expected, "{name} of {task}");
        }
        for message in &messages {
            scene.status(message, 0).await;
        }
        let requests = scene.receiver.requests();
        let mut again: Vec<&str> = requests[3..].iter().map(|request| request.id()).collect();
        again.sort_unstable();
        let mut failed = [&messages[0][..], &messages[2]];
        failed.sort_unstable();
        assert_eq!(again, failed);
        let attempts = scene.attempts(&messages[0], 2).await;
        let triggers = [&attempts[0]["triggerType"], &attempts[1]["triggerType"]];
        assert_eq!(triggers, [0, 1], "scheduled, then by hand");
        assert_eq!(attempts[1]["trigger"], "replay");

        let none = run(&scene, "recover", json!({"since": since})).await;
        assert_eq!(none["status"], "finished");
        assert_eq!(
            (&none["data"]["matched"], &none["data"]["sent"]),
            (&json!(0), &json!(0))
        );
    }
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_refused_and_says_why() {
    let scene = Scene::start().await;
    let since = since(&scene).await;
    for (body, field) in [
        (json!({}), "since"),
        (json!({"since": "yesterday"}), "since"),
        (json!({"since": 5}), "since"),
        (json!({"since": "2999-01-01T00:00:00Z"}), "since"),
        (json!({"since": SINCE}), "since"),
        (json!({"since": since, "until": SINCE}), "until"),
        (json!({"since": since, "until": "soon"}), "until"),
        (json!({"since": since, "dryRun": "yes"}), "dryRun"),
    ] {
        let answer = start(&scene, "recover", body.clone()).await;
        refused_field(&answer, &["body", field]);
    }
    let client = &scene.app.client;
    let nobody = scene.path("/endpoint/nobody/recover");
    let answer = client.post(&nobody, json!({"since": since})).await;
    refused(&answer, 404, "not_found");
    let path = scene.endpoint_path("");
    let disabled = json!({"disabled": true});
    client.patch(&path, disabled).await.expect(200);
    let answer = start(&scene, "recover", json!({"since": since})).await;
    refused(&answer, 400, "endpoint_disabled");
    let tasks = client.get("/api/v1/background-task").await.expect(200);
    assert_eq!(tasks["data"], json!([]), "nothing was started");
    for id in ["qtask_nothing", "x"] {
        let answer = client.get(&format!("/api/v1/background-task/{id}")).await;
        refused(&answer, 404, "not_found");
    }
}
