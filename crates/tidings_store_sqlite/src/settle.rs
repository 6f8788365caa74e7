//! Outcomes: one row for each attempt, and what is owed after it.

use rusqlite::{Connection, Statement, params};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, Outcome, PendingReason};
use tidings_domain::endpoint::EndpointState;
use tidings_domain::ids::AttemptId;
use tidings_store::commit::Effects;
use tidings_store::{Creditor, Hold, Next, Settlement, Subject, Told};

use crate::journal::Journal;
use crate::{audit, changes, operational};

const INSERT_ATTEMPT: &str = "-- insert_attempt
INSERT INTO attempt (seq, message, endpoint, started_at, journal, tail, number, trigger, outcome,
    is_late, status, error, error_detail, peer, resolve_us, connect_us, tls_us, head_us, body_us,
    is_truncated, url, request_headers, response_headers, response)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
    ?21, ?22, ?23, ?24)
ON CONFLICT (seq) DO NOTHING";

pub(crate) fn write(
    connection: &Connection,
    journal: &mut Journal,
    settlements: &[Settlement],
    is_fenced: bool,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(INSERT_ATTEMPT)?;
    for settlement in settlements {
        let seq = insert_attempt(connection, &mut insert, journal, settlement, is_fenced)?;
        if !is_fenced {
            let hold = hold(journal, settlement, effects);
            write_next(connection, settlement, hold, effects)?;
            if let Some(told) = &settlement.told {
                tell(
                    connection,
                    settlement,
                    told,
                    id(journal, settlement, seq),
                    effects,
                )?;
            }
            if let Some(state) = &settlement.state {
                write_state(
                    connection,
                    settlement.endpoint.seq(),
                    settlement.message.application,
                    state,
                )?;
            }
        }
        effects.settled.push(id(journal, settlement, seq));
    }
    Ok(())
}

fn id(journal: &Journal, settlement: &Settlement, seq: i64) -> AttemptId {
    AttemptId::new(settlement.started_at, journal.id, seq, settlement.tail)
}

/// Writes what operational webhooks tell of an outcome, before the endpoint's health is written: who was
/// off already is not told of again.
fn tell(
    connection: &Connection,
    settlement: &Settlement,
    told: &Told,
    id: AttemptId,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    operational::write(connection, told.of_attempt(settlement, id), effects)?;
    let (event, entry) = (told.of_endpoint(settlement), told.entry());
    if event.is_none() && entry.is_none() {
        return Ok(());
    }
    if operational::is_switched_off(connection, settlement.endpoint.seq())? {
        return Ok(());
    }
    if let Some(entry) = entry {
        audit::write(connection, &entry)?;
    }
    operational::write(connection, event, effects)
}

fn insert_attempt(
    connection: &Connection,
    insert: &mut Statement<'_>,
    journal: &mut Journal,
    settlement: &Settlement,
    is_late: bool,
) -> rusqlite::Result<i64> {
    let exchange = &settlement.exchange;
    let phases = exchange.phases;
    loop {
        journal.numbers.attempt += 1;
        let inserted = insert.execute(params![
            journal.numbers.attempt,
            settlement.message.id.seq(),
            settlement.endpoint.seq(),
            settlement.started_at,
            journal.id,
            settlement.tail,
            settlement.number,
            settlement.trigger.code(),
            settlement.outcome.code(),
            is_late,
            exchange.status,
            exchange.error.map(AttemptError::code),
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
        if inserted == 1 {
            return Ok(journal.numbers.attempt);
        }
        // A run that was taken over has stored a late one under this number.
        journal.catch_up(connection)?;
    }
}

/// How the delivery is held by now: one that was handed over may have been owed meanwhile.
fn hold(journal: &Journal, settlement: &Settlement, effects: &mut Effects) -> Hold {
    if settlement.hold != Hold::Handed {
        return settlement.hold;
    }
    let (message, endpoint) = (settlement.message.id.seq(), settlement.endpoint.seq());
    if journal.was_owed_in_hand(message, endpoint) {
        effects.settled_in_hand.push((message, endpoint));
        return Hold::Pending { version: 1 };
    }
    effects.cleared.push(message);
    Hold::Handed
}

/// Clears or moves what was owed. A row that somebody has changed meanwhile is left alone.
fn write_next(
    connection: &Connection,
    settlement: &Settlement,
    hold: Hold,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    let (message, endpoint) = (settlement.message.id.seq(), settlement.endpoint.seq());
    match (hold, settlement.next) {
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
            effects.owed.push((Creditor::unslotted(endpoint), due_at));
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
            let moved = connection
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
            if moved == 0 {
                owe_again(connection, settlement, due_at, reason)?;
            }
            effects.owed.push((Creditor::unslotted(endpoint), due_at));
        }
    }
    Ok(())
}

/// Owes a retry whose row has gone: the endpoint was switched off and the row canceled while the
/// request was under way. A row that is there, in another version, is left alone.
fn owe_again(
    connection: &Connection,
    settlement: &Settlement,
    due_at: Millis,
    reason: PendingReason,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- owe_again
            INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason,
                trigger, version, recoveries_count)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0
            WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE message = ?1 AND endpoint = ?2
                AND outcome = ?8)
            ON CONFLICT (message, endpoint) DO NOTHING",
        )?
        .execute(params![
            settlement.message.id.seq(),
            settlement.endpoint.seq(),
            due_at,
            settlement.started_at,
            attempts_count(settlement),
            reason.code(),
            settlement.trigger.code(),
            Outcome::Success.code(),
        ])?;
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
