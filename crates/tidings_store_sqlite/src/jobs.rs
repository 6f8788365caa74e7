//! Jobs: written down, listed, and gone on with, each step in one transaction with what it does.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{PendingReason, Trigger};
use tidings_domain::ids::{IdParts, JobId};
use tidings_domain::job::{Job, JobKind, JobState};
use tidings_store::{Advanced, Creditor, Dedup, JobCreated, JobStep, ListJobs, NewJob, Order};

use crate::accept::{Made, find_key, take_key};
use crate::convert::{count, read_json};
use crate::step::Scope;
use crate::{expunge, operational};

const COLUMNS: &str = "id, environment, application, endpoint, kind, state, version, work, progress, \
    created_at, updated_at, finished_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Job> {
    let unknown = |column, code| rusqlite::Error::IntegralValueOutOfRange(column, code);
    let (kind, state) = (row.get(4)?, row.get(5)?);
    Ok(Job {
        id: JobId::from_parts(IdParts::from_bytes(row.get(0)?)),
        environment: row.get(1)?,
        application: row.get(2)?,
        endpoint: row.get(3)?,
        kind: JobKind::from_code(kind).ok_or_else(|| unknown(4, kind))?,
        state: JobState::from_code(state).ok_or_else(|| unknown(5, state))?,
        version: row.get(6)?,
        order: read_json(row, 7)?.unwrap_or_default(),
        progress: read_json(row, 8)?.unwrap_or_default(),
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
        finished_at: row.get(11)?,
    })
}

pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewJob,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<JobCreated> {
    let connection = scope.connection;
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, new.created_at)? {
            None => {}
            Some((made, true)) => return by_number(connection, made).map(JobCreated::Replayed),
            Some((_, false)) => return Ok(JobCreated::KeyReused),
        }
    }
    let running: i64 = connection
        .prepare_cached(
            "-- running_of_owner
            SELECT count(*) FROM job
            WHERE finished_at IS NULL AND environment = ?1 AND application = ?2",
        )?
        .query_row([new.environment, new.application], |row| row.get(0))?;
    if running >= count(new.running_max) {
        return Ok(JobCreated::TooMany);
    }
    let job = new.job(0);
    connection
        .prepare_cached(&format!(
            "-- create_job
            INSERT INTO job ({COLUMNS})
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, NULL)"
        ))?
        .execute(params![
            job.id.parts().to_bytes(),
            job.environment,
            job.application,
            job.endpoint,
            job.kind.code(),
            job.state.code(),
            job.version,
            json(&job.order),
            json(&job.progress),
            job.created_at,
        ])?;
    if let Some(dedup) = dedup {
        let made = Made::Other(connection.last_insert_rowid());
        take_key(connection, dedup, made, new.created_at)?;
    }
    scope.effects.owed.push((Creditor::jobs(0), new.created_at));
    Ok(JobCreated::Done(job))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("what jobs are to do, and have done, is JSON")
}

