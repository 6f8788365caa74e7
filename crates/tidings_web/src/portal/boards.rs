//! Boards in hand: which buttons they have, their names and sizes, and making and removing them.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::button::{SIDE_DEFAULT, SIDE_MAX};
use tidings_service::ServiceError;
use tidings_service::boards::BoardDraft;

use super::Portal;
use super::board::{Named, Shown, load};
use super::button_form::{Remove, managed};
use super::visitor::{Account, Visitor, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "portal/boards.html")]
struct Edit {
    page: Page,
    account: Account,
    token: String,
    tab: &'static str,
    shown: Shown,
    /// What was done before this page: a word that the template knows.
    done: String,
}

#[derive(Template)]
#[template(path = "portal/board_form.html")]
struct Form {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    /// The board that is changed, by id and name; none for a new one.
    board: Option<(String, String)>,
    fields: Fields,
    /// The text that says what is wrong.
    wrong: Option<(&'static str, &'static str)>,
}

impl Form {
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn side_max(&self) -> u32 {
        SIDE_MAX
    }

    fn error(&self, field: &str) -> Option<&'static str> {
        self.wrong
            .filter(|(own, _)| *own == field)
            .map(|(_, text)| text)
    }
}

/// What stands in the form.
struct Fields {
    name: String,
    rows: String,
    columns: String,
    once: String,
}

impl Fields {
    fn of(board: &Named, once: String) -> Self {
        Self {
            name: board.name.clone(),
            rows: board.rows.to_string(),
            columns: board.columns.to_string(),
            once,
        }
    }

    fn typed(form: &Posted) -> Self {
        Self {
            name: form.line("name").to_owned(),
            rows: form.line("rows").to_owned(),
            columns: form.line("columns").to_owned(),
            once: form.one("once").to_owned(),
        }
    }

    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        if self.name.is_empty() {
            return Some(("name", "wrong-board-name"));
        }
        let is_side = |text: &str| {
            text.parse::<u32>()
                .is_ok_and(|side| (1..=SIDE_MAX).contains(&side))
        };
        if is_side(&self.rows) && is_side(&self.columns) {
            None
        } else {
            Some(("size", "wrong-board-size"))
        }
    }

    fn draft(&self) -> BoardDraft {
        BoardDraft {
            uid: None,
            name: Some(self.name.clone()),
            rows: self.rows.parse().ok(),
            columns: self.columns.parse().ok(),
        }
    }
}

/// Which field a use case finds wrong; the fault if it is something else.
fn found_wrong(error: ServiceError) -> Result<(&'static str, &'static str), Fault> {
    match error {
        ServiceError::Invalid(_) => Ok(("name", "wrong-board-name")),
        ServiceError::Conflict {
            code: "button_beyond_edge",
            ..
        } => Ok(("size", "wrong-board-edge")),
        ServiceError::Refused {
            code: "too_many_boards",
            ..
        } => Ok(("name", "wrong-boards-many")),
        other => Err(other.into()),
    }
}

/// The board with its buttons, each of which leads to its editor.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = managed(&portal, &visitor, &app).await?;
    let template = Edit {
        token: visitor.form_token(),
        shown: load(&portal, &visitor, &account, query.line("board")).await?,
        account,
        tab: "buttons",
        done: query.line("done").to_owned(),
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

fn show_form(
    visitor: Visitor,
    account: Account,
    board: Option<&Named>,
    (fields, wrong): (Fields, Option<(&'static str, &'static str)>),
) -> Response {
    let status = match wrong {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let template = Form {
        token: visitor.form_token(),
        page: visitor.page,
        account,
        tab: "buttons",
        board: board.map(|board| (board.id.clone(), board.name.clone())),
        fields,
        wrong,
    };
    render(status, &template)
}

/// The form of a new board.
pub(crate) async fn show_new(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let fields = Fields {
        name: String::new(),
        rows: SIDE_DEFAULT.to_string(),
        columns: SIDE_DEFAULT.to_string(),
        once: once(&portal),
    };
    Ok(show_form(visitor, account, None, (fields, None)))
}

/// Makes a board.
pub(crate) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let mut fields = Fields::typed(&form);
    let mut wrong = fields.wrong();
    if wrong.is_none() {
        let dedup = visitor.dedup(&portal, &form)?;
        let made = portal
            .service
            .create_board(visitor.caller, &account.id, fields.draft(), dedup);
        match made.await {
            Ok(board) => return Ok(back(&account, &board.id.to_string(), "saved")),
            Err(error) => wrong = Some(found_wrong(error)?),
        }
    }
    // What was wrong is another form once it is mended, so it gets a number of its own.
    fields.once = once(&portal);
    Ok(show_form(visitor, account, None, (fields, wrong)))
}

async fn find(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    id: &str,
) -> Result<Named, Fault> {
    let board = portal.service.board(visitor.caller, &account.id, id);
    Ok(Named::of(&board.await?))
}

/// The form with what is stored.
pub(crate) async fn show_update(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let board = find(&portal, &visitor, &account, &id).await?;
    let fields = Fields::of(&board, once(&portal));
    Ok(show_form(visitor, account, Some(&board), (fields, None)))
}

/// Changes a board.
pub(crate) async fn update(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let board = find(&portal, &visitor, &account, &id).await?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let fields = Fields::typed(&form);
    let mut wrong = fields.wrong();
    if wrong.is_none() {
        let draft = fields.draft();
        let changed = portal
            .service
            .patch_board(visitor.caller, &account.id, &board.id, draft);
        match changed.await {
            Ok(_) => return Ok(back(&account, &board.id, "saved")),
            Err(error) => wrong = Some(found_wrong(error)?),
        }
    }
    Ok(show_form(visitor, account, Some(&board), (fields, wrong)))
}

/// Asks before a board is removed with its buttons.
pub(crate) async fn ask_remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let board = find(&portal, &visitor, &account, &id).await?;
    let page = visitor.page.clone();
    let template = Remove {
        token: visitor.form_token(),
        account,
        tab: "buttons",
        ask: page.say_of("remove-ask", "name", &board.name),
        board: board.id,
        what: page.say("board-remove-what"),
        page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Removes a board for good.
pub(crate) async fn remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let removed = portal
        .service
        .delete_board(visitor.caller, &account.id, &id);
    removed.await?;
    let to = format!("/portal/{}/boards?done=removed", account.id);
    Ok(Redirect::to(&to).into_response())
}

/// To the board, which says so.
fn back(account: &Account, board: &str, done: &str) -> Response {
    let to = format!("/portal/{}/boards?board={board}&done={done}", account.id);
    Redirect::to(&to).into_response()
}
