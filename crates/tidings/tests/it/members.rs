//! Members: invited, let in, changed and removed, over HTTP. How they sign in is in `signing_in`.

mod signing_in;

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::{Answer, Client, TestApp, wait};

use crate::support::{app, app_on, refused, refused_field};

const MEMBERS: &str = "/api/v1/member";
const PASSWORD: &str = "correct horse battery";

fn path(id: &str, rest: &str) -> String {
    format!("{MEMBERS}/{id}{rest}")
}

async fn invite(client: &Client, email: &str, role: &str) -> Value {
    let body = json!({"email": email, "name": "Ann", "role": role});
    client.post(MEMBERS, body).await.expect(201)
}

async fn accept(client: &Client, code: &Value) -> Answer {
    let body = json!({"code": code, "password": PASSWORD});
    let nobody = client.without_key();
    nobody.post(&path("accept-invitation", ""), body).await
}

async fn newest(app: &TestApp) -> Value {
    let log = app.client.get("/api/v1/audit-log?limit=1").await;
    log.expect(200)["data"][0].clone()
}

/// A client with a key of an owner.
async fn owner(app: &TestApp) -> Client {
    let arguments = ["keys", "create", "--name", "boss", "--role", "owner"];
    let key = app.program.run(&arguments).await;
    let key = String::from_utf8(key.stdout).unwrap();
    app.client.with_key(key.trim())
}

async fn a_member_is_invited_lets_themselves_in_and_is_removed(app: TestApp) {
    let invited = invite(&app.client, "Ann@Example.com", "developer").await;
    let id = text(&invited["id"]);
    assert!(id.starts_with("mem_"), "{id}");
    assert_eq!(
        (&invited["state"], &invited["role"]),
        (&json!("invited"), &json!("developer"))
    );
    assert!(text(&invited["invitationCode"]).len() >= 43, "256 bits");
    let read = app.client.get(&path(&id, "")).await.expect(200);
    assert_eq!(read["email"], "Ann@Example.com");
    assert!(
        read.get("invitationCode").is_none(),
        "it is shown once: {read}"
    );

    let code = &invited["invitationCode"];
    let weak = json!({"code": code, "password": "short"});
    let weak = app.client.post(&path("accept-invitation", ""), weak).await;
    refused_field(&weak, &["body", "password"]);
    let accepted = accept(&app.client, code).await.expect(200);
    assert_eq!(accepted["state"], "active");
    let entry = newest(&app).await;
    assert_eq!(entry["action"], "member.accept_invitation", "{entry}");
    assert_eq!(
        (&entry["actor"]["kind"], &entry["actor"]["id"]),
        (&json!("member"), &json!(id))
    );
    assert!(!entry.to_string().contains("argon2"), "{entry}");
    let read = app.client.get(&path(&id, "")).await.expect(200);
    assert_eq!(
        (&read["state"], &read["invitationEndsAt"]),
        (&json!("active"), &Value::Null)
    );
    refused(&accept(&app.client, code).await, 404, "not_found");

    let renewed = app
        .client
        .post(&path(&id, "/invitation"), json!({}))
        .await
        .expect(200);
    let again = app
        .client
        .post(&path(&id, "/invitation"), json!({}))
        .await
        .expect(200);
    refused(
        &accept(&app.client, &renewed["invitationCode"]).await,
        404,
        "not_found",
    );
    accept(&app.client, &again["invitationCode"])
        .await
        .expect(200);

    let change = json!({"name": "Bea", "role": "viewer", "disabled": true});
    app.client.patch(&path(&id, ""), change).await.expect(200);
    let read = app.client.get(&path(&id, "")).await.expect(200);
    let found = [&read["name"], &read["role"], &read["state"]];
    assert_eq!(found, [&json!("Bea"), &json!("viewer"), &json!("disabled")]);
    let refusal = app.client.post(&path(&id, "/invitation"), json!({})).await;
    refused(&refusal, 409, "member_disabled");
    assert_eq!(rows(&app.client.get(MEMBERS).await), [read]);
    app.client.delete(&path(&id, "")).await.expect(204);
    refused(&app.client.get(&path(&id, "")).await, 404, "not_found");
    assert!(rows(&app.client.get(MEMBERS).await).is_empty());
}

