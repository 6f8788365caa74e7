//! What this node has seen of payloads that do not fit their schemas, until it is written down.
//!
//! It is noted in memory, so that a message that only warns is as fast as one that fits, and written down every
//! second, by each node for itself. What a node saw in its last second is lost if it is killed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tidings_domain::schema::drift::{Drift, Drifts};

use crate::{Service, ServiceError};

/// What was seen and not written down.
#[derive(Default)]
pub(crate) struct Seen(Mutex<Drifts>);

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Drifts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what one message showed.
    pub(crate) fn note(&self, (event_type, drift): &(i64, Drift)) {
        self.lock().add(*event_type, drift);
    }
}

impl Service {
    /// Writes down how payloads have differed from their schemas; upkeep calls it every second.
    pub async fn flush_drift(&self) -> Result<(), ServiceError> {
        let seen = self.drifts.lock().take();
        if seen.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.store.note_drift(seen.clone()).await {
            let mut drifts = self.drifts.lock();
            for (event_type, drift) in &seen {
                drifts.add(*event_type, drift);
            }
            return Err(error.into());
        }
        Ok(())
    }
}
