//! Ingest sources and their endpoints, which are not there yet.

use http::Method;

use crate::operations::row::{CHANGES, Row, SEES, missing};

const INGEST: &str = "ingest sources";

pub(super) fn ingest_sources() -> Vec<Row> {
    vec![
        missing(Method::GET, "/ingest/api/v1/source", INGEST).is(
            "ingest.source.list",
            "Lists the sources.",
            SEES,
        ),
        missing(Method::POST, "/ingest/api/v1/source", INGEST).is(
            "ingest.source.create",
            "Makes a source.",
            CHANGES,
        ),
        missing(Method::GET, "/ingest/api/v1/source/{source}", INGEST).is(
            "ingest.source.get",
            "Shows a source.",
            SEES,
        ),
        missing(Method::PUT, "/ingest/api/v1/source/{source}", INGEST).is(
            "ingest.source.upsert",
            "Replaces a source, or makes it.",
            CHANGES,
        ),
        missing(Method::DELETE, "/ingest/api/v1/source/{source}", INGEST).is(
            "ingest.source.delete",
            "Deletes a source.",
            CHANGES,
        ),
        missing(
            Method::POST,
            "/ingest/api/v1/source/{source}/token/rotate",
            INGEST,
        )
        .is(
            "ingest.source.rotate_token",
            "Gives a source another address.",
            CHANGES,
        ),
        missing(
            Method::POST,
            "/ingest/api/v1/source/{source}/dashboard",
            INGEST,
        )
        .is(
            "ingest.dashboard",
            "Lets somebody into the pages of a source.",
            CHANGES,
        ),
    ]
}

pub(super) fn ingest_endpoints() -> Vec<Row> {
    vec![
        missing(
            Method::GET,
            "/ingest/api/v1/source/{source}/endpoint",
            INGEST,
        )
        .is(
            "ingest.endpoint.list",
            "Lists the endpoints of a source.",
            SEES,
        ),
        missing(
            Method::POST,
            "/ingest/api/v1/source/{source}/endpoint",
            INGEST,
        )
        .is(
            "ingest.endpoint.create",
            "Makes an endpoint of a source.",
            CHANGES,
        ),
        missing(
            Method::GET,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}",
            INGEST,
        )
        .is(
            "ingest.endpoint.get",
            "Shows an endpoint of a source.",
            SEES,
        ),
        missing(
            Method::PUT,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}",
            INGEST,
        )
        .is(
            "ingest.endpoint.upsert",
            "Replaces an endpoint of a source, or makes it.",
            CHANGES,
        ),
        missing(
            Method::DELETE,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}",
            INGEST,
        )
        .is(
            "ingest.endpoint.delete",
            "Deletes an endpoint of a source.",
            CHANGES,
        ),
    ]
}

pub(super) fn parts_of_ingest_endpoints() -> Vec<Row> {
    vec![
        missing(
            Method::GET,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}/secret",
            INGEST,
        )
        .is(
            "ingest.endpoint.get_secret",
            "Shows the secret of an endpoint of a source.",
            CHANGES,
        ),
        missing(
            Method::POST,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}/secret/rotate",
            INGEST,
        )
        .is(
            "ingest.endpoint.rotate_secret",
            "Gives an endpoint of a source another secret.",
            CHANGES,
        ),
        missing(
            Method::GET,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}/headers",
            INGEST,
        )
        .is(
            "ingest.endpoint.get_headers",
            "Shows the headers of an endpoint of a source.",
            SEES,
        ),
        missing(
            Method::PUT,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}/headers",
            INGEST,
        )
        .is(
            "ingest.endpoint.update_headers",
            "Replaces the headers of an endpoint of a source.",
            CHANGES,
        ),
        missing(
            Method::GET,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}/transformation",
            INGEST,
        )
        .is(
            "ingest.endpoint.transformation.get",
            "Shows the transformation of an endpoint of a source.",
            SEES,
        ),
        missing(
            Method::PATCH,
            "/ingest/api/v1/source/{source}/endpoint/{endpoint}/transformation",
            INGEST,
        )
        .is(
            "ingest.endpoint.transformation.patch",
            "Changes the transformation of an endpoint of a source.",
            CHANGES,
        ),
    ]
}
