//! Catalogues: imported by command and by HTTP, and what event types have beside the Svix API.

use std::process::Output;

use http::Method;
use serde_json::{Value, json};

use crate::support::{app, everything, refused, refused_field};

fn small() -> Value {
    json!({
        "catalog": "mine", "title": "Mine",
        "eventTypes": [{
            "name": "a.b", "labels": {"en": "A", "fi": "B"}, "descriptions": {"en": "What a is."},
            "schema": {"type": "object", "required": ["id"]},
            "sample": {"z": 1, "id": 17}, "refresh": {"/id": "digits"},
        }],
    })
}

/// Exit code, standard output, standard error.
fn outcome(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    (output.status.code(), out, err)
}

#[tokio::test]
async fn a_catalogue_is_imported_by_its_name_and_importing_it_again_changes_nothing() {
    let app = app().await;
    let (url, key) = (app.url(), app.key().to_owned());
    let program = app
        .program
        .clone()
        .variable("TIDINGS_URL", &url)
        .variable("TIDINGS_TOKEN", &key);
    let run = async |arguments: &[&str]| outcome(&program.run(arguments).await);
    let (code, out, _) = run(&["catalog", "list"]).await;
    assert_eq!(code, Some(0));
    assert!(out.contains("wink           105  Wink"), "{out}");
    assert_eq!(out.lines().count(), 5);

    let (code, out, _) = run(&["catalog", "import", "thulium", "--dry-run"]).await;
    assert_eq!(code, Some(0));
    assert!(out.contains("would create CUSTOMER_CREATED"), "{out}");
    let types = "/api/v1/event-type?limit=250&with_content=true";
    let none = app.client.get(types).await.expect(200);
    assert_eq!(none["data"], json!([]));

    for (catalog, out) in [
        ("wink", "wink: 105 created, 0 updated, 0 are as they were\n"),
        ("wink", "wink: 0 created, 0 updated, 105 are as they were\n"),
        (
            "thulium",
            "thulium: 4 created, 0 updated, 0 are as they were\n",
        ),
    ] {
        assert_eq!(run(&["catalog", "import", catalog]).await.1, out);
    }
    let all = app.client.get(types).await.expect(200);
    assert_eq!(all["data"].as_array().unwrap().len(), 109);
    let created = app
        .client
        .get("/api/v1/event-type/booking.created")
        .await
        .expect(200);
    assert_eq!(created["description"], "A guest has made a booking.");
    assert_eq!(created["labels"]["fi"], "Varaus luotu");
    assert_eq!(created["groupName"], "Booking");
    assert_eq!(created["groupLabels"]["fi"], "Varaukset");
    assert_eq!(created["schemas"]["1"]["title"], "Booking created");
    assert_eq!(created["sample"]["event"], "booking.created");
    assert_eq!(created["sampleRefresh"]["/createdDate"], "now");

    let (code, _, err) = run(&["catalog", "import", "no-such-catalogue"]).await;
    assert_eq!(code, Some(2));
    assert!(err.contains("easy-lms, eventinsight"), "{err}");
}

#[tokio::test]
async fn a_wrong_file_is_refused_whole_with_every_problem() {
    let app = app().await;
    let mut catalog = small();
    let mut wrong = catalog["eventTypes"][0].clone();
    wrong["name"] = json!("no spaces");
    wrong["sample"] = json!({});
    wrong["labels"] = json!({"sv": "A"});
    let mut without = catalog["eventTypes"][0].clone();
    without.as_object_mut().unwrap().remove("sample");
    without["name"] = json!("c.d");
    without["schema"] = json!({"type": "no such type"});
    let all = catalog["eventTypes"].as_array_mut().unwrap();
    all.extend([wrong, without]);
    let before = everything(&app).await;
    let answer = app
        .client
        .post("/api/v1/catalog/import", catalog.clone())
        .await;
    for place in [
        &["body", "eventTypes", "1", "name"][..],
        &["body", "eventTypes", "1", "sample"],
        &["body", "eventTypes", "1", "labels", "sv"],
        &["body", "eventTypes", "1", "labels", "en"],
        &["body", "eventTypes", "2", "sample"],
        &["body", "eventTypes", "2", "schema"],
    ] {
        refused_field(&answer, place);
    }
    assert_eq!(everything(&app).await, before);
    let answer = app.client.post("/api/v1/catalog/import", json!([])).await;
    refused_field(&answer, &["body"]);
    let answer = app
        .client
        .send(Method::POST, "/api/v1/catalog/import", "{".to_owned())
        .await;
    refused_field(&answer, &["body"]);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.json");
    std::fs::write(&file, catalog.to_string()).unwrap();
    let done = app
        .program
        .run(&["catalog", "import", file.to_str().unwrap()])
        .await;
    let (code, _, err) = outcome(&done);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("eventTypes > 1 > labels > sv: is no language"),
        "{err}"
    );
}

