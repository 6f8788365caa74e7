//! Jobs: written down, listed, and gone on with, each step in one transaction with what it does.
//!
//! A job is kept in the slot of its application, together with what it owes. Its id names the slot.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{PendingReason, Trigger};
use tidings_domain::ids::{IdParts, JobId};
use tidings_domain::job::{Job, JobKind, JobState};
use tidings_domain::slot;
use tidings_store::{Advanced, Creditor, Dedup, JobCreated, JobStep, ListJobs, NewJob, Order};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{bytes, count, read_json, unreadable};
use crate::dedup::{find_all, idempotency_key, take_one};
use crate::failure::Result;
use crate::pending::code;
use crate::statements::statements;
use crate::step::Scope;
use crate::{expunge, operational};

macro_rules! columns {
    () => {
        "id, environment, application, endpoint, kind, state, version, work, progress, created_at, \
         updated_at, finished_at"
    };
}

macro_rules! jobs {
    ($comparison:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM job WHERE slot = ANY($1) AND environment = $2 AND id ",
            $comparison,
            " $3"
        )
    };
}

/// Those of one application are few enough for one statement with all filters.
macro_rules! jobs_of_application {
    ($comparison:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM job WHERE slot = $1 AND application = $2 AND id ",
            $comparison,
            " $3 AND (cardinality($5::smallint[]) = 0 OR state = ANY($5::smallint[])) \
              AND ($6::smallint IS NULL OR kind = $6::smallint)"
        )
    };
}

