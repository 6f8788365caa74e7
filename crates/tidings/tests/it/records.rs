//! Records: the product puts what it has, and its customers hear of what has changed.

use http::Method;
use serde_json::{Value, json};
use tidings_testkit::app::text;
use tidings_testkit::postgres::{Database, Version};

use crate::support::{Scene, app_on, app_with, refused, refused_field};

const USER: &str = r#"{ "id": 71, "name": "Ada", "points": 9007199254740993, "share": 1.0 }"#;

/// The rows of a page.
fn rows(page: &Value) -> &[Value] {
    page["data"].as_array().unwrap()
}

async fn put(scene: &Scene, path: &str, body: impl Into<bytes::Bytes>) -> Value {
    let path = scene.path(&format!("/record/{path}"));
    let answer = scene.app.client.send(Method::PUT, &path, body).await;
    answer.expect(200)
}

async fn delete(scene: &Scene, path: &str) -> Value {
    let path = scene.path(&format!("/record/{path}"));
    scene.app.client.delete(&path).await.expect(200)
}

/// What came to the endpoint, in the order of the messages.
async fn told(scene: &Scene, count: usize) -> Vec<Value> {
    let mut requests = scene.receiver.wait_for("/hook", count).await;
    assert_eq!(requests.len(), count);
    requests.sort_by(|one, other| one.id().cmp(other.id()));
    requests.iter().map(|request| request.json()).collect()
}

#[tokio::test]
async fn ei_1_a_change_is_told_once_and_saving_without_a_change_is_not() {
    let scene = Scene::start().await;
    let made = put(&scene, "user/71", USER).await;
    assert_eq!(made["action"], "new");
    // The same value, written differently.
    let same = r#"{"share":1.0,"points":9007199254740993,"name":"\u0041da","id":71}"#;
    for unchanged in [USER, same] {
        let unchanged = put(&scene, "user/71", unchanged).await;
        assert_eq!(unchanged, json!({"action": "none", "messageId": null}));
    }
    let changed = put(&scene, "user/71", USER.replace("Ada", "Eve")).await;
    assert_eq!(changed["action"], "update");
    assert_eq!(
        put(&scene, "company/5", r#"{"id":"5"}"#).await["action"],
        "new"
    );
    told(&scene, 3).await;
    let messages = scene.app.client.get(&scene.path("/msg")).await.expect(200);
    let ids: Vec<&Value> = rows(&messages).iter().map(|row| &row["id"]).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.contains(&&made["messageId"]) && ids.contains(&&changed["messageId"]));
}

