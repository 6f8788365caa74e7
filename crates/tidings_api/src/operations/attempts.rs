//! The operations of the topic "Message Attempt".

use super::parameter::{ATTEMPTS, ENDPOINT, EXPANDED, MESSAGES, NEWEST, PAGES, STATUS};
use super::row::{CHANGES, Row, SENDS, Topic, VIEWS, delete, get, post};
use crate::attempts::{
    MessageAttemptOut, get_attempt, list_delivery_attempts, list_endpoint_attempts,
    list_message_attempts,
};
use crate::deliveries::{
    DeliveryOut, list_endpoint_messages, list_message_endpoints, resend_message,
};
use crate::endpoints::EndpointOut;
use crate::messages::{MessageOut, expunge_attempt};
use crate::shapes::{self, of, page_of};

pub(super) fn topic() -> Topic {
    Topic::of(
        "Message Attempt",
        "What became of messages: each request that was made, and what is still owed.",
        [lists(), deliveries(), attempts()],
    )
}

fn lists() -> Vec<Row> {
    vec![
        get(
            v1!("/app/{app}/attempt/endpoint/{endpoint}"),
            list_endpoint_attempts,
        )
        .is(
            "message_attempt.list_by_endpoint",
            "Lists the attempts at an endpoint, the newest first.",
            VIEWS,
        )
        .query(NEWEST)
        .query(MESSAGES)
        .query(ATTEMPTS)
        .gives(200, page_of::<MessageAttemptOut<'_>>),
        get(v1!("/app/{app}/attempt/msg/{msg}"), list_message_attempts)
            .is(
                "message_attempt.list_by_msg",
                "Lists the attempts to deliver a message, the newest first.",
                VIEWS,
            )
            .query(NEWEST)
            .query(MESSAGES)
            .query(ATTEMPTS)
            .query([ENDPOINT])
            .gives(200, page_of::<MessageAttemptOut<'_>>),
        get(v1!("/app/{app}/msg/{msg}/attempt"), list_message_attempts)
            .is(
                "message_attempt.list_by_msg_deprecated",
                "Lists the attempts to deliver a message, at the path of older clients.",
                VIEWS,
            )
            .query(NEWEST)
            .query(MESSAGES)
            .query(ATTEMPTS)
            .query([ENDPOINT])
            .gives(200, page_of::<MessageAttemptOut<'_>>),
        get(
            v1!("/app/{app}/msg/{msg}/endpoint/{endpoint}/attempt"),
            list_delivery_attempts,
        )
        .is(
            "message_attempt.list_by_delivery",
            "Lists the attempts to deliver a message to one endpoint.",
            VIEWS,
        )
        .query(NEWEST)
        .query(MESSAGES)
        .query(ATTEMPTS)
        .gives(200, page_of::<MessageAttemptOut<'_>>),
    ]
}

fn deliveries() -> Vec<Row> {
    vec![
        get(
            v1!("/app/{app}/endpoint/{endpoint}/msg"),
            list_endpoint_messages,
        )
        .is(
            "message_attempt.list_attempted_messages",
            "Lists the messages for an endpoint, each with what became of it there.",
            VIEWS,
        )
        .query(NEWEST)
        .query(MESSAGES)
        .query([STATUS, EXPANDED])
        .gives(200, page_of::<DeliveryOut<MessageOut<'_>>>),
        get(v1!("/app/{app}/msg/{msg}/endpoint"), list_message_endpoints)
            .is(
                "message_attempt.list_attempted_destinations",
                "Lists the endpoints that a message is for, each with what became of it there.",
                VIEWS,
            )
            .query(PAGES)
            .query([EXPANDED])
            .gives(200, page_of::<DeliveryOut<EndpointOut>>),
    ]
}

fn attempts() -> Vec<Row> {
    vec![
        get(v1!("/app/{app}/msg/{msg}/attempt/{attempt}"), get_attempt)
            .is(
                "message_attempt.get",
                "Shows an attempt with all that is known of it.",
                VIEWS,
            )
            .query([EXPANDED])
            .gives(200, of::<MessageAttemptOut<'_>>),
        delete(
            v1!("/app/{app}/msg/{msg}/attempt/{attempt}/content"),
            expunge_attempt,
        )
        .is(
            "message_attempt.expunge_content",
            "Takes what a receiver answered away.",
            CHANGES,
        )
        .gives_nothing(),
        post(
            v1!("/app/{app}/msg/{msg}/endpoint/{endpoint}/resend"),
            resend_message,
        )
        .is(
            "message_attempt.resend",
            "Sends a message to an endpoint once more.",
            SENDS,
        )
        .gives(202, shapes::empty),
    ]
}
