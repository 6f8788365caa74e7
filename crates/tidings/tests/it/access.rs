//! Who may do what: capabilities of sessions, other applications, and the part of the catalogue that they are shown.

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::{Client, TestApp};

use crate::support::{Scene, app, everything, refused, refused_field};

async fn session(app: &TestApp, owner: &str, body: Value) -> Client {
    let path = format!("/api/v1/auth/app-portal-access/{owner}");
    let made = app.client.post(&path, body).await.expect(200);
    app.client.with_key(&text(&made["token"]))
}

fn without_id(mut body: Value) -> Value {
    body["requestId"].take();
    body
}

#[tokio::test]
async fn a_session_without_a_capability_is_told_which_one_it_takes() {
    let scene = Scene::start().await;
    let message = scene.send(json!({})).await;
    scene.attempts(&message, 1).await;
    let read_only = json!({"readOnly": true, "capabilities": ["ViewBase", "ManageEndpoint"]});
    let read_only = session(&scene.app, &scene.owner, read_only).await;
    let before = everything(&scene.app).await;
    let secret = scene.secret().await;
    let endpoint = &scene.endpoint;
    for (method, rest, capability) in [
        (
            Method::GET,
            format!("/endpoint/{endpoint}/secret"),
            "ViewEndpointSecret",
        ),
        (
            Method::POST,
            format!("/endpoint/{endpoint}/secret/rotate"),
            "ManageEndpointSecret",
        ),
        (Method::POST, "/endpoint".to_owned(), "ManageEndpoint"),
        (
            Method::PUT,
            format!("/endpoint/{endpoint}"),
            "ManageEndpoint",
        ),
        (
            Method::PATCH,
            format!("/endpoint/{endpoint}"),
            "ManageEndpoint",
        ),
        (
            Method::DELETE,
            format!("/endpoint/{endpoint}"),
            "ManageEndpoint",
        ),
        (
            Method::PUT,
            format!("/endpoint/{endpoint}/headers"),
            "ManageEndpoint",
        ),
        (
            Method::POST,
            format!("/msg/{message}/endpoint/{endpoint}/resend"),
            "CreateAttempts",
        ),
        (
            Method::POST,
            format!("/endpoint/{endpoint}/recover"),
            "CreateAttempts",
        ),
        (
            Method::POST,
            format!("/endpoint/{endpoint}/test"),
            "CreateAttempts",
        ),
    ] {
        let answer = read_only.send(method, &scene.path(&rest), "{}").await;
        let body = refused(&answer, 403, "forbidden");
        assert!(text(&body["detail"]).contains(capability), "{rest}: {body}");
    }
    for rest in ["", "/endpoint", "/msg", "/plan"] {
        read_only.get(&scene.path(rest)).await.expect(200);
    }
    assert_eq!(everything(&scene.app).await, before);
    assert_eq!(scene.secret().await, secret);
}

#[tokio::test]
async fn a_capability_brings_along_what_it_needs_and_no_more() {
    let scene = Scene::start().await;
    let secret = scene.endpoint_path("/secret");
    let rotate = scene.endpoint_path("/secret/rotate");
    let with = async |capability: &str| {
        let capabilities = json!({"capabilities": ["ViewBase", capability]});
        session(&scene.app, &scene.owner, capabilities).await
    };
    let viewer = with("ViewEndpointSecret").await;
    viewer.get(&secret).await.expect(200);
    refused(&viewer.post(&rotate, json!({})).await, 403, "forbidden");
    let keeper = with("ManageEndpointSecret").await;
    keeper.get(&secret).await.expect(200);
    keeper.post(&rotate, json!({})).await.expect(200);
    let patch = json!({"description": "x"});
    let answer = keeper.patch(&scene.endpoint_path(""), patch.clone()).await;
    refused(&answer, 403, "forbidden");
    let manager = with("ManageEndpoint").await;
    manager.get(&secret).await.expect(200);
    manager
        .patch(&scene.endpoint_path(""), patch)
        .await
        .expect(200);
    let test = scene.endpoint_path("/test");
    refused(&manager.post(&test, json!({})).await, 403, "forbidden");
    let sender = with("CreateAttempts").await;
    sender.post(&test, json!({})).await.expect(200);
    refused(&sender.get(&secret).await, 403, "forbidden");
}

