//! The operations of the topic "Endpoint".

use super::parameter::{PAGES, SPAN};
use super::row::{MANAGES, Row, SENDS, Topic, VIEWS, delete, get, patch, post, put};
use crate::attempts::MessageAttemptOut;
use crate::endpoint_credentials::{
    CredentialsOut, credentials_in, delete_endpoint_credentials, get_endpoint_credentials,
    patch_endpoint_credentials, put_endpoint_credentials,
};
use crate::endpoint_headers::{
    EndpointHeadersOut, get_endpoint_headers, headers_in, headers_patch, patch_endpoint_headers,
    put_endpoint_headers,
};
use crate::endpoint_secrets::{
    EndpointSecretOut, get_endpoint_secret, rotate_endpoint_secret, rotation_in,
};
use crate::endpoint_stats::{
    EndpointAttemptStatsOut, EndpointStatsOut, get_endpoint_attempt_stats, get_endpoint_stats,
};
use crate::endpoints::{
    EndpointOut, create_endpoint, delete_endpoint, endpoint_in, endpoint_patch, get_endpoint,
    list_endpoints, patch_endpoint, put_endpoint,
};
use crate::examples::{example_in, send_example, test_endpoint, test_in};
use crate::filters::{TriedList, trial_in, try_filter};
use crate::messages::MessageOut;
use crate::shapes::{of, page_of};
use tidings_domain::access::{Access, Capability};

pub(super) fn topic() -> Topic {
    Topic::of(
        "Endpoint",
        "Where the messages of an application are sent.",
        [
            endpoints(),
            headers(),
            credentials(),
            secrets_and_sending(),
            figures_and_filters(),
        ],
    )
}

fn endpoints() -> Vec<Row> {
    vec![
        get(v1!("/app/{app}/endpoint"), list_endpoints)
            .is(
                "endpoint.list",
                "Lists the endpoints of an application.",
                VIEWS,
            )
            .query(PAGES)
            .gives(200, page_of::<EndpointOut>),
        post(v1!("/app/{app}/endpoint"), create_endpoint)
            .is("endpoint.create", "Makes an endpoint.", MANAGES)
            .takes(endpoint_in)
            .gives(201, of::<EndpointOut>),
        get(v1!("/app/{app}/endpoint/{endpoint}"), get_endpoint)
            .is("endpoint.get", "Shows an endpoint.", VIEWS)
            .gives(200, of::<EndpointOut>),
        put(v1!("/app/{app}/endpoint/{endpoint}"), put_endpoint)
            .is(
                "endpoint.upsert",
                "Replaces an endpoint, or makes it.",
                MANAGES,
            )
            .takes(endpoint_in)
            .gives(200, of::<EndpointOut>)
            .gives(201, of::<EndpointOut>),
        patch(v1!("/app/{app}/endpoint/{endpoint}"), patch_endpoint)
            .is(
                "endpoint.patch",
                "Changes some fields of an endpoint.",
                MANAGES,
            )
            .takes(endpoint_patch)
            .gives(200, of::<EndpointOut>),
        delete(v1!("/app/{app}/endpoint/{endpoint}"), delete_endpoint)
            .is(
                "endpoint.delete",
                "Deletes an endpoint and cancels what is owed to it.",
                MANAGES,
            )
            .gives_nothing(),
    ]
}

fn headers() -> Vec<Row> {
    vec![
        get(
            v1!("/app/{app}/endpoint/{endpoint}/headers"),
            get_endpoint_headers,
        )
        .is(
            "endpoint.get_headers",
            "Shows the headers that each request to an endpoint gets.",
            VIEWS,
        )
        .gives(200, of::<EndpointHeadersOut>),
        put(
            v1!("/app/{app}/endpoint/{endpoint}/headers"),
            put_endpoint_headers,
        )
        .is(
            "endpoint.update_headers",
            "Replaces the headers of an endpoint.",
            MANAGES,
        )
        .takes(headers_in)
        .gives_nothing(),
        patch(
            v1!("/app/{app}/endpoint/{endpoint}/headers"),
            patch_endpoint_headers,
        )
        .is(
            "endpoint.patch_headers",
            "Changes some headers of an endpoint.",
            MANAGES,
        )
        .takes(headers_patch)
        .gives_nothing(),
    ]
}

