//! Lines: what is owed to endpoints that keep the order, each delivery with its place.
//!
//! A place is given in the commit of the message. Whoever gives it holds the row of the line until that
//! commit, so places become visible in their order, whichever nodes give them, and none is left out. These
//! rows are the last that a batch locks, in the order of their keys, so no two batches wait for each other.

use std::collections::BTreeMap;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{IN_LINE, Pending, PendingReason, Trigger};
use tidings_domain::message::MessageKey;
use tidings_domain::slot;
use tidings_store::{Creditor, Due};

use crate::connection::Connection;
use crate::convert::count;
use crate::failure::Result;
use crate::flight::Flight;
use crate::pending::{code, read};
use crate::statements::statements;
use crate::step::Scope;

statements! {
    /// The rows are locked in the order in which they are given.
    JOIN_LINES = "-- join_lines
        INSERT INTO line (slot, endpoint, last)
        SELECT unnest($1::smallint[]), unnest($2::bigint[]), unnest($3::bigint[])
        ON CONFLICT (slot, endpoint) DO UPDATE SET last = line.last + excluded.last";
    INSERT_IN_LINE = "-- insert_in_line
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count, place)
        SELECT new.slot, new.application, new.message_id, new.endpoint, $1, new.owed_since, 0, $2,
            $3, 1, 0, line.last - new.behind
        FROM unnest($4::smallint[], $5::bigint[], $6::bytea[], $7::bigint[], $8::bigint[],
            $9::bigint[]) AS new (slot, application, message_id, endpoint, owed_since, behind)
        JOIN line ON line.slot = ANY($4) AND line.slot = new.slot
            AND line.endpoint = new.endpoint";
    LINE = "-- line
        SELECT application, message_id, endpoint, due_at, attempts_count, reason, trigger, version,
            recoveries_count
        FROM pending WHERE slot = $1 AND endpoint = $2 AND endpoint > 0 AND place > 0
        ORDER BY place LIMIT $3";
    NEXT_DUE_BESIDE_LINE = "-- next_due_beside_line
        SELECT min(due_at) FROM pending
        WHERE slot = $1 AND endpoint = $2 AND due_at > $3 AND due_at < $4 AND place = 0";
    DUE_BESIDE_LINE = "-- due_beside_line
        SELECT application, message_id, endpoint, due_at, attempts_count, reason, trigger, version,
            recoveries_count
        FROM pending WHERE slot = $1 AND endpoint = $2 AND due_at <= $3 AND place = 0
        ORDER BY due_at, message_id LIMIT $4";
    /// One step down the index for each slot.
    SLOTS_WITH_LINES = "-- slots_with_lines
        SELECT own.slot FROM unnest($1::smallint[]) AS own (slot)
        CROSS JOIN LATERAL (SELECT 1 FROM pending
            WHERE pending.slot = ANY($1) AND pending.slot = own.slot AND pending.endpoint > 0
                AND pending.place > 0 LIMIT 1) AS waiting
        ORDER BY own.slot";
    /// A loose scan: one step down the index for each endpoint, however long its line is.
    LINES = "-- lines
        WITH RECURSIVE waiting AS (
            (SELECT endpoint FROM pending
                WHERE slot = $1 AND endpoint > $2 AND endpoint > 0 AND place > 0
                ORDER BY endpoint LIMIT 1)
            UNION ALL
            SELECT next.endpoint FROM waiting CROSS JOIN LATERAL
                (SELECT endpoint FROM pending
                    WHERE slot = $1 AND pending.endpoint > waiting.endpoint
                        AND pending.endpoint > 0 AND place > 0
                    ORDER BY endpoint LIMIT 1) AS next)
        SELECT endpoint FROM waiting LIMIT $3";
    LEAVE_LINE = "-- leave_line
        UPDATE pending SET place = 0,
            due_at = CASE WHEN due_at = $3 THEN owed_since ELSE due_at END
        FROM (SELECT message_id FROM pending
            WHERE slot = $1 AND endpoint = $2 AND endpoint > 0 AND place > 0
            ORDER BY place LIMIT $4) AS first
        WHERE pending.slot = $1 AND pending.message_id = first.message_id
            AND pending.endpoint = $2";
    /// Who is first in line counts a first recovery when their node dies: it may have died of sending it.
    SUSPECT_FIRST_IN_LINE = "-- suspect_first_in_line
        UPDATE pending SET recoveries_count = 1
        FROM (SELECT slot, endpoint, min(place) AS place FROM pending
            WHERE slot = ANY($1) AND endpoint > 0 AND place > 0
            GROUP BY slot, endpoint) AS first
        WHERE pending.slot = ANY($1) AND pending.slot = first.slot
            AND pending.endpoint = first.endpoint AND pending.endpoint > 0
            AND pending.place = first.place AND pending.place > 0
            AND pending.recoveries_count = 0";
}

/// What one transaction adds to lines.
#[derive(Default)]
pub(crate) struct Joining {
    rows: Vec<(MessageKey, i64)>,
    /// How many join each line.
    counts: BTreeMap<(i16, i64), i64>,
}

