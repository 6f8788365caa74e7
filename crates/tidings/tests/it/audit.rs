//! The audit log: every operation that changes something leaves an entry, and one that is refused leaves none.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use http::Method;
use serde_json::{Value, json};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Receiver, TestApp};

use crate::support::{app, app_on, refused_field};

const LOG: &str = "/api/v1/audit-log";

/// Handlers that answer to a method that changes something and have no step of their own: they leave no entry,
/// or do what another one does.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("create_message", "messages are in the log of messages"),
    ("send_example", "a message too"),
    ("test_endpoint", "a message too"),
    ("press_button", "a message too"),
    (
        "put_record",
        "data of the product, with a history of its own",
    ),
    (
        "delete_record",
        "data of the product, with a history of its own",
    ),
    (
        "import_records",
        "data of the product, with a history of its own",
    ),
    ("try_filter", "changes nothing"),
    ("precheck_message", "changes nothing"),
    ("export_environment", "changes nothing"),
    (
        "replay_request",
        "what an inbox has caught is no configuration",
    ),
    (
        "delete_request",
        "what an inbox has caught is no configuration",
    ),
    (
        "delete_requests",
        "what an inbox has caught is no configuration",
    ),
    (
        "seek_consumer",
        "a place in the messages is no configuration",
    ),
    (
        "cancel_background_task",
        "the tasks of this walk have ended by then",
    ),
    (
        "exchange_portal_link",
        "who holds a link does it: the tests of portal access look at its entry",
    ),
    ("log_out", "who has a session does it, and so is that"),
    (
        "accept_invitation",
        "nobody's key does it: shown in members.rs",
    ),
    ("set_up", "nobody's key does it: shown in members.rs"),
    (
        "end_member_session",
        "only pages begin sessions: shown in members/signing_in.rs",
    ),
    (
        "end_member_sessions",
        "only pages begin sessions: shown in members/signing_in.rs",
    ),
    ("subscribe", "does what create_hook does"),
    ("create_destination", "does what create_endpoint does"),
    ("put_destination", "does what put_endpoint does"),
    ("patch_destination", "does what patch_endpoint does"),
    ("delete_destination", "does what delete_endpoint does"),
    (
        "rotate_destination_secret",
        "does what rotate_endpoint_secret does",
    ),
    ("import_open_api", "does what import_catalog does"),
    ("import_environment", "does what import_catalog does"),
];

/// An operation: its handler, its request, the action that it leaves, and under what the id of what it made is
/// kept: `{name}` stands for that id from then on. `{url}` is that of a receiver.
struct Step {
    handler: &'static str,
    method: Method,
    path: &'static str,
    body: &'static str,
    action: &'static str,
    made: &'static str,
}

