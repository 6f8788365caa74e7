//! The operations of the topic "Operational Webhook".

use super::parameter::{ATTEMPTS, MESSAGES, NEWEST, PAGES};
use super::row::{ADMINISTERS, Row, Topic, any, delete, get, post, put};
use crate::operational_webhooks::{
    create_operational_endpoint, delete_operational_endpoint, get_operational_endpoint,
    get_operational_endpoint_headers, get_operational_endpoint_secret, list_operational_attempts,
    list_operational_endpoints, put_operational_endpoint, put_operational_endpoint_headers,
    rotate_operational_endpoint_secret,
};

pub(super) fn topic() -> Topic {
    Topic::of(
        "Operational Webhook",
        "Where the product itself is told what happens to endpoints and deliveries.",
        [endpoints(), parts()],
    )
}

fn endpoints() -> Vec<Row> {
    vec![
        get(
            v1!("/operational-webhook/endpoint"),
            list_operational_endpoints,
        )
        .is(
            "operational_webhook.endpoint.list",
            "Lists the operational endpoints.",
            ADMINISTERS,
        )
        .query(PAGES)
        .gives(200, any),
        post(
            v1!("/operational-webhook/endpoint"),
            create_operational_endpoint,
        )
        .is(
            "operational_webhook.endpoint.create",
            "Makes an operational endpoint.",
            ADMINISTERS,
        )
        .takes(any)
        .gives(201, any),
        get(
            v1!("/operational-webhook/endpoint/{endpoint}"),
            get_operational_endpoint,
        )
        .is(
            "operational_webhook.endpoint.get",
            "Shows an operational endpoint.",
            ADMINISTERS,
        )
        .gives(200, any),
        put(
            v1!("/operational-webhook/endpoint/{endpoint}"),
            put_operational_endpoint,
        )
        .is(
            "operational_webhook.endpoint.upsert",
            "Replaces an operational endpoint, or makes it.",
            ADMINISTERS,
        )
        .takes(any)
        .gives(200, any)
        .gives(201, any),
        delete(
            v1!("/operational-webhook/endpoint/{endpoint}"),
            delete_operational_endpoint,
        )
        .is(
            "operational_webhook.endpoint.delete",
            "Deletes an operational endpoint.",
            ADMINISTERS,
        )
        .gives_nothing(),
    ]
}

fn parts() -> Vec<Row> {
    vec![
        get(
            v1!("/operational-webhook/endpoint/{endpoint}/secret"),
            get_operational_endpoint_secret,
        )
        .is(
            "operational_webhook.endpoint.get_secret",
            "Shows the secret of an operational endpoint.",
            ADMINISTERS,
        )
        .gives(200, any),
        post(
            v1!("/operational-webhook/endpoint/{endpoint}/secret/rotate"),
            rotate_operational_endpoint_secret,
        )
        .is(
            "operational_webhook.endpoint.rotate_secret",
            "Gives an operational endpoint another secret; the old one signs too for a while.",
            ADMINISTERS,
        )
        .may_take(any)
        .gives(200, any),
        get(
            v1!("/operational-webhook/endpoint/{endpoint}/headers"),
            get_operational_endpoint_headers,
        )
        .is(
            "operational_webhook.endpoint.get_headers",
            "Shows the headers of an operational endpoint.",
            ADMINISTERS,
        )
        .gives(200, any),
        put(
            v1!("/operational-webhook/endpoint/{endpoint}/headers"),
            put_operational_endpoint_headers,
        )
        .is(
            "operational_webhook.endpoint.update_headers",
            "Replaces the headers of an operational endpoint.",
            ADMINISTERS,
        )
        .takes(any)
        .gives_nothing(),
        get(
            v1!("/operational-webhook/endpoint/{endpoint}/attempt"),
            list_operational_attempts,
        )
        .is(
            "operational_webhook.endpoint.list_attempts",
            "Lists the attempts at an operational endpoint, the newest first.",
            ADMINISTERS,
        )
        .query(NEWEST)
        .query(MESSAGES)
        .query(ATTEMPTS)
        .gives(200, any),
    ]
}
