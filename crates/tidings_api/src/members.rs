//! `/member` and `/role`: the people of the environment, and what each role may do. Not part of the Svix API.

mod joining;
mod roles;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::access::Role;
use tidings_domain::ids::{MemberId, MemberSessionId};
use tidings_domain::member::{Member, MemberSession};
use tidings_service::FieldProblem;
use tidings_service::members::{Invited, MemberChange, MemberDraft};
use tidings_store::Order;

use crate::ApiState;
use crate::api_keys::read_role;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::fields::Given;
use crate::pagination::{json, list_of, page_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::{self, object};
use crate::time;

pub(crate) use joining::{accept_invitation, acceptance_in, set_up, set_up_in};
pub(crate) use roles::{RolesOut, list_roles};

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberOut {
    id: MemberId,
    email: String,
    name: String,
    role: &'static str,
    state: &'static str,
    invitation_ends_at: Option<String>,
    created_at: String,
    updated_at: String,
    last_seen_at: Option<String>,
    /// The code of the invitation, where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation_code: Option<String>,
}

impl From<Member> for MemberOut {
    fn from(member: Member) -> Self {
        Self {
            id: member.id,
            role: member.role.as_str(),
            state: member.state().as_str(),
            invitation_ends_at: member.invitation.map(|one| time::format(one.ends_at)),
            created_at: time::format(member.created_at),
            updated_at: time::format(member.updated_at),
            last_seen_at: member.last_seen_at.map(time::format),
            email: member.email,
            name: member.name,
            invitation_code: None,
        }
    }
}

fn role() -> Schema {
    shapes::word(&Role::ALL.map(Role::as_str))
}

/// What [`invite_member`] reads.
pub(crate) fn member_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("email", "The address.", shapes::text())
        .must("role", "What they may do.", role())
        .may("name", "What people call them.", shapes::text())
        .done()
}

/// What [`patch_member`] reads.
pub(crate) fn member_patch(_: &mut SchemaGenerator) -> Schema {
    object()
        .can("name", "What people call them.", shapes::text())
        .can("role", "What they may do.", role())
        .can("disabled", "Whether they may not sign in.", shapes::flag())
        .done()
}

fn invited(status: StatusCode, invited: Invited) -> Response {
    let out = MemberOut {
        invitation_code: Some(invited.code.to_string()),
        ..MemberOut::from(invited.member)
    };
    json(status, &out)
}

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberSessionOut {
    id: MemberSessionId,
    created_at: String,
    expires_at: String,
    remote_address: Option<String>,
    user_agent: Option<String>,
}

impl From<MemberSession> for MemberSessionOut {
    fn from(session: MemberSession) -> Self {
        Self {
            id: session.id,
            created_at: time::format(session.created_at),
            expires_at: time::format(session.ends_at),
            remote_address: session.address,
            user_agent: session.user_agent,
        }
    }
}

#[derive(JsonSchema, Serialize)]
pub(crate) struct SessionsOut {
    data: Vec<MemberSessionOut>,
}

pub(crate) async fn list_members(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Ascending)?;
    let listed = api.service.members(caller, &page).await?;
    Ok(list_of::<_, MemberOut>(listed))
}

pub(crate) async fn invite_member(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let (email, name) = (fields.required_text("email"), fields.text("name").or_none());
    let given = read_role(&mut fields);
    if matches!(given, Given::Absent | Given::Null) {
        let missing = FieldProblem::body("role", "must be viewer, developer, admin or owner");
        fields.refuse(missing.of_kind("value_error.missing"));
    }
    let role = given.or_none().unwrap_or(Role::Viewer);
    fields.finish()?;
    let draft = MemberDraft { email, name, role };
    let made = api.service.invite_member(caller, draft).await?;
    Ok(invited(StatusCode::CREATED, made))
}

pub(crate) async fn renew_invitation(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let renewed = api.service.renew_invitation(caller, &id).await?;
    Ok(invited(StatusCode::OK, renewed))
}

pub(crate) async fn get_member(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = api.service.member(caller, &id).await?;
    Ok(json(StatusCode::OK, &MemberOut::from(member)))
}

pub(crate) async fn patch_member(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let (name, role) = (fields.text("name"), read_role(&mut fields));
    let is_disabled = fields.flag("disabled");
    let change = MemberChange {
        name: fields.changed("name", name),
        role: fields.changed("role", role),
        is_disabled: fields.changed("disabled", is_disabled),
    };
    fields.finish()?;
    let member = api.service.change_member(caller, &id, change).await?;
    Ok(json(StatusCode::OK, &MemberOut::from(member)))
}

pub(crate) async fn delete_member(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.service.delete_member(caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn list_member_sessions(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let sessions = api.service.member_sessions(caller, &id).await?;
    let data = sessions.into_iter().map(MemberSessionOut::from);
    let data = data.collect();
    Ok(json(StatusCode::OK, &SessionsOut { data }))
}

pub(crate) async fn end_member_session(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((id, session)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let ending = api.service.end_member_sessions(caller, &id, Some(&session));
    ending.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn end_member_sessions(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.service.end_member_sessions(caller, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
