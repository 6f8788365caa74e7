//! Buttons, each with the endpoint behind it, which has the same number.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::button::{Button, ButtonPatch, Face, Place};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{BoardId, ButtonId};
use tidings_store::{Dedup, NewButton, PageRequest, Reference, Written};

use crate::accept::{Made, find_key, take_key};
use crate::boards;
use crate::convert::{Span, count};
use crate::endpoints::{self, Shown};
use crate::step::Scope;

const COLUMNS: &str = "button.ordinal, button.application, endpoint.tail, button.board, \
    board.created_at, board.tail, button.uid, button.place_row, button.place_column, button.label, \
    button.message, button.picture, button.colour, button.payload, endpoint.url, \
    endpoint.created_at, endpoint.updated_at";

const FROM: &str = "button CROSS JOIN endpoint ON endpoint.ordinal = button.ordinal \
    CROSS JOIN board ON board.ordinal = button.board";

fn read(row: &Row<'_>) -> rusqlite::Result<Button> {
    let created_at = row.get(15)?;
    Ok(Button {
        id: ButtonId::new(created_at, 0, row.get(0)?, row.get(2)?),
        application: row.get(1)?,
        board: BoardId::new(row.get(4)?, 0, row.get(3)?, row.get(5)?),
        uid: row.get(6)?,
        place: Place {
            row: row.get(7)?,
            column: row.get(8)?,
        },
        face: Face {
            label: row.get(9)?,
            message: row.get(10)?,
            picture: row.get(11)?,
            colour: row.get(12)?,
            payload: row.get(13)?,
        },
        url: row.get(14)?,
        created_at,
        updated_at: row.get(16)?,
    })
}

/// Makes a button and its endpoint. A refused one does not use up the idempotency key.
pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewButton,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<Button>> {
    let connection = scope.connection;
    let (application, now) = (new.endpoint.application, new.endpoint.created_at);
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, now)? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(by_ordinal(connection, made)?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let board = boards::by_ordinal(connection, new.board)?;
    if board.is_none_or(|board| board.application != application) {
        return Ok(Written::Missing);
    }
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, application, uid)?
    {
        return Ok(Written::Taken(other));
    }
    if let Some(other) = at(connection, new.board, new.place)? {
        return Ok(Written::Taken(other));
    }
    endpoints::insert(connection, &new.endpoint, Shown::Button)?;
    let ordinal = connection.last_insert_rowid();
    insert(connection, ordinal, new)?;
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(ordinal), now)?;
    }
    Ok(by_ordinal(connection, ordinal)?.map_or(Written::Missing, Written::Done))
}

fn insert(connection: &Connection, ordinal: i64, new: &NewButton) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- create_button
            INSERT INTO button (ordinal, application, board, uid, place_row, place_column, label,
                message, picture, colour, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            ordinal,
            new.endpoint.application,
            new.board,
            new.uid,
            new.place.row,
            new.place.column,
            new.face.label,
            new.face.message,
            new.face.picture,
            new.face.colour,
            new.face.payload,
        ])?;
    Ok(())
}

pub(crate) fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<ButtonId>,
) -> rusqlite::Result<Option<Button>> {
    match reference {
        Reference::Id(id) => {
            let found = by_ordinal(connection, id.seq())?;
            Ok(found.filter(|found| found.id == *id && found.application == application))
        }
        Reference::Uid(uid) => by_uid(connection, application, uid),
    }
}

