//! Jobs: what is asked for, and how it goes on.

use std::sync::Arc;

use tidings_domain::delivery::{AttemptError, DeliveryState, Outcome, PendingReason, Trigger};
use tidings_domain::ids::JobId;
use tidings_domain::job::{Job, JobKind, JobOrder, JobState, Phase};
use tidings_domain::message::Message;

use super::Harness;
use super::world::{DAY, NOW, World, key};
use crate::target::Target;
use crate::{
    Advanced, Candidate, JobCreated, JobStep, ListCandidates, ListJobs, NewJob, NewMessage, Order,
    Page,
};

fn new_job(world: &World<'_>, kind: JobKind) -> NewJob {
    NewJob {
        environment: world.environment,
        application: world.app(),
        endpoint: 7,
        kind,
        order: JobOrder {
            since: NOW - DAY,
            until: NOW + 1,
            channel: Some("a\0b".into()),
            states: vec![DeliveryState::Failed],
            status_between: Some((500, 600)),
            ..JobOrder::default()
        },
        running_max: 5,
        created_at: NOW,
        seq: world.tail(),
        tail: world.tail(),
    }
}

async fn create(world: &World<'_>, new: NewJob) -> Job {
    match world.store().create_job(new, None).await {
        Ok(JobCreated::Done(job)) => job,
        other => panic!("the job was not made: {other:?}"),
    }
}

async fn read(world: &World<'_>, id: JobId) -> Option<Job> {
    let found = world.store().job(world.environment, id).await;
    found.expect("a read")
}

fn step(job: &Job, messages: &[&Arc<Message>]) -> JobStep {
    JobStep {
        job: job.clone(),
        state: JobState::Running,
        messages: messages.iter().map(|message| message.key()).collect(),
        is_told: true,
        now: NOW + 5,
    }
}

async fn advance(world: &World<'_>, step: JobStep) -> Job {
    match world.store().advance_job(step).await {
        Ok(Advanced::Done(job)) => *job,
        other => panic!("the job did not go on: {other:?}"),
    }
}

async fn candidates(
    world: &World<'_>,
    endpoint: &Target,
    change: impl FnOnce(&mut ListCandidates),
) -> Page<Candidate> {
    let mut list = ListCandidates {
        application: world.app(),
        endpoint: endpoint.ordinal(),
        after: None,
        from: NOW,
        to: NOW + DAY,
        limit: 100,
        with_payload: false,
    };
    change(&mut list);
    world.store().candidates(list).await.expect("a read")
}

pub(super) async fn a_job_is_kept_as_it_was_asked_for(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let new = new_job(&world, JobKind::BulkReplay);
    let made = create(&world, new.clone()).await;
    assert_eq!((made.state, made.version), (JobState::Running, 1));
    assert_eq!((&made.order, made.kind), (&new.order, JobKind::BulkReplay));
    assert_eq!(made.id.at_ms(), NOW);
    let running = world.store().running_jobs(9).await;
    assert_eq!(running, Ok(vec![made.clone()]));
    world.crash_and_recover().await;
    assert_eq!(read(&world, made.id).await, Some(made.clone()));
    let elsewhere = world.store().job(world.environment + 1, made.id).await;
    assert_eq!(elsewhere, Ok(None));
    let parts = made.id.parts();
    let guessed = JobId::new(parts.at_ms, parts.journal, parts.seq, parts.tail + 1);
    assert_eq!(read(&world, guessed).await, None);
    let nowhere = JobId::new(parts.at_ms, 9_999, parts.seq, parts.tail);
    assert_eq!(read(&world, nowhere).await, None);
}

pub(super) async fn a_key_makes_one_job(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = new_job(&world, JobKind::Recover);
    let made = store.create_job(new.clone(), Some(key(1, 1))).await;
    let Ok(JobCreated::Done(made)) = made else {
        panic!("the job was not made: {made:?}");
    };
    let again = NewJob {
        seq: world.tail(),
        running_max: 1, // a repeat is no further job
        ..new
    };
    assert_eq!(
        store.create_job(again.clone(), Some(key(1, 1))).await,
        Ok(JobCreated::Replayed(Some(made)))
    );
    assert_eq!(
        store.create_job(again, Some(key(1, 2))).await,
        Ok(JobCreated::KeyReused)
    );
    assert_eq!(store.running_jobs(9).await.map(|jobs| jobs.len()), Ok(1));
}

