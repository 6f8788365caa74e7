//! Up to where the messages of all nodes are complete: nobody will commit one any more that sorts before.
//!
//! Messages sort by the time in their ids, and a node gives it before the commit. So each journal promises in
//! its row, with every batch, a floor: what it commits later has that time or a later one, and a higher
//! number. What was stamped earlier and comes too late is stamped anew (`Batch::raise_to`). The lowest of these
//! promises is the horizon. A journal that opens promises no less than what any reader may have relied on: it
//! accepts nothing until its row is there to be read and it has read the others' since.

use tidings_domain::clock::Millis;
use tidings_domain::ids::IdParts;
use tidings_domain::slot;

use crate::connection::Connection;
use crate::convert::number;
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

/// For how long a transaction may have been under way, by which `now()` is behind the clock.
const BEGUN_FOR_MAX_MS: Millis = 60_000;

statements! {
    /// A journal without a floor has just been opened, and may write anything.
    LOWEST_FLOOR = "-- lowest_floor
        SELECT floor, id, message_seq, (extract(epoch FROM now()) * 1000)::bigint
        FROM journal WHERE slot = ANY($1) ORDER BY floor, id LIMIT 1";
    /// What readers may have relied on, of those that have one.
    PROMISED_FLOOR = "-- promised_floor
        SELECT coalesce(min(floor) FILTER (WHERE floor > 0 AND id <> $2), 0),
            coalesce(max(id) FILTER (WHERE id <> $2), 0),
            (extract(epoch FROM now()) * 1000)::bigint
        FROM journal WHERE slot = ANY($1)";
    KEPT_FLOOR = "-- kept_floor
        SELECT value FROM counter WHERE name = 'floor'";
    KEEP_FLOOR = "-- keep_floor
        UPDATE counter SET value = greatest(value, $1) WHERE name = 'floor'";
}

/// Up to which place everything is there; none if nothing is certain. Read before the messages are.
pub(crate) async fn read(connection: &Connection) -> Result<Option<IdParts>> {
    let row = connection.query_opt(LOWEST_FLOOR, &[&slots()]).await?;
    let Some(row) = row else { return Ok(None) };
    let (floor, now): (Millis, Millis) = (row.try_get(0)?, row.try_get(3)?);
    // A clock that is ahead does not lead those of other nodes astray.
    if floor > now {
        return Ok(Some(IdParts {
            at_ms: now,
            journal: 0,
            seq: 0,
            tail: 0,
        }));
    }
    let journal: i32 = row.try_get(1)?;
    Ok((floor > 0).then_some(IdParts {
        at_ms: floor,
        journal: u16::try_from(journal).unwrap_or(u16::MAX),
        seq: number(&row, 2)?,
        tail: (1 << 48) - 1,
    }))
}

/// Gives the journal that was opened its floor. Its row must have been committed before.
pub(crate) async fn adopt(scope: &mut Scope) -> Result<()> {
    let own = i32::from(scope.journal.id);
    let connection = &scope.connection;
    let row = connection
        .query_one(PROMISED_FLOOR, &[&slots(), &own])
        .await?;
    let (others, last, now): (Millis, i32, Millis) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let row = connection.query_one(KEPT_FLOOR, &[]).await?;
    let kept: Millis = row.try_get(0)?;
    let promised = others.max(kept).min(now + BEGUN_FOR_MAX_MS);
    // Numbers of journals begin anew after the last one, and would sort before the others at the same time.
    let is_behind = own < last || own == 1;
    scope.journal.floor = Some(promised + i64::from(is_behind));
    Ok(())
}

/// Keeps what readers may have relied on, before the row of a journal goes.
pub(crate) async fn keep(connection: &Connection) -> Result<()> {
    let row = connection
        .query_one(PROMISED_FLOOR, &[&slots(), &0_i32])
        .await?;
    let floor: Millis = row.try_get(0)?;
    connection.execute(KEEP_FLOOR, &[&floor]).await?;
    Ok(())
}

fn slots() -> Vec<i16> {
    (0..slot::COUNT).collect()
}
