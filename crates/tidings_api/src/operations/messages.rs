//! The operations of the topic "Message".

use super::parameter::{MESSAGES, NEWEST, WITH_CONTENT};
use super::row::{CHANGES, Row, SEES, Topic, VIEWS, delete, get, post};
use crate::jobs::{StartedOut, expunge_all_contents};
use crate::messages::{
    MessageOut, bulk_expunge_in, bulk_expunge_messages, bulk_expunge_out, create_message,
    expunge_message, get_message, list_messages, message_in, precheck_in, precheck_message,
    precheck_out,
};
use crate::shapes::{of, page_of};

pub(super) fn topic() -> Topic {
    Topic::of(
        "Message",
        "Events as they were posted.",
        [messages(), contents()],
    )
}

fn messages() -> Vec<Row> {
    vec![
        get(v1!("/app/{app}/msg"), list_messages)
            .is(
                "message.list",
                "Lists the messages of an application, the newest first.",
                VIEWS,
            )
            .query(NEWEST)
            .query(MESSAGES)
            .gives(200, page_of::<MessageOut<'_>>),
        post(v1!("/app/{app}/msg"), create_message)
            .is(
                "message.create",
                "Takes in a message and sends it to the endpoints that want it.",
                CHANGES,
            )
            .query([WITH_CONTENT])
            .takes(message_in)
            .gives(202, of::<MessageOut<'_>>),
        post(v1!("/app/{app}/msg/precheck/active"), precheck_message)
            .is(
                "message.precheck",
                "Says whether a message would reach any endpoint.",
                SEES,
            )
            .takes(precheck_in)
            .gives(200, precheck_out),
    ]
}

fn contents() -> Vec<Row> {
    vec![
        post(v1!("/app/{app}/msg/bulk-expunge"), bulk_expunge_messages)
            .is(
                "message.bulk_expunge_content",
                "Takes the payloads of several messages away.",
                CHANGES,
            )
            .takes(bulk_expunge_in)
            .gives(200, bulk_expunge_out),
        post(
            v1!("/app/{app}/msg/expunge-all-contents"),
            expunge_all_contents,
        )
        .is(
            "message.expunge_all_contents",
            "Begins to take the payloads of all messages of an application away.",
            CHANGES,
        )
        .gives(202, of::<StartedOut>),
        get(v1!("/app/{app}/msg/{msg}"), get_message)
            .is("message.get", "Shows a message.", VIEWS)
            .query([WITH_CONTENT])
            .gives(200, of::<MessageOut<'_>>),
        delete(v1!("/app/{app}/msg/{msg}/content"), expunge_message)
            .is(
                "message.expunge_content",
                "Takes the payload of a message away and cancels what is owed of it.",
                CHANGES,
            )
            .gives_nothing(),
    ]
}
