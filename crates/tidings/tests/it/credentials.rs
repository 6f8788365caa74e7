//! What an endpoint wants to see before it takes a request: set, shown, changed, sent, removed.

use serde_json::{Value, json};
use tidings_testkit::app::text;

use crate::support::{Scene, everything, refused_field};

const BASIC: &str = "Basic aG9vazpzM2NyZXQ=";

/// What the next request of the scene has in this header.
async fn sent(scene: &Scene, name: &str, count: usize) -> String {
    scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", count).await;
    requests[count - 1].header(name).to_owned()
}

#[tokio::test]
async fn each_kind_is_set_sent_and_shown_without_what_is_secret() {
    let scene = Scene::start().await;
    let path = scene.endpoint_path("/credentials");
    let client = &scene.app.client;
    assert_eq!(client.get(&path).await.expect(200), json!({"type": "none"}));
    assert_eq!(sent(&scene, "authorization", 1).await, "");
    for (number, (given, shown, header, value)) in [
        (
            json!({"type": "basic", "username": "hook", "password": "s3cret"}),
            json!({"type": "basic", "username": "hook", "password": "[hidden]"}),
            "authorization",
            BASIC,
        ),
        (
            json!({"type": "bearer", "token": "tok.en"}),
            json!({"type": "bearer", "token": "[hidden]"}),
            "authorization",
            "Bearer tok.en",
        ),
        (
            json!({"type": "api-key", "header": "X-Key", "value": "k 1"}),
            json!({"type": "api-key", "header": "X-Key", "value": "[hidden]"}),
            "x-key",
            "k 1",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        client.put(&path, given).await.expect(204);
        assert_eq!(client.get(&path).await.expect(200), shown);
        assert_eq!(sent(&scene, header, number + 2).await, value);
    }
    client.delete(&path).await.expect(204);
    assert_eq!(client.get(&path).await.expect(200), json!({"type": "none"}));
    assert_eq!(sent(&scene, "x-key", 5).await, "");
}

#[tokio::test]
async fn an_endpoint_may_bring_its_credentials_along_and_keeps_them() {
    let credentials = json!({"type": "basic", "username": "hook", "password": "s3cret"});
    let scene = Scene::with_endpoint(json!({"credentials": credentials})).await;
    let client = &scene.app.client;
    assert_eq!(sent(&scene, "authorization", 1).await, BASIC);
    // A replacement that says nothing of them leaves them, as it does with headers.
    let url = scene.receiver.url("/hook");
    let replaced = client
        .put(&scene.endpoint_path(""), json!({"url": url}))
        .await;
    assert!(!replaced.expect(200).to_string().contains("s3cret"));
    assert_eq!(sent(&scene, "authorization", 2).await, BASIC);
    let part = json!({"credentials": {"username": "other"}});
    client
        .patch(&scene.endpoint_path(""), part)
        .await
        .expect(200);
    assert_eq!(
        sent(&scene, "authorization", 3).await,
        "Basic b3RoZXI6czNjcmV0"
    );
    let none = json!({"credentials": null});
    client
        .patch(&scene.endpoint_path(""), none)
        .await
        .expect(200);
    assert_eq!(sent(&scene, "authorization", 4).await, "");
}

#[tokio::test]
async fn a_part_can_be_changed_and_the_rest_stays() {
    let scene = Scene::start().await;
    let path = scene.endpoint_path("/credentials");
    let client = &scene.app.client;
    let nothing = client.patch(&path, json!({"password": "x"})).await;
    refused_field(&nothing, &["body", "type"]);
    let given = json!({"type": "basic", "username": "hook", "password": "old"});
    client.put(&path, given).await.expect(204);
    client
        .patch(&path, json!({"password": "s3cret"}))
        .await
        .expect(204);
    assert_eq!(sent(&scene, "authorization", 1).await, BASIC);
    let another = client.patch(&path, json!({"type": "bearer"})).await;
    refused_field(&another, &["body", "token"]);
    assert_eq!(sent(&scene, "authorization", 2).await, BASIC);
}

#[tokio::test]
async fn wrong_credentials_are_refused_by_field_and_change_nothing() {
    let scene = Scene::start().await;
    let before = everything(&scene.app).await;
    let path = scene.endpoint_path("/credentials");
    let client = &scene.app.client;
    let basic = |username: &str, password: &str| json!({"type": "basic", "username": username, "password": password});
    for (given, field) in [
        (json!({}), "type"),
        (json!({"type": "digest"}), "type"),
        (json!({"type": 1}), "type"),
        (json!({"type": "basic", "username": "u"}), "password"),
        (json!({"type": "basic", "password": "p"}), "username"),
        (basic("a:b", "p"), "username"),
        (basic("", ""), "username"),
        (basic("a\nb", "p"), "username"),
        (basic("u", "p\u{7f}"), "password"),
        (basic("u", "[hidden]"), "password"),
        (basic(&"u".repeat(1_025), "p"), "username"),
        (json!({"type": "bearer", "token": "a b"}), "token"),
        (json!({"type": "bearer", "token": ""}), "token"),
        (json!({"type": "api-key", "value": "v"}), "header"),
        (
            json!({"type": "api-key", "header": "Host", "value": "v"}),
            "header",
        ),
        (
            json!({"type": "api-key", "header": "X-K", "value": "a\r\nb: c"}),
            "value",
        ),
    ] {
        let refused = client.put(&path, given.clone()).await;
        refused_field(&refused, &["body", field]);
        let url = scene.receiver.url("/other");
        let new = json!({"url": url, "credentials": given});
        let refused = client.post(&scene.path("/endpoint"), new).await;
        refused_field(&refused, &["body", "credentials", field]);
    }
    assert_eq!(client.get(&path).await.expect(200), json!({"type": "none"}));
    assert_eq!(everything(&scene.app).await, before);
}

#[tokio::test]
async fn a_header_is_either_the_endpoints_own_or_that_of_its_credentials() {
    let headers = json!({"headers": {"authorization": "Bearer own"}});
    let scene = Scene::with_endpoint(headers.clone()).await;
    let client = &scene.app.client;
    let path = scene.endpoint_path("/credentials");
    let basic = json!({"type": "basic", "username": "hook", "password": "s3cret"});
    refused_field(&client.put(&path, basic.clone()).await, &["body", "type"]);
    let own = scene.endpoint_path("/headers");
    client.put(&own, json!({"headers": {}})).await.expect(204);
    client.put(&path, basic.clone()).await.expect(204);
    for answer in [
        client.put(&own, headers.clone()).await,
        client.patch(&own, headers.clone()).await,
        client.patch(&scene.endpoint_path(""), headers).await,
    ] {
        refused_field(&answer, &["body", "headers"]);
    }
    let both = json!({"url": scene.receiver.url("/x"), "credentials": basic,
        "headers": {"Authorization": "x"}});
    let refused = client.post(&scene.path("/endpoint"), both).await;
    refused_field(&refused, &["body", "headers"]);
    assert_eq!(sent(&scene, "authorization", 1).await, BASIC);
}

#[tokio::test]
async fn credentials_are_nowhere_but_in_the_requests() {
    let given = json!({"type": "basic", "username": "hook", "password": "a-canary-in-clear"});
    let mut scene = Scene::with_endpoint(json!({"credentials": given})).await;
    let message = scene.send(json!({})).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    let value = requests[0].header("authorization").to_owned();
    let encoded = value.strip_prefix("Basic ").unwrap();
    let attempts = scene.attempts(&message, 1).await;
    let noted = text(&attempts[0]["requestHeaders"]);
    assert!(noted.contains("authorization: [hidden]\n"), "{noted}");
    let client = &scene.app.client;
    let mut shown = everything(&scene.app).await;
    shown.push(client.get(&scene.endpoint_path("")).await.expect(200));
    shown.push(
        client
            .get(&scene.endpoint_path("/credentials"))
            .await
            .expect(200),
    );
    shown.extend(attempts);
    let shown = Value::Array(shown).to_string();
    scene.app.stop().await;
    let log = scene.app.program.log_text();
    for canary in ["a-canary-in-clear", encoded] {
        assert!(!shown.contains(canary));
        assert!(!log.contains(canary));
        for entry in std::fs::read_dir(scene.app.program.data()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                let is_in = bytes
                    .windows(canary.len())
                    .any(|part| part == canary.as_bytes());
                assert!(!is_in, "{}", path.display());
            }
        }
    }
}
