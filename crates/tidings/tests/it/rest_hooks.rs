//! REST hooks at `/api/webhooks`, as the clients of a contact centre use them.
//!
//! Names begin with the row of the requirement that the test shows, where there is one.

mod api_users;
mod changing;
mod clients;
mod errors;
mod page;
mod zapier;
mod zapier_platform;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::client::Client;
use tidings_testkit::{Answer, Receiver, TestApp};

use crate::support::app;

pub(crate) const CREATED: &str = "CHAT_CONVERSATION_CREATED";
pub(crate) const ASSIGNED: &str = "CHAT_AGENT_ASSIGNED";

/// An app with the contact centre's catalogue, an application with an API user, and a receiver.
pub(crate) struct HookScene {
    pub(crate) app: TestApp,
    pub(crate) receiver: Receiver,
    pub(crate) owner: String,
    pub(crate) user: User,
    /// Speaks as the API user.
    pub(crate) client: Client,
}

/// An API user.
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) login: String,
    pub(crate) password: String,
}

impl User {
    pub(crate) async fn make(app: &TestApp, owner: &str, draft: Value) -> Self {
        let path = format!("/api/v1/app/{owner}/api-user");
        let made = app.client.post(&path, draft).await.expect(201);
        Self {
            id: made["id"].as_i64().unwrap(),
            login: text(&made["login"]),
            password: text(&made["password"]),
        }
    }

    pub(crate) fn client(&self, app: &TestApp) -> Client {
        as_user(&app.client, &self.login, &self.password)
    }
}

pub(crate) fn as_user(client: &Client, login: &str, password: &str) -> Client {
    let encoded = STANDARD.encode(format!("{login}:{password}"));
    client
        .without_key()
        .with_header("authorization", &format!("Basic {encoded}"))
}

/// Imports a catalogue that comes with the program.
pub(crate) async fn import(app: &TestApp, name: &str) {
    let catalog = app.client.get(&format!("/api/v1/catalog/{name}")).await;
    let catalog = catalog.expect(200);
    let imported = app.client.post("/api/v1/catalog/import", catalog).await;
    imported.expect(200);
}

impl HookScene {
    pub(crate) async fn start() -> Self {
        Self::of(app().await).await
    }

    pub(crate) async fn of(app: TestApp) -> Self {
        import(&app, "thulium").await;
        let owner = app.create_application("Thulium").await;
        let user = User::make(&app, &owner, json!({})).await;
        let client = user.client(&app);
        Self {
            receiver: Receiver::start().await,
            app,
            owner,
            user,
            client,
        }
    }

    pub(crate) fn hook(&self, path: &str) -> Value {
        json!({"actions": [CREATED], "subscription_url": self.receiver.url(path)})
    }

    pub(crate) async fn create(&self, hook: Value) -> Value {
        self.client.post("/api/webhooks", hook).await.expect(200)
    }

    pub(crate) async fn hooks(&self) -> Vec<Value> {
        let list = self.client.get("/api/webhooks").await.expect(200);
        list.as_array().unwrap().clone()
    }

    async fn endpoints(&self) -> Vec<Value> {
        let path = format!("/api/v1/app/{}/endpoint", self.owner);
        rows(&self.app.client.get(&path).await)
    }

    pub(crate) async fn send(&self, event: &str) {
        let payload = json!({"action": event, "conversation_id": "c", "client_name": "Anna"});
        self.app.send(&self.owner, event, payload).await;
    }
}

#[track_caller]
pub(crate) fn json_of(answer: &Answer, status: u16) -> Value {
    let body = answer.expect(status);
    assert_eq!(answer.header("content-type"), "application/json");
    body
}

