//! The records that messages of a round change, in the same transaction.

use tidings_store::Accepted;

use super::Round;
use crate::connection::Connection;
use crate::dedup;
use crate::failure::Result;
use crate::records::{self, Writing};

impl<'a> Round<'a> {
    /// The changes of records.
    pub(super) fn changes(&self) -> impl Iterator<Item = Writing<'a>> {
        let acceptances = self.acceptances;
        self.fresh.iter().filter_map(move |(candidate, id)| {
            let new = &acceptances[candidate.place].new;
            Some(Writing {
                application: new.application,
                write: new.record.as_deref()?,
                message: *id,
            })
        })
    }

    /// Makes the changes. Where a record has changed before, its message is answered and gives its keys
    /// back.
    pub(super) async fn change_records(
        &mut self,
        connection: &Connection,
        answers: &mut [Option<Accepted>],
    ) -> Result<()> {
        let changed = records::write(connection, self.changes().collect()).await?;
        let (stale, fresh): (Vec<_>, Vec<_>) = std::mem::take(&mut self.fresh)
            .into_iter()
            .partition(|(candidate, _)| {
                let key = candidate.record_key.as_ref();
                key.is_some_and(|key| !changed.contains(key))
            });
        self.fresh = fresh;
        for (candidate, _) in &stale {
            answers[candidate.place] = Some(Accepted::RecordChanged);
        }
        let keys = stale.iter().flat_map(|(candidate, _)| {
            let slot = candidate.slot;
            candidate.keys().map(move |key| (slot, &key[..]))
        });
        let (slots, keys): (Vec<i16>, Vec<&[u8]>) = keys.unzip();
        if !keys.is_empty() {
            dedup::release(connection, &slots, &keys).await?;
        }
        Ok(())
    }
}
