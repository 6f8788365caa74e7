//! One request after another for one lane: send, decide, settle.

mod batch;
mod tell;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use tidings_domain::body_format::Event;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{
    AttemptError, Exchange, OWED_FOR_MAX_MS, Outcome, Pending, PendingReason, RECOVERIES_COUNT_MAX,
    Trigger,
};
use tidings_domain::endpoint::EndpointState;
use tidings_domain::message::Message;
use tidings_domain::retry::policy::RetryPolicy;
use tidings_domain::retry::{self, Tried};
use tidings_store::target::Target;
use tidings_store::{Hold, Next, Owed, Permit, Room, Settlement, StoreError, Told, faults};

pub(crate) use self::batch::request;
use self::verdict::{is_overload, next_state, retry_after, tried_outcome, what_follows, wish};
use crate::lane::{Lane, Lesson, Work};
use crate::rates;
use crate::shared::Shared;

/// How long to wait before the disk or the store is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// A delivery that is ready to be sent.
struct Job {
    message: Arc<Message>,
    hold: Hold,
    /// Counts from 1.
    number: u16,
    trigger: Trigger,
    recoveries_count: u8,
    /// The journal that was open when it was taken from its row.
    journal: u16,
    permit: Permit,
}

/// Works until the lane is empty.
pub(crate) async fn run(shared: Arc<Shared>, lane: Arc<Lane>) {
    while let Some(mut work) = lane.next(&shared) {
        wait_for_room(&shared).await;
        let message = work.message_key();
        let behind = work.take_behind();
        match prepare(&shared, work).await {
            Ok(Some(job)) => deliver(&shared, &lane, job, behind).await,
            Ok(None) => lane.forget_under_way(message),
            Err(error) => {
                lane.forget_under_way(message);
                // The row still stands, or the journal still knows; nothing is lost by letting go.
                tracing::warn!("A delivery could not be read, it will be tried again: {error}");
                shared
                    .due
                    .note(lane.creditor, shared.clock.now_ms() + 1_000);
                tokio::time::sleep(ASK_AGAIN_AFTER).await;
            }
        }
    }
}

/// No attempt starts whose outcome could not be written.
async fn wait_for_room(shared: &Shared) {
    while shared.store.room() == Room::None && !shared.is_draining() {
        tokio::time::sleep(ASK_AGAIN_AFTER).await;
    }
}

/// Reads what a row stands for. None if there is nothing left to send.
async fn prepare(shared: &Shared, work: Work) -> Result<Option<Job>, StoreError> {
    match work {
        Work::Handed { message, permit } => Ok(Some(Job {
            message,
            hold: Hold::Handed,
            number: 1,
            trigger: Trigger::Scheduled,
            recoveries_count: 0,
            journal: 0,
            permit,
        })),
        Work::Owed {
            row,
            journal,
            permit,
            ..
        } => {
            if !shared
                .store
                .owns(shared.store.slot_of(row.message.application))
            {
                return Ok(None); // another node's by now, and its row stands
            }
            let Some(message) = shared.store.message_by_key(row.message).await? else {
                tracing::error!(
                    "Message {} is owed and gone; its row is left alone",
                    row.message.id
                );
                return Ok(None);
            };
            if message.is_expunged() {
                // There is nothing to send: rows that are left of it say so from now on.
                let now = shared.clock.now_ms();
                shared.store.expunge_message(row.message, now).await?;
                return Ok(None);
            }
            let recoveries_count = row.recoveries_count;
            if recoveries_count > 0 && recoveries_count < RECOVERIES_COUNT_MAX {
                // Counted before it is sent: what kills the process must not do so for ever.
                shared.store.count_recoveries(vec![row.clone()]).await?;
            }
            Ok(Some(Job {
                message: Arc::new(message),
                hold: Hold::Pending {
                    version: row.version,
                },
                number: row.attempts_count.saturating_add(1),
                trigger: row.trigger,
                recoveries_count,
                journal,
                permit,
            }))
        }
    }
}

/// Sends, or sees to it that nothing is lost. Of those behind it no outcome is known unless they were sent along.
async fn deliver(shared: &Arc<Shared>, lane: &Arc<Lane>, job: Job, behind: Vec<(Pending, Permit)>) {
    let cached = shared.directory.cached_target(lane.creditor.endpoint);
    let target = match cached {
        Some(target) => Ok(Some(target)),
        None => shared.directory.target(lane.creditor.endpoint).await,
    };
    let started_at = shared.clock.now_ms();
    match target {
        Ok(Some(target)) if target.endpoint.is_off() => {
            cancel(
                shared,
                lane,
                job,
                &target,
                AttemptError::EndpointDisabled,
                started_at,
            );
        }
        // Its row or a new one keeps it until the plan has webhooks again; no attempt is used up.
        Ok(Some(target)) if target.is_paused => {
            give_back(shared, lane, job, PendingReason::Paused).await;
        }
        Ok(Some(target)) if job.recoveries_count >= RECOVERIES_COUNT_MAX => {
            cancel(shared, lane, job, &target, AttemptError::Poison, started_at);
        }
        // Upkeep sees to everybody else, by the time at which it is due; who waits in line has none.
        Ok(Some(target)) if target.endpoint.is_fifo && is_expired(lane, &job, started_at) => {
            cancel(
                shared,
                lane,
                job,
                &target,
                AttemptError::Expired,
                started_at,
            );
        }
        Ok(Some(target)) => send_in_turn(shared, lane, (job, behind), &target).await,
        Ok(None) => owe_to_nobody(shared, lane, job).await,
        Err(error) => {
            tracing::warn!("An endpoint could not be read, its delivery is owed: {error}");
            give_back(shared, lane, job, PendingReason::Spilled).await;
        }
    }
}

