//! A commit whose answer was lost: what became of it is found out before anything else is written.

use tidings_store::Settlement;
use tidings_store::commit::{Acceptance, Effects};

use super::{Batch, State};
use crate::failure::Result;
use crate::journal::{Before, Fate};

/// A batch whose commit got no answer.
pub(super) struct Doubt {
    pub(super) before: Before,
    pub(super) batch: i64,
    pub(super) effects: Effects,
    pub(super) settlements: Vec<Settlement>,
    pub(super) acceptances: Vec<Acceptance>,
}

impl State {
    /// Finds out what became of a batch whose answer was lost. Its callers have been told that nobody
    /// knows; what it has handed over must not be sent before it is known to be there.
    pub(super) async fn resolve_doubt(&mut self) -> Result<()> {
        if self.doubt.is_none() {
            return Ok(());
        }
        let connection = self.connect().await?;
        let batch = self.doubt.as_ref().map_or(0, |doubt| doubt.batch);
        let fate = if self.journal.is_open() {
            self.journal.fate(&connection, batch).await?
        } else {
            Fate::TakenOver // there is no journal to ask; outcomes have ids, so they are written once
        };
        self.connection = Some(connection);
        let Some(doubt) = self.doubt.take() else {
            return Ok(());
        };
        tracing::warn!("A commit whose answer was lost: {fate:?}");
        match fate {
            Fate::Committed => {
                self.journal.committed(&doubt.effects);
                let batch = Batch {
                    settlements: doubt.settlements,
                    acceptances: doubt.acceptances,
                    ..Batch::default()
                };
                self.publish(doubt.effects, batch);
            }
            Fate::Undone | Fate::TakenOver => {
                self.journal.undo(doubt.before);
                // Others may have come since.
                let since = std::mem::replace(&mut self.carried, doubt.settlements);
                self.carried.extend(since);
            }
        }
        Ok(())
    }
}
