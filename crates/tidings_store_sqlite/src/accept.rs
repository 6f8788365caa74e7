//! A message is written down: one row, and what is owed of it beyond what delivery takes at once.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::delivery::Trigger;
use tidings_domain::ids::MessageId;
use tidings_domain::message::FAN_OUT_DIRECT_MAX;
use tidings_store::commit::{Acceptance, Effects};
use tidings_store::{Accepted, Creditor, Dedup, NewMessage};

use crate::convert::words;
use crate::journal::Journal;
use crate::{expunge, line, records};

const INSERT_MESSAGE: &str = "-- insert_message
INSERT INTO message (seq, application, accepted_at, journal, tail, event_type, targets, event_id,
    channels, tags, options, payload)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const INSERT_PENDING: &str = "-- insert_pending
INSERT INTO pending (message, endpoint, due_at, owed_since, attempts_count, reason, trigger,
    version, recoveries_count)
VALUES (?1, ?2, ?3, ?3, 0, ?4, ?5, 1, 0)";

pub(crate) fn write(
    connection: &Connection,
    journal: &mut Journal,
    acceptances: &[Acceptance],
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    if acceptances.is_empty() {
        return Ok(());
    }
    let mut insert_message = connection.prepare_cached(INSERT_MESSAGE)?;
    for acceptance in acceptances {
        let new = &acceptance.new;
        let seq = journal.numbers.message + 1;
        if let Some(record) = &new.record
            && !records::is_as_expected(connection, new.application, record)?
        {
            effects.accepted.push(Accepted::RecordChanged);
            continue;
        }
        if let Some(earlier) = find_earlier(connection, new, seq)? {
            effects.accepted.push(earlier);
            continue;
        }
        journal.numbers.message = seq;
        insert_message.execute(params![
            seq,
            new.application,
            new.accepted_at,
            journal.id,
            new.tail,
            new.event_type,
            acceptance.packed_targets,
            new.event_id,
            words(&new.channels),
            words(&new.tags),
            new.options.as_ref().map(|options| options.to_text()),
            &new.payload[..],
        ])?;
        expunge::note(connection, new, seq)?;
        write_pending(connection, new, seq, effects)?;
        line::join(connection, new, seq, effects)?;
        let handed = u32::try_from(new.admitted.len()).unwrap_or(u32::MAX);
        effects.handed_counts.push((seq, handed));
        let id = MessageId::new(new.accepted_at, journal.id, seq, new.tail);
        if let Some(record) = &new.record {
            records::write(connection, new.application, record, id)?;
        }
        effects.accepted.push(Accepted::Done(id));
    }
    Ok(())
}

/// Whether this message came before, by its idempotency key or its event id.
fn find_earlier(
    connection: &Connection,
    new: &NewMessage,
    seq: i64,
) -> rusqlite::Result<Option<Accepted>> {
    if let Some(event_id) = &new.event_id
        && let Some(earlier) = find_event_id(connection, new, event_id)?
    {
        // A repeated request carries both; the key tells that it is the same request.
        return match &new.dedup {
            Some(dedup) => Ok(Some(match find_key(connection, dedup, new.accepted_at)? {
                Some((reference, true)) => replayed(connection, reference)?,
                Some((_, false)) => Accepted::KeyReused,
                None => Accepted::EventIdTaken(earlier),
            })),
            None => Ok(Some(Accepted::EventIdTaken(earlier))),
        };
    }
    let Some(dedup) = &new.dedup else {
        return Ok(None);
    };
    match take_key(connection, dedup, Made::Message(seq), new.accepted_at)? {
        None => Ok(None),
        Some((reference, true)) => Ok(Some(replayed(connection, reference)?)),
        Some((_, false)) => Ok(Some(Accepted::KeyReused)),
    }
}

fn find_event_id(
    connection: &Connection,
    new: &NewMessage,
    event_id: &str,
) -> rusqlite::Result<Option<MessageId>> {
    let kept_for = new.event_id_until - new.accepted_at;
    connection
        .prepare_cached(
            "-- find_event_id
            SELECT seq, accepted_at, journal, tail FROM message
            WHERE application = ?1 AND event_id = ?2 ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(params![new.application, event_id], |row| {
            crate::convert::read_message_id(row, 0)
        })
        .optional()
        .map(|found| found.filter(|id| id.at_ms() + kept_for > new.accepted_at))
}

pub(crate) fn replayed(connection: &Connection, seq: i64) -> rusqlite::Result<Accepted> {
    let message = crate::lists::message_by_seq(connection, seq)?;
    Ok(message.map_or(Accepted::KeyReused, |message| {
        Accepted::Replayed(Arc::new(message))
    }))
}

/// What an idempotency key stands for already, and whether the body is the same.
pub(crate) fn find_key(
    connection: &Connection,
    dedup: &Dedup,
    now: i64,
) -> rusqlite::Result<Option<(i64, bool)>> {
    connection
        .prepare_cached(
            "-- find_key
            SELECT reference, body = ?2 FROM dedup WHERE key = ?1 AND expires_at > ?3",
        )?
        .query_row(params![dedup.key, dedup.body, now], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
}

/// What an idempotency key is taken for, by its number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Made {
    Message(i64),
    Other(i64),
}

/// Takes an idempotency key for a new object; or tells what it stands for already, and whether the
/// body is the same.
pub(crate) fn take_key(
    connection: &Connection,
    dedup: &Dedup,
    made: Made,
    now: i64,
) -> rusqlite::Result<Option<(i64, bool)>> {
    let (reference, is_message) = match made {
        Made::Message(seq) => (seq, true),
        Made::Other(ordinal) => (ordinal, false),
    };
    let taken = connection
        .prepare_cached(
            "-- take_key
            INSERT INTO dedup (key, body, reference, expires_at, is_message)
            VALUES (?1, ?2, ?3, ?4, ?6)
            ON CONFLICT (key) DO UPDATE SET body = excluded.body, reference = excluded.reference,
                expires_at = excluded.expires_at, is_message = excluded.is_message
            WHERE dedup.expires_at <= ?5",
        )?
        .execute(params![
            dedup.key,
            dedup.body,
            reference,
            dedup.expires_at,
            now,
            is_message,
        ])?;
    if taken == 1 {
        Ok(None)
    } else {
        find_key(connection, dedup, now)
    }
}

/// Writes down what delivery has no place for.
fn write_pending(
    connection: &Connection,
    new: &NewMessage,
    seq: i64,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    if new.admitted.len() + new.in_line.len() == new.targets.len() {
        return Ok(());
    }
    let mut insert = connection.prepare_cached(INSERT_PENDING)?;
    let (due_at, reason) = new.due();
    let trigger = Trigger::Scheduled.code();
    if new.targets.len() > FAN_OUT_DIRECT_MAX {
        let reason = new.reason_of_fan_out().code();
        insert.execute(params![seq, 0, due_at, reason, trigger])?;
        effects.owed.push((Creditor::unslotted(0), due_at));
        return Ok(());
    }
    for target in &new.targets {
        let is_admitted = new
            .admitted
            .iter()
            .any(|(admitted, _)| admitted.ordinal() == *target);
        if !is_admitted && !new.in_line.contains(target) {
            insert.execute(params![seq, target, due_at, reason.code(), trigger])?;
            effects.owed.push((Creditor::unslotted(*target), due_at));
        }
    }
    Ok(())
}
