//! The webhooks of a travel platform's accounts: each account is an application, each webhook an endpoint.
//!
//! Names begin with the row of the requirement that the test shows, as far as it needs no page.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::{rows, text};

use crate::product_events::{happens, listening};
use crate::support::{Scene, app, refused};

const CREATED: &str = "booking.created";
const CANCELLED: &str = "booking.cancelled";

async fn change(scene: &Scene, change: Value) -> Value {
    let path = scene.endpoint_path("");
    scene.app.client.patch(&path, change).await.expect(200)
}

async fn endpoints(app: &TestApp, account: &str) -> Vec<Value> {
    let path = format!("/api/v1/app/{account}/endpoint");
    rows(&app.client.get(&path).await)
}

/// The events that came to a path, oldest first, once a last one has come after them.
async fn arrived(scene: &Scene, path: &str, count: usize) -> Vec<String> {
    let requests = scene.receiver.wait_for(path, count).await;
    let event = |body: Value| text(&body["event"]);
    let events = requests.iter().map(|request| event(request.json()));
    events.collect()
}

#[tokio::test]
async fn wk_1_a_booking_reaches_the_accounts_webhook_within_five_seconds() {
    let scene = listening("wink", &[CREATED]).await;
    let began = Instant::now();
    let message = happens(&scene, CREATED).await;
    let requests = scene.receiver.wait_for("/hook", 1).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{began:?}");
    assert_eq!(
        (requests[0].method.as_str(), requests[0].id()),
        ("POST", &*message)
    );
    assert_eq!(requests[0].json()["event"], CREATED);
    assert_eq!(requests[0].header("webhook-event-type"), CREATED);
}

#[tokio::test]
async fn wk_5_the_list_has_all_webhooks_of_the_account_and_no_other() {
    let app = app().await;
    let [cool, other] = ["Cool Account", "Other Account"];
    let cool = app.create_application(cool).await;
    let other = app.create_application(other).await;
    assert!(endpoints(&app, &cool).await.is_empty());
    app.create_endpoint(&other, json!({"url": "http://127.0.0.1:9/other"}))
        .await;
    let mut made = Vec::new();
    for (name, disabled) in [("First", false), ("Second", true), ("Third", false)] {
        let url = format!("http://127.0.0.1:9/{name}");
        let webhook =
            json!({"description": name, "disabled": disabled, "url": url, "channels": [name]});
        app.create_endpoint(&cool, webhook).await;
        made.push((json!(name), json!(disabled), json!(url), Value::Null));
    }
    let mut listed: Vec<_> = endpoints(&app, &cool)
        .await
        .iter()
        .map(|one| {
            let field = |name: &str| one[name].clone();
            (
                field("description"),
                field("disabled"),
                field("url"),
                field("eventTypes"),
            )
        })
        .collect();
    listed.sort_by_key(|one| one.0.to_string());
    assert_eq!(listed, made);
}

#[tokio::test]
async fn wk_8_an_inbox_counts_the_bookings_of_each_day() {
    let scene = listening("wink", &[CREATED]).await;
    let client = &scene.app.client;
    let inbox = client.post("/api/v1/inbox", json!({})).await.expect(201);
    change(&scene, json!({"url": inbox["url"]})).await;
    let caught = format!(
        "/api/v1/inbox/{}/request?search={CREATED}",
        text(&inbox["id"])
    );
    for count in 1..=2 {
        let message = happens(&scene, CREATED).await;
        scene.status(&message, 0).await;
        let requests = rows(&client.get(&caught).await);
        let mut days: BTreeMap<String, usize> = BTreeMap::new();
        for request in &requests {
            let day = text(&request["receivedAt"])[..10].to_owned();
            *days.entry(day).or_default() += 1;
        }
        // Of one day, unless midnight came between them.
        assert_eq!(days.values().sum::<usize>(), count, "{days:?}");
        assert!(days.len() <= count && !days.is_empty(), "{days:?}");
    }
}

#[tokio::test]
async fn wk_10_wk_11_wk_14_a_webhook_is_saved_as_it_was_entered_and_is_on() {
    let app = app().await;
    let cool = app.create_application("Cool Account").await;
    let url = "https://my.system.com/webhook/wink";
    for name in ["Wink Stalker", "<b>Wink</b> & \"Stalker\""] {
        let webhook = json!({"description": name, "url": url});
        let id = app.create_endpoint(&cool, webhook).await;
        let path = format!("/api/v1/app/{cool}/endpoint/{id}");
        let answer = app.client.get(&path).await;
        assert_eq!(answer.header("content-type"), "application/json");
        let saved = answer.expect(200);
        assert_eq!(saved["description"], name);
        assert_eq!(saved["url"], url);
        assert_eq!(saved["disabled"], false);
        assert_eq!(saved["disabledReason"], Value::Null);
    }
}

