//! Background tasks: asked for, looked at and ended, on both stores.

mod going_on;
mod sending_again;

use serde_json::{Value, json};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, Reply, TestApp, wait};

use crate::support::{Scene, app_with, refused};

/// One attempt and no more, so that a failure is one at once.
const ONCE: (&str, &str) = ("retry_schedule", "none");
/// Long before all messages of a test.
const SINCE: &str = "2020-01-01T00:00:00Z";

/// A scene on SQLite and one on PostgreSQL, each with its database.
async fn scenes() -> Vec<(Scene, Option<Database>)> {
    scenes_with("1000").await
}

/// The same, with at most so many deliveries of tasks owed to an endpoint at a time.
async fn scenes_with(owed_max: &str) -> Vec<(Scene, Option<Database>)> {
    let database = Database::new(Version::V15);
    let settings = [ONCE, ("replay_pending_max", owed_max)];
    let url = database.url();
    let on_postgres = app_with(&[settings[0], settings[1], ("store", &url)]).await;
    vec![
        (Scene::with_settings(&settings).await, None),
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

/// Messages that fail at once; afterwards the endpoint does what `then` says.
async fn failed(scene: &Scene, count: usize, then: impl Into<Reply>) -> Vec<String> {
    scene.receiver.script("/hook", [500]);
    let mut messages = Vec::new();
    for number in 0..count {
        messages.push(scene.send(json!({"n": number})).await);
    }
    for message in &messages {
        scene.status(message, 2).await;
    }
    scene.receiver.script("/hook", [then]);
    messages
}

/// Waits until a task waits for its deliveries.
async fn is_waiting(app: &TestApp, id: &str) -> Value {
    let read = || async { task(app, id).await };
    wait::until("a task that waits", read, |task| {
        task["data"]["waitingFor"] == "deliveries"
    })
    .await
}

#[tokio::test]
async fn a_repeated_request_starts_one_task_and_others_do_not_see_it() {
    for (scene, _database) in scenes().await {
        let since = since(&scene).await;
        let client = scene.app.client.with_header("idempotency-key", "once");
        let path = scene.endpoint_path("/recover");
        let first = client
            .post(&path, json!({"since": since}))
            .await
            .expect(202);
        let id = first["id"].as_str().unwrap();
        ended(&scene.app, id).await;
        let again = client
            .post(&path, json!({"since": since}))
            .await
            .expect(202);
        assert_eq!(again["id"], id);
        let other = client
            .post(&path, json!({"since": since, "dryRun": true}))
            .await;
        refused(&other, 409, "idempotency_key_reused");
        let list = scene
            .app
            .client
            .get("/api/v1/background-task?limit=1")
            .await;
        let list = list.expect(200);
        assert_eq!(
            (list["data"][0]["id"].as_str(), &list["done"]),
            (Some(id), &json!(true))
        );
        for wrong in ["status=ended", "task=nothing", "iterator=x"] {
            let path = format!("/api/v1/background-task?{wrong}");
            assert_eq!(scene.app.client.get(&path).await.status, 422, "{wrong}");
        }
    }
}

#[tokio::test]
async fn all_payloads_of_an_application_go_and_later_ones_stay() {
    for (scene, _database) in scenes().await {
        let mut messages = Vec::new();
        for number in 0..3 {
            let message = scene.send(json!({"n": number})).await;
            scene.status(&message, 0).await;
            messages.push(message);
        }
        let other = scene.app.create_application("Other").await;
        let elsewhere = scene.app.send(&other, "a", json!({"kept": 1})).await;
        let client = &scene.app.client;
        let path = scene.path("/msg/expunge-all-contents");
        let started = client.post(&path, json!({})).await.expect(202);
        assert_eq!(started["task"], "application.purge_content");
        let ended = ended(&scene.app, started["id"].as_str().unwrap()).await;
        assert_eq!(ended["status"], "finished", "{ended}");
        let data = &ended["data"];
        assert_eq!((&data["matched"], &data["sent"]), (&json!(3), &json!(3)));
        let later = scene.send(json!({"kept": 2})).await;
        let read = |owner: &str, message: &str| {
            let path = format!("/api/v1/app/{owner}/msg/{message}");
            async move { client.get(&path).await.expect(200)["payload"].clone() }
        };
        for message in &messages {
            let payload = read(&scene.owner, message).await;
            assert!(payload.get("n").is_none(), "{payload}");
        }
        assert_eq!(read(&scene.owner, &later).await, json!({"kept": 2}));
        assert_eq!(read(&other, &elsewhere).await, json!({"kept": 1}));
        let since = since(&scene).await;
        // What is gone is not sent again, and counted.
        let replayed = run(
            &scene,
            "bulk-replay",
            json!({"since": since, "eventTypes": ["user.created"]}),
        )
        .await;
        let data = &replayed["data"];
        assert_eq!(
            (&data["matched"], &data["skippedBecause"]["expunged"]),
            (&json!(4), &json!(3))
        );
        assert_eq!(data["sent"], 1);
    }
}

#[tokio::test]
async fn the_end_of_a_task_is_told_by_an_operational_webhook() {
    for (scene, _database) in scenes().await {
        let since = since(&scene).await;
        let endpoint = json!({
            "url": scene.receiver.url("/told"),
            "filterTypes": ["background_task.finished"],
        });
        let path = "/api/v1/operational-webhook/endpoint";
        scene.app.client.post(path, endpoint).await.expect(201);
        let ended = run(&scene, "recover", json!({"since": since})).await;
        let told = scene.receiver.wait_for("/told", 1).await.remove(0).json();
        assert_eq!(told["type"], "background_task.finished");
        assert_eq!(told["data"]["taskId"], ended["id"]);
        assert_eq!(told["data"]["task"], "endpoint.recover");
        assert_eq!(told["data"]["status"], "finished");
        assert_eq!(told["data"]["data"], ended["data"]);
    }
}

#[tokio::test]
async fn a_session_sees_and_ends_the_tasks_of_its_own_application_only() {
    for (scene, _database) in scenes_with("1").await {
        let client = &scene.app.client;
        let other = scene.app.create_application("Other").await;
        let session = async |application: &str, body: Value| {
            let path = format!("/api/v1/auth/app-portal-access/{application}");
            let made = client.post(&path, body).await.expect(200);
            client.with_key(made["token"].as_str().unwrap())
        };
        let own = session(&scene.owner, json!({})).await;
        let foreign = session(&other, json!({})).await;
        let looking = session(&scene.owner, json!({"readOnly": true})).await;
        let since = since(&scene).await;
        // More than are owed at a time, to an endpoint that hangs: the task does not end by itself.
        failed(&scene, 3, Reply::Hang).await;
        let path = scene.endpoint_path("/recover");
        let started = own.post(&path, json!({"since": since})).await.expect(202);
        let id = started["id"].as_str().unwrap();
        let task = format!("/api/v1/background-task/{id}");
        let cancel = format!("{task}/cancel");
        // One of the whole environment, and one of the other application.
        let path = "/api/v1/stats/usage/app";
        let usage = json!({"since": since, "until": "2090-01-01T00:00:00Z"});
        let usage = client.post(path, usage).await.expect(202);
        let path = format!("/api/v1/app/{other}/msg/expunge-all-contents");
        let elsewhere = client.post(&path, json!({})).await.expect(202);

        for client in [&own, &looking] {
            assert_eq!(client.get(&task).await.expect(200)["id"], id);
            let list = client.get("/api/v1/background-task").await.expect(200);
            let ids: Vec<&Value> = list["data"].as_array().unwrap().iter().collect();
            assert_eq!((ids.len(), &ids[0]["id"]), (1, &json!(id)), "{list}");
        }
        let missing = "/api/v1/background-task/qtask_0000000000000000000000000ab";
        let missing = own.get(missing).await.expect(404);
        for foreign_id in [&usage["id"], &elsewhere["id"]] {
            let path = format!("/api/v1/background-task/{}", foreign_id.as_str().unwrap());
            let answer = own.get(&path).await.expect(404);
            assert_eq!(answer["detail"], missing["detail"]);
            let path = format!("{path}/cancel");
            own.post(&path, json!({})).await.expect(404);
        }
        foreign.get(&task).await.expect(404);
        foreign.post(&cancel, json!({})).await.expect(404);
        let list = foreign.get("/api/v1/background-task").await.expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), 1, "{list}");
        refused(&looking.post(&cancel, json!({})).await, 403, "forbidden");
        // Nothing of that has ended it.
        assert_eq!(client.get(&task).await.expect(200)["status"], "running");
        own.post(&cancel, json!({})).await.expect(200);
        let ended = client.get(&task).await.expect(200);
        assert_eq!(ended["data"]["canceled"], true);

        // What the product asked for is seen, and stays.
        let path = scene.path("/msg/expunge-all-contents");
        let purge = client.post(&path, json!({})).await.expect(202);
        let path = format!("/api/v1/background-task/{}", purge["id"].as_str().unwrap());
        own.get(&path).await.expect(200);
        let answer = own.post(&format!("{path}/cancel"), json!({})).await;
        refused(&answer, 403, "forbidden");
    }
}
