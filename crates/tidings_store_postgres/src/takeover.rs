//! The takeover of runs that have died: what they had in memory only is owed.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Outcome, PendingReason, Trigger};
use tidings_domain::ids::MessageId;
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, MessageKey, unpack_targets};
use tidings_domain::slot;
use tidings_store::{Creditor, faults};

use crate::convert::{count, parts};
use crate::failure::Result;
use crate::horizon;
use crate::journal::KEEP_NUMBERS;
use crate::line::SUSPECT_FIRST_IN_LINE;
use crate::pending::code;
use crate::statements::statements;
use crate::step::Scope;

/// How many messages a takeover looks at in one go.
const MESSAGES_AT_ONCE: usize = 2_048;
/// How many rows of one endpoint a takeover suspects: as many as its lane has in memory by default.
const SUSPECTS_COUNT_MAX: i64 = 256;

statements! {
    /// One whose row is locked is in the middle of a batch. Whoever waited for it would hold up all that
    /// its own node writes.
    RAISE_FENCE = "-- raise_fence
        UPDATE journal SET fence = fence + 1
        WHERE slot = $1 AND id = (SELECT id FROM journal WHERE slot = $1 AND id = $2
            AND lease_until <= (extract(epoch FROM now()) * 1000)::bigint FOR UPDATE SKIP LOCKED)
        RETURNING mark, mark_at, message_seq, attempt_seq";
    MESSAGES_ABOVE_MARK = "-- messages_above_mark
        SELECT application, id, targets, seq FROM message
        WHERE journal = $1 AND seq > $2 AND created_at >= $4 ORDER BY seq LIMIT $3";
    OWE_RECOVERED = "-- owe_recovered
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT slot, application, message_id, endpoint, $1, $1, 0, $2, $3, 1, 1
        FROM unnest($4::smallint[], $5::bigint[], $6::bytea[], $7::bigint[])
            AS new (slot, application, message_id, endpoint)
        WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.slot = new.slot
            AND attempt.message_id = new.message_id AND attempt.endpoint = new.endpoint
            AND NOT attempt.is_late AND (attempt.trigger = $3 OR attempt.outcome = $8))
        ON CONFLICT (slot, message_id, endpoint) DO NOTHING
        RETURNING slot, endpoint";
    /// What was due when its node died counts a first recovery: the node may have died of sending it. A
    /// lane takes the oldest first.
    SUSPECT_WHAT_WAS_DUE = "-- suspect_what_was_due
        UPDATE pending SET recoveries_count = 1
        FROM (SELECT slot, message_id, endpoint,
                row_number() OVER (PARTITION BY endpoint ORDER BY due_at) AS place
            FROM pending WHERE slot = ANY($3) AND due_at <= $1 AND recoveries_count = 0
                AND endpoint <> 0) AS suspect
        WHERE suspect.place <= $2 AND pending.slot = ANY($3) AND pending.slot = suspect.slot
            AND pending.message_id = suspect.message_id AND pending.endpoint = suspect.endpoint";
    SLOTS_OF = "-- slots_of
        SELECT slot FROM slot_lease WHERE journal = $1";
    DROP_JOURNAL = "-- drop_journal
        DELETE FROM journal WHERE slot = $1 AND id = $2";
}

/// Takes one journal over. Gives how many deliveries were found, or none if it was renewed
/// meanwhile, or is being written to.
pub(crate) async fn take_over(
    scope: &mut Scope,
    (home, id): (i16, i32),
    now: Millis,
) -> Result<Option<usize>> {
    let row = scope
        .connection
        .query_opt(RAISE_FENCE, &[&home, &id])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (mark, mark_at) = (row.try_get(0)?, row.try_get(1)?);
    let (message, attempt): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
    let recovered = owe_what_was_in_memory(scope, id, (mark, mark_at), now).await?;
    suspect_what_was_due(scope, id, now).await?;
    faults::pass(faults::DURING_RECOVERY);
    let connection = &scope.connection;
    connection
        .execute(KEEP_NUMBERS, &[&message, &attempt])
        .await?;
    horizon::keep(connection).await?;
    connection.execute(DROP_JOURNAL, &[&home, &id]).await?;
    Ok(Some(recovered))
}

/// Owes every delivery above the mark that is neither settled nor owed. Gives how many.
async fn owe_what_was_in_memory(
    scope: &mut Scope,
    id: i32,
    (mark, mark_at): (i64, Millis),
    now: Millis,
) -> Result<usize> {
    let (mut after, mut recovered) = (mark, 0);
    loop {
        let rows = scope
            .connection
            .query(
                MESSAGES_ABOVE_MARK,
                &[&id, &after, &count(MESSAGES_AT_ONCE), &mark_at],
            )
            .await?;
        let mut keys = Vec::new();
        for row in &rows {
            after = row.try_get(3)?;
            let message = MessageId::from_parts(parts(row, 1)?);
            let Some(targets) = unpack_targets(row.try_get(2)?) else {
                tracing::error!(
                    "The targets of {message} cannot be read; nothing of it is recovered"
                );
                continue;
            };
            if targets.len() > FAN_OUT_DIRECT_MAX {
                continue; // never in memory: its cursor is in `pending`
            }
            let key = MessageKey {
                application: row.try_get(0)?,
                id: message,
            };
            keys.extend(targets.into_iter().map(|target| (key, target)));
        }
        recovered += owe_recovered(scope, &keys, now).await?;
        if rows.len() < MESSAGES_AT_ONCE {
            return Ok(recovered);
        }
    }
}

/// The rows of a dead node that were due: it may have died of sending one of them.
async fn suspect_what_was_due(scope: &Scope, id: i32, now: Millis) -> Result<()> {
    let rows = scope.connection.query(SLOTS_OF, &[&id]).await?;
    let slots = rows.iter().map(|row| Ok(row.try_get(0)?));
    let slots: Vec<i16> = slots.collect::<Result<_>>()?;
    scope
        .connection
        .execute(SUSPECT_WHAT_WAS_DUE, &[&now, &SUSPECTS_COUNT_MAX, &slots])
        .await?;
    scope
        .connection
        .execute(SUSPECT_FIRST_IN_LINE, &[&slots])
        .await?;
    Ok(())
}

async fn owe_recovered(
    scope: &mut Scope,
    keys: &[(MessageKey, i64)],
    now: Millis,
) -> Result<usize> {
    if keys.is_empty() {
        return Ok(0);
    }
    let slots: Vec<i16> = keys
        .iter()
        .map(|(key, _)| slot::of(key.application))
        .collect();
    let applications: Vec<i64> = keys.iter().map(|(key, _)| key.application).collect();
    let ids: Vec<[u8; 20]> = keys
        .iter()
        .map(|(key, _)| key.id.parts().to_bytes())
        .collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let endpoints: Vec<i64> = keys.iter().map(|(_, endpoint)| *endpoint).collect();
    // A resend that failed meanwhile does not tell how the delivery itself ended.
    let rows = scope
        .connection
        .query(
            OWE_RECOVERED,
            &[
                &now,
                &code(PendingReason::Recovered.code()),
                &code(Trigger::Scheduled.code()),
                &slots,
                &applications,
                &ids,
                &endpoints,
                &code(Outcome::Success.code()),
            ],
        )
        .await?;
    for row in &rows {
        let creditor = Creditor {
            slot: row.try_get(0)?,
            endpoint: row.try_get(1)?,
        };
        scope.effects.owed.push((creditor, now));
    }
    Ok(rows.len())
}
