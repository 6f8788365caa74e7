//! Inboxes, and what they have caught.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{IdParts, InboxId, InboxRequestId};
use tidings_domain::inbox::{
    CannedAnswer, Inbox, InboxPatch, InboxRequest, pack_headers, unpack_headers,
};
use tidings_store::{
    CaughtRequest, Dedup, ListInboxRequests, NewInbox, Order, PageRequest, Written,
};

use crate::accept::{Made, find_key, take_key};
use crate::convert::{Span, count, read_json};
use crate::step::Scope;

/// How many requests past their time go in one commit; a megabyte each at worst.
const SWEEP_AT_ONCE: i64 = 100;

const COLUMNS: &str = "ordinal, environment, tail, name, key, status, headers, body, delay_ms, \
    failure_percent, secret, created_at, updated_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Inbox> {
    let created_at = row.get(11)?;
    Ok(Inbox {
        id: InboxId::new(created_at, 0, row.get(0)?, row.get(2)?),
        environment: row.get(1)?,
        name: row.get(3)?,
        key: row.get(4)?,
        answer: CannedAnswer {
            status: row.get(5)?,
            headers: read_json(row, 6)?.unwrap_or_default(),
            body: row.get(7)?,
            delay_ms: row.get(8)?,
            failure_percent: row.get(9)?,
        },
        secret: row.get(10)?,
        created_at,
        updated_at: row.get(12)?,
    })
}

pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewInbox,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<Inbox>> {
    let connection = scope.connection;
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, new.created_at)? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(find(connection, made)?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let answer = CannedAnswer::default();
    connection
        .prepare_cached(
            "-- create_inbox
            INSERT INTO inbox (environment, tail, name, key, status, headers, body, delay_ms,
                failure_percent, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        )?
        .execute(params![
            new.environment,
            new.tail,
            new.name,
            new.key,
            answer.status,
            answer.headers_text(),
            answer.body,
            answer.delay_ms,
            answer.failure_percent,
            new.created_at,
        ])?;
    let ordinal = connection.last_insert_rowid();
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(ordinal), new.created_at)?;
    }
    let made = find(connection, ordinal)?;
    Ok(made.map_or(Written::Missing, Written::Done))
}

