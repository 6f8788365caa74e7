//! Schemathesis from `PyPI`, unmodified, against a running server: whatever it thinks up from the `OpenAPI` document, no
//! answer is a 5xx, and each has a status, a content type and a body that the document tells of.
//!
//! What is not there yet and answers 501 is left out by its name, and so are answers that go on for ever.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::{Receiver, TestApp, tools};

use crate::support::app;

/// What it thinks up is the same each time.
const SEED: &str = "20261130";
/// Requests that it makes up for each operation, beside those that it derives from limits.
const EXAMPLES: &str = "4";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// It takes less than a minute where nothing else runs.
const FOR_MAX: Duration = Duration::from_secs(230);

/// The operations that are left out, as a pattern of their ids.
fn left_out(document: &Value) -> String {
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let left_out = operations.filter(|operation| {
        let answers = &operation["responses"];
        let goes_on = !answers["200"]["content"]["text/event-stream"].is_null();
        goes_on || !answers["501"].is_null()
    });
    let ids = left_out.map(|operation| operation["operationId"].as_str().unwrap());
    let ids: Vec<String> = ids.map(|id| id.replace('.', "\\.")).collect();
    assert!(ids.len() > 40, "{ids:?}");
    format!("^({})$", ids.join("|"))
}

/// Something of each kind, so that paths lead somewhere; as parameters of all operations.
async fn something_of_each(app: &TestApp) -> String {
    let receiver = Receiver::start().await;
    let owner = app.create_application("Owl").await;
    let url = receiver.url("/hook");
    let endpoint = app.create_endpoint(&owner, json!({"url": url})).await;
    let message = app.send(&owner, "a.b", json!({"n": 1})).await;
    receiver.wait_for("/hook", 1).await;
    let attempts = app.wait_for_attempts(&owner, &message, 1).await;
    let post = async |path: &str, body: Value| {
        let made = app.client.post(&format!("/api/v1{path}"), body).await;
        assert!(made.status < 300, "{path}: {}", made.text());
        made.json()["id"].as_str().unwrap_or_default().to_owned()
    };
    post("/event-type", json!({"name": "a.b", "description": "d"})).await;
    let of_owner = |path: &str| format!("/app/{owner}/{path}");
    let sink = post(&of_owner("poller"), json!({})).await;
    let board = post(&of_owner("board"), json!({"name": "b"})).await;
    let button = json!({"boardId": board, "label": "l", "url": url, "row": 0, "column": 0});
    let button = post(&of_owner("button"), button).await;
    let fifo = json!({"type": "fifoEndpoint", "config": {"url": url}});
    let destination = post(&of_owner("destination"), fifo).await;
    let inbox = post("/inbox", json!({"name": "i"})).await;
    // It uses ids that it comes across, and must not change the key that it came with.
    let spare = post("/api-key", json!({"name": "spare"})).await;
    let attempt = attempts[0]["id"].as_str().unwrap();
    let known = [
        ("id", spare.as_str()),
        ("app", &owner),
        ("endpoint", &endpoint),
        ("msg", &message),
        ("attempt", attempt),
        ("sink", &sink),
        ("consumer", "reader"),
        ("board", &board),
        ("button", &button),
        ("destination", &destination),
        ("inbox", &inbox),
        ("name", "a.b"),
        ("type", "person"),
    ];
    let lines = known.map(|(name, value)| format!("\"path.{name}\" = \"{value}\"\n"));
    format!("[parameters]\n{}", lines.concat())
}

async fn run(app: &TestApp, configuration: &Path, arguments: &[&str]) {
    let document = format!("{}/api/v1/openapi.json", app.url());
    let left_out = left_out(&app.client.get("/api/v1/openapi.json").await.expect(200));
    let key = format!("Authorization: Bearer {}", app.key());
    let mut command = tokio::process::Command::new(tools::python());
    command
        .args([
            "-c",
            "from schemathesis.cli import schemathesis; schemathesis()",
        ])
        .arg("--config-file")
        .arg(configuration)
        .args(["run", &document, "--header", &key, "--no-color"])
        .args([
            "--checks",
            CHECKS,
            "--phases",
            "coverage,fuzzing",
            "--seed",
            SEED,
        ])
        .args([
            "--max-examples",
            EXAMPLES,
            "--generation-deterministic",
            "--no-shrink",
        ])
        .args([
            "--request-timeout",
            "20",
            "--warnings",
            "off",
            // More would share what Python's parser counts, and it would stop at a miscount now and then.
            "--workers",
            "1",
        ])
        .args([
            "--suppress-health-check",
            "all",
            "--exclude-operation-id-regex",
            &left_out,
        ])
        .args(arguments)
        .current_dir(configuration.parent().unwrap())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true);
    let output = tokio::time::timeout(FOR_MAX, command.output()).await;
    let output = output.expect("schemathesis takes too long").unwrap();
    assert!(
        output.status.success(),
        "{}",
        tidings_testkit::program::shown(&output)
    );
    // With a key that does not work any more, every answer would be a 401.
    app.client.get("/api/v1/app").await.expect(200);
}

#[tokio::test]
async fn every_answer_is_one_that_the_document_tells_of() {
    let app = app().await;
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("schemathesis.toml");
    std::fs::write(&configuration, something_of_each(&app).await).unwrap();
    // What deletes comes last, so that the rest finds something.
    run(&app, &configuration, &["--exclude-method", "DELETE"]).await;
    run(&app, &configuration, &["--include-method", "DELETE"]).await;
}