const STEPS: &str = r#"
create_application | POST /app | {"name":"a","uid":"app"} | application.create |
put_application | PUT /app/app | {"name":"b","uid":"app"} | application.update |
patch_application | PATCH /app/app | {"name":"c"} | application.update |
create_event_type | POST /event-type | {"name":"a.b","description":"x"} | event_type.create |
put_event_type | PUT /event-type/a.b | {"description":"y"} | event_type.update |
patch_event_type | PATCH /event-type/a.b | {"description":"z"} | event_type.update |
delete_event_type | DELETE /event-type/a.b | | event_type.archive |
import_catalog | POST /catalog/import | {catalog} | event_type.import |
put_theme | PUT /environment/theme | {"productName":"P"} | theme.replace |
put_plans | PUT /plan | {"data":[{"uid":"p","name":"P","webhooks":true}]} | plan.replace |
create_endpoint | POST /app/app/endpoint | {"url":"{url}","uid":"ep"} | endpoint.create |
put_endpoint | PUT /app/app/endpoint/ep | {"url":"{url}","uid":"ep"} | endpoint.update |
patch_endpoint | PATCH /app/app/endpoint/ep | {"description":"x"} | endpoint.update |
put_endpoint_headers | PUT /app/app/endpoint/ep/headers | {"headers":{"x-a":"1"}} | endpoint.update |
patch_endpoint_headers | PATCH /app/app/endpoint/ep/headers | {"headers":{"x-b":"s3cret"}} | endpoint.update |
put_endpoint_credentials | PUT /app/app/endpoint/ep/credentials | {"type":"bearer","token":"s3cret-token"} | endpoint.update |
patch_endpoint_credentials | PATCH /app/app/endpoint/ep/credentials | {"token":"s3cret-other"} | endpoint.update |
delete_endpoint_credentials | DELETE /app/app/endpoint/ep/credentials | | endpoint.update |
rotate_endpoint_secret | POST /app/app/endpoint/ep/secret/rotate | {} | endpoint.rotate_secret |
create_polling_endpoint | POST /app/app/poller | {"uid":"poll"} | polling_endpoint.create |
patch_polling_endpoint | PATCH /app/app/poller/poll | {"description":"d"} | polling_endpoint.update |
delete_polling_endpoint | DELETE /app/app/poller/poll | | polling_endpoint.delete |
create_board | POST /app/app/board | {"name":"b"} | board.create | board
patch_board | PATCH /app/app/board/{board} | {"name":"c"} | board.update |
create_button | POST /app/app/button | {"boardId":"{board}","label":"l","url":"{url}","row":0,"column":0} | button.create | button
patch_button | PATCH /app/app/button/{button} | {"label":"m"} | button.update |
delete_button | DELETE /app/app/button/{button} | | button.delete |
delete_board | DELETE /app/app/board/{board} | | board.delete |
create_inbox | POST /inbox | {"name":"i"} | inbox.create | inbox
patch_inbox | PATCH /inbox/{inbox} | {"name":"j"} | inbox.update |
delete_inbox | DELETE /inbox/{inbox} | | inbox.delete |
create_api_key | POST /api-key | {"name":"k","role":"viewer"} | api_key.create | key
patch_api_key | PATCH /api-key/{key} | {"role":"developer"} | api_key.update |
rotate_api_key | POST /api-key/{key}/rotate | {"gracePeriodSeconds":60} | api_key.rotate |
revoke_api_key | DELETE /api-key/{key} | | api_key.revoke |
invite_member | POST /member | {"email":"ann@example.com","role":"viewer"} | member.invite | member
renew_invitation | POST /member/{member}/invitation | {} | member.renew_invitation |
patch_member | PATCH /member/{member} | {"name":"x"} | member.update |
delete_member | DELETE /member/{member} | | member.delete |
create_api_user | POST /app/app/api-user | {} | api_user.create | user
replace_api_user_password | POST /app/app/api-user/{user}/password | {} | api_user.replace_password |
revoke_api_user | DELETE /app/app/api-user/{user} | | api_user.revoke |
create_portal_access | POST /auth/app-portal-access/app | {"sessionId":"s3"} | portal_session.create |
create_dashboard_access | POST /auth/dashboard-access/app | | portal_session.create |
expire_portal_sessions | POST /auth/app/app/expire-all | {} | portal_session.expire |
create_integration | POST /app/app/integration | {"name":"i"} | integration.create | integration
put_integration | PUT /app/app/integration/{integration} | {"name":"j"} | integration.update |
rotate_integration_key | POST /app/app/integration/{integration}/key/rotate | | integration.rotate_key |
delete_integration | DELETE /app/app/integration/{integration} | | integration.delete |
resend_message | POST /app/app/msg/{message}/endpoint/ep/resend | {} | message.resend |
recover_endpoint | POST /app/app/endpoint/ep/recover | {"since":"{now}"} | background_task.create | task
replay_missing | POST /app/app/endpoint/ep/replay-missing | {"since":"{now}"} | background_task.create |
bulk_replay | POST /app/app/endpoint/ep/bulk-replay | {"since":"{now}"} | background_task.create |
count_application_usage | POST /stats/usage/app | {"since":"2020-01-01T00:00:00Z","until":"{now}"} | background_task.create |
count_event_type_usage | PUT /stats/usage/event-types | {} | background_task.create |
expunge_attempt | DELETE /app/app/msg/{message}/attempt/{attempt}/content | | attempt.expunge |
expunge_message | DELETE /app/app/msg/{message}/content | | message.expunge |
expunge_all_contents | POST /app/app/msg/expunge-all-contents | | background_task.create |
bulk_expunge_messages | POST /app/app/msg/bulk-expunge | {"ids":["{message}"]} | message.expunge |
create_operational_endpoint | POST /operational-webhook/endpoint | {"url":"{url}","uid":"ep"} | operational_endpoint.create |
put_operational_endpoint | PUT /operational-webhook/endpoint/ep | {"url":"{url}","uid":"ep"} | operational_endpoint.update |
put_operational_endpoint_headers | PUT /operational-webhook/endpoint/ep/headers | {"headers":{"x-a":"1"}} | operational_endpoint.update |
rotate_operational_endpoint_secret | POST /operational-webhook/endpoint/ep/secret/rotate | {} | operational_endpoint.rotate_secret |
delete_operational_endpoint | DELETE /operational-webhook/endpoint/ep | | operational_endpoint.delete |
delete_endpoint | DELETE /app/app/endpoint/ep | | endpoint.delete |
delete_application | DELETE /app/app | | application.delete |
"#;

