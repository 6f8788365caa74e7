//! What the contract has and Tidings does not have yet. These routes answer 501 and say what is missing, so
//! that nobody takes them for a wrong address.

mod ingest;
mod streams;

use http::Method;

use super::row::{CHANGES, MANAGES, Row, SEES, TRANSFORMS, Topic, VIEWS, missing};

const CONNECTORS: &str = "connectors";
const TRANSFORMATIONS: &str = "transformations";
const AUTO_CONFIG: &str = "tokens with which receivers set up endpoints";

/// The topics that are not there at all, and what is missing of others.
pub(super) fn topics() -> Vec<Topic> {
    vec![
        Topic::of(
            "Transformation",
            "Code that changes messages on their way. Not there yet.",
            [transformations()],
        ),
        Topic::of(
            "AutoConfig",
            "Endpoints that receivers set up by themselves. Not there yet.",
            [auto_config()],
        ),
        Topic::of(
            "Connector",
            "Ready-made transformations for well-known services. Not there yet.",
            [connectors()],
        ),
        Topic::of(
            "Streaming",
            "Streams of events and the sinks that take them. Not there yet.",
            [
                streams::streams(),
                streams::stream_event_types(),
                streams::stream_events(),
                streams::sinks(),
                streams::parts_of_sinks(),
                streams::stream_sessions(),
            ],
        ),
        Topic::of(
            "Ingest",
            "Sources whose webhooks are taken in. Not there yet.",
            [
                ingest::ingest_sources(),
                ingest::ingest_endpoints(),
                ingest::parts_of_ingest_endpoints(),
            ],
        ),
    ]
}

fn auto_config() -> Vec<Row> {
    vec![
        missing(Method::POST, v1!("/app/{app}/autoconfig"), AUTO_CONFIG).is(
            "autoconfig_subscription.create",
            "Makes an endpoint of a token that a receiver gave.",
            MANAGES,
        ),
        missing(
            Method::DELETE,
            v1!("/app/{app}/autoconfig/{autoconfig}"),
            AUTO_CONFIG,
        )
        .is(
            "autoconfig_subscription.delete",
            "Deletes what a token has set up.",
            MANAGES,
        ),
        missing(
            Method::POST,
            v1!("/app/{app}/autoconfig/{autoconfig}/rotate"),
            AUTO_CONFIG,
        )
        .is(
            "autoconfig_subscription.rotate",
            "Gives what a token has set up another token.",
            MANAGES,
        ),
    ]
}

fn connectors() -> Vec<Row> {
    vec![
        missing(Method::GET, v1!("/connector"), CONNECTORS).is(
            "connector.list",
            "Lists the connectors.",
            SEES,
        ),
        missing(Method::POST, v1!("/connector"), CONNECTORS).is(
            "connector.create",
            "Makes a connector.",
            CHANGES,
        ),
        missing(Method::GET, v1!("/connector/{connector}"), CONNECTORS).is(
            "connector.get",
            "Shows a connector.",
            SEES,
        ),
        missing(Method::PUT, v1!("/connector/{connector}"), CONNECTORS).is(
            "connector.upsert",
            "Replaces a connector, or makes it.",
            CHANGES,
        ),
        missing(Method::DELETE, v1!("/connector/{connector}"), CONNECTORS).is(
            "connector.delete",
            "Deletes a connector.",
            CHANGES,
        ),
        missing(Method::PATCH, v1!("/connector/{connector}"), CONNECTORS).is(
            "connector.patch",
            "Changes some fields of a connector.",
            CHANGES,
        ),
    ]
}

fn transformations() -> Vec<Row> {
    vec![
        missing(
            Method::GET,
            v1!("/app/{app}/endpoint/{endpoint}/transformation"),
            TRANSFORMATIONS,
        )
        .is(
            "endpoint.transformation.get",
            "Shows the transformation of an endpoint.",
            VIEWS,
        ),
        missing(
            Method::PATCH,
            v1!("/app/{app}/endpoint/{endpoint}/transformation"),
            TRANSFORMATIONS,
        )
        .is(
            "endpoint.transformation.patch",
            "Changes the transformation of an endpoint.",
            TRANSFORMS,
        ),
        missing(
            Method::GET,
            v1!("/app/{app}/destination/{destination}/transformation"),
            TRANSFORMATIONS,
        )
        .is(
            "destination.transformation.get",
            "Shows the transformation of a destination.",
            VIEWS,
        ),
        missing(
            Method::PATCH,
            v1!("/app/{app}/destination/{destination}/transformation"),
            TRANSFORMATIONS,
        )
        .is(
            "destination.transformation.patch",
            "Changes the transformation of a destination.",
            TRANSFORMS,
        ),
    ]
}
