//! Endpoints that keep the order: one after another, in the order of acceptance, whoever accepts.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, Reply, TestApp, wait};

use crate::nodes::beside;
use crate::support::{Scene, app_with, refused_field};

/// Two quick retries, without chance.
const QUICK: [(&str, &str); 2] = [
    ("retry_schedule", "150ms,150ms"),
    ("retry_jitter_percent", "0"),
];

async fn scene(settings: &[(&str, &str)]) -> Scene {
    Scene::of(app_with(settings).await, json!({"fifo": true})).await
}

/// What came to a path, in the order in which it came.
async fn numbers(receiver: &Receiver, path: &str, count: usize) -> Vec<i64> {
    let requests = receiver.wait_for(path, count).await;
    let number = |body: Value| body["n"].as_i64().unwrap();
    requests.iter().map(|one| number(one.json())).collect()
}

/// Leaves out what comes again right after itself.
fn once(numbers: Vec<i64>) -> Vec<i64> {
    let mut numbers = numbers;
    numbers.dedup();
    numbers
}

#[tokio::test]
async fn messages_come_one_after_another_in_the_order_of_their_acceptance() {
    let scene = scene(&[]).await;
    for number in 0..60 {
        scene.send(json!({"n": number})).await;
    }
    let expected: Vec<i64> = (0..60).collect();
    assert_eq!(numbers(&scene.receiver, "/hook", 60).await, expected);
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 60, "each once");
    assert_eq!(scene.receiver.connections_count(), 1, "one at a time");
}

#[tokio::test]
async fn who_fails_holds_up_those_behind_it_and_is_skipped_in_the_end() {
    let scene = scene(&QUICK).await;
    scene
        .receiver
        .script("/hook", [200, 500, 500, 500, 200, 200]);
    let mut messages = Vec::new();
    for number in 0..4 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    let requests = scene.receiver.wait_for("/hook", 6).await;
    let order: Vec<Value> = requests.iter().map(|one| one.json()["n"].clone()).collect();
    assert_eq!(order, [0, 1, 1, 1, 2, 3]);
    for pair in requests[1..4].windows(2) {
        let between = pair[1].arrived_at - pair[0].arrived_at;
        assert!(between >= Duration::from_millis(150), "{between:?}");
    }
    let attempts = scene.attempts(&messages[1], 3).await;
    let outcomes: Vec<_> = attempts.iter().map(|one| text(&one["outcome"])).collect();
    assert_eq!(outcomes, ["retry", "retry", "exhausted"]);
    scene.status(&messages[3], 0).await;
    let skipped = scene.app.program.log_text();
    assert!(skipped.contains("was first in line"), "{skipped}");
    assert!(skipped.contains(&messages[1]), "{skipped}");
}

#[tokio::test]
async fn who_waits_in_line_is_pending_without_a_time_of_its_own() {
    let scene = scene(&[("retry_schedule", "1h")]).await;
    scene.receiver.script("/hook", [500, 200]);
    let first = scene.send(json!({"n": 1})).await;
    scene.attempts(&first, 1).await;
    let second = scene.send(json!({"n": 2})).await;
    assert!(scene.status(&first, 1).await["nextAttempt"].is_string());
    let waiting = scene.status(&second, 1).await;
    assert!(waiting["nextAttempt"].is_null(), "{waiting}");
    scene.app.settle().await;
    assert_eq!(scene.receiver.requests().len(), 1);

    // What a person asks for does not wait.
    let resend = format!("/msg/{second}/endpoint/{}/resend", scene.endpoint);
    let resend = scene.path(&resend);
    scene.app.client.post(&resend, json!({})).await.expect(202);
    assert_eq!(numbers(&scene.receiver, "/hook", 2).await, [1, 2]);
    scene.status(&second, 0).await;
    // And the line goes on where it was.
    let third = scene.send(json!({"n": 3})).await;
    scene.app.settle().await;
    assert!(scene.status(&third, 1).await["nextAttempt"].is_null());
    assert_eq!(scene.receiver.requests().len(), 2);
}

