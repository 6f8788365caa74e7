//! Reaching a PostgreSQL that is careful: passwords, TLS, certificates; and one clear line where it fails.

use tidings_testkit::Program;
use tidings_testkit::postgres::guarded::Guarded;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::program::shown;

use crate::support::program;

/// The program on this database.
fn on(url: &str) -> Program {
    program().setting("store", url)
}

/// Whether a key can be made there.
async fn works(program: &Program) {
    let output = program.run(&["keys", "create", "--name", "x"]).await;
    assert!(output.status.success(), "{}", shown(&output));
}

/// The one line that says why not. It is the same for every command that opens the store.
async fn refusal(program: &Program) -> String {
    let output = program.run(&["keys", "create", "--name", "x"]).await;
    assert!(!output.status.success(), "{}", shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(!said.contains("pass@") && !said.contains("hush"), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sslmode_means_what_it_means_to_psql() {
    let server = Guarded::start();
    let ca = server.file("ca.pem").display().to_string();
    let other = server.file("other-ca.pem").display().to_string();
    let password = server.file("password");
    std::fs::write(&password, "secure's pass\n").unwrap();
    let url = |host: &str, parameters: &str| server.url("secure", host, parameters);
    let with = |url: String| on(&url).setting("store_password_file", password.to_str().unwrap());

    // The role must come with TLS; what is preferred is enough for that, and nothing is not.
    for (host, parameters) in [
        ("127.0.0.1", String::new()),
        ("127.0.0.1", "sslmode=require".into()),
        (
            "127.0.0.1",
            "sslmode=require&channel_binding=require".into(),
        ),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}")),
        ("127.0.0.1", format!("sslmode=require&sslrootcert={ca}")),
        ("localhost", format!("sslmode=verify-full&sslrootcert={ca}")),
    ] {
        works(&with(url(host, &parameters))).await;
    }
    works(&with(url("localhost", "sslmode=verify-full")).setting("store_ca_file", &ca)).await;
    for (host, parameters, reason) in [
        ("127.0.0.1", "sslmode=disable".into(), "without TLS"),
        (
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={ca}"),
            "another name",
        ),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={other}"),
            "not trusted",
        ),
        (
            "localhost",
            format!("sslmode=verify-ca&sslrootcert={other}"),
            "not trusted",
        ),
        (
            "localhost",
            format!("sslmode=require&sslrootcert={other}"),
            "not trusted",
        ),
        ("localhost", "sslmode=verify-full".into(), "not trusted"),
        ("localhost", "sslmode=verify-ca".into(), "sslrootcert"),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=/none.pem".into(),
            "/none.pem",
        ),
    ] {
        let said = refusal(&with(url(host, &parameters))).await;
        assert!(said.contains(reason), "{parameters}: {said}");
    }

    // A certificate of one's own, in place of a password.
    let (client, key) = (server.file("client.pem"), server.file("client.key"));
    let own = format!(
        "sslmode=verify-full&sslrootcert={ca}&sslcert={}&sslkey={}",
        client.display(),
        key.display()
    );
    works(&on(&server.url("certified", "localhost", &own))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_preferred_gives_way_and_what_is_demanded_does_not() {
    let server = Guarded::start();
    let plain =
        |parameters: &str| on(&server.url_with_password("plain", "plain's pass", parameters));
    works(&plain("")).await;
    works(&plain("sslmode=disable")).await;
    let said = refusal(&plain("sslmode=require")).await;
    assert!(said.contains("with TLS"), "{said}");

    server.set("ssl", "off");
    let either =
        |parameters: &str| on(&server.url_with_password("either", "either's pass", parameters));
    let said = refusal(&either("sslmode=require")).await;
    assert!(said.contains("has no TLS"), "{said}");
    works(&either("")).await;
}

/// Addresses that lead nowhere, with what is said and the exit code.
fn unusable(port: u16, closed: u16, silent: u16) -> Vec<(String, &'static str, i32)> {
    vec![
        (
            "postgres://either:hush@localhost:nowhere/x".into(),
            "port",
            3,
        ),
        (
            "postgres://either:hush@localhost/x?sslmode=maybe".into(),
            "sslmode takes",
            3,
        ),
        (
            format!("postgres://either:hush@localhost:{closed}/x"),
            "nobody listens there",
            1,
        ),
        (
            format!("postgres://either:hush@no-such-host.invalid:{port}/x"),
            "cannot be resolved",
            1,
        ),
        (
            format!("postgres://either:hush@127.0.0.1:{silent}/x?connect_timeout=1"),
            "within 1 s",
            1,
        ),
        (
            format!("postgres://either:hush@localhost:{port}/of_either"),
            "password of user either",
            3,
        ),
        (
            format!("postgres://either@localhost:{port}/of_either"),
            "asks for a password",
            3,
        ),
        (
            format!("postgres://nobody:hush@localhost:{port}/of_either"),
            "user nobody",
            3,
        ),
        (
            format!("postgres://either:either%27s%20pass@localhost:{port}/none"),
            "no database none",
            3,
        ),
        ("postgres:///none".into(), "names no host", 3),
        (
            "mysql://me:hush@localhost/x".into(),
            "postgres://USER@HOST/DATABASE",
            2,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_a_database_from_being_used_is_said_in_one_line() {
    let server = Guarded::start();
    let port = server.port();
    let closed = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().port();
    for (url, reason, code) in unusable(port, closed, silent) {
        let program = on(&url);
        let said = refusal(&program).await;
        assert!(said.contains(reason), "{url}: {said}");
        let ended = program.run(&["serve", "--listen", "127.0.0.1:0"]).await;
        assert_eq!(ended.status.code(), Some(code), "{url}: {}", shown(&ended));
        assert!(
            String::from_utf8(ended.stderr).unwrap().contains(reason),
            "{url}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_needs_no_restart() {
    let server = Guarded::start();
    let password = server.file("password");
    std::fs::write(&password, "either's pass\n").unwrap();
    let program = on(&server.url("either", "localhost", "sslmode=require"))
        .setting("store_password_file", password.to_str().unwrap());
    let mut app = tidings_testkit::TestApp::run(program).await;
    let application = app.create_application("Acme").await;
    server.change_password("either", "another");
    std::fs::write(&password, "another\r\n").unwrap();
    server.restart();
    let accepted = tidings_testkit::wait::until(
        "a message to be accepted",
        async || {
            let message = serde_json::json!({"eventType": "a", "payload": {}});
            app.try_send(&application, message).await.status
        },
        |status| *status == 202,
    );
    assert_eq!(accepted.await, 202);
    app.stop().await;
    // A file that cannot be used is named.
    for (text, reason) in [
        ("", "is empty"),
        ("either's pass", "password of user either"),
    ] {
        std::fs::write(&password, text).unwrap();
        let said = refusal(&app.program).await;
        assert!(said.contains(reason), "{said}");
    }
    std::fs::remove_file(&password).unwrap();
    let said = refusal(&app.program).await;
    assert!(said.contains("cannot be read"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_are_missing_and_a_standby_are_named() {
    let server = Guarded::start();
    let password = server.file("password");
    std::fs::write(&password, "either's pass").unwrap();
    let with = |url: String| on(&url).setting("store_password_file", password.to_str().unwrap());

    // A database of somebody else, where it may make nothing; then one with somebody else's tables.
    let postgres = server
        .url("either", "localhost", "")
        .replace("of_either", "postgres");
    let said = refusal(&with(postgres)).await;
    assert!(said.contains("may not make tables"), "{said}");
    assert!(said.contains("grant it CREATE on the schema"), "{said}");
    works(&on(&server.superuser_url("of_either"))).await;
    let own = with(server.url("either", "localhost", ""));
    let said = refusal(&own).await;
    assert!(said.contains("may not use the tables"), "{said}");

    server.become_standby();
    for command in ["migrate", "serve"] {
        let output = own.run(&[command]).await;
        assert_eq!(output.status.code(), Some(3), "{}", shown(&output));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("it is a standby or read-only"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_says_what_is_left_to_do_and_does_it() {
    let database = Database::new(Version::V15);
    for program in [on(&database.url()), program()] {
        let run = async |arguments: &[&str]| {
            let output = program.run(arguments).await;
            assert!(output.status.success(), "{}", shown(&output));
            String::from_utf8(output.stdout).unwrap()
        };
        let said = run(&["migrate", "--status"]).await;
        assert!(
            said.starts_with("schema 0; this version needs 1\n"),
            "{said}"
        );
        let same = run(&["migrate", "--dry-run"]).await;
        assert!(same.starts_with(&said), "{same}");
        assert_eq!(run(&["migrate"]).await, "schema 1 (it was 0)\n");
        let said = run(&["migrate", "--dry-run"]).await;
        assert_eq!(said, "schema 1; nothing is left to do\n");
        assert_eq!(run(&["migrate"]).await, "schema 1 (it was 1)\n");
        works(&program).await;
    }
    let fresh = Database::new(Version::V15);
    let output = on(&fresh.url()).run(&["migrate", "--dry-run"]).await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("CREATE TABLE message"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_promise_what_its_database_does_not_keep() {
    let database = Database::new(Version::V15);
    let careless = on(&database.url()).setting("store_allow_unsafe", "");
    let output = careless.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", shown(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("fsync = off") && said.contains("store_allow_unsafe"),
        "{said}"
    );
    // Nothing was made there.
    let output = careless.run(&["migrate", "--status"]).await;
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("schema 0;")
    );
    let named = careless.setting("store_allow_unsafe", "fsync, full_page_writes");
    let server = named.serve().await;
    server.stop().await;
    assert!(
        named.log_text().contains("Allowed by `store_allow_unsafe`"),
        "{}",
        named.log_text()
    );
    let output = named
        .setting("store_allow_unsafe", "everything")
        .run(&["serve"])
        .await;
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
}
