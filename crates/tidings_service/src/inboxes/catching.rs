//! What comes in at the URL of an inbox, from anybody who knows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::{CannedAnswer, Inbox, InboxRequest, InboxToken, KEPT_MAX};
use tidings_store::{CaughtRequest, Room};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::NOT_FOUND;
use crate::Service;
use crate::error::ServiceError;
use crate::limits::{CAUGHT_AT_ONCE_MAX, HELD_BACK_MAX, RETRY_AFTER_BUSY, RETRY_AFTER_FULL};

/// What one process knows of requests that come in.
pub struct Catching {
    /// Tells requests of one millisecond apart, in their order.
    count: AtomicI64,
    /// Told after each request that was kept.
    pub(super) kept: watch::Sender<()>,
    in_hand: Arc<Semaphore>,
    held_back: Arc<Semaphore>,
}

impl Default for Catching {
    fn default() -> Self {
        Self {
            count: AtomicI64::new(0),
            kept: watch::Sender::new(()),
            in_hand: Arc::new(Semaphore::new(CAUGHT_AT_ONCE_MAX)),
            held_back: Arc::new(Semaphore::new(HELD_BACK_MAX)),
        }
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct IncomingRequest {
    /// `GET`, `POST`, or anything else.
    pub method: String,
    /// What stood in the URL behind the token.
    pub path: String,
    /// What stood behind the `?`.
    pub query: Option<String>,
    /// In their order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// Who sent it, as the connection says.
    pub remote: String,
}

impl Service {
    /// The inbox whose URL has this token. Whoever guesses wrong learns nothing.
    pub async fn inbox_at(&self, token: &str) -> Result<Inbox, ServiceError> {
        let token = InboxToken::parse(token).ok_or(NOT_FOUND)?;
        let found = self.store.inbox(token.ordinal).await?;
        found
            .filter(|inbox| inbox.is_named_by(&token))
            .ok_or(NOT_FOUND)
    }

    /// Keeps a request, and tells what to answer: what the inbox was told to, or that it fails by chance.
    pub async fn catch(
        &self,
        inbox: Inbox,
        request: IncomingRequest,
    ) -> Result<Option<CannedAnswer>, ServiceError> {
        if self.store.room() != Room::Enough {
            return Err(ServiceError::Unavailable {
                retry_after: RETRY_AFTER_FULL,
                source: None,
            });
        }
        let place = place_in(&self.caught.in_hand)?;
        let number = self.caught.count.fetch_add(1, Ordering::Relaxed);
        let caught = CaughtRequest {
            inbox: inbox.ordinal(),
            request: InboxRequest {
                id: InboxRequestId::new(self.now(), 0, number, self.entropy.id_tail()),
                method: request.method,
                path: request.path,
                query: request.query,
                headers: request.headers,
                body_bytes: request.body.len(),
                body: request.body,
                remote: request.remote,
            },
            kept_max: KEPT_MAX,
        };
        self.store.catch_request(caught).await?;
        drop(place);
        self.caught.kept.send_replace(());
        self.hold_back(inbox.answer.delay_ms).await?;
        let fails = inbox.answer.fails(self.entropy.fraction());
        Ok((!fails).then_some(inbox.answer))
    }

    /// Waits as long as an answer is to be held back, or until the server stops.
    async fn hold_back(&self, delay_ms: u32) -> Result<(), ServiceError> {
        if delay_ms == 0 {
            return Ok(());
        }
        let _place = place_in(&self.caught.held_back)?;
        let mut closing = self.closing.subscribe();
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(delay_ms.into())) => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
        Ok(())
    }
}

/// A place, if there is one right now. Strangers are not to fill memory with what waits.
fn place_in(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ServiceError> {
    let place = places.clone().try_acquire_owned();
    place.map_err(|_| ServiceError::Unavailable {
        retry_after: RETRY_AFTER_BUSY,
        source: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_requests_are_in_hand_or_held_back() {
        let catching = Catching::default();
        for (places, most) in [
            (&catching.in_hand, CAUGHT_AT_ONCE_MAX),
            (&catching.held_back, HELD_BACK_MAX),
        ] {
            let taken: Vec<_> = (0..most).map(|_| place_in(places).unwrap()).collect();
            assert!(matches!(
                place_in(places),
                Err(ServiceError::Unavailable { .. })
            ));
            drop(taken);
            assert!(place_in(places).is_ok());
        }
    }
}