pub(super) async fn only_so_many_jobs_of_an_application_run(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let mut last = None;
    for _ in 0..5 {
        last = Some(create(&world, new_job(&world, JobKind::Recover)).await);
    }
    let more = || new_job(&world, JobKind::ReplayMissing);
    let refused = store.create_job(more(), Some(key(1, 1))).await;
    assert_eq!(refused, Ok(JobCreated::TooMany));
    let other = NewJob {
        application: world.other_application().await.id.seq(),
        ..more()
    };
    create(&world, other).await;
    let last = last.expect("five jobs").id;
    let canceled = store.cancel_job(world.environment, last, NOW).await;
    assert!(canceled.is_ok_and(|job| job.is_some()));
    // The key of a refused request is not used up.
    let made = store.create_job(more(), Some(key(1, 1))).await;
    assert!(matches!(made, Ok(JobCreated::Done(_))), "{made:?}");
}

pub(super) async fn jobs_are_listed_in_their_environment_and_filtered(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let mut made = Vec::new();
    for number in 0..6 {
        let kind = [JobKind::Recover, JobKind::BulkReplay][number % 2];
        let new = NewJob {
            created_at: NOW + i64::try_from(number).expect("a few"),
            running_max: 99,
            // In slots of their own, where there are several.
            application: 100 + i64::try_from(number).expect("a few"),
            ..new_job(&world, kind)
        };
        made.push(create(&world, new).await);
    }
    let elsewhere = NewJob {
        environment: world.environment + 1,
        ..new_job(&world, JobKind::Recover)
    };
    create(&world, elsewhere).await;
    for id in [made[1].id, made[2].id] {
        let canceled = store.cancel_job(world.environment, id, NOW + 9).await;
        canceled.expect("a write");
    }
    let list = |order, after, states: &[JobState], kind| ListJobs {
        environment: world.environment,
        application: None,
        order,
        after,
        limit: 4,
        states: states.to_vec(),
        kind,
    };
    let (up, down) = (Order::Ascending, Order::Descending);
    let canceled = [JobState::Failed, JobState::Canceled];
    for (list, expected) in [
        (list(up, None, &[], None), &[0, 1, 2, 3][..]),
        (list(up, Some(made[3].id), &[], None), &[4, 5]),
        (list(down, None, &[], None), &[5, 4, 3, 2]),
        (list(down, Some(made[2].id), &[], None), &[1, 0]),
        (list(up, None, &canceled, None), &[1, 2]),
        (list(down, None, &canceled, None), &[2, 1]),
        (list(up, None, &[JobState::Running], None), &[0, 3, 4, 5]),
        (list(up, None, &[], Some(JobKind::Recover)), &[0, 2, 4]),
        (list(down, None, &[], Some(JobKind::BulkReplay)), &[5, 3, 1]),
        (list(up, None, &canceled, Some(JobKind::Recover)), &[2]),
        (list(down, None, &canceled, Some(JobKind::BulkReplay)), &[1]),
        (list(up, None, &[], Some(JobKind::Purge)), &[]),
    ] {
        let found = store.jobs(list.clone()).await.expect("a read");
        let found: Vec<JobId> = found.iter().map(|job| job.id).collect();
        let expected: Vec<JobId> = expected.iter().map(|place| made[*place].id).collect();
        assert_eq!(found, expected, "{list:?}");
    }
}

