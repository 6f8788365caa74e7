//! The operations of the topic "Watching".

use super::parameter::{Kind, PAGES, SPAN, parameter, word};
use super::row::{ADMINISTERS, SEES, Topic, get};
use crate::audit_log::{AuditEntryOut, list_audit_log};
use crate::feed::watch_attempts;
use crate::shapes::page_of;

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/feed"), watch_attempts)
            .is("feed.watch", "Tells of attempts as they end.", SEES)
            .query([parameter(
                "app",
                Kind::Text(256),
                "Only those of this application.",
            )])
            .gives_events(),
        get(v1!("/audit-log"), list_audit_log)
            .is(
                "audit_log.list",
                "Lists who changed what, when, and from where.",
                ADMINISTERS,
            )
            .query(PAGES)
            .query(SPAN)
            .query([
                word("action", "Only this action, such as `endpoint.update`."),
                word(
                    "actor_kind",
                    "Only what this kind of actor did, such as `api_key`.",
                ),
                word("actor", "Only what this actor did, by id or name."),
                word("application", "Only what belongs to this application."),
                word("target", "Only what was done to this, by id or uid."),
            ])
            .gives(200, page_of::<AuditEntryOut>),
    ];
    Topic::of(
        "Watching",
        "What happens, as it happens, and who did it.",
        [rows],
    )
}
