//! Buttons, each with the endpoint behind it, which has the same number.

use tidings_domain::button::{Button, ButtonPatch, Face, Place};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{BoardId, ButtonId};
use tidings_store::{Dedup, NewButton, Order, PageRequest, Reference, Written};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{count, number, stored, stored_option, text, text_option};
use crate::dedup::{find_number, take_number};
use crate::endpoints::{self, Shown};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;
use crate::{boards, changes};

macro_rules! select {
    () => {
        "SELECT button.ordinal, button.application, endpoint.tail, button.board, board.created_at, \
         board.tail, button.uid, button.place_row, button.place_column, button.label, \
         button.message, button.picture, button.colour, button.payload, endpoint.url, \
         endpoint.created_at, endpoint.updated_at \
         FROM button JOIN endpoint ON endpoint.ordinal = button.ordinal \
         JOIN board ON board.ordinal = button.board"
    };
}

statements! {
    CREATE_BUTTON = "-- create_button
        INSERT INTO button (ordinal, application, board, uid, place_row, place_column, label,
            message, picture, colour, payload)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    BUTTON_BY_ORDINAL = concat!("-- button_by_ordinal
        ", select!(), " WHERE button.ordinal = $1");
    BUTTON_BY_UID = concat!("-- button_by_uid
        ", select!(), " WHERE button.application = $1 AND button.uid = $2");
    BUTTON_AT = concat!("-- button_at
        ", select!(), " WHERE button.board = $1 AND button.place_row = $2
            AND button.place_column = $3");
    BUTTONS_UP = concat!("-- buttons_up
        ", select!(), " WHERE button.application = $1 AND button.ordinal > $2
        ORDER BY button.ordinal LIMIT $3");
    BUTTONS_DOWN = concat!("-- buttons_down
        ", select!(), " WHERE button.application = $1 AND button.ordinal < $2
        ORDER BY button.ordinal DESC LIMIT $3");
    BUTTONS_OF_BOARD_UP = concat!("-- buttons_of_board_up
        ", select!(), " WHERE button.application = $1 AND button.ordinal > $2 AND button.board = $4
        ORDER BY button.ordinal LIMIT $3");
    BUTTONS_OF_BOARD_DOWN = concat!("-- buttons_of_board_down
        ", select!(), " WHERE button.application = $1 AND button.ordinal < $2 AND button.board = $4
        ORDER BY button.ordinal DESC LIMIT $3");
    UPDATE_BUTTON = "-- update_button
        UPDATE button SET uid = $2, place_row = $3, place_column = $4, label = $5, message = $6,
            picture = $7, colour = $8, payload = $9
        WHERE ordinal = $1";
    UPDATE_ENDPOINT_OF_BUTTON = "-- update_endpoint_of_button
        UPDATE endpoint SET url = $2, version = version + 1, updated_at = $3 WHERE ordinal = $1";
    DELETE_BUTTON = "-- delete_button
        DELETE FROM button WHERE ordinal = $1";
    DELETE_ENDPOINT_OF_BUTTON = "-- delete_endpoint_of_button
        UPDATE endpoint SET deleted_at = $2 WHERE ordinal = $1";
    NUMBERS_OF_BOARD = "-- button_numbers_of_board
        SELECT ordinal FROM button WHERE board = $1";
    DELETE_ENDPOINTS_OF_BOARD = "-- delete_endpoints_of_board
        UPDATE endpoint SET deleted_at = $2 WHERE ordinal = ANY($1)";
    DELETE_BUTTONS_OF_BOARD = "-- delete_buttons_of_board
        DELETE FROM button WHERE board = $1";
    DELETE_BUTTONS_OF_APPLICATION = "-- delete_buttons_of_application
        DELETE FROM button WHERE application = $1";
}

fn read(row: &Row) -> Result<Button> {
    let created_at = row.try_get(15)?;
    Ok(Button {
        id: ButtonId::new(created_at, 0, row.try_get(0)?, row.try_get(2)?),
        application: row.try_get(1)?,
        board: BoardId::new(row.try_get(4)?, 0, row.try_get(3)?, row.try_get(5)?),
        uid: text_option(row, 6)?,
        place: Place {
            row: number(row, 7)?,
            column: number(row, 8)?,
        },
        face: Face {
            label: text(row, 9)?,
            message: text(row, 10)?,
            picture: text_option(row, 11)?,
            colour: text_option(row, 12)?,
            payload: text_option(row, 13)?,
        },
        url: text(row, 14)?,
        created_at,
        updated_at: row.try_get(16)?,
    })
}

/// Makes a button and its endpoint. A refused one does not use up the idempotency key.
pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewButton,
    dedup: Option<&Dedup>,
) -> Result<Written<Button>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let (application, now) = (new.endpoint.application, new.endpoint.created_at);
    if let Some(dedup) = dedup {
        match find_number(connection, dedup, now).await? {
            None => {}
            Some((made, true)) => {
                return Ok(Written::Replayed(by_ordinal(connection, made).await?));
            }
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let board = boards::by_ordinal(connection, new.board).await?;
    if board.is_none_or(|board| board.application != application) {
        return Ok(Written::Missing);
    }
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, application, uid).await?
    {
        return Ok(Written::Taken(other));
    }
    if let Some(other) = at(connection, new.board, new.place).await? {
        return Ok(Written::Taken(other));
    }
    let ordinal = endpoints::insert(connection, &new.endpoint, Shown::Button).await?;
    insert(connection, ordinal, new).await?;
    if let Some(dedup) = dedup {
        take_number(connection, dedup, ordinal, now).await?;
    }
    let made = by_ordinal(connection, ordinal).await?;
    Ok(made.map_or(Written::Missing, Written::Done))
}

async fn insert(connection: &Connection, ordinal: i64, new: &NewButton) -> Result<()> {
    let parameters: [Parameter<'_>; 11] = [
        &ordinal,
        &new.endpoint.application,
        &new.board,
        &stored_option(new.uid.as_ref()),
        &i64::from(new.place.row),
        &i64::from(new.place.column),
        &stored(&new.face.label),
        &stored(&new.face.message),
        &stored_option(new.face.picture.as_ref()),
        &stored_option(new.face.colour.as_ref()),
        &stored_option(new.face.payload.as_ref()),
    ];
    connection.execute(CREATE_BUTTON, &parameters).await?;
    Ok(())
}

pub(crate) async fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<ButtonId>,
) -> Result<Option<Button>> {
    match reference {
        Reference::Id(id) => {
            let found = by_ordinal(connection, id.seq()).await?;
            Ok(found.filter(|found| found.id == *id && found.application == application))
        }
        Reference::Uid(uid) => by_uid(connection, application, uid).await,
    }
}

async fn by_ordinal(connection: &Connection, ordinal: i64) -> Result<Option<Button>> {
    let row = connection.query_opt(BUTTON_BY_ORDINAL, &[&ordinal]).await?;
    row.as_ref().map(read).transpose()
}

async fn by_uid(connection: &Connection, application: i64, uid: &str) -> Result<Option<Button>> {
    let row = connection
        .query_opt(BUTTON_BY_UID, &[&application, &stored(uid)])
        .await?;
    row.as_ref().map(read).transpose()
}

/// The button at a place of a board.
async fn at(connection: &Connection, board: i64, place: Place) -> Result<Option<Button>> {
    let parameters: [Parameter<'_>; 3] = [&board, &i64::from(place.row), &i64::from(place.column)];
    let row = connection.query_opt(BUTTON_AT, &parameters).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    connection: &Connection,
    application: i64,
    board: Option<i64>,
    page: PageRequest,
) -> Result<Vec<Button>> {
    let (all, of_board, first) = match page.order {
        Order::Ascending => (BUTTONS_UP, BUTTONS_OF_BOARD_UP, i64::MIN),
        Order::Descending => (BUTTONS_DOWN, BUTTONS_OF_BOARD_DOWN, i64::MAX),
    };
    let (after, limit) = (page.after.unwrap_or(first), count(page.limit));
    let rows = match board {
        None => connection.query(all, &[&application, &after, &limit]).await,
        Some(board) => {
            let parameters: [Parameter<'_>; 4] = [&application, &after, &limit, &board];
            connection.query(of_board, &parameters).await
        }
    };
    rows?.iter().map(read).collect()
}

pub(crate) async fn update(
    scope: &mut Scope,
    ordinal: i64,
    patch: ButtonPatch,
    now: Millis,
) -> Result<Written<Button>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let Some(mut button) = by_ordinal(connection, ordinal).await? else {
        return Ok(Written::Missing);
    };
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, button.application, uid).await?
        && other.id != button.id
    {
        return Ok(Written::Taken(other));
    }
    if let Some(place) = patch.place
        && let Some(other) = at(connection, button.board.seq(), place).await?
        && other.id != button.id
    {
        return Ok(Written::Taken(other));
    }
    scope.keep_before(&button);
    patch.apply(&mut button, now);
    let parameters: [Parameter<'_>; 9] = [
        &ordinal,
        &stored_option(button.uid.as_ref()),
        &i64::from(button.place.row),
        &i64::from(button.place.column),
        &stored(&button.face.label),
        &stored(&button.face.message),
        &stored_option(button.face.picture.as_ref()),
        &stored_option(button.face.colour.as_ref()),
        &stored_option(button.face.payload.as_ref()),
    ];
    connection.execute(UPDATE_BUTTON, &parameters).await?;
    let parameters: [Parameter<'_>; 3] = [&ordinal, &stored(&button.url), &button.updated_at];
    connection
        .execute(UPDATE_ENDPOINT_OF_BUTTON, &parameters)
        .await?;
    Ok(Written::Done(button))
}

/// Deletes a button. The row of its endpoint stays, for the attempts that name it.
pub(crate) async fn delete(scope: &mut Scope, ordinal: i64, now: Millis) -> Result<bool> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let found = connection.execute(DELETE_BUTTON, &[&ordinal]).await?;
    if found == 1 {
        connection
            .execute(DELETE_ENDPOINT_OF_BUTTON, &[&ordinal, &now])
            .await?;
    }
    Ok(found == 1)
}

/// Deletes the buttons of a board.
pub(crate) async fn delete_of_board(
    connection: &Connection,
    board: i64,
    now: Millis,
) -> Result<()> {
    let mut numbers: Vec<i64> = Vec::new();
    for row in connection.query(NUMBERS_OF_BOARD, &[&board]).await? {
        numbers.push(row.try_get(0)?);
    }
    connection
        .execute(DELETE_ENDPOINTS_OF_BOARD, &[&numbers, &now])
        .await?;
    connection
        .execute(DELETE_BUTTONS_OF_BOARD, &[&board])
        .await?;
    Ok(())
}

/// Deletes the buttons of an application, whose endpoints are deleted already.
pub(crate) async fn delete_of_application(connection: &Connection, application: i64) -> Result<()> {
    connection
        .execute(DELETE_BUTTONS_OF_APPLICATION, &[&application])
        .await?;
    Ok(())
}
