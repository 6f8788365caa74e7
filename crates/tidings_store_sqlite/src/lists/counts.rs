//! How many attempts to an endpoint ended in which way, and what became of the deliveries of messages.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};
use tidings_domain::delivery::Outcome;
use tidings_store::{
    CountDeliveries, CountOutcomes, DeliveryCounts, FAILURES_LOOKED_UP_MAX, OutcomeCounts,
};

/// From the index alone, whose order is not the one of the times: about 0.1 s for a million attempts.
const COUNT_OUTCOMES: &str = "-- count_outcomes
SELECT count(*) FILTER (WHERE outcome = 0), count(*) FILTER (WHERE outcome = 1),
    count(*) FILTER (WHERE outcome = 2), count(*) FILTER (WHERE outcome = 3)
FROM attempt INDEXED BY attempt_by_endpoint
WHERE endpoint = ?1 AND started_at >= ?2 AND started_at < ?3";

const COUNT_NOT_THE_END: &str = "-- count_not_the_end
SELECT count(*) FILTER (WHERE outcome = 2), count(*) FILTER (WHERE outcome = 3)
FROM (SELECT seq, message, outcome FROM attempt INDEXED BY attempt_not_successful
    WHERE endpoint = ?1 AND outcome <> 0 AND outcome IN (2, 3) AND started_at >= ?2 AND started_at < ?3
    ORDER BY seq DESC LIMIT ?4) AS failed
WHERE EXISTS (SELECT 1 FROM attempt AS other WHERE other.message = failed.message
        AND other.endpoint = ?1 AND (other.seq > failed.seq OR other.outcome = 0))
    OR EXISTS (SELECT 1 FROM pending WHERE pending.message = failed.message
        AND pending.endpoint = ?1)";

const COUNT_OWED: &str = "-- count_owed
SELECT count(*) FROM pending WHERE endpoint = ?1 AND owed_since >= ?2 AND owed_since < ?3";

fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

pub(crate) fn outcome_counts(
    connection: &Connection,
    count: &CountOutcomes,
) -> rusqlite::Result<OutcomeCounts> {
    // One snapshot, or a delivery that settles between two reads is in neither.
    let snapshot = connection.unchecked_transaction()?;
    let CountOutcomes {
        endpoint, from, to, ..
    } = *count;
    let mut counts =
        snapshot
            .prepare_cached(COUNT_OUTCOMES)?
            .query_row(params![endpoint, from, to], |row| {
                Ok(OutcomeCounts {
                    success: read(row, 0)?,
                    retry: read(row, 1)?,
                    exhausted: read(row, 2)?,
                    canceled: read(row, 3)?,
                    ..OutcomeCounts::default()
                })
            })?;
    (
        counts.exhausted_and_not_the_end,
        counts.canceled_and_not_the_end,
    ) = snapshot
        .prepare_cached(COUNT_NOT_THE_END)?
        .query_row(params![endpoint, from, to, FAILURES_LOOKED_UP_MAX], |row| {
            Ok((read(row, 0)?, read(row, 1)?))
        })?;
    counts.owed = snapshot
        .prepare_cached(COUNT_OWED)?
        .query_row(params![endpoint, from, to], |row| read(row, 0))?;
    Ok(counts)
}

/// Along the attempts of one message after the other.
pub(crate) fn delivery_counts(
    connection: &Connection,
    of: &CountDeliveries,
) -> rusqlite::Result<DeliveryCounts> {
    let snapshot = connection.unchecked_transaction()?;
    let mut select = snapshot.prepare_cached(
        "-- delivery_counts
        SELECT endpoint, outcome FROM attempt WHERE message = ?1 ORDER BY seq",
    )?;
    let mut counts = DeliveryCounts::default();
    for message in &of.messages {
        // Whether it has arrived at each endpoint, and whether it was given up there.
        let mut ends: BTreeMap<i64, (bool, bool)> = BTreeMap::new();
        let mut rows = select.query([message.seq()])?;
        while let Some(row) = rows.next()? {
            let (has_arrived, has_failed) = ends.entry(row.get(0)?).or_default();
            let outcome = Outcome::from_code(row.get(1)?);
            *has_arrived |= outcome == Some(Outcome::Success);
            *has_failed |= outcome == Some(Outcome::Exhausted);
            counts.attempts += u64::from(outcome != Some(Outcome::Canceled));
        }
        for (has_arrived, has_failed) in ends.into_values() {
            counts.success += u64::from(has_arrived);
            counts.fail += u64::from(has_failed && !has_arrived);
        }
    }
    Ok(counts)
}
