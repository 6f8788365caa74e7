//! The `OpenAPI` document of the API: what is served, what is kept in docs/, and what the code says are the same.

use serde_json::Value;
use tidings_api::open_api::document;

use crate::support::app;

const PATH: &str = "/api/v1/openapi.json";

#[test]
fn the_snapshot_is_what_the_code_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let snapshot = std::fs::read_to_string(folder).unwrap_or_default();
    assert!(
        snapshot == document(),
        "docs/openapi.json is not what the code says; run `cargo xtask openapi` and look at the difference"
    );
}

#[tokio::test]
async fn the_document_is_served_to_anyone_and_not_sent_twice() {
    let app = app().await;
    let anyone = app.client.without_key();
    let answer = anyone.get(PATH).await;
    let served = answer.text();
    assert_eq!(answer.status, 200, "{served}");
    assert_eq!(served, document());
    let described: Value = serde_json::from_str(&served).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    let again = anyone.with_header("if-none-match", &tag).get(PATH).await;
    assert_eq!((again.status, again.text()), (304, String::new()));
    let other = anyone.with_header("if-none-match", "\"x\"").get(PATH).await;
    assert_eq!(other.status, 200);
}
