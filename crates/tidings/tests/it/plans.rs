//! Plans: who is below the one that webhooks need reads why, and loses nothing.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};

use crate::support::{Scene, app, app_on, refused, refused_field};

/// One below, the one that is needed, and one above.
fn owls() -> Value {
    json!({"data": [
        {"uid": "early", "name": "Early Owl", "webhooks": false},
        {"uid": "corporate", "name": "Corporate Owl", "maxEndpoints": 2, "features": ["exports"]},
        {"uid": "global", "name": "Global Owl", "maxRate": 100, "retentionDays": 90},
    ]})
}

async fn give(app: &TestApp, owner: &str, plan: &str) {
    let path = format!("/api/v1/app/{owner}");
    let changed = app.client.patch(&path, json!({"plan": plan})).await;
    assert_eq!(changed.expect(200)["plan"], plan);
}

async fn scene(app: TestApp) -> Scene {
    app.client.put("/api/v1/plan", owls()).await.expect(200);
    Scene::of(app, json!({})).await
}

async fn a_plan_below_pauses_and_one_that_will_do_resumes(scene: &Scene) {
    scene.send(json!({"number": 0})).await;
    scene.receiver.wait_for("/hook", 1).await;
    give(&scene.app, &scene.owner, "early").await;
    let owed: Vec<String> = [
        scene.send(json!({"number": 1})).await,
        scene.send(json!({"number": 2})).await,
    ]
    .into();
    // They are owed, and nothing was tried.
    for message in &owed {
        let path = scene.path(&format!("/msg/{message}/endpoint"));
        let deliveries = scene.app.client.get(&path).await.expect(200);
        assert_eq!(deliveries["data"][0]["status"], 1, "{deliveries}");
        let attempts = scene.path(&format!("/attempt/msg/{message}"));
        let attempts = scene.app.client.get(&attempts).await.expect(200);
        assert_eq!(attempts["data"], json!([]));
    }
    let plan = scene.app.client.get(&scene.path("/plan")).await.expect(200);
    assert_eq!(
        (&plan["webhooks"], &plan["plan"]["uid"]),
        (&json!(false), &json!("early"))
    );
    assert!(text(&plan["reason"]).contains("at least the plan Corporate Owl"));
    assert_eq!(scene.receiver.requests().len(), 1);

    give(&scene.app, &scene.owner, "corporate").await;
    let requests = scene.receiver.wait_for("/hook", 3).await;
    let mut came: Vec<&str> = requests[1..].iter().map(|request| request.id()).collect();
    came.sort_unstable();
    let mut expected: Vec<&str> = owed.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(came, expected);
    for message in &owed {
        let attempts = scene.attempts(message, 1).await;
        assert_eq!(
            attempts.len(),
            1,
            "the first attempt is the one that was made"
        );
    }
}

