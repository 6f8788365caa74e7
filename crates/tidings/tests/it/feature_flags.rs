//! Event types with feature flags: which applications see them, and which endpoints get them.

use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, TestApp};

use crate::support::{app, app_on, refused_field};

/// An application with these feature flags, and endpoints that want everything, a group, and one event type by its name.
async fn make(app: &TestApp, receiver: &Receiver, uid: &str, flags: Value) {
    let body = json!({"name": uid, "uid": uid, "featureFlags": flags});
    let made = app.client.post("/api/v1/app", body).await.expect(201);
    assert_eq!(made["featureFlags"], flags);
    for (name, event_types) in [
        ("all", json!([])),
        ("group", json!(["robot.*"])),
        ("named", json!(["robot.moved"])),
    ] {
        let url = receiver.url(&format!("/{uid}/{name}"));
        let endpoint = json!({"url": url, "uid": name, "eventTypes": event_types});
        app.create_endpoint(uid, endpoint).await;
    }
}

/// Sends, and gives the endpoints that the message was meant for.
async fn meant_for(app: &TestApp, uid: &str, event_type: &str) -> Vec<String> {
    let message = app.send(uid, event_type, json!({})).await;
    let path = format!("/api/v1/app/{uid}/msg/{message}/endpoint");
    let list = app.client.get(&path).await.expect(200);
    let mut names: Vec<String> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["uid"]))
        .collect();
    names.sort();
    names
}

async fn who_may_not_see_an_event_type_does_not_get_it_unasked(app: TestApp) {
    let receiver = Receiver::start().await;
    let client = &app.client;
    for (name, flags) in [
        ("robot.moved", json!(["beta", "lab"])),
        ("robot.stood", json!([])),
    ] {
        let body = json!({"name": name, "description": "x", "featureFlags": flags});
        client.post("/api/v1/event-type", body).await.expect(201);
    }
    make(&app, &receiver, "open", Value::Null).await;
    make(&app, &receiver, "flagged", json!(["lab"])).await;
    make(&app, &receiver, "plain", json!([])).await;
    let everyone = ["all", "group", "named"];
    for uid in ["open", "flagged"] {
        assert_eq!(meant_for(&app, uid, "robot.moved").await, everyone, "{uid}");
    }
    // Whoever names it was let do so, and gets it; neither a group nor everything is a name.
    assert_eq!(meant_for(&app, "plain", "robot.moved").await, ["named"]);
    for uid in ["open", "flagged", "plain"] {
        let others = meant_for(&app, uid, "robot.stood").await;
        assert_eq!(others, ["all", "group"], "{uid}");
        assert_eq!(meant_for(&app, uid, "unheard.of").await, ["all"], "{uid}");
    }
    // What was not meant for an endpoint is not missing there either.
    let replay = "/api/v1/app/plain/endpoint/all/replay-missing?dry_run=true";
    let since = json!({"since": "2020-01-01T00:00:00Z"});
    let task = client.post(replay, since).await.expect(202);
    let task = format!("/api/v1/background-task/{}", text(&task["id"]));
    let read = || async { client.get(&task).await.expect(200) };
    let is_over = |task: &Value| task["status"] == "finished";
    let task = tidings_testkit::wait::until("the end of the task", read, is_over).await;
    assert_eq!(task["data"]["matched"], 0, "{task}");

    changes_hold_from_the_next_message_on(&app).await;
    a_session_sees_what_its_application_sees(&app).await;
}

async fn changes_hold_from_the_next_message_on(app: &TestApp) {
    let client = &app.client;
    let change = async |path: &str, body: Value| client.patch(path, body).await.expect(200);
    let flags = change("/api/v1/app/plain", json!({"featureFlags": ["beta"]})).await;
    assert_eq!(flags["featureFlags"], json!(["beta"]));
    let everyone = ["all", "group", "named"];
    assert_eq!(meant_for(app, "plain", "robot.moved").await, everyone);
    // Flags of an event type, too, in applications that are in memory.
    change(
        "/api/v1/event-type/robot.moved",
        json!({"featureFlags": ["lab"]}),
    )
    .await;
    assert_eq!(meant_for(app, "plain", "robot.moved").await, ["named"]);
    change(
        "/api/v1/event-type/robot.moved",
        json!({"featureFlags": null}),
    )
    .await;
    assert_eq!(meant_for(app, "plain", "robot.moved").await, everyone);
    change(
        "/api/v1/event-type/robot.moved",
        json!({"featureFlags": ["lab"]}),
    )
    .await;
    // What does not speak of flags leaves them as they are.
    let put = json!({"name": "Plain", "uid": "plain"});
    let put = client.put("/api/v1/app/plain", put).await.expect(200);
    assert_eq!(put["featureFlags"], json!(["beta"]));
    let wrong: Vec<String> = (0..26).map(|number| number.to_string()).collect();
    let wrong = json!({"featureFlags": wrong});
    let answer = client.patch("/api/v1/app/plain", wrong).await;
    refused_field(&answer, &["body", "featureFlags"]);
    let read = client.get("/api/v1/app/plain").await.expect(200);
    assert_eq!(read["featureFlags"], json!(["beta"]));
    change("/api/v1/app/plain", json!({"featureFlags": null})).await;
    assert_eq!(meant_for(app, "plain", "robot.moved").await, everyone);
    change("/api/v1/app/plain", json!({"featureFlags": []})).await;
    assert_eq!(meant_for(app, "plain", "robot.moved").await, ["named"]);
    // Polling endpoints are endpoints.
    for (uid, count) in [("plain", 1), ("flagged", 2)] {
        let poller = json!({"uid": "reader"});
        let path = format!("/api/v1/app/{uid}/poller");
        client.post(&path, poller).await.expect(201);
        app.send(uid, "robot.moved", json!({})).await;
        app.send(uid, "robot.stood", json!({})).await;
        let page = client.get(&format!("{path}/reader")).await.expect(200);
        assert_eq!(
            page["data"].as_array().unwrap().len(),
            count,
            "{uid}: {page}"
        );
    }
}

async fn a_session_sees_what_its_application_sees(app: &TestApp) {
    let client = &app.client;
    for (uid, own, expected) in [
        ("plain", json!([]), 404),
        ("plain", json!(["lab"]), 200),
        ("flagged", json!([]), 200),
        ("open", json!([]), 404),
    ] {
        let path = format!("/api/v1/auth/app-portal-access/{uid}");
        let made = client.post(&path, json!({"featureFlags": own})).await;
        let session = client.with_key(&text(&made.expect(200)["token"]));
        let shown = session.get("/api/v1/event-type/robot.moved").await;
        assert_eq!(shown.status, expected, "{uid} {own}");
    }
}

#[tokio::test]
async fn who_may_not_see_an_event_type_does_not_get_it_unasked_on_sqlite() {
    who_may_not_see_an_event_type_does_not_get_it_unasked(app().await).await;
}

#[tokio::test]
async fn who_may_not_see_an_event_type_does_not_get_it_unasked_on_postgres() {
    let database = Database::new(Version::V15);
    who_may_not_see_an_event_type_does_not_get_it_unasked(app_on(&database).await).await;
}
