//! What does not fit into memory, or waits there for too long, is owed; what fails again and again gets
//! a rest.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

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

#[tokio::test]
async fn what_found_no_place_is_not_overtaken_for_as_long_as_new_messages_come() {
    let settings = [
        ("lane_window", "32"),
        ("lane_requests_start", "8"),
        ("lane_requests_max", "8"),
        ("admit_timeout", "1ms"),
    ];
    let scene = Scene::with_settings(&settings).await;
    let slow = Reply::After(Duration::from_millis(20), Box::new(Reply::from(204)));
    scene.receiver.rule(move |_| slow.clone());
    let next = AtomicUsize::new(0);
    let sender = async || {
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= 2_000 {
                return;
            }
            scene.send(json!({"n": number})).await;
        }
    };
    // More senders than places, so that somebody always finds none.
    let four = async || tokio::join!(sender(), sender(), sender(), sender());
    let sixteen = async || tokio::join!(four(), four(), four(), four());
    tokio::join!(sixteen(), sixteen(), sixteen(), sixteen());
    let requests = scene.receiver.wait_for("/hook", 2_000).await;
    let numbers = requests.iter().map(|one| one.json()["n"].as_u64().unwrap());
    let early = (0_u64..).zip(numbers).filter(|(_, number)| *number < 100);
    let late = early.map(|(place, number)| place.saturating_sub(number));
    let late = late.max().unwrap();
    assert!(
        late < 150,
        "an early message was overtaken by {late} others"
    );
}