#[tokio::test]
async fn el_12_deliveries_below_the_plan_are_owed_and_resume_on_the_upgrade() {
    a_plan_below_pauses_and_one_that_will_do_resumes(&scene(app().await).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn el_12_deliveries_below_the_plan_resume_on_postgresql_too() {
    let database = Database::new(Version::V15);
    a_plan_below_pauses_and_one_that_will_do_resumes(&scene(app_on(&database).await).await).await;
}

#[tokio::test]
async fn el_12_below_the_plan_endpoints_are_neither_made_nor_changed() {
    let scene = scene(app().await).await;
    let client = &scene.app.client;
    let before = client.get(&scene.endpoint_path("")).await.expect(200);
    give(&scene.app, &scene.owner, "early").await;
    let url = json!({"url": scene.receiver.url("/other")});
    let refusals = [
        client.post(&scene.path("/endpoint"), url.clone()).await,
        client.put(&scene.endpoint_path(""), url.clone()).await,
        client.put(&scene.path("/endpoint/new"), url.clone()).await,
        client
            .patch(&scene.endpoint_path(""), json!({"disabled": true}))
            .await,
        client
            .put(&scene.endpoint_path("/headers"), json!({"headers": {}}))
            .await,
        client.post(&scene.endpoint_path("/test"), json!({})).await,
    ];
    for refusal in refusals {
        let body = refused(&refusal, 403, "plan_required");
        let why = text(&body["detail"]);
        assert!(why.contains("at least the plan Corporate Owl"), "{why}");
        assert!(why.contains("Early Owl"), "{why}");
    }
    // What is there can still be read, and nothing of it has changed.
    let after = client.get(&scene.endpoint_path("")).await.expect(200);
    assert_eq!(after, before);
    give(&scene.app, &scene.owner, "global").await;
    client.post(&scene.path("/endpoint"), url).await.expect(201);
    client.delete(&scene.endpoint_path("")).await.expect(204);
}

#[tokio::test]
async fn a_plan_has_so_many_endpoints_and_not_one_more() {
    let scene = scene(app().await).await;
    give(&scene.app, &scene.owner, "corporate").await;
    let client = &scene.app.client;
    let url = json!({"url": scene.receiver.url("/other")});
    let second = client.post(&scene.path("/endpoint"), url.clone()).await;
    second.expect(201);
    for third in [
        client.post(&scene.path("/endpoint"), url.clone()).await,
        client
            .put(&scene.path("/endpoint/third"), url.clone())
            .await,
    ] {
        let body = refused(&third, 403, "endpoint_limit_reached");
        let why = text(&body["detail"]);
        assert!(why.contains("has 2 endpoints"), "{why}");
    }
    // One that is there may be changed, and one that goes makes room.
    client
        .put(&scene.endpoint_path(""), url.clone())
        .await
        .expect(200);
    client.delete(&scene.endpoint_path("")).await.expect(204);
    client.post(&scene.path("/endpoint"), url).await.expect(201);
}

#[tokio::test]
async fn plans_are_listed_in_their_order_and_wrong_ones_refused() {
    let scene = scene(app().await).await;
    let client = &scene.app.client;
    let plans = client.get("/api/v1/plan").await.expect(200);
    let uids: Vec<&Value> = plans["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| &plan["uid"])
        .collect();
    assert_eq!(uids, ["early", "corporate", "global"]);
    assert_eq!(plans["data"][1]["maxEndpoints"], 2);
    assert_eq!(plans["data"][1]["webhooks"], true);
    // What a GET gives can be put.
    assert_eq!(
        client.put("/api/v1/plan", plans.clone()).await.expect(200),
        plans
    );
    for (wrong, field) in [
        (json!({"uid": "a b", "name": "x"}), "uid"),
        (json!({"uid": "a", "name": ""}), "name"),
        (json!({"uid": "a", "name": "x", "maxRate": 0}), "maxRate"),
        (
            json!({"uid": "a", "name": "x", "retentionDays": 0}),
            "retentionDays",
        ),
        (
            json!({"uid": "a", "name": "x", "features": ["a b"]}),
            "features",
        ),
    ] {
        let answer = client.put("/api/v1/plan", json!({"data": [wrong]})).await;
        refused_field(&answer, &["body", "data", "0", field]);
    }
    let twice = json!({"uid": "a", "name": "x"});
    let answer = client
        .put("/api/v1/plan", json!({"data": [twice.clone(), twice]}))
        .await;
    refused_field(&answer, &["body", "data", "1", "uid"]);
    let many: Vec<Value> = (0..21)
        .map(|n| json!({"uid": n.to_string(), "name": "x"}))
        .collect();
    let answer = client.put("/api/v1/plan", json!({"data": many})).await;
    refused_field(&answer, &["body", "data"]);
    for wrong in [
        json!({}),
        json!({"data": 1}),
        json!({"data": [{"uid": "a"}]}),
    ] {
        let answer = client.put("/api/v1/plan", wrong).await;
        refused_field(&answer, &["body", "data"]);
    }
    assert_eq!(client.get("/api/v1/plan").await.expect(200), plans);
}

#[tokio::test]
async fn an_application_has_a_plan_of_the_list_or_none() {
    let scene = scene(app().await).await;
    let client = &scene.app.client;
    let unknown = client
        .patch(&scene.path(""), json!({"plan": "night"}))
        .await;
    refused_field(&unknown, &["body", "plan"]);
    give(&scene.app, &scene.owner, "global").await;
    let removed = json!({"data": [{"uid": "a", "name": "x"}]});
    let answer = client.put("/api/v1/plan", removed).await;
    refused(&answer, 409, "plan_in_use");
    // A client that knows nothing of plans takes none away; `null` does.
    let put = client
        .put(&scene.path(""), json!({"name": "Cool Account"}))
        .await;
    assert_eq!(put.expect(200)["plan"], "global");
    let none = client.patch(&scene.path(""), json!({"plan": null})).await;
    assert_eq!(none.expect(200)["plan"], Value::Null);
    let free = client.get(&scene.path("/plan")).await.expect(200);
    assert_eq!(
        free,
        json!({"plan": null, "webhooks": true, "reason": null})
    );
}
