//! Messages: one, or a page of an application's.

use std::collections::HashMap;

use bytes::Bytes;
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::message::{Message, MessageKey, MessageOptions, unpack_targets};
use tidings_domain::slot;
use tidings_store::{
    ListMessages, MessageReference, Order, Page, PollMessages, Polled, SCAN_ROWS_MAX,
};
use tokio_postgres::Row;

use super::{About, Filling, PART_ROWS, Span};
use crate::connection::Connection;
use crate::convert::{count, parts, read_words, stored, text, text_option, unreadable};
use crate::failure::Result;
use crate::statements::statements;

/// The columns of a message; the payload is the last.
macro_rules! columns {
    () => {
        "message.id, message.application, message.event_type, message.event_id, message.channels, \
         message.tags, message.targets, message.options"
    };
}

pub(super) use columns;

statements! {
    MESSAGE_BY_KEY = concat!("-- message_by_key
        SELECT ", columns!(), ", message.payload FROM message
        WHERE slot = $1 AND application = $2 AND created_at = $3 AND id = $4");
    MESSAGE_BY_EVENT_ID = concat!("-- message_by_event_id
        SELECT ", columns!(), ", message.payload FROM message
        WHERE slot = $1 AND application = $2 AND event_id = $3
        ORDER BY created_at DESC, id DESC LIMIT 1");
    MESSAGES_BY_KEYS = concat!("-- messages_by_keys
        SELECT ", columns!(), ", CASE WHEN $5 THEN message.payload ELSE ''::bytea END
        FROM unnest($3::bigint[], $4::bytea[]) AS wanted (created_at, id)
        JOIN message ON message.slot = $1 AND message.application = $2
            AND message.created_at = wanted.created_at AND message.id = wanted.id");
    MESSAGES_UP = concat!("-- messages_up
        SELECT ", columns!(), ", CASE WHEN $7 THEN message.payload ELSE ''::bytea END FROM message
        WHERE slot = $1 AND application = $2 AND created_at >= $3 AND created_at <= $5
            AND (created_at, id) > ($3, $4)
        ORDER BY created_at, id LIMIT $6");
    MESSAGES_DOWN = concat!("-- messages_down
        SELECT ", columns!(), ", CASE WHEN $7 THEN message.payload ELSE ''::bytea END FROM message
        WHERE slot = $1 AND application = $2 AND created_at <= $3 AND created_at >= $5
            AND (created_at, id) < ($3, $4)
        ORDER BY created_at DESC, id DESC LIMIT $6");
}

pub(super) fn read(row: &Row) -> Result<Message> {
    let payload: &[u8] = row.try_get(8)?;
    let options = text_option(row, 7)?;
    let options =
        options.map(|text| MessageOptions::parse(&text).ok_or_else(|| unreadable(7, "no options")));
    Ok(Message {
        id: MessageId::from_parts(parts(row, 0)?),
        application: row.try_get(1)?,
        event_type: text(row, 2)?,
        payload: Bytes::copy_from_slice(payload),
        event_id: text_option(row, 3)?,
        channels: read_words(row, 4)?,
        tags: read_words(row, 5)?,
        targets: unpack_targets(row.try_get(6)?).ok_or_else(|| unreadable(6, "no targets"))?,
        options: options.transpose()?.and_then(MessageOptions::boxed),
    })
}

pub(crate) async fn message(
    connection: &Connection,
    application: i64,
    reference: &MessageReference,
) -> Result<Option<Message>> {
    match reference {
        MessageReference::Id(id) => {
            let key = MessageKey {
                application,
                id: *id,
            };
            message_by_key(connection, key).await
        }
        MessageReference::EventId(event_id) => {
            let slot = slot::of(application);
            let row = connection
                .query_opt(
                    MESSAGE_BY_EVENT_ID,
                    &[&slot, &application, &stored(event_id)],
                )
                .await?;
            row.as_ref().map(read).transpose()
        }
    }
}

pub(crate) async fn message_by_key(
    connection: &Connection,
    key: MessageKey,
) -> Result<Option<Message>> {
    let slot = slot::of(key.application);
    let id = key.id.parts().to_bytes();
    let row = connection
        .query_opt(
            MESSAGE_BY_KEY,
            &[&slot, &key.application, &key.id.at_ms(), &&id[..]],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Messages of an application by their ids.
pub(super) async fn messages_by_ids(
    connection: &Connection,
    application: i64,
    ids: impl Iterator<Item = MessageId>,
    with_payload: bool,
) -> Result<HashMap<MessageId, Message>> {
    let parts: Vec<IdParts> = ids.map(MessageId::parts).collect();
    if parts.is_empty() {
        return Ok(HashMap::new());
    }
    let times: Vec<i64> = parts.iter().map(|parts| parts.at_ms).collect();
    let ids: Vec<[u8; 20]> = parts.iter().map(|parts| parts.to_bytes()).collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let slot = slot::of(application);
    let rows = connection
        .query(
            MESSAGES_BY_KEYS,
            &[&slot, &application, &times, &ids, &with_payload],
        )
        .await?;
    rows.iter()
        .map(|row| read(row).map(|message| (message.id, message)))
        .collect()
}

pub(crate) async fn messages(
    connection: &Connection,
    list: &ListMessages,
) -> Result<Page<Message>> {
    let about = About {
        channel: list.channel.as_deref(),
        tag: list.tag.as_deref(),
        event_types: &list.event_types,
    };
    let is_filtered = !about.is_everything();
    let mut span = Span::new(list.order, list.after, list.from, list.to);
    let mut filling = Filling::new(list.limit, list.read_max);
    'parts: loop {
        let part = filling.part(is_filtered);
        // What a filter may leave out comes without its payload at first.
        let with_payload = list.with_payload && !is_filtered;
        let rows = read_part(connection, list.application, &span, part, with_payload).await?;
        for row in &rows {
            let message = read(row)?;
            let id = message.id.parts();
            let wanted = about.holds(&message).then_some(message);
            if !filling.add(id, wanted) {
                break 'parts;
            }
            span.after = (id.at_ms, id.to_bytes());
        }
        if rows.len() < part {
            break;
        }
    }
    let mut page = filling.page;
    if list.with_payload && is_filtered {
        let ids = page.rows.iter().map(|message| message.id);
        let mut whole = messages_by_ids(connection, list.application, ids, true).await?;
        for message in &mut page.rows {
            if let Some(found) = whole.remove(&message.id) {
                *message = found;
            }
        }
    }
    Ok(page)
}

/// What somebody reads of the messages behind a place, up to the horizon.
pub(crate) async fn poll(
    connection: &Connection,
    poll: &PollMessages,
    horizon: IdParts,
) -> Result<Polled> {
    let application = poll.endpoint.application;
    let mut span = Span {
        order: Order::Ascending,
        after: (poll.after.at_ms, poll.after.to_bytes()),
        end: horizon.at_ms,
    };
    let mut polled = Polled {
        rows: Vec::new(),
        place: poll.after,
        is_done: true,
    };
    let mut read_count = 0;
    'parts: loop {
        let part = (SCAN_ROWS_MAX - read_count).min(PART_ROWS) + 1;
        let rows = read_part(connection, application, &span, part, false).await?;
        for row in &rows {
            let message = read(row)?;
            let id = message.id.parts();
            if id > horizon {
                break 'parts;
            }
            if polled.rows.len() >= poll.limit || read_count >= SCAN_ROWS_MAX {
                polled.is_done = false;
                break 'parts;
            }
            read_count += 1;
            polled.place = id;
            span.after = (id.at_ms, id.to_bytes());
            if poll.wants(&message) {
                polled.rows.push(message);
            }
        }
        if rows.len() < part {
            break;
        }
    }
    let ids = polled.rows.iter().map(|message| message.id);
    let mut whole = messages_by_ids(connection, application, ids, true).await?;
    for message in &mut polled.rows {
        if let Some(found) = whole.remove(&message.id) {
            *message = found;
        }
    }
    Ok(polled)
}

async fn read_part(
    connection: &Connection,
    application: i64,
    span: &Span,
    limit: usize,
    with_payload: bool,
) -> Result<Vec<Row>> {
    let sql = match span.order {
        Order::Ascending => MESSAGES_UP,
        Order::Descending => MESSAGES_DOWN,
    };
    let slot = slot::of(application);
    connection
        .query(
            sql,
            &[
                &slot,
                &application,
                &span.after.0,
                &&span.after.1[..],
                &span.end,
                &count(limit),
                &with_payload,
            ],
        )
        .await
}
