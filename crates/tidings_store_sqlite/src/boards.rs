//! Boards: made, found, listed, changed, deleted with their buttons.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::button::{Board, BoardPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::BoardId;
use tidings_store::{Dedup, NewBoard, PageRequest, Reference, Written};

use crate::accept::{Made, find_key, take_key};
use crate::convert::{Span, count};
use crate::step::Scope;
use crate::{applications, buttons};

const COLUMNS: &str =
    "ordinal, application, tail, uid, name, row_count, column_count, created_at, updated_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Board> {
    let created_at = row.get(7)?;
    Ok(Board {
        id: BoardId::new(created_at, 0, row.get(0)?, row.get(2)?),
        application: row.get(1)?,
        uid: row.get(3)?,
        name: row.get(4)?,
        rows: row.get(5)?,
        columns: row.get(6)?,
        created_at,
        updated_at: row.get(8)?,
    })
}

/// Makes a board. A refused one does not use up the idempotency key.
pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewBoard,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<Board>> {
    let connection = scope.connection;
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, new.created_at)? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(by_ordinal(connection, made)?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    if applications::by_ordinal(connection, new.application)?.is_none() {
        return Ok(Written::Missing);
    }
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, new.application, uid)?
    {
        return Ok(Written::Taken(other));
    }
    connection
        .prepare_cached(
            "-- create_board
            INSERT INTO board (application, tail, uid, name, row_count, column_count, created_at,
                updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        )?
        .execute(params![
            new.application,
            new.tail,
            new.uid,
            new.name,
            new.rows,
            new.columns,
            new.created_at,
        ])?;
    let ordinal = connection.last_insert_rowid();
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(ordinal), new.created_at)?;
    }
    Ok(by_ordinal(connection, ordinal)?.map_or(Written::Missing, Written::Done))
}

pub(crate) fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<BoardId>,
) -> rusqlite::Result<Option<Board>> {
    match reference {
        Reference::Id(id) => {
            let found = by_ordinal(connection, id.seq())?;
            Ok(found.filter(|found| found.id == *id && found.application == application))
        }
        Reference::Uid(uid) => by_uid(connection, application, uid),
    }
}

pub(crate) fn by_ordinal(connection: &Connection, ordinal: i64) -> rusqlite::Result<Option<Board>> {
    connection
        .prepare_cached(&format!(
            "-- board_by_ordinal
            SELECT {COLUMNS} FROM board WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

fn by_uid(connection: &Connection, application: i64, uid: &str) -> rusqlite::Result<Option<Board>> {
    connection
        .prepare_cached(&format!(
            "-- board_by_uid
            SELECT {COLUMNS} FROM board WHERE application = ?1 AND uid = ?2"
        ))?
        .query_row(params![application, uid], read)
        .optional()
}

pub(crate) fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> rusqlite::Result<Vec<Board>> {
    let span = Span::new(page.order, page.after);
    connection
        .prepare_cached(&format!(
            "-- boards
            SELECT {COLUMNS} FROM board
            WHERE application = ?1 AND ordinal > ?2 AND ordinal < ?3
            ORDER BY ordinal {} LIMIT ?4",
            span.direction
        ))?
        .query_map(
            params![application, span.above, span.below, count(page.limit)],
            read,
        )?
        .collect()
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    ordinal: i64,
    patch: BoardPatch,
    now: Millis,
) -> rusqlite::Result<Written<Board>> {
    let connection = scope.connection;
    let Some(mut board) = by_ordinal(connection, ordinal)? else {
        return Ok(Written::Missing);
    };
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, board.application, uid)?
        && other.id != board.id
    {
        return Ok(Written::Taken(other));
    }
    scope.keep_before(&board);
    patch.apply(&mut board, now);
    connection
        .prepare_cached(
            "-- update_board
            UPDATE board SET uid = ?2, name = ?3, row_count = ?4, column_count = ?5, updated_at = ?6
            WHERE ordinal = ?1",
        )?
        .execute(params![
            ordinal,
            board.uid,
            board.name,
            board.rows,
            board.columns,
            board.updated_at,
        ])?;
    Ok(Written::Done(board))
}

/// Deletes a board and its buttons.
pub(crate) fn delete(scope: &mut Scope<'_>, ordinal: i64, now: Millis) -> rusqlite::Result<bool> {
    buttons::delete_of_board(scope, ordinal, now)?;
    let found = scope
        .connection
        .prepare_cached("-- delete_board\nDELETE FROM board WHERE ordinal = ?1")?
        .execute([ordinal])?;
    Ok(found == 1)
}

/// Deletes the boards and buttons of an application, whose endpoints are deleted already.
pub(crate) fn delete_of_application(
    connection: &Connection,
    application: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- delete_buttons_of_application
            DELETE FROM button WHERE application = ?1",
        )?
        .execute([application])?;
    connection
        .prepare_cached(
            "-- delete_boards_of_application
            DELETE FROM board WHERE application = ?1",
        )?
        .execute([application])?;
    Ok(())
}
