//! Messages with many targets: one row with a cursor, which becomes rows of their own a part at a time.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{PendingReason, Trigger};
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, MessageKey, unpack_targets};
use tidings_domain::slot;
use tidings_store::Creditor;

use crate::convert::{count, number};
use crate::failure::Result;
use crate::pending::code;
use crate::statements::statements;
use crate::step::Scope;

statements! {
    FAN_OUT_CURSOR = "-- fan_out_cursor
        SELECT pending.place, pending.owed_since, message.targets, pending.reason FROM pending
        JOIN message ON message.slot = $1 AND message.application = $2 AND message.created_at = $3
            AND message.id = $4
        WHERE pending.slot = $1 AND pending.message_id = $4 AND pending.endpoint = 0";
    OWE_FAN_OUT = "-- owe_fan_out
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT $1, $2, $3, endpoint, $5, $6, 0, $7, $8, 1, 0 FROM unnest($4::bigint[]) AS endpoint
        ON CONFLICT (slot, message_id, endpoint) DO NOTHING";
    /// What is in line was owed with the message; it may be done by now, and its row gone.
    OWE_FAN_OUT_BESIDE_LINES = "-- owe_fan_out_beside_lines
        INSERT INTO pending (slot, application, message_id, endpoint, due_at, owed_since,
            attempts_count, reason, trigger, version, recoveries_count)
        SELECT $1, $2, $3, target.endpoint, $5, $6, 0, $7, $8, 1, 0
        FROM unnest($4::bigint[]) AS target (endpoint)
        WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.slot = $1
            AND attempt.message_id = $3 AND attempt.endpoint = target.endpoint)
        ON CONFLICT (slot, message_id, endpoint) DO NOTHING";
    END_FAN_OUT = "-- end_fan_out
        DELETE FROM pending WHERE slot = $1 AND message_id = $2 AND endpoint = 0";
    MOVE_FAN_OUT = "-- move_fan_out
        UPDATE pending SET place = $3 WHERE slot = $1 AND message_id = $2 AND endpoint = 0";
}

/// Turns the next part of a fan-out into rows of their own.
pub(crate) async fn expand(
    scope: &mut Scope,
    message: MessageKey,
    now: Millis,
) -> Result<(Vec<i64>, bool)> {
    let connection = &scope.connection;
    let slot = slot::of(message.application);
    let (application, created_at) = (message.application, message.id.at_ms());
    let id = message.id.parts().to_bytes();
    let found = connection
        .query_opt(
            FAN_OUT_CURSOR,
            &[&slot, &application, &created_at, &&id[..]],
        )
        .await?;
    let Some(found) = found else {
        return Ok((Vec::new(), true));
    };
    let (place, owed_since): (usize, Millis) = (number(&found, 0)?, found.try_get(1)?);
    let targets = unpack_targets(found.try_get(2)?).unwrap_or_default();
    let start = place.min(targets.len());
    let end = (start + FAN_OUT_DIRECT_MAX).min(targets.len());
    let part = targets[start..end].to_vec();
    let reason: i16 = found.try_get(3)?;
    let has_lines = reason == code(PendingReason::Line.code());
    let owe = if has_lines {
        OWE_FAN_OUT_BESIDE_LINES
    } else {
        OWE_FAN_OUT
    };
    connection
        .execute(
            owe,
            &[
                &slot,
                &application,
                &&id[..],
                &part,
                &now,
                &owed_since,
                &code(PendingReason::FanOut.code()),
                &code(Trigger::Scheduled.code()),
            ],
        )
        .await?;
    let is_done = end == targets.len();
    if is_done {
        connection.execute(END_FAN_OUT, &[&slot, &&id[..]]).await?;
    } else {
        connection
            .execute(MOVE_FAN_OUT, &[&slot, &&id[..], &count(end)])
            .await?;
    }
    let owed = part.iter().map(|endpoint| {
        let endpoint = *endpoint;
        (Creditor { slot, endpoint }, now)
    });
    scope.effects.owed.extend(owed);
    Ok((part, is_done))
}
