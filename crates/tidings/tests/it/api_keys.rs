//! API keys as a resource: roles, ends, new texts, and what nobody may do to whom.

use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Client, TestApp, wait};

use crate::support::{app, app_on, refused, refused_field};

const KEYS: &str = "/api/v1/api-key";

/// Makes a key; gives its id, and a client that has it.
async fn make(client: &Client, body: Value) -> (String, Client) {
    let made = client.post(KEYS, body).await.expect(201);
    (text(&made["id"]), client.with_key(&text(&made["key"])))
}

/// The id of the key that the app's own client has.
async fn own(app: &TestApp) -> String {
    let keys = rows(&app.client.get(KEYS).await);
    let own = keys.iter().find(|key| key["name"] == "test");
    text(&own.expect("the key of the test")["id"])
}

fn path(id: &str, rest: &str) -> String {
    format!("{KEYS}/{id}{rest}")
}

async fn a_key_is_made_shown_changed_and_revoked(app: TestApp) {
    let body = json!({"name": "backend", "role": "developer", "expiresAt": "2100-01-01T00:00:00Z"});
    let made = app.client.post(KEYS, body).await.expect(201);
    let id = text(&made["id"]);
    assert!(id.starts_with("key_") && id.len() == 31, "{id}");
    let key = app.client.with_key(&text(&made["key"]));
    key.get("/api/v1/app").await.expect(200);

    let mut shown = made.clone();
    let shown = shown.as_object_mut().unwrap();
    shown.remove("key");
    let read = app.client.get(&path(&id, "")).await.expect(200);
    assert_eq!(read, Value::Object(shown.clone()), "all but the text");
    assert_eq!(read["role"], "developer");
    assert_eq!(read["expiresAt"], "2100-01-01T00:00:00Z");
    assert_eq!(
        (&read["rateLimit"], &read["lastUsedAt"]),
        (&Value::Null, &Value::Null)
    );
    let listed = app.client.get(KEYS).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    assert!(listed["data"].as_array().unwrap().contains(&read));
    assert!(!listed.to_string().contains("tdg_live_"), "{listed}");

    let change = json!({"name": "web", "role": "viewer", "expiresAt": null, "rateLimit": 7});
    let changed = app.client.patch(&path(&id, ""), change).await.expect(200);
    let read = app.client.get(&path(&id, "")).await.expect(200);
    assert_eq!(read, changed);
    let expected = json!({"name": "web", "role": "viewer", "expiresAt": null, "rateLimit": 7});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&read[field], value, "{field}");
    }
    app.client.delete(&path(&id, "")).await.expect(204);
    refused(&key.get("/api/v1/app").await, 401, "authentication_failed");
    refused(&app.client.get(&path(&id, "")).await, 404, "not_found");
    refused(&app.client.delete(&path(&id, "")).await, 404, "not_found");
    assert_eq!(rows(&app.client.get(KEYS).await).len(), 1);
}

#[tokio::test]
async fn a_key_is_made_shown_changed_and_revoked_on_sqlite() {
    a_key_is_made_shown_changed_and_revoked(app().await).await;
}

#[tokio::test]
async fn a_key_is_made_shown_changed_and_revoked_on_postgres() {
    let database = Database::new(Version::V15);
    a_key_is_made_shown_changed_and_revoked(app_on(&database).await).await;
}

#[tokio::test]
async fn keys_are_listed_in_pages_both_ways() {
    let app = app().await;
    for number in 0..4 {
        make(&app.client, json!({"name": format!("key {number}")})).await;
    }
    let all = rows(&app.client.get(KEYS).await);
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = app.client.get(&format!("{KEYS}?{query}")).await.expect(200);
        seen.extend(page["data"].as_array().unwrap().clone());
        if page["done"] == true {
            break;
        }
        query = format!("limit=2&iterator={}", text(&page["iterator"]));
    }
    assert_eq!(seen, all);
    let mut back = rows(&app.client.get(&format!("{KEYS}?order=descending")).await);
    back.reverse();
    assert_eq!(back, all);
    refused_field(
        &app.client.get(&format!("{KEYS}?iterator=x")).await,
        &["query", "iterator"],
    );
}

