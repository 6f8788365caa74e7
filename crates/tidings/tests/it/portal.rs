//! The portal without a browser: what its pages answer to whoever asks, and what its forms do. How it looks and that it can be
//! used by keyboard alone is tried in a real browser (`cargo xtask e2e`).

mod boards;
mod browser;
mod form;
mod help;
mod list;
mod replay;
mod tests_of_webhooks;

use serde_json::{Value, json};
use tidings_testkit::app::rows;
use tidings_testkit::{Receiver, TestApp};

use self::browser::{Browser, LOGIN, hidden, link, location, page, post};
use crate::support::app;

async fn endpoints(app: &TestApp, owner: &str) -> Vec<Value> {
    let path = format!("/api/v1/app/{owner}/endpoint");
    rows(&app.client.get(&path).await)
}

#[tokio::test]
async fn a_link_signs_in_once_and_signing_out_ends_it() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let link = link(&app, &owner, json!({})).await;
    let nobody = app.client.without_key();
    let opened = post(&nobody, LOGIN, &format!("key={link}")).await;
    assert_eq!(location(&opened), "/portal/accounts");
    let again = post(&nobody, LOGIN, &format!("key={link}")).await;
    assert_eq!(again.status, 410);
    assert!(page(&again).contains("This link does not work any more"));

    let browser = Browser::open(&app, &owner, json!({})).await;
    let accounts = browser.client.get("/portal/accounts").await;
    assert_eq!(accounts.status, 200);
    assert!(page(&accounts).contains("Cool Account"));
    let token = hidden(&page(&accounts), "token");
    let out = post(&browser.client, "/portal/logout", &format!("token={token}")).await;
    assert_eq!(location(&out), LOGIN);
    let after = browser.client.get("/portal/accounts").await;
    assert_eq!(after.status, 401);
    assert!(page(&after).contains("Your session has ended"));
}

#[tokio::test]
async fn wk_10_wk_15_a_form_names_what_is_wrong_keeps_what_was_typed_and_makes_one_webhook() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let browser = Browser::open(&app, &owner, json!({})).await;
    let wrong = "name=&url=ftp://a.test/%3Cb%3E&format=json&auth=none";
    let answer = browser.send("webhooks/new", "webhooks", wrong).await;
    assert_eq!(answer.status, 422);
    let shown = page(&answer);
    assert!(
        shown.contains("value=\"ftp://a.test/&#60;b&#62;\""),
        "{shown}"
    );
    for error in ["name-error", "events-error"] {
        assert!(shown.contains(&format!("id=\"{error}\"")), "{error}");
    }
    assert!(endpoints(&app, &owner).await.is_empty());

    let receiver = Receiver::start().await;
    let fields = browser.form("Wink+Stalker", &receiver.url("/wink"));
    let shown = page(&browser.get("webhooks/new").await);
    let (token, once) = (hidden(&shown, "token"), hidden(&shown, "once"));
    let fields = format!("token={token}&once={once}&{fields}");
    let path = format!("/portal/{owner}/webhooks");
    for _ in 0..2 {
        let saved = post(&browser.client, &path, &fields).await;
        assert_eq!(location(&saved), format!("{path}?done=saved"));
    }
    let made = endpoints(&app, &owner).await;
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(made[0]["description"], "Wink Stalker");
    assert_eq!(made[0]["disabled"], false);
    let list = page(&browser.get("webhooks?done=saved").await);
    assert!(list.contains("Wink Stalker") && list.contains("The webhook is saved"));
}

#[tokio::test]
async fn wk_20_a_webhook_is_updated_tested_and_removed() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let receiver = Receiver::start().await;
    let endpoint = app
        .create_endpoint(&owner, json!({"url": receiver.url("/a")}))
        .await;
    let browser = Browser::open(&app, &owner, json!({})).await;
    let at = format!("webhooks/{endpoint}");

    let form = format!(
        "{}&headers=X-Team:+blue",
        browser.form("New+name", &receiver.url("/b"))
    );
    let update = format!("{at}/update");
    location(&browser.send(&update, &update, &form).await);
    let stored = endpoints(&app, &owner).await[0].clone();
    assert_eq!(stored["description"], "New name");
    assert_eq!(stored["url"], receiver.url("/b"));

    let tested = location(&browser.send(&at, &format!("{at}/test"), "").await);
    assert!(tested.contains("?tested=atmpt_"), "{tested}");
    let requests = receiver.wait_for("/b", 1).await;
    assert_eq!(requests[0].header("x-team"), "blue");
    let shown = browser.client.get(&tested).await;
    assert!(page(&shown).contains("The test has ended: 204."));

    let remove = format!("{at}/remove");
    let gone = location(&browser.send(&remove, &remove, "").await);
    assert!(gone.ends_with("/webhooks?done=removed"));
    assert!(endpoints(&app, &owner).await.is_empty());
    assert_eq!(browser.get(&at).await.status, 404);
}

#[tokio::test]
async fn what_belongs_to_another_account_is_not_there() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let other = app.create_application("Harbour Hotels").await;
    let foreign = app
        .create_endpoint(&other, json!({"url": "http://127.0.0.1:9/x"}))
        .await;
    let browser = Browser::open(&app, &owner, json!({})).await;
    for path in [
        "webhooks",
        "log",
        "events",
        "buttons",
        "settings",
        "webhooks/new",
    ] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
        let elsewhere = browser.client.get(&format!("/portal/{other}/{path}")).await;
        assert_eq!(elsewhere.status, 404, "{path}");
    }
    for path in ["", "/update", "/remove", "/secret"] {
        let answer = browser.get(&format!("webhooks/{foreign}{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_session_does_what_it_may_and_forms_of_others_are_refused() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let endpoint = app
        .create_endpoint(&owner, json!({"url": "http://127.0.0.1:9/x"}))
        .await;
    let reader = Browser::open(&app, &owner, json!({"readOnly": true})).await;
    let list = page(&reader.get("webhooks").await);
    assert!(!list.contains("Create new webhook") && !list.contains("/remove"));
    for path in [
        "webhooks/new",
        &format!("webhooks/{endpoint}/remove"),
        &format!("webhooks/{endpoint}/secret"),
    ] {
        assert_eq!(reader.get(path).await.status, 403, "{path}");
    }
    let browser = Browser::open(&app, &owner, json!({})).await;
    let remove = format!("/portal/{owner}/webhooks/{endpoint}/remove");
    let forged = post(&browser.client, &remove, "token=guess").await;
    assert_eq!(forged.status, 403);
    let token = hidden(&page(&browser.get("webhooks").await), "token");
    let elsewhere = browser.client.with_header("sec-fetch-site", "cross-site");
    let crossed = post(&elsewhere, &remove, &format!("token={token}")).await;
    assert_eq!(crossed.status, 403);
    assert_eq!(endpoints(&app, &owner).await.len(), 1);
}
