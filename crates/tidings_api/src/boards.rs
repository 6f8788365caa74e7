//! `/app/{app}/board`: grids of buttons. Not part of the Svix contract.

pub(crate) mod buttons;
pub(crate) mod press;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::button::Board;
use tidings_domain::ids::BoardId;
use tidings_service::boards::BoardDraft;
use tidings_store::Order;

use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::{json, list, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::{ApiState, time};
use tidings_service::limits::DISPLAY_NAME_BYTES_MAX;

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BoardOut {
    id: BoardId,
    uid: Option<String>,
    name: String,
    rows: u32,
    columns: u32,
    created_at: String,
    updated_at: String,
}

impl From<Board> for BoardOut {
    fn from(board: Board) -> Self {
        Self {
            id: board.id,
            uid: board.uid,
            name: board.name,
            rows: board.rows,
            columns: board.columns,
            created_at: time::format(board.created_at),
            updated_at: time::format(board.updated_at),
        }
    }
}

fn read_draft(fields: &mut Fields) -> BoardDraft {
    let (name, rows, columns) = (
        fields.text("name"),
        fields.number("rows"),
        fields.number("columns"),
    );
    BoardDraft {
        uid: fields.text("uid").change(),
        name: fields.changed("name", name),
        rows: fields.changed("rows", rows),
        columns: fields.changed("columns", columns),
    }
}

/// What [`read_draft`] reads.
pub(crate) fn board_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may("uid", "The product's own id of it.", shapes::uid())
        .can(
            "name",
            "What people call it.",
            shapes::short(DISPLAY_NAME_BYTES_MAX),
        )
        .can("rows", "How many rows it has.", shapes::count())
        .can("columns", "How many columns it has.", shapes::count())
        .done()
}

pub(crate) async fn list_boards(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let mut listed = api.service.boards(caller, &app, &page).await?;
    let rows = std::mem::take(&mut listed.rows);
    let rows: Vec<BoardOut> = rows.into_iter().map(BoardOut::from).collect();
    Ok(list(&listed, rows))
}

pub(crate) async fn create_board(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api.service.create_board(caller, &app, draft, dedup).await?;
    Ok(json(StatusCode::CREATED, &BoardOut::from(made)))
}

pub(crate) async fn get_board(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, board)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = api.service.board(caller, &app, &board).await?;
    Ok(json(StatusCode::OK, &BoardOut::from(found)))
}

pub(crate) async fn patch_board(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, board)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let changed = api.service.patch_board(caller, &app, &board, draft).await?;
    Ok(json(StatusCode::OK, &BoardOut::from(changed)))
}

pub(crate) async fn delete_board(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, board)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    api.service.delete_board(caller, &app, &board).await?;
    Ok(StatusCode::NO_CONTENT)
}
