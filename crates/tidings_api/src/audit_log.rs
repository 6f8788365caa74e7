//! `/audit-log`: who changed what, when, and from where.

use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use tidings_domain::audit::{Action, ActorKind, Entry};
use tidings_domain::ids::AuditEntryId;
use tidings_service::audit::EntryFilter;
use tidings_store::Order;

use crate::ApiState;
use crate::auth::Authenticated;
use crate::pagination::{list_of, page_query};
use crate::problem::Problem;
use crate::query::{Query, wrong};
use crate::time;

/// Longest word that is looked for, in bytes.
const WORD_BYTES_MAX: usize = 256;

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntryOut {
    id: AuditEntryId,
    timestamp: String,
    action: String,
    actor: ActorOut,
    target: TargetOut,
    /// The id of the application that it belongs to.
    application: Option<String>,
    changes: Option<Box<RawValue>>,
    remote_address: Option<String>,
    request_id: Option<String>,
    user_agent: Option<String>,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "AuditActorOut")]
pub(crate) struct ActorOut {
    kind: &'static str,
    id: Option<String>,
    name: Option<String>,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "AuditTargetOut")]
pub(crate) struct TargetOut {
    kind: String,
    id: Option<String>,
    uid: Option<String>,
}

impl From<Entry> for AuditEntryOut {
    fn from(entry: Entry) -> Self {
        let kind = entry
            .action
            .split('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        Self {
            id: AuditEntryId::from_parts(entry.id),
            timestamp: time::format(entry.at()),
            actor: ActorOut {
                kind: entry.actor.kind.as_str(),
                id: entry.actor.id,
                name: entry.actor.name,
            },
            target: TargetOut {
                kind,
                id: entry.target,
                uid: entry.target_uid,
            },
            action: entry.action,
            application: entry.application,
            changes: RawValue::from_string(entry.changes).ok(),
            remote_address: entry.address,
            request_id: entry.request_id,
            user_agent: entry.user_agent,
        }
    }
}

pub(crate) async fn list_audit_log(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Problem> {
    let page = page_query(&query, Order::Descending)?;
    let word = |name: &'static str| query.short_text(name, WORD_BYTES_MAX);
    let action = word("action")?.map(|text| {
        let unknown = "must be an action of the audit log, such as endpoint.update";
        Action::parse(&text).ok_or_else(|| wrong("action", unknown))
    });
    let actor_kind = word("actor_kind")?.map(|text| {
        let unknown =
            "must be api_key, member, portal_session, integration, api_user, command_line or system";
        ActorKind::parse(&text).ok_or_else(|| wrong("actor_kind", unknown))
    });
    let filter = EntryFilter {
        since: query.instant("since")?,
        until: query.instant("until")?,
        actor_kind: actor_kind.transpose()?,
        actor: word("actor")?,
        action: action.transpose()?,
        application: word("application")?,
        target: word("target")?,
    };
    let listed = api.service.audit_log(caller, filter, &page).await?;
    Ok(list_of::<_, AuditEntryOut>(listed))
}
