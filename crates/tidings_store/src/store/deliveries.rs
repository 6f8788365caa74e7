//! The part of [`Store`](crate::Store) about deliveries.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Pending;
use tidings_domain::message::MessageKey;

use crate::{Creditor, Dedup, Due, Owed, OwedCount, Resend, Resent, Settlement, StoreFuture};

/// The steps that touch what is owed.
pub trait Deliveries {
    /// Records how an attempt ended and what follows; joins the group commit and returns at once.
    /// [`Handover::settled`](crate::Handover::settled) tells when it is on disk.
    fn settle(&self, settlement: Settlement);
    /// Writes down deliveries that were only in memory, so that they are owed. One that was settled
    /// meanwhile is left out; a worker that still holds one may settle it as handed over all the same.
    fn owe(&self, deliveries: Vec<Owed>) -> StoreFuture<'_, ()>;
    /// Asks for a delivery once more, now.
    fn resend(&self, resend: Resend, dedup: Option<Dedup>) -> StoreFuture<'_, Resent>;
    /// The endpoints in this node's slots that are owed something, with the time of the first; in order,
    /// behind `after`.
    fn due_endpoints(
        &self,
        after: Option<Creditor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<(Creditor, Millis)>>;
    /// How much an endpoint is owed, and since when; counts up to `limit`.
    fn owed(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, OwedCount>;
    /// What is due to an endpoint by `now`, oldest first, and when the next is due after that.
    fn due(&self, creditor: Creditor, now: Millis, limit: usize) -> StoreFuture<'_, Due>;
    /// The same beside the line of an endpoint that keeps the order: what was asked for by hand, and what
    /// was owed before it kept any.
    fn due_beside_line(
        &self,
        creditor: Creditor,
        now: Millis,
        limit: usize,
    ) -> StoreFuture<'_, Due>;
    /// Who is first in line for an endpoint, in the order in which the messages were committed.
    fn line(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, Vec<Pending>>;
    /// The endpoints in this node's slots for which something waits in line; in order, behind `after`.
    fn lines(&self, after: Option<Creditor>, limit: usize) -> StoreFuture<'_, Vec<Creditor>>;
    /// Lets the first in line go as they like, since the endpoint keeps no order any more. Gives how many.
    fn leave_line(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, usize>;
    /// Counts one more recovery on rows that a crash brought back, before they are sent.
    fn count_recoveries(&self, rows: Vec<Pending>) -> StoreFuture<'_, ()>;
    /// Turns the next part of a fan-out cursor into rows of their own. Gives the endpoints that are
    /// owed something now, and whether the cursor is done.
    fn expand_fan_out(&self, message: MessageKey, now: Millis)
    -> StoreFuture<'_, (Vec<i64>, bool)>;
}
