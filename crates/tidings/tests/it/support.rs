//! What the tests share: the program under test, started in the ways that they need.

use serde_json::{Value, json};
use tidings_testkit::postgres::Database;
use tidings_testkit::{Answer, Program, Receiver, TestApp};

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

/// A running app on this database.
pub(crate) async fn app_on(database: &Database) -> TestApp {
    app_with(&[("store", &database.url())]).await
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

/// Checks the form of every answer that is no success: JSON with a code, a detail, and the id of the
/// request, which a header has too. Gives the body.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) -> Value {
    let body = answer.expect(status);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(body["code"], code, "{body}");
    assert!(
        body["detail"].is_string() || body["detail"].is_array(),
        "{body}"
    );
    let id = answer.header("x-request-id");
    assert!(!id.is_empty(), "no request id: {body}");
    assert_eq!(body["requestId"], id);
    body
}

/// Checks a 422: which field is named, with a reason.
#[track_caller]
pub(crate) fn refused_field(answer: &Answer, field: &[&str]) {
    let body = refused(answer, 422, "validation");
    let details = body["detail"].as_array().unwrap();
    let named = details.iter().find(|detail| detail["loc"] == json!(field));
    let named = named.unwrap_or_else(|| panic!("{field:?} is not named: {body}"));
    assert!(!named["msg"].as_str().unwrap().is_empty(), "{body}");
    assert!(!named["type"].as_str().unwrap().is_empty(), "{body}");
}

/// Everything of an application that a refused request could have changed.
pub(crate) async fn everything(app: &TestApp) -> Vec<Value> {
    let mut all = Vec::new();
    let applications = app.client.get("/api/v1/app?limit=250").await.expect(200);
    let event_types = app
        .client
        .get("/api/v1/event-type?limit=250&include_archived=true");
    all.push(event_types.await.expect(200));
    for application in applications["data"].as_array().unwrap() {
        let path = format!("/api/v1/app/{}", application["id"].as_str().unwrap());
        for rest in ["/endpoint?limit=250", "/msg?limit=250"] {
            all.push(app.client.get(&format!("{path}{rest}")).await.expect(200));
        }
    }
    all.push(applications);
    all
}