impl Joining {
    pub(crate) fn push(&mut self, message: MessageKey, endpoint: i64) {
        let line = (slot::of(message.application), endpoint);
        *self.counts.entry(line).or_default() += 1;
        self.rows.push((message, endpoint));
    }

    /// To whom, and when it was accepted.
    pub(crate) fn owed(&self) -> impl Iterator<Item = (Creditor, Millis)> {
        self.rows.iter().map(|(message, endpoint)| {
            let (slot, endpoint) = (slot::of(message.application), *endpoint);
            (Creditor { slot, endpoint }, message.id.at_ms())
        })
    }

    /// Gives each its place, and writes it down. Nothing may be locked behind it.
    pub(crate) fn send<'f>(&'f self, connection: &'f Connection, flight: &mut Flight<'f>) {
        if !self.rows.is_empty() {
            flight.add(self.join(connection));
            flight.add(self.insert(connection));
        }
    }

    async fn join(&self, connection: &Connection) -> Result<()> {
        let (slots, endpoints): (Vec<i16>, Vec<i64>) = self.counts.keys().copied().unzip();
        let counts: Vec<i64> = self.counts.values().copied().collect();
        connection
            .execute(JOIN_LINES, &[&slots, &endpoints, &counts])
            .await?;
        Ok(())
    }

    async fn insert(&self, connection: &Connection) -> Result<()> {
        let mut left = self.counts.clone();
        let behind = self.rows.iter().map(|(message, endpoint)| {
            let line = (slot::of(message.application), *endpoint);
            let left = left.entry(line).or_default();
            *left -= 1;
            *left
        });
        let behind: Vec<i64> = behind.collect();
        let keys = || self.rows.iter().map(|(message, _)| message);
        let slots: Vec<i16> = keys().map(|key| slot::of(key.application)).collect();
        let applications: Vec<i64> = keys().map(|key| key.application).collect();
        let ids: Vec<[u8; 20]> = keys().map(|key| key.id.parts().to_bytes()).collect();
        let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
        let endpoints: Vec<i64> = self.rows.iter().map(|(_, endpoint)| *endpoint).collect();
        let since: Vec<Millis> = keys().map(|key| key.id.at_ms()).collect();
        connection
            .execute(
                INSERT_IN_LINE,
                &[
                    &IN_LINE,
                    &code(PendingReason::Line.code()),
                    &code(Trigger::Scheduled.code()),
                    &slots,
                    &applications,
                    &ids,
                    &endpoints,
                    &since,
                    &behind,
                ],
            )
            .await?;
        Ok(())
    }
}

/// Who is first in line.
pub(crate) async fn first(
    connection: &Connection,
    Creditor { slot, endpoint }: Creditor,
    limit: usize,
) -> Result<Vec<Pending>> {
    let rows = connection
        .query(LINE, &[&slot, &endpoint, &count(limit)])
        .await?;
    rows.iter().map(read).collect()
}

/// What is due beside the line, oldest first, and when the next is due after that.
pub(crate) async fn due_beside(
    connection: &Connection,
    Creditor { slot, endpoint }: Creditor,
    now: Millis,
    limit: usize,
) -> Result<Due> {
    let next = connection
        .query_one(NEXT_DUE_BESIDE_LINE, &[&slot, &endpoint, &now, &IN_LINE])
        .await?;
    let rows = connection
        .query(DUE_BESIDE_LINE, &[&slot, &endpoint, &now, &count(limit)])
        .await?;
    Ok(Due {
        rows: rows.iter().map(read).collect::<Result<_>>()?,
        next_at: next.try_get(0)?,
    })
}

/// The endpoints in these slots for which something waits in line, in order.
pub(crate) async fn all(
    connection: &Connection,
    slots: &[i16],
    after: Option<Creditor>,
    limit: usize,
) -> Result<Vec<Creditor>> {
    let first = after.map_or(0, |after| after.slot);
    let left = slots.iter().copied().filter(|slot| *slot >= first);
    let left: Vec<i16> = left.collect();
    let mut found = Vec::new();
    for row in connection.query(SLOTS_WITH_LINES, &[&left]).await? {
        let slot: i16 = row.try_get(0)?;
        let after = after.filter(|after| after.slot == slot);
        let after = after.map_or(0, |after| after.endpoint);
        let room = count(limit - found.len());
        for row in connection.query(LINES, &[&slot, &after, &room]).await? {
            let endpoint = row.try_get(0)?;
            found.push(Creditor { slot, endpoint });
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// Lets the first in line go as they like.
pub(crate) async fn leave(
    scope: &mut Scope,
    Creditor { slot, endpoint }: Creditor,
    limit: usize,
) -> Result<usize> {
    let left = scope
        .connection
        .execute(LEAVE_LINE, &[&slot, &endpoint, &IN_LINE, &count(limit)])
        .await?;
    Ok(usize::try_from(left).unwrap_or(usize::MAX))
}
