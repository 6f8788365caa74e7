//! Several servers on one database: one product, whoever is asked.

use serde_json::json;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, Reply, TestApp, wait};

use crate::support::{app_on, program};

/// Short, so that tests need not wait for long until a node counts as dead.
const LEASE: (&str, &str) = ("node_lease", "2s");

/// A server beside another: the same database, master key and API key.
pub(crate) async fn beside(
    first: &TestApp,
    database: &Database,
    settings: &[(&str, &str)],
) -> TestApp {
    let program = program()
        .data_in(first.program.data())
        .setting("store", &database.url());
    let program = settings.iter().fold(program, |program, (name, value)| {
        program.setting(name, value)
    });
    TestApp::run_with_key(program, first.key()).await
}

#[tokio::test]
async fn a_change_made_at_one_node_holds_at_the_other_once_it_is_answered() {
    let database = Database::new(Version::V15);
    let first = app_on(&database).await;
    let second = beside(&first, &database, &[]).await;
    let receiver = Receiver::start().await;
    let owner = first.create_application("Cool Account").await;
    let (old, new) = (receiver.url("/old"), receiver.url("/new"));
    let endpoint = first.create_endpoint(&owner, json!({"url": old})).await;
    // The second node has it in memory from now on.
    second.send(&owner, "a", json!({"n": 0})).await;
    receiver.wait_for("/old", 1).await;
    for number in 1..=10 {
        let (url, path) = match number % 2 {
            0 => (&old, "/old"),
            _ => (&new, "/new"),
        };
        let before = receiver.requests_to(path).len();
        let change = json!({"url": url});
        let endpoint = format!("/api/v1/app/{owner}/endpoint/{endpoint}");
        first.client.patch(&endpoint, change).await.expect(200);
        second.send(&owner, "a", json!({"n": number})).await;
        receiver.wait_for(path, before + 1).await;
    }
    assert_eq!(receiver.requests().len(), 11);
}

#[tokio::test]
async fn what_one_node_fails_to_send_the_owner_of_the_slot_tries_again() {
    let database = Database::new(Version::V15);
    let quick = ("retry_schedule", "50ms,100ms,200ms");
    let mut first = app_on(&database).await;
    let nodes = [
        beside(&first, &database, &[quick]).await,
        beside(&first, &database, &[quick]).await,
    ];
    first.stop().await;
    let balanced = || async { database.slot_shares() };
    wait::until("fair shares", balanced, |shares: &Vec<usize>| {
        shares == &[512, 512]
    })
    .await;
    let receiver = Receiver::start().await;
    // Several applications, so that some are in the slots of each.
    for number in 0..6 {
        let owner = nodes[0].create_application("Cool Account").await;
        let path = format!("/{number}");
        receiver.script(&path, [500, 503, 200]);
        let endpoint = json!({"url": receiver.url(&path)});
        nodes[0].create_endpoint(&owner, endpoint).await;
        let message = nodes[0].send(&owner, "a", json!({"n": number})).await;
        receiver.wait_for(&path, 3).await;
        nodes[1].wait_for_status(&owner, &message, 0).await;
        let attempts = nodes[1].attempts(&owner, &message).await;
        assert_eq!(attempts.len(), 3, "{attempts:?}");
    }
}

#[tokio::test]
async fn a_node_for_the_api_accepts_and_a_worker_delivers() {
    let database = Database::new(Version::V15);
    let api = TestApp::run(
        program()
            .setting("store", &database.url())
            .argument("--role=api"),
    )
    .await;
    let receiver = Receiver::start().await;
    let owner = api.create_application("Cool Account").await;
    let endpoint = json!({"url": receiver.url("/hook")});
    api.create_endpoint(&owner, endpoint).await;
    let early = api.send(&owner, "a", json!({"n": 1})).await;
    api.settle().await;
    assert!(receiver.requests().is_empty(), "nobody delivers yet");

    let worker = beside(&api, &database, &[("role", "worker")]).await;
    api.wait_for_status(&owner, &early, 0).await;
    let late = api.send(&owner, "a", json!({"n": 2})).await;
    api.wait_for_status(&owner, &late, 0).await;
    assert_eq!(receiver.requests().len(), 2);

    worker.client.get("/api/v1/health").await.expect(204);
    let refused = worker.client.get("/api/v1/app").await.expect(404);
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("only delivers"), "{refused}");
}

#[tokio::test]
async fn what_a_dead_node_had_in_hand_another_delivers() {
    let database = Database::new(Version::V15);
    let mut first = TestApp::run(
        program()
            .setting("store", &database.url())
            .setting(LEASE.0, LEASE.1),
    )
    .await;
    let second = beside(&first, &database, &[LEASE]).await;
    let receiver = Receiver::start().await;
    receiver.script("/hook", [Reply::Hang, Reply::from(200)]);
    let owner = first.create_application("Cool Account").await;
    let endpoint = json!({"url": receiver.url("/hook")});
    first.create_endpoint(&owner, endpoint).await;
    let message = first.send(&owner, "a", json!({"n": 1})).await;
    receiver.wait_for("/hook", 1).await;
    first.kill().await;
    second.wait_for_status(&owner, &message, 0).await;
    assert_eq!(
        receiver.requests().len(),
        2,
        "once more, for it is not known"
    );
    let all = || async { database.slot_shares() };
    wait::until("all slots", all, |shares: &Vec<usize>| shares == &[1024]).await;
}

#[tokio::test]
async fn a_node_with_another_master_key_is_refused_and_told_what_to_do() {
    let database = Database::new(Version::V15);
    let first = app_on(&database).await;
    let owner = first.create_application("Cool Account").await;
    let endpoint = json!({"url": "https://example.com/hook"});
    first.create_endpoint(&owner, endpoint).await;
    let stranger = program().setting("store", &database.url());
    let output = stranger.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("sealed with another master key"), "{said}");
    // With the right one it starts.
    beside(&first, &database, &[]).await.stop().await;
}

#[tokio::test]
async fn a_role_needs_postgresql() {
    let output = program().run(&["serve", "--role", "api"]).await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("PostgreSQL"), "{said}");
}