#[tokio::test]
async fn th_1_thx_2_a_hook_is_made_and_is_in_both_lists() {
    let scene = HookScene::start().await;
    let url = scene.receiver.url("/hook");
    let body = format!(r#"{{"actions":["{CREATED}"],"subscription_url":"{url}"}}"#);
    let body = body.replace('/', r"\/");
    let answer = scene.client.send(Method::POST, "/api/webhooks", body).await;
    let made = json_of(&answer, 200);
    assert_eq!(scene.hooks().await, [made]);
    let endpoints = scene.endpoints().await;
    assert_eq!(endpoints.len(), 1);
    assert_eq!(endpoints[0]["url"], url);
    assert_eq!(endpoints[0]["filterTypes"], json!([CREATED]));
    // It is called by its host, since this interface has no name for it.
    let host = scene.receiver.address().to_string();
    assert_eq!(endpoints[0]["description"], host);
    assert_eq!(endpoints[0]["disabled"], false);
    let moved = json!({"actions": [CREATED], "subscription_url": "https://example.pl/a"});
    let moved = scene.client.put("/api/webhooks/1", moved).await.expect(200);
    assert_eq!(scene.endpoints().await[0]["description"], "example.pl");
    assert_eq!(scene.hooks().await, [moved]);
    // And what was made there is here.
    let other = json!({"url": scene.receiver.url("/svix"), "eventTypes": [ASSIGNED]});
    scene.app.create_endpoint(&scene.owner, other).await;
    let hooks = scene.hooks().await;
    assert_eq!(hooks.len(), 2);
    assert_eq!(hooks[1]["actions"], json!([ASSIGNED]));
    assert_eq!(hooks[1]["id"], 2);
}

#[tokio::test]
async fn th_5_th_20_actions_keep_their_order_and_all_of_them_are_delivered() {
    let scene = HookScene::start().await;
    let mut hook = scene.hook("/hook");
    hook["actions"] = json!([CREATED, ASSIGNED]);
    let made = scene.create(hook).await;
    assert_eq!(made["actions"], json!([CREATED, ASSIGNED]));
    assert_eq!(
        scene.hooks().await[0]["actions"],
        json!([CREATED, ASSIGNED])
    );
    scene.send(CREATED).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    assert_eq!(requests[0].json()["action"], CREATED);
    assert_eq!(requests[0].json()["client_name"], "Anna");
    scene.send("CHAT_CONVERSATION_CLOSED").await;
    scene.send(ASSIGNED).await;
    let requests = scene.receiver.wait_for("/hook", 2).await;
    assert_eq!(requests[1].json()["action"], ASSIGNED);
}

#[tokio::test]
async fn th_8_the_url_is_kept_byte_for_byte() {
    let scene = HookScene::start().await;
    for (sent, kept) in [
        (r"https:\/\/example.pl", "https://example.pl"),
        ("https://example.pl", "https://example.pl"),
        ("https://example.pl/", "https://example.pl/"),
        (
            "https://hooks.zapier.com/hooks/catch/17/abc/",
            "https://hooks.zapier.com/hooks/catch/17/abc/",
        ),
        (
            "HTTPS://Example.PL:443/a/../B?c=%41#d",
            "HTTPS://Example.PL:443/a/../B?c=%41#d",
        ),
    ] {
        let body = format!(r#"{{"actions":["{CREATED}"],"subscription_url":"{sent}"}}"#);
        let made = scene.client.send(Method::POST, "/api/webhooks", body).await;
        let made = made.expect(200);
        assert_eq!(made["subscription_url"], kept);
        let path = format!("/api/webhooks/{}", made["id"]);
        let read = scene.client.get(&path).await.expect(200);
        assert_eq!(read["subscription_url"], kept);
    }
    // The other interface keeps it as well.
    let endpoint = json!({"url": "https://example.pl"});
    let path = format!("/api/v1/app/{}/endpoint", scene.owner);
    let made = scene.app.client.post(&path, endpoint).await.expect(201);
    assert_eq!(made["url"], "https://example.pl");
}

#[tokio::test]
async fn th_9_the_answer_has_exactly_the_five_keys() {
    let scene = HookScene::start().await;
    let answer = scene
        .client
        .post("/api/webhooks", scene.hook("/hook"))
        .await;
    let text = std::str::from_utf8(&answer.body).unwrap();
    let url = scene.receiver.url("/hook");
    let expected = format!(
        r#"{{"id":1,"actions":["{CREATED}"],"subscription_url":"{url}","http_auth_user":"","http_auth_password":""}}"#
    );
    assert_eq!(text, expected);
    let list = scene.client.get("/api/webhooks").await;
    assert_eq!(
        std::str::from_utf8(&list.body).unwrap(),
        format!("[{expected}]")
    );
}

#[tokio::test]
async fn th_10_ids_grow_and_none_is_used_again() {
    let scene = HookScene::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(
            scene.create(scene.hook("/hook")).await["id"]
                .as_i64()
                .unwrap(),
        );
    }
    let gone = scene.client.delete("/api/webhooks/3").await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    ids.push(
        scene.create(scene.hook("/hook")).await["id"]
            .as_i64()
            .unwrap(),
    );
    assert_eq!(ids, [1, 2, 3, 4]);
    // Another application counts for itself.
    let other = scene.app.create_application("Other").await;
    let other = User::make(&scene.app, &other, json!({})).await;
    let client = other.client(&scene.app);
    let made = client.post("/api/webhooks", scene.hook("/o"));
    assert_eq!(made.await.expect(200)["id"], 1);
}

#[tokio::test]
async fn th_11_credentials_go_to_the_target_and_are_shown_once() {
    let scene = HookScene::start().await;
    let mut with = scene.hook("/with");
    with["http_auth_user"] = "hook".into();
    with["http_auth_password"] = "s3cret".into();
    let made = scene.create(with.clone()).await;
    assert_eq!(made["http_auth_user"], "hook");
    assert_eq!(made["http_auth_password"], "s3cret");
    let mut empty = scene.hook("/without");
    empty["http_auth_user"] = "".into();
    empty["http_auth_password"] = Value::Null;
    scene.create(empty).await;
    scene.send(CREATED).await;
    let requests = scene.receiver.wait_for("/with", 1).await;
    assert_eq!(
        requests[0].header("authorization"),
        "Basic aG9vazpzM2NyZXQ="
    );
    let requests = scene.receiver.wait_for("/without", 1).await;
    assert_eq!(requests[0].header("authorization"), "");
    let list = scene.client.get("/api/webhooks").await;
    assert!(!String::from_utf8_lossy(&list.body).contains("s3cret"));
    let hooks = scene.hooks().await;
    assert_eq!(hooks[0]["http_auth_user"], "hook");
    assert_eq!(hooks[0]["http_auth_password"], "********");
    assert_eq!(hooks[1]["http_auth_user"], "");
    assert_eq!(hooks[1]["http_auth_password"], "");
}

#[tokio::test]
async fn th_15_a_dead_target_does_not_delay_the_answer() {
    let scene = HookScene::start().await;
    // Nobody listens there, and nobody is asked.
    let dead = Receiver::start().await;
    let url = dead.url("/hook");
    let hook = json!({"actions": [CREATED], "subscription_url": url});
    let started = std::time::Instant::now();
    scene.create(hook).await;
    assert!(started.elapsed() < std::time::Duration::from_secs(1));
    assert_eq!(dead.connections_count(), 0);
}

#[tokio::test]
async fn th_18_an_api_user_sees_only_the_hooks_of_its_application() {
    let scene = HookScene::start().await;
    scene.create(scene.hook("/mine")).await;
    scene.create(scene.hook("/mine")).await;
    let other = scene.app.create_application("Other").await;
    let user = User::make(&scene.app, &other, json!({})).await;
    let client = user.client(&scene.app);
    assert_eq!(client.get("/api/webhooks").await.expect(200), json!([]));
    let theirs = client.post("/api/webhooks", scene.hook("/theirs")).await;
    assert_eq!(theirs.expect(200)["id"], 1);
    let missing = client.get("/api/webhooks/77").await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let body = scene.hook("/stolen").to_string();
        let foreign = client.send(method, "/api/webhooks/2", body).await;
        assert_eq!(foreign.status, 404);
        let mut shown = foreign.expect(404);
        shown["request_id"] = missing.expect(404)["request_id"].clone();
        assert_eq!(shown, missing.expect(404));
    }
    let mine = scene.hooks().await;
    assert_eq!(mine.len(), 2);
    assert!(
        mine.iter()
            .all(|hook| text(&hook["subscription_url"]).ends_with("/mine"))
    );
}

