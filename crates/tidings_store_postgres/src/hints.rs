//! What nodes call out to each other: that something is owed in another's slot, that the configuration has
//! changed.
//!
//! Hints only make others look sooner than they would by themselves. So they are sent after the commit,
//! outside any transaction, several together, and a lost one costs seconds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_store::commit::HandoverCell;
use tidings_store::{Creditor, StoreError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::connection::Connection;
use crate::connector::Connector;
use crate::failure::Result;
use crate::ownership::Ownership;
use crate::statements::statements;

/// How long to wait before a lost connection is made anew.
const RECONNECT_AFTER: Duration = Duration::from_secs(1);
/// A notification holds less than 8,000 bytes.
const PAYLOAD_BYTES_MAX: usize = 7_900;
/// How much is told at once; whatever is beyond is found without being told.
const NOTES_AT_ONCE: usize = 8;
const CHANGED: &str = "changed";

statements! {
    NOTIFY = "-- notify
        SELECT pg_notify('tidings', $1)";
    OWN_PROCESS = "-- own_process
        SELECT pg_backend_pid()";
}

type Owed = (Creditor, Millis);

/// Tells other nodes.
pub(crate) struct Hints {
    ownership: Arc<Ownership>,
    queue: UnboundedSender<Vec<Owed>>,
    /// What the task needs that listens, until it runs.
    listener: Mutex<Option<Listener>>,
}

struct Listener {
    connector: Arc<Connector>,
    handover: HandoverCell,
    hints: UnboundedReceiver<Vec<Owed>>,
}

impl Hints {
    pub(crate) fn new(
        connector: Arc<Connector>,
        handover: HandoverCell,
        ownership: Arc<Ownership>,
    ) -> Self {
        let (queue, hints) = unbounded_channel();
        let listener = Listener {
            connector,
            handover,
            hints,
        };
        Self {
            ownership,
            queue,
            listener: Mutex::new(Some(listener)),
        }
    }

    /// Starts to listen and to tell, once. Must be called inside a Tokio runtime.
    pub(crate) fn listen(&self) {
        let listener = self.listener.lock();
        let listener = listener.unwrap_or_else(PoisonError::into_inner).take();
        if let Some(listener) = listener {
            tokio::spawn(listener.run());
        }
    }

    /// Tells of what is owed in the slots of others.
    pub(crate) fn owed(&self, rows: &[Owed]) {
        let foreign = rows.iter().filter(|(to, _)| !self.ownership.has(to.slot));
        let foreign: Vec<Owed> = foreign.copied().collect();
        if !foreign.is_empty() {
            let _ = self.queue.send(foreign); // fails only at the end
        }
    }
}

/// Tells of a change of the configuration.
pub(crate) async fn tell_of_change(connection: &Connection) -> Result<()> {
    connection.query(NOTIFY, &[&CHANGED]).await?;
    Ok(())
}

impl Listener {
    /// Runs until the store is gone.
    async fn run(mut self) {
        loop {
            match self.listen().await {
                Ok(()) => return,
                Err(failure) => {
                    tracing::debug!("Hints of other nodes are not heard: {}", failure.meaning());
                }
            }
            tokio::select! {
                () = tokio::time::sleep(RECONNECT_AFTER) => {}
                () = self.hints_end() => return,
            }
        }
    }

    /// Throws hints away that nobody could be told of, until there can be no more.
    async fn hints_end(&mut self) {
        while self.hints.recv().await.is_some() {}
    }

    /// On one connection, for as long as it lasts.
    async fn listen(&mut self) -> Result<()> {
        let (connection, mut notes) = Connection::open_listening(&self.connector).await?;
        connection.run("LISTEN tidings").await?;
        let own: i32 = connection.query_one(OWN_PROCESS, &[]).await?.try_get(0)?;
        if let Some(handover) = self.handover.get() {
            handover.changed(); // perhaps, while nobody listened
        }
        loop {
            tokio::select! {
                note = notes.recv() => match note {
                    Some((from, note)) if from != own => self.heard(&note),
                    Some(_) => {} // its own voice
                    None => {
                        let why = "the connection has ended".to_owned();
                        return Err(StoreError::Unavailable(why).into());
                    }
                },
                owed = self.hints.recv() => match owed {
                    Some(owed) => self.tell(&connection, owed).await?,
                    None => return Ok(()),
                },
            }
        }
    }

    fn heard(&self, note: &str) {
        let Some(handover) = self.handover.get() else {
            return;
        };
        if note == CHANGED {
            handover.changed();
        } else {
            handover.owed(&read(note));
        }
    }

    async fn tell(&mut self, connection: &Connection, owed: Vec<Owed>) -> Result<()> {
        let mut first: BTreeMap<Creditor, Millis> = BTreeMap::new();
        let mut more = Some(owed);
        while let Some(owed) = more {
            for (creditor, due_at) in owed {
                let known = first.entry(creditor).or_insert(due_at);
                *known = due_at.min(*known);
            }
            more = self.hints.try_recv().ok();
        }
        for note in written(&first).iter().take(NOTES_AT_ONCE) {
            connection.query(NOTIFY, &[note]).await?;
        }
        Ok(())
    }
}

/// As notes, none too long.
fn written(owed: &BTreeMap<Creditor, Millis>) -> Vec<String> {
    let mut notes = vec![String::new()];
    for (Creditor { slot, endpoint }, due_at) in owed {
        if notes
            .last()
            .is_some_and(|note| note.len() > PAYLOAD_BYTES_MAX - 64)
        {
            notes.push(String::new());
        }
        if let Some(note) = notes.last_mut() {
            let _ = write!(note, "{slot}:{endpoint}:{due_at} "); // a text takes everything
        }
    }
    notes
}

/// The inverse; what cannot be read, as of a newer version, is left out.
fn read(note: &str) -> Vec<Owed> {
    let one = |word: &str| {
        let mut numbers = word.split(':');
        let slot = numbers.next()?.parse().ok()?;
        let endpoint = numbers.next()?.parse().ok()?;
        Some((Creditor { slot, endpoint }, numbers.next()?.parse().ok()?))
    };
    note.split_whitespace().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_read_back_as_they_were_written_and_none_is_too_long() {
        let owed: BTreeMap<Creditor, Millis> = (0..2_000_i64)
            .map(|number| {
                let slot = i16::try_from(number % 1_024).unwrap();
                let endpoint = i64::MAX - number;
                (Creditor { slot, endpoint }, number)
            })
            .collect();
        let notes = written(&owed);
        assert!(notes.len() > 1 && notes.iter().all(|note| note.len() < 8_000));
        let read: BTreeMap<Creditor, Millis> = notes.iter().flat_map(|note| read(note)).collect();
        assert_eq!(read, owed);
        assert!(read_nothing_from("x 1:2 1:2:z"));
    }

    fn read_nothing_from(note: &str) -> bool {
        read(note).is_empty()
    }
}
