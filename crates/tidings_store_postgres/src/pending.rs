//! What is owed: written, asked for again, found when due.

use std::collections::BTreeSet;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Outcome, Pending, PendingReason, Trigger};
use tidings_domain::ids::MessageId;
use tidings_domain::message::MessageKey;
use tidings_domain::slot;
use tidings_store::{Creditor, Dedup, Due, Hold, Owed, OwedCount, Resend, Resent};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{count, number, parts};
use crate::dedup::take_one;
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

statements! {
    INSERT_PENDING = "-- insert_pending
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT slot, application, message_id, endpoint, due_at, due_at, 0, reason, $1, 1, 0
        FROM unnest($2::smallint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bigint[],
            $7::smallint[]) AS new (slot, application, message_id, endpoint, due_at, reason)";
    /// One that was settled meanwhile is left out. Where somebody else owes it already, that row gets
    /// another version, so that whoever still holds this delivery does not clear it.
    OWE = "-- owe
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT slot, application, message_id, endpoint, due_at, due_at, 0, reason, $1, 1, 0
        FROM unnest($2::smallint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bigint[],
            $7::smallint[]) AS new (slot, application, message_id, endpoint, due_at, reason)
        WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.slot = new.slot
            AND attempt.message_id = new.message_id AND attempt.endpoint = new.endpoint
            AND attempt.trigger = $1 AND NOT attempt.is_late)
        ON CONFLICT (slot, message_id, endpoint) DO UPDATE SET version = pending.version + 1
        RETURNING application, message_id, endpoint";
    COUNT_REQUESTS = "-- count_requests
        SELECT coalesce(max(CASE WHEN outcome = $4 THEN number - 1 ELSE number END), 0)
        FROM attempt WHERE slot = $1 AND message_id = $2 AND endpoint = $3";
    RESEND = "-- resend
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, 1, 0)
        ON CONFLICT (slot, message_id, endpoint) DO UPDATE SET due_at = excluded.due_at,
            owed_since = excluded.owed_since, reason = excluded.reason, trigger = excluded.trigger,
            version = pending.version + 1, recoveries_count = 0, place = 0";
    /// One step down the index for each slot.
    OWING_SLOTS = "-- owing_slots
        SELECT own.slot FROM unnest($1::smallint[]) AS own (slot)
        CROSS JOIN LATERAL (SELECT 1 FROM pending
            WHERE pending.slot = ANY($1) AND pending.slot = own.slot LIMIT 1) AS owed
        ORDER BY own.slot";
    /// A loose scan: one step down the index for each endpoint, however much each is owed.
    DUE_ENDPOINTS = "-- due_endpoints
        WITH RECURSIVE owed AS (
            (SELECT endpoint, due_at FROM pending WHERE slot = $1 AND endpoint > $2
                ORDER BY endpoint, due_at LIMIT 1)
            UNION ALL
            SELECT next.endpoint, next.due_at FROM owed CROSS JOIN LATERAL
                (SELECT endpoint, due_at FROM pending
                    WHERE slot = $1 AND pending.endpoint > owed.endpoint
                    ORDER BY endpoint, due_at LIMIT 1) AS next)
        SELECT endpoint, due_at FROM owed LIMIT $3";
    OWED = "-- owed
        SELECT count(*), min(owed_since) FROM
            (SELECT owed_since FROM pending WHERE slot = $1 AND endpoint = $2
                ORDER BY due_at LIMIT $3) AS owed";
    NEXT_DUE_AFTER = "-- next_due_after
        SELECT min(due_at) FROM pending WHERE slot = $1 AND endpoint = $2 AND due_at > $3";
    DUE = "-- due
        SELECT application, message_id, endpoint, due_at, attempts_count, reason, trigger, version,
            recoveries_count
        FROM pending WHERE slot = $1 AND endpoint = $2 AND due_at <= $3
        ORDER BY due_at, message_id LIMIT $4";
    COUNT_RECOVERY = "-- count_recovery
        UPDATE pending SET recoveries_count = recoveries_count + 1
        WHERE slot = $1 AND message_id = $2 AND endpoint = $3 AND version = $4";
}