#[tokio::test]
async fn an_import_is_told_and_changes_only_what_differs() {
    let app = app().await;
    let import = async |catalog: &Value, query: &str| {
        let path = format!("/api/v1/catalog/import{query}");
        app.client.post(&path, catalog.clone()).await.expect(200)
    };
    let report = import(&small(), "?dry_run=true").await;
    assert_eq!(
        report,
        json!({"catalog": "mine", "dryRun": true, "created": ["a.b"], "updated": [], "unchanged": []})
    );
    let missing = app.client.get("/api/v1/event-type/a.b").await;
    refused(&missing, 404, "not_found");
    import(&small(), "").await;
    let mut changed = small();
    changed["eventTypes"][0]["labels"]["pl"] = json!("C");
    let report = import(&changed, "").await;
    assert_eq!(
        (&report["updated"], &report["dryRun"]),
        (&json!(["a.b"]), &json!(false))
    );
    let found = app.client.get("/api/v1/event-type/a.b").await.expect(200);
    assert_eq!(found["labels"], json!({"en": "A", "fi": "B", "pl": "C"}));
    assert_eq!(found["featureFlags"], Value::Null);
}

#[tokio::test]
async fn the_catalogues_that_come_along_can_be_read() {
    let app = app().await;
    let list = app.client.get("/api/v1/catalog").await.expect(200);
    let names: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|catalog| catalog["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["easy-lms", "eventinsight", "thulium", "touchchat", "wink"]
    );
    for name in names {
        let file = app.client.get(&format!("/api/v1/catalog/{name}")).await;
        let report = app
            .client
            .post("/api/v1/catalog/import?dry_run=true", file.expect(200))
            .await
            .expect(200);
        assert_eq!(report["catalog"], name);
    }
    let missing = app.client.get("/api/v1/catalog/none").await;
    refused(&missing, 404, "not_found");
}

#[tokio::test]
async fn texts_and_a_sample_are_set_and_read_and_kept_where_they_are_not_named() {
    let app = app().await;
    let body = r#"{"name":"a.b","description":"d","labels":{"fi":"A","de":"Ä"},"descriptions":{"en":"E"},
        "groupLabels":{"it":"G"},"sample":{ "z" : 1.50, "a":"\/" },"sampleRefresh":{"/a":"uuid"}}"#;
    let made = app
        .client
        .send(Method::POST, "/api/v1/event-type", body.to_owned())
        .await;
    made.expect(201);
    assert!(
        made.text().contains(r#""sample":{ "z" : 1.50, "a":"\/" }"#),
        "the sample keeps its bytes: {}",
        made.text()
    );
    let path = "/api/v1/event-type/a.b";
    // A client of the Svix API, which does not know of them, leaves them alone.
    let put = app.client.put(path, json!({"description": "e"})).await;
    let put = put.expect(200);
    assert_eq!(put["labels"], json!({"fi": "A", "de": "Ä"}));
    assert_eq!(put["sampleRefresh"], json!({"/a": "uuid"}));
    let change = json!({"labels": null, "sample": null, "groupLabels": {"it": "H"}});
    let patched = app.client.patch(path, change).await.expect(200);
    assert_eq!(patched["labels"], json!({}));
    assert_eq!(
        (&patched["sample"], &patched["sampleRefresh"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(patched["groupLabels"], json!({"it": "H"}));
    assert_eq!(patched["descriptions"], json!({"en": "E"}));
    for (body, place) in [
        (
            json!({"labels": {"sv": "A"}}),
            &["body", "labels", "sv"][..],
        ),
        (json!({"labels": {"en": ""}}), &["body", "labels", "en"]),
        (
            json!({"labels": {"en": "x".repeat(257)}}),
            &["body", "labels", "en"],
        ),
        (json!({"labels": []}), &["body", "labels"]),
        (
            json!({"descriptions": {"en": "x".repeat(4097)}}),
            &["body", "descriptions", "en"],
        ),
        (json!({"sample": []}), &["body", "sample"]),
        (
            json!({"sample": {"a": "x".repeat(65_536)}}),
            &["body", "sample"],
        ),
        (
            json!({"sampleRefresh": {"/a": "now"}}),
            &["body", "sampleRefresh"],
        ),
        (
            json!({"sample": {}, "sampleRefresh": {"/a": "now"}}),
            &["body", "sampleRefresh", "/a"],
        ),
        (
            json!({"sample": {"a": 1}, "schemas": {"1": {"required": ["b"]}}}),
            &["body", "sample"],
        ),
    ] {
        refused_field(&app.client.patch(path, body).await, place);
    }
    assert_eq!(app.client.get(path).await.expect(200), patched);
}
