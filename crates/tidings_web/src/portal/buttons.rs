//! The board: pressing a button sends what it holds, once, and says how that ended.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_service::PageQuery;
use tidings_service::boards::{PressDraft, Pressing};
use tidings_store::Order;

use super::Portal;
use super::attempts::Row;
use super::visitor::{Account, Visitor, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// Buttons of one page: more than a board may have.
const BUTTONS_MAX: usize = 250;

/// Looks of tiles, in turn: which kind of word a button is, nobody has said.
const CLASSES: [&str; 4] = ["do", "thing", "ask", "say"];

/// A button, as the board shows it.
struct Tile {
    id: String,
    label: String,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "portal/buttons.html")]
struct Buttons {
    page: Page,
    token: String,
    once: String,
    account: Account,
    tab: &'static str,
    tiles: Vec<Tile>,
    /// What a press that was just made came to: the label and the request.
    pressed: Option<(String, Row)>,
    may_press: bool,
}

/// The board.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = visitor.account(&portal, &app).await?;
    let (service, caller) = (&portal.service, visitor.caller);
    let all = PageQuery {
        limit: BUTTONS_MAX,
        cursor: None,
        order: Order::Ascending,
    };
    let mut buttons = service.buttons(caller, &account.id, None, &all).await?.rows;
    buttons.sort_by_key(|button| (button.board, button.place.row, button.place.column));
    let pressed = match (query.line("message"), query.line("attempt")) {
        ("", _) | (_, "") => None,
        (message, attempt) => {
            let found = service
                .attempt(caller, &account.id, message, attempt)
                .await?;
            let row = Row::of(&found, visitor.page.language, service.now());
            let endpoint = found.attempt.endpoint.seq();
            let button = buttons.iter().find(|button| button.id.seq() == endpoint);
            button.map(|button| (button.face.label.clone(), row))
        }
    };
    let tiles = buttons.iter().enumerate().map(|(place, button)| Tile {
        id: button.id.to_string(),
        label: button.face.label.clone(),
        class: CLASSES[place % CLASSES.len()],
    });
    let template = Buttons {
        token: visitor.form_token(),
        once: once(&portal),
        may_press: visitor.may(Capability::CreateAttempts) && !account.is_paused,
        account,
        tab: "buttons",
        tiles: tiles.collect(),
        pressed,
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Presses a button once.
pub(crate) async fn press(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, button)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::CreateAttempts)?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let at = Pressing {
        application: &account.id,
        button: &button,
    };
    let dedup = visitor.dedup(&portal, &form)?;
    let pressed = portal
        .service
        .press_button(visitor.caller, at, PressDraft::default(), dedup);
    let attempt = pressed.await?.attempt;
    let to = format!(
        "/portal/{}/buttons?message={}&attempt={}",
        account.id, attempt.message, attempt.id
    );
    Ok(Redirect::to(&to).into_response())
}