fn steps() -> Vec<Step> {
    let lines = STEPS.lines().filter(|line| !line.is_empty());
    let read = |line: &'static str| {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let (method, path) = parts[1].split_once(' ').unwrap();
        Step {
            handler: parts[0],
            method: method.parse().unwrap(),
            path,
            body: parts[2],
            action: parts[3],
            made: parts[4],
        }
    };
    lines.map(read).collect()
}

/// Puts the ids of what was made into a path or a body.
fn fill(text: &str, made: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    for (name, id) in made {
        text = text.replace(&format!("{{{name}}}"), id);
    }
    text
}

async fn newest(app: &TestApp) -> Value {
    let log = app.client.get(&format!("{LOG}?limit=1")).await.expect(200);
    log["data"][0].clone()
}

/// Two messages with an attempt, for what is done to messages.
async fn messages(app: &TestApp, receiver: &Receiver, made: &mut Vec<(String, String)>) {
    let message = app.send("app", "a", json!({"n": 1})).await;
    receiver.wait_for("/hook", 1).await;
    let attempts = app.wait_for_attempts("app", &message, 1).await;
    made.push(("attempt".into(), attempts[0]["id"].as_str().unwrap().into()));
    let read = app
        .client
        .get(&format!("/api/v1/app/app/msg/{message}"))
        .await;
    made.push((
        "now".into(),
        read.expect(200)["timestamp"].as_str().unwrap().into(),
    ));
    made.push(("message".into(), message));
}

async fn every_changing_operation_leaves_an_entry(app: TestApp) {
    let receiver = Receiver::start().await;
    let client = app.client.with_header("user-agent", "audit-test/1");
    let client = client.with_header("x-request-id", "req-17");
    let known = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut made = vec![
        known("url", &receiver.url("/hook")),
        known("catalog", include_str!("../../../../catalogs/wink.json")),
    ];
    let mut seen = newest(&app).await["id"].clone();
    for step in steps() {
        if step.handler == "resend_message" {
            messages(&app, &receiver, &mut made).await;
        }
        let path = format!("/api/v1{}", fill(step.path, &made));
        let body = fill(step.body, &made);
        let answer = client.send(step.method.clone(), &path, body).await;
        assert!(answer.status < 300, "{}: {}", step.handler, answer.text());
        if !step.made.is_empty() {
            let id = &answer.json()["id"];
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            made.push((step.made.to_owned(), id));
        }
        let entry = newest(&app).await;
        assert_ne!(entry["id"], seen, "{} left no entry", step.handler);
        assert_eq!(entry["action"], step.action, "{}: {entry}", step.handler);
        assert_eq!(entry["actor"]["kind"], "api_key", "{entry}");
        assert_eq!(entry["actor"]["name"], "test", "{entry}");
        assert_eq!(entry["userAgent"], "audit-test/1", "{entry}");
        assert_eq!(entry["requestId"], "req-17", "{entry}");
        assert_eq!(entry["remoteAddress"], "127.0.0.1", "{entry}");
        let text = entry.to_string();
        assert!(!text.contains("s3cret"), "{text}");
        seen = entry["id"].clone();
    }
}

