//! Attempts as they reach the disk, for whoever watches.

use std::collections::HashMap;
use std::sync::Arc;

use tidings_store::{Settled, Store};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::error::ServiceError;
use crate::{Caller, Service};

/// How many applications a feed remembers the environment of.
const KNOWN_COUNT_MAX: usize = 10_000;

/// Attempts as they reach the disk, of one application or of a whole environment.
pub struct Feed {
    receiver: Receiver<Arc<Settled>>,
    store: Arc<dyn Store>,
    environment: i64,
    application: Option<i64>,
    /// Whether an application belongs to the environment.
    known: HashMap<i64, bool>,
    /// Received, but not yet looked at.
    received: Option<Arc<Settled>>,
    closing: watch::Receiver<bool>,
}

/// What comes out of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedItem {
    /// An attempt.
    Attempt(Arc<Settled>),
    /// The reader was too slow and has missed so many.
    Missed(u64),
}

impl Service {
    /// Ends every feed, so that their readers do not keep a server from stopping.
    pub fn close_feeds(&self) {
        self.closing.send_replace(true);
    }

    /// Whether feeds are to end, for whoever makes one of their own.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Watches the attempts of an application, or of all of the caller's.
    pub async fn feed(
        &self,
        caller: Caller,
        application: Option<&str>,
    ) -> Result<Feed, ServiceError> {
        let application = match application {
            Some(name) => Some(self.view(caller, name).await?.ordinal()),
            None => None,
        };
        Ok(Feed {
            receiver: self.admission.feed(),
            store: self.store.clone(),
            environment: caller.environment,
            application,
            known: HashMap::new(),
            received: None,
            closing: self.closing.subscribe(),
        })
    }
}

impl Feed {
    /// The next attempt; `None` once the server stops. Nothing is lost if the caller stops waiting.
    pub async fn next(&mut self) -> Option<FeedItem> {
        loop {
            if let Some(application) = self.received.as_ref().map(|settled| settled.application) {
                let is_wanted = self.is_wanted(application).await;
                if let Some(settled) = self.received.take().filter(|_| is_wanted) {
                    return Some(FeedItem::Attempt(settled));
                }
            }
            let received = tokio::select! {
                received = self.receiver.recv() => received,
                _ = self.closing.wait_for(|closing| *closing) => return None,
            };
            match received {
                Ok(settled) => self.received = Some(settled),
                Err(RecvError::Lagged(count)) => return Some(FeedItem::Missed(count)),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn is_wanted(&mut self, application: i64) -> bool {
        if let Some(wanted) = self.application {
            return application == wanted;
        }
        if let Some(is_known) = self.known.get(&application) {
            return *is_known;
        }
        // An application that is gone, or cannot be read now, is nobody's to watch.
        let found = self.store.application_by_ordinal(application).await;
        let is_wanted = matches!(&found, Ok(Some(found)) if found.environment == self.environment
            && !found.is_operational);
        if found.is_ok() && self.known.len() < KNOWN_COUNT_MAX {
            self.known.insert(application, is_wanted);
        }
        is_wanted
    }
}
