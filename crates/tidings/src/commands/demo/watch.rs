//! What the demo prints while deliveries come in: the feed's attempts, with the receiver's verdicts.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::bail;

use super::receiver::Receiver;
use crate::commands::client::{Client, Events};
use crate::commands::tail::{Attempt, FeedItem, feed_path};
use crate::output::{self, Paint, Tone};

/// Prints attempts as they happen.
pub(super) struct Watch<'a> {
    events: Events,
    receiver: &'a Receiver,
    /// The endpoint that leads to the receiver.
    endpoint: String,
    paint: Paint,
}

impl<'a> Watch<'a> {
    /// Watches from now on.
    pub(super) async fn start(
        client: &Client,
        receiver: &'a Receiver,
        endpoint: &str,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            events: client.events(&feed_path(None)).await?,
            receiver,
            endpoint: endpoint.to_owned(),
            paint: Paint::of_output(),
        })
    }

    /// Prints what goes to the receiver until all these messages are there and their signatures verified.
    pub(super) async fn until_delivered(
        &mut self,
        messages: Vec<String>,
        limit: Duration,
    ) -> anyhow::Result<()> {
        let mut missing: HashSet<String> = messages.into_iter().collect();
        let (count, seconds) = (missing.len(), limit.as_secs());
        let watching = async {
            while !missing.is_empty() {
                let Some(attempt) = self.next().await else {
                    return false;
                };
                if attempt.endpoint != self.endpoint {
                    continue;
                }
                let is_verified = self.print(&attempt);
                if attempt.outcome == "success" && is_verified {
                    missing.remove(&attempt.message);
                }
            }
            true
        };
        let is_watched = tokio::time::timeout(limit, watching).await;
        if missing.is_empty() {
            return Ok(());
        }
        let (delivered, mut missing) = (count - missing.len(), Vec::from_iter(missing));
        missing.sort();
        let missing = missing.join(", ");
        match is_watched {
            Ok(_) => bail!("the feed broke off with {delivered} of {count} delivered and verified"),
            Err(_) => bail!(
                "{delivered} of {count} were delivered and verified within {seconds} s; missing: {missing}"
            ),
        }
    }

    /// Prints for as long as the server runs.
    pub(super) async fn go_on(&mut self) {
        while let Some(attempt) = self.next().await {
            self.print(&attempt);
        }
    }

    async fn next(&mut self) -> Option<Attempt> {
        loop {
            match FeedItem::read(&self.events.next().await?) {
                Some(FeedItem::Attempt(attempt)) => return Some(attempt),
                Some(FeedItem::Missed(count)) => {
                    output::remark(format_args!("{count} more came too fast to be shown"));
                }
                None => {}
            }
        }
    }

    /// Prints an attempt. True if its signature was verified.
    fn print(&self, attempt: &Attempt) -> bool {
        let (mark, tone) = attempt.mark();
        let is_at_receiver = attempt.endpoint == self.endpoint;
        let verdict = self.receiver.verdict(&attempt.message, attempt.number);
        let verdict = verdict.filter(|_| is_at_receiver);
        let (verified, verified_tone) = match &verdict {
            Some(Ok(())) => ("signature verified".to_owned(), Tone::Good),
            Some(Err(why)) => (format!("SIGNATURE WRONG: {why}"), Tone::Bad),
            None => ("not at this receiver".to_owned(), Tone::Quiet),
        };
        let line = format!(
            "  {} {:<19} attempt {}  {}  {:>8}  {}",
            self.paint.text(tone, mark),
            attempt.event_type,
            attempt.number,
            self.paint.text(tone, &attempt.answer()),
            attempt.took(),
            self.paint.text(verified_tone, &verified),
        );
        match attempt.follows() {
            None => output::line(line),
            Some(follows) => output::line(format_args!("{line}, {follows}")),
        }
        matches!(verdict, Some(Ok(())))
    }
}
