//! The pages of a small document, as a browser gets them.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use serde_json::json;
use tower_service::Service as _;

use super::*;

fn document() -> String {
    let document = json!({
        "tags": [{"name": "Event Type", "description": "What can <happen>."}, {"name": "Empty", "description": ""}],
        "paths": {"/api/v1/event-type/{name}": {
            "put": {
                "operationId": "event_type.upsert", "tags": ["Event Type"], "summary": "Replaces one.",
                "x-tidings-access": "environment:developer",
                "parameters": [{"name": "name", "in": "path", "required": true, "description": "Its name.",
                    "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["description"],
                    "properties": {
                        "description": {"type": "string"},
                        "at": {"type": ["string", "null"], "format": "date-time"},
                        "owner": {"$ref": "#/components/schemas/Owner"},
                    }}}}},
                "responses": {"200": {"description": "Done.", "content": {"application/json": {"schema":
                    {"$ref": "#/components/schemas/Owner"}}}}, "404": {"description": "Nothing there."}},
            },
            "get": {"operationId": "event_type.get", "tags": ["Event Type"], "summary": "Shows one.",
                "x-tidings-access": "anyone", "responses": {"501": {"description": "Not there yet."}}},
        }},
        "components": {"schemas": {"Owner": {"type": "object", "required": ["kind"], "properties": {
            "kind": {"enum": ["a", "b"], "description": "What it is."},
            "tags": {"type": "array", "items": {"type": "string"}},
        }}}},
    });
    document.to_string()
}

async fn ask(path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router(&document()).call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn an_operation_is_shown_with_all_that_it_takes_and_answers() {
    let (status, page) = ask("/docs/event-type").await;
    assert_eq!(status, StatusCode::OK);
    for shown in [
        "What can &#60;happen&#62;.",
        "id=\"event_type.upsert\"",
        "/api/v1/event-type/{name}",
        "Replaces one.",
        "developer",
        "date-time | null",
        "&#34;a&#34; | &#34;b&#34;",
        "[string]",
        "Nothing there.",
        "curl -X PUT",
        "description=&#39;Where invoices go&#39;",
    ] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    assert!(!page.contains("<happen>"));
}

#[tokio::test]
async fn every_topic_with_operations_has_a_page_and_no_other() {
    let (status, page) = ask("/docs").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("href=\"/docs/event-type\"") && page.contains("event_type.get"));
    assert!(!page.contains("/docs/empty"));
    assert_eq!(ask("/docs/empty").await.0, StatusCode::NOT_FOUND);
}

#[test]
fn fields_of_an_inner_object_lie_further_in() {
    let docs = Docs::read(&document());
    let operations = &docs.topics[0].operations;
    let upsert = operations.iter().find(|one| one.method == "PUT").unwrap();
    let found: Vec<_> = upsert
        .body
        .iter()
        .map(|line| (line.name.as_str(), line.depth))
        .collect();
    let expected = [
        ("at", 0),
        ("description", 0),
        ("owner", 0),
        ("kind", 1),
        ("tags", 1),
    ];
    assert_eq!(found, expected);
    assert!(operations.iter().any(|one| one.is_missing));
}

#[test]
fn what_is_no_document_is_shown_as_nothing() {
    assert!(Docs::read("").topics.is_empty());
    assert!(Docs::read("[1]").topics.is_empty());
}
