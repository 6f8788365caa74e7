//! The operations of the topic "Inbox".

use super::parameter::{Kind, NEWEST, PAGES, parameter};
use super::row::{CHANGES, Row, SEES, Topic, delete, get, patch, post};
use crate::inboxes::replaying::{ReplayOut, replay_in, replay_request};
use crate::inboxes::requests::{
    RequestOut, SummaryOut, delete_request, delete_requests, get_request, list_requests,
    watch_requests,
};
use crate::inboxes::{
    InboxOut, create_inbox, delete_inbox, get_inbox, inbox_in, list_inboxes, patch_inbox,
};
use crate::shapes::{of, page_of};
use tidings_service::limits::SEARCH_BYTES_MAX;

pub(super) fn topic() -> Topic {
    Topic::of(
        "Inbox",
        "Addresses that catch whatever is sent to them, to be looked at.",
        [inboxes(), requests()],
    )
}

fn inboxes() -> Vec<Row> {
    vec![
        get(v1!("/inbox"), list_inboxes)
            .is("inbox.list", "Lists the inboxes of the environment.", SEES)
            .query(PAGES)
            .gives(200, page_of::<InboxOut>),
        post(v1!("/inbox"), create_inbox)
            .is("inbox.create", "Makes an inbox.", CHANGES)
            .may_take(inbox_in)
            .gives(201, of::<InboxOut>),
        get(v1!("/inbox/{inbox}"), get_inbox)
            .is("inbox.get", "Shows an inbox.", SEES)
            .gives(200, of::<InboxOut>),
        patch(v1!("/inbox/{inbox}"), patch_inbox)
            .is("inbox.patch", "Changes what an inbox answers.", CHANGES)
            .takes(inbox_in)
            .gives(200, of::<InboxOut>),
        delete(v1!("/inbox/{inbox}"), delete_inbox)
            .is(
                "inbox.delete",
                "Deletes an inbox with all that it has caught.",
                CHANGES,
            )
            .gives_nothing(),
    ]
}

fn requests() -> Vec<Row> {
    vec![
        get(v1!("/inbox/{inbox}/request"), list_requests)
            .is(
                "inbox.list_requests",
                "Lists what an inbox has caught, the newest first.",
                SEES,
            )
            .query(NEWEST)
            .query([parameter(
                "search",
                Kind::Text(SEARCH_BYTES_MAX),
                "Only requests that contain this.",
            )])
            .gives(200, page_of::<SummaryOut>),
        delete(v1!("/inbox/{inbox}/request"), delete_requests)
            .is("inbox.delete_requests", "Empties an inbox.", CHANGES)
            .gives_nothing(),
        get(v1!("/inbox/{inbox}/request/{request}"), get_request)
            .is(
                "inbox.get_request",
                "Shows a request that an inbox has caught.",
                SEES,
            )
            .gives(200, of::<RequestOut>),
        delete(v1!("/inbox/{inbox}/request/{request}"), delete_request)
            .is(
                "inbox.delete_request",
                "Deletes a request that an inbox has caught.",
                CHANGES,
            )
            .gives_nothing(),
        post(
            v1!("/inbox/{inbox}/request/{request}/replay"),
            replay_request,
        )
        .is(
            "inbox.replay_request",
            "Sends a request that an inbox has caught to another address.",
            CHANGES,
        )
        .takes(replay_in)
        .gives(200, of::<ReplayOut>),
        get(v1!("/inbox/{inbox}/feed"), watch_requests)
            .is(
                "inbox.watch",
                "Tells of requests as an inbox catches them.",
                SEES,
            )
            .gives_events(),
    ]
}
