//! Inboxes, and what they have caught.
//!
//! An inbox is configuration. What it has caught is kept in the slot of its number.

use tidings_domain::clock::Millis;
use tidings_domain::ids::{IdParts, InboxId, InboxRequestId};
use tidings_domain::inbox::{
    CannedAnswer, Inbox, InboxPatch, InboxRequest, pack_headers, unpack_headers,
};
use tidings_domain::slot;
use tidings_store::{
    CaughtRequest, Dedup, ListInboxRequests, NewInbox, Order, PageRequest, Written,
};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{bytes, count, number, read_json, stored, stored_option, text, text_option};
use crate::dedup::{find_number, take_number};
use crate::failure::Result;
use crate::pages::{self, page_down, page_up};
use crate::statements::statements;
use crate::step::Scope;

/// How many inboxes lose what is past its time in one commit.
const SWEEP_AT_ONCE: usize = 10;

macro_rules! columns {
    () => {
        "ordinal, environment, tail, name, key, status, headers, body, delay_ms, failure_percent, \
         secret, created_at, updated_at"
    };
}

macro_rules! request {
    () => {
        "id, method, path, query, headers, body_bytes, remote"
    };
}

statements! {
    CREATE_INBOX = concat!("-- create_inbox
        WITH next AS (UPDATE counter SET value = value + 1 WHERE name = 'inbox' RETURNING value)
        INSERT INTO inbox (", columns!(), ")
        SELECT value, $1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $10 FROM next
        RETURNING ", columns!());
    INBOX = concat!("-- inbox
        SELECT ", columns!(), " FROM inbox WHERE ordinal = $1");
    INBOXES_UP = page_up!("-- inboxes_up
        SELECT ", columns!(), " FROM inbox WHERE environment = $1");
    INBOXES_DOWN = page_down!("-- inboxes_down
        SELECT ", columns!(), " FROM inbox WHERE environment = $1");
    UPDATE_INBOX = "-- update_inbox
        UPDATE inbox SET name = $2, status = $3, headers = $4, body = $5, delay_ms = $6,
            failure_percent = $7, secret = $8, updated_at = $9
        WHERE ordinal = $1";
    DELETE_INBOX = "-- delete_inbox
        DELETE FROM inbox WHERE ordinal = $1";
    CATCH_REQUEST = "-- catch_request
        INSERT INTO inbox_request (slot, inbox, id, method, path, query, headers, body_bytes,
            remote, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    TOO_MANY_REQUESTS = "-- too_many_requests
        SELECT id FROM inbox_request WHERE slot = $1 AND inbox = $2
        ORDER BY id DESC LIMIT 1 OFFSET $3";
    DROP_OLDEST_REQUESTS = "-- drop_oldest_requests
        DELETE FROM inbox_request WHERE slot = $1 AND inbox = $2 AND id <= $3";
    INBOX_REQUESTS_UP = concat!("-- inbox_requests_up
        SELECT ", request!(), ", CASE WHEN $5 THEN body ELSE '' END FROM inbox_request
        WHERE slot = $1 AND inbox = $2 AND id > $3 ORDER BY id LIMIT $4");
    INBOX_REQUESTS_DOWN = concat!("-- inbox_requests_down
        SELECT ", request!(), ", CASE WHEN $5 THEN body ELSE '' END FROM inbox_request
        WHERE slot = $1 AND inbox = $2 AND id < $3 ORDER BY id DESC LIMIT $4");
    INBOX_REQUEST = concat!("-- inbox_request
        SELECT ", request!(), ", body FROM inbox_request
        WHERE slot = $1 AND inbox = $2 AND id = $3");
    DELETE_INBOX_REQUEST = "-- delete_inbox_request
        DELETE FROM inbox_request WHERE slot = $1 AND inbox = $2 AND id = $3";
    DELETE_INBOX_REQUESTS = "-- delete_inbox_requests
        DELETE FROM inbox_request WHERE slot = $1 AND inbox = $2";
    INBOXES_TO_SWEEP = "-- inboxes_to_sweep
        SELECT DISTINCT slot, inbox FROM inbox_request WHERE slot = ANY($1) AND id < $2 LIMIT $3";
    SWEEP_INBOX = "-- sweep_inbox
        DELETE FROM inbox_request WHERE slot = $1 AND inbox = $2 AND id < $3";
}

fn read(row: &Row) -> Result<Inbox> {
    let (ordinal, tail, created_at) = (row.try_get(0)?, row.try_get(2)?, row.try_get(11)?);
    Ok(Inbox {
        id: InboxId::new(created_at, 0, ordinal, tail),
        environment: row.try_get(1)?,
        name: text(row, 3)?,
        key: bytes(row, 4)?,
        answer: CannedAnswer {
            status: number(row, 5)?,
            headers: read_json(row, 6)?.unwrap_or_default(),
            body: row.try_get(7)?,
            delay_ms: number(row, 8)?,
            failure_percent: number(row, 9)?,
        },
        secret: row.try_get(10)?,
        created_at,
        updated_at: row.try_get(12)?,
    })
}

pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewInbox,
    dedup: Option<&Dedup>,
) -> Result<Written<Inbox>> {
    let connection = &scope.connection;
    if let Some(dedup) = dedup {
        match find_number(connection, dedup, new.created_at).await? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(find(connection, made).await?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let answer = CannedAnswer::default();
    let parameters: [Parameter<'_>; 10] = [
        &new.environment,
        &new.tail,
        &stored(&new.name),
        &&new.key[..],
        &i64::from(answer.status),
        &answer.headers_text(),
        &answer.body,
        &i64::from(answer.delay_ms),
        &i64::from(answer.failure_percent),
        &new.created_at,
    ];
    let made = read(&connection.query_one(CREATE_INBOX, &parameters).await?)?;
    if let Some(dedup) = dedup {
        take_number(connection, dedup, made.ordinal(), new.created_at).await?;
    }
    Ok(Written::Done(made))
}

pub(crate) async fn find(connection: &Connection, ordinal: i64) -> Result<Option<Inbox>> {
    let row = connection.query_opt(INBOX, &[&ordinal]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    connection: &Connection,
    environment: i64,
    page: PageRequest,
) -> Result<Vec<Inbox>> {
    let sql = (INBOXES_UP, INBOXES_DOWN);
    let rows = pages::rows(connection, sql, environment, page).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn update(
    scope: &mut Scope,
    ordinal: i64,
    patch: InboxPatch,
    now: Millis,
) -> Result<Option<Inbox>> {
    let connection = &scope.connection;
    let Some(mut inbox) = find(connection, ordinal).await? else {
        return Ok(None);
    };
    scope.keep_before(&inbox);
    patch.apply(&mut inbox, now);
    let parameters: [Parameter<'_>; 9] = [
        &ordinal,
        &stored(&inbox.name),
        &i64::from(inbox.answer.status),
        &inbox.answer.headers_text(),
        &inbox.answer.body,
        &i64::from(inbox.answer.delay_ms),
        &i64::from(inbox.answer.failure_percent),
        &inbox.secret,
        &inbox.updated_at,
    ];
    connection.execute(UPDATE_INBOX, &parameters).await?;
    Ok(Some(inbox))
}

pub(crate) async fn delete(scope: &mut Scope, ordinal: i64) -> Result<bool> {
    let found = scope.connection.execute(DELETE_INBOX, &[&ordinal]).await?;
    Ok(found == 1)
}

pub(crate) async fn catch(scope: &mut Scope, caught: &CaughtRequest) -> Result<()> {
    let (connection, request) = (&scope.connection, &caught.request);
    let (slot, inbox) = (slot::of(caught.inbox), caught.inbox);
    let parameters: [Parameter<'_>; 10] = [
        &slot,
        &inbox,
        &&request.id.parts().to_bytes()[..],
        &stored(&request.method),
        &stored(&request.path),
        &stored_option(request.query.as_ref()),
        &pack_headers(&request.headers),
        &count(request.body_bytes),
        &stored(&request.remote),
        &request.body,
    ];
    connection.execute(CATCH_REQUEST, &parameters).await?;
    let kept_max = count(caught.kept_max);
    let parameters: [Parameter<'_>; 3] = [&slot, &inbox, &kept_max];
    if let Some(row) = connection.query_opt(TOO_MANY_REQUESTS, &parameters).await? {
        let last: Vec<u8> = row.try_get(0)?;
        let parameters: [Parameter<'_>; 3] = [&slot, &inbox, &last];
        connection
            .execute(DROP_OLDEST_REQUESTS, &parameters)
            .await?;
    }
    Ok(())
}

fn read_request(row: &Row) -> Result<InboxRequest> {
    Ok(InboxRequest {
        id: InboxRequestId::from_parts(IdParts::from_bytes(bytes(row, 0)?)),
        method: text(row, 1)?,
        path: text(row, 2)?,
        query: text_option(row, 3)?,
        headers: unpack_headers(row.try_get(4)?),
        body_bytes: number(row, 5)?,
        remote: text(row, 6)?,
        body: row.try_get(7)?,
    })
}

pub(crate) async fn requests(
    connection: &Connection,
    list: ListInboxRequests,
) -> Result<Vec<InboxRequest>> {
    let (sql, from) = match list.order {
        Order::Ascending => (INBOX_REQUESTS_UP, Vec::new()),
        Order::Descending => (INBOX_REQUESTS_DOWN, vec![0xff; 21]),
    };
    let after = list.after.map_or(from, |id| id.parts().to_bytes().to_vec());
    let parameters: [Parameter<'_>; 5] = [
        &slot::of(list.inbox),
        &list.inbox,
        &after,
        &count(list.limit),
        &list.with_body,
    ];
    let rows = connection.query(sql, &parameters).await?;
    rows.iter().map(read_request).collect()
}

pub(crate) async fn request(
    connection: &Connection,
    inbox: i64,
    id: InboxRequestId,
) -> Result<Option<InboxRequest>> {
    let parameters: [Parameter<'_>; 3] = [&slot::of(inbox), &inbox, &&id.parts().to_bytes()[..]];
    let row = connection.query_opt(INBOX_REQUEST, &parameters).await?;
    row.as_ref().map(read_request).transpose()
}

pub(crate) async fn delete_requests(
    scope: &mut Scope,
    inbox: i64,
    id: Option<InboxRequestId>,
) -> Result<usize> {
    let (connection, slot) = (&scope.connection, slot::of(inbox));
    let deleted = if let Some(id) = id {
        let id = id.parts().to_bytes();
        let parameters: [Parameter<'_>; 3] = [&slot, &inbox, &&id[..]];
        connection
            .execute(DELETE_INBOX_REQUEST, &parameters)
            .await?
    } else {
        let parameters: [Parameter<'_>; 2] = [&slot, &inbox];
        connection
            .execute(DELETE_INBOX_REQUESTS, &parameters)
            .await?
    };
    Ok(usize::try_from(deleted).unwrap_or(usize::MAX))
}

/// In the slots of this node.
pub(crate) async fn sweep(scope: &mut Scope, slots: &[i16], before: Millis) -> Result<usize> {
    let connection = &scope.connection;
    let first_kept = InboxRequestId::new(before, 0, 0, 0).parts().to_bytes();
    let parameters: [Parameter<'_>; 3] = [&slots, &&first_kept[..], &count(SWEEP_AT_ONCE)];
    let mut deleted = 0;
    for row in connection.query(INBOXES_TO_SWEEP, &parameters).await? {
        let (slot, inbox): (i16, i64) = (row.try_get(0)?, row.try_get(1)?);
        let parameters: [Parameter<'_>; 3] = [&slot, &inbox, &&first_kept[..]];
        deleted += connection.execute(SWEEP_INBOX, &parameters).await?;
    }
    Ok(usize::try_from(deleted).unwrap_or(usize::MAX))
}
