//! The operations of the topic "Message Poller".

use super::parameter::{Kind, NEWEST, PAGES, parameter};
use super::row::{MANAGES, Row, SENDS, Topic, VIEWS, delete, get, patch, post};
use crate::polling::{
    PollingEndpointOut, create_polling_endpoint, delete_polling_endpoint, list_polling_endpoints,
    patch_polling_endpoint, poll, poll_consumer, polled_out, polling_endpoint_in,
    polling_endpoint_patch, seek_consumer, seek_in, seek_out,
};
use crate::shapes::{of, page_of};
use tidings_domain::names::{CHANNEL_BYTES_MAX, NAME_BYTES_MAX};

pub(super) fn topic() -> Topic {
    Topic::of(
        "Message Poller",
        "Messages that are fetched instead of sent.",
        [endpoints(), reading()],
    )
}

fn endpoints() -> Vec<Row> {
    vec![
        get(v1!("/app/{app}/poller"), list_polling_endpoints)
            .is(
                "message_poller.list",
                "Lists the polling endpoints of an application.",
                VIEWS,
            )
            .query(PAGES)
            .gives(200, page_of::<PollingEndpointOut>),
        post(v1!("/app/{app}/poller"), create_polling_endpoint)
            .is(
                "message_poller.create",
                "Makes a polling endpoint.",
                MANAGES,
            )
            .takes(polling_endpoint_in)
            .gives(201, of::<PollingEndpointOut>),
        get(v1!("/app/{app}/poller/{sink}"), poll)
            .is(
                "message_poller.poll",
                "Reads the messages of a polling endpoint from an iterator on.",
                VIEWS,
            )
            .query(NEWEST)
            .query([
                parameter("after", Kind::Instant, "Only what is newer than this."),
                parameter(
                    "event_type",
                    Kind::Text(NAME_BYTES_MAX),
                    "Only messages of this type.",
                ),
                parameter(
                    "channel",
                    Kind::Text(CHANNEL_BYTES_MAX),
                    "Only messages of this channel.",
                ),
            ])
            .gives(200, polled_out),
    ]
}

fn reading() -> Vec<Row> {
    vec![
        patch(v1!("/app/{app}/poller/{sink}"), patch_polling_endpoint)
            .is(
                "message_poller.patch",
                "Changes some fields of a polling endpoint.",
                MANAGES,
            )
            .takes(polling_endpoint_patch)
            .gives(200, of::<PollingEndpointOut>),
        delete(v1!("/app/{app}/poller/{sink}"), delete_polling_endpoint)
            .is(
                "message_poller.delete",
                "Deletes a polling endpoint and the places of its consumers.",
                MANAGES,
            )
            .gives_nothing(),
        get(
            v1!("/app/{app}/poller/{sink}/consumer/{consumer}"),
            poll_consumer,
        )
        .is(
            "message_poller.consumer_poll",
            "Reads on where a consumer has come to.",
            VIEWS,
        )
        .query(NEWEST)
        .gives(200, polled_out),
        post(
            v1!("/app/{app}/poller/{sink}/consumer/{consumer}/seek"),
            seek_consumer,
        )
        .is(
            "message_poller.consumer_seek",
            "Puts a consumer to an instant.",
            SENDS,
        )
        .takes(seek_in)
        .gives(200, seek_out),
    ]
}
