//! A journal is opened once nobody else has one.

use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_store::{Opened, StoreError};
use tokio::time::Instant;

use crate::PostgresStore;
use crate::journal::{self, Opening};

/// How often to look whether another node's lease has run out.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(250);

impl PostgresStore {
    /// Opens a journal; waits for the lease of one that has died, and gives up on one that lives.
    pub(super) async fn open_when_free(
        &self,
        node: String,
        now: Millis,
    ) -> Result<Opened, StoreError> {
        let lease_for = self.lease_for;
        // Somebody who has died is silent for as long as a lease lasts.
        let deadline = Instant::now() + lease_for + 2 * LOOK_AGAIN_AFTER;
        loop {
            let node = node.clone();
            let opening = self.write_at(Some(now), move |scope| {
                Box::pin(async move { journal::open(scope, &node, now, lease_for).await })
            });
            match opening.await? {
                Opening::Done(opened) => return Ok(opened),
                Opening::Waits { node } if Instant::now() >= deadline => {
                    return Err(StoreError::Unusable(format!(
                        "another node ({node}) is at work on this database; this version of \
                         Tidings runs one at a time, so stop it first"
                    )));
                }
                Opening::Waits { .. } => tokio::time::sleep(LOOK_AGAIN_AFTER).await,
            }
        }
    }
}
