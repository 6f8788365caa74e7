//! The one thread that writes: it takes all that waits, puts it into one transaction, and tells
//! everybody with one wake-up.
//!
//! While a commit waits for the disk the next batch gathers in the queue, so batches grow with the
//! load and nobody waits for a timer. (A linger of 1 ms was tried in a prototype; it cost throughput.)

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use rusqlite::Connection;
use tidings_store::commit::{Acceptance, Answer, Effects};
use tidings_store::{Settlement, StoreError};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::checkpoint::{self, Checkpointer};
use crate::convert::{is_fatal, meaning};
use crate::journal::Journal;
use crate::room::RoomGauge;
use crate::step::Step;

/// Bounds the time one commit takes, and with it the wait of those who come just after.
const BATCH_OPERATIONS_MAX: usize = 2_048;
/// How long to wait before outcomes are tried again that the disk had no room for.
const FULL_WAIT: Duration = Duration::from_millis(250);

/// How often outcomes that the disk has no room for are tried before the end: for 2 s.
const LAST_TRIES_COUNT: u32 = 8;

/// What the writer is asked to do.
pub(crate) enum Operation {
    Accept(Box<Acceptance>),
    Settle(Box<Settlement>),
    Step(Box<dyn Step>),
    /// Nothing follows; tell when all is on disk and the log is copied.
    Stop(oneshot::Sender<()>),
}

/// How much waits in the queue, so that callers can be turned away before it grows.
#[derive(Default)]
pub(crate) struct QueueGauge {
    pub(crate) messages: AtomicUsize,
    pub(crate) bytes: AtomicUsize,
}

impl QueueGauge {
    pub(crate) fn add(&self, bytes: usize) {
        self.messages.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn subtract(&self, bytes: usize) {
        self.messages.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Batch {
    settlements: Vec<Settlement>,
    steps: Vec<Box<dyn Step>>,
    acceptances: Vec<Acceptance>,
    last: Option<oneshot::Sender<()>>,
}

impl Batch {
    fn add(&mut self, operation: Operation, gauge: &QueueGauge) {
        match operation {
            Operation::Accept(acceptance) => {
                gauge.subtract(acceptance.new.bytes());
                self.acceptances.push(*acceptance);
            }
            Operation::Settle(settlement) => self.settlements.push(*settlement),
            Operation::Step(step) => self.steps.push(step),
            Operation::Stop(ended) => self.last = Some(ended),
        }
    }

    fn is_empty(&self) -> bool {
        self.settlements.is_empty() && self.steps.is_empty() && self.acceptances.is_empty()
    }
}

pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) operations: Receiver<Operation>,
    pub(crate) answers: UnboundedSender<Answer<dyn Step>>,
    pub(crate) gauge: Arc<QueueGauge>,
    pub(crate) room: Arc<RoomGauge>,
    pub(crate) checkpointer: Arc<Checkpointer>,
    pub(crate) journal: Journal,
    /// Whether the log is this process's to copy.
    pub(crate) is_server: bool,
}

/// Starts the thread.
pub(crate) fn start(writer: Writer) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name("store-writer".into())
        .spawn(move || writer.run())
}

/// Sends an operation; hands it back as an error if the writer has stopped.
pub(crate) fn send(queue: &Sender<Operation>, operation: Operation) -> Result<(), StoreError> {
    queue
        .send(operation)
        .map_err(|_| StoreError::Unavailable("the store has been closed".into()))
}

/// Outcomes that could not be written yet, and why. They go before everything else.
struct Carried {
    settlements: Vec<Settlement>,
    because: StoreError,
}

impl Writer {
    fn run(mut self) {
        let ended = self.work();
        if self.is_server {
            checkpoint::copy_all(&self.connection);
        }
        if let Some(ended) = ended {
            let _ = ended.send(()); // fails where nobody waits for the end
        }
    }

    /// Works until told to stop. Gives whom to tell.
    fn work(&mut self) -> Option<oneshot::Sender<()>> {
        let mut carried: Option<Carried> = None;
        let mut tries_left = LAST_TRIES_COUNT;
        let mut is_last = false;
        let mut ended = None;
        loop {
            carried = carried.and_then(|carried| self.try_again(carried));
            if is_last {
                match &carried {
                    Some(left) if tries_left == 0 => {
                        give_up(left);
                        return ended;
                    }
                    Some(_) => tries_left -= 1,
                    None => return ended,
                }
                continue;
            }
            let mut batch = Batch::default();
            is_last = !self.gather(&mut batch, carried.is_none()) || batch.last.is_some();
            ended = batch.last.take();
            if self.checkpointer.wants_end() {
                self.checkpointer.end_on(&self.connection);
            }
            if let Some(carried) = &mut carried {
                self.refuse(&carried.because, batch.steps, batch.acceptances);
                carried.settlements.append(&mut batch.settlements);
            } else if !batch.is_empty() {
                carried = self.write_batch(batch);
            }
        }
    }

    /// Takes what waits; waits for it itself if it `may_wait`. False once nobody can send any more.
    fn gather(&mut self, batch: &mut Batch, may_wait: bool) -> bool {
        if may_wait {
            match self.operations.recv() {
                Ok(first) => batch.add(first, &self.gauge),
                Err(_) => return false,
            }
        }
        for operation in self.operations.try_iter().take(BATCH_OPERATIONS_MAX - 1) {
            batch.add(operation, &self.gauge);
        }
        true
    }

