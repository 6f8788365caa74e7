//! What does not fit into memory, or waits there for too long, is owed; what fails again and again gets
//! a rest.

use serde_json::json;
use tidings_testkit::Reply;

use crate::support::Scene;

const PENDING: u64 = 1;

#[tokio::test]
async fn what_waits_too_long_in_memory_is_written_down_as_owed() {
    let settings = [("queue_timeout", "200ms"), ("lane_requests_max", "1")];
    let scene = Scene::with_settings(&settings).await;
    scene.receiver.script("/hook", [Reply::Hang]);
    let mut messages = Vec::new();
    for number in 0..4 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    // The first is under way for as long as it hangs; the others waited behind it.
    for message in &messages[1..] {
        scene.status(message, PENDING).await;
    }
    assert_eq!(scene.receiver.requests_to("/hook").len(), 1);
}

#[tokio::test]
async fn while_an_endpoint_rests_nobody_loses_an_attempt_and_a_person_may_try_all_the_same() {
    let settings = [("retry_schedule", "50ms,50ms,50ms"), ("breaker_rest", "1h")];
    let scene = Scene::with_settings(&settings).await;
    scene.receiver.script("/hook", [500]);
    let mut messages = Vec::new();
    for number in 0..40 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    scene.receiver.wait_for("/hook", 10).await;
    let waits = messages.last().unwrap();
    scene.status(waits, PENDING).await;
    let sent = scene.receiver.requests_to("/hook").len();
    // Ten failures open the breaker; requests that were under way by then, at most a lane full, end.
    assert!((10..=18).contains(&sent), "{sent} requests went out");
    let attempts = scene.app.attempts(&scene.owner, waits).await;
    assert!(
        attempts.is_empty(),
        "the last message still has all its attempts: {attempts:?}"
    );

    scene.receiver.script("/hook", [204]);
    let path = scene.path(&format!("/msg/{waits}/endpoint/{}/resend", scene.endpoint));
    scene.app.client.post(&path, json!({})).await.expect(202);
    // The endpoint is back, so the rest is over for all.
    for message in &messages {
        scene.status(message, 0).await;
    }
}