fn is_expired(lane: &Lane, job: &Job, now: Millis) -> bool {
    job.message.accepted_at() < now - OWED_FOR_MAX_MS && lane.is_first(job.message.key())
}

/// Sends when the rates let it. What was taken from a row is let go of if another node owns it by then.
async fn send_in_turn(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    (job, behind): (Job, Vec<(Pending, Permit)>),
    target: &Arc<Target>,
) {
    if !rates::wait_for_turn(shared, target).await {
        give_back(shared, lane, job, PendingReason::Drained).await;
        return;
    }
    let is_left_to_owner = target.is_left_to_owner() && job.hold != Hold::Handed;
    if is_left_to_owner && !shared.store.owns(lane.creditor.slot) {
        lane.forget_under_way(job.message.key());
        return;
    }
    let started_at = shared.clock.now_ms();
    if target.endpoint.has_batches() {
        // In a box: most endpoints want one message at a time, and need not have the room for it.
        Box::pin(batch::send(shared, lane, (job, behind), target, started_at)).await;
    } else {
        send(shared, lane, job, target, started_at).await;
    }
}

async fn send(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    job: Job,
    target: &Arc<Target>,
    started_at: Millis,
) {
    faults::pass(faults::WHILE_SENDING);
    let id = job.message.id.to_string();
    let event = Event::of(&job.message, &id, target.application);
    let exchange = shared.sender.send(target, &event, started_at).await;
    if exchange.error == Some(AttemptError::Format) {
        let mut verdict = Verdict::without_request(Outcome::Exhausted, exchange, started_at);
        let before = EndpointState::default();
        verdict.told = Box::pin(tell::of(shared, target, &job, &verdict, &before)).await;
        lane.forget_under_way(job.message.key());
        settle(shared, lane, job, target, verdict);
        return;
    }
    faults::pass(faults::BEFORE_SETTLE);
    conclude(
        shared,
        lane,
        (job, Vec::new()),
        target,
        (exchange, started_at),
    )
    .await;
}

/// Decides what follows from an exchange, for the delivery and for those that went along, and settles.
async fn conclude(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    (job, along): (Job, Vec<Job>),
    target: &Arc<Target>,
    (exchange, started_at): (Exchange, Millis),
) {
    let now = shared.clock.now_ms();
    let fraction = shared.entropy.fraction();
    let wish = wish(&exchange);
    let policy = target.endpoint.retry_policy.as_deref();
    let jitter_share = policy.and_then(RetryPolicy::jitter_share);
    let decide = |job: &Job| {
        retry::decide(&Tried {
            attempt: u32::from(job.number),
            outcome: tried_outcome(&exchange),
            schedule: policy.map_or(&shared.settings.schedule, RetryPolicy::schedule),
            last_retry_at: policy
                .and_then(|policy| policy.last_retry_at(job.message.first_due_at())),
            retry_after: retry_after(&exchange, now),
            wish,
            now_ms: now,
            jitter_share: jitter_share.unwrap_or(shared.settings.jitter_share),
            fraction,
        })
    };
    let decided = decide(&job);
    let is_success = decided == retry::Next::Delivered;
    let before = lane.health(target.endpoint.version, &target.endpoint.state);
    let state = next_state(&before, decided, wish, now);
    let rests_now = lane.learn(
        shared,
        &Lesson {
            message: job.message.key(),
            took_us: exchange.phases.total_us(),
            is_success,
            is_overload: is_overload(&exchange),
            health: state.clone(),
        },
    );
    let switches_off = state.as_ref().is_some_and(|state| state.disabled.is_some());
    let verdict = |decided, exchange, state| {
        let (outcome, next) = what_follows(decided);
        Verdict {
            outcome,
            next,
            exchange,
            state,
            started_at,
            told: None,
        }
    };
    let with_verdict = |job: Job| {
        let verdict = verdict(decide(&job), exchange.clone(), None);
        (job, verdict)
    };
    let mut along = along
        .into_iter()
        .map(with_verdict)
        .collect::<Vec<_>>()
        .into_iter();
    let mut next = Some((job, verdict(decided, exchange, state)));
    while let Some((job, mut verdict)) = next.take() {
        if tell::has_to(&job, &verdict, &before) {
            verdict.told = Box::pin(tell::of(shared, target, &job, &verdict, &before)).await;
        }
        settle(shared, lane, job, target, verdict);
        next = along.next();
    }
    if switches_off {
        tell_of_change(shared).await;
    }
    if rests_now && let Err(error) = crate::upkeep::spill_lane(shared, lane).await {
        tracing::warn!("What waits for a resting endpoint is written down a little later: {error}");
    }
}

