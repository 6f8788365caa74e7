//! What became of the newest attempts to some endpoints.

use rusqlite::{Connection, params};
use tidings_domain::clock::Millis;
use tidings_store::{AttemptRow, ListRecent, RecentOutcomes};

use super::attempts::{BESIDE, COLUMNS, MESSAGE, one, read};
use super::messages;
use crate::convert::count;

/// From the index alone.
const RECENT_OUTCOMES: &str = "-- recent_outcomes
SELECT count(*) FILTER (WHERE outcome = 0), count(*) FILTER (WHERE outcome IN (1, 2)), max(seq)
FROM (SELECT seq, outcome FROM attempt INDEXED BY attempt_by_endpoint WHERE endpoint = ?1
    ORDER BY seq DESC LIMIT ?2) AS newest";

/// One endpoint after the other; what is read of each has an end.
pub(crate) fn recent_outcomes(
    connection: &Connection,
    list: &ListRecent,
) -> rusqlite::Result<Vec<RecentOutcomes>> {
    // One snapshot, or the last attempt may be one that was not counted.
    let snapshot = connection.unchecked_transaction()?;
    let mut select = snapshot.prepare_cached(RECENT_OUTCOMES)?;
    let mut found = Vec::with_capacity(list.endpoints.len());
    for endpoint in &list.endpoints {
        let counted = select.query_row(params![endpoint, count(list.limit)], |row| {
            Ok((
                row.get::<_, i64>(0)?.unsigned_abs(),
                row.get::<_, i64>(1)?.unsigned_abs(),
                row.get::<_, Option<i64>>(2)?,
            ))
        });
        let (success, fail, newest) = counted?;
        let newest = newest.map(|seq| one(&snapshot, list.application, seq, read));
        found.extend(newest.transpose()?.flatten().map(|last| RecentOutcomes {
            success,
            fail,
            last,
        }));
    }
    Ok(found)
}

/// Along the index of those that did not succeed. What is too old is read too, or reading would have no end.
pub(crate) fn recent_failures(
    connection: &Connection,
    list: &ListRecent,
    since: Millis,
) -> rusqlite::Result<Vec<AttemptRow>> {
    let mut select = connection.prepare_cached(&format!(
        "-- recent_failures
        SELECT {COLUMNS}, {} FROM attempt INDEXED BY attempt_not_successful {BESIDE}
        WHERE attempt.endpoint = ?1 AND attempt.outcome <> 0
        ORDER BY attempt.seq DESC LIMIT ?2",
        messages::COLUMNS
    ))?;
    let mut found = Vec::new();
    for endpoint in &list.endpoints {
        let mut rows = select.query(params![endpoint, count(list.limit)])?;
        while let Some(row) = rows.next()? {
            let attempt = read(row)?;
            if attempt.started_at >= since {
                found.push(AttemptRow {
                    attempt,
                    message: Some(messages::read(row, MESSAGE, false)?),
                });
            }
        }
    }
    Ok(found)
}
