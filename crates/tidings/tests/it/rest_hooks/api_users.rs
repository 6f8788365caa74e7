//! API users: made, listed, given another password, revoked; and who may pass.

use http::Method;
use serde_json::json;
use tidings_testkit::app::text;
use tidings_testkit::client::Client;

use super::{HookScene, User, as_user, json_of};
use crate::support::{everything, refused, refused_field};

/// Whether the two may pass.
async fn passes(client: &Client, login: &str, password: &str) -> bool {
    let client = as_user(client, login, password);
    match client.get("/api/webhooks").await.status {
        200 => true,
        401 => false,
        status => panic!("{status}"),
    }
}

#[tokio::test]
async fn th_2_without_the_right_login_and_password_nothing_is_made() {
    let scene = HookScene::start().await;
    let before = everything(&scene.app).await;
    let nobody = scene.app.client.without_key();
    let (login, password) = (scene.user.login.as_str(), scene.user.password.as_str());
    let mut clients = vec![
        nobody.clone(),
        nobody.with_key("nonsense"),
        // A key opens the other interface, not this one.
        scene.app.client.clone(),
        nobody.with_header("authorization", "Basic"),
        nobody.with_header("authorization", "Basic ???"),
    ];
    for (login, password) in [
        (login, "another password"),
        (login, ""),
        ("", password),
        ("nobody", password),
        (&login.to_uppercase(), password),
        (login, &password[1..]),
        (password, login),
    ] {
        clients.push(as_user(&nobody, login, password));
    }
    for client in clients {
        for (method, path) in [
            (Method::POST, "/api/webhooks"),
            (Method::GET, "/api/webhooks"),
            (Method::GET, "/api/webhooks/1"),
            (Method::DELETE, "/api/webhooks/1"),
            (Method::GET, "/api/webhooks/actions"),
            (Method::POST, "/api/hooks"),
        ] {
            let body = scene.hook("/hook").to_string();
            let answer = client.send(method.clone(), path, body).await;
            let body = json_of(&answer, 401);
            assert_eq!(body["errors"][0]["code"], 401_001, "{method} {path}");
            let challenge = answer.header("www-authenticate");
            assert!(
                challenge.starts_with("Basic realm=\"Tidings\""),
                "{challenge}"
            );
        }
    }
    assert_eq!(everything(&scene.app).await, before);
    assert!(passes(&nobody, login, password).await);
    // And an API user's password opens nothing else.
    let other = scene.client.get("/api/v1/app").await;
    refused(&other, 401, "authentication_failed");
}

#[tokio::test]
async fn an_api_user_has_the_login_and_the_password_that_it_was_given() {
    let scene = HookScene::start().await;
    let (app, client) = (&scene.app, scene.app.client.without_key());
    let given = json!({"login": "anna@example.pl", "password": "zażółć gęślą jaźń"});
    let user = User::make(app, &scene.owner, given).await;
    assert_eq!(user.password, "zażółć gęślą jaźń");
    assert!(passes(&client, "anna@example.pl", "zażółć gęślą jaźń").await);
    let path = format!("/api/v1/app/{}/api-user", scene.owner);
    let list = app.client.get(&path).await.expect(200);
    let logins = list["data"].as_array().unwrap().iter();
    let logins: Vec<String> = logins.map(|user| text(&user["login"])).collect();
    assert_eq!(logins, [scene.user.login.as_str(), "anna@example.pl"]);
    let one = app.client.get(&format!("{path}/{}", user.id)).await;
    let one = one.expect(200);
    assert_eq!(one["login"], "anna@example.pl");
    assert!(!list.to_string().contains("password") && !one.to_string().contains("password"));
    // Kept as a hash alone.
    for entry in std::fs::read_dir(app.program.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let canary = scene.user.password.as_bytes();
            assert!(!bytes.windows(canary.len()).any(|part| part == canary));
        }
    }
}

