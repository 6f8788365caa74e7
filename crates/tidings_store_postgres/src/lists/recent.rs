//! What became of the newest attempts to some endpoints.

use std::collections::BTreeSet;

use tidings_domain::clock::Millis;
use tidings_domain::ids::MessageId;
use tidings_domain::slot;
use tidings_store::{AttemptRow, ListRecent, RecentOutcomes};

use super::attempts::{attempt_columns, read};
use super::messages::messages_by_ids;
use crate::connection::Connection;
use crate::convert::count;
use crate::failure::Result;
use crate::statements::statements;

statements! {
    /// Of each endpoint, one after the other, from its newest attempt on, which is in one of the newest partitions
    /// unless it is long ago.
    RECENT_OUTCOMES = concat!("-- recent_outcomes
        SELECT ", attempt_columns!(), ", endpoint.created_at, endpoint.tail, counted.success, counted.fail
        FROM unnest($3::bigint[]) AS wanted (endpoint)
        JOIN endpoint ON endpoint.ordinal = wanted.endpoint
        CROSS JOIN LATERAL (SELECT ", attempt_columns!(), " FROM attempt
            WHERE attempt.slot = $1 AND attempt.application = $2 AND attempt.endpoint = wanted.endpoint
            ORDER BY attempt.created_at DESC, attempt.id DESC LIMIT 1) AS attempt
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE newest.outcome = 0) AS success,
                count(*) FILTER (WHERE newest.outcome IN (1, 2)) AS fail
            FROM (SELECT outcome FROM attempt WHERE slot = $1 AND application = $2
                    AND endpoint = wanted.endpoint
                ORDER BY created_at DESC, id DESC LIMIT $4) AS newest) AS counted");
    RECENT_FAILURES = concat!("-- recent_failures
        SELECT ", attempt_columns!(), ", endpoint.created_at, endpoint.tail
        FROM unnest($3::bigint[]) AS wanted (endpoint)
        JOIN endpoint ON endpoint.ordinal = wanted.endpoint
        CROSS JOIN LATERAL (SELECT ", attempt_columns!(), " FROM attempt
            WHERE attempt.slot = $1 AND attempt.application = $2 AND attempt.endpoint = wanted.endpoint
                AND attempt.outcome <> 0 AND attempt.created_at >= $5
            ORDER BY attempt.created_at DESC, attempt.id DESC LIMIT $4) AS attempt");
}

pub(crate) async fn recent_outcomes(
    connection: &Connection,
    list: &ListRecent,
) -> Result<Vec<RecentOutcomes>> {
    let slot = slot::of(list.application);
    let rows = connection
        .query(
            RECENT_OUTCOMES,
            &[
                &slot,
                &list.application,
                &list.endpoints,
                &count(list.limit),
            ],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let number =
                |column| -> Result<u64> { Ok(row.try_get::<_, i64>(column)?.unsigned_abs()) };
            Ok(RecentOutcomes {
                success: number(24)?,
                fail: number(25)?,
                last: read(row)?,
            })
        })
        .collect()
}

pub(crate) async fn recent_failures(
    connection: &Connection,
    list: &ListRecent,
    since: Millis,
) -> Result<Vec<AttemptRow>> {
    let slot = slot::of(list.application);
    let rows = connection
        .query(
            RECENT_FAILURES,
            &[
                &slot,
                &list.application,
                &list.endpoints,
                &count(list.limit),
                &since,
            ],
        )
        .await?;
    let attempts = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let ids: BTreeSet<MessageId> = attempts.iter().map(|attempt| attempt.message).collect();
    let messages = messages_by_ids(connection, list.application, ids.into_iter(), false).await?;
    let row = |attempt: tidings_domain::delivery::Attempt| AttemptRow {
        message: messages.get(&attempt.message).cloned(),
        attempt,
    };
    Ok(attempts.into_iter().map(row).collect())
}