pub(super) async fn jobs_of_one_application_are_listed_without_those_of_others(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let mut made = Vec::new();
    for number in 0..8 {
        let kind = [JobKind::Recover, JobKind::BulkReplay][number / 2 % 2];
        let number = i64::try_from(number).expect("a few");
        let new = NewJob {
            created_at: NOW + number,
            running_max: 99,
            application: [100, 101][usize::from(number % 2 == 1)],
            ..new_job(&world, kind)
        };
        made.push(create(&world, new).await);
    }
    let canceled = store.cancel_job(world.environment, made[2].id, NOW + 9);
    canceled.await.expect("a write");
    let list = |order, after, states: &[JobState], kind| ListJobs {
        environment: world.environment,
        application: Some(100),
        order,
        after,
        limit: 3,
        states: states.to_vec(),
        kind,
    };
    let (up, down) = (Order::Ascending, Order::Descending);
    let is_canceled = [JobState::Failed, JobState::Canceled];
    for (list, expected) in [
        (list(up, None, &[], None), &[0, 2, 4][..]),
        (list(up, Some(made[4].id), &[], None), &[6]),
        (list(down, None, &[], None), &[6, 4, 2]),
        (list(down, Some(made[4].id), &[], None), &[2, 0]),
        (list(up, None, &[JobState::Running], None), &[0, 4, 6]),
        (list(down, None, &is_canceled, None), &[2]),
        (list(up, None, &[], Some(JobKind::BulkReplay)), &[2, 6]),
        (
            list(up, None, &is_canceled, Some(JobKind::BulkReplay)),
            &[2],
        ),
        (list(up, None, &is_canceled, Some(JobKind::Recover)), &[]),
    ] {
        let found = store.jobs(list.clone()).await.expect("a read");
        let found: Vec<JobId> = found.iter().map(|job| job.id).collect();
        let expected: Vec<JobId> = expected.iter().map(|place| made[*place].id).collect();
        assert_eq!(found, expected, "{list:?}");
    }
}

pub(super) async fn a_job_sees_what_became_of_each_message_at_its_endpoint(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let (endpoint, other) = (world.endpoint().await, world.endpoint().await);
    let mut messages = Vec::new();
    for number in 0..6 {
        let to = if number == 5 { &other } else { &endpoint };
        let new = NewMessage {
            accepted_at: NOW + number,
            ..world.handed_to(&[to])
        };
        messages.push(world.accept(new).await);
    }
    world.settle(world.success(&messages[0], &endpoint)).await;
    world.settle(world.exhausted(&messages[1], &endpoint)).await;
    let retry = world.retry(&messages[2], &endpoint, NOW + 9);
    world.settle(retry).await;
    let mut canceled = world.exhausted(&messages[3], &endpoint);
    canceled.outcome = Outcome::Canceled;
    canceled.exchange.status = None;
    canceled.exchange.error = Some(AttemptError::Poison);
    world.settle(canceled).await;

    let all = candidates(&world, &endpoint, |_| ()).await;
    let states: Vec<_> = all
        .rows
        .iter()
        .map(|candidate| {
            let trace = candidate.trace.as_ref()?;
            Some((trace.facts.state(), trace.status, trace.error))
        })
        .collect();
    let expected = [
        Some((DeliveryState::Delivered, Some(200), None)),
        Some((DeliveryState::Failed, Some(500), None)),
        Some((DeliveryState::Pending, Some(500), None)),
        Some((DeliveryState::Canceled, None, Some(AttemptError::Poison))),
        Some((DeliveryState::Sending, None, None)),
        None,
    ];
    assert_eq!(states, expected);
    assert_eq!(all.next, None);
    let ids: Vec<_> = all.rows.iter().map(|one| one.message.id).collect();
    let sent: Vec<_> = messages.iter().map(|message| message.id).collect();
    assert_eq!(ids, sent, "in their order");
    let is_bare = |one: &Candidate| one.has_payload && one.message.payload.is_empty();
    assert!(all.rows.iter().all(is_bare));

    let some = candidates(&world, &endpoint, |list| {
        (list.limit, list.from, list.to) = (2, NOW + 2, NOW + 5);
        list.after = Some(messages[1].id.parts());
        list.with_payload = true;
    });
    let some = some.await;
    let ids: Vec<_> = some.rows.iter().map(|one| one.message.id).collect();
    assert_eq!(ids, [messages[2].id, messages[3].id]);
    assert_eq!(some.next, Some(messages[3].id.parts()));
    assert_eq!(some.rows[0].message.payload, messages[2].payload);
}

