//! `tidings import svix`: from another Tidings, and from servers that answer oddly.

mod from_fakes;

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Program, Receiver, TestApp, wait};

use crate::support::{app, program};

/// Where everything is brought to; no server runs there yet.
fn target() -> Program {
    program().setting("dev", "true")
}

/// Imports and gives the report.
async fn import(target: &Program, url: &str, token: &str, more: &[&str]) -> Value {
    let arguments = [
        &["import", "svix", "--json", "--url", url, "--token", token],
        more,
    ];
    let output = target.run(&arguments.concat()).await;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

async fn import_app(target: &Program, source: &TestApp, more: &[&str]) -> Value {
    import(target, &source.url(), source.key(), more).await
}

/// Brought, changed, unchanged and refused.
fn counts(report: &Value, kind: &str) -> [u64; 4] {
    ["brought", "changed", "unchanged", "refused"].map(|fate| {
        report[kind][fate]
            .as_u64()
            .unwrap_or_else(|| panic!("{report}"))
    })
}

fn left(report: &Value) -> Vec<String> {
    let left = report["notBrought"].as_array().unwrap().iter();
    left.map(|left| format!("{}: {}", text(&left["what"]), text(&left["why"])))
        .collect()
}

/// What a source has: one of everything, with and without uids. Gives the receiver of its endpoints.
async fn fill(source: &TestApp) -> Receiver {
    let receiver = Receiver::start().await;
    let client = &source.client;
    for event_type in [
        json!({"name": "invoice.paid", "description": "Paid", "groupName": "money",
            "featureFlags": ["beta", "alpha"], "schemas": {"1": {"type": "object"}},
            "sample": {"id": 7}, "sampleRefresh": {"/id": "digits"}}),
        json!({"name": "old/type", "description": "Old", "archived": true, "deprecated": true}),
    ] {
        client
            .post("/api/v1/event-type", event_type)
            .await
            .expect(201);
    }
    let named =
        json!({"name": "Named", "uid": "named", "throttleRate": 50, "metadata": {"k": "v"}});
    client.post("/api/v1/app", named).await.expect(201);
    let nameless = source.create_application("Nameless").await;
    let endpoint = json!({"url": receiver.url("/hook"), "uid": "main", "description": "main one",
        "eventTypes": ["invoice.paid"], "channels": ["north"], "metadata": {"a": "b"},
        "headers": {"X-One": "1", "Authorization": "Basic x"}});
    source.create_endpoint("named", endpoint).await;
    let endpoint = json!({"url": receiver.url("/other"), "disabled": true});
    source.create_endpoint(&nameless, endpoint).await;
    let integration = json!({"name": "Sheets", "featureFlags": ["beta"]});
    client
        .post("/api/v1/app/named/integration", integration)
        .await
        .expect(201);
    let told =
        json!({"url": receiver.url("/told"), "uid": "ops", "eventTypes": ["endpoint.disabled"]});
    let made = client
        .post("/api/v1/operational-webhook/endpoint", told)
        .await;
    made.expect(201);
    receiver
}

/// What people see of an object: everything but what each server says for itself.
fn bare(mut object: Value) -> Value {
    let fields = object.as_object_mut().unwrap();
    for name in ["id", "createdAt", "updatedAt", "version"] {
        fields.remove(name);
    }
    object
}

async fn everything_comes_over_once(target: Program) {
    let source = app().await;
    let receiver = fill(&source).await;
    let report = import_app(&target, &source, &[]).await;
    assert_eq!(counts(&report, "eventTypes"), [2, 0, 0, 0], "{report}");
    assert_eq!(counts(&report, "applications"), [2, 0, 0, 0], "{report}");
    assert_eq!(counts(&report, "endpoints"), [2, 0, 0, 0], "{report}");
    assert_eq!(counts(&report, "integrations"), [1, 0, 0, 0], "{report}");
    assert_eq!(counts(&report, "operationalEndpoints"), [1, 0, 0, 0]);
    assert_eq!(report["complete"], true);
    let left = left(&report);
    assert_eq!(left.len(), 2, "{left:?}");
    let said = "the header Authorization of endpoint main of application named: its value is not";
    assert!(left[0].starts_with(said), "{left:?}");
    let said = "the key of integration Sheets of application named: it cannot be read";
    assert!(left[1].starts_with(said), "{left:?}");
    assert_eq!(report["unknownFields"], json!({}));
    // Those without a uid have new ids.
    assert_eq!(report["ids"].as_object().unwrap().len(), 3);

    let here = TestApp::run(target.clone()).await;
    everything_is_as_there(&source, &here, &receiver).await;

    // Beside the running server, nothing is changed that is equal, and what has changed is.
    let report = import_app(&target, &source, &[]).await;
    assert_eq!(counts(&report, "eventTypes"), [0, 0, 2, 0], "{report}");
    assert_eq!(counts(&report, "applications"), [0, 0, 2, 0], "{report}");
    assert_eq!(counts(&report, "endpoints"), [0, 0, 2, 0], "{report}");
    assert_eq!(counts(&report, "integrations"), [0, 0, 1, 0], "{report}");
    assert_eq!(counts(&report, "operationalEndpoints"), [0, 0, 1, 0]);
    let list = "/api/v1/app/named/integration";
    let integrations = rows(&here.client.get(list).await);
    assert_eq!(integrations.len(), 1);
    assert_eq!(integrations[0]["name"], "Sheets");
    assert_eq!(integrations[0]["featureFlags"], json!(["beta"]));
    // What is changed there is changed here, and the same object stays.
    let there = text(&rows(&source.client.get(list).await)[0]["id"]);
    let renamed = json!({"name": "Tables", "featureFlags": ["beta"]});
    source
        .client
        .put(&format!("{list}/{there}"), renamed)
        .await
        .expect(200);
    let report = import_app(&target, &source, &[]).await;
    assert_eq!(counts(&report, "integrations"), [0, 1, 0, 0], "{report}");
    let changed = rows(&here.client.get(list).await);
    assert_eq!(
        (&changed[0]["id"], &changed[0]["name"], changed.len()),
        (&integrations[0]["id"], &json!("Tables"), 1)
    );
    assert_eq!(rows(&here.client.get("/api/v1/app").await).len(), 2);
    let change = json!({"description": "changed"});
    let path = "/api/v1/app/named/endpoint/main";
    source.client.patch(path, change).await.expect(200);
    let rotation = json!({"gracePeriodSeconds": 0});
    let rotate = format!("{path}/secret/rotate");
    source.client.post(&rotate, rotation).await.expect(200);
    let dry = import_app(&target, &source, &["--dry-run"]).await;
    assert_eq!(counts(&dry, "endpoints"), [0, 1, 1, 0], "{dry}");
    let unchanged = here.client.get(path).await.expect(200);
    assert_eq!(unchanged["description"], "main one");
    let report = import_app(&target, &source, &[]).await;
    assert_eq!(counts(&report, "endpoints"), [0, 1, 1, 0], "{report}");
    // The running server hears of it within a second.
    let read = || async {
        let changed = here.client.get(path).await.expect(200);
        let secret = here.secret("named", "main").await;
        (changed["description"].clone(), secret)
    };
    let secret = source.secret("named", "main").await;
    let expected = (json!("changed"), secret);
    wait::until("the change to be known", read, |found| *found == expected).await;
}

async fn everything_is_as_there(source: &TestApp, here: &TestApp, receiver: &Receiver) {
    for path in [
        "/event-type/invoice.paid",
        "/event-type/old/type",
        "/app/named",
        "/app/named/endpoint/main",
        "/operational-webhook/endpoint/ops",
    ] {
        let path = format!("/api/v1{path}");
        let there = source.client.get(&path).await.expect(200);
        let brought = here.client.get(&path).await.expect(200);
        assert_eq!(bare(brought), bare(there), "{path}");
    }
    for path in [
        "/app/named/endpoint/main/secret",
        "/operational-webhook/endpoint/ops/secret",
    ] {
        let path = format!("/api/v1{path}");
        let there = source.client.get(&path).await.expect(200);
        assert_eq!(here.client.get(&path).await.expect(200), there);
    }
    let headers = here
        .client
        .get("/api/v1/app/named/endpoint/main/headers")
        .await;
    let expected = json!({"headers": {"X-One": "1"}, "sensitive": []});
    assert_eq!(headers.expect(200), expected);
    // Whoever verifies with the secret of the source goes on to do so.
    let secret = source.secret("named", "main").await;
    let message = json!({"eventType": "invoice.paid", "payload": {}, "channels": ["north"]});
    here.try_send("named", message).await.expect(202);
    receiver.wait_for("/hook", 1).await[0].verify(&secret);
}

#[tokio::test]
async fn everything_comes_over_with_its_secrets_and_nothing_comes_twice() {
    everything_comes_over_once(target()).await;
}

#[tokio::test]
async fn on_postgres_everything_comes_over_with_its_secrets_and_nothing_comes_twice() {
    let database = Database::new(Version::V15);
    everything_comes_over_once(target().setting("store", &database.url())).await;
}

#[tokio::test]
async fn a_dry_run_counts_and_brings_nothing() {
    let source = app().await;
    let _receiver = fill(&source).await;
    let target = target();
    let key = target.create_key("k", "default").await;
    let report = import_app(&target, &source, &["--dry-run"]).await;
    assert_eq!(counts(&report, "applications"), [2, 0, 0, 0], "{report}");
    assert_eq!(counts(&report, "endpoints"), [2, 0, 0, 0], "{report}");
    assert_eq!(report["dryRun"], true);
    let here = TestApp::run_with_key(target, &key).await;
    for path in ["/app", "/event-type", "/operational-webhook/endpoint"] {
        let list = here.client.get(&format!("/api/v1{path}")).await;
        assert_eq!(rows(&list).len(), 0, "{path}");
    }
}
