//! A database group: one server that holds slots, and the one writer of this node for it.
//!
//! On plain PostgreSQL there is one, the server that the address names. Where the database is spread over
//! several servers, each has a writer and a journal of its own, so that no commit spans two of them and
//! one that is away holds up its own applications only.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tidings_domain::clock::Millis;
use tidings_store::commit::Answer;
use tidings_store::{Note, StoreError, StoreFuture};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::connector::Connector;
use crate::failure::Result;
use crate::hints::Hints;
use crate::lease::Lease;
use crate::ownership::Ownership;
use crate::step::{Scope, Step, step};
use crate::writer::{self, Operation, QueueGauge, Writer};

/// What the writers of all groups share.
#[derive(Clone)]
pub(crate) struct Common {
    pub(crate) answers: UnboundedSender<Answer<dyn Step>>,
    pub(crate) ownership: Arc<Ownership>,
    pub(crate) hints: Arc<Hints>,
    pub(crate) lease_for: Duration,
    pub(crate) renew_every: Duration,
}

pub(crate) struct Group {
    pub(crate) gauge: Arc<QueueGauge>,
    pub(crate) lease: Arc<Lease>,
    queue: UnboundedSender<Operation>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Group {
    /// Starts its writer, which connects when there is something to write.
    pub(crate) fn start(
        connector: Arc<Connector>,
        common: &Common,
    ) -> std::result::Result<Arc<Self>, StoreError> {
        let (queue, operations) = unbounded_channel();
        let (gauge, lease) = (Arc::new(QueueGauge::default()), Arc::new(Lease::default()));
        let thread = writer::start(Writer {
            connector,
            operations,
            gauge: gauge.clone(),
            lease: lease.clone(),
            common: common.clone(),
        });
        let thread = thread.map_err(|error| StoreError::Internal(error.to_string()))?;
        Ok(Arc::new(Self {
            gauge,
            lease,
            queue,
            thread: Mutex::new(Some(thread)),
        }))
    }

    /// Gives the writer something to do; an error if it has stopped.
    pub(crate) fn send(&self, operation: Operation) -> std::result::Result<(), StoreError> {
        self.queue
            .send(operation)
            .map_err(|_| StoreError::Unavailable("the store has been closed".into()))
    }

    /// Does something in the writer's transaction; it makes rows of this instant, if any.
    pub(crate) fn write_at<T: Send + 'static>(
        &self,
        at: Option<Millis>,
        work: impl for<'a> FnOnce(&'a mut Scope) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
    ) -> StoreFuture<'static, T> {
        self.write_noting(None, at, work)
    }

    /// The same, with what is to be told of the change.
    pub(crate) fn write_noting<T: Send + 'static>(
        &self,
        note: Option<Arc<Note>>,
        at: Option<Millis>,
        work: impl for<'a> FnOnce(&'a mut Scope) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
    ) -> StoreFuture<'static, T> {
        let (step, result) = step(work, note);
        let sent = self.send(Operation::Step(step, at));
        Box::pin(async move {
            sent?;
            result
                .await
                .map_err(|_| StoreError::Unavailable("the store has been closed".into()))?
        })
    }

    /// Ends the writer, after everything that was asked for is on disk.
    pub(crate) async fn close(&self) {
        let (ended, end) = oneshot::channel();
        if self.send(Operation::Stop(ended)).is_ok() {
            let _ = end.await; // fails where the writer had ended before
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let (ended, _) = oneshot::channel();
        let _ = self.send(Operation::Stop(ended)); // fails after `close`
        let thread = self
            .thread
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }
}
