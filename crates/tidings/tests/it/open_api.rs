//! Event types come from the webhooks of an `OpenAPI` document, all of them or none.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::rows;
use tidings_testkit::postgres::{Database, Version};

use crate::support::{app, app_on, everything, refused, refused_field};

const IMPORT: &str = "/api/v1/event-type/import/openapi";

fn document() -> Value {
    json!({
        "openapi": "3.1.0", "info": {"title": "Pets", "version": "1"},
        "webhooks": {
            "pet.new": {"post": {
                "summary": "A pet is there", "tags": ["Pets"], "x-svix-feature-flags": ["beta"],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
            }},
            "pet.gone": {"post": {"description": "A pet is gone", "deprecated": true}},
        },
        "components": {"schemas": {"Pet": {"type": "object", "required": ["name"]}}},
    })
}

async fn by_name(app: &TestApp) -> Vec<(String, Value)> {
    let list = app
        .client
        .get("/api/v1/event-type?include_archived=true&with_content=true")
        .await;
    let named = |row: &Value| (row["name"].as_str().unwrap().to_owned(), row.clone());
    rows(&list).iter().map(named).collect()
}

async fn comes_in(app: TestApp) {
    let kept = json!({"name": "pet.gone", "description": "d", "labels": {"en": "Gone"}, "archived": true,
        "featureFlags": ["old"], "schemaPolicy": "warn"});
    for event_type in [kept, json!({"name": "other", "description": "d"})] {
        app.client
            .post("/api/v1/event-type", event_type)
            .await
            .expect(201);
    }
    let before = by_name(&app).await;
    let dry = json!({"spec": document(), "dryRun": true, "replaceAll": true});
    let dry = app.client.post(IMPORT, dry).await.expect(200);
    assert_eq!(dry["data"]["modified"], json!([]));
    assert_eq!(dry["data"]["to_archive"], json!(["other"]));
    let [gone, new] = &dry["data"]["to_modify"].as_array().unwrap()[..] else {
        panic!("{dry}");
    };
    assert_eq!(new["featureFlags"], json!(["beta"]));
    assert_eq!(
        (&new["groupName"], &new["description"]),
        (&json!("Pets"), &json!("A pet is there"))
    );
    assert_eq!(
        (&gone["deprecated"], &gone["schemas"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(by_name(&app).await, before, "a dry run changes nothing");

    let done = app
        .client
        .post(IMPORT, json!({"spec": document()}))
        .await
        .expect(200);
    assert_eq!(done["data"]["modified"], json!(["pet.gone", "pet.new"]));
    assert_eq!(
        (&done["data"]["to_modify"], &done["data"]["archived"]),
        (&Value::Null, &json!([]))
    );
    let after = by_name(&app).await;
    assert_eq!(after[0], before[0], "what the document does not have stays");
    let gone = &after[1].1;
    assert_eq!(
        (&gone["archived"], &gone["deprecated"]),
        (&json!(false), &json!(true))
    );
    for (field, stays) in [
        ("labels", json!({"en": "Gone"})),
        ("featureFlags", json!(["old"])),
        ("schemaPolicy", json!("warn")),
    ] {
        assert_eq!(gone[field], stays, "{field}");
    }
    let refuse = json!({"schemaPolicy": "refuse"});
    app.client
        .patch("/api/v1/event-type/pet.new", refuse)
        .await
        .expect(200);
    let owner = app.create_application("Pets").await;
    let message = json!({"eventType": "pet.new", "payload": {"name": "Rex"}});
    app.try_send(&owner, message).await.expect(202);
    let message = json!({"eventType": "pet.new", "payload": {}});
    refused_field(&app.try_send(&owner, message).await, &["body", "payload"]);

    let again = json!({"specRaw": document().to_string(), "replaceAll": true});
    let again = app.client.post(IMPORT, again).await.expect(200);
    assert_eq!(
        (&again["data"]["modified"], &again["data"]["archived"]),
        (&json!([]), &json!(["other"]))
    );
    assert_eq!(by_name(&app).await[0].1["archived"], true);
}

#[tokio::test]
async fn the_webhooks_of_a_document_become_event_types() {
    comes_in(app().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_the_webhooks_of_a_document_become_event_types() {
    comes_in(app_on(&Database::new(Version::V15)).await).await;
}

#[tokio::test]
async fn a_document_that_is_wrong_is_refused_whole() {
    let app = app().await;
    let before = everything(&app).await;
    for neither in [
        json!({}),
        json!({"spec": document(), "specRaw": "{}"}),
        json!({"spec": null}),
    ] {
        refused(&app.client.post(IMPORT, neither).await, 400, "bad_request");
    }
    let mut wrong = document();
    wrong["webhooks"]["pet.gone"] = json!({"post": {"requestBody": {"$ref": "elsewhere.yaml"}}});
    let yaml = "openapi: 3.1.0\nwebhooks:\n  pet gone: {post: {}}\n  pet.new: {post: {}}\n";
    for (body, place) in [
        (
            json!({"spec": wrong}),
            vec![
                "spec",
                "webhooks",
                "pet.gone",
                "post",
                "requestBody",
                "$ref",
            ],
        ),
        (json!({"spec": []}), vec!["spec"]),
        (json!({"specRaw": 7}), vec!["specRaw"]),
        (
            json!({"specRaw": yaml}),
            vec!["specRaw", "webhooks", "pet gone"],
        ),
        (json!({"specRaw": "openapi: [3.1.0"}), vec!["specRaw"]),
        (json!({"spec": document(), "dryRun": "yes"}), vec!["dryRun"]),
        (
            json!({"spec": document(), "replaceAll": 1}),
            vec!["replaceAll"],
        ),
    ] {
        let place: Vec<&str> = ["body"].into_iter().chain(place).collect();
        refused_field(&app.client.post(IMPORT, body).await, &place);
    }
    assert_eq!(everything(&app).await, before);
}
