//! Every filter of the lists of messages and attempts, on both stores.

use std::time::Duration;

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::wait;

use crate::support::{Scene, app_with};

/// Two messages that differ in everything, each delivered to one endpoint and refused by another, and a third
/// whose deliveries were canceled.
struct Lists {
    scene: Scene,
    refusing: String,
    red: Value,
    blue: Value,
    canceled: String,
}

impl Lists {
    async fn on(settings: &[(&str, &str)]) -> Self {
        let settings = [&[("retry_schedule", "none")], settings].concat();
        let scene = Scene::of(app_with(&settings).await, json!({})).await;
        let url = scene.receiver.url("/refusing");
        scene.receiver.rule(|request| match request.path.as_str() {
            "/hook" => 200.into(),
            _ => 500.into(),
        });
        let refusing = scene.app.create_endpoint(&scene.owner, json!({"url": url}));
        let refusing = refusing.await;
        let mut sent = Vec::new();
        for (event_type, channel, tag) in [("a.one", "eu", "red"), ("b.two", "us", "blue")] {
            let message = json!({"eventType": event_type, "payload": {"n": 1},
                "channels": [channel], "tags": [tag]});
            let message = scene.app.try_send(&scene.owner, message).await.expect(202);
            scene.attempts(&text(&message["id"]), 2).await;
            sent.push(message);
        }
        let at = jiff::Timestamp::try_from(wait::now() + Duration::from_hours(1)).unwrap();
        let later = json!({"eventType": "c", "payload": {}, "deliverAt": at.to_string()});
        let later = scene.app.try_send(&scene.owner, later).await.expect(202);
        let canceled = text(&later["id"]);
        let content = scene.path(&format!("/msg/{canceled}/content"));
        assert_eq!(scene.app.client.delete(&content).await.status, 204);
        scene.attempts(&canceled, 2).await;
        let blue = sent.remove(1);
        Self {
            scene,
            refusing,
            red: sent.remove(0),
            blue,
            canceled,
        }
    }

    async fn rows(&self, path: &str) -> Vec<Value> {
        rows(&self.scene.app.client.get(&self.scene.path(path)).await)
    }

    /// The ids of the messages in a list, oldest first.
    async fn ids(&self, path: &str) -> Vec<String> {
        let rows = self.rows(path).await.into_iter().rev();
        rows.map(|row| {
            text(if row["msgId"].is_string() {
                &row["msgId"]
            } else {
                &row["id"]
            })
        })
        .collect()
    }
}

