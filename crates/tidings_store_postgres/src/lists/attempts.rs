//! Attempts: one, or a page of an endpoint's or of a message's.

use std::collections::BTreeSet;

use bytes::Bytes;
use tidings_domain::delivery::{
    Attempt, AttemptError, DeliveryFacts, Exchange, Outcome, Phases, Trigger,
};
use tidings_domain::ids::{AttemptId, EndpointId, MessageId};
use tidings_domain::slot;
use tidings_store::{
    AttemptRow, AttemptedMessage, AttemptsOf, ListAttempts, Order, Page, SCAN_ROWS_MAX,
};
use tokio_postgres::Row;

use super::messages::messages_by_ids;
use super::{About, Filling, Span, facts};
use crate::connection::{Connection, Parameter};
use crate::convert::{count, number, number_option, parts, text, text_option, unreadable};
use crate::failure::Result;
use crate::statements::statements;

/// The columns of an attempt. Those of its endpoint's id come behind them.
macro_rules! attempt_columns {
    () => {
        "attempt.id, attempt.message_id, attempt.endpoint, attempt.number, attempt.trigger, \
         attempt.outcome, attempt.is_late, attempt.created_at, attempt.status, attempt.error, \
         attempt.error_detail, attempt.peer, attempt.resolve_us, attempt.connect_us, \
         attempt.tls_us, attempt.head_us, attempt.body_us, attempt.is_truncated, attempt.url, \
         attempt.request_headers, attempt.response_headers, attempt.response"
    };
}

pub(super) use attempt_columns;

macro_rules! select {
    () => {
        concat!(
            "SELECT ",
            attempt_columns!(),
            ", endpoint.created_at, endpoint.tail \
             FROM attempt JOIN endpoint ON endpoint.ordinal = attempt.endpoint"
        )
    };
}

macro_rules! up {
    () => {
        " AND attempt.created_at >= $3 AND attempt.created_at <= $5 \
         AND (attempt.created_at, attempt.id) > ($3, $4) \
         ORDER BY attempt.created_at, attempt.id LIMIT $6"
    };
}

macro_rules! down {
    () => {
        " AND attempt.created_at <= $3 AND attempt.created_at >= $5 \
         AND (attempt.created_at, attempt.id) < ($3, $4) \
         ORDER BY attempt.created_at DESC, attempt.id DESC LIMIT $6"
    };
}

macro_rules! of_message {
    () => {
        " WHERE attempt.slot = $1 AND attempt.message_id = $2"
    };
}

macro_rules! of_endpoint {
    () => {
        " WHERE attempt.slot = $1 AND attempt.application = $7 AND attempt.endpoint = $2"
    };
}

