//! A running app with a key to it, and the few calls that nearly every test makes.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::program::{Program, Server};
use crate::wait;

/// A server with fresh data, and a client with a key of its environment `default`.
pub struct TestApp {
    /// The program, to run further commands of.
    pub program: Program,
    /// A client with a key.
    pub client: Client,
    key: String,
    server: Option<Server>,
}

impl TestApp {
    /// Starts one in development mode, so that endpoints may be on this machine.
    pub async fn start(binary: &str, scratch: impl AsRef<Path>) -> Self {
        Self::run(Program::new(binary, scratch).argument("--dev")).await
    }

    /// Starts this program.
    pub async fn run(program: Program) -> Self {
        let key = program.create_key("test", "default").await;
        Self::run_with_key(program, &key).await
    }

    /// Starts this program on data that know this key.
    pub async fn run_with_key(program: Program, key: &str) -> Self {
        let server = program.serve().await;
        let client = Client::new(server.address()).with_key(key);
        Self {
            program,
            client,
            key: key.to_owned(),
            server: Some(server),
        }
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where the server listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.server().address())
    }

    /// The running server.
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs")
    }

    /// Takes the server out, to end it.
    pub fn take_server(&mut self) -> Server {
        self.server.take().expect("the server runs")
    }

    /// Changes what it runs, from the next start on.
    pub fn change(&mut self, change: impl FnOnce(Program) -> Program) {
        self.program = change(self.program.clone());
    }

    /// Kills the server as a crash would.
    pub async fn kill(&mut self) {
        self.take_server().kill().await;
    }

    /// Stops the server in good order.
    pub async fn stop(&mut self) {
        self.take_server().stop().await;
    }

    /// Starts the server again.
    pub async fn start_again(&mut self) {
        let server = self.program.serve().await;
        self.client = Client::new(server.address()).with_key(&self.key);
        self.server = Some(server);
    }

    /// Makes an application; gives its id.
    pub async fn create_application(&self, name: &str) -> String {
        let made = self.client.post("/api/v1/app", json!({"name": name})).await;
        text(&made.expect(201)["id"])
    }

    /// Makes an endpoint; gives its id.
    pub async fn create_endpoint(&self, app: &str, endpoint: Value) -> String {
        let path = format!("/api/v1/app/{app}/endpoint");
        let made = self.client.post(&path, endpoint).await;
        text(&made.expect(201)["id"])
    }

    /// The secret of an endpoint.
    pub async fn secret(&self, app: &str, endpoint: &str) -> String {
        let path = format!("/api/v1/app/{app}/endpoint/{endpoint}/secret");
        text(&self.client.get(&path).await.expect(200)["key"])
    }

    /// Sends a message; gives its id.
    pub async fn send(&self, app: &str, event_type: &str, payload: Value) -> String {
        let answer = self.try_send(app, json!({"eventType": event_type, "payload": payload}));
        text(&answer.await.expect(202)["id"])
    }

    /// Sends a message, whatever comes of it.
    pub async fn try_send(&self, app: &str, message: Value) -> Answer {
        self.client
            .post(&format!("/api/v1/app/{app}/msg"), message)
            .await
    }

    /// The attempts of a message, oldest first.
    pub async fn attempts(&self, app: &str, message: &str) -> Vec<Value> {
        let path = format!("/api/v1/app/{app}/attempt/msg/{message}?limit=250");
        let mut attempts = rows(&self.client.get(&path).await);
        attempts.reverse();
        attempts
    }

    /// The attempts of a message, once there are so many.
    #[track_caller]
    pub fn wait_for_attempts(
        &self,
        app: &str,
        message: &str,
        count: usize,
    ) -> impl Future<Output = Vec<Value>> {
        wait::until(
            "attempts",
            async || self.attempts(app, message).await,
            move |attempts: &Vec<Value>| attempts.len() >= count,
        )
    }

    /// The deliveries of a message: each endpoint with its status.
    pub async fn deliveries(&self, app: &str, message: &str) -> Vec<Value> {
        let path = format!("/api/v1/app/{app}/msg/{message}/endpoint?limit=250");
        rows(&self.client.get(&path).await)
    }

    /// The first delivery of a message, once its status is this: 0 success, 1 pending, 2 fail, 3 sending.
    #[track_caller]
    pub fn wait_for_status(
        &self,
        app: &str,
        message: &str,
        status: u64,
    ) -> impl Future<Output = Value> {
        wait::until(
            "a status",
            async move || {
                self.deliveries(app, message)
                    .await
                    .first()
                    .cloned()
                    .unwrap_or_default()
            },
            move |delivery: &Value| delivery["status"] == status,
        )
    }

    /// Lets as much time pass as an unwanted request would need to come.
    pub async fn settle(&self) {
        wait::pass(Duration::from_millis(300)).await;
    }
}

/// The rows of a list.
#[track_caller]
pub fn rows(answer: &Answer) -> Vec<Value> {
    answer.expect(200)["data"].as_array().unwrap().clone()
}

/// A JSON string.
#[track_caller]
pub fn text(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => panic!("{value} is not a string"),
    }
}
