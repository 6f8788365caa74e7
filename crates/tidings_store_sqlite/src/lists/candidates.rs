//! Messages as a job looks at them: in their order, each with what is known of it at one endpoint.

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::delivery::{AttemptError, Outcome};
use tidings_domain::job::Trace;
use tidings_domain::message::Message;
use tidings_store::{Candidate, ListCandidates, Page};

use super::messages::{COLUMNS, is_between, read};
use crate::convert::count;

/// The next messages behind a place. One that is left out by its time is read all the same.
pub(crate) fn candidates(
    connection: &Connection,
    list: &ListCandidates,
) -> rusqlite::Result<Page<Candidate>> {
    // One snapshot, or a delivery that settles between two reads is in neither.
    let snapshot = connection.unchecked_transaction()?;
    let after = list.after.map_or(i64::MIN, |after| after.seq);
    let mut select = snapshot.prepare_cached(&format!(
        "-- candidates
        SELECT {COLUMNS}, length(message.payload) > 0 AS has_payload FROM message
        WHERE application = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"
    ))?;
    let mut rows = select.query(params![list.application, after, count(list.limit)])?;
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    let mut read_count = 0;
    while let Some(row) = rows.next()? {
        let message = read(row, 0, list.with_payload)?;
        read_count += 1;
        page.next = Some(message.id.parts());
        if !is_between(message.id.at_ms(), Some(list.from), Some(list.to)) {
            continue;
        }
        let trace = trace(&snapshot, &message, list.endpoint)?;
        page.rows.push(Candidate {
            message,
            has_payload: row.get("has_payload")?,
            trace,
        });
    }
    if read_count < list.limit {
        page.next = None;
    }
    Ok(page)
}

/// None if the message was never meant for the endpoint.
fn trace(
    connection: &Connection,
    message: &Message,
    endpoint: i64,
) -> rusqlite::Result<Option<Trace>> {
    let seq = message.id.seq();
    let mut trace = Trace::default();
    trace.facts.due_at = due_at(connection, message, endpoint)?;
    let mut is_known = trace.facts.due_at.is_some() || message.targets.contains(&endpoint);
    let mut select = connection.prepare_cached(
        "-- attempts_of_candidate
        SELECT outcome, is_late, status, error FROM attempt
        WHERE message = ?1 AND endpoint = ?2 ORDER BY seq",
    )?;
    let mut rows = select.query([seq, endpoint])?;
    while let Some(row) = rows.next()? {
        is_known = true;
        let outcome = Outcome::from_code(row.get(0)?);
        trace.facts.has_succeeded |= outcome == Some(Outcome::Success);
        if !row.get::<_, bool>(1)? {
            trace.facts.latest = outcome;
            trace.status = row.get(2)?;
            let error: Option<i64> = row.get(3)?;
            trace.error = error.and_then(AttemptError::from_code);
        }
    }
    Ok(is_known.then_some(trace))
}

/// When the message is due to the endpoint: by a row of its own, or behind the cursor of its fan-out.
fn due_at(
    connection: &Connection,
    message: &Message,
    endpoint: i64,
) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached(
        "-- owed_of_candidate
        SELECT due_at, position FROM pending WHERE message = ?1 AND endpoint = ?2",
    )?;
    let seq = message.id.seq();
    let mut find = |endpoint: i64| {
        select
            .query_row([seq, endpoint], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    };
    let own: Option<(i64, i64)> = find(endpoint)?;
    let found = match own {
        Some((due_at, _)) => Some(due_at),
        None => find(0)?.and_then(|(due_at, position)| {
            let place = message.targets.iter().position(|one| *one == endpoint)?;
            let place = i64::try_from(place).unwrap_or(i64::MAX);
            (place >= position).then_some(due_at)
        }),
    };
    Ok(found)
}
