//! `PUT /api/webhooks/{id}`: what it changes, and what it leaves alone.

use serde_json::json;

use super::{ASSIGNED, CREATED, HookScene};

#[tokio::test]
async fn what_is_read_can_be_put_back_and_keeps_the_password() {
    let scene = HookScene::start().await;
    let mut hook = scene.hook("/hook");
    hook["http_auth_user"] = "hook".into();
    hook["http_auth_password"] = "s3cret".into();
    scene.create(hook).await;
    let path = "/api/webhooks/1";
    let mut read = scene.client.get(path).await.expect(200);
    let basic = async |count: usize| {
        scene.send(CREATED).await;
        let requests = scene.receiver.wait_for("/hook", count).await;
        requests[count - 1].header("authorization").to_owned()
    };
    let put = scene.client.put(path, read.clone()).await.expect(200);
    assert_eq!(put, read);
    assert_eq!(basic(1).await, "Basic aG9vazpzM2NyZXQ=");
    // Not spoken of, not changed.
    scene
        .client
        .put(path, scene.hook("/hook"))
        .await
        .expect(200);
    assert_eq!(basic(2).await, "Basic aG9vazpzM2NyZXQ=");
    read["http_auth_user"] = "other".into();
    scene.client.put(path, read.clone()).await.expect(200);
    assert_eq!(basic(3).await, "Basic b3RoZXI6czNjcmV0");
    read["http_auth_user"] = "".into();
    read["http_auth_password"] = "".into();
    let put = scene.client.put(path, read.clone()).await.expect(200);
    assert_eq!(put, read);
    assert_eq!(basic(4).await, "");
}

#[tokio::test]
async fn a_hook_is_changed_in_what_it_says_and_in_nothing_else() {
    let scene = HookScene::start().await;
    let endpoint = json!({"url": scene.receiver.url("/a"), "uid": "mine", "description": "kept",
        "channels": ["c"], "format": "form", "headers": {"x-own": "kept"}});
    let id = scene.app.create_endpoint(&scene.owner, endpoint).await;
    let changed = json!({"actions": [ASSIGNED], "subscription_url": scene.receiver.url("/b")});
    let put = scene
        .client
        .put("/api/webhooks/1", changed)
        .await
        .expect(200);
    assert_eq!(put["actions"], json!([ASSIGNED]));
    let path = format!("/api/v1/app/{}/endpoint/{id}", scene.owner);
    let endpoint = scene.app.client.get(&path).await.expect(200);
    assert_eq!(endpoint["url"], scene.receiver.url("/b"));
    assert_eq!(endpoint["uid"], "mine");
    assert_eq!(endpoint["description"], "kept");
    assert_eq!(endpoint["format"], "form");
    assert_eq!(endpoint["channels"], json!(["c"]));
    let headers = scene.app.client.get(&format!("{path}/headers")).await;
    assert_eq!(headers.expect(200)["headers"]["x-own"], "kept");
    // An action that has left the catalogue since may stay.
    let gone = format!("/api/v1/event-type/{ASSIGNED}");
    scene.app.client.delete(&gone).await.expect(204);
    scene.client.put("/api/webhooks/1", put).await.expect(200);
}
