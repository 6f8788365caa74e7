//! Attempts: one, or a page of an endpoint's or of a message's.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::delivery::{Attempt, AttemptError, Exchange, Outcome, Phases, Trigger};
use tidings_domain::ids::{AttemptId, EndpointId};
use tidings_store::{AttemptRow, AttemptedMessage, AttemptsOf, ListAttempts, Page, SCAN_ROWS_MAX};

use super::messages::{self, About, is_between};
use super::{facts, fill};
use crate::convert::{Span, read_attempt_id, read_message_id};

/// The columns of an attempt and of its endpoint's id.
pub(super) const COLUMNS: &str = "attempt.seq, attempt.started_at, attempt.journal, attempt.tail, \
    attempt.endpoint, attempt.number, attempt.trigger, attempt.outcome, attempt.is_late, \
    attempt.status, attempt.error, attempt.error_detail, attempt.peer, attempt.resolve_us, \
    attempt.connect_us, attempt.tls_us, attempt.head_us, attempt.body_us, attempt.is_truncated, \
    attempt.url, attempt.request_headers, attempt.response_headers, attempt.response, \
    endpoint.created_at, endpoint.tail";
/// The columns of the message follow.
pub(super) const MESSAGE: usize = 25;

/// What stands beside an attempt. `CROSS JOIN` holds the engine to this order: along the index of attempts, not through the
/// others.
pub(super) const BESIDE: &str = "CROSS JOIN endpoint ON endpoint.ordinal = attempt.endpoint \
    CROSS JOIN message ON message.seq = attempt.message";

/// The attempt of a row of [`COLUMNS`] and those of its message.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        id: read_attempt_id(row, 0)?,
        message: read_message_id(row, MESSAGE)?,
        endpoint: EndpointId::new(row.get(23)?, 0, row.get(4)?, row.get(24)?),
        number: row.get(5)?,
        trigger: Trigger::from_code(row.get(6)?).unwrap_or(Trigger::Scheduled),
        outcome: outcome(row)?,
        is_late: row.get(8)?,
        started_at: row.get(1)?,
        exchange: read_exchange(row)?,
    })
}

fn outcome(row: &Row<'_>) -> rusqlite::Result<Outcome> {
    let code = row.get(7)?;
    Outcome::from_code(code).ok_or(rusqlite::Error::IntegralValueOutOfRange(7, code))
}

fn read_exchange(row: &Row<'_>) -> rusqlite::Result<Exchange> {
    let bytes = |column| -> rusqlite::Result<Bytes> {
        Ok(Bytes::copy_from_slice(row.get_ref(column)?.as_blob()?))
    };
    let peer: Option<String> = row.get(12)?;
    let error: Option<i64> = row.get(10)?;
    Ok(Exchange {
        url: row.get(19)?,
        request_headers: row.get(20)?,
        status: row.get(9)?,
        response_headers: bytes(21)?,
        response: bytes(22)?,
        is_truncated: row.get(18)?,
        error: error.and_then(AttemptError::from_code),
        error_detail: row.get::<_, Option<String>>(11)?.unwrap_or_default(),
        peer: peer.and_then(|peer| peer.parse().ok()),
        phases: Phases {
            resolve_us: row.get(13)?,
            connect_us: row.get(14)?,
            tls_us: row.get(15)?,
            head_us: row.get(16)?,
            body_us: row.get(17)?,
        },
    })
}

pub(crate) fn attempts(
    connection: &Connection,
    list: &ListAttempts,
) -> rusqlite::Result<Page<AttemptRow>> {
    let span = Span::new(list.order, list.after.map(|after| after.seq));
    let has_successful = list.outcomes.is_empty() || list.outcomes.contains(&Outcome::Success);
    let (whose, number) = match list.of {
        AttemptsOf::Message(message) => ("attempt.message = ?1", message.id.seq()),
        AttemptsOf::Endpoint { endpoint, .. } if has_successful => {
            ("attempt.endpoint = ?1", endpoint)
        }
        // In the words of the partial index, so that it is used.
        AttemptsOf::Endpoint { endpoint, .. } => {
            ("attempt.endpoint = ?1 AND attempt.outcome <> 0", endpoint)
        }
    };
    let mut select = connection.prepare_cached(&format!(
        "-- attempts
        SELECT {COLUMNS}, {} FROM attempt {BESIDE}
        WHERE {whose} AND attempt.seq > ?2 AND attempt.seq < ?3 ORDER BY attempt.seq {}",
        messages::COLUMNS,
        span.direction
    ))?;
    let rows = select.query(params![number, span.above, span.below])?;
    fill(rows, (list.limit, SCAN_ROWS_MAX), |row| {
        if !is_wanted(list, row)? {
            return Ok(None);
        }
        let message = list
            .with_message
            .then(|| messages::read(row, MESSAGE, list.with_payload));
        Ok(Some(AttemptRow {
            attempt: read(row)?,
            message: message.transpose()?,
        }))
    })
}

/// One page of the messages that were tried at an endpoint, each by its latest attempt.
pub(crate) fn attempted_messages(
    connection: &Connection,
    list: &ListAttempts,
) -> rusqlite::Result<Page<AttemptedMessage>> {
    // One moment, or an attempt that settles between two reads is in neither.
    let snapshot = connection.unchecked_transaction()?;
    let page = attempts(&snapshot, list)?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for AttemptRow { attempt, message } in page.rows {
        let (message_seq, endpoint) = (attempt.message.seq(), attempt.endpoint.seq());
        let (facts, latest) = facts::of_delivery(&snapshot, message_seq, endpoint)?;
        let message = message.filter(|_| latest == Some(attempt.id.seq()));
        rows.extend(message.map(|message| AttemptedMessage {
            message,
            latest: attempt.id,
            facts,
        }));
    }
    Ok(Page {
        rows,
        next: page.next,
    })
}

fn is_wanted(list: &ListAttempts, row: &Row<'_>) -> rusqlite::Result<bool> {
    let endpoint: i64 = row.get(4)?;
    let status: Option<u16> = row.get(9)?;
    let status = status.unwrap_or(0); // so that (0, 100) finds those without
    if list.endpoint.is_some_and(|wanted| wanted != endpoint)
        || list
            .status_between
            .is_some_and(|(from, to)| status < from || status >= to)
        || !is_between(row.get(1)?, list.from, list.to)
        || !(list.outcomes.is_empty() || list.outcomes.contains(&outcome(row)?))
    {
        return Ok(false);
    }
    let about = About {
        channel: list.channel.as_deref(),
        tag: list.tag.as_deref(),
        event_types: &list.event_types,
    };
    about.holds(row, MESSAGE)
}

/// One attempt, with its message.
pub(crate) fn attempt(
    connection: &Connection,
    application: i64,
    id: AttemptId,
) -> rusqlite::Result<Option<AttemptRow>> {
    let found = one(connection, application, id.seq(), |row| {
        Ok(AttemptRow {
            attempt: read(row)?,
            message: Some(messages::read(row, MESSAGE, true)?),
        })
    })?;
    Ok(found.filter(|found| found.attempt.id == id))
}

/// What is read of the attempt with this number.
pub(super) fn one<T>(
    connection: &Connection,
    application: i64,
    seq: i64,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    connection
        .prepare_cached(&format!(
            "-- attempt
            SELECT {COLUMNS}, {} FROM attempt {BESIDE} WHERE attempt.seq = ?1 AND message.application = ?2",
            messages::COLUMNS
        ))?
        .query_row(params![seq, application], read)
        .optional()
}
