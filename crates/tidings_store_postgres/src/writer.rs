//! The one task of a node that writes: it takes all that waits, puts it into one transaction, and tells
//! everybody with one wake-up.
//!
//! It has a thread and a runtime of its own, so that a busy runtime of requests does not hold up commits,
//! and so that the end of the store can wait for it. While a commit waits for the disk the next batch
//! gathers in the queue. When the database is away, outcomes are kept and all else is refused at once.

mod batch;
mod doubt;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_store::commit::{Acceptance, Answer, Effects};
use tidings_store::{Settlement, StoreError};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::connection::Connection;
use crate::connector::Connector;
use crate::failure::{Failure, Result};
use crate::group::Common;
use crate::journal::Journal;
use crate::lease::Lease;
use crate::partitions::Partitions;
use crate::step::{Scope, Step};

pub(crate) use batch::{Batch, QueueGauge};
use doubt::Doubt;
use transaction::Failed;

/// How long to wait before the database is asked again after it has failed; doubled each time.
const RETRY_AFTER_MIN: Duration = Duration::from_millis(50);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(1);
/// How often outcomes that cannot be written are tried before the end.
const LAST_TRIES_COUNT: u32 = 8;

/// What the writer is asked to do.
pub(crate) enum Operation {
    Accept(Box<Acceptance>),
    Settle(Box<Settlement>),
    /// A step, and the instant of the rows that it makes.
    Step(Box<dyn Step>, Option<Millis>),
    /// This node knows the configuration up to this version.
    Acknowledge(i64),
    /// Nothing follows; tell when all is on disk.
    Stop(oneshot::Sender<()>),
}

pub(crate) struct Writer {
    pub(crate) connector: Arc<Connector>,
    pub(crate) operations: UnboundedReceiver<Operation>,
    pub(crate) gauge: Arc<QueueGauge>,
    pub(crate) lease: Arc<Lease>,
    pub(crate) common: Common,
}

/// Starts the thread.
pub(crate) fn start(writer: Writer) -> std::io::Result<std::thread::JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("store-writer".into())
        .spawn(move || {
            let state = State {
                writer,
                connection: None,
                journal: Journal::default(),
                fenced: None,
                partitions: Partitions::default(),
                carried: Vec::new(),
                doubt: None,
                retry_after: RETRY_AFTER_MIN,
                beaten_at: Instant::now(),
            };
            let ended = runtime.block_on(state.work());
            if let Some(ended) = ended {
                let _ = ended.send(()); // fails where nobody waits for the end
            }
        })
}

struct State {
    writer: Writer,
    connection: Option<Arc<Connection>>,
    journal: Journal,
    /// The journal that another node has taken over, if one has.
    fenced: Option<u16>,
    partitions: Partitions,
    /// Outcomes that could not be written yet; they go before everything else.
    carried: Vec<Settlement>,
    /// Until it is known what became of it, nothing else is written.
    doubt: Option<Doubt>,
    retry_after: Duration,
    beaten_at: Instant,
}

impl State {
    /// Works until told to stop. Gives whom to tell.
    async fn work(mut self) -> Option<oneshot::Sender<()>> {
        let mut ended = None;
        let mut is_last = false;
        let mut tries_left = LAST_TRIES_COUNT;
        loop {
            let is_stuck = !self.carried.is_empty() || self.doubt.is_some();
            if is_last && !is_stuck {
                return ended;
            }
            if is_last && tries_left == 0 {
                let count = self.carried.len();
                tracing::error!(
                    "{count} outcomes could not be written before the end; these deliveries are sent again"
                );
                return ended;
            }
            let mut batch = Batch::default();
            if is_last {
                tries_left -= 1;
            } else {
                is_last = !self.gather(&mut batch, is_stuck).await;
                if let Some(last) = batch.last.take() {
                    (is_last, ended) = (true, Some(last));
                }
            }
            self.write_batch(batch).await;
        }
    }

    /// Takes what waits. Waits for it itself if nothing is to be tried again, no longer than until the
    /// lease is to be renewed. False once nobody can send any more.
    async fn gather(&mut self, batch: &mut Batch, is_stuck: bool) -> bool {
        let renew_at = self.beaten_at + self.writer.common.renew_every;
        let first = if is_stuck {
            None
        } else if self.journal.is_open() {
            match tokio::time::timeout_at(renew_at, self.writer.operations.recv()).await {
                Ok(None) => return false,
                Ok(first) => first,
                Err(_) => None, // an empty batch renews it
            }
        } else {
            match self.writer.operations.recv().await {
                None => return false,
                first => first,
            }
        };
        batch.fill(first, &mut self.writer.operations, &self.writer.gauge);
        true
    }

    /// Writes a batch and answers it.
    async fn write_batch(&mut self, mut batch: Batch) {
        if let Err(failure) = self.resolve_doubt().await {
            self.postpone(batch, failure).await;
            return;
        }
        if !self.carried.is_empty() {
            let later = std::mem::take(&mut batch.settlements);
            batch.settlements = std::mem::take(&mut self.carried);
            batch.is_again = true;
            batch.settlements.extend(later);
        }
        let before = self.journal.before();
        match self.try_write(&mut batch).await {
            Ok(effects) => {
                self.retry_after = RETRY_AFTER_MIN;
                self.publish(effects, batch);
            }
            Err(Failed::Undone(failure)) => {
                self.journal.undo(before);
                self.recover_from(failure, batch).await;
            }
            Err(Failed::InDoubt(failure)) => {
                let steps = std::mem::take(&mut batch.steps);
                // Nobody knows yet; a client that repeats its key gets its one message.
                for acceptance in self
                    .doubt
                    .iter_mut()
                    .flat_map(|doubt| &mut doubt.acceptances)
                {
                    acceptance.refuse(unavailable(&failure));
                }
                self.refuse(&unavailable(&failure), steps, Vec::new());
                self.wait(&failure).await;
            }
        }
    }