async fn on_both() -> [(Lists, Option<Database>); 2] {
    let database = Database::new(Version::V15);
    let on_postgres = Lists::on(&[("store", &database.url())]).await;
    [(Lists::on(&[]).await, None), (on_postgres, Some(database))]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_many_messages_are_filtered_by_what_messages_are() {
    for (lists, _database) in on_both().await {
        let (red, blue) = (text(&lists.red["id"]), text(&lists.blue["id"]));
        let since = text(&lists.blue["timestamp"]);
        let endpoint = &lists.scene.endpoint;
        let canceled = &lists.canceled;
        for path in [
            "/msg".to_owned(),
            format!("/attempt/endpoint/{endpoint}"),
            format!("/endpoint/{endpoint}/msg"),
        ] {
            for (filter, expected) in [
                ("channel=eu".to_owned(), vec![&red]),
                ("tag=blue".to_owned(), vec![&blue]),
                ("tag=red&channel=us".to_owned(), vec![]),
                ("event_types=a.one".to_owned(), vec![&red]),
                ("event_types=a.one,b.two".to_owned(), vec![&red, &blue]),
                (
                    "event_types=a.one&event_types=c".to_owned(),
                    vec![&red, canceled],
                ),
                (format!("before={since}"), vec![&red]),
                (format!("after={since}"), vec![&blue, canceled]),
                ("event_types=d".to_owned(), vec![]),
            ] {
                let found = lists.ids(&format!("{path}?{filter}")).await;
                assert_eq!(
                    found.iter().collect::<Vec<_>>(),
                    expected,
                    "{path}?{filter}"
                );
            }
            let without = lists
                .rows(&format!("{path}?with_content=false&tag=red"))
                .await;
            let content = [&without[0]["payload"], &without[0]["response"]];
            assert!(
                content.contains(&&json!({})) || content.contains(&&json!("")),
                "{content:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_attempts_are_filtered_by_how_they_ended() {
    for (lists, _database) in on_both().await {
        let (red, blue) = (text(&lists.red["id"]), text(&lists.blue["id"]));
        let (fine, refusing) = (&lists.scene.endpoint, &lists.refusing);
        let canceled = &lists.canceled;
        for (endpoint, filter, expected) in [
            (fine, "status=0", vec![&red, &blue]),
            (fine, "status=2&expanded_statuses=true", vec![]),
            (fine, "status=2", vec![canceled]),
            (fine, "status=4&expanded_statuses=true", vec![canceled]),
            (fine, "status=4", vec![]),
            (fine, "status=1", vec![]),
            (
                refusing,
                "status=2&expanded_statuses=true",
                vec![&red, &blue],
            ),
            (refusing, "status=0", vec![]),
        ] {
            for path in [
                format!("/attempt/endpoint/{endpoint}?{filter}"),
                format!("/endpoint/{endpoint}/msg?{filter}"),
            ] {
                let found = lists.ids(&path).await;
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{path}");
            }
        }
        for (filter, expected) in [
            ("status_code_class=200", vec![&red, &blue]),
            ("status_code_class=500", vec![]),
            ("status_code_class=0", vec![canceled]),
        ] {
            let found = lists
                .ids(&format!("/attempt/endpoint/{fine}?{filter}"))
                .await;
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
        }
        let with = lists
            .rows(&format!("/attempt/endpoint/{fine}?with_msg=true&tag=red"))
            .await;
        assert_eq!(with[0]["msg"]["id"], red.as_str());
        assert_eq!(with[0]["msg"]["tags"], json!(["red"]));
        let without = lists
            .rows(&format!("/attempt/endpoint/{fine}?tag=red"))
            .await;
        assert_eq!(without[0]["msg"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_attempts_of_one_message_are_filtered_in_the_same_ways() {
    for (lists, _database) in on_both().await {
        let red = text(&lists.red["id"]);
        let since = text(&lists.blue["timestamp"]);
        let (fine, refusing) = (&lists.scene.endpoint, &lists.refusing);
        for (filter, expected) in [
            (String::new(), vec![fine, refusing]),
            (format!("endpoint_id={fine}"), vec![fine]),
            (format!("endpoint_id={refusing}&status=0"), vec![]),
            ("status=0".into(), vec![fine]),
            ("status=2&expanded_statuses=true".into(), vec![refusing]),
            ("status_code_class=500".into(), vec![refusing]),
            (
                "tag=red&channel=eu&event_types=a.one".into(),
                vec![fine, refusing],
            ),
            ("tag=blue".into(), vec![]),
            ("channel=us".into(), vec![]),
            ("event_types=b.two".into(), vec![]),
            (format!("before={since}"), vec![fine, refusing]),
            (format!("after={since}"), vec![]),
        ] {
            let rows = lists.rows(&format!("/attempt/msg/{red}?{filter}")).await;
            let mut found: Vec<String> = rows.iter().map(|row| text(&row["endpointId"])).collect();
            found.sort_unstable();
            let mut expected: Vec<String> = expected.into_iter().cloned().collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{filter}");
        }
        let path = format!("/attempt/msg/{}", lists.canceled);
        let shown = async |flag: &str| {
            let rows = lists.rows(&format!("{path}?{flag}")).await;
            rows[0]["status"].clone()
        };
        assert_eq!(shown("").await, 2);
        assert_eq!(shown("expanded_statuses=true").await, 4);
    }
}
