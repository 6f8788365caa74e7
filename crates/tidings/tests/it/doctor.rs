//! What the doctor says of stores that are well and of stores that are not; and distribution where it cannot be.

use serde_json::Value;
use tidings_testkit::Program;
use tidings_testkit::postgres::guarded::Guarded;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::program::shown;

use crate::support::program;

/// What the doctor finds, each check with its verdict, and the exit code.
async fn examined(program: &Program) -> (Vec<(String, String)>, Option<i32>) {
    let output = program.run(&["doctor", "--output", "json"]).await;
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", shown(&output)));
    let checks = said["checks"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = checks.map(|one| (text(&one["check"]), text(&one["verdict"])));
    (checks.collect(), output.status.code())
}

fn verdict<'a>(checks: &'a [(String, String)], check: &str) -> &'a str {
    let found = checks.iter().find(|(name, _)| name == check);
    found.map_or("", |(_, verdict)| verdict)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_a_database_that_is_well_from_one_that_is_not() {
    let server = Guarded::start();
    let ca = server.file("ca.pem").display().to_string();
    let safe = server.url_with_password("either", "either's pass", "sslmode=verify-full");
    let program = program()
        .setting("store", &safe)
        .setting("store_ca_file", &ca)
        .setting("store_allow_unsafe", "");
    server.set("fsync", "on");
    let (checks, code) = examined(&program).await;
    assert_eq!(code, Some(0), "{checks:?}");
    assert_eq!(verdict(&checks, "schema"), "warn", "{checks:?}");
    assert_eq!(verdict(&checks, "partitions"), "warn", "{checks:?}");
    for check in [
        "connection",
        "version",
        "primary",
        "clock",
        "fsync",
        "connections",
        "rights",
    ] {
        assert_eq!(verdict(&checks, check), "ok", "{check}: {checks:?}");
    }
    assert_eq!(verdict(&checks, "disk"), "note");

    // A server has run: nothing is missing any more.
    program.create_key("x", "default").await;
    program.serve().await.stop().await;
    let (checks, code) = examined(&program).await;
    assert_eq!(
        (verdict(&checks, "schema"), code),
        ("ok", Some(0)),
        "{checks:?}"
    );
    assert_eq!(verdict(&checks, "partitions"), "ok", "{checks:?}");

    server.set("fsync", "off");
    server.set("synchronous_commit", "off");
    let (checks, code) = examined(&program).await;
    assert_eq!(code, Some(1));
    assert_eq!(verdict(&checks, "fsync"), "fail", "{checks:?}");
    assert_eq!(verdict(&checks, "synchronous_commit"), "fail", "{checks:?}");
    let output = program.run(&["doctor"]).await;
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(
        table.contains("fail  fsync") && table.contains("→ set it to on"),
        "{table}"
    );
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("checks failed")
    );
    let named = program
        .clone()
        .setting("store_allow_unsafe", "fsync,synchronous_commit");
    let (checks, code) = examined(&named.setting("store_connections_max", "90")).await;
    assert_eq!(
        (verdict(&checks, "fsync"), code),
        ("warn", Some(0)),
        "{checks:?}"
    );
    let many = program.clone().setting("store_connections_max", "900");
    assert_eq!(verdict(&examined(&many).await.0, "connections"), "fail");

    server.become_standby();
    let (checks, code) = examined(&program).await;
    assert_eq!(
        (verdict(&checks, "primary"), code),
        ("fail", Some(1)),
        "{checks:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_why_a_database_cannot_be_reached() {
    let program = program().setting("store", "postgres://me:hush@127.0.0.1:1/x");
    let (checks, code) = examined(&program).await;
    assert_eq!(
        (verdict(&checks, "connection"), code),
        ("fail", Some(1)),
        "{checks:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_looks_at_a_data_folder_beside_its_server() {
    let app = crate::support::app().await;
    let (checks, code) = examined(&app.program).await;
    assert_eq!(verdict(&checks, "integrity"), "ok", "{checks:?}");
    assert_eq!(verdict(&checks, "schema"), "ok", "{checks:?}");
    assert_eq!(code, Some(0), "{checks:?}");
    let careless = app.program.clone().setting("sqlite_synchronous", "normal");
    let (checks, code) = examined(&careless).await;
    assert_eq!(
        (verdict(&checks, "synchronous"), code),
        ("fail", Some(1)),
        "{checks:?}"
    );
    app.create_application("Still here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_the_extension_is_not_distributed_and_not_changed() {
    let database = Database::new(Version::V15);
    let program = program().setting("store", &database.url());
    let output = program.run(&["distribute"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("has no extension citus"), "{said}");
    let output = program.run(&["migrate", "--status"]).await;
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("schema 0;")
    );

    // What would be run needs no database.
    let nowhere = program.setting("store", "postgres://nobody@127.0.0.1:1/x");
    let output = nowhere
        .run(&["distribute", "--print", "--shards", "64"])
        .await;
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("shard_count => 64"), "{printed}");
    let output = nowhere.run(&["distribute", "--shards", "1025"]).await;
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
    let folder = crate::support::program().run(&["distribute"]).await;
    assert_eq!(folder.status.code(), Some(2), "{}", shown(&folder));
}
