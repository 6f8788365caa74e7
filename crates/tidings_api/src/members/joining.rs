//! What somebody does who is no member yet, or has no password: accept an invitation, or be the first of all. The
//! code is all that they have.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use schemars::{Schema, SchemaGenerator};
use tidings_service::members::{Acceptance, SetUp};
use zeroize::Zeroizing;

use super::MemberOut;
use crate::ApiState;
use crate::auth::Visitor;
use crate::body::JsonBody;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

/// What [`accept_invitation`] reads.
pub(crate) fn acceptance_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("code", "The code of the invitation.", shapes::text())
        .must("password", "The password that they choose.", shapes::text())
        .may("name", "What people shall call them.", shapes::text())
        .done()
}

/// What [`set_up`] reads.
pub(crate) fn set_up_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .must("code", "The code on the console.", shapes::text())
        .must("email", "The address.", shapes::text())
        .must("password", "The password that they choose.", shapes::text())
        .may("name", "What people shall call them.", shapes::text())
        .done()
}

pub(crate) async fn accept_invitation(
    State(api): ApiState,
    Visitor(origin): Visitor,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let acceptance = Acceptance {
        code: Zeroizing::new(fields.required_text("code")),
        name: fields.text("name").or_none(),
        password: Zeroizing::new(fields.required_text("password")),
    };
    fields.finish()?;
    let member = api.service.accept_invitation(acceptance, origin).await?;
    Ok(json(StatusCode::OK, &MemberOut::from(member)))
}

pub(crate) async fn set_up(
    State(api): ApiState,
    Visitor(origin): Visitor,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let set_up = SetUp {
        code: Zeroizing::new(fields.required_text("code")),
        email: fields.required_text("email"),
        name: fields.text("name").or_none(),
        password: Zeroizing::new(fields.required_text("password")),
    };
    fields.finish()?;
    let member = api.service.set_up(set_up, origin).await?;
    Ok(json(StatusCode::CREATED, &MemberOut::from(member)))
}