#[tokio::test]
async fn a_member_is_invited_lets_themselves_in_and_is_removed_on_sqlite() {
    a_member_is_invited_lets_themselves_in_and_is_removed(app().await).await;
}

#[tokio::test]
async fn a_member_is_invited_lets_themselves_in_and_is_removed_on_postgres() {
    let database = Database::new(Version::V15);
    a_member_is_invited_lets_themselves_in_and_is_removed(app_on(&database).await).await;
}

#[tokio::test]
async fn an_address_is_there_once_whatever_its_case_and_once_in_each_environment() {
    let app = app().await;
    invite(&app.client, "ann@example.com", "viewer").await;
    let body = json!({"email": "ANN@example.com", "role": "viewer"});
    refused(
        &app.client.post(MEMBERS, body.clone()).await,
        409,
        "email_taken",
    );
    let other = app.program.create_key("other", "elsewhere").await;
    let other = app.client.with_key(&other);
    let theirs = other.post(MEMBERS, body).await.expect(201);
    assert_eq!(
        theirs["name"], "ANN@example.com",
        "the address, for want of a name"
    );
    let theirs = text(&theirs["id"]);
    for answer in [
        app.client.get(&path(&theirs, "")).await,
        app.client
            .patch(&path(&theirs, ""), json!({"name": "x"}))
            .await,
        app.client
            .post(&path(&theirs, "/invitation"), json!({}))
            .await,
        app.client.get(&path(&theirs, "/session")).await,
        app.client.delete(&path(&theirs, "/session")).await,
        app.client.delete(&path(&theirs, "")).await,
        app.client.get(&path("nonsense", "")).await,
    ] {
        refused(&answer, 404, "not_found");
    }
    other.get(&path(&theirs, "")).await.expect(200);
}

#[tokio::test]
async fn the_last_owner_stays_and_nobody_reaches_above_their_role() {
    let app = app().await;
    let owner = owner(&app).await;
    let refusal = app
        .client
        .post(MEMBERS, json!({"email": "a@x", "role": "owner"}))
        .await;
    refused(&refusal, 403, "role_too_low");
    let first = invite(&owner, "a@example.com", "owner").await;
    accept(&owner, &first["invitationCode"]).await.expect(200);
    let first = text(&first["id"]);
    for answer in [
        app.client
            .patch(&path(&first, ""), json!({"name": "x"}))
            .await,
        app.client
            .post(&path(&first, "/invitation"), json!({}))
            .await,
        app.client.delete(&path(&first, "")).await,
    ] {
        refused(&answer, 403, "role_too_low");
    }
    for answer in [
        owner
            .patch(&path(&first, ""), json!({"role": "admin"}))
            .await,
        owner
            .patch(&path(&first, ""), json!({"disabled": true}))
            .await,
        owner.delete(&path(&first, "")).await,
    ] {
        let body = refused(&answer, 409, "last_owner");
        assert!(
            text(&body["detail"]).contains("make another owner first"),
            "{body}"
        );
    }
    let second = invite(&owner, "b@example.com", "owner").await;
    refused(&owner.delete(&path(&first, "")).await, 409, "last_owner");
    accept(&owner, &second["invitationCode"]).await.expect(200);
    owner.delete(&path(&first, "")).await.expect(204);
    assert_eq!(rows(&owner.get(MEMBERS).await).len(), 1);
}

#[tokio::test]
async fn wrong_fields_are_named_and_nobody_is_made() {
    let app = app().await;
    for (body, field) in [
        (json!({"role": "viewer"}), "email"),
        (json!({"email": "ann", "role": "viewer"}), "email"),
        (json!({"email": "a b@c", "role": "viewer"}), "email"),
        (json!({"email": "a@b"}), "role"),
        (json!({"email": "a@b", "role": "root"}), "role"),
        (
            json!({"email": "a@b", "role": "viewer", "name": ""}),
            "name",
        ),
    ] {
        refused_field(&app.client.post(MEMBERS, body).await, &["body", field]);
    }
    assert!(rows(&app.client.get(MEMBERS).await).is_empty());
    let list = app.client.get(&format!("{MEMBERS}?iterator=x")).await;
    refused_field(&list, &["query", "iterator"]);
}