fn credentials() -> Vec<Row> {
    vec![
        get(
            v1!("/app/{app}/endpoint/{endpoint}/credentials"),
            get_endpoint_credentials,
        )
        .is(
            "endpoint.get_credentials",
            "Shows how requests to an endpoint say who they are from, without secrets.",
            VIEWS,
        )
        .gives(200, of::<CredentialsOut<'_>>),
        put(
            v1!("/app/{app}/endpoint/{endpoint}/credentials"),
            put_endpoint_credentials,
        )
        .is(
            "endpoint.update_credentials",
            "Replaces the credentials of an endpoint.",
            MANAGES,
        )
        .takes(credentials_in)
        .gives_nothing(),
        patch(
            v1!("/app/{app}/endpoint/{endpoint}/credentials"),
            patch_endpoint_credentials,
        )
        .is(
            "endpoint.patch_credentials",
            "Changes some of the credentials of an endpoint.",
            MANAGES,
        )
        .takes(credentials_in)
        .gives_nothing(),
        delete(
            v1!("/app/{app}/endpoint/{endpoint}/credentials"),
            delete_endpoint_credentials,
        )
        .is(
            "endpoint.delete_credentials",
            "Takes the credentials of an endpoint away.",
            MANAGES,
        )
        .gives_nothing(),
    ]
}

fn secrets_and_sending() -> Vec<Row> {
    vec![
        get(
            v1!("/app/{app}/endpoint/{endpoint}/secret"),
            get_endpoint_secret,
        )
        .is(
            "endpoint.get_secret",
            "Shows the secret that requests to an endpoint are signed with.",
            Access::Application(Capability::ViewEndpointSecret),
        )
        .gives(200, of::<EndpointSecretOut<'_>>),
        post(
            v1!("/app/{app}/endpoint/{endpoint}/secret/rotate"),
            rotate_endpoint_secret,
        )
        .is(
            "endpoint.rotate_secret",
            "Gives an endpoint another secret; the old one signs too for a while.",
            Access::Application(Capability::ManageEndpointSecret),
        )
        .may_take(rotation_in)
        .gives(200, of::<EndpointSecretOut<'_>>),
        post(
            v1!("/app/{app}/endpoint/{endpoint}/send-example"),
            send_example,
        )
        .is(
            "endpoint.send_example",
            "Sends an example of an event type to an endpoint.",
            SENDS,
        )
        .takes(example_in)
        .gives(200, of::<MessageOut<'_>>),
        post(v1!("/app/{app}/endpoint/{endpoint}/test"), test_endpoint)
            .is(
                "endpoint.test",
                "Sends one request to an endpoint now and shows what came of it.",
                SENDS,
            )
            .may_take(test_in)
            .gives(200, of::<MessageAttemptOut<'_>>),
    ]
}

fn figures_and_filters() -> Vec<Row> {
    vec![
        get(
            v1!("/app/{app}/endpoint/{endpoint}/stats"),
            get_endpoint_stats,
        )
        .is(
            "endpoint.get_stats",
            "Counts the deliveries to an endpoint by what became of them.",
            VIEWS,
        )
        .query(SPAN)
        .gives(200, of::<EndpointStatsOut>),
        get(
            v1!("/app/{app}/endpoint/{endpoint}/attempt-stats"),
            get_endpoint_attempt_stats,
        )
        .is(
            "endpoint.get_attempt_stats",
            "Counts the attempts at an endpoint by how they ended.",
            VIEWS,
        )
        .query(SPAN)
        .gives(200, of::<EndpointAttemptStatsOut>),
        post(v1!("/app/{app}/filter/try"), try_filter)
            .is(
                "endpoint.try_filter",
                "Tries a filter against payloads or the latest messages, before it is saved.",
                MANAGES,
            )
            .takes(trial_in)
            .gives(200, of::<TriedList>),
    ]
}
