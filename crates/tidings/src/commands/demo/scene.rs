//! What the demo makes and sends, all of it through the public API.

use anyhow::Context as _;
use serde_json::{Value, json};
use tidings_domain::signature::VerifyingKeys;

use super::receiver::Receiver;
use crate::commands::client::Client;

/// What the product calls the demo's application.
pub(super) const APPLICATION_UID: &str = "cool-account";
/// How many events are sent.
const EVENTS_COUNT: u32 = 10;
const EVENT_TYPES: [(&str, &str); 2] = [
    ("invoice.paid", "A customer has paid an invoice."),
    ("user.created", "Somebody has signed up."),
];

/// An application with an endpoint that wants its events.
pub(super) struct Scene {
    application: String,
}

impl Scene {
    /// Makes the catalogue, the application and the endpoint, and gives its secret to the receiver.
    pub(super) async fn make(client: &Client, receiver: &Receiver) -> anyhow::Result<Self> {
        for (name, description) in EVENT_TYPES {
            let event_type = json!({"name": name, "description": description});
            make(client, "/event-type", &event_type).await?;
        }
        let application = json!({"name": "Cool Account", "uid": APPLICATION_UID});
        let application = make(client, "/app", &application).await?;
        let application = format!("/app/{}", id_of(&application)?);
        let endpoint = json!({
            "url": receiver.url(),
            "description": "The demo's receiver",
            "eventTypes": EVENT_TYPES.map(|(name, _)| name),
        });
        let endpoint = make(client, &format!("{application}/endpoint"), &endpoint).await?;
        let secret = format!("{application}/endpoint/{}/secret", id_of(&endpoint)?);
        let secret = client.get(&secret).await?;
        let key = secret["key"].as_str().context("the secret has no key")?;
        receiver.trust(VerifyingKeys::parse(key)?);
        Ok(Self { application })
    }

    /// Sends the events and gives the ids of their messages.
    pub(super) async fn send_events(&self, client: &Client) -> anyhow::Result<Vec<String>> {
        let mut ids = Vec::new();
        for number in 1..=EVENTS_COUNT {
            let message =
                make(client, &format!("{}/msg", self.application), &event(number)).await?;
            ids.push(id_of(&message)?.to_owned());
        }
        Ok(ids)
    }
}

fn event(number: u32) -> Value {
    if number.is_multiple_of(2) {
        let user = json!({"id": format!("user-{number}"), "name": "Ada"});
        json!({"eventType": EVENT_TYPES[1].0, "payload": {"user": user}})
    } else {
        let invoice = json!({"id": format!("invoice-{number}"), "amount": 100 * number});
        json!({"eventType": EVENT_TYPES[0].0, "payload": {"invoice": invoice}})
    }
}

async fn make(client: &Client, path: &str, what: &Value) -> anyhow::Result<Value> {
    let made = client.post(path, what.to_string()).await;
    made.with_context(|| format!("POST {path} failed"))
}

fn id_of(made: &Value) -> anyhow::Result<&str> {
    made["id"].as_str().context("the answer has no id")
}