struct Verdict {
    outcome: Outcome,
    next: Next,
    exchange: Exchange,
    state: Option<EndpointState>,
    started_at: Millis,
    told: Option<Box<Told>>,
}

impl Verdict {
    /// The end of a delivery that says nothing about the endpoint, since nothing was sent.
    fn without_request(outcome: Outcome, exchange: Exchange, started_at: Millis) -> Self {
        Self {
            outcome,
            next: Next::Done,
            exchange,
            state: None,
            started_at,
            told: None,
        }
    }
}

fn settle(shared: &Shared, lane: &Lane, job: Job, target: &Target, verdict: Verdict) {
    let was_first = target.endpoint.is_fifo && lane.end_first(job.message.key());
    let is_skipped = verdict.next == Next::Done && verdict.outcome != Outcome::Success;
    if was_first && is_skipped {
        tracing::warn!(
            endpoint.id = %target.endpoint.id,
            message.id = %job.message.id,
            "Message {} was first in line for endpoint {} and is skipped ({}); those behind it go on",
            job.message.id,
            target.endpoint.id,
            verdict.outcome.as_str()
        );
    }
    let is_first_try = job.number == 1 && job.trigger == Trigger::Scheduled;
    let ended_at = verdict.started_at + Millis::from(verdict.exchange.phases.total_us() / 1_000);
    let since_due = is_first_try.then(|| ended_at - job.message.first_due_at());
    target.traffic.settled(verdict.outcome, since_due);
    shared.store.settle(Settlement {
        message: job.message,
        endpoint: target.endpoint.id,
        number: job.number,
        trigger: job.trigger,
        outcome: verdict.outcome,
        started_at: verdict.started_at,
        tail: shared.entropy.id_tail(),
        exchange: verdict.exchange,
        hold: job.hold,
        journal: job.journal,
        next: verdict.next,
        state: verdict.state,
        told: verdict.told,
        permit: Some(job.permit),
    });
}

/// Nothing is sent, and a row says why.
fn cancel(
    shared: &Arc<Shared>,
    lane: &Arc<Lane>,
    job: Job,
    target: &Target,
    error: AttemptError,
    started_at: Millis,
) {
    let exchange = Exchange {
        url: target.endpoint.url.clone(),
        error: Some(error),
        ..Exchange::default()
    };
    let verdict = Verdict::without_request(Outcome::Canceled, exchange, started_at);
    lane.forget_under_way(job.message.key());
    settle(shared, lane, job, target, verdict);
}

/// The endpoint is gone: write down what is owed; upkeep cancels it with a row that says why.
async fn owe_to_nobody(shared: &Arc<Shared>, lane: &Arc<Lane>, job: Job) {
    give_back(shared, lane, job, PendingReason::Spilled).await;
    if let Err(error) = shared
        .store
        .cancel_stale(shared.clock.now_ms(), 1_000)
        .await
    {
        tracing::warn!("What is owed to a deleted endpoint could not be canceled yet: {error}");
    }
}

async fn give_back(shared: &Arc<Shared>, lane: &Arc<Lane>, job: Job, reason: PendingReason) {
    let due_at = shared.clock.now_ms() + 1_000;
    let owed = crate::upkeep::owed(&job.message, lane.creditor.endpoint, due_at, job.hold);
    let owed = Owed { reason, ..owed };
    let written = shared.store.owe(vec![owed]).await;
    lane.forget_under_way(job.message.key());
    shared.due.note(lane.creditor, due_at);
    let Err(error) = written else { return };
    tracing::warn!("A delivery could not be written down: {error}");
    if job.hold == Hold::Handed && !shared.is_draining() {
        // No row speaks of it, so it must not be let go of.
        tokio::time::sleep(ASK_AGAIN_AFTER).await;
        let Job {
            message, permit, ..
        } = job;
        lane.push(shared, Work::Handed { message, permit });
    }
}

/// An endpoint was switched off: every cache must know, and what it is owed is canceled.
async fn tell_of_change(shared: &Arc<Shared>) {
    let told = async {
        shared.store.flush().await?;
        shared.directory.publish().await?;
        shared
            .store
            .cancel_stale(shared.clock.now_ms(), 1_000)
            .await
    };
    if let Err(error) = told.await {
        tracing::warn!("A switched-off endpoint is noticed a little later: {error}");
    }
}
