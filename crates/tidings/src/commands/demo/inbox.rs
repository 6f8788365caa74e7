//! The demo's inbox: what all five products send is caught by the server itself and looked at from outside.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use super::stage::id_of;
use crate::commands::client::{Client, Events};

/// How long a request is waited for.
const CAUGHT_FOR_MAX: Duration = Duration::from_secs(10);

/// An inbox and what it catches from now on.
pub(super) struct Inbox {
    /// Its path in the API.
    path: String,
    url: String,
    events: Events,
    /// What was caught and not yet asked for.
    unread: Vec<Value>,
    /// How many were asked for, each with the right signature.
    verified_count: usize,
}

/// A request that was caught, with the right signature.
pub(super) struct Caught {
    request: Value,
}

impl Inbox {
    /// Makes one and watches it.
    pub(super) async fn open(client: &Client) -> anyhow::Result<Self> {
        let inbox = json!({"name": "The demo's inbox", "body": "caught"}).to_string();
        let inbox = client
            .post("/inbox", inbox)
            .await
            .context("POST /inbox failed")?;
        let path = format!("/inbox/{}", id_of(&inbox)?);
        let url = inbox["url"].as_str().context("the inbox has no URL")?;
        Ok(Self {
            events: client.events(&format!("{path}/feed")).await?,
            url: url.to_owned(),
            path,
            unread: Vec::new(),
            verified_count: 0,
        })
    }

    /// The URL of a path below it.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.url)
    }

    /// Its path in the API.
    pub(super) fn api_path(&self) -> &str {
        &self.path
    }

    /// Lets it check signatures.
    pub(super) async fn verify_with(&self, client: &Client, secret: &str) -> anyhow::Result<()> {
        let change = json!({ "secret": secret }).to_string();
        client.patch(&self.path, change).await?;
        Ok(())
    }

    /// The next request that comes to a path, whole; an error if none comes or its signature is wrong.
    pub(super) async fn next(&mut self, client: &Client, path: &str) -> anyhow::Result<Caught> {
        let wanted = format!("/{path}");
        let is_wanted = |request: &Value| request["path"] == wanted;
        let waiting = async {
            loop {
                if let Some(place) = self.unread.iter().position(is_wanted) {
                    return Some(self.unread.remove(place));
                }
                let event = self.events.next().await?;
                self.unread.extend(serde_json::from_str(&event.data));
            }
        };
        let summary = match tokio::time::timeout(CAUGHT_FOR_MAX, waiting).await {
            Ok(Some(summary)) => summary,
            Ok(None) => bail!("the inbox's feed broke off"),
            Err(_) => bail!(
                "nothing came to {wanted} of the inbox within {} s",
                CAUGHT_FOR_MAX.as_secs()
            ),
        };
        let request = format!("{}/request/{}", self.path, id_of(&summary)?);
        let request = client.get(&request).await?;
        let caught = Caught::verified(request)?;
        self.verified_count += 1;
        Ok(caught)
    }

    /// Checks that it holds just what was asked for; gives how many requests that were.
    pub(super) async fn close(&self, client: &Client) -> anyhow::Result<usize> {
        let held = client
            .get(&format!("{}/request?limit=250", self.path))
            .await?;
        let held = held["data"].as_array().map_or(0, Vec::len);
        ensure!(
            held == self.verified_count,
            "{} requests were to come to the inbox, and {held} have come",
            self.verified_count
        );
        Ok(held)
    }
}

impl Caught {
    /// The request, unless its signature is not the right one.
    fn verified(request: Value) -> anyhow::Result<Self> {
        let signature = &request["signature"];
        ensure!(
            signature["state"] == "valid",
            "the signature of the request to {} of the inbox is wrong: {}",
            request["path"],
            signature["reason"]
        );
        Ok(Self { request })
    }

    /// The body as it came.
    pub(super) fn body(&self) -> &str {
        self.request["body"].as_str().unwrap_or_default()
    }

    /// The body, if it is JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap_or_default()
    }

    /// A header, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        let headers = self.request["headers"].as_array();
        let found = headers.and_then(|all| all.iter().find(|one| one["name"] == name));
        found
            .and_then(|one| one["value"].as_str())
            .unwrap_or_default()
    }

    /// The event and the beginning of its body, on one line.
    pub(super) fn told(&self) -> String {
        const SHOWN_MAX: usize = 96;
        let body = self.body();
        let shown: String = body.chars().take(SHOWN_MAX).collect();
        let more = if shown.len() < body.len() { "…" } else { "" };
        let event_type = self.header("webhook-event-type");
        format!("{event_type:<26} arrived, signature verified: {shown}{more}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_only_with_the_right_signature() {
        let request = |state: &str| {
            json!({"path": "/wink", "body": "{\"a\":1}", "signature": {"state": state, "reason": "no match"},
                "headers": [{"name": "webhook-event-type", "value": "a.b"}]})
        };
        for state in ["wrong", "notChecked"] {
            let error = Caught::verified(request(state)).err();
            let error = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(
                error.contains("/wink") && error.contains("no match"),
                "{error}"
            );
        }
        let caught = Caught::verified(request("valid")).unwrap();
        assert_eq!(caught.json(), json!({"a": 1}));
        assert_eq!(
            (caught.header("webhook-event-type"), caught.header("x")),
            ("a.b", "")
        );
        assert!(caught.told().contains("a.b") && caught.told().ends_with("{\"a\":1}"));
    }
}
