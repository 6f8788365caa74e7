//! API keys: who may call, and the commands that make, list and revoke keys.

use http::Method;
use serde_json::json;
use tidings_testkit::app::{rows, text};
use tidings_testkit::program::shown;
use tidings_testkit::{Program, TestApp, wait};

use crate::support::{Scene, app, program, refused};

async fn run(program: &Program, arguments: &[&str]) -> String {
    let output = program.run(arguments).await;
    assert!(output.status.success(), "{}", shown(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// The number of the key of this name, as `keys list` shows it.
async fn number(program: &Program, name: &str) -> String {
    let list = run(program, &["keys", "list"]).await;
    let line = list.lines().find(|line| line.contains(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {list}"));
    line.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_without_a_valid_key_is_a_401() {
    let scene = Scene::start().await;
    let message = scene.send(json!({})).await;
    let key = scene.app.key().to_owned();
    let last = if key.ends_with('0') { "1" } else { "0" };
    let wrong = [
        "nonsense".to_owned(),
        String::new(),
        format!("{}{last}", &key[..key.len() - 1]),
        key.to_uppercase(),
        format!("{key}x"),
    ];
    let paths = [
        (Method::GET, "/api/v1/app".to_owned()),
        (Method::POST, "/api/v1/app".to_owned()),
        (Method::GET, scene.endpoint_path("/secret")),
        (Method::POST, scene.path("/msg")),
        (Method::GET, scene.path(&format!("/attempt/msg/{message}"))),
        (Method::GET, "/api/v1/event-type".to_owned()),
        (Method::GET, "/api/v1/feed".to_owned()),
    ];
    for (method, path) in &paths {
        let nobody = scene.app.client.without_key();
        let answer = nobody.send(method.clone(), path, "{}").await;
        refused(&answer, 401, "authentication_failed");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        for key in &wrong {
            let client = scene.app.client.with_key(key);
            let answer = client.send(method.clone(), path, "{}").await;
            refused(&answer, 401, "authentication_failed");
        }
        let basic = nobody.with_header("authorization", &format!("Basic {key}"));
        refused(
            &basic.send(method.clone(), path, "{}").await,
            401,
            "authentication_failed",
        );
    }
    assert_eq!(rows(&scene.app.client.get("/api/v1/app").await).len(), 1);
}

#[tokio::test]
async fn a_key_of_another_environment_sees_what_is_not_there() {
    let scene = Scene::start().await;
    let message = scene.send(json!({})).await;
    let attempts = scene.attempts(&message, 1).await;
    let attempt = text(&attempts[0]["id"]);
    let other = scene.app.program.create_key("other", "test").await;
    let other = scene.app.client.with_key(&other);
    let endpoint = &scene.endpoint;
    let missing = "app_0000000000000000000000000ab";
    let rests = [
        (Method::GET, String::new()),
        (Method::PATCH, String::new()),
        (Method::DELETE, String::new()),
        (Method::GET, "/endpoint".to_owned()),
        (Method::POST, "/endpoint".to_owned()),
        (Method::GET, format!("/endpoint/{endpoint}")),
        (Method::DELETE, format!("/endpoint/{endpoint}")),
        (Method::GET, format!("/endpoint/{endpoint}/secret")),
        (Method::POST, format!("/endpoint/{endpoint}/secret/rotate")),
        (Method::GET, format!("/endpoint/{endpoint}/headers")),
        (Method::GET, format!("/endpoint/{endpoint}/credentials")),
        (Method::DELETE, format!("/endpoint/{endpoint}/credentials")),
        (Method::GET, format!("/endpoint/{endpoint}/msg")),
        (Method::POST, "/msg".to_owned()),
        (Method::GET, "/msg".to_owned()),
        (Method::GET, format!("/msg/{message}")),
        (Method::GET, format!("/msg/{message}/endpoint")),
        (Method::GET, format!("/msg/{message}/attempt/{attempt}")),
        (
            Method::POST,
            format!("/msg/{message}/endpoint/{endpoint}/resend"),
        ),
        (Method::GET, format!("/attempt/msg/{message}")),
        (Method::GET, format!("/attempt/endpoint/{endpoint}")),
    ];
    let body = json!({
        "name": "x", "url": "http://127.0.0.1:9/", "eventType": "a", "payload": {}
    })
    .to_string();
    for (method, rest) in rests {
        let theirs = other
            .send(method.clone(), &scene.path(&rest), body.clone())
            .await;
        let nobodys = format!("/api/v1/app/{missing}{rest}");
        let nobodys = other.send(method.clone(), &nobodys, body.clone()).await;
        let same = |answer: &tidings_testkit::Answer| {
            let mut body = refused(answer, 404, "not_found");
            body["requestId"].take();
            body
        };
        assert_eq!(same(&theirs), same(&nobodys), "{method} {rest}");
    }
    assert!(rows(&other.get("/api/v1/app").await).is_empty());
    scene
        .app
        .client
        .get(&scene.endpoint_path(""))
        .await
        .expect(200);
    assert_eq!(
        rows(&scene.app.client.get(&scene.path("/msg")).await).len(),
        1
    );
}

#[tokio::test]
async fn the_same_uid_may_be_used_in_two_environments() {
    let app = app().await;
    let other = app.program.create_key("other", "test").await;
    let other = app.client.with_key(&other);
    let body = json!({"name": "Owl", "uid": "owl"});
    let mine = app
        .client
        .post("/api/v1/app", body.clone())
        .await
        .expect(201);
    let theirs = other.post("/api/v1/app", body).await.expect(201);
    assert_ne!(mine["id"], theirs["id"]);
    assert_eq!(
        app.client.get("/api/v1/app/owl").await.expect(200)["id"],
        mine["id"]
    );
    assert_eq!(
        other.get("/api/v1/app/owl").await.expect(200)["id"],
        theirs["id"]
    );
}

#[tokio::test]
async fn keys_are_made_beside_a_running_server_and_without_one() {
    let program = program();
    let first = program.create_key("before", "default").await;
    let app = TestApp::run(program).await;
    let second = app.program.create_key("beside", "default").await;
    assert_ne!(first, second);
    for key in [&first, &second] {
        app.client
            .with_key(key)
            .get("/api/v1/app")
            .await
            .expect(200);
    }
    let output = app
        .program
        .run(&["keys", "create", "--name", "alone"])
        .await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "the key alone: {text}");
    assert!(text.trim().len() >= 43, "256 bits");
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_a_second() {
    let app = app().await;
    let key = app.program.create_key("short-lived", "default").await;
    let client = app.client.with_key(&key);
    client.get("/api/v1/app").await.expect(200);
    let number = number(&app.program, "short-lived").await;
    run(&app.program, &["keys", "revoke", &number]).await;
    wait::until_in(
        std::time::Duration::from_secs(1),
        "the key to be refused",
        async || client.get("/api/v1/app").await.status,
        |status| *status == 401,
    )
    .await;
    app.client.get("/api/v1/app").await.expect(200);
    let list = run(&app.program, &["keys", "list"]).await;
    assert!(
        list.lines()
            .any(|line| line.contains("short-lived") && line.contains("revoked")),
        "{list}"
    );
}

#[tokio::test]
async fn when_a_key_was_last_used_is_kept() {
    let mut app = app().await;
    app.program.create_key("unused", "default").await;
    app.client.get("/api/v1/app").await.expect(200);
    app.stop().await;
    let list = run(&app.program, &["keys", "list"]).await;
    let line = |name: &str| list.lines().find(|line| line.contains(name)).unwrap();
    assert!(line("unused").contains("last used never"), "{list}");
    assert!(line(" test ").contains("last used 20"), "{list}");
}

#[tokio::test]
async fn keys_are_not_stored_and_not_listed() {
    let mut app = app().await;
    app.client.get("/api/v1/app").await.expect(200);
    app.stop().await;
    let secret = &app.key()[app.key().len() - 40..];
    for entry in std::fs::read_dir(app.program.data()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
    }
    let list = run(&app.program, &["keys", "list"]).await;
    assert!(!list.contains(secret) && !app.program.log_text().contains(secret));
}

#[tokio::test]
async fn commands_that_cannot_do_their_work_say_why_and_fail() {
    let app = app().await;
    for (arguments, code) in [
        (&["keys", "create", "--name", ""][..], 1),
        (
            &[
                "keys",
                "create",
                "--name",
                "x",
                "--environment",
                "no spaces",
            ],
            1,
        ),
        (&["keys", "list", "--environment", "nothing"], 1),
        (&["keys", "revoke", "1"], 1),
        (&["keys", "create"], 2),
        (&["nonsense"], 2),
    ] {
        let output = app.program.run(arguments).await;
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            shown(&output)
        );
        assert!(
            !output.stderr.is_empty() && output.stdout.is_empty(),
            "{}",
            shown(&output)
        );
    }
}
