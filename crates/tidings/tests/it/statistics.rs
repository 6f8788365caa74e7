//! Statistics of usage: background tasks count what was sent, and of which event types, on both stores.

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Client, Program, Receiver, TestApp, wait};

use crate::support::{app, app_on, app_with, refused, refused_field};

const SINCE: &str = "2020-01-01T00:00:00Z";
const UNTIL: &str = "2099-01-01T00:00:00Z";
const APPLICATIONS: &str = "/api/v1/stats/usage/app";
const EVENT_TYPES: &str = "/api/v1/stats/usage/event-types";

async fn ended(client: &Client, id: &str) -> Value {
    let path = format!("/api/v1/background-task/{id}");
    let read = || async { client.get(&path).await.expect(200) };
    wait::until("the end of the task", read, |task| {
        task["status"] != "running"
    })
    .await
}

/// Counts for applications, to the end.
async fn count(client: &Client, mut body: Value) -> (Value, Value) {
    body["since"] = SINCE.into();
    body["until"] = UNTIL.into();
    let started = client.post(APPLICATIONS, body).await.expect(202);
    assert_eq!(started["task"], "application.stats");
    let task = ended(client, started["id"].as_str().unwrap()).await;
    assert_eq!(task["status"], "finished", "{task}");
    (started, task["data"].clone())
}

async fn count_event_types(client: &Client, body: &str) -> Value {
    let started = client.send(Method::PUT, EVENT_TYPES, body.to_owned());
    let started = started.await.expect(202);
    assert_eq!(started["task"], "event-type.aggregate");
    let task = ended(client, started["id"].as_str().unwrap()).await;
    assert_eq!(task["status"], "finished", "{task}");
    task["data"].clone()
}

async fn create(app: &TestApp, body: Value) {
    let made = app.client.post("/api/v1/app", body).await;
    made.expect(201);
}

async fn usage_is_counted(app: TestApp) {
    let receiver = Receiver::start().await;
    receiver.rule(|request| match request.path.as_str() {
        "/good" => 204.into(),
        _ => 500.into(),
    });
    create(&app, json!({"name": "Busy", "uid": "busy"})).await;
    create(&app, json!({"name": "Quiet", "uid": "quiet"})).await;
    create(&app, json!({"name": "Idle", "uid": "idle"})).await;
    for path in ["/good", "/bad"] {
        let endpoint = json!({"url": receiver.url(path)});
        app.create_endpoint("busy", endpoint).await;
    }
    let mut messages = Vec::new();
    for number in 0..3 {
        let sent = app.send("busy", "invoice.paid", json!({"n": number}));
        messages.push(sent.await);
    }
    app.send("quiet", "user.created", json!({})).await;
    for message in &messages {
        app.wait_for_attempts("busy", message, 3).await;
    }

    let (started, data) = count(&app.client, json!({})).await;
    assert_eq!(started["unresolvedAppIds"], json!([]));
    let row = |uid: &str| {
        let rows = data["applications"].as_array().unwrap();
        let row = rows.iter().find(|row| row["appUid"] == uid).unwrap();
        let number = |name: &str| row[name].as_u64().unwrap();
        ["messages", "success", "fail", "attempts"].map(number)
    };
    // Of the endpoint that fails, the first try and the second.
    assert_eq!(row("busy"), [3, 3, 3, 9]);
    assert_eq!(row("quiet"), [1, 0, 0, 0]);
    assert_eq!(row("idle"), [0, 0, 0, 0]);
    assert_eq!(data["applications"][0]["appUid"], "busy");
    assert_eq!(data["all"]["messages"], 4);
    assert_eq!(data["others"]["applications"], 0);
    assert_eq!(data["applicationsTotal"], data["applicationsDone"]);
    assert_eq!(
        (&data["messagesRead"], &data["progress"]),
        (&json!(4), &json!(1.0))
    );

    let body = json!({"appIds": ["quiet", "nobody", "app_nobody"]});
    let (started, data) = count(&app.client, body).await;
    assert_eq!(started["unresolvedAppIds"], json!(["nobody", "app_nobody"]));
    assert_eq!(data["applications"].as_array().unwrap().len(), 1);
    assert_eq!(data["all"]["messages"], 1);

    let data = count_event_types(&app.client, "").await;
    let names = |data: &Value| -> Vec<(String, u64)> {
        let rows = data["eventTypes"].as_array().unwrap().iter();
        rows.map(|row| (text(&row["name"]), row["messages"].as_u64().unwrap()))
            .collect()
    };
    assert_eq!(
        names(&data),
        [("invoice.paid".into(), 3), ("user.created".into(), 1)]
    );
    let last = format!("/api/v1/app/busy/msg/{}", messages[2]);
    let last = app.client.get(&last).await.expect(200)["timestamp"].clone();
    assert_eq!(data["eventTypes"][0]["lastMessageAt"], last);
    assert_eq!(data["all"]["messages"], 4);

    // Of a span before all messages there is nothing, and it says so.
    let long_ago = r#"{"since": "2020-01-01T00:00:00Z", "until": "2021-01-01T00:00:00Z"}"#;
    let data = count_event_types(&app.client, long_ago).await;
    assert_eq!(
        (names(&data).len(), &data["all"]["messages"]),
        (0, &json!(0))
    );
}

