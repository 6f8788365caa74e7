//! A disk that is slow to sync, or cannot; and a message that kills whoever sends it.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;
use tidings_testkit::app::text;
use tidings_testkit::tools::{Shim, shim};
use tidings_testkit::{Receiver, TestApp, wait};

use crate::support::{Scene, app, program};

#[tokio::test]
async fn no_message_is_acknowledged_before_it_is_synced() {
    const DELAY: Duration = Duration::from_millis(200);
    let program = program()
        .preload(&shim(Shim::Delay))
        .variable("SYNC_DELAY_MS", "200");
    let app = TestApp::run(program).await;
    let owner = app.create_application("Slow disk").await;
    let mut quickest = Duration::MAX;
    for number in 0..5 {
        let before = Instant::now();
        app.send(&owner, "a.b", json!({"n": number})).await;
        quickest = quickest.min(before.elapsed());
    }
    assert!(quickest >= DELAY, "a 2xx after {quickest:?}");
}

#[tokio::test]
async fn messages_that_come_together_share_a_sync() {
    let program = program()
        .preload(&shim(Shim::Delay))
        .variable("SYNC_DELAY_MS", "200");
    let app = TestApp::run(program).await;
    let owner = app.create_application("Slow disk").await;
    let before = Instant::now();
    let messages = (0..40).map(|number| {
        let message = json!({"eventType": "a.b", "payload": {"n": number}});
        let (client, path) = (app.client.clone(), format!("/api/v1/app/{owner}/msg"));
        tokio::spawn(async move { client.post(&path, message).await.status })
    });
    for message in messages.collect::<Vec<_>>() {
        assert_eq!(message.await.unwrap(), 202);
    }
    let took = before.elapsed();
    assert!(
        took < Duration::from_secs(4),
        "forty syncs of their own would take 8 s: {took:?}"
    );
}

/// Lets the syncs of a server fail from the nth on, or only the nth, and posts until it has ended. Nothing
/// that was accepted may be gone afterwards.
async fn fail_sync(fail_at: u32, is_forever: bool) {
    let mut app = app().await;
    let owner = app.create_application("Bad disk").await;
    app.stop().await;
    let plain = app.program.clone();
    app.change(|program| {
        let program = program
            .preload(&shim(Shim::FailingSync))
            .variable("FF_AT", &fail_at.to_string());
        if is_forever {
            program.variable("FF_FOREVER", "1")
        } else {
            program
        }
    });
    app.start_again().await;
    let path = format!("/api/v1/app/{owner}/msg");
    let (mut accepted, mut has_failed) = (Vec::new(), false);
    for number in 0..500 {
        let body = json!({"eventType": "a.b", "payload": {"n": number}}).to_string();
        match app.client.try_send(Method::POST, &path, body).await {
            Ok(answer) if answer.status == 202 => {
                assert!(!has_failed, "a 2xx after a sync that failed");
                accepted.push(text(&answer.json()["id"]));
            }
            Ok(answer) => {
                assert!((500..=503).contains(&answer.status), "{}", answer.text());
                has_failed = true;
            }
            Err(_) => break,
        }
    }
    let log = app.program.clone();
    let ended = app.take_server().ended_in(Duration::from_secs(2)).await;
    let code = ended.ok().and_then(|status| status.code());
    assert_eq!(
        code,
        Some(74),
        "it goes on, or ended otherwise:
{}",
        log.log_text()
    );
    assert!(
        log.log_text().contains("[ff] sync"),
        "the fault did not strike"
    );
    assert!(!accepted.is_empty());

    app.change(|_| plain);
    app.start_again().await;
    for message in &accepted {
        app.client
            .get(&format!("/api/v1/app/{owner}/msg/{message}"))
            .await
            .expect(200);
    }
    app.send(&owner, "a.b", json!({})).await;
}

#[tokio::test]
async fn when_syncs_fail_the_server_ends_and_loses_nothing() {
    for fail_at in [12, 27] {
        fail_sync(fail_at, true).await;
    }
}

#[tokio::test]
async fn one_failed_sync_is_enough_to_end_it() {
    for fail_at in [13, 30] {
        fail_sync(fail_at, false).await;
    }
}

#[tokio::test]
async fn a_server_whose_disk_cannot_sync_at_all_does_not_start() {
    let mut app = app().await;
    app.stop().await;
    let program = app.program.clone();
    let program = program.preload(&shim(Shim::FailingSync));
    let program = program.variable("FF_AT", "1").variable("FF_FOREVER", "1");
    let status = program.try_serve().await.expect_err("it must not listen");
    assert!(!status.success());
}

#[tokio::test]
async fn a_message_that_kills_its_sender_three_times_is_canceled_as_poison() {
    let mut app = app().await;
    let receiver = Receiver::start().await;
    let owner = app.create_application("Poisoned").await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    app.stop().await;
    let plain = app.program.clone();
    app.change(|program| program.setting("fault_point", "while-sending:1"));
    app.start_again().await;
    // It may die before it has answered; the message has a name to be found by.
    let message = json!({"eventType": "a.b", "payload": {"n": 1}, "eventId": "poison"}).to_string();
    let path = format!("/api/v1/app/{owner}/msg");
    let _ = app.client.try_send(Method::POST, &path, message).await;
    for _ in 1..3 {
        let status = app.take_server().ended().await;
        assert!(!status.success());
        app.start_again().await;
    }
    app.take_server().ended().await;

    app.change(|_| plain);
    app.start_again().await;
    let attempts = app.wait_for_attempts(&owner, "poison", 1).await;
    assert_eq!(attempts[0]["outcome"], "canceled");
    assert_eq!(attempts[0]["error"], "poison");
    let path = format!("/api/v1/app/{owner}/msg/poison/endpoint?expanded_statuses=true");
    let client = app.client.clone();
    wait::until(
        "the delivery to be canceled",
        async || client.get(&path).await.expect(200)["data"][0]["statusText"].clone(),
        |status| status == "canceled",
    )
    .await;
    let healthy = app.send(&owner, "a.b", json!({"n": 2})).await;
    app.wait_for_status(&owner, &healthy, 0).await;
    let ids: Vec<_> = receiver
        .requests()
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    assert_eq!(ids, [healthy], "the poison never arrived, the others do");
}

/// What is owed already when it first kills is counted like what was handed over.
#[tokio::test]
async fn a_retry_that_kills_its_sender_is_poison_too() {
    let mut scene = Scene::with_settings(&[("retry_schedule", "300ms")]).await;
    scene.receiver.script("/hook", [500, 200]);
    let message = scene.send(json!({})).await;
    scene.status(&message, 1).await;
    scene.app.stop().await;
    let plain = scene.app.program.clone();
    scene
        .app
        .change(|program| program.setting("fault_point", "while-sending:1"));
    for _ in 0..3 {
        scene.app.start_again().await;
        let status = scene.app.take_server().ended().await;
        assert!(!status.success());
    }
    scene.app.change(|_| plain);
    scene.app.start_again().await;
    let attempts = scene.attempts(&message, 2).await;
    assert_eq!(attempts[1]["error"], "poison");
    assert_eq!(scene.receiver.requests().len(), 1);
}
