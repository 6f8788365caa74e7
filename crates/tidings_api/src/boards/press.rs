//! `/app/{app}/button/{button}/press`: one request now. Answers when the receiver has, with the attempt.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::{Schema, SchemaGenerator};
use tidings_service::boards::{PressDraft, Pressing};

use crate::ApiState;
use crate::attempts::one_attempt;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::problem::Problem;
use crate::shapes::{self, object};

/// What [`press_button`] reads.
pub(crate) fn press_in(_: &mut SchemaGenerator) -> Schema {
    object()
        .may(
            "sdb",
            "What the payload's placeholder of this name becomes.",
            shapes::text(),
        )
        .may(
            "session",
            "The session that presses, of which each may only press so fast.",
            shapes::text(),
        )
        .done()
}

pub(crate) async fn press_button(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    Path((app, button)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields_or_none()?;
    let draft = PressDraft {
        sdb: fields.text("sdb").or_none(),
        session: fields.text("session").or_none(),
    };
    fields.finish()?;
    let dedup = body.dedup(&api, caller)?;
    let at = Pressing {
        application: &app,
        button: &button,
    };
    let pressed = api.service.press_button(caller, at, draft, dedup).await?;
    Ok(one_attempt(&pressed))
}
