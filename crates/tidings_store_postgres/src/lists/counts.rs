//! How many attempts to an endpoint ended in which way, and what became of the deliveries of messages.

use tidings_domain::slot;
use tidings_store::{
    CountDeliveries, CountOutcomes, DeliveryCounts, FAILURES_LOOKED_UP_MAX, OutcomeCounts,
};
use tokio_postgres::Row;

use super::candidates::CLOCKS_APART_MS;
use crate::connection::Connection;
use crate::failure::Result;
use crate::statements::statements;

statements! {
    /// All of them and the failed ones, each from an index alone: that over all knows no outcomes, which
    /// would cost every attempt a little. What is left has succeeded.
    COUNT_OUTCOMES = "-- count_outcomes
        SELECT (SELECT count(*) FROM attempt WHERE slot = $1 AND application = $2 AND endpoint = $3
                AND created_at >= $4 AND created_at < $5),
            failed.retry, failed.exhausted, failed.canceled,
            (SELECT count(*) FROM pending WHERE slot = $1 AND endpoint = $3
                AND owed_since >= $4 AND owed_since < $5)
        FROM (SELECT count(*) FILTER (WHERE outcome = 1) AS retry,
                count(*) FILTER (WHERE outcome = 2) AS exhausted,
                count(*) FILTER (WHERE outcome = 3) AS canceled
            FROM attempt WHERE slot = $1 AND application = $2 AND endpoint = $3
                AND created_at >= $4 AND created_at < $5 AND outcome <> 0) AS failed";
    COUNT_NOT_THE_END = "-- count_not_the_end
        SELECT count(*) FILTER (WHERE outcome = 2), count(*) FILTER (WHERE outcome = 3)
        FROM (SELECT created_at, id, message_id, outcome FROM attempt
            WHERE slot = $1 AND application = $2 AND endpoint = $3 AND created_at >= $4
                AND created_at < $5 AND outcome <> 0 AND outcome IN (2, 3)
            ORDER BY created_at DESC, id DESC LIMIT $6) AS failed
        WHERE EXISTS (SELECT 1 FROM attempt AS other WHERE other.slot = $1
                AND other.message_id = failed.message_id AND other.endpoint = $3
                AND ((other.created_at, other.id) > (failed.created_at, failed.id)
                    OR other.outcome = 0))
            OR EXISTS (SELECT 1 FROM pending WHERE pending.slot = $1
                AND pending.message_id = failed.message_id AND pending.endpoint = $3)";
    DELIVERY_COUNTS = "-- delivery_counts
        SELECT count(*) FILTER (WHERE has_arrived),
            count(*) FILTER (WHERE has_failed AND NOT has_arrived),
            coalesce(sum(attempts), 0)::bigint
        FROM (SELECT bool_or(outcome = 0) AS has_arrived, bool_or(outcome = 2) AS has_failed,
                count(*) FILTER (WHERE outcome <> 3) AS attempts
            FROM attempt WHERE slot = $1 AND message_id = ANY($2) AND created_at >= $3
            GROUP BY message_id, endpoint) AS delivery";
}

fn count(row: &Row, column: usize) -> Result<u64> {
    let count: i64 = row.try_get(column)?;
    Ok(count.unsigned_abs())
}

pub(crate) async fn outcome_counts(
    connection: &Connection,
    asked: &CountOutcomes,
) -> Result<OutcomeCounts> {
    let CountOutcomes {
        application,
        endpoint,
        from,
        to,
    } = *asked;
    let slot = slot::of(application);
    let row = connection
        .query_one(
            COUNT_OUTCOMES,
            &[&slot, &application, &endpoint, &from, &to],
        )
        .await?;
    let (retry, exhausted, canceled) = (count(&row, 1)?, count(&row, 2)?, count(&row, 3)?);
    let mut counts = OutcomeCounts {
        success: count(&row, 0)?.saturating_sub(retry + exhausted + canceled),
        retry,
        exhausted,
        canceled,
        owed: count(&row, 4)?,
        ..OutcomeCounts::default()
    };
    if exhausted + canceled > 0 {
        let limit = i64::from(FAILURES_LOOKED_UP_MAX);
        let row = connection
            .query_one(
                COUNT_NOT_THE_END,
                &[&slot, &application, &endpoint, &from, &to, &limit],
            )
            .await?;
        // Something may have failed between the two statements.
        counts.exhausted_and_not_the_end = count(&row, 0)?.min(exhausted);
        counts.canceled_and_not_the_end = count(&row, 1)?.min(canceled);
    }
    Ok(counts)
}

pub(crate) async fn delivery_counts(
    connection: &Connection,
    of: &CountDeliveries,
) -> Result<DeliveryCounts> {
    let Some(first) = of.messages.iter().map(|id| id.at_ms()).min() else {
        return Ok(DeliveryCounts::default());
    };
    let slot = slot::of(of.application);
    let ids: Vec<[u8; 20]> = of.messages.iter().map(|id| id.parts().to_bytes()).collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let since = first - CLOCKS_APART_MS;
    let row = connection
        .query_one(DELIVERY_COUNTS, &[&slot, &ids, &since])
        .await?;
    Ok(DeliveryCounts {
        success: count(&row, 0)?,
        fail: count(&row, 1)?,
        attempts: count(&row, 2)?,
    })
}
