//! What is copied: a data folder with a bit of everything in it, and what its server shows of it.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::{Receiver, Reply, TestApp};

use super::{MESSAGES, TEXT};
use crate::support::app_with;

/// An app on a data folder with a bit of everything in it.
pub(super) struct Source {
    pub(super) app: TestApp,
    pub(super) receiver: Receiver,
    /// Gets everything.
    pub(super) owner: String,
    /// Its endpoint that works.
    pub(super) endpoint: String,
    /// Its endpoint that fails.
    pub(super) failing: String,
    /// An application whose endpoint never answers, with what is in memory only when the server dies.
    pub(super) hanging: String,
    pub(super) messages: Vec<String>,
}

impl Source {
    pub(super) async fn new() -> Self {
        // A failed delivery is owed for an hour, so nothing moves while the two servers are compared.
        let app = app_with(&[("retry_schedule", "1h,1h"), ("admit_timeout", "5s")]).await;
        let receiver = Receiver::start().await;
        receiver.rule(|request| match request.path.as_str() {
            "/bad" => Reply::with_body(500, vec![0, 255, b'x', 0xC3]),
            "/hang" => Reply::Hang,
            _ => Reply::with_body(200, vec![0, 1, 2, 254]),
        });
        let owner = app.create_application(TEXT).await;
        let client = &app.client;
        let catalogue = json!({"name": "user.created", "description": TEXT,
            "schemas": {"1": {"type": "object", "title": TEXT}}});
        client
            .post("/api/v1/event-type", catalogue)
            .await
            .expect(201);
        let endpoint = app
            .create_endpoint(
                &owner,
                json!({"url": receiver.url("/good"), "description": TEXT, "uid": "good-one",
                    "metadata": {"k": TEXT}, "format": "envelope",
                    "filter": {"$not": {"never": TEXT}},
                    "retryPolicy": {"schedule": [5, 60], "maxAgeSeconds": 600},
                    "coSignature": {"style": "stripe", "secret": TEXT},
                    "credentials": {"type": "basic", "username": "u", "password": "p"}}),
            )
            .await;
        let headers = json!({"headers": {"x-secret": "hush"}});
        let path = format!("/api/v1/app/{owner}/endpoint/{endpoint}/headers");
        client.put(&path, headers).await.expect(204);
        let failing = json!({"url": receiver.url("/bad"), "channels": ["failing"]});
        let failing = app.create_endpoint(&owner, failing).await;
        app.create_endpoint(
            &owner,
            json!({"url": receiver.url("/off"), "disabled": true}),
        )
        .await;
        let mut source = Self {
            hanging: app.create_application("hangs").await,
            app,
            receiver,
            owner,
            endpoint,
            failing,
            messages: Vec::new(),
        };
        source.send_all().await;
        source.resend_and_delete().await;
        source.keep_records().await;
        source
    }

    /// An application with a plan and records, one of them gone.
    pub(super) async fn keep_records(&self) {
        let client = &self.app.client;
        let plans = json!({"data": [{"uid": "owl", "name": TEXT, "features": ["a"]}]});
        client.put("/api/v1/plan", plans).await.expect(200);
        let keeper = json!({"name": "keeper", "uid": "keeper", "plan": "owl"});
        client.post("/api/v1/app", keeper).await.expect(201);
        let records = "/api/v1/app/keeper/record/user";
        for name in ["before", TEXT] {
            let record = json!({"id": 1, "name": name});
            let put = client.put(&format!("{records}/1"), record).await;
            put.expect(200);
        }
        let gone = format!("{records}/2");
        client.put(&gone, json!({"id": "2"})).await.expect(200);
        client.delete(&gone).await.expect(200);
    }