fn by_number(connection: &Connection, ordinal: i64) -> rusqlite::Result<Option<Job>> {
    connection
        .prepare_cached(&format!(
            "-- job_by_number
            SELECT {COLUMNS} FROM job WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

pub(crate) fn find(
    connection: &Connection,
    environment: i64,
    id: JobId,
) -> rusqlite::Result<Option<Job>> {
    let found = connection
        .prepare_cached(&format!(
            "-- job
            SELECT {COLUMNS} FROM job WHERE id = ?1"
        ))?
        .query_row([id.parts().to_bytes()], read)
        .optional()?;
    Ok(found.filter(|job| job.environment == environment))
}

/// One page by time, along the index of what it is filtered by.
pub(crate) fn list(connection: &Connection, list: &ListJobs) -> rusqlite::Result<Vec<Job>> {
    let (comparison, direction, from) = match list.order {
        Order::Ascending => (">", "ASC", Vec::new()),
        Order::Descending => ("<", "DESC", vec![0xff; 21]),
    };
    let after = list.after.map_or(from, |id| id.parts().to_bytes().to_vec());
    // A page of each state, merged below: two at most are listed as one.
    let states: Vec<Option<JobState>> = match &list.states[..] {
        [] => vec![None],
        states => states.iter().copied().map(Some).collect(),
    };
    let (whose, number) = match list.application {
        None => ("environment", list.environment),
        Some(application) => ("application", application),
    };
    let mut found = Vec::new();
    for state in states {
        let mut parameters = vec![
            Value::from(number),
            Value::from(after.clone()),
            Value::from(count(list.limit)),
        ];
        let codes = [list.kind.map(JobKind::code), state.map(JobState::code)];
        parameters.extend(codes.into_iter().flatten().map(Value::from));
        let filters = match codes {
            [None, None] => "",
            [Some(_), None] => " AND kind = ?4",
            [None, Some(_)] => " AND state = ?4",
            [Some(_), Some(_)] => " AND kind = ?4 AND state = ?5",
        };
        let mut select = connection.prepare_cached(&format!(
            "-- jobs
            SELECT {COLUMNS} FROM job WHERE {whose} = ?1 AND id {comparison} ?2{filters}
            ORDER BY id {direction} LIMIT ?3"
        ))?;
        let rows = select.query_map(params_from_iter(parameters), read)?;
        found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    found.sort_by_key(|job| job.id);
    if list.order == Order::Descending {
        found.reverse();
    }
    found.truncate(list.limit);
    Ok(found)
}

/// Jobs that run, oldest first.
pub(crate) fn running(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<Job>> {
    connection
        .prepare_cached(&format!(
            "-- running_jobs
            SELECT {COLUMNS} FROM job WHERE finished_at IS NULL ORDER BY id LIMIT ?1"
        ))?
        .query_map([count(limit)], read)?
        .collect()
}

/// How many deliveries of jobs are owed to an endpoint.
pub(crate) fn replays_owed(
    connection: &Connection,
    endpoint: i64,
    limit: usize,
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "-- replays_owed
            SELECT count(*) FROM (SELECT 1 FROM pending
                WHERE endpoint = ?1 AND trigger = ?2 LIMIT ?3)",
        )?
        .query_row(
            params![endpoint, Trigger::Replay.code(), count(limit)],
            |row| row.get::<_, i64>(0),
        )
        .map(|owed| usize::try_from(owed).unwrap_or(usize::MAX))
}

/// Does one step of a job, if it is still as it was read.
pub(crate) fn advance(scope: &mut Scope<'_>, step: JobStep) -> rusqlite::Result<Advanced> {
    let connection = scope.connection;
    if !scope.journal.holds_fence(connection)? {
        return Ok(Advanced::Changed); // whoever has taken over goes on with it
    }
    let is_as_read = connection
        .prepare_cached(
            "-- is_job_as_read
            SELECT 1 FROM job WHERE id = ?1 AND version = ?2 AND finished_at IS NULL",
        )?
        .exists(params![step.job.id.parts().to_bytes(), step.job.version])?;
    if !is_as_read {
        return Ok(Advanced::Changed);
    }
    let owed_already = if step.job.kind == JobKind::Purge {
        for message in &step.messages {
            expunge::message(scope, *message, step.now)?;
        }
        0
    } else {
        owe(scope, &step)?
    };
    let is_told = step.is_told;
    let job = step.finish(owed_already);
    write_progress(connection, &job)?;
    let end = job.end().filter(|_| is_told);
    operational::write(connection, end, scope.effects)?;
    Ok(Advanced::Done(Box::new(job)))
}

/// Gives how many were owed already.
fn owe(scope: &mut Scope<'_>, step: &JobStep) -> rusqlite::Result<usize> {
    let connection = scope.connection;
    let mut owed_already = 0;
    for message in &step.messages {
        let written = connection
            .prepare_cached(
                "-- owe_replay
                INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason,
                    trigger, version, recoveries_count)
                SELECT seq, ?2, ?3, ?3, 0, ?4, ?5, 1, 0 FROM message WHERE seq = ?1
                ON CONFLICT (message, endpoint) DO NOTHING",
            )?
            .execute(params![
                message.id.seq(),
                step.job.endpoint,
                step.now,
                PendingReason::Replay.code(),
                Trigger::Replay.code(),
            ])?;
        owed_already += 1 - written;
    }
    if owed_already < step.messages.len() {
        let creditor = Creditor::unslotted(step.job.endpoint);
        scope.effects.owed.push((creditor, step.now));
    }
    Ok(owed_already)
}

fn write_progress(connection: &Connection, job: &Job) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- advance_job
            UPDATE job SET state = ?2, version = ?3, progress = ?4, updated_at = ?5, finished_at = ?6
            WHERE id = ?1",
        )?
        .execute(params![
            job.id.parts().to_bytes(),
            job.state.code(),
            job.version,
            json(&job.progress),
            job.updated_at,
            job.finished_at,
        ])?;
    Ok(())
}

/// Stops a job that runs; one that has ended stays as it is.
pub(crate) fn cancel(
    scope: &mut Scope<'_>,
    environment: i64,
    id: JobId,
    now: Millis,
) -> rusqlite::Result<Option<Job>> {
    let Some(mut job) = find(scope.connection, environment, id)? else {
        return Ok(None);
    };
    if job.state == JobState::Running {
        job.state = JobState::Canceled;
        job.version += 1;
        job.updated_at = now;
        job.finished_at = Some(now);
        write_progress(scope.connection, &job)?;
        let end = job.end().filter(|end| scope.is_told(end.event_type));
        operational::write(scope.connection, end, scope.effects)?;
    }
    Ok(Some(job))
}

/// Removes jobs that have ended.
pub(crate) fn sweep(
    scope: &mut Scope<'_>,
    before: Millis,
    limit: usize,
) -> rusqlite::Result<usize> {
    let first_kept = JobId::new(before, 0, 0, 0).parts().to_bytes();
    scope
        .connection
        .prepare_cached(
            "-- sweep_jobs
            DELETE FROM job WHERE ordinal IN (SELECT ordinal FROM job
                WHERE id < ?1 AND finished_at IS NOT NULL LIMIT ?2)",
        )?
        .execute(params![first_kept, count(limit)])
}
