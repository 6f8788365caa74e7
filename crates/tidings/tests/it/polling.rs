//! Messages that are read from a polling endpoint instead of being sent.

use serde_json::{Value, json};
use tidings_testkit::TestApp;
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::wait;

use crate::nodes::beside;
use crate::support::{app, app_on, refused, refused_field};

/// An application with a polling endpoint called `reader`.
struct Poller {
    app: TestApp,
    owner: String,
}

impl Poller {
    async fn of(app: TestApp, mut reader: Value) -> Self {
        let owner = app.create_application("Cool Account").await;
        reader["uid"] = "reader".into();
        let path = format!("/api/v1/app/{owner}/poller");
        app.client.post(&path, reader).await.expect(201);
        Self { app, owner }
    }

    async fn on_both(reader: &Value) -> [(Self, Option<Database>); 2] {
        let database = Database::new(Version::V15);
        let on_postgres = Self::of(app_on(&database).await, reader.clone()).await;
        let on_sqlite = Self::of(app().await, reader.clone()).await;
        [(on_sqlite, None), (on_postgres, Some(database))]
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/app/{}/poller/reader{rest}", self.owner)
    }

    async fn read(&self, rest: &str) -> Value {
        self.app.client.get(&self.path(rest)).await.expect(200)
    }

    async fn send(&self, number: u32) -> String {
        let payload = json!({"n": number});
        self.app.send(&self.owner, "user.created", payload).await
    }
}

