//! Messages as a job looks at them: in their order, each with what is known of it at one endpoint.

use std::collections::HashMap;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, Outcome};
use tidings_domain::ids::MessageId;
use tidings_domain::job::Trace;
use tidings_domain::message::Message;
use tidings_domain::slot;
use tidings_store::{Candidate, ListCandidates, Order, Page};

use super::Span;
use super::messages::{columns, read};
use crate::connection::Connection;
use crate::convert::{count, number_option, parts};
use crate::failure::Result;
use crate::statements::statements;

/// A delivery may begin before its message was accepted, by the clocks of two nodes.
pub(super) const CLOCKS_APART_MS: Millis = 60 * 60 * 1000;

statements! {
    CANDIDATES_OF_JOB = concat!("-- candidates
        SELECT ", columns!(), ", CASE WHEN $7 THEN message.payload ELSE ''::bytea END,
            length(message.payload) > 0 AS has_payload
        FROM message
        WHERE slot = $1 AND application = $2 AND created_at >= $3 AND created_at <= $5
            AND (created_at, id) > ($3, $4)
        ORDER BY created_at, id LIMIT $6");
    /// To the endpoint, or behind the cursor of a fan-out.
    OWED_OF_CANDIDATES = "-- owed_of_candidates
        SELECT message_id, endpoint, due_at, place FROM pending
        WHERE slot = $1 AND message_id = ANY($2) AND (endpoint = $3 OR endpoint = 0)";
    ATTEMPTS_OF_CANDIDATES = "-- attempts_of_candidates
        SELECT message_id, outcome, is_late, status, error FROM attempt
        WHERE slot = $1 AND message_id = ANY($2) AND endpoint = $3 AND created_at >= $4
        ORDER BY created_at, id";
}

/// The next messages behind a place.
pub(crate) async fn candidates(
    connection: &Connection,
    list: &ListCandidates,
) -> Result<Page<Candidate>> {
    let slot = slot::of(list.application);
    let span = Span::new(Order::Ascending, list.after, Some(list.from), Some(list.to));
    let rows = connection
        .query(
            CANDIDATES_OF_JOB,
            &[
                &slot,
                &list.application,
                &span.after.0,
                &&span.after.1[..],
                &span.end,
                &count(list.limit),
                &list.with_payload,
            ],
        )
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let message = read(row)?;
        found.push(Candidate {
            has_payload: row.try_get("has_payload")?,
            message,
            trace: None,
        });
    }
    let end = found.last().map(|candidate| candidate.message.id.parts());
    add_traces(connection, slot, list.endpoint, &mut found).await?;
    Ok(Page {
        next: end.filter(|_| found.len() == list.limit),
        rows: found,
    })
}

/// What is owed is read first: a delivery that is settled between the two reads is in one of them.
async fn add_traces(
    connection: &Connection,
    slot: i16,
    endpoint: i64,
    candidates: &mut [Candidate],
) -> Result<()> {
    let Some(first) = candidates.first() else {
        return Ok(());
    };
    let since = first.message.id.at_ms() - CLOCKS_APART_MS;
    let ids: Vec<[u8; 20]> = candidates
        .iter()
        .map(|candidate| candidate.message.id.parts().to_bytes())
        .collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let owed = connection
        .query(OWED_OF_CANDIDATES, &[&slot, &ids, &endpoint])
        .await?;
    let attempts = connection
        .query(ATTEMPTS_OF_CANDIDATES, &[&slot, &ids, &endpoint, &since])
        .await?;
    let mut traces: HashMap<MessageId, Trace> = HashMap::new();
    for row in &attempts {
        let trace = traces.entry(MessageId::from_parts(parts(row, 0)?));
        let trace = trace.or_default();
        let outcome = Outcome::from_code(row.try_get::<_, i16>(1)?.into());
        trace.facts.has_succeeded |= outcome == Some(Outcome::Success);
        if !row.try_get::<_, bool>(2)? {
            trace.facts.latest = outcome;
            trace.status = number_option(row, 3)?;
            let error: Option<i16> = row.try_get(4)?;
            trace.error = error.and_then(|error| AttemptError::from_code(error.into()));
        }
    }
    let mut due: HashMap<(MessageId, bool), (Millis, i64)> = HashMap::new();
    for row in &owed {
        let is_cursor = row.try_get::<_, i64>(1)? == 0;
        let id = MessageId::from_parts(parts(row, 0)?);
        due.insert((id, is_cursor), (row.try_get(2)?, row.try_get(3)?));
    }
    for candidate in candidates {
        let message = &candidate.message;
        let own = due.get(&(message.id, false)).map(|(due_at, _)| *due_at);
        let cursor = due.get(&(message.id, true));
        let due_at = own.or_else(|| behind_cursor(message, endpoint, *cursor?));
        let mut trace = traces.remove(&message.id);
        if due_at.is_some() || message.targets.contains(&endpoint) {
            trace.get_or_insert_default().facts.due_at = due_at;
        }
        candidate.trace = trace;
    }
    Ok(())
}

/// When the message is due to an endpoint whose row its fan-out has yet to make.
fn behind_cursor(
    message: &Message,
    endpoint: i64,
    (due_at, from): (Millis, i64),
) -> Option<Millis> {
    let place = message.targets.iter().position(|one| *one == endpoint)?;
    let place = i64::try_from(place).unwrap_or(i64::MAX);
    (place >= from).then_some(due_at)
}
