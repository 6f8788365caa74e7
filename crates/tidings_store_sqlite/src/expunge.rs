//! Contents that go before their rows do: payloads that somebody asks to expunge or whose time is up, and
//! answers of endpoints.

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::AttemptError;
use tidings_domain::ids::AttemptId;
use tidings_domain::message::{EXPUNGED, MessageKey, MessageOptions};
use tidings_store::{Creditor, NewMessage};

use crate::convert::{count, read_message_id};
use crate::step::Scope;
use crate::upkeep;

/// Notes until when the payload of a message is kept, if that is not for as long as the message.
pub(crate) fn note(connection: &Connection, new: &NewMessage, seq: i64) -> rusqlite::Result<()> {
    let until = new
        .options
        .as_ref()
        .and_then(|options| options.payload_until);
    let Some(until) = until else { return Ok(()) };
    connection
        .prepare_cached(
            "-- note_payload_expiry
            INSERT INTO payload_expiry (until, message) VALUES (?1, ?2)",
        )?
        .execute([until, seq])?;
    Ok(())
}

/// Takes the payload of a message away and cancels what is owed of it. False if there is no such message.
pub(crate) fn message(
    scope: &mut Scope<'_>,
    key: MessageKey,
    now: Millis,
) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached(
            "-- message_to_expunge
            SELECT seq, accepted_at, journal, tail, options FROM message
            WHERE seq = ?1 AND application = ?2",
        )?
        .query_row([key.id.seq(), key.application], |row| {
            Ok((read_message_id(row, 0)?, row.get::<_, Option<String>>(4)?))
        })
        .optional()?;
    let found = found.filter(|(id, _)| *id == key.id);
    let Some((_, options)) = found else {
        return Ok(false);
    };
    expunge(scope, key.id.seq(), options.as_deref(), now)?;
    Ok(true)
}

fn expunge(
    scope: &mut Scope<'_>,
    seq: i64,
    options: Option<&str>,
    now: Millis,
) -> rusqlite::Result<()> {
    let left = options
        .and_then(MessageOptions::parse)
        .and_then(|options| options.without_content())
        .map(|options| options.to_text());
    scope
        .connection
        .prepare_cached(
            "-- expunge_message
            UPDATE message SET payload = x'', options = ?2 WHERE seq = ?1 AND payload <> x''",
        )?
        .execute(params![seq, left])?;
    upkeep::cancel_all_of(scope, seq, AttemptError::Expunged, now)?;
    // Who is behind the cursor of a fan-out gets a row of its own, and is canceled one by one.
    let moved = scope
        .connection
        .prepare_cached(
            "-- hasten_fan_out
            UPDATE pending SET due_at = ?2 WHERE message = ?1 AND endpoint = 0 AND due_at > ?2",
        )?
        .execute([seq, now])?;
    if moved > 0 {
        scope.effects.owed.push((Creditor::unslotted(0), now));
    }
    Ok(())
}

/// Takes away payloads that are past their time. Gives how many were looked at.
pub(crate) fn expire(scope: &mut Scope<'_>, now: Millis, limit: usize) -> rusqlite::Result<usize> {
    let past: Vec<(Millis, i64, Option<String>, bool)> = scope
        .connection
        .prepare_cached(
            "-- expired_payloads
            SELECT payload_expiry.until, payload_expiry.message, message.options,
                message.seq IS NOT NULL
            FROM payload_expiry LEFT JOIN message ON message.seq = payload_expiry.message
            WHERE payload_expiry.until <= ?1
            ORDER BY payload_expiry.until, payload_expiry.message LIMIT ?2",
        )?
        .query_map(params![now, count(limit)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (until, seq, options, is_there) in &past {
        if *is_there {
            expunge(scope, *seq, options.as_deref(), now)?;
        }
        scope
            .connection
            .prepare_cached(
                "-- drop_payload_expiry
                DELETE FROM payload_expiry WHERE until = ?1 AND message = ?2",
            )?
            .execute([until, seq])?;
    }
    Ok(past.len())
}

/// Takes away what an endpoint has answered. False if there is no such attempt.
pub(crate) fn attempt(
    scope: &mut Scope<'_>,
    message: MessageKey,
    id: AttemptId,
) -> rusqlite::Result<bool> {
    let parts = id.parts();
    let expunged = scope
        .connection
        .prepare_cached(
            "-- expunge_attempt
            UPDATE attempt SET response = ?6, response_headers = x'', is_truncated = 0
            WHERE seq = ?1 AND message = ?2 AND started_at = ?3 AND journal = ?4 AND tail = ?5",
        )?
        .execute(params![
            parts.seq,
            message.id.seq(),
            parts.at_ms,
            parts.journal,
            parts.tail,
            EXPUNGED.as_bytes(),
        ])?;
    Ok(expunged == 1)
}