#[tokio::test]
async fn a_new_text_works_at_once_and_the_old_one_until_its_grace_ends() {
    let app = app().await;
    let (id, first) = make(&app.client, json!({"name": "a"})).await;
    let rotate = async |body: Value| {
        let rotated = app
            .client
            .post(&path(&id, "/rotate"), body)
            .await
            .expect(200);
        assert_eq!(text(&rotated["id"]), id);
        app.client.with_key(&text(&rotated["key"]))
    };
    let second = rotate(json!({"gracePeriodSeconds": 60})).await;
    for key in [&first, &second] {
        key.get("/api/v1/app").await.expect(200);
    }
    let third = rotate(json!({})).await;
    refused(
        &second.get("/api/v1/app").await,
        401,
        "authentication_failed",
    );
    for key in [&first, &third] {
        key.get("/api/v1/app").await.expect(200);
    }
    let fourth = rotate(json!({"gracePeriodSeconds": 1})).await;
    let refuses = |client: Client| async move { client.get("/api/v1/app").await.status == 401 };
    // Nothing but time ends a grace.
    wait::until_in(
        Duration::from_secs(5),
        "the end of the grace",
        async || refuses(third.clone()).await,
        |is_over| *is_over,
    )
    .await;
    fourth.get("/api/v1/app").await.expect(200);
    let long = json!({"gracePeriodSeconds": 604_801});
    refused_field(
        &app.client.post(&path(&id, "/rotate"), long).await,
        &["body", "gracePeriodSeconds"],
    );
    for number in 0..9 {
        let body = json!({"gracePeriodSeconds": 604_800 - number});
        app.client
            .post(&path(&id, "/rotate"), body)
            .await
            .expect(200);
    }
    let refusal = app
        .client
        .post(&path(&id, "/rotate"), json!({"gracePeriodSeconds": 9}))
        .await;
    refused(&refusal, 400, "limit_reached");
    let last = rotate(json!({})).await;
    last.get("/api/v1/app").await.expect(200);
}

#[tokio::test]
async fn a_key_is_refused_once_it_has_expired() {
    let app = app().await;
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_millis(1_500);
    let (id, key) = make(
        &app.client,
        json!({"name": "a", "expiresAt": end.to_string()}),
    )
    .await;
    key.get("/api/v1/app").await.expect(200);
    // Nothing but time lets a key expire.
    wait::until_in(
        Duration::from_secs(10),
        "the key to expire",
        async || key.get("/api/v1/app").await.status,
        |status| *status == 401,
    )
    .await;
    assert!(jiff::Timestamp::now() >= end);
    app.client
        .patch(&path(&id, ""), json!({"expiresAt": null}))
        .await
        .expect(200);
    key.get("/api/v1/app").await.expect(200);
}

#[tokio::test]
async fn nobody_reaches_above_their_own_role() {
    let app = app().await;
    let owner = app
        .program
        .run(&["keys", "create", "--name", "boss", "--role", "owner"])
        .await;
    let owner = String::from_utf8(owner.stdout).unwrap();
    let owner = app.client.with_key(owner.trim());
    let keys = rows(&app.client.get(KEYS).await);
    let boss = keys.iter().find(|key| key["name"] == "boss").unwrap();
    assert_eq!(boss["role"], "owner");
    let boss = text(&boss["id"]);
    let admin = &app.client;
    for answer in [
        admin
            .post(KEYS, json!({"name": "x", "role": "owner"}))
            .await,
        admin.patch(&path(&boss, ""), json!({"name": "x"})).await,
        admin.post(&path(&boss, "/rotate"), json!({})).await,
        admin.delete(&path(&boss, "")).await,
        admin
            .patch(&path(&own(&app).await, ""), json!({"role": "owner"}))
            .await,
    ] {
        let body = refused(&answer, 403, "role_too_low");
        assert!(
            text(&body["detail"]).contains("the role admin may not"),
            "{body}"
        );
    }
    assert_eq!(rows(&admin.get(KEYS).await), keys, "nothing has changed");
    let (second, _) = make(&owner, json!({"name": "second", "role": "owner"})).await;
    owner.delete(&path(&second, "")).await.expect(204);
}

