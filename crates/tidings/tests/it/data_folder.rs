//! Data folders and settings that cannot be used: a clear message, an exit code, and nothing is touched.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use serde_json::json;
use tidings_testkit::program::shown;
use tidings_testkit::{Program, tools};
use tokio::process::Command;

use crate::support::{app, program};

/// Every file of a folder with its bytes, as far as it is data: the lock holds a process number, shared
/// memory is made anew by whoever looks, and an empty log holds nothing.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let is_fleeting = name == "tidings.lock" || name.ends_with("-shm") || bytes.is_empty();
        if !is_fleeting {
            files.insert(name, bytes);
        }
    }
    files
}

/// Runs `serve`, which must fail with this code, and gives what it said.
async fn refuses(program: &Program, arguments: &[&str], code: i32) -> String {
    let mut command = vec!["serve", "--listen", "127.0.0.1:0"];
    command.extend(arguments);
    let output = program.run(&command).await;
    assert_eq!(output.status.code(), Some(code), "{}", shown(&output));
    assert!(output.stdout.is_empty(), "{}", shown(&output));
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_folder_in_use_is_refused_and_its_user_goes_on() {
    let app = app().await;
    let said = refuses(&app.program, &[], 3).await;
    assert!(said.contains("in use") && said.contains("--data"), "{said}");
    let holder = app.server().pid().as_raw_nonzero().to_string();
    assert!(said.contains(&holder), "it names the process: {said}");
    app.create_application("Still here").await;
}

#[tokio::test]
async fn data_of_a_newer_version_are_refused_and_left_alone() {
    let mut app = app().await;
    app.create_application("Precious").await;
    app.stop().await;
    let file = app.program.data().join("tidings.db");
    let script =
        "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version = 9999')";
    let mut command = Command::new(tools::python());
    let status = command.args(["-c", script]).arg(&file).status().await;
    assert!(status.unwrap().success());
    let before = files(app.program.data());
    let said = refuses(&app.program, &[], 3).await;
    assert!(
        said.contains("newer version") && said.contains("9999"),
        "{said}"
    );
    let output = app.program.run(&["keys", "create", "--name", "x"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", shown(&output));
    assert!(files(app.program.data()) == before, "something was changed");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let program = program();
    std::fs::create_dir_all(program.data()).unwrap();
    program.create_key("first", "default").await;
    let file = program.data().join("tidings.db");
    for name in ["tidings.db-wal", "tidings.db-shm"] {
        let _ = std::fs::remove_file(program.data().join(name)); // gone already after a clean end
    }
    let garbage = "this is no database, it is a letter. ".repeat(1_000);
    std::fs::write(&file, &garbage).unwrap();
    let said = refuses(&program, &[], 3).await;
    assert!(
        said.contains("tidings.db") || said.contains("data"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), garbage);
}

#[tokio::test]
async fn data_without_their_master_key_are_refused() {
    let mut app = app().await;
    app.create_application("Precious").await;
    app.stop().await;
    let key = app.program.data().join("master.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let said = refuses(&app.program, &[], 3).await;
    assert!(said.contains("master.key"), "{said}");
    assert!(!key.exists(), "no new key is made over data");
    std::fs::write(&key, kept).unwrap();
    app.start_again().await;
    app.client.get("/api/v1/app").await.expect(200);
}

#[tokio::test]
async fn a_folder_that_is_a_file_is_refused() {
    let program = program();
    std::fs::write(program.data(), "in the way").unwrap();
    let said = refuses(&program, &[], 3).await;
    assert!(said.contains(program.data().to_str().unwrap()), "{said}");
    assert_eq!(
        std::fs::read_to_string(program.data()).unwrap(),
        "in the way"
    );
}

/// Root may write anywhere, so the folder is on a file system that is mounted for reading, in a mount
/// namespace of its own.
#[tokio::test]
async fn a_folder_that_is_read_only_is_refused() {
    let mut app = app().await;
    app.create_application("Precious").await;
    app.stop().await;
    let before = files(app.program.data());
    let data = app.program.data().to_str().unwrap().to_owned();
    let script = format!(
        "mount --bind '{data}' '{data}' && mount -o remount,bind,ro '{data}' && exec \"$@\""
    );
    let program = app
        .program
        .clone()
        .wrapped_in(&["unshare", "-m", "sh", "-c", &script, "sh"]);
    assert!(
        can_mount().await,
        "this test needs to be root and to be allowed `unshare -m`"
    );
    let said = refuses(&program, &[], 3).await;
    assert!(said.contains(&data), "it names the folder: {said}");
    assert!(
        said.to_lowercase().contains("read-only"),
        "it says why: {said}"
    );
    assert!(files(app.program.data()) == before, "something was changed");
    app.start_again().await;
    app.client.get("/api/v1/app").await.expect(200);
}

/// Whether mount namespaces work here.
pub(crate) async fn can_mount() -> bool {
    let mut command = Command::new("unshare");
    command
        .args(["-m", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

#[tokio::test]
async fn unknown_and_wrong_settings_end_with_code_2_and_their_name() {
    let program = program();
    let unknown = program.clone().setting("retry_shedule", "5s");
    let said = refuses(&unknown, &[], 2).await;
    assert!(
        said.contains("retry_shedule") && said.contains("retry_schedule"),
        "{said}"
    );
    let wrong = program.clone().setting("attempt_timeout", "soon");
    let said = refuses(&wrong, &[], 2).await;
    assert!(
        said.contains("attempt_timeout") && said.contains("soon"),
        "{said}"
    );
    let file = program.folder().join("tidings.toml");
    std::fs::write(&file, "window = 5\ncolour = \"brown\"\n").unwrap();
    let said = refuses(&program, &["--config", file.to_str().unwrap()], 2).await;
    assert!(
        said.contains("colour") && said.contains("tidings.toml"),
        "{said}"
    );
    let said = refuses(&program, &["--config", "/nowhere/tidings.toml"], 2).await;
    assert!(said.contains("/nowhere/tidings.toml"), "{said}");
    assert!(!program.data().exists(), "nothing was made");
}

#[tokio::test]
async fn an_address_in_use_is_refused() {
    let app = app().await;
    let address = app.server().address().to_string();
    let other = program();
    let data = other.data().to_str().unwrap().to_owned();
    let output = other
        .run(&["serve", "--listen", &address, "--data", &data])
        .await;
    assert_eq!(
        output.status.code(),
        Some(2),
        "--data twice is wrong usage: {}",
        shown(&output)
    );
    let output = other.run(&["serve", "--listen", &address]).await;
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
}

#[tokio::test]
async fn the_master_key_is_made_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = app().await;
    let owner = app.create_application("Owl").await;
    app.create_endpoint(&owner, json!({"url": "http://127.0.0.1:9/"}))
        .await;
    let key = app.program.data().join("master.key");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
