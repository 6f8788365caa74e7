//! Background tasks: what has failed is sent again, what was missed is sent, on both stores.

use serde_json::{Value, json};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, Reply, TestApp, wait};

use crate::nodes::beside;
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
async fn a_dry_run_counts_what_a_real_run_sends_and_sends_nothing() {
    for (scene, _database) in scenes().await {
        let since = since(&scene).await;
        failed(&scene, 3, 204).await;
        let before = scene.receiver.requests().len();
        let dry = run(&scene, "recover", json!({"since": since, "dryRun": true})).await;
        assert_eq!(dry["status"], "finished");
        let data = &dry["data"];
        assert_eq!((&data["dryRun"], &data["sent"]), (&json!(true), &json!(0)));
        scene.app.settle().await;
        assert_eq!(scene.receiver.requests().len(), before);
        let real = run(&scene, "recover", json!({"since": since})).await;
        assert_eq!(real["data"]["matched"], data["matched"]);
        assert_eq!(real["data"]["sent"], 3);
        scene.receiver.wait_for("/hook", before + 3).await;
    }
}

#[tokio::test]
async fn what_an_endpoint_has_missed_is_sent_if_it_would_get_it_now() {
    for (scene, _database) in scenes().await {
        let since = since(&scene).await;
        let late = json!({
            "url": scene.receiver.url("/late"),
            "filterTypes": ["user.created"],
            "channels": ["a"],
            "filter": {"n": {"$gte": 2}},
        });
        let app = &scene.app;
        let known = json!({"name": "user.created", "description": "x"});
        let path = "/api/v1/event-type";
        app.client.post(path, known).await.expect(201);
        let mut wanted = Vec::new();
        for (number, kind, channel) in [
            (1, "user.created", "a"), // not by its payload
            (2, "user.created", "a"),
            (3, "user.gone", "a"),
            (4, "user.created", "b"),
            (5, "user.created", "a"),
        ] {
            let message =
                json!({"eventType": kind, "channels": [channel], "payload": {"n": number}});
            let sent = app
                .client
                .post(&scene.path("/msg"), message)
                .await
                .expect(202);
            if number == 2 || number == 5 {
                wanted.push(sent["id"].as_str().unwrap().to_owned());
            }
        }
        let endpoint = app.create_endpoint(&scene.owner, late).await;
        let path = scene.path(&format!("/endpoint/{endpoint}/replay-missing"));
        let started = app
            .client
            .post(&path, json!({"since": since}))
            .await
            .expect(202);
        assert_eq!(started["task"], "endpoint.replay");
        let ended = ended(app, started["id"].as_str().unwrap()).await;
        assert_eq!(
            (&ended["data"]["matched"], &ended["data"]["sent"]),
            (&json!(2), &json!(2))
        );
        let requests = scene.receiver.wait_for("/late", 2).await;
        let mut ids: Vec<&str> = requests.iter().map(|request| request.id()).collect();
        ids.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(ids, wanted);
        // They are missing no more.
        let started = app
            .client
            .post(&path, json!({"since": since}))
            .await
            .expect(202);
        let again = self::ended(app, started["id"].as_str().unwrap()).await;
        assert_eq!(again["data"]["matched"], 0);
    }
}

#[tokio::test]
async fn tests_and_examples_are_missed_by_no_other_endpoint() {
    for (scene, _database) in scenes().await {
        let since = since(&scene).await;
        let client = &scene.app.client;
        let example = json!({"eventType": "svix.ping"});
        for operation in ["/send-example", "/test"] {
            let path = scene.endpoint_path(operation);
            let answer = client.post(&path, example.clone()).await;
            assert!(answer.status < 300, "{}", answer.text());
        }
        scene.receiver.wait_for("/hook", 2).await;
        let message = scene.send(json!({"n": 1})).await;
        let late = json!({"url": scene.receiver.url("/late")});
        let endpoint = scene.app.create_endpoint(&scene.owner, late).await;
        let path = scene.path(&format!("/endpoint/{endpoint}/replay-missing"));
        let started = client
            .post(&path, json!({"since": since}))
            .await
            .expect(202);
        let ended = ended(&scene.app, started["id"].as_str().unwrap()).await;
        assert_eq!(ended["data"]["sent"], 1, "{ended}");
        let requests = scene.receiver.wait_for("/late", 1).await;
        assert_eq!(requests[0].id(), message);
    }
}

