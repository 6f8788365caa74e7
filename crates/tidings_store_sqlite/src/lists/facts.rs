//! What the states of a message's deliveries follow from.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{DeliveryFacts, Outcome};
use tidings_domain::message::unpack_targets;
use tidings_store::DeliveryTrace;

type Facts = BTreeMap<i64, DeliveryFacts>;

/// Every delivery of a message: its targets, and whatever was tried or is owed besides.
pub(crate) fn delivery_facts(
    connection: &Connection,
    message: i64,
) -> rusqlite::Result<Vec<DeliveryTrace>> {
    // One snapshot, or a delivery that settles between two reads is in neither.
    let snapshot = connection.unchecked_transaction()?;
    let mut facts = Facts::new();
    add_targets(&snapshot, message, &mut facts)?;
    add_attempts(&snapshot, message, &mut facts)?;
    add_pending(&snapshot, message, &mut facts)?;
    Ok(facts
        .into_iter()
        .map(|(endpoint, facts)| DeliveryTrace { endpoint, facts })
        .collect())
}

fn add_targets(connection: &Connection, message: i64, facts: &mut Facts) -> rusqlite::Result<()> {
    let packed: Option<Vec<u8>> = connection
        .prepare_cached("-- targets\nSELECT targets FROM message WHERE seq = ?1")?
        .query_row([message], |row| row.get(0))
        .optional()?;
    let targets = packed
        .and_then(|packed| unpack_targets(&packed))
        .unwrap_or_default();
    let waiting = cursor(connection, message)?;
    for (place, target) in (0_i64..).zip(targets) {
        let facts = facts.entry(target).or_default();
        // Behind the cursor of a fan-out there are no rows yet; they are owed all the same.
        facts.due_at = waiting
            .filter(|(from, _)| place >= *from)
            .map(|(_, due_at)| due_at);
    }
    Ok(())
}

/// From which target on a fan-out has yet to be expanded, and when it is due.
fn cursor(connection: &Connection, message: i64) -> rusqlite::Result<Option<(i64, Millis)>> {
    connection
        .prepare_cached(
            "-- cursor
            SELECT position, due_at FROM pending WHERE message = ?1 AND endpoint = 0",
        )?
        .query_row([message], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

fn add_attempts(connection: &Connection, message: i64, facts: &mut Facts) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(
        "-- outcomes
        SELECT endpoint, outcome, is_late FROM attempt WHERE message = ?1 ORDER BY seq",
    )?;
    let mut rows = select.query([message])?;
    while let Some(row) = rows.next()? {
        let facts = facts.entry(row.get(0)?).or_default();
        let outcome = Outcome::from_code(row.get(1)?);
        facts.has_succeeded |= outcome == Some(Outcome::Success);
        if !row.get::<_, bool>(2)? {
            facts.latest = outcome;
        }
    }
    Ok(())
}

fn add_pending(connection: &Connection, message: i64, facts: &mut Facts) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(
        "-- owed
        SELECT endpoint, due_at FROM pending WHERE message = ?1 AND endpoint > 0",
    )?;
    let mut rows = select.query([message])?;
    while let Some(row) = rows.next()? {
        facts.entry(row.get(0)?).or_default().due_at = Some(row.get(1)?);
    }
    Ok(())
}

/// What the state of one delivery follows from, and its latest attempt, late ones included.
pub(super) fn of_delivery(
    connection: &Connection,
    message: i64,
    endpoint: i64,
) -> rusqlite::Result<(DeliveryFacts, Option<i64>)> {
    let mut facts = DeliveryFacts::default();
    let mut latest = None;
    let mut select = connection.prepare_cached(
        "-- outcomes_of_delivery
        SELECT seq, outcome, is_late FROM attempt WHERE message = ?1 AND endpoint = ?2
        ORDER BY seq",
    )?;
    let mut rows = select.query([message, endpoint])?;
    while let Some(row) = rows.next()? {
        latest = Some(row.get(0)?);
        let outcome = Outcome::from_code(row.get(1)?);
        facts.has_succeeded |= outcome == Some(Outcome::Success);
        if !row.get::<_, bool>(2)? {
            facts.latest = outcome;
        }
    }
    facts.due_at = connection
        .prepare_cached(
            "-- owed_of_delivery
            SELECT due_at FROM pending WHERE message = ?1 AND endpoint = ?2",
        )?
        .query_row([message, endpoint], |row| row.get(0))
        .optional()?;
    Ok((facts, latest))
}
