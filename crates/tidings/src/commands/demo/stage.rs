//! What the products of the demo share: the server, one customer with a plan, and an inbox for all of it.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::inbox::Inbox;
use crate::commands::client::Client;
use crate::output::{self, Paint, Tone};

/// What the product calls the demo's application.
pub(super) const ACCOUNT_UID: &str = "cool-account";
/// The event types that come with the program and are shown.
const CATALOGS: [&str; 5] = ["wink", "eventinsight", "thulium", "easy-lms", "touchchat"];
/// The lowest plan has no webhooks. Only the name of the middle one is somebody else's.
const PLANS: [(&str, &str, bool); 3] = [
    ("early", "Early Owl", false),
    (PLAN_NEEDED, "Corporate Owl", true),
    ("global", "Global Owl", true),
];
/// The plan that webhooks need.
pub(super) const PLAN_NEEDED: &str = "corporate";

/// Where the products are shown.
pub(super) struct Stage<'a> {
    pub(super) client: &'a Client,
    pub(super) inbox: Inbox,
    /// The path of the account.
    pub(super) account: String,
    /// With what all of the account's endpoints sign, so that one inbox can verify them.
    pub(super) secret: String,
    paint: Paint,
}

impl<'a> Stage<'a> {
    /// Makes the catalogues, the plans, the account and the inbox.
    pub(super) async fn set(client: &'a Client) -> anyhow::Result<Self> {
        for catalog in CATALOGS {
            // Byte for byte, so that samples keep the order that the products document.
            let file = client.get_bytes(&format!("/catalog/{catalog}")).await?;
            client.post("/catalog/import", file).await?;
        }
        let plans: Vec<Value> = PLANS
            .iter()
            .map(|(uid, name, webhooks)| json!({"uid": uid, "name": name, "webhooks": webhooks}))
            .collect();
        let plans = json!({ "data": plans }).to_string();
        client
            .put("/plan", plans)
            .await
            .context("PUT /plan failed")?;
        let account = json!({"name": "Cool Account", "uid": ACCOUNT_UID, "plan": PLAN_NEEDED});
        make(client, "/app", &account).await?;
        Ok(Self {
            client,
            inbox: Inbox::open(client).await?,
            account: format!("/app/{ACCOUNT_UID}"),
            secret: String::new(),
            paint: Paint::of_output(),
        })
    }

    /// From now on endpoints sign with this, and the inbox verifies with it.
    pub(super) async fn sign_with(&mut self, secret: String) -> anyhow::Result<()> {
        self.inbox.verify_with(self.client, &secret).await?;
        self.secret = secret;
        Ok(())
    }

    /// Makes an endpoint of the account that leads to a path of the inbox.
    pub(super) async fn add_endpoint(
        &self,
        name: &str,
        path: &str,
        event_types: &[&str],
    ) -> anyhow::Result<String> {
        let endpoint = json!({
            "url": self.inbox.url(path),
            "description": name,
            "eventTypes": event_types,
            "secret": self.secret,
        });
        let path = format!("{}/endpoint", self.account);
        let made = make(self.client, &path, &endpoint).await?;
        Ok(id_of(&made)?.to_owned())
    }

    /// Tells that something went as it should.
    pub(super) fn good(&self, text: &str) {
        let mark = self.paint.text(Tone::Good, "✓");
        output::line(format_args!("  {mark} {text}"));
    }

    /// Tells of something that is as it is.
    pub(super) fn note(&self, text: &str) {
        let mark = self.paint.text(Tone::Quiet, "·");
        output::line(format_args!("  {mark} {text}"));
    }
}

/// Posts something and gives what was made of it.
pub(super) async fn make(client: &Client, path: &str, what: &Value) -> anyhow::Result<Value> {
    post(client, path, what.to_string()).await
}

/// Posts this text of JSON, byte for byte.
pub(super) async fn post(client: &Client, path: &str, what: String) -> anyhow::Result<Value> {
    let made = client.post(path, what).await;
    made.with_context(|| format!("POST {path} failed"))
}

pub(super) fn id_of(made: &Value) -> anyhow::Result<&str> {
    made["id"].as_str().context("the answer has no id")
}