#[tokio::test]
async fn a_bulk_replay_sends_what_its_filters_let_through() {
    for (scene, _database) in scenes().await {
        let since = since(&scene).await;
        let client = &scene.app.client;
        scene.receiver.script("/hook", [204, 500, 404, 204]);
        for (number, status) in [0, 2, 2, 0].into_iter().enumerate() {
            let kind = ["a", "b"][number % 2];
            let message = json!({
                "eventType": kind,
                "channels": [format!("c{number}")],
                "tags": [format!("t{number}")],
                "payload": {},
            });
            let sent = client.post(&scene.path("/msg"), message).await.expect(202);
            scene.status(sent["id"].as_str().unwrap(), status).await;
        }
        for (filter, matched) in [
            (json!({}), 4),
            (json!({"eventTypes": ["a"]}), 2),
            (json!({"channel": "c2"}), 1),
            (json!({"tag": "t3"}), 1),
            (json!({"tag": "none"}), 0),
            (json!({"status": 0}), 2),
            (json!({"status": 2}), 2),
            (json!({"status": 1}), 0),
            (json!({"status": 4}), 0),
            (json!({"statusCodeClass": 400}), 1),
            (json!({"statusCodeClass": 500}), 1),
            (json!({"statusCodeClass": 200}), 2),
            (json!({"statusCodeClass": 0}), 0),
            (json!({"status": 2, "eventTypes": ["b"]}), 1),
            (json!({"until": since}), 0),
        ] {
            let mut body = filter.clone();
            body["since"] = "2020-01-01T00:00:00Z".into();
            body["dryRun"] = true.into();
            let ended = run(&scene, "bulk-replay", body).await;
            assert_eq!(ended["status"], "finished", "{ended}");
            assert_eq!(ended["data"]["matched"], matched, "{filter}");
        }
        let body = json!({"since": since, "statusCodeClass": 400});
        let ended = run(&scene, "bulk-replay", body).await;
        assert_eq!(ended["data"]["sent"], 1);
        scene.receiver.wait_for("/hook", 5).await;
        for (body, field) in [
            (json!({"status": 5}), "status"),
            (json!({"statusCodeClass": 600}), "statusCodeClass"),
            (json!({"eventTypes": "a"}), "eventTypes"),
            (json!({"eventTypes": ["a b"]}), "eventTypes"),
            (json!({"channel": "a b"}), "channel"),
            (json!({"tag": ""}), "tag"),
        ] {
            let mut body = body;
            body["since"] = since.as_str().into();
            let answer = start(&scene, "bulk-replay", body).await;
            refused_field(&answer, &["body", field]);
        }
    }
}

