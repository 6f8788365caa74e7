//! What a receiver may say beside its status: the response header `webhook-delivery`.

use serde_json::{Value, json};
use tidings_testkit::{Reply, wait};

use crate::support::Scene;

const QUICK: [(&str, &str); 2] = [
    ("retry_schedule", "50ms,50ms"),
    ("retry_jitter_percent", "0"),
];

/// The endpoint, once it is switched off.
async fn switched_off(scene: &Scene) -> Value {
    let path = scene.endpoint_path("");
    wait::until(
        "the endpoint to be disabled",
        async || scene.app.client.get(&path).await.expect(200),
        |endpoint| endpoint["disabled"] == true,
    )
    .await
}

#[tokio::test]
async fn a_receiver_that_wants_no_more_of_a_message_gets_no_more_of_it() {
    let scene = Scene::with_settings(&QUICK).await;
    for (status, word) in [(500, "abort-message"), (302, " Abort-Message ")] {
        let reply = Reply::with_header(status, "Webhook-Delivery", word);
        let before = scene.receiver.requests().len();
        scene.receiver.script("/hook", [reply, 200.into()]);
        let message = scene.send(json!({})).await;
        scene.status(&message, 2).await;
        let attempts = scene.attempts(&message, 1).await;
        assert_eq!(attempts[0]["outcome"], "exhausted");
        assert_eq!(attempts[0]["responseStatusCode"], status);
        scene.app.settle().await;
        assert_eq!(scene.receiver.requests().len(), before + 1, "no retry");

        let next = scene.send(json!({})).await;
        scene.status(&next, 0).await;
    }
    let endpoint = scene.app.client.get(&scene.endpoint_path("")).await;
    assert_eq!(endpoint.expect(200)["disabled"], false);
}

#[tokio::test]
async fn a_receiver_that_wants_nothing_more_is_switched_off_whatever_its_status() {
    for (status, state) in [(503, 2), (200, 0)] {
        let scene = Scene::with_settings(&QUICK).await;
        let reply = Reply::with_header(status, "webhook-delivery", "DISABLE");
        scene.receiver.script("/hook", [reply]);
        let message = scene.send(json!({})).await;
        scene.status(&message, state).await;
        let endpoint = switched_off(&scene).await;
        assert_eq!(endpoint["disabledReason"], "wished", "{status}");
        assert!(endpoint["disabledAt"].is_string(), "{status}");
        scene.send(json!({})).await;
        scene.app.settle().await;
        let count = scene.receiver.requests().len();
        assert_eq!(count, 1, "{status}: no retry, and nothing new");
    }
}

#[tokio::test]
async fn a_message_that_has_arrived_cannot_be_aborted_and_unknown_words_mean_nothing() {
    let scene = Scene::with_settings(&QUICK).await;
    let says = |status, word| Reply::with_header(status, "webhook-delivery", word);
    let replies = [
        says(200, "abort-message"),
        says(500, "pause"),
        says(500, "disabled"),
        204.into(),
    ];
    scene.receiver.script("/hook", replies);
    let arrived = scene.send(json!({})).await;
    scene.status(&arrived, 0).await;
    let tried_again = scene.send(json!({})).await;
    scene.status(&tried_again, 0).await;
    scene.attempts(&tried_again, 3).await;
    let endpoint = scene.app.client.get(&scene.endpoint_path("")).await;
    assert_eq!(endpoint.expect(200)["disabled"], false);
}