#[tokio::test]
async fn a_line_outlives_its_server() {
    let mut scene = scene(&[]).await;
    scene.receiver.rule(|_| Reply::Hang);
    let mut messages = Vec::new();
    for number in 0..5 {
        messages.push(scene.send(json!({"n": number})).await);
    }
    scene.receiver.wait_for("/hook", 1).await;
    scene.app.kill().await;
    scene.receiver.rule(|_| Reply::from(200));
    scene.app.start_again().await;
    messages.push(scene.send(json!({"n": 5})).await);
    scene.status(&messages[5], 0).await;
    let came = numbers(&scene.receiver, "/hook", 7).await;
    assert_eq!(came, [0, 0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn without_an_order_from_now_on_what_waits_goes_at_once() {
    let scene = scene(&[("retry_schedule", "1h")]).await;
    scene.receiver.script("/hook", [500, 200]);
    for number in 0..4 {
        scene.send(json!({"n": number})).await;
    }
    scene.receiver.wait_for("/hook", 1).await;
    let path = scene.endpoint_path("");
    let change = json!({"fifo": false});
    let changed = scene.app.client.patch(&path, change).await.expect(200);
    assert_eq!(changed["fifo"], false);
    scene.send(json!({"n": 4})).await;
    // 4 at once, and those that were behind the first when the line is looked at again.
    let came = numbers(&scene.receiver, "/hook", 5).await;
    let came: BTreeSet<i64> = came.into_iter().collect();
    assert_eq!(came, BTreeSet::from([0, 1, 2, 3, 4]));
}

#[tokio::test]
async fn a_line_is_chosen_with_true_or_false_and_nothing_else() {
    let scene = scene(&[]).await;
    let shown = scene.app.client.get(&scene.endpoint_path("")).await;
    assert_eq!(shown.expect(200)["fifo"], true);
    for wrong in [json!("yes"), json!(1), json!([])] {
        let change = json!({"fifo": wrong});
        let path = scene.endpoint_path("");
        let answer = scene.app.client.patch(&path, change).await;
        refused_field(&answer, &["body", "fifo"]);
    }
    let shown = scene.app.client.get(&scene.endpoint_path("")).await;
    assert_eq!(shown.expect(200)["fifo"], true);
}

#[tokio::test]
async fn changes_of_records_arrive_in_the_order_in_which_they_were_made() {
    let scene = scene(&QUICK).await;
    scene.receiver.script("/hook", [200, 503, 200]);
    let path = scene.path("/record/user/71");
    for number in 0..8 {
        let put = json!({"id": 71, "points": number});
        scene.app.client.put(&path, put).await.expect(200);
    }
    let requests = scene.receiver.wait_for("/hook", 9).await;
    let mut bodies: Vec<Value> = requests.iter().map(|one| one.json()).collect();
    bodies.dedup();
    let told: Vec<i64> = bodies.iter().map(find_points).collect();
    assert_eq!(told, (0..8).collect::<Vec<i64>>());
}

/// The points in what was told of a record.
fn find_points(body: &Value) -> i64 {
    fn find(value: &Value) -> Option<i64> {
        match value {
            Value::Object(map) => map
                .get("points")
                .and_then(Value::as_i64)
                .or_else(|| map.values().find_map(find)),
            Value::Array(list) => list.iter().find_map(find),
            _ => None,
        }
    }
    find(body).unwrap_or_else(|| panic!("no points: {body}"))
}

/// Sends through both nodes at once; gives how many.
async fn send_through_both(nodes: [&TestApp; 2], owner: &str, each: i64) {
    let send = async |node: &TestApp, side: i64| {
        for number in 0..each {
            let body = json!({"n": number * 2 + side});
            node.send(owner, "a", body).await;
        }
    };
    tokio::join!(send(nodes[0], 0), send(nodes[1], 1));
}

/// The numbers in the order of the places that the database gave them, which go up by one.
fn by_commit(database: &Database) -> Vec<i64> {
    let line = database.line();
    let places: Vec<i64> = line.iter().map(|(place, _)| *place).collect();
    let count = i64::try_from(line.len()).unwrap();
    assert_eq!(places, (1..=count).collect::<Vec<i64>>(), "no gaps");
    let number = |payload: &str| serde_json::from_str::<Value>(payload).unwrap()["n"].as_i64();
    line.iter()
        .map(|(_, payload)| number(payload).unwrap())
        .collect()
}

#[tokio::test]
async fn two_nodes_that_accept_at_once_make_one_order() {
    const LATER: (&str, &str) = ("retry_schedule", "1h");
    let database = Database::new(Version::V15);
    let first = app_with(&[("store", &database.url()), LATER]).await;
    let second = beside(&first, &database, &[LATER]).await;
    let receiver = Receiver::start().await;
    let owner = first.create_application("Cool Account").await;
    let endpoint = json!({"url": receiver.url("/hook"), "fifo": true});
    let endpoint = first.create_endpoint(&owner, endpoint).await;
    // The first of all fails, so the whole line is there to be read.
    receiver.script("/hook", [500, 200]);
    let head = first.send(&owner, "a", json!({"n": -1})).await;
    first.wait_for_attempts(&owner, &head, 1).await;
    send_through_both([&first, &second], &owner, 40).await;
    let order = by_commit(&database);
    assert_eq!(order.len(), 81);

    // It leaves the line, and the others go on.
    let resend = format!("/api/v1/app/{owner}/msg/{head}/endpoint/{endpoint}/resend");
    second.client.post(&resend, json!({})).await.expect(202);
    let mut came = numbers(&receiver, "/hook", 82).await;
    came.retain(|number| *number >= 0);
    assert_eq!(came, order[1..]);
    // Each node's own order is kept in it.
    for side in [0, 1] {
        let own = came.iter().filter(|number| *number % 2 == side);
        assert!(own.is_sorted(), "{came:?}");
    }
}

#[tokio::test]
async fn a_line_goes_on_in_order_when_its_owner_dies() {
    const LEASE: (&str, &str) = ("node_lease", "2s");
    let database = Database::new(Version::V15);
    let mut first = app_with(&[("store", &database.url()), LEASE]).await;
    let mut second = beside(&first, &database, &[LEASE]).await;
    let receiver = Receiver::start().await;
    let owner = first.create_application("Cool Account").await;
    let endpoint = json!({"url": receiver.url("/hook"), "fifo": true});
    first.create_endpoint(&owner, endpoint).await;
    let balanced = || async { database.slot_shares() };
    wait::until("fair shares", balanced, |shares: &Vec<usize>| {
        shares == &[512, 512]
    })
    .await;
    receiver.script("/hook", [Reply::Hang, Reply::from(200)]);
    send_through_both([&first, &second], &owner, 20).await;
    receiver.wait_for("/hook", 1).await;
    let order = by_commit(&database);
    if database.is_owed_by_the_oldest_node() {
        first.kill().await;
    } else {
        second.kill().await;
    }
    // The one that was under way comes again.
    let came = numbers(&receiver, "/hook", 41).await;
    assert_eq!(came[..2], [order[0]; 2]);
    assert_eq!(once(came), order);
}