#[tokio::test]
async fn a_login_is_taken_until_its_user_is_revoked() {
    let scene = HookScene::start().await;
    let (app, client) = (&scene.app, scene.app.client.without_key());
    let other = app.create_application("Other").await;
    let given = json!({"login": scene.user.login, "password": "another password"});
    let path = format!("/api/v1/app/{other}/api-user");
    refused(
        &app.client.post(&path, given.clone()).await,
        409,
        "login_taken",
    );
    // From another application it is not there.
    let foreign = format!("{path}/{}", scene.user.id);
    for method in [Method::GET, Method::DELETE] {
        let answer = app.client.send(method, &foreign, "").await;
        refused(&answer, 404, "not_found");
    }
    let mine = format!("/api/v1/app/{}/api-user/{}", scene.owner, scene.user.id);
    assert!(passes(&client, &scene.user.login, &scene.user.password).await);
    app.client.delete(&mine).await.expect(204);
    assert!(!passes(&client, &scene.user.login, &scene.user.password).await);
    refused(&app.client.delete(&mine).await, 404, "not_found");
    refused(&app.client.get(&mine).await, 404, "not_found");
    let second = User::make(app, &other, given).await;
    assert!(passes(&client, &scene.user.login, &second.password).await);
    assert!(!passes(&client, &scene.user.login, &scene.user.password).await);
}

#[tokio::test]
async fn another_password_ends_the_one_before() {
    let scene = HookScene::start().await;
    let (app, client) = (&scene.app, scene.app.client.without_key());
    let login = &scene.user.login;
    let path = format!(
        "/api/v1/app/{}/api-user/{}/password",
        scene.owner, scene.user.id
    );
    assert!(passes(&client, login, &scene.user.password).await);
    let made = app.client.post(&path, json!({})).await.expect(200);
    let second = text(&made["password"]);
    assert!(!passes(&client, login, &scene.user.password).await);
    assert!(passes(&client, login, &second).await);
    let third = json!({"password": "given by hand"});
    let made = app.client.post(&path, third).await.expect(200);
    assert_eq!(made["password"], "given by hand");
    assert!(!passes(&client, login, &second).await);
    assert!(passes(&client, login, "given by hand").await);
    let short = app
        .client
        .post(&path, json!({"password": "elevenchars"}))
        .await;
    refused_field(&short, &["body", "password"]);
    assert!(passes(&client, login, "given by hand").await);
}

#[tokio::test]
async fn wrong_logins_and_passwords_are_refused_by_field() {
    let scene = HookScene::start().await;
    let path = format!("/api/v1/app/{}/api-user", scene.owner);
    for (draft, field) in [
        (json!({"login": "a:b"}), "login"),
        (json!({"login": ""}), "login"),
        (json!({"login": "a".repeat(129)}), "login"),
        (json!({"login": 1}), "login"),
        (json!({"password": "elevenchars"}), "password"),
        (json!({"password": "a".repeat(1_025)}), "password"),
        (json!({"password": "twelve\tchars"}), "password"),
        (json!({"password": 123_456_789_012_u64}), "password"),
    ] {
        let answer = scene.app.client.post(&path, draft).await;
        refused_field(&answer, &["body", field]);
    }
    let list = scene.app.client.get(&path).await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_api_user_goes_with_its_application() {
    let scene = HookScene::start().await;
    let client = scene.app.client.without_key();
    assert!(passes(&client, &scene.user.login, &scene.user.password).await);
    let path = format!("/api/v1/app/{}", scene.owner);
    scene.app.client.delete(&path).await.expect(204);
    assert!(!passes(&client, &scene.user.login, &scene.user.password).await);
}

#[tokio::test]
async fn the_commands_make_list_and_revoke_api_users_of_a_running_server() {
    let scene = HookScene::start().await;
    let client = scene.app.client.without_key();
    let run = async |arguments: &[&str]| {
        let arguments = [&["api-users"], arguments, &["--app", &scene.owner]].concat();
        let output = scene.app.program.run(&arguments).await;
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        (output.status.code(), text)
    };
    let (code, made) = run(&["create", "--login", "anna"]).await;
    assert_eq!(code, Some(0));
    let (login, password) = made.trim_end().split_once(':').unwrap();
    assert_eq!(login, "anna");
    assert!(passes(&client, login, password).await);
    let (_, list) = run(&["list"]).await;
    let line = list.lines().find(|line| line.contains("anna")).unwrap();
    let number = line.split_whitespace().next().unwrap();
    assert!(!list.contains(password));
    assert_eq!(run(&["create", "--login", "anna"]).await.0, Some(1));
    assert_eq!(run(&["revoke", number]).await.0, Some(0));
    let refused = tidings_testkit::wait::until(
        "the refusal",
        async || !passes(&client, login, password).await,
        |is_refused: &bool| *is_refused,
    );
    assert!(refused.await);
    assert_eq!(run(&["revoke", number]).await.0, Some(1));
}
