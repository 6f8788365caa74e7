//! Access tokens from an authorization server that is not ours, for a receiver that has it judge them.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;

use serde_json::{Value, json};
use tidings_testkit::{Client, tools, wait};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{Scene, app_with};

const CLIENT: &str = "hooks & co";
const SECRET: &str = "s3cret: with+everything/that is=odd%";
const SCOPES: &str = "hooks:write more";

/// The server in Python; it ends with this.
struct AuthorizationServer {
    _process: Child,
    address: SocketAddr,
}

impl AuthorizationServer {
    async fn start() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/oauth");
        let script = std::path::Path::new(folder).join("authorization_server.py");
        let mut process = Command::new(tools::python())
            .arg(script)
            .args([CLIENT, SECRET, SCOPES])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let output = process.stdout.take().unwrap();
        let mut lines = BufReader::new(output).lines();
        let port = wait::within("the port of the server", lines.next_line()).await;
        let port = port.unwrap().expect("a port");
        let port = port.parse().unwrap();
        Self {
            _process: process,
            address: (Ipv4Addr::LOCALHOST, port).into(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn seen(&self) -> Value {
        Client::new(self.address).get("/seen").await.expect(200)
    }
}

async fn scene(server: &AuthorizationServer, auth_method: &str) -> Scene {
    let credentials = json!({"type": "oauth2", "tokenUrl": server.url("/token"),
        "clientId": CLIENT, "clientSecret": SECRET, "scope": SCOPES, "authMethod": auth_method});
    let app = app_with(&[("retry_schedule", "none")]).await;
    let scene = Scene::of(app, json!({"credentials": credentials})).await;
    let url = json!({"url": server.url("/hook")});
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, url).await.expect(200);
    scene
}

async fn tokens_are_fetched_kept_and_renewed(auth_method: &str) {
    let server = AuthorizationServer::start().await;
    let scene = scene(&server, auth_method).await;
    for number in 0..3 {
        let message = scene.send(json!({"n": number})).await;
        scene.status(&message, 0).await;
    }
    let seen = server.seen().await;
    let taken = json!([{"n": 0}, {"n": 1}, {"n": 2}]);
    assert_eq!((&seen["taken"], &seen["tokens"]), (&taken, &json!(1)));
    assert_eq!(
        (&seen["refused"], &seen["turned_away"]),
        (&json!(0), &json!(0))
    );

    // What the server has taken back is replaced within the attempt.
    let client = Client::new(server.address);
    client.post("/forget", json!({})).await.expect(204);
    let message = scene.send(json!({"n": 3})).await;
    scene.status(&message, 0).await;
    let attempts = scene.attempts(&message, 1).await;
    assert_eq!(attempts.len(), 1);
    let seen = server.seen().await;
    assert_eq!(
        (&seen["tokens"], &seen["turned_away"]),
        (&json!(2), &json!(1))
    );

    // What it does not know, or does not let the client have, is told in its own words.
    for (field, value, said) in [
        ("scope", "hooks:write everything", "invalid_scope"),
        ("clientSecret", "another", "invalid_client"),
    ] {
        let path = scene.endpoint_path("/credentials");
        let change = json!({field: value});
        scene.app.client.patch(&path, change).await.expect(204);
        let message = scene.send(json!({})).await;
        scene.status(&message, 2).await;
        let attempts = scene.attempts(&message, 1).await;
        assert_eq!(attempts[0]["error"], "token");
        let detail = attempts[0]["errorDetail"].as_str().unwrap();
        assert!(detail.ends_with(said), "{detail}");
    }
    let seen = server.seen().await;
    assert_eq!(seen["taken"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn tokens_of_another_makers_server_are_fetched_with_basic() {
    tokens_are_fetched_kept_and_renewed("basic").await;
}

#[tokio::test]
async fn tokens_of_another_makers_server_are_fetched_with_the_body() {
    tokens_are_fetched_kept_and_renewed("body").await;
}