#[tokio::test]
async fn a_task_that_is_canceled_on_its_way_does_not_go_on() {
    let scene = Scene::with_settings(&[ONCE, ("replay_pending_max", "2")]).await;
    let since = since(&scene).await;
    failed(&scene, 5, Reply::Hang).await;
    let started = start(&scene, "recover", json!({"since": since}))
        .await
        .expect(202);
    let id = started["id"].as_str().unwrap();
    is_waiting(&scene.app, id).await;
    let path = format!("/api/v1/background-task/{id}/cancel");
    let canceled = scene.app.client.post(&path, json!({})).await.expect(200);
    assert_eq!(canceled["status"], "failed", "clients know no other word");
    let data = &canceled["data"];
    assert_eq!(
        (&data["canceled"], &data["sent"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(data["total"], 5);
    let again = scene.app.client.post(&path, json!({})).await.expect(200);
    assert_eq!(again, canceled);
    assert_eq!(scene.receiver.wait_for("/hook", 7).await.len(), 7);
    let failed = "/api/v1/background-task?status=failed&task=endpoint.recover";
    let list = scene.app.client.get(failed).await.expect(200);
    assert_eq!(list["data"], json!([canceled]));
    let running = "/api/v1/background-task?status=running";
    let list = scene.app.client.get(running).await.expect(200);
    assert_eq!(list["data"], json!([]));

    let ended = run(&scene, "recover", json!({"since": since, "dryRun": true})).await;
    let id = ended["id"].as_str().unwrap();
    let path = format!("/api/v1/background-task/{id}/cancel");
    let late = scene.app.client.post(&path, json!({})).await;
    refused(&late, 409, "task_ended");
}

#[tokio::test]
async fn a_task_ends_as_failed_when_its_endpoint_is_switched_off() {
    let scene = Scene::with_settings(&[ONCE, ("replay_pending_max", "1")]).await;
    let since = since(&scene).await;
    failed(&scene, 3, Reply::Hang).await;
    let started = start(&scene, "recover", json!({"since": since}))
        .await
        .expect(202);
    let id = started["id"].as_str().unwrap();
    is_waiting(&scene.app, id).await;
    let path = scene.endpoint_path("");
    let disabled = json!({"disabled": true});
    scene.app.client.patch(&path, disabled).await.expect(200);
    let ended = ended(&scene.app, id).await;
    assert_eq!(ended["status"], "failed");
    assert_eq!(ended["data"]["error"], "endpoint_disabled");
    assert_eq!(ended["data"]["canceled"], false);
}

#[tokio::test]
async fn a_task_goes_on_where_it_was_after_the_process_was_killed() {
    let slow = [ONCE, ("replay_pending_max", "2")];
    let mut scene = Scene::with_settings(&slow).await;
    let since = since(&scene).await;
    let messages = failed(&scene, 7, Reply::Hang).await;
    let started = start(&scene, "recover", json!({"since": since}))
        .await
        .expect(202);
    let id = started["id"].as_str().unwrap();
    is_waiting(&scene.app, id).await;
    scene.receiver.wait_for("/hook", 9).await;
    scene.app.kill().await;
    scene.receiver.script("/hook", [204]);
    scene.app.start_again().await;
    let ended = ended(&scene.app, id).await;
    assert_eq!(ended["status"], "finished", "{ended}");
    assert_eq!(ended["data"]["sent"], 7);
    for message in &messages {
        scene.status(message, 0).await;
    }
    // Each once, and once more the two that were under way.
    let requests = scene.receiver.requests();
    assert_eq!(requests.len(), 7 + 2 + 7);
}

#[tokio::test]
async fn a_task_of_a_node_that_has_died_goes_on_at_another() {
    let lease = ("node_lease", "2s");
    let settings = [ONCE, ("replay_pending_max", "2"), lease];
    let database = Database::new(Version::V15);
    let store = ("store", database.url());
    let all = [settings[0], settings[1], settings[2], (store.0, &store.1)];
    let mut scene = Scene::of(app_with(&all).await, json!({})).await;
    let since = since(&scene).await;
    let messages = failed(&scene, 5, Reply::Hang).await;
    let started = start(&scene, "recover", json!({"since": since}))
        .await
        .expect(202);
    let id = started["id"].as_str().unwrap().to_owned();
    is_waiting(&scene.app, &id).await;
    // While one node has all slots, that is the one that has begun.
    let second = beside(&scene.app, &database, &settings).await;
    scene.receiver.wait_for("/hook", 7).await;
    scene.app.kill().await;
    scene.receiver.script("/hook", [204]);
    let ended = ended(&second, &id).await;
    assert_eq!(ended["status"], "finished", "{ended}");
    assert_eq!(ended["data"]["sent"], 5);
    for message in &messages {
        second.wait_for_status(&scene.owner, message, 0).await;
    }
    assert_eq!(scene.receiver.requests().len(), 5 + 2 + 5);
}

#[tokio::test]
async fn an_endpoint_in_order_gets_them_beside_its_line() {
    let app = app_with(&[ONCE]).await;
    let scene = Scene::of(app, json!({"fifo": true})).await;
    let since = since(&scene).await;
    let messages = failed(&scene, 2, Reply::Hang).await;
    // The first in line hangs, and holds up nothing that is sent again.
    scene.send(json!({"n": "first"})).await;
    scene.receiver.wait_for("/hook", 3).await;
    scene.receiver.script("/hook", [204]);
    let ended = run(&scene, "recover", json!({"since": since})).await;
    assert_eq!(ended["data"]["sent"], 2);
    for message in &messages {
        scene.status(message, 0).await;
    }
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
