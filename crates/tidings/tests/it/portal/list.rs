//! The list of webhooks and the log: how webhooks do, and how lists go on.

use serde_json::json;
use tidings_testkit::{Receiver, Reply};

use super::browser::{Browser, page};
use crate::support::{app, app_with};

/// The address behind the link to the next page, from the `?` on.
fn next(shown: &str) -> Option<String> {
    let (before, _) = shown
        .rsplit_once(">Next<")
        .or_else(|| shown.rsplit_once(">Older<"))?;
    let (_, address) = before.rsplit_once("href=\"")?;
    let address = address.split('"').next()?;
    Some(address.replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test]
async fn the_list_says_how_many_of_the_last_requests_succeeded_and_how_the_last_one_ended() {
    let app = app_with(&[("retry_schedule", "600s")]).await;
    let owner = app.create_application("Cool Account").await;
    let receiver = Receiver::start().await;
    receiver.script("/busy", [200_u16, 500, 200, 200].map(Reply::from));
    let busy = json!({"url": receiver.url("/busy"), "description": "Busy"});
    app.create_endpoint(&owner, busy).await;
    let browser = Browser::open(&app, &owner, json!({})).await;
    let shown = page(&browser.get("webhooks").await);
    assert!(shown.contains("Success, last 100"), "{shown}");
    assert!(!shown.contains("75%") && shown.contains("Never"), "{shown}");
    for _ in 0..4 {
        let message = app.send(&owner, "booking.created", json!({})).await;
        app.wait_for_attempts(&owner, &message, 1).await;
    }
    let shown = page(&browser.get("webhooks").await);
    assert!(shown.contains("75%"), "{shown}");
    assert!(
        shown.contains("/log/msg_") && shown.contains(">200</a>"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_search_of_many_webhooks_goes_on_until_all_were_looked_through() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    for number in 0..30 {
        let new = json!({"url": "http://127.0.0.1:9/x", "description": format!("Hook {number}")});
        app.create_endpoint(&owner, new).await;
    }
    let browser = Browser::open(&app, &owner, json!({})).await;
    for query in [
        "webhooks",
        "webhooks?q=hook",
        "webhooks?q=hook&state=active",
    ] {
        let first = page(&browser.get(query).await);
        assert!(
            first.contains("Hook 29") && !first.contains("Hook 4<"),
            "{query}"
        );
        let behind = next(&first).expect("there is more");
        let rest = page(&browser.get(&format!("webhooks{behind}")).await);
        assert!(
            rest.contains("Hook 4<") && !rest.contains("Hook 5<"),
            "{query}: {behind}"
        );
        assert_eq!(next(&rest), None, "{query}: {behind}");
    }
    let none = page(&browser.get("webhooks?q=nothing").await);
    assert!(none.contains("Nothing found"));
}

#[tokio::test]
async fn an_older_page_of_the_log_is_of_the_same_webhook_when_another_was_made() {
    let app = app().await;
    let owner = app.create_application("Cool Account").await;
    let receiver = Receiver::start().await;
    app.create_endpoint(&owner, json!({"url": receiver.url("/a")}))
        .await;
    let mut last = String::new();
    for _ in 0..27 {
        last = app.send(&owner, "booking.created", json!({})).await;
        app.wait_for_attempts(&owner, &last, 1).await;
    }
    let browser = Browser::open(&app, &owner, json!({})).await;
    let first = page(&browser.get("log").await);
    assert!(first.contains(&last));
    let older = next(&first).expect("there is more");
    app.create_endpoint(&owner, json!({"url": receiver.url("/b")}))
        .await;
    let shown = browser.get(&format!("log{older}")).await;
    assert_eq!(shown.status, 200, "{older}");
    assert_eq!(
        page(&shown).matches("/log/msg_").count(),
        2,
        "{}",
        page(&shown)
    );
}