#[tokio::test]
async fn what_belongs_to_the_environment_is_not_for_sessions() {
    let scene = Scene::start().await;
    let client = session(&scene.app, &scene.owner, json!({})).await;
    let owner = &scene.owner;
    let before = everything(&scene.app).await;
    for (method, path) in [
        (Method::GET, "/api/v1/app".to_owned()),
        (Method::POST, "/api/v1/app".to_owned()),
        (Method::PATCH, format!("/api/v1/app/{owner}")),
        (Method::DELETE, format!("/api/v1/app/{owner}")),
        (Method::POST, format!("/api/v1/app/{owner}/msg")),
        (Method::POST, "/api/v1/event-type".to_owned()),
        (Method::GET, "/api/v1/plan".to_owned()),
        (Method::GET, "/api/v1/audit-log".to_owned()),
        (Method::GET, "/api/v1/feed".to_owned()),
        (Method::GET, format!("/api/v1/app/{owner}/api-user")),
        (
            Method::POST,
            format!("/api/v1/auth/app-portal-access/{owner}"),
        ),
        (Method::POST, format!("/api/v1/auth/app/{owner}/expire-all")),
        (
            Method::GET,
            "/api/v1/operational-webhook/endpoint".to_owned(),
        ),
    ] {
        let answer = client.send(method.clone(), &path, "{}").await;
        let body = refused(&answer, 403, "forbidden");
        let detail = text(&body["detail"]);
        assert!(detail.contains("API key"), "{method} {path}: {detail}");
    }
    assert_eq!(everything(&scene.app).await, before);
}

#[tokio::test]
async fn another_application_is_to_a_session_as_one_that_is_not_there() {
    let scene = Scene::start().await;
    let other = json!({"name": "Other", "uid": "other"});
    let other = scene.app.client.post("/api/v1/app", other).await;
    let other = text(&other.expect(201)["id"]);
    let client = session(&scene.app, &other, json!({})).await;
    client.get("/api/v1/app/other").await.expect(200);
    client.get("/api/v1/app/other/endpoint").await.expect(200);
    let endpoint = &scene.endpoint;
    let missing = "app_0000000000000000000000000ab";
    for (method, rest) in [
        (Method::GET, String::new()),
        (Method::GET, "/endpoint".to_owned()),
        (Method::POST, "/endpoint".to_owned()),
        (Method::GET, format!("/endpoint/{endpoint}/secret")),
        (Method::DELETE, format!("/endpoint/{endpoint}")),
        (Method::GET, "/msg".to_owned()),
    ] {
        let theirs = scene.path(&rest);
        let theirs = client.send(method.clone(), &theirs, "{}").await;
        let nobodys = format!("/api/v1/app/{missing}{rest}");
        let nobodys = client.send(method.clone(), &nobodys, "{}").await;
        let theirs = without_id(refused(&theirs, 404, "not_found"));
        let nobodys = without_id(refused(&nobodys, 404, "not_found"));
        assert_eq!(theirs, nobodys, "{method} {rest}");
    }
    // Their endpoint is not found in the session's own application either.
    let path = format!("/api/v1/app/{other}/endpoint/{endpoint}");
    refused(&client.delete(&path).await, 404, "not_found");
    scene
        .app
        .client
        .get(&scene.endpoint_path(""))
        .await
        .expect(200);
}

async fn catalogue(app: &TestApp) {
    for (name, flags, is_archived) in [
        ("open", json!([]), false),
        ("beta.one", json!(["beta"]), false),
        ("beta.two", json!(["beta", "gamma"]), false),
        ("gone", json!([]), true),
        ("mixed.open", json!([]), false),
        ("mixed.secret", json!(["other"]), false),
    ] {
        let body = json!({
            "name": name, "description": "x", "featureFlags": flags, "archived": is_archived
        });
        app.client
            .post("/api/v1/event-type", body)
            .await
            .expect(201);
    }
}

fn names(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| text(&row["name"])).collect()
}

