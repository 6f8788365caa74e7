//! Parameters and answers of the steps that touch jobs.

use tidings_domain::clock::Millis;
use tidings_domain::ids::{IdParts, JobId, MessageId};
use tidings_domain::job::{Job, JobKind, JobOrder, JobProgress, JobState, Trace};
use tidings_domain::message::{Message, MessageKey};

use crate::Order;

/// A new job. See [`Job`] for the fields.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Where it belongs, by number.
    pub environment: i64,
    /// Its application, by number, or 0.
    pub application: i64,
    /// Its endpoint, by number, or 0.
    pub endpoint: i64,
    /// What it does.
    pub kind: JobKind,
    /// What it is to do.
    pub order: JobOrder,
    /// How many may run at a time, this one included.
    pub running_max: usize,
    /// Now.
    pub created_at: Millis,
    /// 48 bits of chance for the id.
    pub seq: i64,
    /// And 48 more.
    pub tail: i64,
}

impl NewJob {
    /// Whose it is: what its slot follows from.
    pub fn owner(&self) -> i64 {
        if self.application == 0 {
            self.environment
        } else {
            self.application
        }
    }

    /// The job, in its slot.
    pub fn job(&self, slot: i16) -> Job {
        let slot = u16::try_from(slot).unwrap_or_default();
        Job {
            id: JobId::new(self.created_at, slot, self.seq, self.tail),
            environment: self.environment,
            application: self.application,
            endpoint: self.endpoint,
            kind: self.kind,
            state: JobState::Running,
            order: self.order.clone(),
            progress: JobProgress::default(),
            version: 1,
            created_at: self.created_at,
            updated_at: self.created_at,
            finished_at: None,
        }
    }
}

/// How a request for a job ended.
#[derive(Debug, Clone, PartialEq)]
pub enum JobCreated {
    /// It is written down.
    Done(Job),
    /// The idempotency key was used before with the same body, for this job. `None` if it is gone.
    Replayed(Option<Job>),
    /// The idempotency key was used before with another body.
    KeyReused,
    /// As many run as may.
    TooMany,
}

/// A page of jobs.
#[derive(Debug, Clone)]
pub struct ListJobs {
    /// Whose, by number.
    pub environment: i64,
    /// Only those of this application, by number.
    pub application: Option<i64>,
    /// Which way, by time.
    pub order: Order,
    /// Start behind this one, in the direction of `order`.
    pub after: Option<JobId>,
    /// At most so many.
    pub limit: usize,
    /// Only those that stand so; empty means all.
    pub states: Vec<JobState>,
    /// Only those that do this.
    pub kind: Option<JobKind>,
}

/// What a job asks for when it goes on.
#[derive(Debug, Clone)]
pub struct ListCandidates {
    /// The application, by number.
    pub application: i64,
    /// The endpoint, by number.
    pub endpoint: i64,
    /// Start behind this message.
    pub after: Option<IdParts>,
    /// Only those accepted at or after.
    pub from: Millis,
    /// Only those accepted before.
    pub to: Millis,
    /// Read at most so many messages.
    pub limit: usize,
    /// Whether payloads are wanted.
    pub with_payload: bool,
}

/// A message that a job looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The message; without its payload, if that is not wanted.
    pub message: Message,
    /// Whether it has its payload still.
    pub has_payload: bool,
    /// What is known of it at the endpoint; none if it was never meant for it.
    pub trace: Option<Trace>,
}

/// Whose deliveries are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountDeliveries {
    /// The application, by number.
    pub application: i64,
    /// Messages of it.
    pub messages: Vec<MessageId>,
}

/// What became of the deliveries of some messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// How many have arrived.
    pub success: u64,
    /// How many were given up and have never arrived.
    pub fail: u64,
    /// How many requests were made; a note that something was canceled is none.
    pub attempts: u64,
}

/// One step of a job.
#[derive(Debug, Clone)]
pub struct JobStep {
    /// The job as it was read; its progress is that after the step.
    pub job: Job,
    /// Where it stands after the step.
    pub state: JobState,
    /// Messages that its endpoint is to get; those that are owed already count as skipped.
    pub messages: Vec<MessageKey>,
    /// Whether somebody wants to be told when the job ends.
    pub is_told: bool,
    /// Now.
    pub now: Millis,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Advanced {
    /// It was done; this is the job now.
    Done(Box<Job>),
    /// The job has changed meanwhile, or is gone; nothing was done.
    Changed,
}

impl JobStep {
    /// The job after the step. `owed` of the messages were owed already.
    pub fn finish(mut self, owed: usize) -> Job {
        let owed = owed as u64;
        let progress = &mut self.job.progress;
        progress.sent -= owed.min(progress.sent);
        progress.skipped.owed += owed;
        self.job.state = self.state;
        self.job.version += 1;
        self.job.updated_at = self.now;
        let has_ended = self.state != JobState::Running;
        self.job.finished_at = has_ended.then_some(self.now);
        self.job
    }
}
