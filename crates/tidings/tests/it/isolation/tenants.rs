//! Tenants: every operation that names an object, as nine kinds of caller call it. What belongs to somebody else
//! answers as what is not there, and a refused call changes nothing.
//!
//! The rows are those of the table of operations, so a new operation is in here by being one. If it names a kind of
//! object that [`World`] does not have, the test fails and says which.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde_json::{Value, json};
use tidings_api::operations::{Content, Operation, operations};
use tidings_domain::access::Access;
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, Client, Receiver, TestApp, wait};

use crate::support::{app, app_on};

/// Objects of one application, by what stands before them in a path.
type Objects = BTreeMap<&'static str, String>;

/// The application of a customer with one of everything, and everybody who may want to get at it.
struct World {
    app: TestApp,
    /// Keeps the endpoint's URL alive.
    _receiver: Receiver,
    /// The application of the objects.
    owner: String,
    objects: Objects,
    /// Another application of the same environment.
    other: String,
    callers: Vec<Caller>,
}

/// Somebody who calls.
struct Caller {
    who: &'static str,
    client: Client,
    may: May,
}

/// What is expected of a caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum May {
    /// Nothing is there for it.
    Nowhere,
    /// Nothing at all: it is not let in.
    Nothing,
    /// It is let in, and lacks what the operation takes, or does not.
    Some,
    /// It has the whole environment.
    Everything,
}

/// Objects that are well named and not there.
const MISSING: &[(&str, &str)] = &[
    ("app", "app_0000000000000000000000000ab"),
    ("endpoint", "ep_0000000000000000000000000ab"),
    ("destination", "ep_0000000000000000000000000ab"),
    ("msg", "msg_0000000000000000000000000ab"),
    ("attempt", "atmpt_0000000000000000000000000ab"),
    ("poller", "ep_0000000000000000000000000ab"),
    ("consumer", "nobody"),
    ("board", "board_0000000000000000000000000ab"),
    ("button", "btn_0000000000000000000000000ab"),
    ("inbox", "inbox_0000000000000000000000000ab"),
    ("request", "inreq_0000000000000000000000000ab"),
    ("api-key", "key_0000000000000000000000000ab"),
    ("member", "mem_0000000000000000000000000ab"),
    ("session", "msess_0000000000000000000000000ab"),
    ("api-user", "123456"),
    ("integration", "integ_0000000000000000000000000ab"),
    ("background-task", "qtask_0000000000000000000000000ab"),
    ("event-type", "nothing.of.the.kind"),
    // Types are words that belong to nobody.
    ("record", "user"),
    ("record-id", "nothing"),
    ("operational-endpoint", "ep_0000000000000000000000000ab"),
];

/// What most operations take, in one: fields that an operation does not know are passed over.
fn body() -> String {
    json!({
        "name": "x", "url": "http://127.0.0.1:9/", "description": "x", "eventType": "a", "payload": {},
        "since": "2026-01-01T00:00:00Z", "label": "l", "row": 5, "column": 5, "headers": {},
        "type": "bearer", "token": "x", "expiry": 3600, "ids": ["x"], "filter": {"a": 1},
        "boardId": "board_0000000000000000000000000ab", "after": "2026-01-01T00:00:00Z"
    })
    .to_string()
}

/// What stands for each name in a path, by the words before it: as the keys of [`Objects`].
fn kinds(path: &str) -> Vec<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let names = (0..parts.len()).filter(|at| parts[*at].starts_with('{'));
    names.map(|at| kind(path, &parts, at)).collect()
}

fn kind(path: &str, parts: &[&str], at: usize) -> &'static str {
    if path.starts_with("/api/v1/operational-webhook/endpoint/") {
        return "operational-endpoint";
    }
    if parts[at - 1] == "{type}" {
        return "record-id";
    }
    if matches!(parts[at - 1], "app-portal-access" | "dashboard-access") {
        return "app";
    }
    let found = MISSING.iter().find(|(kind, _)| *kind == parts[at - 1]);
    match found {
        Some((kind, _)) => kind,
        None => panic!(
            "{path} names an object of a kind that this test does not know: add one to World and MISSING"
        ),
    }
}

/// Operations whose ids are nobody's: they are the same for all environments, or of what is not there yet.
fn is_for_all(operation: &Operation) -> bool {
    operation.missing.is_some() || operation.path.starts_with("/api/v1/catalog/")
}