#[tokio::test]
async fn members_are_listed_in_pages() {
    let app = app().await;
    let mut made = Vec::new();
    for name in ["a@x", "b@x", "c@x"] {
        made.push(invite(&app.client, name, "viewer").await["id"].clone());
    }
    let page = app
        .client
        .get(&format!("{MEMBERS}?limit=2"))
        .await
        .expect(200);
    let ids = |page: &Value| -> Vec<Value> {
        let rows = page["data"].as_array().unwrap();
        rows.iter().map(|row| row["id"].clone()).collect()
    };
    assert_eq!(
        (ids(&page), &page["done"]),
        (made[..2].to_vec(), &json!(false))
    );
    let query = format!("{MEMBERS}?limit=2&iterator={}", text(&page["iterator"]));
    let page = app.client.get(&query).await.expect(200);
    assert_eq!(
        (ids(&page), &page["done"]),
        (made[2..].to_vec(), &json!(true))
    );
}

/// The code that the server prints while there is no member, as soon as it has.
async fn set_up_code(app: &TestApp) -> String {
    let printed = async || {
        let log = app.program.log_text();
        let (_, rest) = log.rsplit_once("{\"code\": \"")?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let code = wait::until("the code to be printed", printed, Option::is_some).await;
    code.expect("it was waited for")
}

#[tokio::test]
async fn the_first_owner_is_made_with_the_code_on_the_console_and_no_other() {
    let mut app = app().await;
    let code = set_up_code(&app).await;
    let nobody = app.client.without_key();
    let body =
        |code: &str, email: &str| json!({"code": code, "email": email, "password": PASSWORD});
    let set_up = async |body: Value| nobody.post(&path("set-up", ""), body).await;
    refused(
        &set_up(body("wrong", "a@example.com")).await,
        404,
        "not_found",
    );
    refused_field(&set_up(body(&code, "nobody")).await, &["body", "email"]);
    let made = set_up(body(&code, "a@example.com")).await.expect(201);
    assert_eq!(
        (&made["role"], &made["state"]),
        (&json!("owner"), &json!("active"))
    );
    let id = text(&made["id"]);
    let entry = newest(&app).await;
    assert_eq!(entry["action"], "member.set_up", "{entry}");
    assert_eq!(entry["target"]["id"], id, "{entry}");
    assert_eq!(
        app.client.get(&path(&id, "")).await.expect(200)["email"],
        "a@example.com"
    );
    refused(
        &set_up(body(&code, "b@example.com")).await,
        404,
        "not_found",
    );
    assert_eq!(rows(&app.client.get(MEMBERS).await).len(), 1);
    app.stop().await;
    let printed = app
        .program
        .log_text()
        .matches("Nobody is a member yet")
        .count();
    app.start_again().await;
    let again = app
        .program
        .log_text()
        .matches("Nobody is a member yet")
        .count();
    assert_eq!(
        (printed, again),
        (1, 1),
        "it is printed while there is no member"
    );
}

#[tokio::test]
async fn roles_say_which_operations_they_may_call() {
    let app = app().await;
    let roles = rows(&app.client.get("/api/v1/role").await);
    let names: Vec<_> = roles.iter().map(|role| text(&role["name"])).collect();
    assert_eq!(names, ["viewer", "developer", "admin", "owner"]);
    let may = |role: usize, operation: &str| {
        let operations = roles[role]["operations"].as_array().unwrap();
        operations.contains(&json!(operation))
    };
    for (operation, least) in [
        ("application.list", 0),
        ("application.create", 1),
        ("endpoint.get_secret", 1),
        ("api_key.create", 2),
        ("member.invite", 2),
    ] {
        for role in 0..4 {
            assert_eq!(may(role, operation), role >= least, "{operation} {role}");
        }
    }
}
