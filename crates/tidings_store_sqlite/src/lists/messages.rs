//! Messages: one, or a page of an application's.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::message::{Message, MessageOptions, unpack_targets};
use tidings_store::{ListMessages, MessageReference, Page, SCAN_ROWS_MAX};

use super::fill;
use crate::convert::{Span, read_message_id, read_words};

/// The columns of a message under the name `message`, from a given one on; the payload is the last.
pub(super) const COLUMNS: &str = "message.seq, message.accepted_at, message.journal, message.tail, \
    message.application, message.event_type, message.event_id, message.channels, message.tags, \
    message.targets, message.options, message.payload";

/// Reads [`COLUMNS`] from column `first` on. A payload that nobody wants is not touched: SQLite
/// fetches the pages of a long one only then.
pub(super) fn read(row: &Row<'_>, first: usize, with_payload: bool) -> rusqlite::Result<Message> {
    let packed = row.get_ref(first + 9)?.as_blob()?;
    let payload = if with_payload {
        Bytes::copy_from_slice(row.get_ref(first + 11)?.as_blob()?)
    } else {
        Bytes::new()
    };
    Ok(Message {
        id: read_message_id(row, first)?,
        application: row.get(first + 4)?,
        event_type: row.get(first + 5)?,
        payload,
        event_id: row.get(first + 6)?,
        channels: read_words(row, first + 7)?,
        tags: read_words(row, first + 8)?,
        targets: unpack_targets(packed).ok_or(rusqlite::Error::InvalidQuery)?,
        options: read_options(row, first + 10)?,
    })
}

fn read_options(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Box<MessageOptions>>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else {
        return Ok(None);
    };
    let options = MessageOptions::parse(text).ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(options.boxed())
}

pub(crate) fn message(
    connection: &Connection,
    application: i64,
    reference: &MessageReference,
) -> rusqlite::Result<Option<Message>> {
    let found = match reference {
        MessageReference::Id(id) => {
            message_by_seq(connection, id.seq())?.filter(|found| found.id == *id)
        }
        MessageReference::EventId(event_id) => by_event_id(connection, application, event_id)?,
    };
    Ok(found.filter(|found| found.application == application))
}

pub(crate) fn message_by_seq(
    connection: &Connection,
    seq: i64,
) -> rusqlite::Result<Option<Message>> {
    connection
        .prepare_cached(&format!(
            "-- message_by_seq
            SELECT {COLUMNS} FROM message WHERE seq = ?1"
        ))?
        .query_row([seq], |row| read(row, 0, true))
        .optional()
}

fn by_event_id(
    connection: &Connection,
    application: i64,
    event_id: &str,
) -> rusqlite::Result<Option<Message>> {
    connection
        .prepare_cached(&format!(
            "-- message_by_event_id
            SELECT {COLUMNS} FROM message WHERE application = ?1 AND event_id = ?2
            ORDER BY seq DESC LIMIT 1"
        ))?
        .query_row(params![application, event_id], |row| read(row, 0, true))
        .optional()
}

pub(crate) fn messages(
    connection: &Connection,
    list: &ListMessages,
) -> rusqlite::Result<Page<Message>> {
    let span = Span::new(list.order, list.after.map(|after| after.seq));
    let mut select = connection.prepare_cached(&format!(
        "-- messages
        SELECT {COLUMNS} FROM message WHERE application = ?1 AND seq > ?2 AND seq < ?3
        ORDER BY seq {}",
        span.direction
    ))?;
    let rows = select.query(params![list.application, span.above, span.below])?;
    let about = About {
        channel: list.channel.as_deref(),
        tag: list.tag.as_deref(),
        event_types: &list.event_types,
    };
    fill(
        rows,
        (list.limit, list.read_max.min(SCAN_ROWS_MAX)),
        |row| {
            let is_wanted = is_between(row.get(1)?, list.from, list.to) && about.holds(row, 0)?;
            is_wanted
                .then(|| read(row, 0, list.with_payload))
                .transpose()
        },
    )
}

/// Gives the messages of an application behind a number, in order, until somebody has enough.
pub(crate) fn each_behind(
    connection: &Connection,
    application: i64,
    above: i64,
    mut take: impl FnMut(Message) -> bool,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(&format!(
        "-- messages_behind
        SELECT {COLUMNS} FROM message WHERE application = ?1 AND seq > ?2 ORDER BY seq"
    ))?;
    let mut rows = select.query(params![application, above])?;
    while let Some(row) = rows.next()? {
        if !take(read(row, 0, true)?) {
            break;
        }
    }
    Ok(())
}

/// Whether an instant is at or after the first and before the second.
pub(super) fn is_between(at: Millis, from: Option<Millis>, to: Option<Millis>) -> bool {
    from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to)
}

/// What a list asks of messages.
pub(super) struct About<'a> {
    pub(super) channel: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    pub(super) event_types: &'a [String],
}

impl About<'_> {
    /// Whether the message in [`COLUMNS`], from column `first` on, is asked for.
    pub(super) fn holds(&self, row: &Row<'_>, first: usize) -> rusqlite::Result<bool> {
        if !self.event_types.is_empty() {
            let event_type = row.get_ref(first + 5)?.as_str()?;
            if !self.event_types.iter().any(|wanted| wanted == event_type) {
                return Ok(false);
            }
        }
        for (wanted, column) in [(self.channel, first + 7), (self.tag, first + 8)] {
            if let Some(wanted) = wanted
                && !read_words(row, column)?.iter().any(|word| word == wanted)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
