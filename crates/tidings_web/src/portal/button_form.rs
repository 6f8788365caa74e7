//! The editor of a button. Opening it and saving sends nothing; only a press does.

use std::borrow::Borrow;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_domain::button::{Button, LABEL_CHARS_MAX, MESSAGE_CHARS_MAX};
use tidings_service::ServiceError;

use super::Portal;
use super::board::{KINDS, Named, Shown, load};
use super::button_fields::{Fields, Wrong, found_wrong};
use super::visitor::{Account, Visitor, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// The words of webhooks, each with what it means.
const TERMS: [(&str, &str); 6] = [
    ("term-webhook", "term-webhook-is"),
    ("term-provider", "term-provider-is"),
    ("term-event", "term-event-is"),
    ("term-url", "term-url-is"),
    ("term-payload", "term-payload-is"),
    ("term-json", "term-json-is"),
];

#[derive(Template)]
#[template(path = "portal/button_form.html")]
struct Editor {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    board: Named,
    /// Places that are free, and its own.
    places: Vec<(u32, u32)>,
    /// The button that is edited; none for a new one.
    button: Option<String>,
    fields: Fields,
    wrong: Vec<Wrong>,
    is_stale: bool,
}

impl Editor {
    fn error(&self, field: &str) -> Option<String> {
        let wrong = self.wrong.iter().find(|wrong| wrong.field == field);
        wrong.map(|wrong| wrong.text(&self.page))
    }

    /// What a field is called that is wrong.
    fn label(&self, field: &str) -> String {
        self.page.say(match field {
            "label" => "button-label",
            "message" => "button-message",
            "url" => "term-url",
            "json" => "term-json",
            _ => "button-place",
        })
    }

    fn is_at(&self, row: impl Borrow<u32>, column: impl Borrow<u32>) -> bool {
        (self.fields.row, self.fields.column) == (*row.borrow(), *column.borrow())
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn kinds(&self) -> [(&'static str, &'static str, &'static str); 4] {
        KINDS
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn terms(&self) -> [(&'static str, &'static str); 6] {
        TERMS
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn label_max(&self) -> usize {
        LABEL_CHARS_MAX
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn message_max(&self) -> usize {
        MESSAGE_CHARS_MAX
    }
}

/// The account, if its buttons may be changed.
pub(crate) async fn managed(
    portal: &Portal,
    visitor: &Visitor,
    app: &str,
) -> Result<Account, Fault> {
    let account = visitor.account(portal, app).await?;
    visitor.check(Capability::ManageEndpoint)?;
    if account.is_paused {
        return Err(Fault::NoPlan);
    }
    Ok(account)
}

/// What the editor is shown with.
struct Edited {
    button: Option<String>,
    fields: Fields,
    wrong: Vec<Wrong>,
    is_stale: bool,
}

fn show(
    visitor: Visitor,
    account: Account,
    shown: Shown,
    edited: Edited,
) -> Result<Response, Fault> {
    let status = if edited.wrong.is_empty() && !edited.is_stale {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let places = shown.spots.iter().filter(|spot| match &spot.tile {
        Some(tile) => edited.button.as_ref() == Some(&tile.id),
        None => true,
    });
    let template = Editor {
        token: visitor.form_token(),
        account,
        tab: "buttons",
        board: shown.board.ok_or(Fault::Missing)?,
        places: places.map(|spot| (spot.row, spot.column)).collect(),
        button: edited.button,
        fields: edited.fields,
        wrong: edited.wrong,
        is_stale: edited.is_stale,
        page: visitor.page,
    };
    Ok(render(status, &template))
}

/// The editor of a new button.
pub(crate) async fn show_new(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = managed(&portal, &visitor, &app).await?;
    let shown = load(&portal, &visitor, &account, query.line("board")).await?;
    let number = |name| query.line(name).parse().ok();
    let free = shown.spots.iter().find(|spot| spot.tile.is_none());
    let place = number("row").zip(number("column"));
    let place = place.or(free.map(|spot| (spot.row, spot.column)));
    let edited = Edited {
        button: None,
        fields: Fields::empty(place.unwrap_or_default(), once(&portal)),
        wrong: Vec::new(),
        is_stale: false,
    };
    show(visitor, account, shown, edited)
}

/// Makes a button.
pub(crate) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let shown = load(&portal, &visitor, &account, form.line("board")).await?;
    let board = shown.board.clone().ok_or(Fault::Missing)?;
    let mut fields = Fields::typed(&form);
    let is_stale = !visitor.has_sent(&form);
    let mut wrong = fields.wrong();
    if wrong.is_empty() && !is_stale {
        let dedup = visitor.dedup(&portal, &form)?;
        let mut draft = fields.draft();
        draft.board = Some(board.id.clone());
        let made = portal
            .service
            .create_button(visitor.caller, &account.id, draft, dedup);
        match made.await {
            Ok(_) => return Ok(saved(&account, &board.id)),
            Err(error) => wrong = found_wrong(error)?,
        }
    }
    // What was wrong is another form once it is mended, so it gets a number of its own.
    fields.once = once(&portal);
    let edited = Edited {
        button: None,
        fields,
        wrong,
        is_stale,
    };
    show(visitor, account, shown, edited)
}

async fn find(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    id: &str,
) -> Result<(Button, Shown), Fault> {
    let found = portal.service.button(visitor.caller, &account.id, id);
    let button = found.await?;
    let shown = load(portal, visitor, account, &button.board.to_string()).await?;
    Ok((button, shown))
}

/// The editor with what is stored.
pub(crate) async fn show_update(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let (button, shown) = find(&portal, &visitor, &account, &id).await?;
    let edited = Edited {
        fields: Fields::stored(&button, once(&portal)),
        button: Some(button.id.to_string()),
        wrong: Vec::new(),
        is_stale: false,
    };
    show(visitor, account, shown, edited)
}

/// Changes a button.
pub(crate) async fn update(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let (button, shown) = find(&portal, &visitor, &account, &id).await?;
    let fields = Fields::typed(&form);
    let is_stale = !visitor.has_sent(&form);
    let mut wrong = fields.wrong();
    let id = button.id.to_string();
    if wrong.is_empty() && !is_stale {
        let change = fields.draft();
        let changed = portal
            .service
            .patch_button(visitor.caller, &account.id, &id, change);
        match changed.await {
            Ok(_) => return Ok(saved(&account, &button.board.to_string())),
            Err(error) => wrong = found_wrong(error)?,
        }
    }
    let edited = Edited {
        button: Some(id),
        fields,
        wrong,
        is_stale,
    };
    show(visitor, account, shown, edited)
}

#[derive(Template)]
#[template(path = "portal/board_remove.html")]
pub(crate) struct Remove {
    pub(crate) page: Page,
    pub(crate) token: String,
    pub(crate) account: Account,
    pub(crate) tab: &'static str,
    pub(crate) board: String,
    /// What is asked, and what follows from it.
    pub(crate) ask: String,
    pub(crate) what: String,
}

/// Asks before a button is removed.
pub(crate) async fn ask_remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let account = managed(&portal, &visitor, &app).await?;
    let found = portal.service.button(visitor.caller, &account.id, &id);
    let button = found.await?;
    let page = visitor.page.clone();
    let template = Remove {
        token: visitor.form_token(),
        account,
        tab: "buttons",
        board: button.board.to_string(),
        ask: page.say_of("remove-ask", "name", button.face.label),
        what: page.say("button-remove-what"),
        page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Removes a button for good. One that is gone already is as gone as was wished.
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
    let (service, caller) = (&portal.service, visitor.caller);
    let button = service.button(caller, &account.id, &id).await?;
    match service.delete_button(caller, &account.id, &id).await {
        Ok(()) | Err(ServiceError::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let to = format!(
        "/portal/{}/boards?board={}&done=removed",
        account.id, button.board
    );
    Ok(Redirect::to(&to).into_response())
}

/// Back to the board, which says so.
fn saved(account: &Account, board: &str) -> Response {
    let to = format!("/portal/{}/boards?board={board}&done=saved", account.id);
    Redirect::to(&to).into_response()
}
