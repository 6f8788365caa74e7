//! `tidings send` and `tidings tail`: a running server from the command line.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed unwrap is a failed test"
)]

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tidings_testkit::wait::within;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{Child, Command};

use crate::support::{Scene, app};

/// The command, told where the app is.
fn command(app: &tidings_testkit::TestApp, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command
        .args(arguments)
        .env("TIDINGS_URL", app.url())
        .env("TIDINGS_TOKEN", app.key())
        .env("HOME", app.program.folder())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn line_with<R: AsyncRead + Unpin>(lines: &mut Lines<BufReader<R>>, words: &str) -> String {
    loop {
        let line = within(words, lines.next_line()).await.unwrap();
        let line = line.unwrap_or_else(|| panic!("the output ends without `{words}`"));
        if line.contains(words) {
            return line;
        }
    }
}

#[tokio::test]
async fn send_prints_the_id_of_a_message_that_is_there() {
    let scene = Scene::start().await;
    let payload = r#"{ "amount" : 42.0 }"#;
    let sent = command(&scene.app, &["send", &scene.owner, "invoice.paid", payload]).output();
    let sent = within("send", sent).await.unwrap();
    assert!(sent.status.success(), "{sent:?}");
    let id = String::from_utf8(sent.stdout).unwrap();
    let path = format!("/api/v1/app/{}/msg/{}", scene.owner, id.trim_end());
    assert_eq!(scene.app.client.get(&path).await.status, 200);
    let received = scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(
        received[0].body, payload,
        "the payload arrives as it was written"
    );
}

#[tokio::test]
async fn send_says_what_is_wrong_and_ends_with_its_code() {
    let app = app().await;
    for (arguments, code, words) in [
        (&["send", "nobody", "a.b"][..], 1, "no such application"),
        (&["send", "nobody", "a b"], 1, "body.eventType"),
        (&["send", "nobody", "a.b", "{"], 2, "not valid JSON"),
        (
            &["send", "nobody", "a.b", "@missing.json"],
            2,
            "missing.json",
        ),
    ] {
        let output = within("send", command(&app, arguments).output())
            .await
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(words), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty());
    }
    for (variable, value, code, words) in [
        ("TIDINGS_TOKEN", "wrong", 1, "valid API key"),
        ("TIDINGS_TOKEN", "", 2, "TIDINGS_TOKEN"),
        (
            "TIDINGS_URL",
            "http://127.0.0.1:1",
            1,
            "no answer from http://127.0.0.1:1",
        ),
        ("TIDINGS_URL", "127.0.0.1", 2, "127.0.0.1"),
    ] {
        let mut command = command(&app, &["send", "nobody", "a.b"]);
        let output = within("send", command.env(variable, value).output()).await;
        let output = output.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{variable}={value}: {error}"
        );
        assert!(error.contains(words), "{variable}={value}: {error}");
    }
}

fn tail(scene: &Scene, arguments: &[&str]) -> Child {
    let arguments = [&["tail"], arguments].concat();
    let mut command = command(&scene.app, &arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[tokio::test]
async fn tail_shows_attempts_of_its_application_without_colours_in_a_pipe() {
    let scene = Scene::start().await;
    let other = scene.app.create_application("Other").await;
    let mut running = tail(&scene, &["--app", &scene.owner]);
    let mut remarks = BufReader::new(running.stderr.take().unwrap()).lines();
    line_with(&mut remarks, "watching").await;
    let hook = serde_json::json!({"url": scene.receiver.url("/hook")});
    scene.app.create_endpoint(&other, hook).await;
    let events = [(&other, "not.mine"), (&scene.owner, "mine")];
    for (count, (app, event_type)) in (1..).zip(events) {
        let sent = command(&scene.app, &["send", app, event_type]).output();
        assert!(within("send", sent).await.unwrap().status.success());
        scene.receiver.wait_for("/hook", count).await;
    }
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let line = within("a line", lines.next_line()).await.unwrap().unwrap();
    for word in ["✓", "mine", &scene.endpoint, "attempt 1", "204"] {
        assert!(line.contains(word), "{word}: {line}");
    }
    assert!(
        !line.contains('\u{1b}') && !line.contains("not.mine"),
        "{line}"
    );
    interrupt(&running);
    assert!(
        within("tail to stop", running.wait())
            .await
            .unwrap()
            .success()
    );
}

#[tokio::test]
async fn tail_does_not_keep_a_server_from_stopping_and_says_that_it_has_gone() {
    let mut scene = Scene::start().await;
    let mut running = tail(&scene, &[]);
    let mut remarks = BufReader::new(running.stderr.take().unwrap()).lines();
    line_with(&mut remarks, "watching").await;
    scene.app.stop().await;
    line_with(&mut remarks, "the server has ended the feed").await;
}

/// Ctrl-C.
pub(crate) fn interrupt(running: &Child) {
    let process = i32::try_from(running.id().unwrap()).unwrap();
    let process = Pid::from_raw(process).unwrap();
    kill_process(process, Signal::INT).unwrap();
}