statements! {
    RUNNING_OF_OWNER = "-- running_of_owner
        SELECT count(*) FROM job
        WHERE slot = $1 AND finished_at IS NULL AND environment = $2 AND application = $3";
    CREATE_JOB = concat!("-- create_job
        INSERT INTO job (slot, ", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, NULL)");
    JOB = concat!("-- job
        SELECT ", columns!(), " FROM job WHERE slot = $1 AND id = $2");
    /// Locked, so that of two that change it at once one comes after the other.
    LOCK_JOB = concat!("-- lock_job
        SELECT ", columns!(), " FROM job WHERE slot = $1 AND id = $2 FOR UPDATE");
    JOBS_UP = concat!("-- jobs_up
        ", jobs!(">"), " ORDER BY id LIMIT $4");
    JOBS_DOWN = concat!("-- jobs_down
        ", jobs!("<"), " ORDER BY id DESC LIMIT $4");
    JOBS_SO_UP = concat!("-- jobs_so_up
        ", jobs!(">"), " AND state = $5 ORDER BY id LIMIT $4");
    JOBS_SO_DOWN = concat!("-- jobs_so_down
        ", jobs!("<"), " AND state = $5 ORDER BY id DESC LIMIT $4");
    JOBS_OF_KIND_UP = concat!("-- jobs_of_kind_up
        ", jobs!(">"), " AND kind = $5 ORDER BY id LIMIT $4");
    JOBS_OF_KIND_DOWN = concat!("-- jobs_of_kind_down
        ", jobs!("<"), " AND kind = $5 ORDER BY id DESC LIMIT $4");
    JOBS_OF_KIND_SO_UP = concat!("-- jobs_of_kind_so_up
        ", jobs!(">"), " AND state = $5 AND kind = $6 ORDER BY id LIMIT $4");
    JOBS_OF_KIND_SO_DOWN = concat!("-- jobs_of_kind_so_down
        ", jobs!("<"), " AND state = $5 AND kind = $6 ORDER BY id DESC LIMIT $4");
    JOBS_OF_APPLICATION_UP = concat!("-- jobs_of_application_up
        ", jobs_of_application!(">"), " ORDER BY id LIMIT $4");
    JOBS_OF_APPLICATION_DOWN = concat!("-- jobs_of_application_down
        ", jobs_of_application!("<"), " ORDER BY id DESC LIMIT $4");
    RUNNING_JOBS = concat!("-- running_jobs
        SELECT ", columns!(), " FROM job
        WHERE slot = ANY($1) AND finished_at IS NULL ORDER BY id LIMIT $2");
    REPLAYS_OWED = "-- replays_owed
        SELECT count(*) FROM (SELECT 1 FROM pending
            WHERE slot = $1 AND endpoint = $2 AND trigger = $3 LIMIT $4) AS owed";
    /// The messages are read, so that their days cannot be taken out before this transaction has ended.
    OWE_REPLAYS = "-- owe_replays
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT $1, $2, message.id, $4, $5, $5, 0, $6, $7, 1, 0
        FROM unnest($3::bytea[], $8::bigint[]) AS new (id, created_at)
        JOIN message ON message.slot = $1 AND message.application = $2
            AND message.created_at = new.created_at AND message.id = new.id
        ON CONFLICT (slot, message_id, endpoint) DO NOTHING";
    ADVANCE_JOB = "-- advance_job
        UPDATE job SET state = $3, version = $4, progress = $5, updated_at = $6, finished_at = $7
        WHERE slot = $1 AND id = $2";
    SWEEP_JOBS = "-- sweep_jobs
        DELETE FROM job WHERE slot = $1 AND id = ANY(ARRAY(SELECT id FROM job
            WHERE slot = $1 AND id < $2 AND finished_at IS NOT NULL LIMIT $3))";
    SLOTS_TO_SWEEP_JOBS = "-- slots_to_sweep_jobs
        SELECT DISTINCT slot FROM job
        WHERE slot = ANY($1) AND id < $2 AND finished_at IS NOT NULL LIMIT $3";
}

fn read(row: &Row) -> Result<Job> {
    let code = |column| -> Result<i64> { Ok(row.try_get::<_, i16>(column)?.into()) };
    let (kind, state) = (JobKind::from_code(code(4)?), JobState::from_code(code(5)?));
    Ok(Job {
        id: JobId::from_parts(IdParts::from_bytes(bytes(row, 0)?)),
        environment: row.try_get(1)?,
        application: row.try_get(2)?,
        endpoint: row.try_get(3)?,
        kind: kind.ok_or_else(|| unreadable(4, "no kind of job"))?,
        state: state.ok_or_else(|| unreadable(5, "no state of a job"))?,
        version: row.try_get(6)?,
        order: read_json(row, 7)?.unwrap_or_default(),
        progress: read_json(row, 8)?.unwrap_or_default(),
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
        finished_at: row.try_get(11)?,
    })
}

/// The slot that the id of a job names; none of no use, since such a job is not there.
pub(crate) fn slot_of(id: JobId) -> i16 {
    i16::try_from(id.parts().journal).unwrap_or_default()
}

pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewJob,
    dedup: Option<&Dedup>,
) -> Result<JobCreated> {
    let connection = &scope.connection;
    let slot = slot::of(new.owner());
    let job = new.job(slot);
    let id = job.id.parts().to_bytes();
    let parameters: [Parameter<'_>; 3] = [&slot, &new.environment, &new.application];
    let running = connection.query_one(RUNNING_OF_OWNER, &parameters).await?;
    if running.try_get::<_, i64>(0)? >= count(new.running_max) {
        let earlier = earlier(connection, new, slot, dedup).await?;
        return Ok(earlier.unwrap_or(JobCreated::TooMany));
    }
    if let Some(dedup) = dedup {
        let taken = take_one(connection, slot, dedup, &id, new.created_at).await?;
        if taken.is_some() {
            let earlier = earlier(connection, new, slot, Some(dedup)).await?;
            return Ok(earlier.unwrap_or(JobCreated::KeyReused));
        }
    }
    let parameters: [Parameter<'_>; 11] = [
        &slot,
        &&id[..],
        &job.environment,
        &job.application,
        &job.endpoint,
        &code(job.kind.code()),
        &code(job.state.code()),
        &job.version,
        &json(&job.order),
        &json(&job.progress),
        &job.created_at,
    ];
    connection.execute(CREATE_JOB, &parameters).await?;
    scope
        .effects
        .owed
        .push((Creditor::jobs(slot), new.created_at));
    Ok(JobCreated::Done(job))
}

/// What an idempotency key stands for already.
async fn earlier(
    connection: &Connection,
    new: &NewJob,
    slot: i16,
    dedup: Option<&Dedup>,
) -> Result<Option<JobCreated>> {
    let Some(dedup) = dedup else {
        return Ok(None);
    };
    let keys = [idempotency_key(dedup)];
    let held = find_all(connection, slot, &keys, new.created_at).await?;
    let Some((_, held)) = held.first() else {
        return Ok(None);
    };
    if held.body != dedup.body {
        return Ok(Some(JobCreated::KeyReused));
    }
    let row = connection.query_opt(JOB, &[&slot, &held.reference]).await?;
    let job = row.as_ref().map(read).transpose()?;
    Ok(Some(JobCreated::Replayed(job)))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("what jobs are to do, and have done, is JSON")
}

pub(crate) async fn find(
    connection: &Connection,
    environment: i64,
    id: JobId,
) -> Result<Option<Job>> {
    let bytes = id.parts().to_bytes();
    let row = connection
        .query_opt(JOB, &[&slot_of(id), &&bytes[..]])
        .await?;
    let job = row.as_ref().map(read).transpose()?;
    Ok(job.filter(|job| job.environment == environment))
}

/// One page by time, along the index of what it is filtered by.
pub(crate) async fn list(connection: &Connection, list: &ListJobs) -> Result<Vec<Job>> {
    let is_up = list.order == Order::Ascending;
    let from = if is_up { Vec::new() } else { vec![0xff; 21] };
    let after = list.after.map_or(from, |id| id.parts().to_bytes().to_vec());
    let slots: Vec<i16> = (0..slot::COUNT).collect();
    let (limit, kind) = (count(list.limit), list.kind.map(|kind| code(kind.code())));
    if let Some(application) = list.application {
        let states: Vec<i16> = list.states.iter().map(|state| code(state.code())).collect();
        let sql = if is_up {
            JOBS_OF_APPLICATION_UP
        } else {
            JOBS_OF_APPLICATION_DOWN
        };
        let slot = slot::of(application);
        let parameters: [Parameter<'_>; 6] = [&slot, &application, &after, &limit, &states, &kind];
        let rows = connection.query(sql, &parameters).await?;
        return rows.iter().map(read).collect();
    }
    let states: Vec<Option<i16>> = match &list.states[..] {
        [] => vec![None],
        states => states
            .iter()
            .map(|state| Some(code(state.code())))
            .collect(),
    };
    let mut found = Vec::new();
    for state in &states {
        let mut parameters: Vec<Parameter<'_>> = vec![&slots, &list.environment, &after, &limit];
        let sql = match (state, &kind, is_up) {
            (None, None, true) => JOBS_UP,
            (None, None, false) => JOBS_DOWN,
            (Some(_), None, true) => JOBS_SO_UP,
            (Some(_), None, false) => JOBS_SO_DOWN,
            (None, Some(_), true) => JOBS_OF_KIND_UP,
            (None, Some(_), false) => JOBS_OF_KIND_DOWN,
            (Some(_), Some(_), true) => JOBS_OF_KIND_SO_UP,
            (Some(_), Some(_), false) => JOBS_OF_KIND_SO_DOWN,
        };
        parameters.extend(state.as_ref().map(|state| state as Parameter<'_>));
        parameters.extend(kind.as_ref().map(|kind| kind as Parameter<'_>));
        let rows = connection.query(sql, &parameters).await?;
        for row in &rows {
            found.push(read(row)?);
        }
    }
    found.sort_by_key(|job| job.id);
    if !is_up {
        found.reverse();
    }
    found.truncate(list.limit);
    Ok(found)
}

/// Jobs that run in these slots, oldest first.
pub(crate) async fn running(
    connection: &Connection,
    slots: &[i16],
    limit: usize,
) -> Result<Vec<Job>> {
    let rows = connection
        .query(RUNNING_JOBS, &[&slots, &count(limit)])
        .await?;
    rows.iter().map(read).collect()
}

/// How many deliveries of jobs are owed to an endpoint.
pub(crate) async fn replays_owed(
    connection: &Connection,
    creditor: Creditor,
    limit: usize,
) -> Result<usize> {
    let trigger = code(Trigger::Replay.code());
    let parameters: [Parameter<'_>; 4] =
        [&creditor.slot, &creditor.endpoint, &trigger, &count(limit)];
    let row = connection.query_one(REPLAYS_OWED, &parameters).await?;
    crate::convert::number(&row, 0)
}

/// Does one step of a job, if it is still as it was read.
pub(crate) async fn advance(scope: &mut Scope, step: JobStep) -> Result<Advanced> {
    let connection = scope.connection.clone();
    let slot = slot_of(step.job.id);
    if scope.is_fenced || !scope.ownership.has(slot) {
        return Ok(Advanced::Changed); // whoever has the slot goes on with it
    }
    let id = step.job.id.parts().to_bytes();
    let row = connection.query_opt(LOCK_JOB, &[&slot, &&id[..]]).await?;
    let now = row.as_ref().map(read).transpose()?;
    let is_as_read =
        now.is_some_and(|now| now.version == step.job.version && now.state == JobState::Running);
    if !is_as_read {
        return Ok(Advanced::Changed);
    }
    let mut owed_already = 0;
    if step.job.kind == JobKind::Purge {
        for message in &step.messages {
            expunge::message(scope, *message, step.now).await?;
        }
    } else if !step.messages.is_empty() {
        let written = owe(&connection, slot, &step).await?;
        owed_already = step.messages.len() - written;
        let endpoint = step.job.endpoint;
        let creditor = Creditor { slot, endpoint };
        scope.effects.owed.push((creditor, step.now));
    }
    let is_told = step.is_told;
    let job = step.finish(owed_already);
    write_progress(&connection, &job).await?;
    let end = job.end().filter(|_| is_told);
    operational::write(scope, end.into_iter().collect()).await?;
    Ok(Advanced::Done(Box::new(job)))
}

/// Gives how many were not owed before.
async fn owe(connection: &Connection, slot: i16, step: &JobStep) -> Result<usize> {
    let ids: Vec<[u8; 20]> = step
        .messages
        .iter()
        .map(|message| message.id.parts().to_bytes())
        .collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let times = step.messages.iter().map(|message| message.id.at_ms());
    let times: Vec<Millis> = times.collect();
    let (reason, trigger) = (
        code(PendingReason::Replay.code()),
        code(Trigger::Replay.code()),
    );
    let parameters: [Parameter<'_>; 8] = [
        &slot,
        &step.job.application,
        &ids,
        &step.job.endpoint,
        &step.now,
        &reason,
        &trigger,
        &times,
    ];
    let written = connection.execute(OWE_REPLAYS, &parameters).await?;
    Ok(usize::try_from(written).unwrap_or(usize::MAX))
}

async fn write_progress(connection: &Connection, job: &Job) -> Result<()> {
    let id = job.id.parts().to_bytes();
    let parameters: [Parameter<'_>; 7] = [
        &slot_of(job.id),
        &&id[..],
        &code(job.state.code()),
        &job.version,
        &json(&job.progress),
        &job.updated_at,
        &job.finished_at,
    ];
    connection.execute(ADVANCE_JOB, &parameters).await?;
    Ok(())
}

/// Stops a job that runs; one that has ended stays as it is.
pub(crate) async fn cancel(
    scope: &mut Scope,
    environment: i64,
    id: JobId,
    now: Millis,
) -> Result<Option<Job>> {
    let connection = scope.connection.clone();
    let bytes = id.parts().to_bytes();
    let row = connection
        .query_opt(LOCK_JOB, &[&slot_of(id), &&bytes[..]])
        .await?;
    let job = row.as_ref().map(read).transpose()?;
    let Some(mut job) = job.filter(|job| job.environment == environment) else {
        return Ok(None);
    };
    if job.state == JobState::Running {
        job.state = JobState::Canceled;
        job.version += 1;
        job.updated_at = now;
        job.finished_at = Some(now);
        write_progress(&connection, &job).await?;
        let end = job.end().filter(|end| scope.is_told(end.event_type));
        operational::write(scope, end.into_iter().collect()).await?;
    }
    Ok(Some(job))
}

/// Removes jobs that have ended, in these slots.
pub(crate) async fn sweep(
    scope: &mut Scope,
    slots: &[i16],
    before: Millis,
    limit: usize,
) -> Result<usize> {
    let connection = &scope.connection;
    let first_kept = JobId::new(before, 0, 0, 0).parts().to_bytes();
    let mut left = limit;
    let parameters: [Parameter<'_>; 3] = [&slots, &&first_kept[..], &count(limit)];
    for row in connection.query(SLOTS_TO_SWEEP_JOBS, &parameters).await? {
        let slot: i16 = row.try_get(0)?;
        let parameters: [Parameter<'_>; 3] = [&slot, &&first_kept[..], &count(left)];
        let removed = connection.execute(SWEEP_JOBS, &parameters).await?;
        left -= usize::try_from(removed).unwrap_or(left).min(left);
    }
    Ok(limit - left)
}