#[tokio::test]
async fn a_session_is_shown_the_event_types_of_its_flags() {
    let app = app().await;
    catalogue(&app).await;
    let owner = app.create_application("Cool Account").await;
    let plain = session(&app, &owner, json!({})).await;
    let beta = session(&app, &owner, json!({"featureFlags": ["beta"]})).await;
    let list = "/api/v1/event-type?include_archived=true&with_content=true";
    let all = rows(&app.client.get(list).await);
    assert_eq!(all.len(), 6);
    let shown = names(&rows(&plain.get(list).await));
    assert_eq!(shown, ["mixed.open", "open"]);
    let shown = names(&rows(&beta.get(list).await));
    assert_eq!(shown, ["beta.one", "beta.two", "mixed.open", "open"]);
    // Pages are full although there are hidden ones between.
    let first = plain.get("/api/v1/event-type?limit=1").await.expect(200);
    assert_eq!(names(first["data"].as_array().unwrap()), ["mixed.open"]);
    assert_eq!(first["done"], false);
    let next = text(&first["iterator"]);
    let next = format!("/api/v1/event-type?limit=1&iterator={next}");
    let next = plain.get(&next).await.expect(200);
    assert_eq!(names(next["data"].as_array().unwrap()), ["open"]);
    assert_eq!(next["done"], true);
    plain.get("/api/v1/event-type/open").await.expect(200);
    beta.get("/api/v1/event-type/beta.two").await.expect(200);
    let unknown = plain.get("/api/v1/event-type/unknown").await;
    let unknown = without_id(refused(&unknown, 404, "not_found"));
    for hidden in ["beta.one", "gone", "mixed.secret"] {
        let answer = plain.get(&format!("/api/v1/event-type/{hidden}")).await;
        assert_eq!(without_id(refused(&answer, 404, "not_found")), unknown);
    }
}

#[tokio::test]
async fn the_endpoints_of_a_session_subscribe_to_what_it_is_shown() {
    let app = app().await;
    catalogue(&app).await;
    let owner = app.create_application("Cool Account").await;
    let beta = session(&app, &owner, json!({"featureFlags": ["beta"]})).await;
    let path = format!("/api/v1/app/{owner}/endpoint");
    let body = |types: Value| json!({"url": "http://127.0.0.1:9/", "eventTypes": types});
    let made = beta
        .post(&path, body(json!(["open", "beta.*", "nothing.yet.*"])))
        .await;
    let made = made.expect(201);
    for hidden in [
        json!(["mixed.secret"]),
        json!(["gone"]),
        json!(["open", "mixed.*"]),
        json!(["unknown"]),
    ] {
        let answer = beta.post(&path, body(hidden.clone())).await;
        refused_field(&answer, &["body", "eventTypes"]);
        let one = format!("{path}/{}", text(&made["id"]));
        let wanted = json!({"eventTypes": hidden});
        refused_field(&beta.patch(&one, wanted).await, &["body", "eventTypes"]);
    }
    let listed = rows(&app.client.get(&path).await);
    assert_eq!(listed.len(), 1);
    assert_eq!(
        listed[0]["eventTypes"],
        json!(["open", "beta.*", "nothing.yet.*"])
    );
    // The product itself may.
    let answer = app.client.post(&path, body(json!(["mixed.secret"]))).await;
    answer.expect(201);
}

#[tokio::test]
async fn a_key_is_held_to_its_role() {
    let scene = Scene::start().await;
    let with_role = async |role: &str| {
        let body = json!({"name": role, "role": role});
        let made = scene.app.client.post("/api/v1/api-key", body).await;
        let key = text(&made.expect(201)["key"]);
        scene.app.client.with_key(&key)
    };
    let message = json!({"eventType": "a", "payload": {}});
    let (viewer, developer) = (with_role("viewer").await, with_role("developer").await);
    let before = everything(&scene.app).await;
    viewer.get(&scene.path("")).await.expect(200);
    viewer.get("/api/v1/event-type").await.expect(200);
    for (method, path) in [
        (Method::POST, scene.path("/msg")),
        (Method::POST, "/api/v1/app".to_owned()),
        (Method::DELETE, scene.path("")),
        (Method::GET, scene.endpoint_path("/secret")),
        (Method::PATCH, scene.endpoint_path("")),
    ] {
        let answer = viewer.send(method, &path, message.to_string()).await;
        let body = refused(&answer, 403, "forbidden");
        let detail = text(&body["detail"]);
        assert!(
            detail.contains("developer") && detail.contains("viewer"),
            "{path}: {detail}"
        );
    }
    assert_eq!(everything(&scene.app).await, before);
    for path in ["/api/v1/api-key", "/api/v1/audit-log"] {
        let body = refused(&developer.get(path).await, 403, "forbidden");
        assert!(text(&body["detail"]).contains("admin"), "{path}: {body}");
    }
    developer
        .get(&scene.endpoint_path("/secret"))
        .await
        .expect(200);
    developer
        .post(&scene.path("/msg"), message)
        .await
        .expect(202);
}
