//! What is sent again, and what is not: failures, what was missed, what filters let through.

use serde_json::json;
use tidings_testkit::Reply;

use super::{ONCE, SINCE, ended, failed, run, scenes, since, start};
use crate::support::{Scene, app_with, refused, refused_field};

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