#[tokio::test]
async fn th_6_the_published_list_is_in_the_callers_language() {
    let scene = HookScene::start().await;
    let list = |language: &str| {
        let client = scene.client.with_header("accept-language", language);
        async move { client.get("/api/webhooks/actions").await.expect(200) }
    };
    let polish = list("pl-PL,pl;q=0.9").await;
    let created = polish.as_array().unwrap().iter();
    let mut created = created.filter(|action| action["action"] == CREATED);
    let created = created.next().unwrap();
    assert_eq!(created["label"], "Stworzenie nowej rozmowy");
    assert!(!text(&created["description"]).is_empty());
    let english = list("sv").await;
    assert_ne!(english, polish);
    let archived = format!("/api/v1/event-type/{CREATED}");
    scene.app.client.delete(&archived).await.expect(204);
    let fewer = list("en").await;
    assert!(!fewer.to_string().contains(CREATED));
    assert_eq!(
        fewer.as_array().unwrap().len() + 1,
        english.as_array().unwrap().len()
    );
}

#[tokio::test]
async fn th_13_both_ways_of_writing_the_content_type_are_the_same() {
    let scene = HookScene::start().await;
    let body = scene.hook("/hook").to_string();
    let encoded = STANDARD.encode(format!("{}:{}", scene.user.login, scene.user.password));
    for header in [
        "Content-Type: application/json; charset=utf-8",
        "Content-type: application/json",
    ] {
        let request = format!(
            "POST /api/webhooks HTTP/1.1\r\nhost: x\r\nauthorization: Basic {encoded}\r\n\
             {header}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let made = scene.client.send_raw(request.as_bytes()).await;
        assert_eq!(made.expect(200)["actions"], json!([CREATED]), "{header}");
    }
    assert_eq!(scene.hooks().await.len(), 2);
}
