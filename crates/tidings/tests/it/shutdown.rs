//! Stopping in good order, under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;
use tidings_testkit::Reply;
use tidings_testkit::app::text;

use crate::support::Scene;

#[tokio::test]
async fn sigterm_under_load_loses_nothing_and_repeats_nothing() {
    let mut scene = Scene::start().await;
    // Slow enough that there is always something under way.
    scene
        .receiver
        .rule(|_| Reply::After(Duration::from_millis(20), Box::new(204.into())));
    let is_over = Arc::new(AtomicBool::new(false));
    let clients = (0..6).map(|_| {
        let (client, path) = (scene.app.client.clone(), scene.path("/msg"));
        let is_over = is_over.clone();
        tokio::spawn(async move {
            let mut accepted = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let body = json!({"eventType": "a", "payload": {}}).to_string();
                match client.try_send(Method::POST, &path, body).await {
                    Ok(answer) if answer.status == 202 => accepted.push(text(&answer.json()["id"])),
                    Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text()),
                    Err(_) => return accepted,
                }
            }
            accepted
        })
    });
    let clients: Vec<_> = clients.collect();
    scene.receiver.wait_for("/hook", 100).await;
    let before = Instant::now();
    scene.app.stop().await;
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
    is_over.store(true, Ordering::Relaxed);
    let mut accepted = Vec::new();
    for client in clients {
        accepted.extend(client.await.unwrap());
    }
    assert!(accepted.len() >= 100);

    scene.app.start_again().await;
    let requests = scene.receiver.wait_for("/hook", accepted.len()).await;
    for message in &accepted {
        scene.status(message, 0).await;
    }
    assert!(
        requests
            .iter()
            .all(|request| accepted.iter().any(|id| id == request.id()))
    );
    assert_eq!(scene.receiver.requests().len(), accepted.len(), "each once");
}

#[tokio::test]
async fn a_request_that_hangs_is_owed_when_its_time_is_up() {
    let mut scene = Scene::with_settings(&[("drain_timeout", "300ms")]).await;
    scene.receiver.script("/hook", [Reply::Hang, 204.into()]);
    let message = scene.send(json!({})).await;
    scene.receiver.wait_for("/hook", 1).await;
    let before = Instant::now();
    scene.app.stop().await;
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
    scene.app.start_again().await;
    scene.receiver.wait_for("/hook", 2).await;
    scene.status(&message, 0).await;
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once_and_loses_nothing() {
    let mut scene = Scene::start().await;
    scene.receiver.script("/hook", [Reply::Hang, 204.into()]);
    let message = scene.send(json!({})).await;
    scene.receiver.wait_for("/hook", 1).await;
    let server = scene.app.take_server();
    server.terminate();
    let program = scene.app.program.clone();
    tidings_testkit::wait::until(
        "the first signal to be heard",
        async || program.log_text(),
        |log: &String| log.contains("Stopping"),
    )
    .await;
    server.terminate();
    let ended = server.ended_in(Duration::from_secs(2)).await;
    assert!(ended.is_ok(), "it waits for the request");
    scene.app.start_again().await;
    scene.status(&message, 0).await;
}

#[tokio::test]
async fn a_new_server_starts_where_the_last_one_stopped() {
    let mut scene = Scene::start().await;
    let first = scene.send(json!({"n": 1})).await;
    scene.status(&first, 0).await;
    scene.app.stop().await;
    scene.app.start_again().await;
    let second = scene.send(json!({"n": 2})).await;
    assert!(second > first, "ids go on in order: {first} {second}");
    scene.status(&second, 0).await;
    assert_eq!(scene.receiver.requests().len(), 2);
    let secret = scene.secret().await;
    scene.receiver.requests()[1].verify(&secret);
}
