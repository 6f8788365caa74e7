//! Accepting an invitation: whoever has its link chooses a password, and is signed in.
//!
//! Opening the page uses nothing up, so whatever looks at links ahead of their reader does no harm.

use askama::Template;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::member::Member as Person;
use tidings_service::ServiceError;
use tidings_service::members::{Acceptance, Credentials};
use zeroize::Zeroizing;

use super::member::{role_lead, role_text};
use super::sign_in::with_session;
use super::{Dashboard, FOLDER};
use crate::errors::Fault;
use crate::form::{Posted, code_of, wrong_fields};
use crate::origin::origin;
use crate::page::{Page, render};

/// Asks for the link.
#[derive(Template)]
#[template(path = "dashboard/join.html")]
struct AskLink {
    page: Page,
    is_wrong: bool,
}

/// Asks for a name and a password.
#[derive(Template)]
#[template(path = "dashboard/join_as.html")]
struct AskPassword {
    page: Page,
    code: String,
    email: String,
    name: String,
    environment: String,
    role: &'static str,
    role_lead: &'static str,
    wrong: Vec<&'static str>,
}

impl AskPassword {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.contains(&field)
    }
}

/// The page.
pub(super) async fn show(page: Page) -> Response {
    let template = AskLink {
        page,
        is_wrong: false,
    };
    render(StatusCode::OK, &template)
}

/// Takes the code, and then the password.
pub(super) async fn accept(
    State(dashboard): State<Dashboard>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let page = Page::new(&parts.headers, parts.uri.path());
    let (origin, headers) = (origin(&parts), parts.headers.clone());
    let form = Posted::from_request(Request::from_parts(parts, body), &()).await?;
    let (service, code) = (&dashboard.service, code_of(form.line("code")));
    let invited = match service.invited(code).await {
        Ok(invited) => invited,
        Err(ServiceError::NotFound { .. }) => return Ok(refuse(page)),
        Err(other) => return Err(other.into()),
    };
    if !form.has("password") {
        let asked = ask(&dashboard, page, code, invited, Vec::new()).await?;
        return Ok(render(StatusCode::OK, &asked));
    }
    let name = form.line("name");
    let acceptance = Acceptance {
        code: Zeroizing::new(code.to_owned()),
        name: (!name.is_empty()).then(|| name.to_owned()),
        password: Zeroizing::new(form.one("password").to_owned()),
    };
    let credentials = Credentials {
        environment: Some(name_of(&dashboard, invited.environment).await?),
        email: invited.email.clone(),
        password: acceptance.password.clone(),
    };
    match service.accept_invitation(acceptance, origin).await {
        Ok(_) => {
            let signed_in = service.sign_in(credentials, origin).await?;
            let response = Redirect::to(FOLDER).into_response();
            Ok(with_session(&dashboard, &headers, response, &signed_in))
        }
        Err(ServiceError::Invalid(problems)) => {
            let wrong = wrong_fields(&problems, &["name", "password"]);
            let mut asked = ask(&dashboard, page, code, invited, wrong).await?;
            name.clone_into(&mut asked.name);
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &asked))
        }
        Err(ServiceError::NotFound { .. }) => Ok(refuse(page)),
        Err(other) => Err(other.into()),
    }
}

/// A code that never was one looks like one that is used up.
fn refuse(page: Page) -> Response {
    let template = AskLink {
        page,
        is_wrong: true,
    };
    render(StatusCode::GONE, &template)
}

async fn ask(
    dashboard: &Dashboard,
    page: Page,
    code: &str,
    invited: Person,
    wrong: Vec<&'static str>,
) -> Result<AskPassword, Fault> {
    // Who was invited without a name is called by the address.
    let is_named = invited.name != invited.email;
    let name = if is_named {
        invited.name
    } else {
        String::new()
    };
    Ok(AskPassword {
        page,
        code: code.to_owned(),
        environment: name_of(dashboard, invited.environment).await?,
        name,
        email: invited.email,
        role: role_text(invited.role),
        role_lead: role_lead(invited.role),
        wrong,
    })
}

async fn name_of(dashboard: &Dashboard, environment: i64) -> Result<String, Fault> {
    let environments = dashboard.service.environments().await?;
    let mut environments = environments.into_iter();
    let found = environments.find(|one| one.ordinal == environment);
    Ok(found.ok_or(Fault::Missing)?.name)
}
