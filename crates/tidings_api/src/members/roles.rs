//! `/role`: what each role may do, read from the table of operations.

use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use tidings_domain::access::Role;

use crate::auth::Authenticated;
use crate::operations::operations;
use crate::pagination::json;

#[derive(JsonSchema, Serialize)]
struct RoleOut {
    name: &'static str,
    about: &'static str,
    /// The ids of the operations that it may call, in the order of the table.
    operations: Vec<&'static str>,
}

#[derive(JsonSchema, Serialize)]
pub(crate) struct RolesOut {
    data: Vec<RoleOut>,
}

impl From<Role> for RoleOut {
    fn from(role: Role) -> Self {
        let about = match role {
            Role::Viewer => "May look at everything but secrets.",
            Role::Developer => {
                "May change applications, endpoints and event types, send messages, and see secrets."
            }
            Role::Admin => "May manage keys, members, operational webhooks and settings too.",
            Role::Owner => "May make and remove other owners too.",
        };
        let may = operations()
            .iter()
            .filter(|operation| operation.access.role().is_some_and(|least| least <= role));
        Self {
            name: role.as_str(),
            about,
            operations: may.map(|operation| operation.id).collect(),
        }
    }
}

pub(crate) async fn list_roles(_: Authenticated) -> Response {
    let data = Role::ALL.into_iter().map(RoleOut::from).collect();
    json(StatusCode::OK, &RolesOut { data })
}