#[tokio::test]
async fn every_changing_operation_leaves_an_entry_on_sqlite() {
    every_changing_operation_leaves_an_entry(app().await).await;
}

#[tokio::test]
async fn every_changing_operation_leaves_an_entry_on_postgres() {
    let database = Database::new(Version::V15);
    every_changing_operation_leaves_an_entry(app_on(&database).await).await;
}

/// The handlers of the API that answer to a method that changes something, as its source registers them.
fn changing_handlers(folder: &Path, found: &mut BTreeSet<String>) {
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            changing_handlers(&path, found);
            continue;
        }
        let text: String = std::fs::read_to_string(&path).unwrap();
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for method in ["post(", "put(", "patch(", "delete("] {
            for (at, _) in text.match_indices(method) {
                let is_word = text[..at]
                    .chars()
                    .next_back()
                    .is_some_and(char::is_alphanumeric);
                if is_word || text[..at].ends_with('_') {
                    continue;
                }
                let inside = text[at + method.len()..].trim_start();
                // A route of the table names its path first.
                let inside = match inside.strip_prefix("v1!(") {
                    Some(rest) => rest.split_once(')').map_or("", |(_, rest)| rest),
                    None => inside,
                };
                let inside = inside.trim_start_matches([',', ' ']);
                let is_name = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | ':');
                let end = inside.find(|sign| !is_name(sign)).unwrap_or(0);
                let ends_well = inside[end..]
                    .trim_start_matches([',', ' '])
                    .starts_with(')');
                let name = inside[..end].rsplit("::").next().unwrap_or_default();
                if ends_well && !name.is_empty() {
                    found.insert(name.to_owned());
                }
            }
        }
    }
}

/// Hooks have a test of their own below.
const HOOKS: [&str; 3] = ["create_hook", "put_hook", "delete_hook"];

#[test]
fn no_route_that_changes_something_is_forgotten() {
    let mut registered = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tidings_api/src");
    changing_handlers(&source, &mut registered);
    assert!(registered.len() > 50, "routes are not read: {registered:?}");
    let steps = steps();
    let known: BTreeSet<&str> = steps
        .iter()
        .map(|step| step.handler)
        .chain(EXCEPTIONS.iter().map(|(handler, _)| *handler))
        .chain(HOOKS)
        .collect();
    let forgotten: Vec<_> = registered
        .iter()
        .filter(|handler| !known.contains(handler.as_str()))
        .collect();
    assert!(
        forgotten.is_empty(),
        "these need a step here that shows their entry, or a reason why they leave none: {forgotten:?}"
    );
    let gone: Vec<_> = known
        .iter()
        .filter(|one| !registered.contains(**one))
        .collect();
    assert!(gone.is_empty(), "no routes any more: {gone:?}");
}

#[tokio::test]
async fn a_refused_change_leaves_no_entry_and_a_repeated_one_leaves_one() {
    let app = app().await;
    app.client
        .post("/api/v1/app", json!({"name": "a", "uid": "app"}))
        .await
        .expect(201);
    let before = newest(&app).await;
    app.client
        .post("/api/v1/app", json!({"name": "b", "uid": "app"}))
        .await
        .expect(409);
    app.client
        .post("/api/v1/app", json!({"name": ""}))
        .await
        .expect(422);
    app.client.delete("/api/v1/app/nobody").await.expect(404);
    assert_eq!(newest(&app).await, before);
    let keyed = app.client.with_header("idempotency-key", "one");
    for _ in 0..2 {
        keyed
            .post("/api/v1/app", json!({"name": "c"}))
            .await
            .expect(201);
    }
    let log = app
        .client
        .get(&format!("{LOG}?action=application.create"))
        .await
        .expect(200);
    assert_eq!(log["data"].as_array().unwrap().len(), 2, "{log}");
}

