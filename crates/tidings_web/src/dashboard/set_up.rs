//! The first owner of all: made once, by whoever sees the console, which shows the link to this page.
//!
//! The code is behind the `#` of the link, which browsers send to nobody; the script puts it into the form.

use askama::Template;
use axum::extract::{FromRequest as _, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_service::ServiceError;
use tidings_service::members::{Credentials, SetUp};
use zeroize::Zeroizing;

use super::sign_in::with_session;
use super::{Dashboard, FOLDER};
use crate::errors::Fault;
use crate::form::{Posted, code_of, wrong_fields};
use crate::origin::origin;
use crate::page::{Page, render};

#[derive(Template)]
#[template(path = "dashboard/set_up.html")]
struct Show {
    page: Page,
    code: String,
    email: String,
    name: String,
    wrong: Vec<&'static str>,
    /// Whether somebody was faster.
    is_done: bool,
}

impl Show {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.contains(&field)
    }
}

/// Asks who it is.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    RawQuery(query): RawQuery,
    page: Page,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let is_done = dashboard.service.set_up_code().await?.is_none();
    let template = Show {
        page,
        code: query.line("code").to_owned(),
        email: String::new(),
        name: String::new(),
        wrong: Vec::new(),
        is_done,
    };
    let status = if is_done {
        StatusCode::GONE
    } else {
        StatusCode::OK
    };
    Ok(render(status, &template))
}

/// Makes the owner, who is signed in at once.
pub(super) async fn begin(
    State(dashboard): State<Dashboard>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let page = Page::new(&parts.headers, parts.uri.path());
    let (origin, headers) = (origin(&parts), parts.headers.clone());
    let form = Posted::from_request(Request::from_parts(parts, body), &()).await?;
    let (email, name) = (form.line("email"), form.line("name"));
    let set_up = SetUp {
        code: Zeroizing::new(code_of(form.line("code")).to_owned()),
        email: email.to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        password: Zeroizing::new(form.one("password").to_owned()),
    };
    let credentials = Credentials {
        environment: None,
        email: set_up.email.clone(),
        password: set_up.password.clone(),
    };
    let service = &dashboard.service;
    let wrong = match service.set_up(set_up, origin).await {
        Ok(_) => {
            let signed_in = service.sign_in(credentials, origin).await?;
            let response = Redirect::to(FOLDER).into_response();
            return Ok(with_session(&dashboard, &headers, response, &signed_in));
        }
        Err(ServiceError::Invalid(problems)) => {
            wrong_fields(&problems, &["email", "name", "password"])
        }
        Err(ServiceError::NotFound { .. }) => vec!["code"],
        Err(other) => return Err(other.into()),
    };
    let template = Show {
        page,
        code: form.line("code").to_owned(),
        email: email.to_owned(),
        name: name.to_owned(),
        wrong,
        is_done: service.set_up_code().await?.is_none(),
    };
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &template))
}