    /// Tries outcomes again alone, so that they need the least room.
    fn try_again(&mut self, carried: Carried) -> Option<Carried> {
        self.write_batch(Batch {
            settlements: carried.settlements,
            ..Batch::default()
        })
    }

    /// Writes a batch and answers it. Gives the outcomes to try again.
    fn write_batch(&mut self, mut batch: Batch) -> Option<Carried> {
        match self.write(&batch.settlements, &mut batch.steps, &batch.acceptances) {
            Ok(effects) => {
                self.publish(effects, batch);
                None
            }
            Err(error) => self.recover_from(&error, batch),
        }
    }

    /// One transaction: outcomes first, then steps, then new messages.
    fn write(
        &mut self,
        settlements: &[Settlement],
        steps: &mut [Box<dyn Step>],
        acceptances: &[Acceptance],
    ) -> rusqlite::Result<Effects> {
        let mut effects = Effects::default();
        let (id, numbers) = (self.journal.id, self.journal.numbers);
        let result = self.write_in_transaction(settlements, steps, acceptances, &mut effects);
        if let Err(error) = result {
            self.journal.undo(id, numbers);
            let _ = self.connection.execute_batch("ROLLBACK");
            return Err(error);
        }
        self.journal.committed(&effects);
        Ok(effects)
    }

    fn write_in_transaction(
        &mut self,
        settlements: &[Settlement],
        steps: &mut [Box<dyn Step>],
        acceptances: &[Acceptance],
        effects: &mut Effects,
    ) -> rusqlite::Result<()> {
        let connection = &self.connection;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let is_fenced = !self.journal.holds_fence(connection)?;
        if !settlements.is_empty() {
            crate::settle::write(
                connection,
                &mut self.journal,
                settlements,
                is_fenced,
                effects,
            )?;
        }
        for step in steps.iter_mut() {
            step.run(connection, &mut self.journal, effects)?;
        }
        if is_fenced {
            effects.refusal = Some("another node has taken over from this one");
        } else if self.journal.id == 0 {
            effects.refusal = Some("no journal is open");
        } else {
            crate::accept::write(connection, &mut self.journal, acceptances, effects)?;
            self.journal.keep_mark(connection)?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    fn publish(&self, effects: Effects, batch: Batch) {
        let answer = Answer::Committed {
            effects: Box::new(effects),
            settlements: batch.settlements,
            steps: batch.steps,
            acceptances: batch.acceptances,
        };
        let _ = self.answers.send(answer); // fails only where the runtime has ended
    }

    /// What to do when a batch could not be written. Gives the outcomes to try again.
    fn recover_from(&mut self, error: &rusqlite::Error, batch: Batch) -> Option<Carried> {
        if is_fatal(error) {
            tracing::error!(
                "The disk failed under the database: {error}. The process ends; a restart recovers"
            );
            std::process::exit(74); // EX_IOERR
        }
        let because = meaning(error);
        if !may_pass(&because) {
            tracing::error!("A batch could not be written: {error}. Trying its parts one by one");
            self.refuse(&because, batch.steps, Vec::new());
            return self.write_one_by_one(batch.settlements, batch.acceptances);
        }
        if because == StoreError::Full {
            self.room.set_full();
        }
        self.refuse(&because, batch.steps, batch.acceptances);
        carry(batch.settlements, because)
    }

    /// One bad row must not stop the others: each part gets a transaction of its own.
    fn write_one_by_one(
        &mut self,
        settlements: Vec<Settlement>,
        acceptances: Vec<Acceptance>,
    ) -> Option<Carried> {
        let mut carried = Vec::new();
        let mut because = StoreError::Full;
        for settlement in settlements {
            match self.write(std::slice::from_ref(&settlement), &mut [], &[]) {
                Ok(effects) => {
                    self.publish(
                        effects,
                        Batch {
                            settlements: vec![settlement],
                            ..Batch::default()
                        },
                    );
                }
                Err(error) if may_pass(&meaning(&error)) => {
                    because = meaning(&error);
                    carried.push(settlement);
                }
                Err(error) => {
                    let message = settlement.message.id;
                    tracing::error!(message.id = %message, "The outcome of {message} could not be written: {error}");
                }
            }
        }
        for acceptance in acceptances {
            match self.write(&[], &mut [], std::slice::from_ref(&acceptance)) {
                Ok(effects) => {
                    self.publish(
                        effects,
                        Batch {
                            acceptances: vec![acceptance],
                            ..Batch::default()
                        },
                    );
                }
                Err(error) => self.refuse(&meaning(&error), Vec::new(), vec![acceptance]),
            }
        }
        carry(carried, because)
    }

    fn refuse(&self, error: &StoreError, steps: Vec<Box<dyn Step>>, acceptances: Vec<Acceptance>) {
        let error = error.clone();
        let _ = self.answers.send(Answer::Refused {
            error,
            steps,
            acceptances,
        });
    }
}

/// Keeps outcomes for later, after a moment.
fn carry(settlements: Vec<Settlement>, because: StoreError) -> Option<Carried> {
    if settlements.is_empty() {
        return None;
    }
    std::thread::sleep(FULL_WAIT);
    Some(Carried {
        settlements,
        because,
    })
}

/// Whether an error goes away by itself.
fn may_pass(error: &StoreError) -> bool {
    matches!(error, StoreError::Full | StoreError::Busy)
}

fn give_up(left: &Carried) {
    let count = left.settlements.len();
    tracing::error!(
        "{count} outcomes could not be written before the end ({}); these deliveries are sent again",
        left.because
    );
}