    /// One transaction.
    async fn try_write(&mut self, batch: &mut Batch) -> std::result::Result<Effects, Failed> {
        let connection = self.connect().await?;
        if let Some(floor) = self.journal.floor {
            batch.raise_to(floor);
        }
        self.partitions.make_for(&connection, batch).await?;
        let began = std::time::Instant::now();
        self.journal.seen = self.journal.seen.max(batch.acknowledged);
        let before = self.journal.before();
        let journal = std::mem::take(&mut self.journal);
        let mut scope = Scope {
            connection,
            is_fenced: journal.is_open() && self.fenced == Some(journal.id),
            journal,
            effects: Effects::default(),
            ownership: self.writer.common.ownership.clone(),
            note: None,
            before: std::sync::Mutex::default(),
        };
        let mut result = transaction::write(&mut scope, batch, self.writer.common.lease_for).await;
        if let Err(Failed::Undone(Failure::TakenOver)) = &result {
            // Once is for good. Outcomes are kept as late ones.
            self.fenced = Some(scope.journal.id);
            let _ = scope.connection.run("ROLLBACK").await; // fails where the connection has
            scope.journal.undo(before);
            scope.effects = Effects::default();
            scope.is_fenced = true;
            result = transaction::write(&mut scope, batch, self.writer.common.lease_for).await;
        }
        let is_usable = match &result {
            Ok(()) => {
                scope.journal.committed(&scope.effects);
                self.beaten_at = Instant::now();
                if scope.journal.is_open() && !scope.is_fenced {
                    let lease_for = self.writer.common.lease_for;
                    self.writer.lease.renewed(began, lease_for);
                }
                true
            }
            Err(Failed::Undone(_)) => scope.connection.run("ROLLBACK").await.is_ok(),
            Err(Failed::InDoubt(_)) => {
                self.doubt = Some(Doubt {
                    before,
                    batch: scope.journal.batch,
                    effects: std::mem::take(&mut scope.effects),
                    settlements: std::mem::take(&mut batch.settlements),
                    acceptances: std::mem::take(&mut batch.acceptances),
                });
                false
            }
        };
        self.journal = scope.journal;
        if is_usable {
            self.connection = Some(scope.connection);
        }
        result.map(|()| scope.effects)
    }

    async fn connect(&mut self) -> Result<Arc<Connection>> {
        if let Some(kept) = self.connection.take().filter(|kept| !kept.is_closed()) {
            return Ok(kept);
        }
        let connection = Connection::open(&self.writer.connector).await?;
        connection.prepare(crate::statements::in_flight()).await?;
        Ok(Arc::new(connection))
    }

    fn publish(&self, effects: Effects, batch: Batch) {
        self.writer.common.hints.owed(&effects.owed);
        if batch.is_empty() {
            return;
        }
        let answer = Answer::Committed {
            effects: Box::new(effects),
            settlements: batch.settlements,
            steps: batch.steps,
            acceptances: batch.acceptances,
        };
        let _ = self.writer.common.answers.send(answer); // fails only where the runtime has ended
    }

    /// What to do when nothing of a batch was written.
    async fn recover_from(&mut self, failure: Failure, batch: Batch) {
        if may_pass(&failure.meaning()) {
            self.postpone(batch, failure).await;
            return;
        }
        let because = failure.meaning();
        let is_single = batch.settlements.len() + batch.acceptances.len() <= 1;
        self.refuse(&because, batch.steps, Vec::new());
        if is_single {
            self.refuse(&because, Vec::new(), batch.acceptances);
            for settlement in &batch.settlements {
                let message = settlement.message.id;
                tracing::error!(message.id = %message, "The outcome of {message} could not be written: {because}");
            }
            return;
        }
        tracing::error!("A batch could not be written: {because}. Trying its parts one by one");
        // One bad row must not stop the others: each part gets a transaction of its own.
        for settlement in batch.settlements {
            let alone = Batch {
                settlements: vec![settlement],
                is_again: true,
                ..Batch::default()
            };
            Box::pin(self.write_batch(alone)).await;
        }
        for acceptance in batch.acceptances {
            let alone = Batch {
                acceptances: vec![acceptance],
                ..Batch::default()
            };
            Box::pin(self.write_batch(alone)).await;
        }
    }

    /// Keeps outcomes for later and refuses the rest.
    async fn postpone(&mut self, batch: Batch, failure: Failure) {
        self.refuse(&failure.meaning(), batch.steps, batch.acceptances);
        self.carried.extend(batch.settlements);
        self.wait(&failure).await;
    }

    async fn wait(&mut self, failure: &Failure) {
        tracing::warn!("The database cannot be written to: {}", failure.meaning());
        tokio::time::sleep(self.retry_after).await;
        self.retry_after = (self.retry_after * 2).min(RETRY_AFTER_MAX);
        self.beaten_at = Instant::now();
    }

    fn refuse(&self, error: &StoreError, steps: Vec<Box<dyn Step>>, acceptances: Vec<Acceptance>) {
        let error = error.clone();
        let _ = self.writer.common.answers.send(Answer::Refused {
            error,
            steps,
            acceptances,
        });
    }
}

/// A lost answer leaves open whether the change was made, whatever the reason.
fn unavailable(failure: &Failure) -> StoreError {
    match failure.meaning() {
        StoreError::Unavailable(why) => StoreError::Unavailable(why),
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// Whether an error goes away by itself.
fn may_pass(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Full | StoreError::Busy | StoreError::Unavailable(_)
    )
}