fn ids(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().expect("a list");
    data.iter().map(|message| text(&message["id"])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_read_a_page_at_a_time_each_once_and_sent_to_nobody() {
    for (poller, _database) in Poller::on_both(&json!({})).await {
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(poller.send(number).await);
        }
        let first = poller.read("?limit=3").await;
        assert_eq!(
            (ids(&first), &first["done"]),
            (made[..3].to_vec(), &json!(false))
        );
        assert_eq!(first["data"][2]["payload"], json!({"n": 2}));
        assert_eq!(first["data"][2]["headers"], Value::Null);
        let iterator = text(&first["iterator"]);
        let second = poller.read(&format!("?limit=3&iterator={iterator}")).await;
        assert_eq!(
            (ids(&second), &second["done"]),
            (made[3..].to_vec(), &json!(true))
        );
        let iterator = text(&second["iterator"]);
        let third = poller.read(&format!("?iterator={iterator}")).await;
        assert_eq!(
            (ids(&third), text(&third["iterator"])),
            (Vec::new(), iterator.clone())
        );
        let later = poller.send(5).await;
        let fourth = poller.read(&format!("?iterator={iterator}")).await;
        assert_eq!(ids(&fourth), [later]);
        // It is no endpoint that anything is sent to.
        let deliveries = poller.app.deliveries(&poller.owner, &made[0]).await;
        assert_eq!(deliveries, [Value::Null; 0]);
        let path = format!("/api/v1/app/{}/endpoint", poller.owner);
        assert_eq!(rows(&poller.app.client.get(&path).await), [Value::Null; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_the_polling_endpoint_wants_is_read() {
    let reader = json!({"channels": ["eu"], "filter": {"total": {"$gte": 100}}});
    for (poller, _database) in Poller::on_both(&reader).await {
        let send = async |total: u32, channel: &str| {
            let message = json!({"eventType": "invoice.paid", "payload": {"total": total},
                "channels": [channel]});
            let sent = poller.app.try_send(&poller.owner, message).await;
            text(&sent.expect(202)["id"])
        };
        send(50, "eu").await;
        let wanted = send(100, "eu").await;
        send(100, "us").await;
        let params = json!({"headers": {"X-Trace": "7"}, "rawPayload": "<a/>"});
        let raw = json!({"eventType": "other", "payload": {"total": 100}, "channels": ["eu"],
            "transformationsParams": params});
        let raw = poller.app.try_send(&poller.owner, raw).await.expect(202);
        let page = poller.read("").await;
        assert_eq!(ids(&page), [wanted.clone(), text(&raw["id"])]);
        let raw = &page["data"][1];
        assert_eq!(
            (&raw["headers"], &raw["rawPayload"]),
            (&json!({"X-Trace": "7"}), &json!("<a/>"))
        );
        let page = poller.read("?event_type=invoice.paid").await;
        assert_eq!(ids(&page), [wanted]);
        let page = poller.read("?channel=us").await;
        assert_eq!(ids(&page), [""; 0]);
        let page = poller.read("?after=2100-01-01T00:00:00Z").await;
        assert_eq!((ids(&page), &page["done"]), (Vec::new(), &json!(true)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_goes_on_where_it_was_whoever_asks_and_whatever_restarts() {
    for (mut poller, _database) in Poller::on_both(&json!({})).await {
        let mut made = Vec::new();
        for number in 0..4 {
            made.push(poller.send(number).await);
        }
        // Two at once get the same page, until one of them says that it has dealt with it.
        let one = poller.read("/consumer/one?limit=2").await;
        let same = poller.read("/consumer/one?limit=2").await;
        assert_eq!((ids(&one), &one), (made[..2].to_vec(), &same));
        let iterator = text(&one["iterator"]);
        let next = format!("/consumer/one?limit=1&iterator={iterator}");
        assert_eq!(ids(&poller.read(&next).await), made[2..3]);
        poller.app.kill().await;
        poller.app.start_again().await;
        assert_eq!(ids(&poller.read("/consumer/one").await), made[2..]);
        assert_eq!(ids(&poller.read("/consumer/other").await), made);
        // An iterator from before moves nobody back.
        let page = poller.read("/consumer/one?limit=1").await;
        let further = format!("/consumer/one?iterator={}", text(&page["iterator"]));
        assert_eq!(ids(&poller.read(&further).await), made[3..]);
        assert_eq!(ids(&poller.read(&next).await), made[3..]);
        let seek = poller.path("/consumer/one/seek");
        let all = json!({"after": "2020-01-01T00:00:00Z"});
        let sought = poller.app.client.post(&seek, all).await.expect(200);
        assert!(text(&sought["iterator"]).starts_with("msg_"));
        assert_eq!(ids(&poller.read("/consumer/one").await), made);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_servers_accept_is_read_at_either_each_message_once() {
    let database = Database::new(Version::V15);
    let poller = Poller::of(app_on(&database).await, json!({})).await;
    let second = beside(&poller.app, &database, &[]).await;
    let (mut seen, mut iterator) = (Vec::new(), String::new());
    let mut made = Vec::new();
    for number in 0..10 {
        made.push(poller.send(number).await);
        made.push(second.send(&poller.owner, "b", json!({})).await);
        let after = match iterator.as_str() {
            "" => String::new(),
            iterator => format!("?iterator={iterator}"),
        };
        let page = poller.read(&after).await;
        seen.extend(ids(&page));
        iterator = text(&page["iterator"]);
    }
    let rest = poller.path(&format!("?iterator={iterator}"));
    let left = made.len() - seen.len();
    let page = wait::until(
        "the rest to be certain",
        async || second.client.get(&rest).await.expect(200),
        |page| ids(page).len() == left,
    )
    .await;
    seen.extend(ids(&page));
    seen.sort_unstable();
    made.sort_unstable();
    assert_eq!(seen, made);
}

#[tokio::test]
async fn wrong_requests_to_a_poller_are_refused_and_say_why() {
    let poller = Poller::of(app().await, json!({})).await;
    let client = &poller.app.client;
    for (rest, parameter) in [
        ("?limit=0", "limit"),
        ("?limit=251", "limit"),
        ("?limit=x", "limit"),
        ("?iterator=msg_x", "iterator"),
        ("?iterator=ep_1", "iterator"),
        ("?after=yesterday", "after"),
        ("/consumer/one?limit=251", "limit"),
        ("/consumer/one?iterator=x", "iterator"),
    ] {
        let answer = client.get(&poller.path(rest)).await;
        refused_field(&answer, &["query", parameter]);
    }
    poller.read("?limit=250").await;
    let seek = poller.path("/consumer/one/seek");
    for body in [json!({}), json!({"after": 7}), json!({"after": "soon"})] {
        let answer = client.post(&seek, body).await;
        refused_field(&answer, &["body", "after"]);
    }
    let long = "c".repeat(257);
    for (path, what) in [
        (
            poller.path("/consumer/no%20spaces"),
            "a consumer of no name",
        ),
        (poller.path(&format!("/consumer/{long}")), "a long name"),
        (
            format!("/api/v1/app/{}/poller/nobody", poller.owner),
            "no such endpoint",
        ),
    ] {
        let answer = client.get(&path).await;
        assert_eq!(
            refused(&answer, 404, "not_found")["code"],
            "not_found",
            "{what}"
        );
    }
    let longest = "c".repeat(256);
    poller.read(&format!("/consumer/{longest}")).await;
    let made = format!("/api/v1/app/{}/poller", poller.owner);
    for (field, value) in [
        ("uid", json!("no spaces")),
        ("uid", json!("ep_mine")),
        ("description", json!("x".repeat(4_097))),
        ("disabled", json!("no")),
        ("eventTypes", json!(["unknown.type"])),
        ("channels", json!(["no spaces"])),
        ("filter", json!(7)),
        ("metadata", json!([])),
    ] {
        let answer = client.post(&made, json!({(field): value})).await;
        refused_field(&answer, &["body", field]);
    }
    let taken = client.post(&made, json!({"uid": "reader"})).await;
    refused(&taken, 409, "conflict");
    let off = client.post(&made, json!({"uid": "off", "disabled": true}));
    off.await.expect(201);
    let answer = client.get(&format!("{made}/off")).await;
    refused(&answer, 400, "endpoint_disabled");
    assert_eq!(rows(&client.get(&made).await).len(), 2);
    assert_eq!(client.delete(&format!("{made}/off")).await.status, 204);
    client.delete(&format!("{made}/off")).await.expect(404);
    assert_eq!(rows(&client.get(&made).await).len(), 1);
}