#[tokio::test]
async fn wk_12_a_webhook_is_one_accounts_and_gets_nothing_of_anothers() {
    let scene = listening("wink", &[CREATED]).await;
    let client = &scene.app.client;
    let other = scene.app.create_application("Other Account").await;
    let url = json!({"url": scene.receiver.url("/other")});
    scene.app.create_endpoint(&other, url.clone()).await;
    let accounts = rows(&client.get("/api/v1/app").await);
    let names: Vec<&Value> = accounts.iter().map(|one| &one["name"]).collect();
    assert_eq!(
        (names.len(), names.contains(&&json!("Cool Account"))),
        (2, true)
    );
    // Somebody else sees none of them, and can put no webhook into one.
    let key = scene.app.program.create_key("other", "elsewhere").await;
    let stranger = client.with_key(&key);
    assert!(rows(&stranger.get("/api/v1/app").await).is_empty());
    let refusal = stranger.post(&scene.path("/endpoint"), url).await;
    refused(&refusal, 404, "not_found");
    assert_eq!(endpoints(&scene.app, &scene.owner).await.len(), 1);

    let message = happens(&scene, CREATED).await;
    scene.status(&message, 0).await;
    let theirs = json!({"event": CREATED});
    let theirs = scene.app.send(&other, CREATED, theirs).await;
    scene.app.wait_for_status(&other, &theirs, 0).await;
    let came = |path: &str| -> Vec<String> {
        let requests = scene.receiver.requests_to(path);
        requests.iter().map(|one| one.id().to_owned()).collect()
    };
    assert_eq!(came("/hook"), [message]);
    assert_eq!(came("/other"), [theirs]);
}

#[tokio::test]
async fn wk_15_an_event_that_follows_the_saving_at_once_is_delivered() {
    let scene = listening("wink", &[CREATED]).await;
    for number in 0..10 {
        let path = format!("/fresh/{number}");
        let webhook = json!({"url": scene.receiver.url(&path), "eventTypes": [CREATED]});
        scene.app.create_endpoint(&scene.owner, webhook).await;
        let message = happens(&scene, CREATED).await;
        let requests = scene.receiver.wait_for(&path, 1).await;
        assert_eq!(requests[0].id(), message);
        assert_eq!(endpoints(&scene.app, &scene.owner).await.len(), number + 2);
    }
}

#[tokio::test]
async fn wk_17_a_webhook_that_is_switched_off_gets_nothing_until_it_is_on_again() {
    let scene = listening("wink", &[CREATED]).await;
    let off = change(&scene, json!({"disabled": true})).await;
    assert_eq!(off["disabled"], true);
    assert_eq!(
        endpoints(&scene.app, &scene.owner).await[0]["disabled"],
        true
    );
    let missed = happens(&scene, CREATED).await;
    change(&scene, json!({"disabled": false})).await;
    let message = happens(&scene, CREATED).await;
    scene.status(&message, 0).await;
    let requests = scene.receiver.requests();
    assert_eq!(requests.len(), 1, "{missed} was sent while it was off");
    assert_eq!(requests[0].id(), message);
}

#[tokio::test]
async fn wk_18_a_webhook_listens_to_more_or_fewer_events() {
    let scene = listening("wink", &[CREATED]).await;
    happens(&scene, CANCELLED).await;
    change(&scene, json!({"eventTypes": [CREATED, CANCELLED]})).await;
    happens(&scene, CANCELLED).await;
    assert_eq!(arrived(&scene, "/hook", 1).await, [CANCELLED]);
    let fewer = change(&scene, json!({"eventTypes": [CANCELLED]})).await;
    assert_eq!(fewer["eventTypes"], json!([CANCELLED]));
    happens(&scene, CREATED).await;
    happens(&scene, CANCELLED).await;
    assert_eq!(arrived(&scene, "/hook", 2).await, [CANCELLED, CANCELLED]);
}

#[tokio::test]
async fn wk_19_a_new_url_gets_everything_from_now_on_and_the_old_one_nothing() {
    let scene = listening("wink", &[CREATED]).await;
    happens(&scene, CREATED).await;
    scene.receiver.wait_for("/hook", 1).await;
    let moved = scene.receiver.url("/b");
    assert_eq!(change(&scene, json!({"url": moved})).await["url"], moved);
    let message = happens(&scene, CREATED).await;
    let requests = scene.receiver.wait_for("/b", 1).await;
    assert_eq!(requests[0].id(), message);
    assert_eq!(scene.receiver.requests_to("/hook").len(), 1);
}

#[tokio::test]
async fn wk_20_a_webhook_that_is_removed_is_gone_for_good() {
    let scene = listening("wink", &[CREATED]).await;
    let stays = json!({"url": scene.receiver.url("/stays")});
    let stays = scene.app.create_endpoint(&scene.owner, stays).await;
    let path = scene.endpoint_path("");
    scene.app.client.delete(&path).await.expect(204);
    refused(&scene.app.client.get(&path).await, 404, "not_found");
    let left = endpoints(&scene.app, &scene.owner).await;
    assert_eq!((left.len(), &left[0]["id"]), (1, &json!(stays)));
    let message = happens(&scene, CREATED).await;
    scene.status(&message, 0).await;
    assert_eq!(scene.receiver.requests_to("/stays").len(), 1);
    assert!(scene.receiver.requests_to("/hook").is_empty());
    refused(&scene.app.client.delete(&path).await, 404, "not_found");
}
