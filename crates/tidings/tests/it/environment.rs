//! The configuration of an environment goes out and comes in elsewhere, whole and unchanged.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::postgres::{Database, Version};

use crate::support::{app, app_on, everything, refused_field};

const EXPORT: &str = "/api/v1/environment/export";
const IMPORT: &str = "/api/v1/environment/import";

/// What is given out, without what differs from one environment to another.
fn compared(mut configuration: Value) -> Value {
    configuration["createdAt"] = Value::Null;
    for event_type in configuration["eventTypes"].as_array_mut().unwrap() {
        for field in ["createdAt", "updatedAt"] {
            assert!(event_type[field].is_string());
            event_type[field] = Value::Null;
        }
    }
    configuration
}

async fn goes_out_and_comes_in(app: TestApp) {
    let catalog = app.client.get("/api/v1/catalog/easy-lms").await.expect(200);
    app.client
        .post("/api/v1/catalog/import", catalog)
        .await
        .expect(200);
    let own = r#"{"name": "own", "description": "d", "archived": true, "deprecated": true, "groupName": "G",
        "featureFlags": ["a", "b"], "schemas": {"2": {"type": "object"}}, "schemaPolicy": "warn",
        "labels": {"en": "Own", "fi": "Oma"}, "descriptions": {"de": "D"}, "groupLabels": {"en": "Group"},
        "sample": {"z": 1.50, "a": "17"}, "sampleRefresh": {"/a": "digits"}}"#;
    app.client
        .send(http::Method::POST, "/api/v1/event-type", own)
        .await
        .expect(201);
    let owner = app.create_application("Owl").await;
    app.send(&owner, "own", json!({})).await;
    let plans = json!({"data": [{"uid": "pro", "name": "Pro", "webhooks": true, "maxEndpoints": 3, "maxRate": null,
        "retentionDays": null, "features": ["sso"]}]});
    app.client
        .put("/api/v1/plan", plans.clone())
        .await
        .expect(200);
    let export = app.client.send(http::Method::POST, EXPORT, "").await;
    let out = export.expect(200);
    assert_eq!(
        (&out["version"], &out["connectors"]),
        (&json!(1), &json!([]))
    );
    assert_eq!(out["settings"]["plans"], plans["data"]);

    let key = app.program.create_key("other", "elsewhere").await;
    let other = app.client.with_key(&key);
    let empty = other.send(http::Method::POST, EXPORT, "").await.expect(200);
    assert_eq!(
        (&empty["eventTypes"], &empty["settings"]),
        (&json!([]), &Value::Null)
    );
    // As text, since samples keep their bytes.
    let import = async |text: String| {
        other
            .send(http::Method::POST, IMPORT, text)
            .await
            .expect(204)
    };
    import(export.text()).await;
    let export = other.send(http::Method::POST, EXPORT, "").await;
    let found = export.expect(200);
    assert_eq!(compared(found.clone()), compared(out));
    let raw = other.get("/api/v1/event-type/own").await;
    let sample = r#"{"z": 1.50, "a": "17"}"#;
    assert!(raw.text().contains(sample), "{}", raw.text());

    // Nothing is written a second time, and nothing goes.
    import(export.text()).await;
    other
        .post(IMPORT, json!({"eventTypes": [], "settings": {"plans": []}}))
        .await
        .expect(204);
    other.post(IMPORT, json!({})).await.expect(204);
    let again = other.send(http::Method::POST, EXPORT, "").await.expect(200);
    assert_eq!(again["eventTypes"], found["eventTypes"]);
    assert_eq!(again["settings"], found["settings"]);
}

