//! Wink: an account with the webhook Wink Stalker, which listens to `booking.created`.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::json;
use tidings_domain::signature::VerifyingKeys;

use super::receiver::Receiver;
use super::stage::{Stage, id_of, make, post};
use super::watch::Watch;
use crate::output;

/// How many bookings are made.
const BOOKINGS_COUNT: u32 = 10;
/// How long the demo waits for them.
const DELIVERED_FOR_MAX: Duration = Duration::from_secs(20);
const EVENT: &str = "booking.created";
/// Where in the inbox bookings go.
const PATH: &str = "wink";

/// Makes the webhook, and gives its secret to the receiver and to the inbox. Gives its id.
pub(super) async fn set(stage: &mut Stage<'_>, receiver: &Receiver) -> anyhow::Result<String> {
    let stalker = json!({
        "url": receiver.url(),
        "description": "Wink Stalker",
        "eventTypes": [EVENT],
    });
    let path = format!("{}/endpoint", stage.account);
    let stalker = make(stage.client, &path, &stalker).await?;
    let secret = format!("{path}/{}/secret", id_of(&stalker)?);
    let secret = stage.client.get(&secret).await?;
    let key = secret["key"].as_str().context("the secret has no key")?;
    receiver.trust(VerifyingKeys::parse(key)?);
    stage.sign_with(key.to_owned()).await?;
    stage
        .add_endpoint("Bookings, for the inbox", PATH, &[EVENT])
        .await?;
    Ok(id_of(&stalker)?.to_owned())
}

/// Ten bookings, at the receiver and in the inbox.
pub(super) async fn show(stage: &mut Stage<'_>, watch: &mut Watch<'_>) -> anyhow::Result<()> {
    output::line(
        "\nWink: the webhook Wink Stalker of Cool Account listens to booking.created.\n\
         Ten bookings; the receiver turns one of them away at first, as receivers do.\n",
    );
    let path = format!("{}/msg", stage.account);
    // What it does not listen to does not reach it.
    let other =
        json!({"eventType": "booking.cancelled", "payload": {"event": "booking.cancelled"}});
    make(stage.client, &path, &other).await?;
    let mut sent = Vec::new();
    for number in 1..=BOOKINGS_COUNT {
        let message = post(stage.client, &path, booking(number)).await?;
        sent.push(id_of(&message)?.to_owned());
    }
    watch.until_delivered(sent, DELIVERED_FOR_MAX).await?;
    for _ in 0..BOOKINGS_COUNT {
        let caught = stage.inbox.next(stage.client, PATH).await?;
        ensure!(
            caught.json()["event"] == EVENT,
            "this is no booking: {}",
            caught.body()
        );
    }
    stage.good("ten of ten were delivered and verified; the inbox has a copy of each");
    Ok(())
}

fn booking(number: u32) -> String {
    let code = format!("WK-{}", 204_816 + number);
    format!(
        "{{\"eventType\":\"{EVENT}\",\"payload\":{{\"event\":\"{EVENT}\",\
         \"entity\":{{\"name\":\"Cool Account\"}},\
         \"data\":{{\"booking\":{{\"bookingCode\":\"{code}\",\"adults\":2}}}}}}}}"
    )
}
