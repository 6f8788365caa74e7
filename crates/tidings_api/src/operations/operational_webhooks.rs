//! The operations of the topic "Operational Webhook".

use super::parameter::{ATTEMPTS, MESSAGES, NEWEST, PAGES};
use super::row::{ADMINISTERS, Row, Topic, delete, get, post, put};
use crate::attempts::MessageAttemptOut;
use crate::endpoint_headers::{EndpointHeadersOut, headers_in};
use crate::endpoint_secrets::{EndpointSecretOut, rotation_in};
use crate::operational_webhooks::{
    OperationalEndpointOut, create_operational_endpoint, delete_operational_endpoint,
    get_operational_endpoint, get_operational_endpoint_headers, get_operational_endpoint_secret,
    list_operational_attempts, list_operational_endpoints, operational_endpoint_in,
    put_operational_endpoint, put_operational_endpoint_headers, rotate_operational_endpoint_secret,
};
use crate::shapes::{of, page_of};

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
        .gives(200, page_of::<OperationalEndpointOut>),
        post(
            v1!("/operational-webhook/endpoint"),
            create_operational_endpoint,
        )
        .is(
            "operational_webhook.endpoint.create",
            "Makes an operational endpoint.",
            ADMINISTERS,
        )
        .takes(operational_endpoint_in)
        .gives(201, of::<OperationalEndpointOut>),
        get(
            v1!("/operational-webhook/endpoint/{endpoint}"),
            get_operational_endpoint,
        )
        .is(
            "operational_webhook.endpoint.get",
            "Shows an operational endpoint.",
            ADMINISTERS,
        )
        .gives(200, of::<OperationalEndpointOut>),
        put(
            v1!("/operational-webhook/endpoint/{endpoint}"),
            put_operational_endpoint,
        )
        .is(
            "operational_webhook.endpoint.upsert",
            "Replaces an operational endpoint, or makes it.",
            ADMINISTERS,
        )
        .takes(operational_endpoint_in)
        .gives(200, of::<OperationalEndpointOut>)
        .gives(201, of::<OperationalEndpointOut>),
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
        .gives(200, of::<EndpointSecretOut<'_>>),
        post(
            v1!("/operational-webhook/endpoint/{endpoint}/secret/rotate"),
            rotate_operational_endpoint_secret,
        )
        .is(
            "operational_webhook.endpoint.rotate_secret",
            "Gives an operational endpoint another secret; the old one signs too for a while.",
            ADMINISTERS,
        )
        .may_take(rotation_in)
        .gives(200, of::<EndpointSecretOut<'_>>),
        get(
            v1!("/operational-webhook/endpoint/{endpoint}/headers"),
            get_operational_endpoint_headers,
        )
        .is(
            "operational_webhook.endpoint.get_headers",
            "Shows the headers of an operational endpoint.",
            ADMINISTERS,
        )
        .gives(200, of::<EndpointHeadersOut>),
        put(
            v1!("/operational-webhook/endpoint/{endpoint}/headers"),
            put_operational_endpoint_headers,
        )
        .is(
            "operational_webhook.endpoint.update_headers",
            "Replaces the headers of an operational endpoint.",
            ADMINISTERS,
        )
        .takes(headers_in)
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
        .gives(200, page_of::<MessageAttemptOut<'_>>),
    ]
}
