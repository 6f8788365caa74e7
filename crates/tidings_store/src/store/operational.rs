//! The part of [`Store`](crate::Store) about operational webhooks.

use tidings_domain::application::Application;
use tidings_domain::operational::OperationalEvent;

use crate::{NewApplication, StoreFuture};

/// The steps between the transaction in which an event is written and the message that tells of it.
pub trait OperationalEvents {
    /// The application of an environment that operational endpoints belong to, if it has one.
    fn operational_application(&self, environment: i64) -> StoreFuture<'_, Option<Application>>;
    /// The same; made like this if it is not there.
    fn ensure_operational_application(&self, new: NewApplication) -> StoreFuture<'_, Application>;
    /// Events that are not messages yet, of applications in this node's slots, oldest first.
    fn operational_events(&self, limit: usize) -> StoreFuture<'_, Vec<OperationalEvent>>;
    /// Forgets events, by application and id, since they are messages now or nobody wants them.
    fn forget_operational_events(&self, events: Vec<(i64, String)>) -> StoreFuture<'_, ()>;
}
