//! `tidings demo`: the first thing that a newcomer runs.
//!
//! Each test runs the program to its end or stops it as a person would.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tidings_testkit::wait::within;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::tail::interrupt;

fn demo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command
        .arg("demo")
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().count() == 0
}

#[tokio::test]
async fn the_demo_shows_five_products_verifies_everything_and_cleans_up() {
    let folder = folder();
    let run = demo(folder.path(), &["--exit"]).output();
    let Output { status, stdout, .. } = within("the demo", run).await.unwrap();
    let output = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{output}");
    let count = |words: &[&str]| {
        let has_all = |line: &&str| words.iter().all(|word| line.contains(word));
        output.lines().filter(has_all).count()
    };
    assert_eq!(count(&["✓", " 200 ", "signature verified"]), 10, "{output}");
    assert_eq!(
        count(&["↻", " 503 ", "attempt 1", "tried again"]),
        1,
        "{output}"
    );
    assert_eq!(count(&["✓", "attempt 2"]), 1, "{output}");
    // Each product, with what it sends and what it does not.
    for event in [
        "user.new ",
        "user.update ",
        "user.test ",
        "user.delete ",
        "company.new ",
        "CHAT_CONVERSATION_CREATED ",
        "exam.finished ",
        "course.finished ",
        "assessment.finished ",
    ] {
        let arrived = count(&["✓", event, "arrived, signature verified"]);
        assert_eq!(arrived, 1, "{event}: {output}");
    }
    let document = r#"{"content":"Hello","format":"bold"}"#;
    assert_eq!(count(&["✓ Create a document", document]), 1, "{output}");
    assert_eq!(count(&["✓ Ring the bell", "without a body"]), 1, "{output}");
    assert_eq!(count(&["Small School", "is owed, and is not sent"]), 1);
    assert_eq!(count(&["need at least the plan Corporate Owl"]), 1);
    assert_eq!(
        count(&["All of it arrived", "every signature"]),
        1,
        "{output}"
    );
    assert!(is_empty(folder.path()), "the data folder is still there");
}

/// The `curl` line of the demo is sent as it stands; then the demo is stopped as with Ctrl-C.
#[tokio::test]
async fn the_demo_prints_what_is_sent_with_its_own_curl_line() {
    let folder = folder();
    let mut running = demo(folder.path(), &[])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let curl = loop {
        let line = within("the curl line", lines.next_line()).await.unwrap();
        let line = line.expect("the demo goes on");
        if line.trim_start().starts_with("curl ") {
            break line;
        }
    };
    let sent = Command::new("sh").args(["-c", &curl]).output();
    let sent = within("curl", sent).await.unwrap();
    assert!(
        String::from_utf8_lossy(&sent.stdout).contains("msg_"),
        "{sent:?}"
    );
    loop {
        let line = within("the delivery", lines.next_line()).await.unwrap();
        let line = line.expect("the demo goes on");
        if line.contains("booking.created") && line.contains("signature verified") {
            break;
        }
    }
    interrupt(&running);
    let ended = within("the demo to stop", running.wait()).await.unwrap();
    assert!(ended.success() && is_empty(folder.path()));
}

#[tokio::test]
async fn a_demo_whose_port_is_taken_says_so_and_cleans_up() {
    let folder = folder();
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.args(["demo", "--exit", "--listen", &address]);
    let run = command.current_dir(folder.path()).output();
    let output = within("the demo", run).await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        error.contains(&address) && error.contains("--listen"),
        "{error}"
    );
    assert!(is_empty(folder.path()));
}