/// A code as it is stored.
pub(crate) fn code(code: i64) -> i16 {
    i16::try_from(code).expect("codes are small")
}

/// Rows to be written, column by column.
#[derive(Default)]
pub(crate) struct NewRows {
    slots: Vec<i16>,
    applications: Vec<i64>,
    messages: Vec<[u8; 20]>,
    endpoints: Vec<i64>,
    due: Vec<Millis>,
    reasons: Vec<i16>,
}

impl NewRows {
    pub(crate) fn push(
        &mut self,
        message: MessageKey,
        endpoint: i64,
        due_at: Millis,
        reason: PendingReason,
    ) {
        self.slots.push(slot::of(message.application));
        self.applications.push(message.application);
        self.messages.push(message.id.parts().to_bytes());
        self.endpoints.push(endpoint);
        self.due.push(due_at);
        self.reasons.push(code(reason.code()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// To whom, and when it is due.
    pub(crate) fn owed(&self) -> impl Iterator<Item = (Creditor, Millis)> {
        let to = self.slots.iter().zip(&self.endpoints);
        let to = to.map(|(slot, endpoint)| Creditor {
            slot: *slot,
            endpoint: *endpoint,
        });
        to.zip(self.due.iter().copied())
    }

    fn ids(&self) -> Vec<&[u8]> {
        self.messages.iter().map(|id| &id[..]).collect()
    }
}

/// Writes rows that cannot be there yet.
pub(crate) async fn insert(
    connection: &Connection,
    rows: &NewRows,
    trigger: Trigger,
) -> Result<()> {
    connection
        .execute(
            INSERT_PENDING,
            &[
                &code(trigger.code()),
                &rows.slots,
                &rows.applications,
                &rows.ids(),
                &rows.endpoints,
                &rows.due,
                &rows.reasons,
            ],
        )
        .await?;
    Ok(())
}

/// Writes down deliveries that were only in memory.
pub(crate) async fn owe(scope: &mut Scope, deliveries: &[Owed]) -> Result<()> {
    if scope.is_fenced {
        return Ok(()); // whoever has taken over owes them
    }
    let mut rows = NewRows::default();
    let mut seen = BTreeSet::new();
    for owed in deliveries {
        // What was taken from a row still has it.
        if owed.hold == Hold::Handed && seen.insert((owed.message, owed.endpoint)) {
            rows.push(owed.message, owed.endpoint, owed.due_at, owed.reason);
        }
    }
    if rows.slots.is_empty() {
        return Ok(());
    }
    let trigger = code(Trigger::Scheduled.code());
    let written = scope
        .connection
        .query(
            OWE,
            &[
                &trigger,
                &rows.slots,
                &rows.applications,
                &rows.ids(),
                &rows.endpoints,
                &rows.due,
                &rows.reasons,
            ],
        )
        .await?;
    for row in &written {
        let (message, endpoint) = (MessageId::from_parts(parts(row, 1)?), row.try_get(2)?);
        scope.effects.cleared.push(message.seq());
        scope.effects.owed_in_hand.push((message.seq(), endpoint));
        let due_at = deliveries
            .iter()
            .find(|owed| owed.message.id == message && owed.endpoint == endpoint)
            .map(|owed| owed.due_at);
        let slot = slot::of(row.try_get(0)?);
        let creditor = Creditor { slot, endpoint };
        scope.effects.owed.extend(due_at.map(|at| (creditor, at)));
    }
    Ok(())
}

/// Owes a delivery now, whatever has become of it.
pub(crate) async fn resend(
    scope: &mut Scope,
    resend: &Resend,
    dedup: Option<&Dedup>,
) -> Result<Resent> {
    let slot = slot::of(resend.message.application);
    let id = resend.message.id.parts().to_bytes();
    let connection = &scope.connection;
    if !crate::retention::is_kept(connection, resend.message).await? {
        return Ok(Resent::Missing);
    }
    if let Some(dedup) = dedup {
        match take_one(connection, slot, dedup, &id, resend.now).await? {
            None => {}
            Some(true) => return Ok(Resent::Replayed),
            Some(false) => return Ok(Resent::KeyReused),
        }
    }
    let canceled = code(Outcome::Canceled.code());
    let made: i64 = connection
        .query_one(
            COUNT_REQUESTS,
            &[&slot, &&id[..], &resend.endpoint, &canceled],
        )
        .await?
        .try_get(0)?;
    connection
        .execute(
            RESEND,
            &[
                &slot,
                &resend.message.application,
                &&id[..],
                &resend.endpoint,
                &resend.now,
                &made,
                &code(PendingReason::Resend.code()),
                &code(Trigger::Manual.code()),
            ],
        )
        .await?;
    let creditor = Creditor {
        slot,
        endpoint: resend.endpoint,
    };
    scope.effects.owed.push((creditor, resend.now));
    Ok(Resent::Done)
}

/// Endpoints in these slots that are owed something, in order, with the time of the first.
pub(crate) async fn owed(
    connection: &Connection,
    creditor: Creditor,
    limit: usize,
) -> Result<OwedCount> {
    let parameters: [Parameter<'_>; 3] = [&creditor.slot, &creditor.endpoint, &count(limit)];
    let row = connection.query_one(OWED, &parameters).await?;
    let counted: i64 = row.try_get(0)?;
    Ok(OwedCount {
        count: counted.unsigned_abs(),
        since: row.try_get(1)?,
    })
}

pub(crate) async fn due_endpoints(
    connection: &Connection,
    slots: &[i16],
    after: Option<Creditor>,
    limit: usize,
) -> Result<Vec<(Creditor, Millis)>> {
    let first = after.map_or(0, |after| after.slot);
    let left: Vec<i16> = slots
        .iter()
        .copied()
        .filter(|slot| *slot >= first)
        .collect();
    let mut found = Vec::new();
    for row in connection.query(OWING_SLOTS, &[&left]).await? {
        let slot: i16 = row.try_get(0)?;
        let after = after.filter(|after| after.slot == slot);
        let after = after.map_or(-1, |after| after.endpoint);
        let room = count(limit - found.len());
        for row in connection
            .query(DUE_ENDPOINTS, &[&slot, &after, &room])
            .await?
        {
            let endpoint = row.try_get(0)?;
            found.push((Creditor { slot, endpoint }, row.try_get(1)?));
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// What is due to an endpoint, oldest first, and when the next is due after that.
pub(crate) async fn due(
    connection: &Connection,
    Creditor { slot, endpoint }: Creditor,
    now: Millis,
    limit: usize,
) -> Result<Due> {
    let next = connection
        .query_one(NEXT_DUE_AFTER, &[&slot, &endpoint, &now])
        .await?;
    let rows = connection
        .query(DUE, &[&slot, &endpoint, &now, &count(limit)])
        .await?;
    Ok(Due {
        rows: rows.iter().map(read).collect::<Result<_>>()?,
        next_at: next.try_get(0)?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Pending> {
    let code = |column| -> Result<i64> { Ok(row.try_get::<_, i16>(column)?.into()) };
    Ok(Pending {
        message: MessageKey {
            application: row.try_get(0)?,
            id: MessageId::from_parts(parts(row, 1)?),
        },
        endpoint: row.try_get(2)?,
        due_at: row.try_get(3)?,
        attempts_count: number(row, 4)?,
        reason: PendingReason::from_code(code(5)?).unwrap_or(PendingReason::Retry),
        trigger: Trigger::from_code(code(6)?).unwrap_or(Trigger::Scheduled),
        version: number(row, 7)?,
        recoveries_count: number(row, 8)?,
    })
}

/// Counts one more recovery on rows that a crash brought back.
pub(crate) async fn count_recoveries(scope: &mut Scope, rows: &[Pending]) -> Result<()> {
    for row in rows {
        let slot = slot::of(row.message.application);
        let id = row.message.id.parts().to_bytes();
        let version = i64::from(row.version);
        scope
            .connection
            .execute(COUNT_RECOVERY, &[&slot, &&id[..], &row.endpoint, &version])
            .await?;
    }
    Ok(())
}