pub(super) async fn a_step_of_a_job_is_made_whole_or_not_at_all(harness: &dyn Harness) {
    let mut world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.exhausted(&message, &endpoint)).await;
    let new = NewJob {
        endpoint: endpoint.ordinal(),
        ..new_job(&world, JobKind::Recover)
    };
    let job = create(&world, new).await;
    let mut first = step(&job, &[&message]);
    first.job.progress.phase = Phase::Working;
    first.job.progress.sent = 1;
    first.job.progress.cursor = Some(message.id.to_string());
    let moved = advance(&world, first.clone()).await;
    assert_eq!((moved.version, moved.updated_at), (2, NOW + 5));
    world.crash_and_recover().await;
    let owed = world.owed(endpoint.ordinal()).await;
    assert_eq!(owed.len(), 1);
    let row = &owed[0];
    assert_eq!((row.message, row.due_at), (message.key(), NOW + 5));
    assert_eq!(row.trigger, Trigger::Replay);
    assert_eq!(row.reason, PendingReason::Replay);
    assert_eq!(row.attempts_count, 0, "the schedule begins anew");
    assert_eq!(read(&world, job.id).await, Some(moved.clone()));
    assert_eq!(moved.progress.place(), Some(message.id));
    let creditor = world.creditor(endpoint.ordinal());
    assert_eq!(world.store().replays_owed(creditor, 9).await, Ok(1));

    // Who had read it before the step changes nothing.
    let late = world.accept(world.to_numbers(Vec::new())).await;
    let stale = step(&job, &[&late]);
    let stale = world.store().advance_job(stale).await;
    assert_eq!(stale, Ok(Advanced::Changed));
    assert_eq!(world.owed(endpoint.ordinal()).await, owed);
    assert_eq!(read(&world, job.id).await, Some(moved.clone()));

    let last = JobStep {
        state: JobState::Finished,
        ..step(&moved, &[])
    };
    let ended = advance(&world, last).await;
    assert_eq!(ended.finished_at, Some(NOW + 5));
    assert_eq!(world.store().running_jobs(9).await, Ok(Vec::new()));
    let after = world.store().advance_job(step(&ended, &[&late])).await;
    assert_eq!(after, Ok(Advanced::Changed), "it has ended");
}

pub(super) async fn a_job_owes_nothing_twice(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let owed = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.retry(&owed, &endpoint, NOW + 9)).await;
    let before = world.owed(endpoint.ordinal()).await;
    let failed = world.accept(world.handed_to(&[&endpoint])).await;
    world.settle(world.exhausted(&failed, &endpoint)).await;
    let new = NewJob {
        endpoint: endpoint.ordinal(),
        ..new_job(&world, JobKind::BulkReplay)
    };
    let job = create(&world, new).await;
    let mut both = step(&job, &[&owed, &failed]);
    both.job.progress.sent = 2;
    let moved = advance(&world, both).await;
    let progress = &moved.progress;
    assert_eq!((progress.sent, progress.skipped.owed), (1, 1));
    let after = world.owed(endpoint.ordinal()).await;
    assert_eq!(after.len(), 2);
    assert!(after.contains(&before[0]), "what was owed stays as it was");
}

pub(super) async fn a_canceled_job_does_not_go_on(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let message = world.accept(world.to_numbers(Vec::new())).await;
    let job = create(&world, new_job(&world, JobKind::Recover)).await;
    let elsewhere = store.cancel_job(world.environment + 1, job.id, NOW).await;
    assert_eq!(elsewhere, Ok(None));
    let canceled = store.cancel_job(world.environment, job.id, NOW + 1).await;
    let canceled = canceled.expect("a write").expect("the job is there");
    assert_eq!(canceled.state, JobState::Canceled);
    assert_eq!(canceled.finished_at, Some(NOW + 1));
    let after = store.advance_job(step(&job, &[&message])).await;
    assert_eq!(after, Ok(Advanced::Changed));
    assert!(world.all_owed().await.is_empty());
    let again = store.cancel_job(world.environment, job.id, NOW + 2).await;
    assert_eq!(again, Ok(Some(canceled)), "it stays as it was");
}

pub(super) async fn jobs_that_have_ended_are_swept_once_they_are_old(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let running = create(&world, new_job(&world, JobKind::Recover)).await;
    let mut ended = Vec::new();
    for number in 0..3 {
        let new = NewJob {
            created_at: NOW + number * DAY,
            ..new_job(&world, JobKind::Recover)
        };
        let job = create(&world, new).await;
        let canceled = store.cancel_job(world.environment, job.id, NOW).await;
        canceled.expect("a write");
        ended.push(job.id);
    }
    assert_eq!(store.sweep_jobs(NOW + 2 * DAY, 1).await, Ok(1));
    assert_eq!(store.sweep_jobs(NOW + 2 * DAY, 9).await, Ok(1));
    assert_eq!(store.sweep_jobs(NOW + 2 * DAY, 9).await, Ok(0));
    assert!(read(&world, running.id).await.is_some());
    assert!(read(&world, ended[1]).await.is_none());
    assert!(read(&world, ended[2]).await.is_some());
}
