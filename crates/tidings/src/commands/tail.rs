//! `tidings tail`: attempts as they happen, through a running server's feed.

mod attempt;

use std::time::Duration;

use jiff::tz::TimeZone;

use super::client::{Client, ClientError, Events, segment};
use crate::cli::TailArgs;
use crate::lifecycle::{StopSignals, runtime};
use crate::output::{self, Paint};
pub(crate) use attempt::{Attempt, FeedItem};

/// How long to wait before a server that has gone is asked again: at first, and at most.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(5);

pub(crate) fn run(args: &TailArgs) -> anyhow::Result<()> {
    let client = Client::from_settings()?;
    runtime(1)?.block_on(async {
        let mut signals = StopSignals::listen()?;
        tokio::select! {
            result = watch(&client, args.app.as_deref()) => result,
            () = signals.next() => Ok(()),
        }
    })
}

/// The path of the feed of one application, or of all that the key opens.
pub(crate) fn feed_path(app: Option<&str>) -> String {
    match app {
        Some(app) => format!("/feed?app={}", segment(app)),
        None => "/feed".to_owned(),
    }
}

/// Prints until nobody reads any more. A server that is not there at the start is an error; one that
/// goes away later is waited for.
async fn watch(client: &Client, app: Option<&str>) -> anyhow::Result<()> {
    let path = feed_path(app);
    let mut events = client.events(&path).await?;
    output::remark(format_args!("watching {}; Ctrl-C ends it", client.url()));
    while print(&mut events).await {
        output::remark("the server has ended the feed; waiting for it");
        events = reconnect(client, &path).await?;
        output::remark(
            "connected again; attempts of the meantime are in the API's lists, not shown here",
        );
    }
    Ok(())
}

async fn reconnect(client: &Client, path: &str) -> Result<Events, ClientError> {
    let mut wait = AGAIN_AFTER;
    loop {
        tokio::time::sleep(wait).await;
        match client.events(path).await {
            Err(error) if error.may_pass() => wait = (wait * 2).min(AGAIN_AFTER_MAX),
            result => return result,
        }
    }
}

/// Prints what comes. True once the stream has ended, false once nobody reads the output.
async fn print(events: &mut Events) -> bool {
    let (zone, paint) = (TimeZone::system(), Paint::of_output());
    while let Some(event) = events.next().await {
        match FeedItem::read(&event) {
            Some(FeedItem::Attempt(attempt)) => {
                let is_read = output::try_line(attempt.line(&zone, paint));
                if !is_read {
                    return false;
                }
            }
            Some(FeedItem::Missed(count)) => output::remark(format_args!(
                "{count} attempts came too fast to be shown here; the API's lists have them"
            )),
            None => {}
        }
    }
    true
}