#[tokio::test]
async fn what_was_sent_is_counted_by_application_and_by_event_type() {
    usage_is_counted(app_with(&[("retry_schedule", "1ms")]).await).await;
}

#[tokio::test]
async fn on_postgres_what_was_sent_is_counted_by_application_and_by_event_type() {
    let database = Database::new(Version::V15);
    let settings = [("retry_schedule", "1ms"), ("store", &database.url())];
    usage_is_counted(app_with(&settings).await).await;
}

/// More deliveries than one read looks up.
#[tokio::test]
async fn messages_for_many_endpoints_are_counted_whole() {
    const ENDPOINTS: usize = 300;
    const MESSAGES: usize = 20;
    let app = app().await;
    let receiver = Receiver::start().await;
    let owner = app.create_application("Wide").await;
    for _ in 0..ENDPOINTS {
        app.create_endpoint(&owner, json!({"url": receiver.url("/hook")}))
            .await;
    }
    for number in 0..MESSAGES {
        app.send(&owner, "a.b", json!({"n": number})).await;
    }
    let read = || async { count(&app.client, json!({})).await.1 };
    let data = wait::until("the deliveries to be there", read, |data| {
        data["all"]["success"] == ENDPOINTS * MESSAGES
    })
    .await;
    assert_eq!(data["all"]["attempts"], ENDPOINTS * MESSAGES);
    assert_eq!(data["messagesRead"], MESSAGES);
}