#[tokio::test]
async fn the_last_key_that_manages_keys_stays() {
    let app = app().await;
    let own = own(&app).await;
    make(
        &app.client,
        json!({"name": "developer", "role": "developer"}),
    )
    .await;
    for answer in [
        app.client.delete(&path(&own, "")).await,
        app.client
            .patch(&path(&own, ""), json!({"role": "viewer"}))
            .await,
    ] {
        let body = refused(&answer, 409, "last_admin");
        assert!(text(&body["detail"]).contains("make another one"), "{body}");
    }
    let (other, second) = make(&app.client, json!({"name": "second"})).await;
    app.client.delete(&path(&own, "")).await.expect(204);
    refused(&app.client.get(KEYS).await, 401, "authentication_failed");
    refused(&second.delete(&path(&other, "")).await, 409, "last_admin");
    let revoked = app.program.run(&["keys", "revoke", &other]).await;
    assert!(revoked.status.success(), "the command line may");
}

#[tokio::test]
async fn a_key_of_another_environment_is_not_there() {
    let app = app().await;
    let other = app.program.create_key("other", "elsewhere").await;
    let other = app.client.with_key(&other);
    let own = own(&app).await;
    for answer in [
        other.get(&path(&own, "")).await,
        other.patch(&path(&own, ""), json!({"name": "x"})).await,
        other.post(&path(&own, "/rotate"), json!({})).await,
        other.delete(&path(&own, "")).await,
        app.client
            .get(&path("key_000000000000000000000000000", ""))
            .await,
        app.client.get(&path("nonsense", "")).await,
    ] {
        refused(&answer, 404, "not_found");
    }
    assert_eq!(rows(&other.get(KEYS).await).len(), 1);
    app.client.get(KEYS).await.expect(200);
}

#[tokio::test]
async fn wrong_fields_are_named_and_nothing_is_made() {
    let app = app().await;
    let own = own(&app).await;
    let before = rows(&app.client.get(KEYS).await);
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "a", "role": "root"}), "role"),
        (json!({"name": "a", "expiresAt": "tomorrow"}), "expiresAt"),
        (
            json!({"name": "a", "expiresAt": "2001-01-01T00:00:00Z"}),
            "expiresAt",
        ),
        (json!({"name": "a", "rateLimit": 0}), "rateLimit"),
        (json!({"name": "a", "rateLimit": 1_000_001}), "rateLimit"),
    ] {
        refused_field(&app.client.post(KEYS, body.clone()).await, &["body", field]);
        if body != json!({}) {
            refused_field(
                &app.client.patch(&path(&own, ""), body).await,
                &["body", field],
            );
        }
    }
    let nameless = app
        .client
        .patch(&path(&own, ""), json!({"name": null}))
        .await;
    refused_field(&nameless, &["body", "name"]);
    assert_eq!(rows(&app.client.get(KEYS).await), before);
}

#[tokio::test]
async fn the_command_line_makes_keys_with_a_role_and_an_end() {
    let app = app().await;
    let create = async |rest: &[&str]| {
        let arguments = [&["keys", "create", "--name", "c"], rest].concat();
        app.program.run(&arguments).await
    };
    let made = create(&["--role", "viewer", "--expires", "30d"]).await;
    assert!(made.status.success());
    let list = app.program.run(&["keys", "list"]).await;
    let list = String::from_utf8(list.stdout).unwrap();
    let line = list
        .lines()
        .find(|line| line.contains("  c  viewer  "))
        .unwrap();
    assert!(
        line.starts_with("key_") && line.contains("  expires 20"),
        "{list}"
    );
    for wrong in [
        &["--role", "root"][..],
        &["--expires", "soon"],
        &["--expires", "2001-01-01T00:00:00Z"],
    ] {
        let refused = create(wrong).await;
        assert!(
            !refused.status.success() && refused.stdout.is_empty(),
            "{wrong:?}"
        );
    }
}
