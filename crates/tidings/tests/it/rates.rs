//! Rates: no endpoint, and no application, gets more requests a second than it wants, whoever accepts.

use std::time::Duration;

use serde_json::json;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, TestApp};

use crate::nodes::beside;
use crate::support::{Scene, app_on};

/// From the first to the last request to a path.
async fn took(receiver: &Receiver, path: &str, count: usize) -> Duration {
    let requests = receiver.wait_for(path, count).await;
    let arrived = || requests.iter().map(|one| one.arrived_at);
    arrived().max().unwrap() - arrived().min().unwrap()
}

#[tokio::test]
async fn an_endpoint_gets_no_more_requests_a_second_than_its_rate_allows() {
    let scene = Scene::with_endpoint(json!({"throttleRate": 10})).await;
    for number in 0..11 {
        scene.send(json!({"n": number})).await;
    }
    let took = took(&scene.receiver, "/hook", 11).await;
    // Ten steps of a tenth of a second; a request may be on its way a little longer than another.
    assert!(took >= Duration::from_millis(950), "{took:?}");
}

#[tokio::test]
async fn the_rate_of_an_application_holds_for_its_endpoints_together_and_for_all_nodes() {
    let database = Database::new(Version::V15);
    let first = app_on(&database).await;
    let second = beside(&first, &database, &[]).await;
    let receiver = Receiver::start().await;
    let made = json!({"name": "Cool Account", "throttleRate": 10});
    let made = first.client.post("/api/v1/app", made).await.expect(201);
    let owner = made["id"].as_str().unwrap();
    for _ in 0..2 {
        let endpoint = json!({"url": receiver.url("/hook")});
        first.create_endpoint(owner, endpoint).await;
    }
    let send = async |node: &TestApp| {
        for number in 0..5 {
            node.send(owner, "a", json!({"n": number})).await;
        }
    };
    tokio::join!(send(&first), send(&second));
    let took = took(&receiver, "/hook", 20).await;
    assert!(took >= Duration::from_millis(1_800), "{took:?}");
}
