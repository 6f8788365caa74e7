//! `/auth`: sessions of the portal, from their making to their end.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::access::{Capabilities, Capability};
use tidings_domain::session::{EXPIRY_SECS_MAX, EXPIRY_SECS_MIN, SESSION_ID_CHARS_MAX};
use tidings_service::FieldProblem;
use tidings_service::limits::{DISPLAY_NAME_BYTES_MAX, SESSIONS_END_WITHIN_SECS_MAX};
use tidings_service::sessions::{NewSession, OpenedSession, SessionDraft};

use crate::ApiState;
use crate::applications::{self, application_in};
use crate::auth::{Authenticated, Visitor};
use crate::body::JsonBody;
use crate::fields::Fields;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};
use crate::time;

#[derive(JsonSchema, Serialize)]
pub(crate) struct PortalAccessOut<'a> {
    url: &'a str,
    token: &'a str,
}

impl<'a> From<&'a NewSession> for PortalAccessOut<'a> {
    fn from(made: &'a NewSession) -> Self {
        Self {
            url: &made.url,
            token: made.token.text(),
        }
    }
}

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpenedSessionOut<'a> {
    token: &'a str,
    /// The application's id.
    application: String,
    application_name: &'a str,
    session_id: Option<&'a str>,
    capabilities: Vec<&'static str>,
    feature_flags: &'a [String],
    expires_at: String,
}

impl<'a> From<&'a OpenedSession> for OpenedSessionOut<'a> {
    fn from(opened: &'a OpenedSession) -> Self {
        let session = &opened.session;
        Self {
            token: opened.token.text(),
            application: opened.application.id.to_string(),
            application_name: &opened.application.name,
            session_id: session.session_id.as_deref(),
            capabilities: session
                .capabilities
                .iter()
                .map(Capability::as_str)
                .collect(),
            feature_flags: &session.feature_flags,
            expires_at: time::format(session.expires_at),
        }
    }
}

fn read_capabilities(fields: &mut Fields) -> Option<Capabilities> {
    let names = fields.list("capabilities").or_none()?;
    let mut capabilities = Vec::with_capacity(names.len());
    for name in names {
        if let Some(capability) = Capability::parse(&name) {
            capabilities.push(capability);
        } else {
            let all = Capability::ALL.map(Capability::as_str).join(", ");
            let msg = format!("may be of {all}; `{name}` is none of them");
            let problem = FieldProblem::body("capabilities", msg);
            fields.refuse(problem.of_kind("value_error.const"));
        }
    }
    let capabilities: Capabilities = capabilities.into_iter().collect();
    if !capabilities.contains(Capability::ViewBase) {
        let msg = "must have ViewBase, which all others build on";
        fields.refuse(FieldProblem::body("capabilities", msg));
    }
    Some(capabilities)
}

fn read_draft(fields: &mut Fields) -> SessionDraft {
    let application = fields.object("application").or_none();
    SessionDraft {
        application: application
            .map(|map| fields.within("application", map, applications::read_draft)),
        is_read_only: fields.flag("readOnly").or_none().unwrap_or(false),
        capabilities: read_capabilities(fields),
        feature_flags: fields.list("featureFlags").or_none().unwrap_or_default(),
        expiry_secs: fields.number("expiry").or_none(),
        session_id: fields.text("sessionId").or_none(),
    }
}

/// What [`read_draft`] reads.
pub(crate) fn portal_access_in(generator: &mut SchemaGenerator) -> Schema {
    let capabilities = Capability::ALL.map(Capability::as_str);
    object()
        .may(
            "application",
            "Makes the application, if the path names none that is there.",
            application_in(generator),
        )
        .may(
            "readOnly",
            "Whether it may look and nothing else.",
            shapes::flag(),
        )
        .may(
            "capabilities",
            "What it may do; everything unless something is said. `ViewBase` must be among them.",
            shapes::list(shapes::word(&capabilities)),
        )
        .may(
            "featureFlags",
            "It is shown event types with one of these, or none.",
            shapes::list(shapes::short(DISPLAY_NAME_BYTES_MAX)),
        )
        .may(
            "expiry",
            "How many seconds it lasts; a week unless something is said.",
            shapes::number(EXPIRY_SECS_MIN.into(), EXPIRY_SECS_MAX.into()),
        )
        .may(
            "sessionId",
            "The product's own name for it.",
            shapes::short(SESSION_ID_CHARS_MAX),
        )
        .done()
}

/// What [`expire_portal_sessions`] reads.
pub(crate) fn expiry_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "expiry",
            "After how many seconds they end.",
            shapes::number(0, SESSIONS_END_WITHIN_SECS_MAX.into()),
        )
        .may(
            "sessionIds",
            "Which ones; all of the application unless some are named.",
            shapes::list(shapes::text()),
        )
        .done()
}

/// What [`exchange_portal_link`] reads.
pub(crate) fn code_in(_: &mut SchemaGenerator) -> Schema {
    let about = "What stands behind `#key=` in the link.";
    object().must("code", about, shapes::text()).done()
}

pub(crate) async fn create_portal_access(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let draft = read_draft(&mut fields);
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let made = api
        .service
        .create_session(caller, &app, draft, dedup)
        .await?;
    Ok(json(StatusCode::OK, &PortalAccessOut::from(&made)))
}

/// What [`create_portal_access`] was called before; it says nothing of the session.
pub(crate) async fn create_dashboard_access(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let draft = SessionDraft::default();
    let dedup = body.dedup(&api, caller)?;
    let made = api
        .service
        .create_session(caller, &app, draft, dedup)
        .await?;
    Ok(json(StatusCode::OK, &PortalAccessOut::from(&made)))
}

pub(crate) async fn exchange_portal_link(
    State(api): ApiState,
    Visitor(origin): Visitor,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let code = fields.required_text("code");
    fields.finish()?;
    let opened = api.service.open_session(&code, origin).await?;
    Ok(json(StatusCode::OK, &OpenedSessionOut::from(&opened)))
}

pub(crate) async fn expire_portal_sessions(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(app): Path<String>,
    body: JsonBody,
) -> Result<StatusCode, Problem> {
    let mut fields = body.fields_or_none()?;
    let expiry = fields.number("expiry").or_none().unwrap_or(0);
    let session_ids = fields.list("sessionIds").or_none().unwrap_or_default();
    fields.finish()?;
    let expiring = api
        .service
        .expire_sessions(caller, &app, expiry, session_ids);
    expiring.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn log_out(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
) -> Result<StatusCode, Problem> {
    api.service.end_session(caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