fn tested() -> impl Iterator<Item = &'static Operation> {
    operations().iter().filter(|operation| {
        !operation.path_parameters().is_empty()
            && !is_for_all(operation)
            && operation.access != Access::Anyone
    })
}

/// The path with these objects in it.
fn filled(operation: &Operation, objects: &Objects) -> String {
    let mut kinds = kinds(operation.path).into_iter();
    let parts = operation.path.split('/').map(|part| {
        if part.starts_with('{') {
            let kind = kinds.next().expect("one for each name");
            let missing = MISSING.iter().find(|(other, _)| *other == kind);
            let missing = missing.map(|(_, id)| (*id).to_owned());
            objects.get(kind).cloned().or(missing).expect("known kinds")
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What an answer says, without what differs each time.
fn said(answer: &Answer) -> (u16, Value) {
    if answer.status < 300 {
        return (answer.status, Value::Null);
    }
    let mut body = answer.json();
    body["requestId"].take();
    (answer.status, body)
}

async fn call(client: &Client, operation: &Operation, path: &str) -> (u16, Value) {
    let answer = client.send(operation.method.clone(), path, body()).await;
    assert!(
        answer.status < 500 || answer.status == 501,
        "{} {path}: {}",
        operation.method,
        answer.text()
    );
    said(&answer)
}

/// Whether it makes what the path names if that is not there.
fn makes(operation: &Operation) -> bool {
    let is_put = operation.method == http::Method::PUT;
    is_put && operation.answers.iter().any(|answer| answer.status == 201)
}

async fn make(client: &Client, path: &str, body: Value) -> Value {
    let answer = client.post(&format!("/api/v1{path}"), body).await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer.json()
}

async fn session(client: &Client, application: &str, body: Value) -> Client {
    let path = format!("/auth/app-portal-access/{application}");
    let made = make(client, &path, body).await;
    client.with_key(&text(&made["token"]))
}

/// An inbox, and a request that it has caught.
async fn caught_request(client: &Client) -> (String, String) {
    let inbox = make(client, "/inbox", json!({"name": "i"})).await;
    let caught = text(&inbox["url"]);
    let caught = &caught[caught.find("/in/").expect("an inbox catches below /in/")..];
    client.without_key().post(caught, json!({})).await;
    let inbox = text(&inbox["id"]);
    let path = format!("/api/v1/inbox/{inbox}/request");
    let list = async || client.get(&path).await.expect(200);
    let has_one = |list: &Value| list["data"][0]["id"].is_string();
    let requests = wait::until("what the inbox has caught", list, has_one).await;
    let request = text(&requests["data"][0]["id"]);
    (inbox, request)
}

/// One of everything that a path may name.
async fn objects(app: &TestApp, owner: &str, url: &str) -> Objects {
    let client = &app.client;
    let of = |rest: &str| format!("/app/{owner}{rest}");
    let hidden = json!({"name": "iso.hidden", "description": "x", "featureFlags": ["nobodys"]});
    make(client, "/event-type", hidden).await;
    let endpoint = make(client, &of("/endpoint"), json!({"url": url})).await;
    let poller = make(client, &of("/poller"), json!({"uid": "poll"})).await;
    let message = app.send(owner, "iso.hidden", json!({"n": 1})).await;
    let attempts = app.wait_for_attempts(owner, &message, 1).await;
    let poll = format!("/api/v1{}", of("/poller/poll/consumer/reader"));
    client.get(&poll).await.expect(200);
    let config = json!({"type": "fifoEndpoint", "config": {"url": url}});
    let destination = make(client, &of("/destination"), config).await;
    let board = make(client, &of("/board"), json!({"name": "b"})).await;
    let button = json!({
        "boardId": board["id"], "label": "l", "url": url, "row": 0, "column": 0
    });
    let button = make(client, &of("/button"), button).await;
    let record = format!("/api/v1{}", of("/record/user/71"));
    let put = client.put(&record, json!({"a": 1})).await;
    assert!(put.status < 300, "{}", put.text());
    let user = make(client, &of("/api-user"), json!({"login": "iso"})).await;
    let integration = make(client, &of("/integration"), json!({"name": "i"})).await;
    let endpoint_id = text(&endpoint["id"]);
    let task = make(
        client,
        &of(&format!("/endpoint/{endpoint_id}/recover")),
        json!({"since": attempts[0]["timestamp"]}),
    )
    .await;
    let member = json!({"email": "iso@example.com", "role": "viewer"});
    let member = make(client, "/member", member).await;
    let (inbox, request) = caught_request(client).await;
    let path = format!("/api/v1/background-task/{}", text(&task["id"]));
    let state = async || client.get(&path).await.expect(200);
    let has_ended = |task: &Value| task["status"] == "finished";
    wait::until("the task to end", state, has_ended).await;
    let key = make(client, "/api-key", json!({"name": "k"})).await;
    let told = make(client, "/operational-webhook/endpoint", json!({"url": url})).await;
    let id = |made: &Value| text(&made["id"]);
    BTreeMap::from([
        ("app", owner.to_owned()),
        ("endpoint", endpoint_id),
        ("destination", id(&destination)),
        ("msg", message),
        ("attempt", id(&attempts[0])),
        ("poller", id(&poller)),
        ("consumer", "reader".to_owned()),
        ("board", id(&board)),
        ("button", id(&button)),
        ("inbox", inbox),
        ("request", request),
        ("api-key", id(&key)),
        ("member", id(&member)),
        ("api-user", user["id"].to_string()),
        ("integration", id(&integration)),
        ("background-task", id(&task)),
        ("event-type", "iso.hidden".to_owned()),
        ("record", "user".to_owned()),
        ("record-id", "71".to_owned()),
        ("operational-endpoint", id(&told)),
        ("login", text(&user["password"])),
    ])
}

async fn callers(app: &TestApp, owner: &str, other: &str, password: &str) -> Vec<Caller> {
    let client = &app.client;
    let foreign = app.program.create_key("foreign", "elsewhere").await;
    let expired = session(client, owner, json!({"sessionId": "expired"})).await;
    let expire = format!("/api/v1/auth/app/{owner}/expire-all");
    let ids = json!({"sessionIds": ["expired"]});
    client.post(&expire, ids).await.expect(204);
    let revoked = session(client, owner, json!({})).await;
    revoked
        .post("/api/v1/auth/logout", json!({}))
        .await
        .expect(204);
    let lacking = json!({"capabilities": ["ViewBase", "CreateAttempts"]});
    let basic = format!("iso:{password}");
    let basic = base64::engine::general_purpose::STANDARD.encode(basic);
    let basic = client
        .without_key()
        .with_header("authorization", &format!("Basic {basic}"));
    let caller = |who, client, may| Caller { who, client, may };
    vec![
        caller("its own key", client.clone(), May::Everything),
        caller(
            "a key of another environment",
            client.with_key(&foreign),
            May::Nowhere,
        ),
        caller(
            "a session of another application",
            session(client, other, json!({})).await,
            May::Nowhere,
        ),
        caller("an expired session", expired, May::Nothing),
        caller("a revoked session", revoked, May::Nothing),
        caller(
            "a read-only session",
            session(client, owner, json!({"readOnly": true})).await,
            May::Some,
        ),
        caller(
            "a session without a capability",
            session(client, owner, lacking).await,
            May::Some,
        ),
        caller("nobody", client.without_key(), May::Nothing),
        caller("an API user", basic, May::Nothing),
    ]
}

impl World {
    async fn new(app: TestApp) -> Self {
        let receiver = Receiver::start().await;
        let owner = app.create_application("Cool Account").await;
        let other = app.create_application("Other").await;
        let mut objects = objects(&app, &owner, &receiver.url("/hook")).await;
        let password = objects.remove("login").expect("an API user was made");
        let callers = callers(&app, &owner, &other, &password).await;
        Self {
            app,
            _receiver: receiver,
            owner,
            objects,
            other,
            callers,
        }
    }

    /// All of the customer that a refused call could have changed.
    async fn everything(&self) -> Vec<Value> {
        let endpoint = &self.objects["endpoint"];
        let mut all = Vec::new();
        for path in [
            "/app".to_owned(),
            format!("/app/{}", self.owner),
            format!("/app/{}/endpoint", self.owner),
            format!("/app/{}/endpoint/{endpoint}/secret", self.owner),
            format!("/app/{}/endpoint/{endpoint}/headers", self.owner),
            format!("/app/{}/poller", self.owner),
            format!("/app/{}/msg", self.owner),
            format!("/app/{}/attempt/endpoint/{endpoint}", self.owner),
            format!("/app/{}/board", self.owner),
            format!("/app/{}/button", self.owner),
            format!("/app/{}/record/user", self.owner),
            format!("/app/{}/api-user", self.owner),
            format!("/app/{}/integration", self.owner),
            "/background-task".to_owned(),
            "/inbox".to_owned(),
            "/api-key".to_owned(),
            "/member".to_owned(),
            "/event-type?include_archived=true".to_owned(),
            "/operational-webhook/endpoint".to_owned(),
        ] {
            let answer = self.app.client.get(&format!("/api/v1{path}")).await;
            let mut body = answer.expect(200);
            // When somebody was last seen is no change.
            for row in body["data"].as_array_mut().into_iter().flatten() {
                row["lastUsedAt"].take();
            }
            all.push(body);
        }
        all
    }

    /// What is there answers as what is not, to whom it does not belong.
    async fn check(&self, operation: &Operation) {
        let real = filled(operation, &self.objects);
        let nothing = filled(operation, &Objects::new());
        for caller in &self.callers {
            let name = format!("{} as {} of {real}", operation.id, caller.who);
            if caller.may == May::Everything {
                self.check_own(operation, &caller.client, (&real, &nothing))
                    .await;
                continue;
            }
            let missing = call(&caller.client, operation, &nothing).await;
            match caller.may {
                May::Everything => {}
                May::Nothing => assert_eq!(missing.0, 401, "{name}: {missing:?}"),
                May::Nowhere => assert_ne!(missing.0, 401, "{name}: {missing:?}"),
                May::Some => {
                    assert_ne!(missing.0, 401, "{name}: {missing:?}");
                    if missing.0 != 403 {
                        // It is let do this in its own application.
                        continue;
                    }
                }
            }
            let found = call(&caller.client, operation, &real).await;
            assert_eq!(found, missing, "{name}");
        }
    }

    /// What belongs to the caller is there, and what does not is not. What removes or changes it is shown by
    /// other tests.
    async fn check_own(
        &self,
        operation: &Operation,
        client: &Client,
        (real, nothing): (&str, &str),
    ) {
        if !makes(operation) {
            let missing = call(client, operation, nothing).await;
            assert!(!matches!(missing.0, 401 | 403), "{nothing}: {missing:?}");
        }
        let is_stream =
            |answer: &tidings_api::operations::Answer| matches!(answer.content, Content::Events);
        if operation.method != http::Method::GET || operation.answers.iter().any(is_stream) {
            return;
        }
        let answer = client.get(real).await;
        assert_eq!(answer.status, 200, "{real}: {}", answer.text());
    }

    /// The objects of another application are not found in one's own.
    async fn check_within(&self, operation: &Operation) {
        if kinds(operation.path).len() < 2 || !operation.path.contains("{app}") {
            return;
        }
        // Words of records are nobody's.
        if makes(operation) || operation.path.contains("/record/") {
            return;
        }
        let mut objects = self.objects.clone();
        objects.insert("app", self.other.clone());
        let mut missing = Objects::new();
        missing.insert("app", self.other.clone());
        let (real, nothing) = (filled(operation, &objects), filled(operation, &missing));
        for caller in &self.callers[..3] {
            let found = call(&caller.client, operation, &real).await;
            let missing = call(&caller.client, operation, &nothing).await;
            assert_eq!(
                found, missing,
                "{} as {} of {real}",
                operation.id, caller.who
            );
        }
    }
}

#[test]
fn the_table_knows_every_kind_of_object() {
    let count = tested().map(|operation| kinds(operation.path).len());
    assert!(count.filter(|count| *count > 0).count() > 80);
}

#[tokio::test]
async fn what_belongs_to_somebody_else_answers_as_what_is_not_there_on_sqlite() {
    let world = World::new(app().await).await;
    let before = world.everything().await;
    for operation in tested() {
        world.check(operation).await;
        world.check_within(operation).await;
    }
    let after = world.everything().await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn what_belongs_to_somebody_else_answers_as_what_is_not_there_on_postgres() {
    let database = Database::new(Version::V15);
    let world = World::new(app_on(&database).await).await;
    let before = world.everything().await;
    // Every seventh is a part of each topic.
    for operation in tested().step_by(7) {
        world.check(operation).await;
        world.check_within(operation).await;
    }
    let after = world.everything().await;
    assert_eq!(before, after);
}