#[tokio::test]
async fn where_nobody_is_there_counting_ends_at_once() {
    let app = app().await;
    let (_, data) = count(&app.client, json!({})).await;
    assert_eq!(data["applications"], json!([]));
    assert_eq!(
        (&data["applicationsTotal"], &data["all"]["messages"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused_and_starts_nothing() {
    let app = app().await;
    let many: Vec<String> = (0..251).map(|number| format!("app-{number}")).collect();
    for (body, field) in [
        (json!({"until": UNTIL}), "since"),
        (json!({"since": SINCE}), "until"),
        (json!({"since": SINCE, "until": SINCE}), "until"),
        (
            json!({"since": "2098-01-01T00:00:00Z", "until": UNTIL}),
            "since",
        ),
        (json!({"since": "yesterday", "until": UNTIL}), "since"),
        (
            json!({"since": SINCE, "until": UNTIL, "appIds": many}),
            "appIds",
        ),
        (
            json!({"since": SINCE, "until": UNTIL, "appIds": ["nobody"]}),
            "appIds",
        ),
        (
            json!({"since": SINCE, "until": UNTIL, "appIds": "all"}),
            "appIds",
        ),
    ] {
        let answer = app.client.post(APPLICATIONS, body).await;
        refused_field(&answer, &["body", field]);
    }
    let wrong = json!({"since": UNTIL});
    let answer = app.client.put(EVENT_TYPES, wrong).await;
    refused_field(&answer, &["body", "since"]);
    let tasks = app.client.get("/api/v1/background-task").await.expect(200);
    assert_eq!(tasks["data"], json!([]));
    let nobody = app.client.with_key("no-such-key");
    let answer = nobody.put(EVENT_TYPES, json!({})).await;
    refused(&answer, 401, "authentication_failed");
}

#[tokio::test]
async fn counting_goes_on_where_it_was_after_the_process_was_killed() {
    counting_outlasts_a_death(app().await).await;
}

#[tokio::test]
async fn on_postgres_counting_goes_on_where_it_was_after_the_process_was_killed() {
    let database = Database::new(Version::V15);
    counting_outlasts_a_death(app_on(&database).await).await;
}

#[tokio::test]
async fn counting_that_is_canceled_on_its_way_ends_with_what_it_has_found() {
    let database = Database::new(Version::V15);
    let mut app = app_on(&database).await;
    let plain = die_while_counting(&mut app).await;
    // It comes back where nobody goes on with tasks, so that what is canceled is on its way for sure.
    app.change(|_| plain.clone().setting("role", "api"));
    app.start_again().await;
    let tasks = app.client.get("/api/v1/background-task").await.expect(200);
    let task = &tasks["data"][0];
    assert_eq!(task["status"], "running", "{task}");
    assert_eq!(task["data"]["applicationsDone"], 50, "{task}");
    let path = format!("/api/v1/background-task/{}", text(&task["id"]));
    let canceled = app.client.post(&format!("{path}/cancel"), json!({})).await;
    let canceled = canceled.expect(200);
    assert_eq!(canceled["status"], "failed", "clients know no other word");
    app.stop().await;
    app.change(|_| plain);
    app.start_again().await;
    // Nobody goes on with it, and what it had found by then is kept.
    let next = ended(&app.client, &text(&count_again(&app.client).await)).await;
    assert_eq!(next["data"]["applicationsDone"], COUNT);
    let kept = app.client.get(&path).await.expect(200);
    assert_eq!(kept, canceled);
    let data = &kept["data"];
    assert_eq!(
        (&data["canceled"], &data["messagesRead"]),
        (&json!(true), &json!(50))
    );
    assert_eq!(data["applications"].as_array().unwrap().len(), 50);
    assert_eq!(data["applicationsTotal"], COUNT);
}

/// Begins to count for all applications.
async fn count_again(client: &Client) -> Value {
    let body = json!({"since": SINCE, "until": UNTIL});
    client.post(APPLICATIONS, body).await.expect(202)["id"].clone()
}

/// A step sees to fifty applications.
const COUNT: usize = 120;

/// Makes applications with a message each, and lets the server die while it counts them: behind the step that counts the
/// applications and the first that reads messages. Gives the program as it was.
async fn die_while_counting(app: &mut TestApp) -> Program {
    for number in 0..COUNT {
        let owner = app.create_application(&format!("App {number}")).await;
        app.send(&owner, "a.b", json!({})).await;
    }
    app.stop().await;
    let plain = app.program.clone();
    app.change(|program| program.setting("fault_point", "after-job-step:2"));
    app.start_again().await;
    // It may die before it has answered.
    let body = json!({"since": SINCE, "until": UNTIL}).to_string();
    let _ = app.client.try_send(Method::POST, APPLICATIONS, body).await;
    assert!(!app.take_server().ended().await.success());
    plain
}

async fn counting_outlasts_a_death(mut app: TestApp) {
    let plain = die_while_counting(&mut app).await;
    app.change(|_| plain);
    app.start_again().await;
    let tasks = app.client.get("/api/v1/background-task").await.expect(200);
    let task = ended(&app.client, tasks["data"][0]["id"].as_str().unwrap()).await;
    assert_eq!(task["status"], "finished", "{task}");
    let data = &task["data"];
    assert_eq!(data["applications"].as_array().unwrap().len(), COUNT);
    for number in ["applicationsDone", "applicationsTotal", "messagesRead"] {
        assert_eq!(data[number], COUNT, "{number}");
    }
    assert_eq!(data["all"]["messages"], COUNT);
}
