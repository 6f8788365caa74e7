//! Testing a webhook from its page: whoever is signed in is the user whose record the test carries.

use serde_json::{Value, json};

use super::browser::{Browser, location};
use crate::support::Scene;

/// What the webhook gets when somebody with such a session presses the button.
async fn tested(scene: &Scene, session: Value) -> Value {
    let browser = Browser::open(&scene.app, &scene.owner, session).await;
    let webhook = format!("webhooks/{}", scene.endpoint);
    let count = scene.receiver.requests().len();
    let sent = browser.send(&webhook, &format!("{webhook}/test"), "").await;
    assert!(location(&sent).contains("?tested="));
    let requests = scene.receiver.requests();
    assert_eq!(requests.len(), count + 1);
    requests.last().unwrap().json()
}

#[tokio::test]
async fn ei_18_a_test_from_the_page_carries_the_record_of_whoever_is_signed_in() {
    let scene = Scene::start().await;
    let ping = json!({"success": true});
    let ada = json!({"sessionId": "71"});
    assert_eq!(tested(&scene, ada.clone()).await, ping);
    for (id, name) in [("71", "Ada"), ("72", "Grace")] {
        let path = scene.path(&format!("/record/user/{id}"));
        let record = json!({"id": id, "name": name});
        scene
            .app
            .client
            .put(&path, record.clone())
            .await
            .expect(200);
        let events = scene.receiver.wait_until("the event", |all| {
            all.iter().any(|one| one.json()["result"] == record)
        });
        events.await;
    }
    for (id, name) in [("71", "Ada"), ("72", "Grace")] {
        let expected = json!({
            "entity_id": id, "entity_type": "user", "action_type": "test", "result": {"id": id, "name": name},
        });
        assert_eq!(tested(&scene, json!({"sessionId": id})).await, expected);
    }
    for other in [json!({}), json!({"sessionId": "visit 17"})] {
        assert_eq!(tested(&scene, other).await, ping);
    }
    // A webhook that hears of no records gets none.
    let types = json!({"name": "booking.created", "description": ""});
    scene
        .app
        .client
        .post("/api/v1/event-type", types)
        .await
        .expect(201);
    let wanted = json!({"filterTypes": ["booking.created"]});
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, wanted).await.expect(200);
    assert_eq!(tested(&scene, ada).await, ping);
}
