//! Boards: made, found, listed, changed, deleted with their buttons.

use tidings_domain::button::{Board, BoardPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::BoardId;
use tidings_store::{Dedup, NewBoard, PageRequest, Reference, Written};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{number, stored, stored_option, text, text_option};
use crate::dedup::{find_number, take_number};
use crate::failure::Result;
use crate::pages::{self, page_down, page_up};
use crate::statements::statements;
use crate::step::Scope;
use crate::{applications, buttons, changes};

macro_rules! columns {
    () => {
        "ordinal, application, tail, uid, name, row_count, column_count, created_at, updated_at"
    };
}

statements! {
    CREATE_BOARD = concat!("-- create_board
        WITH next AS (UPDATE counter SET value = value + 1 WHERE name = 'board' RETURNING value)
        INSERT INTO board (", columns!(), ")
        SELECT value, $1, $2, $3, $4, $5, $6, $7, $7 FROM next
        RETURNING ", columns!());
    BOARD_BY_ORDINAL = concat!("-- board_by_ordinal
        SELECT ", columns!(), " FROM board WHERE ordinal = $1");
    BOARD_BY_UID = concat!("-- board_by_uid
        SELECT ", columns!(), " FROM board WHERE application = $1 AND uid = $2");
    BOARDS_UP = page_up!("-- boards_up
        SELECT ", columns!(), " FROM board WHERE application = $1");
    BOARDS_DOWN = page_down!("-- boards_down
        SELECT ", columns!(), " FROM board WHERE application = $1");
    UPDATE_BOARD = "-- update_board
        UPDATE board SET uid = $2, name = $3, row_count = $4, column_count = $5, updated_at = $6
        WHERE ordinal = $1";
    DELETE_BOARD = "-- delete_board
        DELETE FROM board WHERE ordinal = $1";
    DELETE_BOARDS_OF_APPLICATION = "-- delete_boards_of_application
        DELETE FROM board WHERE application = $1";
}

fn read(row: &Row) -> Result<Board> {
    let created_at = row.try_get(7)?;
    Ok(Board {
        id: BoardId::new(created_at, 0, row.try_get(0)?, row.try_get(2)?),
        application: row.try_get(1)?,
        uid: text_option(row, 3)?,
        name: text(row, 4)?,
        rows: number(row, 5)?,
        columns: number(row, 6)?,
        created_at,
        updated_at: row.try_get(8)?,
    })
}

/// Makes a board. A refused one does not use up the idempotency key.
pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewBoard,
    dedup: Option<&Dedup>,
) -> Result<Written<Board>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    if let Some(dedup) = dedup {
        match find_number(connection, dedup, new.created_at).await? {
            None => {}
            Some((made, true)) => {
                return Ok(Written::Replayed(by_ordinal(connection, made).await?));
            }
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let application = applications::by_ordinal(connection, new.application).await?;
    if application.is_none() {
        return Ok(Written::Missing);
    }
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, new.application, uid).await?
    {
        return Ok(Written::Taken(other));
    }
    let parameters: [Parameter<'_>; 7] = [
        &new.application,
        &new.tail,
        &stored_option(new.uid.as_ref()),
        &stored(&new.name),
        &i64::from(new.rows),
        &i64::from(new.columns),
        &new.created_at,
    ];
    let made = read(&connection.query_one(CREATE_BOARD, &parameters).await?)?;
    if let Some(dedup) = dedup {
        take_number(connection, dedup, made.ordinal(), new.created_at).await?;
    }
    Ok(Written::Done(made))
}

pub(crate) async fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<BoardId>,
) -> Result<Option<Board>> {
    match reference {
        Reference::Id(id) => {
            let found = by_ordinal(connection, id.seq()).await?;
            Ok(found.filter(|found| found.id == *id && found.application == application))
        }
        Reference::Uid(uid) => by_uid(connection, application, uid).await,
    }
}

pub(crate) async fn by_ordinal(connection: &Connection, ordinal: i64) -> Result<Option<Board>> {
    let row = connection.query_opt(BOARD_BY_ORDINAL, &[&ordinal]).await?;
    row.as_ref().map(read).transpose()
}

async fn by_uid(connection: &Connection, application: i64, uid: &str) -> Result<Option<Board>> {
    let row = connection
        .query_opt(BOARD_BY_UID, &[&application, &stored(uid)])
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> Result<Vec<Board>> {
    let sql = (BOARDS_UP, BOARDS_DOWN);
    let rows = pages::rows(connection, sql, application, page).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn update(
    scope: &mut Scope,
    ordinal: i64,
    patch: BoardPatch,
    now: Millis,
) -> Result<Written<Board>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let Some(mut board) = by_ordinal(connection, ordinal).await? else {
        return Ok(Written::Missing);
    };
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, board.application, uid).await?
        && other.id != board.id
    {
        return Ok(Written::Taken(other));
    }
    scope.keep_before(&board);
    patch.apply(&mut board, now);
    let parameters: [Parameter<'_>; 6] = [
        &ordinal,
        &stored_option(board.uid.as_ref()),
        &stored(&board.name),
        &i64::from(board.rows),
        &i64::from(board.columns),
        &board.updated_at,
    ];
    connection.execute(UPDATE_BOARD, &parameters).await?;
    Ok(Written::Done(board))
}

/// Deletes a board and its buttons.
pub(crate) async fn delete(scope: &mut Scope, ordinal: i64, now: Millis) -> Result<bool> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    buttons::delete_of_board(connection, ordinal, now).await?;
    let found = connection.execute(DELETE_BOARD, &[&ordinal]).await?;
    Ok(found == 1)
}

/// Deletes the boards and buttons of an application, whose endpoints are deleted already.
pub(crate) async fn delete_of_application(connection: &Connection, application: i64) -> Result<()> {
    buttons::delete_of_application(connection, application).await?;
    connection
        .execute(DELETE_BOARDS_OF_APPLICATION, &[&application])
        .await?;
    Ok(())
}
