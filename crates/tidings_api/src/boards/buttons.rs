//! `/app/{app}/button`: buttons, each with one webhook action. Not part of the Svix contract.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidings_domain::button::Button;
use tidings_domain::ids::{BoardId, ButtonId, EndpointId};
use tidings_service::FieldProblem;
use tidings_service::boards::ButtonDraft;
use tidings_store::Order;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::{json, list, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::time;

/// Most bytes of a board's id or uid in a query.
const BOARD_BYTES_MAX: usize = 256;
/// What is said to who wants more of a button than it does.
const ONE_ACTION: &str = "a button has one webhook action: one `url`, and one `payload` or none";

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ButtonOut {
    id: ButtonId,
    uid: Option<String>,
    board_id: BoardId,
    row: u32,
    column: u32,
    label: String,
    message: String,
    picture: Option<String>,
    colour: Option<String>,
    url: String,
    payload: Option<String>,
    /// What attempts of its presses name.
    endpoint_id: EndpointId,
    created_at: String,
    updated_at: String,
}

impl From<Button> for ButtonOut {
    fn from(button: Button) -> Self {
        Self {
            id: button.id,
            endpoint_id: button.endpoint(),
            uid: button.uid,
            board_id: button.board,
            row: button.place.row,
            column: button.place.column,
            label: button.face.label,
            message: button.face.message,
            picture: button.face.picture,
            colour: button.face.colour,
            url: button.url,
            payload: button.face.payload,
            created_at: time::format(button.created_at),
            updated_at: time::format(button.updated_at),
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "ButtonSecretOut")]
pub(crate) struct SecretOut<'a> {
    key: &'a str,
}

/// A body that names one of these twice would have two actions.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only whether they are given once matters")]
struct OneAction<'a> {
    #[serde(borrow)]
    url: Option<&'a RawValue>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

fn read_draft(fields: &mut Fields, body: &JsonBody) -> Result<ButtonDraft, Problem> {
    if serde_json::from_str::<OneAction<'_>>(body.text()?).is_err() {
        fields.refuse(FieldProblem::body("url", ONE_ACTION));
    }
    // Where others have lists of actions or URLs, nothing may be taken and the rest be let go.
    for name in ["action", "actions", "urls", "webhook", "webhooks"] {
        if fields.value(name).or_none().is_some() {
            fields.refuse(FieldProblem::body(name, ONE_ACTION));
        }
    }
    let (board, url) = (fields.text("boardId"), fields.text("url"));
    let (row, column) = (fields.number("row"), fields.number("column"));
    let (label, message) = (fields.text("label"), fields.text("message"));
    Ok(ButtonDraft {
        uid: fields.text("uid").change(),
        board: fields.changed("boardId", board),
        row: fields.changed("row", row),
        column: fields.changed("column", column),
        label: fields.changed("label", label),
        message: fields.changed("message", message),
        picture: fields.text("picture").change(),
        colour: fields.text("colour").change(),
        url: fields.changed("url", url),
        payload: fields.text("payload").change(),
    })
}

/// What [`read_draft`] reads.
pub(crate) fn button_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may("uid", "The product's own id of it.", shapes::uid())
        .can("boardId", "The id or uid of its board.", shapes::text())
        .can("row", "Its row, from 0 on.", shapes::count())
        .can("column", "Its column, from 0 on.", shapes::count())
        .can("label", "What stands on it.", shapes::text())
        .can(
            "message",
            "What is said when it has been pressed.",
            shapes::text(),
        )
        .may("picture", "The picture on it.", shapes::text())
        .may("colour", "Its colour.", shapes::text())
        .can("url", "Where its request goes.", shapes::text())
        .may(
            "payload",
            "The body of its request, with placeholders.",
            shapes::text(),
        )
        .done()
}

pub(crate) async fn list_buttons(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let board = query.short_text("board", BOARD_BYTES_MAX)?;
    let listing = api.service.buttons(caller, &app, board.as_deref(), &page);
    let mut listed = listing.await?;
    let rows = std::mem::take(&mut listed.rows);
    let rows: Vec<ButtonOut> = rows.into_iter().map(ButtonOut::from).collect();
    Ok(list(&listed, rows))
}

pub(crate) async fn create_button(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields, &body)?;
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let making = api.service.create_button(caller, &app, draft, dedup);
    Ok(json(StatusCode::CREATED, &ButtonOut::from(making.await?)))
}

pub(crate) async fn get_button(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, button)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = api.service.button(caller, &app, &button).await?;
    Ok(json(StatusCode::OK, &ButtonOut::from(found)))
}

pub(crate) async fn patch_button(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, button)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let draft = read_draft(&mut fields, &body)?;
    fields.finish()?;
    let changing = api.service.patch_button(caller, &app, &button, draft);
    Ok(json(StatusCode::OK, &ButtonOut::from(changing.await?)))
}

pub(crate) async fn delete_button(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, button)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    api.service.delete_button(caller, &app, &button).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn get_button_secret(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, button)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let key = api.service.button_secret(caller, &app, &button).await?;
    Ok(json(StatusCode::OK, &SecretOut { key: &key }))
}
