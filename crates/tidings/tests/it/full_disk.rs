//! A disk that fills up while the server runs: messages are refused in time, deliveries go on, and it heals
//! by itself.
//!
//! The data are on a file system of 64 MiB in memory, in a mount namespace of the server's own, so that
//! nothing else fills it and nothing of it is left behind.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;
use tidings_testkit::app::text;
use tidings_testkit::{TestApp, wait};

use crate::data_folder::can_mount;
use crate::support::{Scene, program, refused};

/// The data folder as the server sees it.
fn inside(scene: &Scene) -> PathBuf {
    let pid = scene.app.server().pid().as_raw_nonzero();
    PathBuf::from(format!(
        "/proc/{pid}/root{}",
        scene.app.program.data().display()
    ))
}

/// Starts an app whose data are on a small disk.
async fn on_a_small_disk() -> Scene {
    assert!(
        can_mount().await,
        "this test needs to be root and to be allowed `unshare -m`"
    );
    let program = program().setting("retry_schedule", "1s,1s,1s,1s,1s,1s,1s,1s,1s,1s");
    std::fs::create_dir_all(program.data()).unwrap();
    let data = program.data().to_str().unwrap().to_owned();
    // The key is made on the real disk, and moves with the data.
    let key = program.create_key("test", "default").await;
    let script = format!(
        "cp -a '{data}' '{data}.copy' && mount -t tmpfs -o size=64m tmpfs '{data}' && \
         cp -a '{data}.copy/.' '{data}' && exec \"$@\""
    );
    let program = program.wrapped_in(&["unshare", "-m", "sh", "-c", &script, "sh"]);
    Scene::of(TestApp::run_with_key(program, &key).await, json!({})).await
}

#[tokio::test]
async fn a_disk_that_fills_up_is_noticed_in_time_and_heals() {
    let scene = on_a_small_disk().await;
    let payload = json!({"filling": "x".repeat(100_000)});
    let message = json!({"eventType": "a.b", "payload": payload});
    // One delivery is owed meanwhile: it must arrive although nothing new is taken.
    scene.receiver.script("/hook", [500]);
    let owed = scene.send(json!({"n": 0})).await;
    scene.receiver.wait_for("/hook", 1).await;
    scene.receiver.script("/hook", [204]);

    let ballast = inside(&scene).join("ballast");
    std::fs::write(&ballast, vec![0; 40 << 20]).unwrap();
    let mut accepted = Vec::new();
    let end = Instant::now() + Duration::from_secs(20);
    let refusal = loop {
        let answer = scene.app.try_send(&scene.owner, message.clone()).await;
        if answer.status != 202 {
            break answer;
        }
        accepted.push(text(&answer.json()["id"]));
        assert!(Instant::now() < end, "it never gets full");
    };
    refused(&refusal, 503, "unavailable");
    assert!(refusal.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert!(accepted.len() > 5, "it refused after {}", accepted.len());
    scene
        .app
        .client
        .get(&scene.path("/msg?limit=1"))
        .await
        .expect(200);

    // What was accepted is delivered while the disk is nearly full, and so is what was owed.
    for message in accepted.iter().chain([&owed]) {
        scene.status(message, 0).await;
    }
    let again = scene.app.try_send(&scene.owner, message.clone()).await;
    refused(&again, 503, "unavailable");

    std::fs::remove_file(&ballast).unwrap();
    let (app, owner) = (&scene.app, &scene.owner);
    let healed = wait::until_in(
        Duration::from_secs(10),
        "messages to be accepted again",
        async || {
            app.try_send(owner, json!({"eventType": "a.b", "payload": {}}))
                .await
        },
        |answer| answer.status == 202,
    )
    .await;
    scene.status(&text(&healed.json()["id"]), 0).await;
    for message in accepted.iter().chain([&owed]) {
        scene
            .app
            .client
            .get(&scene.path(&format!("/msg/{message}")))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_disk_that_is_full_to_the_last_byte_loses_nothing() {
    let scene = on_a_small_disk().await;
    let mut accepted = Vec::new();
    for number in 0..10 {
        accepted.push(scene.send(json!({"n": number})).await);
    }
    // Somebody else writes until there is no room at all, faster than anybody looks.
    let ballast = inside(&scene).join("ballast");
    let path = ballast.clone();
    let filling = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::create(path).unwrap();
        let block = vec![0; 64 * 1024];
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    });
    while !filling.is_finished() {
        let message = json!({"eventType": "a.b", "payload": {"filling": "x".repeat(20_000)}});
        let answer = scene.app.try_send(&scene.owner, message).await;
        match answer.status {
            202 => accepted.push(text(&answer.json()["id"])),
            _ => drop(refused(&answer, 503, "unavailable")),
        }
    }
    filling.await.unwrap();
    let answer = scene
        .app
        .try_send(&scene.owner, json!({"eventType": "a", "payload": {}}))
        .await;
    refused(&answer, 503, "unavailable");

    std::fs::remove_file(&ballast).unwrap();
    let (app, owner) = (&scene.app, &scene.owner);
    wait::until_in(
        Duration::from_secs(10),
        "messages to be accepted again",
        async || {
            app.try_send(owner, json!({"eventType": "a.b", "payload": {}}))
                .await
                .status
        },
        |status| *status == 202,
    )
    .await;
    for message in &accepted {
        scene.status(message, 0).await;
    }
}