fn by_ordinal(connection: &Connection, ordinal: i64) -> rusqlite::Result<Option<Button>> {
    connection
        .prepare_cached(&format!(
            "-- button_by_ordinal
            SELECT {COLUMNS} FROM {FROM} WHERE button.ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

fn by_uid(
    connection: &Connection,
    application: i64,
    uid: &str,
) -> rusqlite::Result<Option<Button>> {
    connection
        .prepare_cached(&format!(
            "-- button_by_uid
            SELECT {COLUMNS} FROM {FROM} WHERE button.application = ?1 AND button.uid = ?2"
        ))?
        .query_row(params![application, uid], read)
        .optional()
}

/// The button at a place of a board.
fn at(connection: &Connection, board: i64, place: Place) -> rusqlite::Result<Option<Button>> {
    connection
        .prepare_cached(&format!(
            "-- button_at
            SELECT {COLUMNS} FROM {FROM} WHERE button.board = ?1 AND button.place_row = ?2
                AND button.place_column = ?3"
        ))?
        .query_row(params![board, place.row, place.column], read)
        .optional()
}

pub(crate) fn list(
    connection: &Connection,
    application: i64,
    board: Option<i64>,
    page: PageRequest,
) -> rusqlite::Result<Vec<Button>> {
    let span = Span::new(page.order, page.after);
    let direction = span.direction;
    let (above, below, limit) = (span.above, span.below, count(page.limit));
    match board {
        None => connection
            .prepare_cached(&format!(
                "-- buttons
                SELECT {COLUMNS} FROM {FROM}
                WHERE button.application = ?1 AND button.ordinal > ?2 AND button.ordinal < ?3
                ORDER BY button.ordinal {direction} LIMIT ?4"
            ))?
            .query_map(params![application, above, below, limit], read)?
            .collect(),
        Some(board) => connection
            .prepare_cached(&format!(
                "-- buttons_of_board
                SELECT {COLUMNS} FROM {FROM}
                WHERE button.board = ?1 AND button.ordinal > ?2 AND button.ordinal < ?3
                    AND button.application = ?5
                ORDER BY button.ordinal {direction} LIMIT ?4"
            ))?
            .query_map(params![board, above, below, limit, application], read)?
            .collect(),
    }
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    ordinal: i64,
    patch: ButtonPatch,
    now: Millis,
) -> rusqlite::Result<Written<Button>> {
    let connection = scope.connection;
    let Some(mut button) = by_ordinal(connection, ordinal)? else {
        return Ok(Written::Missing);
    };
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, button.application, uid)?
        && other.id != button.id
    {
        return Ok(Written::Taken(other));
    }
    if let Some(place) = patch.place
        && let Some(other) = at(connection, button.board.seq(), place)?
        && other.id != button.id
    {
        return Ok(Written::Taken(other));
    }
    scope.keep_before(&button);
    patch.apply(&mut button, now);
    connection
        .prepare_cached(
            "-- update_button
            UPDATE button SET uid = ?2, place_row = ?3, place_column = ?4, label = ?5, message = ?6,
                picture = ?7, colour = ?8, payload = ?9
            WHERE ordinal = ?1",
        )?
        .execute(params![
            ordinal,
            button.uid,
            button.place.row,
            button.place.column,
            button.face.label,
            button.face.message,
            button.face.picture,
            button.face.colour,
            button.face.payload,
        ])?;
    connection
        .prepare_cached(
            "-- update_endpoint_of_button
            UPDATE endpoint SET url = ?2, version = version + 1, updated_at = ?3 WHERE ordinal = ?1",
        )?
        .execute(params![ordinal, button.url, button.updated_at])?;
    Ok(Written::Done(button))
}

/// Deletes a button. The row of its endpoint stays, for the attempts that name it.
pub(crate) fn delete(scope: &mut Scope<'_>, ordinal: i64, now: Millis) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached("-- delete_button\nDELETE FROM button WHERE ordinal = ?1")?
        .execute([ordinal])?;
    if found == 1 {
        scope
            .connection
            .prepare_cached(
                "-- delete_endpoint_of_button
                UPDATE endpoint SET deleted_at = ?2 WHERE ordinal = ?1",
            )?
            .execute(params![ordinal, now])?;
    }
    Ok(found == 1)
}

/// Deletes the buttons of a board.
pub(crate) fn delete_of_board(
    scope: &mut Scope<'_>,
    board: i64,
    now: Millis,
) -> rusqlite::Result<()> {
    scope
        .connection
        .prepare_cached(
            "-- delete_endpoints_of_board
            UPDATE endpoint SET deleted_at = ?2
            WHERE ordinal IN (SELECT ordinal FROM button WHERE board = ?1)",
        )?
        .execute(params![board, now])?;
    scope
        .connection
        .prepare_cached("-- delete_buttons_of_board\nDELETE FROM button WHERE board = ?1")?
        .execute([board])?;
    Ok(())
}
