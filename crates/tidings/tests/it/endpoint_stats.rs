//! What became of the deliveries to an endpoint, in figures.

use serde_json::{Value, json};
use tidings_testkit::wait;

use crate::support::{Scene, refused};

async fn stats(scene: &Scene, query: &str) -> Value {
    let path = scene.endpoint_path(&format!("/stats{query}"));
    scene.app.client.get(&path).await.expect(200)
}

/// Waits until nothing is under way, since a place is given back a moment after the outcome can be read.
async fn settled_stats(scene: &Scene) -> Value {
    wait::until(
        "nothing to be under way",
        async || stats(scene, "").await,
        |stats| stats["sending"] == 0,
    )
    .await
}

fn figures(success: u64, pending: u64, fail: u64, canceled: u64) -> Value {
    json!({"success": success, "pending": pending, "sending": 0, "fail": fail, "canceled": canceled})
}

#[tokio::test]
async fn each_delivery_is_counted_in_its_state_and_each_attempt_by_its_outcome() {
    let scene = Scene::with_settings(&[("retry_schedule", "1ms")]).await;
    assert_eq!(stats(&scene, "").await, figures(0, 0, 0, 0));
    scene.receiver.script("/hook", [204, 500, 500, 500, 204]);
    let arrived = scene.send(json!({})).await;
    scene.status(&arrived, 0).await;
    let failed = scene.send(json!({})).await;
    scene.status(&failed, 2).await;
    let second = scene.send(json!({})).await;
    scene.status(&second, 0).await;
    assert_eq!(settled_stats(&scene).await, figures(2, 0, 1, 0));
    let attempts = scene.endpoint_path("/attempt-stats");
    let attempts = async || scene.app.client.get(&attempts).await.expect(200);
    let expected = json!({"success": 2, "fail": 3, "canceled": 0});
    assert_eq!(attempts().await, expected);

    // What failed and arrives after all has not failed.
    let resend = scene.path(&format!("/msg/{failed}/endpoint/{}/resend", scene.endpoint));
    scene.app.client.post(&resend, json!({})).await.expect(202);
    scene.status(&failed, 0).await;
    assert_eq!(settled_stats(&scene).await, figures(3, 0, 0, 0));
    let expected = json!({"success": 3, "fail": 3, "canceled": 0});
    assert_eq!(attempts().await, expected);
}

#[tokio::test]
async fn what_is_owed_is_pending_and_canceled_once_the_endpoint_is_off() {
    let scene = Scene::with_settings(&[("retry_schedule", "1h")]).await;
    scene.receiver.script("/hook", [500]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 1).await;
    assert_eq!(settled_stats(&scene).await, figures(0, 1, 0, 0));
    let off = json!({"disabled": true});
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, off).await.expect(200);
    assert_eq!(settled_stats(&scene).await, figures(0, 0, 0, 1));
}

#[tokio::test]
async fn what_a_receiver_keeps_waiting_is_being_sent() {
    let scene = Scene::start().await;
    scene
        .receiver
        .script("/hook", [tidings_testkit::Reply::Hang]);
    scene.send(json!({})).await;
    scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(stats(&scene, "").await["sending"], 1);
}

#[tokio::test]
async fn a_span_says_what_is_counted_and_a_wrong_one_is_refused() {
    let scene = Scene::start().await;
    let message = scene.send(json!({})).await;
    scene.status(&message, 0).await;
    settled_stats(&scene).await;
    let day = |ago: i64| {
        let now = jiff::Timestamp::try_from(wait::now()).unwrap();
        (now - jiff::SignedDuration::from_hours(24 * ago)).to_string()
    };
    let span = |since: i64, until: i64| format!("?since={}&until={}", day(since), day(until));
    assert_eq!(stats(&scene, &span(1, -1)).await, figures(1, 0, 0, 0));
    assert_eq!(stats(&scene, &span(2, 1)).await, figures(0, 0, 0, 0));
    let since = format!("?since={}", day(28));
    let until = format!("?until={}", day(1));
    assert_eq!(stats(&scene, &since).await, figures(1, 0, 0, 0));
    assert_eq!(stats(&scene, &until).await, figures(0, 0, 0, 0));
    for path in ["/stats", "/attempt-stats"] {
        let get = async |query: &str| {
            let path = scene.endpoint_path(&format!("{path}{query}"));
            scene.app.client.get(&path).await
        };
        for wrong in [span(30, 1), span(1, 2), format!("?since={}", day(29))] {
            refused(&get(&wrong).await, 400, "invalid_range");
        }
        refused(&get("?since=yesterday").await, 422, "validation");
        get(&span(28, 0)).await.expect(200);
    }
    let nobody = scene.path("/endpoint/nobody/stats");
    refused(&scene.app.client.get(&nobody).await, 404, "not_found");
}
