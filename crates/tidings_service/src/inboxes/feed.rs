//! What an inbox catches, as it is kept.
//!
//! The feed reads the store: at once when this process has caught something, and every second for what
//! other nodes have caught.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::KEPT_MAX;
use tidings_domain::sealed::Keyring;
use tidings_store::{ListInboxRequests, Order, Store};
use tokio::sync::watch;

use super::requests::{SeenRequest, check_signature, keys_of};
use crate::error::ServiceError;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How far the clocks of nodes may differ before a request is missed.
const CLOCKS_DIFFER_MS_MAX: Millis = 5_000;

/// Requests as they are caught.
pub struct InboxFeed {
    store: Arc<dyn Store>,
    keyring: Arc<Keyring>,
    inbox: i64,
    /// Those of the last seconds that were seen.
    seen: BTreeSet<InboxRequestId>,
    /// Only requests from here on are looked at.
    since: Millis,
    ready: VecDeque<SeenRequest>,
    kept: watch::Receiver<()>,
    closing: watch::Receiver<bool>,
}

impl InboxFeed {
    /// None if the inbox is gone.
    pub(super) async fn new(
        (store, keyring): (Arc<dyn Store>, Arc<Keyring>),
        inbox: i64,
        now: Millis,
        (kept, closing): (watch::Receiver<()>, watch::Receiver<bool>),
    ) -> Result<Option<Self>, ServiceError> {
        let mut feed = Self {
            store,
            keyring,
            inbox,
            seen: BTreeSet::new(),
            since: now - CLOCKS_DIFFER_MS_MAX,
            ready: VecDeque::new(),
            kept,
            closing,
        };
        let is_there = feed.look().await?;
        feed.ready.clear();
        Ok(is_there.then_some(feed))
    }

    /// The next request; `None` once the inbox is gone or the server stops. Nothing is lost if the caller
    /// stops waiting.
    pub async fn next(&mut self) -> Option<SeenRequest> {
        loop {
            if let Some(next) = self.ready.pop_front() {
                return Some(next);
            }
            tokio::select! {
                changed = self.kept.changed() => changed.ok()?,
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = self.closing.wait_for(|closing| *closing) => return None,
            }
            match self.look().await {
                Ok(true) => {}
                Ok(false) => return None,
                // What cannot be read now can be read in a second.
                Err(error) => tracing::debug!("A feed could not look into its inbox: {error}"),
            }
        }
    }

    /// Reads what is new. False if the inbox is gone.
    async fn look(&mut self) -> Result<bool, ServiceError> {
        let Some(inbox) = self.store.inbox(self.inbox).await? else {
            return Ok(false);
        };
        let keys = keys_of(&inbox, &self.keyring)?;
        let first = InboxRequestId::new(self.since, 0, 0, 0);
        let list = ListInboxRequests {
            inbox: self.inbox,
            order: Order::Ascending,
            after: Some(first),
            limit: KEPT_MAX,
            with_body: keys.is_some(),
        };
        for mut request in self.store.inbox_requests(list).await? {
            if self.seen.insert(request.id) {
                let signature = check_signature(&request, keys.as_ref());
                request.body = Vec::new();
                self.ready.push_back(SeenRequest { request, signature });
            }
        }
        if let Some(newest) = self.seen.last() {
            self.since = self.since.max(newest.at_ms() - CLOCKS_DIFFER_MS_MAX);
            let first = InboxRequestId::new(self.since, 0, 0, 0);
            self.seen = self.seen.split_off(&first);
        }
        Ok(true)
    }
}