pub(crate) fn find(connection: &Connection, ordinal: i64) -> rusqlite::Result<Option<Inbox>> {
    connection
        .prepare_cached(&format!(
            "-- inbox
            SELECT {COLUMNS} FROM inbox WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

pub(crate) fn list(
    connection: &Connection,
    environment: i64,
    page: PageRequest,
) -> rusqlite::Result<Vec<Inbox>> {
    let span = Span::new(page.order, page.after);
    connection
        .prepare_cached(&format!(
            "-- inboxes
            SELECT {COLUMNS} FROM inbox
            WHERE environment = ?1 AND ordinal > ?2 AND ordinal < ?3
            ORDER BY ordinal {} LIMIT ?4",
            span.direction
        ))?
        .query_map(
            params![environment, span.above, span.below, count(page.limit)],
            read,
        )?
        .collect()
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    ordinal: i64,
    patch: InboxPatch,
    now: Millis,
) -> rusqlite::Result<Option<Inbox>> {
    let Some(mut inbox) = find(scope.connection, ordinal)? else {
        return Ok(None);
    };
    scope.keep_before(&inbox);
    patch.apply(&mut inbox, now);
    scope
        .connection
        .prepare_cached(
            "-- update_inbox
            UPDATE inbox SET name = ?2, status = ?3, headers = ?4, body = ?5, delay_ms = ?6,
                failure_percent = ?7, secret = ?8, updated_at = ?9
            WHERE ordinal = ?1",
        )?
        .execute(params![
            ordinal,
            inbox.name,
            inbox.answer.status,
            inbox.answer.headers_text(),
            inbox.answer.body,
            inbox.answer.delay_ms,
            inbox.answer.failure_percent,
            inbox.secret,
            inbox.updated_at,
        ])?;
    Ok(Some(inbox))
}

pub(crate) fn delete(scope: &mut Scope<'_>, ordinal: i64) -> rusqlite::Result<bool> {
    delete_requests(scope, ordinal, None)?;
    let found = scope
        .connection
        .prepare_cached("-- delete_inbox\nDELETE FROM inbox WHERE ordinal = ?1")?
        .execute([ordinal])?;
    Ok(found == 1)
}

pub(crate) fn catch(scope: &mut Scope<'_>, caught: &CaughtRequest) -> rusqlite::Result<()> {
    let request = &caught.request;
    scope
        .connection
        .prepare_cached(
            "-- catch_request
            INSERT INTO inbox_request (inbox, id, method, path, query, headers, body_bytes, remote,
                body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            caught.inbox,
            request.id.parts().to_bytes(),
            request.method,
            request.path,
            request.query,
            pack_headers(&request.headers),
            count(request.body_bytes),
            request.remote,
            request.body,
        ])?;
    scope
        .connection
        .prepare_cached(
            "-- drop_oldest_requests
            DELETE FROM inbox_request WHERE inbox = ?1 AND id <= (SELECT id FROM inbox_request
                WHERE inbox = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        )?
        .execute(params![caught.inbox, count(caught.kept_max)])?;
    Ok(())
}

/// The columns of a request; the body only if `?5` says so.
const REQUEST: &str = "id, method, path, query, headers, body_bytes, remote";

fn read_request(row: &Row<'_>) -> rusqlite::Result<InboxRequest> {
    let headers: Vec<u8> = row.get(4)?;
    let body_bytes: i64 = row.get(5)?;
    Ok(InboxRequest {
        id: InboxRequestId::from_parts(IdParts::from_bytes(row.get(0)?)),
        method: row.get(1)?,
        path: row.get(2)?,
        query: row.get(3)?,
        headers: unpack_headers(&headers),
        body: row.get(7)?,
        body_bytes: usize::try_from(body_bytes).unwrap_or_default(),
        remote: row.get(6)?,
    })
}

pub(crate) fn requests(
    connection: &Connection,
    list: ListInboxRequests,
) -> rusqlite::Result<Vec<InboxRequest>> {
    let after = list.after.map(|id| id.parts().to_bytes());
    let (above, below, direction) = match list.order {
        Order::Ascending => (
            after.map_or_else(Vec::new, Vec::from),
            vec![0xff; 21],
            "ASC",
        ),
        Order::Descending => (Vec::new(), after.map_or(vec![0xff; 21], Vec::from), "DESC"),
    };
    connection
        .prepare_cached(&format!(
            "-- inbox_requests
            SELECT {REQUEST}, CASE WHEN ?5 THEN body ELSE x'' END FROM inbox_request
            WHERE inbox = ?1 AND id > ?2 AND id < ?3 ORDER BY id {direction} LIMIT ?4"
        ))?
        .query_map(
            params![list.inbox, above, below, count(list.limit), list.with_body],
            read_request,
        )?
        .collect()
}

pub(crate) fn request(
    connection: &Connection,
    inbox: i64,
    id: InboxRequestId,
) -> rusqlite::Result<Option<InboxRequest>> {
    connection
        .prepare_cached(&format!(
            "-- inbox_request
            SELECT {REQUEST}, body FROM inbox_request WHERE inbox = ?1 AND id = ?2"
        ))?
        .query_row(params![inbox, id.parts().to_bytes()], read_request)
        .optional()
}

pub(crate) fn delete_requests(
    scope: &mut Scope<'_>,
    inbox: i64,
    id: Option<InboxRequestId>,
) -> rusqlite::Result<usize> {
    match id {
        Some(id) => scope
            .connection
            .prepare_cached(
                "-- delete_inbox_request
                DELETE FROM inbox_request WHERE inbox = ?1 AND id = ?2",
            )?
            .execute(params![inbox, id.parts().to_bytes()]),
        None => scope
            .connection
            .prepare_cached(
                "-- delete_inbox_requests
                DELETE FROM inbox_request WHERE inbox = ?1",
            )?
            .execute([inbox]),
    }
}

pub(crate) fn sweep(scope: &mut Scope<'_>, before: Millis) -> rusqlite::Result<usize> {
    let first_kept = InboxRequestId::new(before, 0, 0, 0).parts().to_bytes();
    scope
        .connection
        .prepare_cached(
            "-- sweep_inboxes
            DELETE FROM inbox_request WHERE seq IN
                (SELECT seq FROM inbox_request WHERE id < ?1 ORDER BY id LIMIT ?2)",
        )?
        .execute(params![first_kept, SWEEP_AT_ONCE])
}
