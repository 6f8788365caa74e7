//! Sending a message to an endpoint once more.

use serde_json::json;

use crate::support::Scene;

async fn resend(scene: &Scene, message: &str) -> tidings_testkit::Answer {
    let endpoint = &scene.endpoint;
    let path = scene.path(&format!("/msg/{message}/endpoint/{endpoint}/resend"));
    scene.app.client.post(&path, json!({})).await
}

#[tokio::test]
async fn a_delivered_message_can_be_sent_again() {
    let scene = Scene::start().await;
    let message = scene.send(json!({"n": 1})).await;
    scene.status(&message, 0).await;
    assert_eq!(resend(&scene, &message).await.expect(202), json!({}));
    let requests = scene.receiver.wait_for("/hook", 2).await;
    assert_eq!(requests[1].id(), message);
    assert_eq!(requests[1].body, requests[0].body);
    requests[1].verify(&scene.secret().await);
    let attempts = scene.attempts(&message, 2).await;
    let triggers = [&attempts[0]["triggerType"], &attempts[1]["triggerType"]];
    assert_eq!(triggers, [0, 1], "scheduled, then manual");
}

#[tokio::test]
async fn a_failed_resend_does_not_undo_a_delivery() {
    let scene = Scene::with_settings(&[("retry_schedule", "none")]).await;
    scene.receiver.script("/hook", [200, 500]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    resend(&scene, &message).await.expect(202);
    let attempts = scene.attempts(&message, 2).await;
    assert_eq!(attempts[1]["responseStatusCode"], 500);
    scene.status(&message, 0).await;
}

#[tokio::test]
async fn a_failed_message_can_be_sent_again() {
    let scene = Scene::with_settings(&[("retry_schedule", "none")]).await;
    scene.receiver.script("/hook", [500, 200]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 2).await;
    resend(&scene, &message).await.expect(202);
    scene.status(&message, 0).await;
}

#[tokio::test]
async fn a_resend_skips_the_filters_of_the_endpoint() {
    let scene = Scene::start().await;
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    let path = scene.endpoint_path("");
    let change = json!({"channels": ["elsewhere"]});
    scene.app.client.patch(&path, change).await.expect(200);
    resend(&scene, &message).await.expect(202);
    scene.receiver.wait_for("/hook", 2).await;
}

#[tokio::test]
async fn a_resend_to_a_disabled_endpoint_is_refused_and_says_why() {
    let scene = Scene::start().await;
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    let path = scene.endpoint_path("");
    scene
        .app
        .client
        .patch(&path, json!({"disabled": true}))
        .await
        .expect(200);
    let refused = resend(&scene, &message).await.expect(400);
    assert_eq!(refused["code"], "endpoint_disabled");
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_resend_of_what_is_not_there_is_refused() {
    let scene = Scene::start().await;
    resend(&scene, "msg_nothing").await.expect(404);
    let message = scene.send(json!({})).await;
    let path = scene.path(&format!("/msg/{message}/endpoint/nobody/resend"));
    scene.app.client.post(&path, json!({})).await.expect(404);
}