#[tokio::test]
async fn ei_3_ei_4_ei_5_ei_8_a_record_is_told_as_new_update_and_delete_in_this_order() {
    let scene = Scene::start().await;
    put(&scene, "company/5", r#"{"id":"5","name":"a"}"#).await;
    put(&scene, "company/5", r#"{"id":"5","name":"b"}"#).await;
    assert_eq!(delete(&scene, "company/5").await["action"], "delete");
    assert_eq!(
        delete(&scene, "company/5").await,
        json!({"action": "none", "messageId": null})
    );
    let of =
        |action: &str| json!({"entity_id": "5", "entity_type": "company", "action_type": action});
    let with = |mut body: Value, name: &str| {
        body["result"] = json!({"id": "5", "name": name});
        body
    };
    let expected = [with(of("new"), "a"), with(of("update"), "b"), of("delete")];
    assert_eq!(told(&scene, 3).await, expected);
    // One that comes back is new, and then it is told again.
    put(&scene, "company/5", r#"{"id":"5","name":"b"}"#).await;
    assert_eq!(told(&scene, 4).await[3], with(of("new"), "b"));
}

#[tokio::test]
async fn ei_6_the_entity_id_has_the_type_that_it_has_in_the_record() {
    let scene = Scene::start().await;
    put(
        &scene,
        "user/9007199254740993",
        r#"{"id":9007199254740993}"#,
    )
    .await;
    delete(&scene, "user/9007199254740993").await;
    put(&scene, "user/72", r#"{"id":"72"}"#).await;
    put(&scene, "user/73", r#"{"name":"without"}"#).await;
    let mut requests = scene.receiver.wait_for("/hook", 4).await;
    requests.sort_by(|one, other| one.id().cmp(other.id()));
    let begins: Vec<&str> = requests
        .iter()
        .map(|request| std::str::from_utf8(&request.body).unwrap())
        .map(|body| body.split(",\"entity_type\"").next().unwrap())
        .collect();
    let expected = [
        "{\"entity_id\":9007199254740993",
        "{\"entity_id\":9007199254740993",
        "{\"entity_id\":\"72\"",
        "{\"entity_id\":\"73\"",
    ];
    assert_eq!(begins, expected);
}

#[tokio::test]
async fn ei_7_the_result_is_the_record_as_a_get_gives_it() {
    let scene = Scene::start().await;
    put(&scene, "user/71", r#"{"id":71}"#).await;
    put(&scene, "user/71", USER).await;
    let path = scene.path("/record/user/71");
    let record = scene.app.client.get(&path).await;
    assert_eq!((record.status, &record.body[..]), (200, USER.as_bytes()));
    assert_eq!(record.header("content-type"), "application/json");
    let mut requests = scene.receiver.wait_for("/hook", 2).await;
    requests.sort_by(|one, other| one.id().cmp(other.id()));
    let body = std::str::from_utf8(&requests[1].body).unwrap();
    assert!(body.ends_with(&format!("\"result\":{USER}}}")), "{body}");
    delete(&scene, "user/71").await;
    refused(&scene.app.client.get(&path).await, 404, "not_found");
}

#[tokio::test]
async fn ei_4_ei_15_ei_16_only_the_triggers_that_are_chosen_are_sent() {
    let chosen = json!({"eventTypes": ["user.update", "company.delete"]});
    let catalog = |app: &tidings_testkit::TestApp| {
        let client = app.client.clone();
        async move {
            let file = client.get("/api/v1/catalog/eventinsight").await.expect(200);
            client
                .post("/api/v1/catalog/import", file)
                .await
                .expect(200);
        }
    };
    let app = app_with(&[]).await;
    catalog(&app).await;
    let scene = Scene::of(app, json!({})).await;
    let settings = scene.endpoint_path("");
    let saved = scene.app.client.patch(&settings, chosen.clone()).await;
    assert_eq!(saved.expect(200)["eventTypes"], chosen["eventTypes"]);
    let shown = scene.app.client.get(&settings).await.expect(200);
    assert_eq!(shown["eventTypes"], chosen["eventTypes"]);
    for record in ["user/1", "company/1"] {
        put(&scene, record, r#"{"a":1}"#).await;
        put(&scene, record, r#"{"a":2}"#).await;
        delete(&scene, record).await;
    }
    let told: Vec<(Value, Value)> = told(&scene, 2)
        .await
        .into_iter()
        .map(|body| (body["entity_type"].clone(), body["action_type"].clone()))
        .collect();
    let expected = [
        (json!("user"), json!("update")),
        (json!("company"), json!("delete")),
    ];
    assert_eq!(told, expected);
}

async fn changes_at_once_come_one_after_the_other(scene: &Scene) {
    let mut tasks = tokio::task::JoinSet::new();
    let path = scene.path("/record/user/1");
    for number in 0..24 {
        let (client, path) = (scene.app.client.clone(), path.clone());
        tasks.spawn(async move {
            let put = client.put(&path, json!({"id": 1, "number": number})).await;
            text(&put.expect(200)["messageId"])
        });
    }
    let mut answered = tasks.join_all().await;
    let history = scene.app.client.get(&format!("{path}/history")).await;
    let history = history.expect(200);
    let mut versions: Vec<i64> = Vec::new();
    let mut messages: Vec<String> = Vec::new();
    for change in rows(&history) {
        versions.push(change["version"].as_i64().unwrap());
        messages.push(text(&change["messageId"]));
    }
    assert_eq!(versions, (1..=24).rev().collect::<Vec<_>>());
    // The record is what the newest of the messages says.
    let newest = scene.path(&format!("/msg/{}", messages[0]));
    let newest = scene.app.client.get(&newest).await.expect(200);
    let record = scene.app.client.get(&path).await.expect(200);
    assert_eq!(newest["payload"]["result"], record);
    assert_eq!(newest["payload"]["action_type"], "update");
    answered.sort();
    messages.sort();
    assert_eq!(answered, messages);
}

#[tokio::test]
async fn changes_of_one_record_at_once_each_have_their_message_and_their_place() {
    changes_at_once_come_one_after_the_other(&Scene::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_one_record_at_once_each_have_their_place_on_postgresql_too() {
    let database = Database::new(Version::V15);
    let scene = Scene::of(app_on(&database).await, json!({})).await;
    changes_at_once_come_one_after_the_other(&scene).await;
    let unchanged = scene.app.client.get(&scene.path("/record/user/1")).await;
    let unchanged = put(&scene, "user/1", unchanged.body).await;
    assert_eq!(unchanged["action"], "none");
    assert_eq!(delete(&scene, "user/1").await["action"], "delete");
}

#[tokio::test]
async fn a_key_makes_a_change_once() {
    let scene = Scene::start().await;
    let path = scene.path("/record/user/1");
    let keyed = scene.app.client.with_header("idempotency-key", "one");
    let first = keyed.put(&path, json!({"id": 1})).await.expect(200);
    assert_eq!(first["action"], "new");
    put(&scene, "user/1", r#"{"id":1,"later":true}"#).await;
    // The repeat does not undo what came after the first.
    assert_eq!(keyed.put(&path, json!({"id": 1})).await.expect(200), first);
    let record = scene.app.client.get(&path).await.expect(200);
    assert_eq!(record, json!({"id": 1, "later": true}));
    let reused = keyed.put(&path, json!({"id": 1, "other": 1})).await;
    refused(&reused, 409, "idempotency_key_reused");
}

#[tokio::test]
async fn records_are_listed_by_page_and_their_changes_newest_first() {
    let scene = Scene::start().await;
    for id in ["3", "1", "2", "import"] {
        put(
            &scene,
            &format!("user/{id}"),
            format!("{{\"id\":\"{id}\"}}"),
        )
        .await;
    }
    put(&scene, "user/1", r#"{"id":1}"#).await;
    delete(&scene, "user/3").await;
    let client = &scene.app.client;
    let first = client.get(&scene.path("/record/user?limit=2")).await;
    let first = first.expect(200);
    let ids: Vec<&Value> = rows(&first).iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(first["data"][0]["entityId"], 1);
    assert_eq!(first["data"][0]["version"], 2);
    assert_eq!(first["done"], false);
    let after = scene.path("/record/user?limit=2&iterator=2");
    let second = client.get(&after).await.expect(200);
    let ids: Vec<&Value> = rows(&second).iter().map(|row| &row["id"]).collect();
    assert_eq!(
        (ids, &second["done"]),
        (vec![&json!("import")], &json!(true))
    );

    let newest = scene.path("/record/user/3/history?limit=1");
    let history = client.get(&newest).await.expect(200);
    assert_eq!(rows(&history).len(), 1);
    assert_eq!(history["data"][0]["action"], "delete");
    let older = format!(
        "/record/user/3/history?iterator={}",
        text(&history["iterator"])
    );
    let older = client.get(&scene.path(&older)).await.expect(200);
    assert_eq!(older["data"][0]["action"], "new");
    let never = client.get(&scene.path("/record/user/4/history")).await;
    refused(&never, 404, "not_found");
}

#[tokio::test]
async fn many_records_come_in_one_request_and_a_wrong_one_stops_no_other() {
    let scene = Scene::start().await;
    put(&scene, "user/1", r#"{"id":1}"#).await;
    let path = scene.path("/record/user/import");
    let lines = "{\"id\":1}\n\n{\"id\":2,\"a\":1}\r\n{\"id\":2,\"a\":2}\n{\"name\":\"x\"}\n{\"id\":3\n{\"id\":\"a b\"}";
    let client = scene.app.client.with_header("idempotency-key", "import-1");
    let client = client.with_header("content-type", "application/x-ndjson");
    let imported = client.send(Method::POST, &path, lines).await.expect(200);
    let actions: Vec<&Value> = rows(&imported).iter().map(|row| &row["action"]).collect();
    assert_eq!(actions[..3], ["none", "new", "update"]);
    for (wrong, field) in [(3, "id"), (5, "id")] {
        let wrong = &imported["data"][wrong];
        assert_eq!(wrong["error"]["detail"][0]["loc"], json!(["body", field]));
        assert_eq!(wrong.get("action"), None);
    }
    assert_eq!(imported["data"][4]["error"]["code"], "validation");
    let again = client.send(Method::POST, &path, lines).await.expect(200);
    assert_eq!(again["data"][1], imported["data"][1]);
    assert_eq!(again["data"][2], imported["data"][2]);
    let many: Vec<Value> = (0..1_000).map(|id| json!({"id": id, "b": 1})).collect();
    let imported = scene.app.client.post(&path, json!(many)).await.expect(200);
    let is_new = |row: &&Value| row["action"] == "new";
    assert_eq!(rows(&imported).iter().filter(is_new).count(), 998);
    let many: Vec<Value> = (0..1_001).map(|id| json!({"id": id, "b": 1})).collect();
    let too_many = scene.app.client.post(&path, json!(many)).await;
    refused_field(&too_many, &["body"]);
}

#[tokio::test]
async fn a_record_has_the_size_of_any_request_and_not_one_byte_more() {
    let scene = Scene::start().await;
    let path = scene.path("/record/user/1");
    let of = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    let client = &scene.app.client;
    let most = client.send(Method::PUT, &path, of(1 << 20)).await;
    assert_eq!(most.expect(200)["action"], "new");
    let more = client.send(Method::PUT, &path, of((1 << 20) + 1)).await;
    refused(&more, 413, "payload_too_large");
    let kept = client.get(&path).await;
    assert_eq!(kept.body.len(), 1 << 20);
    let told = scene.receiver.wait_for("/hook", 1).await;
    assert!(told[0].body.len() > 1 << 20);
}

#[tokio::test]
async fn a_wrong_record_or_name_is_refused_and_nothing_is_kept() {
    let scene = Scene::start().await;
    let client = &scene.app.client;
    for (path, body, field) in [
        ("user/1", "[]", vec!["body"]),
        ("user/1", "1", vec!["body"]),
        ("user/1", r#"{"a":1,"b":{"c":1,"c":2}}"#, vec!["body"]),
        ("user/1", r#"{"a":"\ud800"}"#, vec!["body"]),
        ("user/a%20b", "{}", vec!["path", "id"]),
        ("us%20er/1", "{}", vec!["path", "type"]),
        ("badge/1", "{}", vec!["path", "type"]),
    ] {
        let path = scene.path(&format!("/record/{path}"));
        let answer = client.send(Method::PUT, &path, body).await;
        refused_field(&answer, &field);
    }
    let path = scene.path("/record/user/1");
    let broken = client.send(Method::PUT, &path, "{\"a\":").await;
    refused(&broken, 400, "invalid_json");
    let post = client.send(Method::POST, &path, "{}").await;
    refused(&post, 404, "not_found");
    let list = client.get(&scene.path("/record/user")).await.expect(200);
    assert!(rows(&list).is_empty());
    // With an event type of its own, a type is known.
    let event_type = json!({"name": "badge.new", "description": "A badge was given."});
    let made = client.post("/api/v1/event-type", event_type).await;
    made.expect(201);
    assert_eq!(put(&scene, "badge/1", "{}").await["action"], "new");
}

#[tokio::test]
async fn a_record_belongs_to_its_application_and_goes_with_it() {
    let scene = Scene::start().await;
    put(&scene, "user/1", r#"{"id":1}"#).await;
    let other = scene.app.create_application("Other").await;
    let client = &scene.app.client;
    let elsewhere = format!("/api/v1/app/{other}/record/user/1");
    refused(&client.get(&elsewhere).await, 404, "not_found");
    client.delete(&scene.path("")).await.expect(204);
    refused(
        &client.get(&scene.path("/record/user/1")).await,
        404,
        "not_found",
    );
}