#[tokio::test]
async fn a_configuration_comes_in_elsewhere_as_it_went_out() {
    goes_out_and_comes_in(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_configuration_comes_in_elsewhere_as_it_went_out() {
    goes_out_and_comes_in(app_on(&Database::new(Version::V15)).await).await;
}

type Wrong = Vec<(Value, Vec<&'static str>)>;

fn wrong_configurations() -> Wrong {
    let good = json!({"name": "good", "description": "d"});
    let plan = json!({"uid": "pro", "name": "Pro"});
    let with_plan = |field: &str, value: Value| {
        let mut plan = plan.clone();
        plan[field] = value;
        json!({"eventTypes": [good.clone()], "settings": {"plans": [plan]}})
    };
    vec![
        (
            json!({"extra": 1, "eventTypes": [good.clone()]}),
            vec!["extra"],
        ),
        (json!({"version": 2}), vec!["version"]),
        (json!({"eventTypes": {}}), vec!["eventTypes"]),
        (json!({"eventTypes": [1]}), vec!["eventTypes", "0"]),
        (
            json!({"connectors": [{}], "eventTypes": [good.clone()]}),
            vec!["connectors"],
        ),
        (json!({"settings": []}), vec!["settings"]),
        (
            json!({"settings": {"customColor": "red"}}),
            vec!["settings", "customColor"],
        ),
        (json!({"settings": {"plans": 1}}), vec!["settings", "plans"]),
        (
            with_plan("uid", json!("a b")),
            vec!["settings", "plans", "0", "uid"],
        ),
        (
            with_plan("extra", json!(1)),
            vec!["settings", "plans", "0", "extra"],
        ),
        (
            with_plan("maxRate", json!(0)),
            vec!["settings", "plans", "0", "maxRate"],
        ),
    ]
}

fn wrong_event_types() -> Wrong {
    let good = json!({"name": "good", "description": "d"});
    let with = |field: &str, value: Value| {
        let mut event_type = good.clone();
        event_type[field] = value;
        json!({"eventTypes": [good.clone(), event_type]})
    };
    vec![
        (with("extra", json!(1)), vec!["eventTypes", "1", "extra"]),
        (with("name", json!("a b")), vec!["eventTypes", "1", "name"]),
        (with("name", json!("good")), vec!["eventTypes", "1", "name"]),
        (
            with("description", json!(null)),
            vec!["eventTypes", "1", "description"],
        ),
        (
            with("archived", json!(1)),
            vec!["eventTypes", "1", "archived"],
        ),
        (
            with("deprecated", json!("x")),
            vec!["eventTypes", "1", "deprecated"],
        ),
        (
            with("schemas", json!({"1": 7})),
            vec!["eventTypes", "1", "schemas"],
        ),
        (
            with("groupName", json!("")),
            vec!["eventTypes", "1", "groupName"],
        ),
        (
            with("featureFlags", json!([1])),
            vec!["eventTypes", "1", "featureFlags"],
        ),
        (
            with("labels", json!({"xx": "y"})),
            vec!["eventTypes", "1", "labels", "xx"],
        ),
        (with("sample", json!([])), vec!["eventTypes", "1", "sample"]),
        (
            with("schemaPolicy", json!("on")),
            vec!["eventTypes", "1", "schemaPolicy"],
        ),
    ]
}

#[tokio::test]
async fn an_import_names_what_is_wrong_or_unknown_and_changes_nothing() {
    let app = app().await;
    let before = everything(&app).await;
    for (body, place) in [wrong_configurations(), wrong_event_types()].concat() {
        let place: Vec<&str> = ["body"].into_iter().chain(place).collect();
        refused_field(&app.client.post(IMPORT, body).await, &place);
    }
    let many: Vec<_> = (0..1_001)
        .map(|n| json!({"name": format!("a.{n}"), "description": ""}))
        .collect();
    let many = app.client.post(IMPORT, json!({ "eventTypes": many })).await;
    refused_field(&many, &["body", "eventTypes"]);
    let plans: Vec<_> = (0..21)
        .map(|n| json!({"uid": format!("p{n}"), "name": "P"}))
        .collect();
    let plans = app
        .client
        .post(IMPORT, json!({"settings": {"plans": plans}}))
        .await;
    refused_field(&plans, &["body", "settings", "plans"]);
    assert_eq!(everything(&app).await, before);
    let listed = app.client.get("/api/v1/plan").await.expect(200);
    assert_eq!(listed["data"], json!([]));
}
