//! Outcomes: one row for each attempt, and what is owed after it.

use rusqlite::{Connection, params};
use tidings_domain::delivery::Outcome;
use tidings_domain::endpoint::EndpointState;
use tidings_domain::ids::AttemptId;
use tidings_store::{Hold, Next, Settlement, Subject};

use crate::answers::Effects;
use crate::changes;
use crate::journal::Journal;

const INSERT_ATTEMPT: &str = "-- insert_attempt
INSERT INTO attempt (seq, message, endpoint, started_at, journal, tail, number, trigger, outcome,
    is_late, status, error, error_detail, peer, resolve_us, connect_us, tls_us, head_us, body_us,
    is_truncated, url, request_headers, response_headers, response)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
    ?21, ?22, ?23, ?24)";

/// What a row costs in the log besides its response, about.
const ROW_BYTES: usize = 500;

pub(crate) fn write(
    connection: &Connection,
    journal: &mut Journal,
    settlements: &[Settlement],
    is_fenced: bool,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(INSERT_ATTEMPT)?;
    for settlement in settlements {
        journal.numbers.attempt += 1;
        let seq = journal.numbers.attempt;
        let exchange = &settlement.exchange;
        let phases = exchange.phases;
        insert.execute(params![
            seq,
            settlement.message.id.seq(),
            settlement.endpoint.seq(),
            settlement.started_at,
            journal.id,
            settlement.tail,
            settlement.number,
            settlement.trigger.code(),
            settlement.outcome.code(),
            is_fenced,
            exchange.status,
            exchange
                .error
                .map(tidings_domain::delivery::AttemptError::code),
            (!exchange.error_detail.is_empty()).then_some(&exchange.error_detail),
            exchange.peer.map(|peer| peer.to_string()),
            phases.resolve_us,
            phases.connect_us,
            phases.tls_us,
            phases.head_us,
            phases.body_us,
            exchange.is_truncated,
            exchange.url,
            exchange.request_headers,
            &exchange.response_headers[..],
            &exchange.response[..],
        ])?;
        effects.bytes_written +=
            exchange.response.len() + exchange.response_headers.len() + ROW_BYTES;
        if !is_fenced {
            write_next(connection, settlement, effects)?;
            if let Some(state) = &settlement.state {
                write_state(
                    connection,
                    settlement.endpoint.seq(),
                    settlement.message.application,
                    state,
                )?;
            }
        }
        let id = AttemptId::new(settlement.started_at, journal.id, seq, settlement.tail);
        effects.settled.push(id);
    }
    Ok(())
}

/// Clears or moves what was owed. A row that somebody has changed meanwhile is left alone.
fn write_next(
    connection: &Connection,
    settlement: &Settlement,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    let (message, endpoint) = (settlement.message.id.seq(), settlement.endpoint.seq());
    match (settlement.hold, settlement.next) {
        (Hold::Handed, Next::Done) => {}
        (Hold::Handed, Next::At { due_at, reason }) => {
            connection
                .prepare_cached(
                    "-- owe_retry
                    INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count,
                        reason, trigger, version, recoveries_count)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0)
                    ON CONFLICT (message, endpoint) DO UPDATE SET
                        attempts_count = max(attempts_count, excluded.attempts_count)",
                )?
                .execute(params![
                    message,
                    endpoint,
                    due_at,
                    settlement.started_at,
                    attempts_count(settlement),
                    reason.code(),
                    settlement.trigger.code(),
                ])?;
            effects.owed.push((endpoint, due_at));
        }
        (Hold::Pending { version }, Next::Done) => {
            connection
                .prepare_cached(
                    "-- clear_pending
                    DELETE FROM pending WHERE message = ?1 AND endpoint = ?2 AND version = ?3",
                )?
                .execute(params![message, endpoint, version])?;
        }
        (Hold::Pending { version }, Next::At { due_at, reason }) => {
            connection
                .prepare_cached(
                    "-- move_pending
                    UPDATE pending SET due_at = ?4, attempts_count = ?5, reason = ?6, trigger = ?7,
                        version = version + 1, recoveries_count = 0
                    WHERE message = ?1 AND endpoint = ?2 AND version = ?3",
                )?
                .execute(params![
                    message,
                    endpoint,
                    version,
                    due_at,
                    attempts_count(settlement),
                    reason.code(),
                    settlement.trigger.code(),
                ])?;
            effects.owed.push((endpoint, due_at));
        }
    }
    if settlement.hold == Hold::Handed {
        effects.cleared.push(message);
    }
    Ok(())
}

/// A canceled attempt is no request, so it does not count.
fn attempts_count(settlement: &Settlement) -> u16 {
    match settlement.outcome {
        Outcome::Canceled => settlement.number.saturating_sub(1),
        _ => settlement.number,
    }
}

pub(crate) fn write_state(
    connection: &Connection,
    endpoint: i64,
    application: i64,
    state: &EndpointState,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- write_state
            INSERT INTO endpoint_state (endpoint, failing_since, last_failure_at, failures_count,
                disabled_reason, disabled_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (endpoint) DO UPDATE SET failing_since = excluded.failing_since,
                last_failure_at = excluded.last_failure_at,
                failures_count = excluded.failures_count,
                disabled_reason = coalesce(endpoint_state.disabled_reason, excluded.disabled_reason),
                disabled_at = coalesce(endpoint_state.disabled_at, excluded.disabled_at)",
        )?
        .execute(params![
            endpoint,
            state.failing_since,
            state.last_failure_at,
            state.failures_count,
            state.disabled.map(|(reason, _)| reason.as_str()),
            state.disabled.map(|(_, at)| at),
        ])?;
    if state.disabled.is_some() {
        changes::note(connection, Subject::Application(application))?;
    }
    Ok(())
}
