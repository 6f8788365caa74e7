//! Integrations: named keys of an application.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Client, TestApp};

use crate::support::{app, app_on, refused, refused_field};

async fn make(app: &TestApp, owner: &str, body: Value) -> Value {
    let path = format!("/api/v1/app/{owner}/integration");
    app.client.post(&path, body).await.expect(201)
}

/// A client with a new key of an integration.
async fn rotated(app: &TestApp, owner: &str, made: &Value) -> Client {
    let id = text(&made["id"]);
    let path = format!("/api/v1/app/{owner}/integration/{id}/key/rotate");
    let answer = app.client.post(&path, json!({})).await.expect(200);
    app.client.with_key(&text(&answer["key"]))
}

async fn newest_entry(app: &TestApp) -> Value {
    let log = app.client.get("/api/v1/audit-log?limit=1").await;
    log.expect(200)["data"][0].clone()
}

async fn integrations_are_made_changed_listed_and_deleted(mut app: TestApp) {
    let owner = app.create_application("Cool Account").await;
    let path = format!("/api/v1/app/{owner}/integration");
    let made = make(
        &app,
        &owner,
        json!({"name": "Zap", "featureFlags": ["beta"]}),
    )
    .await;
    let id = text(&made["id"]);
    assert!(id.starts_with("integ_") && id.len() == 33, "{id}");
    assert_eq!(made["name"], "Zap");
    assert_eq!(made["featureFlags"], json!(["beta"]));
    assert!(made["createdAt"].is_string() && made["updatedAt"].is_string());
    let one = format!("{path}/{id}");
    assert_eq!(app.client.get(&one).await.expect(200), made);
    let plain = make(&app, &owner, json!({"name": "Plain"})).await;
    assert_eq!(plain["featureFlags"], json!([]));
    let listed = rows(&app.client.get(&path).await);
    assert_eq!(listed, [made.clone(), plain.clone()]);
    let paged = format!("{path}?limit=1&order=descending");
    let paged = app.client.get(&paged).await.expect(200);
    assert_eq!(paged["data"], json!([plain]));
    assert_eq!(paged["done"], false);
    let put = app.client.put(&one, json!({"name": "Zip"})).await;
    let put = put.expect(200);
    assert_eq!(
        (&put["name"], &put["featureFlags"]),
        (&json!("Zip"), &json!([]))
    );
    let client = rotated(&app, &owner, &made).await;
    app.kill().await;
    app.start_again().await;
    assert_eq!(app.client.get(&one).await.expect(200)["name"], "Zip");
    let client = Client::new(app.client.address()).with_key(client.token().unwrap());
    let of_application = format!("/api/v1/app/{owner}");
    client.get(&of_application).await.expect(200);
    app.client.delete(&one).await.expect(204);
    refused(&app.client.get(&one).await, 404, "not_found");
    refused(&app.client.delete(&one).await, 404, "not_found");
    let answer = client.get(&of_application).await;
    refused(&answer, 401, "authentication_failed");
    assert_eq!(rows(&app.client.get(&path).await), [plain]);
}

#[tokio::test]
async fn integrations_are_made_changed_listed_and_deleted_on_sqlite() {
    integrations_are_made_changed_listed_and_deleted(app().await).await;
}

#[tokio::test]
async fn integrations_are_made_changed_listed_and_deleted_on_postgres() {
    let database = Database::new(Version::V15);
    integrations_are_made_changed_listed_and_deleted(app_on(&database).await).await;
}