statements! {
    ATTEMPT = concat!("-- attempt
        ", select!(), " WHERE attempt.slot = $1 AND attempt.application = $2
            AND attempt.created_at = $3 AND attempt.id = $4");
    OF_MESSAGE_UP = concat!("-- of_message_up
        ", select!(), of_message!(), up!());
    OF_MESSAGE_DOWN = concat!("-- of_message_down
        ", select!(), of_message!(), down!());
    OF_ENDPOINT_UP = concat!("-- of_endpoint_up
        ", select!(), of_endpoint!(), up!());
    OF_ENDPOINT_DOWN = concat!("-- of_endpoint_down
        ", select!(), of_endpoint!(), down!());
    /// In the words of the partial index, so that it is used.
    FAILED_UP = concat!("-- failed_up
        ", select!(), of_endpoint!(), " AND attempt.outcome <> 0", up!());
    FAILED_DOWN = concat!("-- failed_down
        ", select!(), of_endpoint!(), " AND attempt.outcome <> 0", down!());
}

/// The attempt of a row of these columns.
pub(super) fn read(row: &Row) -> Result<Attempt> {
    let outcome = i64::from(row.try_get::<_, i16>(5)?);
    let trigger = i64::from(row.try_get::<_, i16>(4)?);
    Ok(Attempt {
        id: AttemptId::from_parts(parts(row, 0)?),
        message: MessageId::from_parts(parts(row, 1)?),
        endpoint: EndpointId::new(row.try_get(22)?, 0, row.try_get(2)?, row.try_get(23)?),
        number: number(row, 3)?,
        trigger: Trigger::from_code(trigger).unwrap_or(Trigger::Scheduled),
        outcome: Outcome::from_code(outcome).ok_or_else(|| unreadable(5, "no outcome"))?,
        is_late: row.try_get(6)?,
        started_at: row.try_get(7)?,
        exchange: read_exchange(row)?,
    })
}

fn read_exchange(row: &Row) -> Result<Exchange> {
    let bytes =
        |column| -> Result<Bytes> { Ok(Bytes::copy_from_slice(row.try_get::<_, &[u8]>(column)?)) };
    let peer: Option<&str> = row.try_get(11)?;
    let error: Option<i16> = row.try_get(9)?;
    Ok(Exchange {
        url: text(row, 18)?,
        request_headers: text(row, 19)?,
        status: number_option(row, 8)?,
        response_headers: bytes(20)?,
        response: bytes(21)?,
        is_truncated: row.try_get(17)?,
        error: error.and_then(|error| AttemptError::from_code(error.into())),
        error_detail: text_option(row, 10)?.unwrap_or_default(),
        peer: peer.and_then(|peer| peer.parse().ok()),
        phases: Phases {
            resolve_us: number(row, 12)?,
            connect_us: number(row, 13)?,
            tls_us: number(row, 14)?,
            head_us: number(row, 15)?,
            body_us: number(row, 16)?,
        },
    })
}

pub(crate) async fn attempts(
    connection: &Connection,
    list: &ListAttempts,
) -> Result<Page<AttemptRow>> {
    let about = About {
        channel: list.channel.as_deref(),
        tag: list.tag.as_deref(),
        event_types: &list.event_types,
    };
    let application = application(list.of);
    let needs_messages = list.with_message || !about.is_everything();
    let mut span = Span::new(list.order, list.after, list.from, list.to);
    let mut filling = Filling::new(list.limit, SCAN_ROWS_MAX);
    'parts: loop {
        let part = filling.part(is_filtered(list));
        let rows = read_part(connection, list, &span, part).await?;
        let read: Vec<Attempt> = rows.iter().map(read).collect::<Result<_>>()?;
        let wanted = read.iter().filter(|attempt| is_wanted(list, attempt));
        let wanted = wanted.filter(|_| needs_messages);
        let ids: BTreeSet<MessageId> = wanted.map(|attempt| attempt.message).collect();
        let messages = messages_by_ids(connection, application, ids.into_iter(), list.with_payload);
        let messages = messages.await?;
        let count = read.len();
        for attempt in read {
            let id = attempt.id.parts();
            let message = messages.get(&attempt.message);
            let is_about = !needs_messages || message.is_some_and(|message| about.holds(message));
            let is_wanted = is_about && is_wanted(list, &attempt);
            let row = AttemptRow {
                attempt,
                message: message.filter(|_| list.with_message).cloned(),
            };
            if !filling.add(id, is_wanted.then_some(row)) {
                break 'parts;
            }
            span.after = (id.at_ms, id.to_bytes());
        }
        if count < part {
            break;
        }
    }
    Ok(filling.page)
}

/// One page of the messages that were tried at an endpoint, each by its latest attempt.
pub(crate) async fn attempted_messages(
    connection: &Connection,
    list: &ListAttempts,
) -> Result<Page<AttemptedMessage>> {
    let page = attempts(connection, list).await?;
    let AttemptsOf::Endpoint {
        application,
        endpoint,
    } = list.of
    else {
        return Ok(Page {
            rows: Vec::new(),
            next: None,
        });
    };
    let tried: BTreeSet<MessageId> = page.rows.iter().map(|row| row.attempt.message).collect();
    let tried: Vec<MessageId> = tried.into_iter().collect();
    let mut facts = facts::of_deliveries(connection, (application, endpoint), &tried).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for AttemptRow { attempt, message } in page.rows {
        let is_latest =
            |(_, latest): &&mut (DeliveryFacts, Option<AttemptId>)| *latest == Some(attempt.id);
        let Some((facts, _)) = facts.get_mut(&attempt.message).filter(is_latest) else {
            continue;
        };
        rows.extend(message.map(|message| AttemptedMessage {
            message,
            latest: attempt.id,
            facts: std::mem::take(facts),
        }));
    }
    Ok(Page {
        rows,
        next: page.next,
    })
}

fn application(of: AttemptsOf) -> i64 {
    match of {
        AttemptsOf::Endpoint { application, .. } => application,
        AttemptsOf::Message(message) => message.application,
    }
}

fn is_filtered(list: &ListAttempts) -> bool {
    list.endpoint.is_some()
        || list.status_between.is_some()
        || !list.outcomes.is_empty()
        || list.channel.is_some()
        || list.tag.is_some()
        || !list.event_types.is_empty()
}

async fn read_part(
    connection: &Connection,
    list: &ListAttempts,
    span: &Span,
    limit: usize,
) -> Result<Vec<Row>> {
    let application = application(list.of);
    let slot = slot::of(application);
    let (after, end, limit) = (&span.after.1[..], span.end, count(limit));
    let is_up = span.order == Order::Ascending;
    match list.of {
        AttemptsOf::Message(message) => {
            let id = message.id.parts().to_bytes();
            let sql = if is_up {
                OF_MESSAGE_UP
            } else {
                OF_MESSAGE_DOWN
            };
            let parameters: [Parameter<'_>; 6] =
                [&slot, &&id[..], &span.after.0, &after, &end, &limit];
            connection.query(sql, &parameters).await
        }
        AttemptsOf::Endpoint { endpoint, .. } => {
            let has_successful =
                list.outcomes.is_empty() || list.outcomes.contains(&Outcome::Success);
            let sql = match (has_successful, is_up) {
                (true, true) => OF_ENDPOINT_UP,
                (true, false) => OF_ENDPOINT_DOWN,
                (false, true) => FAILED_UP,
                (false, false) => FAILED_DOWN,
            };
            let parameters: [Parameter<'_>; 7] = [
                &slot,
                &endpoint,
                &span.after.0,
                &after,
                &end,
                &limit,
                &application,
            ];
            connection.query(sql, &parameters).await
        }
    }
}

fn is_wanted(list: &ListAttempts, attempt: &Attempt) -> bool {
    let status = attempt.exchange.status.unwrap_or(0); // so that (0, 100) finds those without
    let is_other = |wanted: i64| wanted != attempt.endpoint.seq();
    !(list.endpoint.is_some_and(is_other)
        || list
            .status_between
            .is_some_and(|(from, to)| status < from || status >= to)
        || !(list.outcomes.is_empty() || list.outcomes.contains(&attempt.outcome)))
}

/// One attempt, with its message.
pub(crate) async fn attempt(
    connection: &Connection,
    application: i64,
    id: AttemptId,
) -> Result<Option<AttemptRow>> {
    let slot = slot::of(application);
    let bytes = id.parts().to_bytes();
    let row = connection
        .query_opt(ATTEMPT, &[&slot, &application, &id.at_ms(), &&bytes[..]])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let attempt = read(&row)?;
    let ids = std::iter::once(attempt.message);
    let mut messages = messages_by_ids(connection, application, ids, true).await?;
    let message = messages.remove(&attempt.message);
    Ok(message.map(|message| AttemptRow {
        attempt,
        message: Some(message),
    }))
}
