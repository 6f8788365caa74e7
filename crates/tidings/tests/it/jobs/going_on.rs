//! Tasks that are stopped on their way: canceled, failed, killed, taken over.

use serde_json::json;
use tidings_testkit::Reply;
use tidings_testkit::postgres::{Database, Version};

use super::{ONCE, ended, failed, is_waiting, run, since, start};
use crate::nodes::beside;
use crate::support::{Scene, app_with, refused};

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