#[tokio::test]
async fn a_key_opens_its_application_until_it_is_replaced() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let other = app.create_application("Other").await;
    let made = make(&app, &owner, json!({"name": "Zap"})).await;
    let first = rotated(&app, &owner, &made).await;
    assert!(first.token().unwrap().starts_with("tdg_intg_"));
    let path = format!("/api/v1/app/{owner}/endpoint");
    let endpoint = json!({"url": "http://127.0.0.1:9/"});
    let endpoint = first.post(&path, endpoint).await.expect(201);
    let entry = newest_entry(&app).await;
    assert_eq!(entry["action"], "endpoint.create", "{entry}");
    assert_eq!(entry["actor"]["kind"], "integration");
    assert_eq!(entry["actor"]["name"], "Zap");
    let secret = format!("{path}/{}/secret", text(&endpoint["id"]));
    first.get(&secret).await.expect(200);
    let elsewhere = first.get(&format!("/api/v1/app/{other}/endpoint")).await;
    refused(&elsewhere, 404, "not_found");
    // It manages no integrations, makes no messages, and has no session to end.
    let integrations = format!("/api/v1/app/{owner}/integration");
    refused(&first.get(&integrations).await, 403, "forbidden");
    let message = json!({"eventType": "a", "payload": {}});
    let sent = first
        .post(&format!("/api/v1/app/{owner}/msg"), message)
        .await;
    refused(&sent, 403, "forbidden");
    let logout = first.post("/api/v1/auth/logout", json!({})).await;
    refused(&logout, 403, "forbidden");
    let second = rotated(&app, &owner, &made).await;
    refused(&first.get(&path).await, 401, "authentication_failed");
    second.get(&path).await.expect(200);
    let entry = newest_entry(&app).await;
    assert_eq!(entry["action"], "integration.rotate_key", "{entry}");
    assert!(!entry.to_string().contains("tdg_intg_"), "{entry}");
    app.client
        .delete(&format!("/api/v1/app/{owner}"))
        .await
        .expect(204);
    refused(&second.get(&path).await, 401, "authentication_failed");
}

#[tokio::test]
async fn wrong_fields_and_ids_are_refused_and_change_nothing() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let other = app.create_application("Other").await;
    let made = make(&app, &owner, json!({"name": "Zap"})).await;
    let id = text(&made["id"]);
    let path = format!("/api/v1/app/{owner}/integration");
    let one = format!("{path}/{id}");
    let many: Vec<String> = (0..26).map(|number| number.to_string()).collect();
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "x".repeat(257)}), "name"),
        (json!({"name": 1}), "name"),
        (json!({"name": "x", "featureFlags": many}), "featureFlags"),
        (json!({"name": "x", "featureFlags": "beta"}), "featureFlags"),
        (json!({"name": "x", "featureFlags": [""]}), "featureFlags"),
    ] {
        for answer in [
            app.client.post(&path, body.clone()).await,
            app.client.put(&one, body.clone()).await,
        ] {
            refused_field(&answer, &["body", field]);
        }
    }
    make(
        &app,
        &owner,
        json!({"name": "x", "featureFlags": many[..25]}),
    )
    .await;
    let foreign = format!("/api/v1/app/{other}/integration/{id}");
    for path in [
        foreign,
        format!("{path}/nonsense"),
        format!("{path}/integ_0000000000000000000000000ab"),
        format!("/api/v1/app/nobody/integration/{id}"),
    ] {
        refused(&app.client.get(&path).await, 404, "not_found");
        let put = app.client.put(&path, json!({"name": "y"})).await;
        refused(&put, 404, "not_found");
        let rotate = format!("{path}/key/rotate");
        let answer = app.client.post(&rotate, json!({})).await;
        refused(&answer, 404, "not_found");
        refused(&app.client.delete(&path).await, 404, "not_found");
    }
    assert_eq!(app.client.get(&one).await.expect(200), made);
    let keyed = app.client.with_header("idempotency-key", "one");
    let first = keyed.post(&path, json!({"name": "k"})).await.expect(201);
    let again = keyed.post(&path, json!({"name": "k"})).await.expect(201);
    assert_eq!(first, again);
    let answer = keyed.post(&path, json!({"name": "l"})).await;
    refused(&answer, 409, "idempotency_key_reused");
    assert_eq!(rows(&app.client.get(&path).await).len(), 3);
}