    pub(super) async fn send_all(&mut self) {
        let path = format!("/api/v1/app/{}/msg", self.owner);
        for part in 0..MESSAGES / 50 {
            let sent = (0..50).map(|place| {
                let number = part * 50 + place;
                let mut message = json!({"eventType": "user.created",
                    "payload": {"n": number, "text": format!("{TEXT}\u{1a}0\n")}, "eventId": format!("e-{number}"),
                    "tags": ["blue"]});
                if number % 250 == 0 {
                    message["channels"] = json!(["failing"]);
                }
                let (client, path) = (self.app.client.clone(), path.clone());
                tokio::spawn(
                    async move { text(&client.post(&path, message).await.expect(202)["id"]) },
                )
            });
            for id in sent.collect::<Vec<_>>() {
                self.messages.push(id.await.unwrap());
            }
        }
        self.receiver.wait_for("/good", MESSAGES).await;
        self.receiver.wait_for("/bad", MESSAGES / 250).await;
        for message in &self.messages {
            self.app.wait_for_status(&self.owner, message, 0).await;
        }
    }

    pub(super) async fn resend_and_delete(&self) {
        let (owner, endpoint) = (&self.owner, &self.endpoint);
        for message in &self.messages[..5] {
            let path = format!("/api/v1/app/{owner}/msg/{message}/endpoint/{endpoint}/resend");
            self.app.client.post(&path, json!({})).await.expect(202);
        }
        self.receiver.wait_for("/good", MESSAGES + 5).await;
        for message in &self.messages[..5] {
            self.app.wait_for_attempts(owner, message, 2).await;
        }
        let gone = self.app.create_application("gone").await;
        let url = self.receiver.url("/gone");
        self.app.create_endpoint(&gone, json!({"url": url})).await;
        self.app.send(&gone, "user.created", json!({})).await;
        self.receiver.wait_for("/gone", 1).await;
        let path = format!("/api/v1/app/{gone}");
        self.app.client.delete(&path).await.expect(204);
    }

    /// What the API tells: whole lists by path, the rows by id. (By time, the two stores may order rows
    /// differently that were made within the same commit.)
    pub(super) async fn pages(&self) -> Vec<(String, Value)> {
        let owner = format!("/api/v1/app/{}", self.owner);
        let (good, bad) = (&self.endpoint, &self.failing);
        let mut lists = vec![
            "/api/v1/app?limit=250".to_owned(),
            "/api/v1/event-type?limit=250&with_content=true".to_owned(),
            format!("{owner}/endpoint?limit=250"),
            format!("{owner}/msg?limit=250&with_content=true"),
            format!("{owner}/attempt/endpoint/{good}?limit=250"),
            format!("{owner}/attempt/endpoint/{bad}?limit=250&status=1"),
        ];
        let mut single = vec![
            "/api/v1/plan".to_owned(),
            "/api/v1/app/keeper/plan".to_owned(),
            "/api/v1/app/keeper/record/user".to_owned(),
            "/api/v1/app/keeper/record/user/1".to_owned(),
            "/api/v1/app/keeper/record/user/1/history".to_owned(),
            "/api/v1/app/keeper/record/user/2/history".to_owned(),
            format!("{owner}/endpoint/{good}/secret"),
            format!("{owner}/endpoint/{good}/headers"),
            format!("{owner}/endpoint/{good}/credentials"),
        ];
        for message in self.messages.iter().step_by(50) {
            single.push(format!("{owner}/msg/{message}"));
            lists.push(format!("{owner}/msg/{message}/endpoint?limit=250"));
            lists.push(format!("{owner}/attempt/msg/{message}?limit=250"));
        }
        let mut all = Vec::new();
        for path in single {
            let answer = self.app.client.get(&path).await.expect(200);
            all.push((path, answer));
        }
        for path in lists {
            let rows = self.whole_list(&path).await;
            all.push((path, rows));
        }
        all
    }

    pub(super) async fn whole_list(&self, path: &str) -> Value {
        let (mut all, mut next) = (Vec::new(), String::new());
        loop {
            let page = self.app.client.get(&format!("{path}{next}")).await;
            all.extend(rows(&page));
            let page = page.json();
            if page["done"] == true {
                all.sort_by_key(|row| row["id"].to_string());
                return all.into();
            }
            next = format!("&iterator={}", text(&page["iterator"]));
        }
    }
}
