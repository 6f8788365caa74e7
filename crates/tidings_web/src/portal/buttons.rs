//! The board in use: pressing a button sends what it holds, once, and says how that ended.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_service::boards::{PressDraft, Pressing};

use super::Portal;
use super::attempts::Row;
use super::board::{Shown, load};
use super::visitor::{Account, Visitor, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// What a press that was just made came to.
struct Outcome {
    button: String,
    label: String,
    row: Row,
}

#[derive(Template)]
#[template(path = "portal/buttons.html")]
struct Buttons {
    page: Page,
    token: String,
    once: String,
    account: Account,
    tab: &'static str,
    shown: Shown,
    outcome: Option<Outcome>,
    /// What stands in the speech bar.
    sdb: String,
    may_press: bool,
    may_manage: bool,
}

impl Buttons {
    /// Whether this is the button that was just pressed: where the focus goes on from.
    fn is_pressed(&self, id: &str) -> bool {
        self.outcome
            .as_ref()
            .is_some_and(|outcome| outcome.button == id)
    }
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
    let shown = load(&portal, &visitor, &account, query.line("board")).await?;
    let template = Buttons {
        token: visitor.form_token(),
        once: once(&portal),
        may_press: visitor.may(Capability::CreateAttempts) && !account.is_paused,
        may_manage: visitor.may(Capability::ManageEndpoint) && !account.is_paused,
        outcome: outcome(&portal, &visitor, &account, &query).await?,
        sdb: query.one("sdb").to_owned(),
        account,
        tab: "buttons",
        shown,
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

async fn outcome(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    query: &Posted,
) -> Result<Option<Outcome>, Fault> {
    let (message, attempt, button) = (
        query.line("message"),
        query.line("attempt"),
        query.line("button"),
    );
    if [message, attempt, button].contains(&"") {
        return Ok(None);
    }
    let (service, caller) = (&portal.service, visitor.caller);
    let found = service
        .attempt(caller, &account.id, message, attempt)
        .await?;
    let button = service.button(caller, &account.id, button).await?;
    Ok(Some(Outcome {
        button: button.id.to_string(),
        label: button.face.label,
        row: Row::of(&found, visitor.page.language, service.now()),
    }))
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
    let (service, caller) = (&portal.service, visitor.caller);
    let button = service.button(caller, &account.id, &button).await?;
    let id = button.id.to_string();
    let at = Pressing {
        application: &account.id,
        button: &id,
    };
    let draft = PressDraft {
        sdb: Some(form.one("sdb").to_owned()).filter(|sdb| !sdb.is_empty()),
        session: None,
    };
    let dedup = visitor.dedup(&portal, &form)?;
    let attempt = service.press_button(caller, at, draft, dedup).await?;
    let attempt = attempt.attempt;
    let mut to = url::form_urlencoded::Serializer::new(String::new());
    to.append_pair("board", &button.board.to_string())
        .append_pair("message", &attempt.message.to_string())
        .append_pair("attempt", &attempt.id.to_string())
        .append_pair("button", &id);
    if !form.one("sdb").is_empty() {
        to.append_pair("sdb", form.one("sdb"));
    }
    let to = format!("/portal/{}/buttons?{}", account.id, to.finish());
    Ok(Redirect::to(&to).into_response())
}
