//! What the group commits of all stores have in common: what a batch holds, what it did, and what
//! follows it.
//!
//! After a commit deliveries are handed over, then everybody who waits is told. One task on the runtime
//! takes a whole batch at a time, so the writer wakes the runtime once for each commit and not once for
//! each message. Nothing here knows an engine.

mod in_memory;

use std::sync::{Arc, OnceLock};

use tidings_domain::clock::Millis;
use tidings_domain::ids::AttemptId;
use tidings_domain::message::Message;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use crate::{
    Accepted, Creditor, Handed, Handover, NewMessage, Next, Settled, Settlement, StoreError, faults,
};

pub use in_memory::InMemory;

/// A message and whom to tell.
pub struct Acceptance {
    /// The message.
    pub new: NewMessage,
    /// The targets as they are stored; packed by the caller's thread, not by the one that writes.
    pub packed_targets: Vec<u8>,
    /// Who waits; nobody where the answer was given already.
    pub reply: Option<oneshot::Sender<Result<Accepted, StoreError>>>,
}

impl Acceptance {
    /// Tells the caller that it failed. The first answer counts.
    pub fn refuse(&mut self, error: StoreError) {
        if let Some(reply) = self.reply.take() {
            let _ = reply.send(Err(error)); // fails where the caller has hung up
        }
    }
}

/// A step of unknown kind that waits for its batch.
pub trait Answered: Send {
    /// Tells the caller, once the batch is on disk or has failed.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// What a batch did, for those who are told after the commit.
#[derive(Default)]
pub struct Effects {
    /// One for each acceptance, in order.
    pub accepted: Vec<Accepted>,
    /// The attempt's id for each settlement, in order.
    pub settled: Vec<AttemptId>,
    /// Rows of what is owed that were written: to whom, and when it is due.
    pub owed: Vec<(Creditor, Millis)>,
    /// Message number and how many of its deliveries were handed over.
    pub handed_counts: Vec<(i64, u32)>,
    /// Message numbers of handed-over deliveries that are settled or owed now.
    pub cleared: Vec<i64>,
    /// Message and endpoint of handed-over deliveries that were owed while somebody may still hold
    /// them.
    pub owed_in_hand: Vec<(i64, i64)>,
    /// Those of them that were settled after all.
    pub settled_in_hand: Vec<(i64, i64)>,
    /// Whether operational events were written.
    pub has_told: bool,
    /// Why nothing was accepted, if so.
    pub refusal: Option<&'static str>,
}

/// How much of [`Effects`] there was at one moment.
pub struct Extent {
    owed: usize,
    cleared: usize,
    owed_in_hand: usize,
}

impl Effects {
    /// How much there is.
    pub fn extent(&self) -> Extent {
        Extent {
            owed: self.owed.len(),
            cleared: self.cleared.len(),
            owed_in_hand: self.owed_in_hand.len(),
        }
    }

    /// Forgets what a step has added whose changes were undone.
    pub fn cut_back(&mut self, extent: &Extent) {
        self.owed.truncate(extent.owed);
        self.cleared.truncate(extent.cleared);
        self.owed_in_hand.truncate(extent.owed_in_hand);
    }
}

/// What the writer has to say.
pub enum Answer<S: Answered + ?Sized> {
    /// A batch is on disk.
    Committed {
        /// What it did.
        effects: Box<Effects>,
        /// Its outcomes.
        settlements: Vec<Settlement>,
        /// Its steps.
        steps: Vec<Box<S>>,
        /// Its messages.
        acceptances: Vec<Acceptance>,
    },
    /// Nothing of it is.
    Refused {
        /// Why.
        error: StoreError,
        /// Its steps.
        steps: Vec<Box<S>>,
        /// Its messages.
        acceptances: Vec<Acceptance>,
    },
}

/// Where deliveries go; set once, when delivery starts.
pub type HandoverCell = Arc<OnceLock<Arc<dyn Handover>>>;

/// Runs until the writer has ended.
pub async fn run<S: Answered + ?Sized>(
    mut answers: UnboundedReceiver<Answer<S>>,
    handover: HandoverCell,
) {
    while let Some(answer) = answers.recv().await {
        match answer {
            Answer::Committed {
                effects,
                settlements,
                steps,
                acceptances,
            } => {
                let handover = handover.get().map(AsRef::as_ref);
                committed(*effects, settlements, steps, acceptances, handover);
            }
            Answer::Refused {
                error,
                steps,
                acceptances,
            } => {
                for step in steps {
                    step.answer(Err(error.clone()));
                }
                for mut acceptance in acceptances {
                    acceptance.refuse(error.clone());
                }
            }
        }
    }
}

fn committed<S: Answered + ?Sized>(
    effects: Effects,
    settlements: Vec<Settlement>,
    steps: Vec<Box<S>>,
    acceptances: Vec<Acceptance>,
    handover: Option<&dyn Handover>,
) {
    if let Some(handover) = handover.filter(|handover| handover.wants_settled()) {
        let settled = settlements
            .iter()
            .zip(&effects.settled)
            .map(|(done, id)| settled(done, *id));
        handover.settled(settled.collect());
    }
    // Places come back first, so that what is handed over below finds room.
    drop(settlements);
    if !acceptances.is_empty() {
        faults::pass(faults::BEFORE_HANDOVER);
    }
    let mut handed = Vec::new();
    let mut replies = Vec::with_capacity(acceptances.len());
    let mut accepted = effects.accepted.into_iter();
    for acceptance in acceptances {
        let result = accepted.next().ok_or_else(|| refused(effects.refusal));
        if let (Ok(Accepted::Done(id)), false) = (&result, acceptance.new.admitted.is_empty()) {
            let mut new = acceptance.new;
            let admitted = std::mem::take(&mut new.admitted);
            let message = Arc::new(Message {
                id: *id,
                application: new.application,
                event_type: new.event_type,
                payload: new.payload,
                event_id: new.event_id,
                channels: new.channels,
                tags: new.tags,
                targets: new.targets,
                options: new.options,
            });
            handed.extend(admitted.into_iter().map(|(target, permit)| Handed {
                message: message.clone(),
                target,
                permit,
            }));
        }
        replies.push((acceptance.reply, result));
    }
    if let Some(handover) = handover {
        if !handed.is_empty() {
            handover.committed(handed);
        }
        if !effects.owed.is_empty() {
            handover.owed(&effects.owed);
        }
        if effects.has_told {
            handover.told();
        }
    }
    for step in steps {
        step.answer(Ok(()));
    }
    for (reply, result) in replies {
        if let Some(reply) = reply {
            let _ = reply.send(result); // fails where the caller has hung up
        }
    }
}

fn settled(settlement: &Settlement, attempt: AttemptId) -> Settled {
    Settled {
        attempt,
        message: settlement.message.id,
        application: settlement.message.application,
        event_type: settlement.message.event_type.as_str().into(),
        endpoint: settlement.endpoint,
        number: settlement.number,
        trigger: settlement.trigger,
        outcome: settlement.outcome,
        status: settlement.exchange.status,
        error: settlement.exchange.error,
        started_at: settlement.started_at,
        duration_us: settlement.exchange.phases.total_us(),
        next_at: match settlement.next {
            Next::Done => None,
            Next::At { due_at, .. } => Some(due_at),
        },
    }
}

fn refused(refusal: Option<&str>) -> StoreError {
    match refusal {
        Some(why) => StoreError::Unavailable(why.into()),
        None => StoreError::Internal("a message got no answer from its commit".into()),
    }
}
