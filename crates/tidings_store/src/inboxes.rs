//! Parameters of the steps that concern inboxes.

use tidings_domain::clock::Millis;
use tidings_domain::ids::InboxRequestId;
use tidings_domain::inbox::{InboxRequest, KEY_BYTES};

use crate::Order;

/// A new inbox, which answers 200.
#[derive(Debug, Clone)]
pub struct NewInbox {
    /// Where it belongs, by number.
    pub environment: i64,
    /// What people call it.
    pub name: String,
    /// The chance in its URL.
    pub key: [u8; KEY_BYTES],
    /// Now.
    pub created_at: Millis,
    /// 48 bits of chance for the id.
    pub tail: i64,
}

/// A request that came to an inbox.
#[derive(Debug, Clone)]
pub struct CaughtRequest {
    /// The inbox, by number.
    pub inbox: i64,
    /// The request.
    pub request: InboxRequest,
    /// How many of the newest the inbox keeps, this one included.
    pub kept_max: usize,
}

/// A page of what an inbox has caught.
#[derive(Debug, Clone, Copy)]
pub struct ListInboxRequests {
    /// The inbox, by number.
    pub inbox: i64,
    /// Which way, by time.
    pub order: Order,
    /// Start behind this one, in the direction of `order`.
    pub after: Option<InboxRequestId>,
    /// At most so many.
    pub limit: usize,
    /// Whether bodies are wanted.
    pub with_body: bool,
}