#[tokio::test]
async fn an_entry_says_what_was_before_and_after() {
    let app = app().await;
    app.client
        .post("/api/v1/app", json!({"name": "a", "uid": "app"}))
        .await
        .expect(201);
    app.client
        .patch("/api/v1/app/app", json!({"name": "b"}))
        .await
        .expect(200);
    let entry = newest(&app).await;
    let expected = json!([{"field": "name", "before": "a", "after": "b"}]);
    assert_eq!(entry["changes"], expected, "{entry}");
    assert_eq!(entry["target"]["uid"], "app");
    assert_eq!(entry["target"]["kind"], "application");
    for query in [
        "application=app",
        "target=app",
        "action=application.update",
        "actor_kind=api_key",
    ] {
        let log = app
            .client
            .get(&format!("{LOG}?{query}&limit=1"))
            .await
            .expect(200);
        assert_eq!(log["data"][0], entry, "{query}");
    }
    let log = app
        .client
        .get(&format!("{LOG}?order=ascending&limit=250"))
        .await
        .expect(200);
    let rows = log["data"].as_array().unwrap();
    assert_eq!(rows.last(), Some(&entry));
    // The first of all was made before there was a server.
    assert_eq!(rows[0]["action"], "api_key.create");
    assert_eq!(rows[0]["actor"]["kind"], "command_line");
    refused_field(
        &app.client.get(&format!("{LOG}?action=x")).await,
        &["query", "action"],
    );
    refused_field(
        &app.client.get(&format!("{LOG}?iterator=x")).await,
        &["query", "iterator"],
    );
    let other = app.program.create_key("other", "elsewhere").await;
    let other = app.client.with_key(&other).get(LOG).await.expect(200);
    assert_eq!(other["data"].as_array().unwrap().len(), 1, "{other}");
}

#[tokio::test]
async fn what_the_command_line_and_an_api_user_do_is_told_apart() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    app.program.create_key("second", "default").await;
    let entry = newest(&app).await;
    assert_eq!(
        (&entry["actor"]["kind"], &entry["action"]),
        (&json!("command_line"), &json!("api_key.create"))
    );
    assert_eq!(entry["target"]["uid"], "second");

    let user = app
        .client
        .post(
            &format!("/api/v1/app/{owner}/api-user"),
            json!({"login": "hooks"}),
        )
        .await;
    let password = user.expect(201)["password"].as_str().unwrap().to_owned();
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("hooks:{password}"));
    let client = app
        .client
        .without_key()
        .with_header("authorization", &format!("Basic {basic}"));
    app.client
        .post(
            "/api/v1/event-type",
            json!({"name": "a", "description": "x"}),
        )
        .await
        .expect(201);
    let hook = json!({"actions": ["a"], "subscription_url": "http://127.0.0.1:9/"});
    let made = client.post("/api/webhooks", hook.clone()).await;
    assert!(made.status < 300, "{}", made.text());
    let entry = newest(&app).await;
    assert_eq!(entry["action"], "endpoint.create", "{entry}");
    assert_eq!(entry["actor"]["kind"], "api_user");
    assert_eq!(entry["actor"]["name"], "hooks");
    let path = format!("/api/webhooks/{}", made.json()["id"]);
    for (method, action) in [
        (Method::PUT, "endpoint.update"),
        (Method::DELETE, "endpoint.delete"),
    ] {
        let answer = client.send(method, &path, hook.to_string()).await;
        assert!(answer.status < 300, "{}", answer.text());
        assert_eq!(newest(&app).await["action"], action);
    }
}

#[tokio::test]
async fn an_endpoint_that_tidings_switches_off_is_in_the_log() {
    let app = app().await;
    let receiver = Receiver::start().await;
    let owner = app.create_application("Cool Account").await;
    let endpoint = app
        .create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
        .await;
    receiver.script("/hook", [410]);
    let message = app.send(&owner, "a", json!({})).await;
    app.wait_for_attempts(&owner, &message, 1).await;
    let entry = newest(&app).await;
    assert_eq!(entry["action"], "endpoint.disable", "{entry}");
    assert_eq!(
        entry["actor"],
        json!({"kind": "system", "id": null, "name": null})
    );
    assert_eq!(entry["target"]["id"], endpoint);
    assert_eq!(entry["changes"][0]["after"], "gone");
}
