//! What documents tell people to type works as it is written.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tidings_testkit::postgres::{Database, Version};
use tokio::process::Command;

/// The first block for a shell below a heading.
fn block(document: &str, heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let text = std::fs::read_to_string(path.join(document)).unwrap();
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

/// A port that nobody listens on at the moment.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

#[tokio::test]
async fn two_nodes_on_one_machine_work_as_the_guide_to_scaling_says() {
    let database = Database::new(Version::V15);
    let script = block("scaling.md", "Two nodes");
    let address = "postgres://tidings@localhost/tidings";
    assert!(script.contains(address));
    let mut script = script.replace(address, &database.url());
    for port in ["8071", "8072", "9000"] {
        assert!(script.contains(port));
        script = script.replace(port, &free_port());
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_tidings")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let mut shell = Command::new("bash");
    shell
        .args(["-eu", "-o", "pipefail", "-c", &script])
        .env_clear()
        .env("PATH", path)
        .env("TIDINGS_STORE_ALLOW_UNSAFE", "fsync")
        .current_dir(&folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let limit = Duration::from_mins(2);
    let output = tokio::time::timeout(limit, shell.output()).await;
    let output = output.expect("it comes to an end").unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    for who in ["the first node", "the second node", "the one that is left"] {
        let line = format!("received {{\"by\":\"{who}\"}}");
        assert_eq!(said.matches(&line).count(), 1, "{said}\n{complaints}");
    }
    assert!(
        said.contains("Took over from a node that is gone"),
        "{said}"
    );
}
