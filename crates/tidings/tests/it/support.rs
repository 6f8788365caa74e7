//! What the tests share: the program under test, started in the ways that they need.

use serde_json::{Value, json};
use tidings_testkit::{Program, Receiver, TestApp};

/// The program under test in development mode, with fresh data on the disk of the build folder.
pub(crate) fn program() -> Program {
    production().argument("--dev")
}

/// The program under test as customers run it: no endpoints on this machine.
pub(crate) fn production() -> Program {
    Program::new(env!("CARGO_BIN_EXE_tidings"), env!("CARGO_TARGET_TMPDIR"))
}

/// A running app.
pub(crate) async fn app() -> TestApp {
    TestApp::run(program()).await
}

/// A running app with these settings.
pub(crate) async fn app_with(settings: &[(&str, &str)]) -> TestApp {
    let program = settings.iter().fold(program(), |program, (name, value)| {
        program.setting(name, value)
    });
    TestApp::run(program).await
}

/// An app, an application in it, and one endpoint of that at `/hook` of a receiver.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) receiver: Receiver,
    /// The application's id.
    pub(crate) owner: String,
    /// The endpoint's id.
    pub(crate) endpoint: String,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::with_settings(&[]).await
    }

    pub(crate) async fn with_settings(settings: &[(&str, &str)]) -> Self {
        Self::of(app_with(settings).await, json!({})).await
    }

    /// With an endpoint that has these fields beside its URL.
    pub(crate) async fn with_endpoint(endpoint: Value) -> Self {
        Self::of(app().await, endpoint).await
    }

    pub(crate) async fn of(app: TestApp, mut endpoint: Value) -> Self {
        let receiver = Receiver::start().await;
        let owner = app.create_application("Cool Account").await;
        endpoint["url"] = receiver.url("/hook").into();
        let endpoint = app.create_endpoint(&owner, endpoint).await;
        Self {
            app,
            receiver,
            owner,
            endpoint,
        }
    }

    /// The path of something of the application.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/app/{}{rest}", self.owner)
    }

    /// The path of something of the endpoint.
    pub(crate) fn endpoint_path(&self, rest: &str) -> String {
        self.path(&format!("/endpoint/{}{rest}", self.endpoint))
    }

    /// Sends a message; gives its id.
    pub(crate) async fn send(&self, payload: Value) -> String {
        self.app.send(&self.owner, "user.created", payload).await
    }

    pub(crate) async fn secret(&self) -> String {
        self.app.secret(&self.owner, &self.endpoint).await
    }

    pub(crate) async fn attempts(&self, message: &str, count: usize) -> Vec<Value> {
        self.app
            .wait_for_attempts(&self.owner, message, count)
            .await
    }

    pub(crate) async fn status(&self, message: &str, status: u64) -> Value {
        self.app.wait_for_status(&self.owner, message, status).await
    }
}
