//! Where store and delivery meet: places taken before a commit, deliveries handed over after it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Exchange, Trigger};
use tidings_domain::message::{Message, MessageKey};

use crate::StoreError;
use crate::messages::Settled;
use crate::nodes::Creditor;
use crate::target::Target;

/// Something with a limited number of places.
pub trait Place: Send + Sync {
    /// Takes one place back, and the bytes that it held.
    fn release(&self, bytes: usize);
}

/// A place in delivery's memory. Dropping it gives it back.
pub struct Permit {
    place: Arc<dyn Place>,
    bytes: usize,
}

impl Permit {
    /// For whoever counts the places: the place must be taken already.
    pub fn new(place: Arc<dyn Place>, bytes: usize) -> Self {
        Self { place, bytes }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.place.release(self.bytes);
    }
}

/// A delivery on its way from the commit to its lane.
pub struct Handed {
    /// The message.
    pub message: Arc<Message>,
    /// Where it goes.
    pub target: Arc<Target>,
    /// Its place in memory.
    pub permit: Permit,
}

/// What a store tells delivery. Calls must be quick: they come from the task that answers callers.
pub trait Handover: Send + Sync {
    /// These are on disk and to be sent now.
    fn committed(&self, handed: Vec<Handed>);
    /// Rows of what is owed were written: to whom, and when it is due. Look at them then.
    fn owed(&self, rows: &[(Creditor, Millis)]);
    /// Another node has changed the configuration.
    fn changed(&self);
    /// Operational events were written, which are to become messages.
    fn told(&self) {}
    /// Whether anybody listens to [`Handover::settled`]; if not, it is not called.
    fn wants_settled(&self) -> bool;
    /// These attempts are on disk.
    fn settled(&self, settled: Vec<Settled>);
}

/// Endpoints that were admitted, each with its place.
pub type AdmitFuture<'a> = Pin<Box<dyn Future<Output = Vec<(Arc<Target>, Permit)>> + Send + 'a>>;

/// The end of a test.
pub type TestFuture<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// A request as it is, to be sent to an address that somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// `GET`, `POST`, or anything else.
    pub method: String,
    /// Where to.
    pub url: String,
    /// In their order; what belongs to a connection is left out.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

/// How such a request went.
pub type ForwardFuture<'a> = Pin<Box<dyn Future<Output = Exchange> + Send + 'a>>;

/// What a node has in hand for an endpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InHand {
    /// How many deliveries: those that are being sent, and those that are next.
    pub deliveries: u64,
    /// How many of them have a row of what is owed.
    pub rows: u64,
}

/// What the service asks of delivery when a message comes in.
pub trait Admission: Send + Sync {
    /// A place for one delivery of so many bytes to this endpoint, if there is one right now.
    fn try_admit(&self, target: &Arc<Target>, bytes: usize) -> Option<Permit>;
    /// Places for one such delivery to each of these endpoints, where there are some within a moment:
    /// waits for endpoints that are quick and merely busy, all in all no longer than for one. Those
    /// that are missing from the answer are to be written down as owed.
    fn admit<'a>(&'a self, targets: &'a [Arc<Target>], bytes: usize) -> AdmitFuture<'a>;
    /// A place for one test or press, if there is one right now.
    fn try_test(&self) -> Option<Permit>;
    /// Sends a message that is on disk to an endpoint, once, by this node, whether or not the endpoint is
    /// switched on and whatever waits for it. Returns when the attempt is on disk; who hangs up before
    /// does not stop it. It tells nothing about the endpoint's health.
    /// `trigger` is what it is kept as.
    fn test(
        &self,
        message: Arc<Message>,
        target: Arc<Target>,
        trigger: Trigger,
        permit: Permit,
    ) -> TestFuture<'_>;
    /// Sends a request on, once, and keeps nothing of it. It takes the place of a test.
    fn forward(&self, forward: Forward, permit: Permit) -> ForwardFuture<'_>;
    /// Whether a worker of this node is sending this delivery now.
    fn is_held(&self, message: MessageKey, endpoint: i64) -> bool;
    /// What this node has in hand for an endpoint.
    fn in_hand(&self, endpoint: i64) -> InHand;
    /// Endpoints that get a rest from this node, by number: their breakers are open.
    fn resting(&self) -> Vec<i64> {
        Vec::new()
    }
    /// Attempts as they reach the disk, from now on; a reader that lags behind misses some.
    fn feed(&self) -> tokio::sync::broadcast::Receiver<Arc<Settled>>;
}
