//! Which example is sent: the sample, or one of those in the schema.

use serde_json::{Value, json};

use super::send_example;
use crate::support::{Scene, refused_field};

/// Makes an event type with these schemas, and a sample if there is one.
async fn event_type(scene: &Scene, name: &str, schemas: Value, sample: Option<Value>) {
    let mut made = json!({"name": name, "description": "", "schemas": schemas});
    if let Some(sample) = sample {
        made["sample"] = sample;
    }
    let client = &scene.app.client;
    client.post("/api/v1/event-type", made).await.expect(201);
}

#[tokio::test]
async fn an_example_is_chosen_by_its_index_behind_the_sample() {
    let scene = Scene::start().await;
    let schemas = json!({
        "9": {"type": "object", "examples": [{"n": 9}]},
        "10": {"type": "object", "examples": [{"n": 1}, {"n": 2}, 3]},
    });
    event_type(
        &scene,
        "with.sample",
        schemas.clone(),
        Some(json!({"n": 0})),
    )
    .await;
    event_type(&scene, "without.sample", schemas, None).await;
    for (name, index, expected) in [
        ("with.sample", None, 0),
        ("with.sample", Some(0), 0),
        ("with.sample", Some(1), 1),
        ("with.sample", Some(2), 2),
        ("without.sample", None, 1),
        ("without.sample", Some(1), 2),
    ] {
        let mut body = json!({"eventType": name});
        if let Some(index) = index {
            body["exampleIndex"] = json!(index);
        }
        let sent = send_example(&scene, body).await.expect(200);
        let id = sent["id"].as_str().unwrap();
        scene.status(id, 0).await;
        let requests = scene.receiver.requests();
        let of_it = requests.iter().find(|request| request.id() == id).unwrap();
        assert_eq!(of_it.json(), json!({"n": expected}), "{name} {index:?}");
    }
}

#[tokio::test]
async fn an_index_beyond_the_examples_is_refused_with_how_many_there_are() {
    let scene = Scene::start().await;
    let schemas = json!({"1": {"examples": [{"n": 1}, 2]}});
    event_type(&scene, "two", schemas, None).await;
    event_type(&scene, "one", json!({}), Some(json!({"n": 0}))).await;
    for (name, index, said) in [
        ("two", json!(2), "between 0 and 1: `two` has 2 examples"),
        ("two", json!(1), "is no object"),
        ("one", json!(1), "must be 0: `one` has one example"),
        ("svix.ping", json!(4_000_000_000_u32), "must be 0"),
        ("one", json!(-1), "whole number"),
        ("one", json!("0"), "whole number"),
    ] {
        let body = json!({"eventType": name, "exampleIndex": index});
        let answer = send_example(&scene, body).await;
        refused_field(&answer, &["body", "exampleIndex"]);
        assert!(answer.text().contains(said), "{}", answer.text());
    }
    assert!(scene.receiver.requests().is_empty());
}
