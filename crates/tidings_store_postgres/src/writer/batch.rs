//! What is written in one transaction, and how much waits for the next.

use std::sync::atomic::{AtomicUsize, Ordering};

use tidings_domain::clock::Millis;
use tidings_store::Settlement;
use tidings_store::commit::Acceptance;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use super::Operation;
use crate::connection::Connection;
use crate::failure::Result;
use crate::partitions::Partitions;
use crate::step::Step;

/// Bounds the time one commit takes, and with it the wait of those who come just after.
const BATCH_OPERATIONS_MAX: usize = 2_048;
/// Bounds the memory of one batch: its payloads and responses are sent in one piece each column.
const BATCH_BYTES_MAX: usize = 16 << 20;

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
pub(crate) struct Batch {
    pub(crate) settlements: Vec<Settlement>,
    /// Some of the outcomes may be written already.
    pub(crate) is_again: bool,
    pub(crate) steps: Vec<Box<dyn Step>>,
    pub(crate) acceptances: Vec<Acceptance>,
    pub(crate) last: Option<oneshot::Sender<()>>,
    /// The latest instant at which a step makes rows.
    pub(crate) steps_at: Option<Millis>,
    /// The version of the configuration that this node knows, if it has said so.
    pub(crate) acknowledged: i64,
    pub(crate) bytes: usize,
}

impl Batch {
    /// Takes what waits in the queue, as much as one transaction holds.
    pub(crate) fn fill(
        &mut self,
        first: Option<Operation>,
        queue: &mut UnboundedReceiver<Operation>,
        gauge: &QueueGauge,
    ) {
        let mut next = first.or_else(|| queue.try_recv().ok());
        let mut count = 0;
        while let Some(operation) = next {
            self.add(operation, gauge);
            count += 1;
            let is_full = count >= BATCH_OPERATIONS_MAX || self.bytes >= BATCH_BYTES_MAX;
            next = if is_full || self.last.is_some() {
                None
            } else {
                queue.try_recv().ok()
            };
        }
    }

    fn add(&mut self, operation: Operation, gauge: &QueueGauge) {
        match operation {
            Operation::Accept(acceptance) => {
                let bytes = acceptance.new.bytes();
                gauge.subtract(bytes);
                self.bytes += bytes;
                self.acceptances.push(*acceptance);
            }
            Operation::Settle(settlement) => {
                self.bytes += settlement.exchange.response.len();
                self.settlements.push(*settlement);
            }
            Operation::Step(step, at) => {
                self.steps_at = self.steps_at.max(at);
                self.steps.push(step);
            }
            Operation::Acknowledge(version) => self.acknowledged = version,
            Operation::Stop(ended) => self.last = Some(ended),
        }
    }

    /// When the earliest of its messages was accepted, and the latest.
    pub(crate) fn span(&self) -> (Millis, Millis) {
        let times = || self.acceptances.iter().map(|one| one.new.accepted_at);
        (
            times().min().unwrap_or(Millis::MAX),
            times().max().unwrap_or(0),
        )
    }

    /// Stamps messages anew that were accepted before what the journal has promised: others were quicker.
    pub(crate) fn raise_to(&mut self, floor: Millis) {
        for acceptance in &mut self.acceptances {
            let at = &mut acceptance.new.accepted_at;
            *at = (*at).max(floor);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.settlements.is_empty() && self.steps.is_empty() && self.acceptances.is_empty()
    }
}

impl Partitions {
    /// Makes what the rows of a batch need.
    pub(crate) async fn make_for(&mut self, connection: &Connection, batch: &Batch) -> Result<()> {
        if let Some(at) = batch.steps_at {
            self.ensure_ahead(connection, at).await?;
        }
        let settled = batch.settlements.iter().map(|one| one.started_at);
        let accepted = batch.acceptances.iter().map(|one| one.new.accepted_at);
        self.ensure(connection, settled.chain(accepted)).await
    }
}
