//! Streams, their sinks and their portal, which are not there yet.

use http::Method;

use crate::operations::row::{CHANGES, Row, SEES, missing};

const STREAMS: &str = "streams and their sinks";

pub(super) fn streams() -> Vec<Row> {
    vec![
        missing(Method::GET, v1!("/stream"), STREAMS).is(
            "streaming.stream.list",
            "Lists the streams.",
            SEES,
        ),
        missing(Method::POST, v1!("/stream"), STREAMS).is(
            "streaming.stream.create",
            "Makes a stream.",
            CHANGES,
        ),
        missing(Method::GET, v1!("/stream/{stream}"), STREAMS).is(
            "streaming.stream.get",
            "Shows a stream.",
            SEES,
        ),
        missing(Method::PUT, v1!("/stream/{stream}"), STREAMS).is(
            "streaming.stream.upsert",
            "Replaces a stream, or makes it.",
            CHANGES,
        ),
        missing(Method::DELETE, v1!("/stream/{stream}"), STREAMS).is(
            "streaming.stream.delete",
            "Deletes a stream.",
            CHANGES,
        ),
        missing(Method::PATCH, v1!("/stream/{stream}"), STREAMS).is(
            "streaming.stream.patch",
            "Changes some fields of a stream.",
            CHANGES,
        ),
    ]
}

pub(super) fn stream_event_types() -> Vec<Row> {
    vec![
        missing(Method::GET, v1!("/stream/event-type"), STREAMS).is(
            "streaming.event_type.list",
            "Lists the event types of streams.",
            SEES,
        ),
        missing(Method::POST, v1!("/stream/event-type"), STREAMS).is(
            "streaming.event_type.create",
            "Makes an event type of streams.",
            CHANGES,
        ),
        missing(Method::GET, v1!("/stream/event-type/{name}"), STREAMS).is(
            "streaming.event_type.get",
            "Shows an event type of streams.",
            SEES,
        ),
        missing(Method::PUT, v1!("/stream/event-type/{name}"), STREAMS).is(
            "streaming.event_type.upsert",
            "Replaces an event type of streams, or makes it.",
            CHANGES,
        ),
        missing(Method::DELETE, v1!("/stream/event-type/{name}"), STREAMS).is(
            "streaming.event_type.delete",
            "Deletes an event type of streams.",
            CHANGES,
        ),
        missing(Method::PATCH, v1!("/stream/event-type/{name}"), STREAMS).is(
            "streaming.event_type.patch",
            "Changes some fields of an event type of streams.",
            CHANGES,
        ),
    ]
}

pub(super) fn stream_events() -> Vec<Row> {
    vec![
        missing(Method::POST, v1!("/stream/{stream}/events"), STREAMS).is(
            "streaming.events.create",
            "Takes in events of a stream.",
            CHANGES,
        ),
        missing(
            Method::GET,
            v1!("/stream/{stream}/sink/{sink}/events"),
            STREAMS,
        )
        .is("streaming.events.get", "Reads events for a sink.", SEES),
    ]
}

pub(super) fn sinks() -> Vec<Row> {
    vec![
        missing(Method::GET, v1!("/stream/{stream}/sink"), STREAMS).is(
            "streaming.sink.list",
            "Lists the sinks.",
            SEES,
        ),
        missing(Method::POST, v1!("/stream/{stream}/sink"), STREAMS).is(
            "streaming.sink.create",
            "Makes a sink.",
            CHANGES,
        ),
        missing(Method::GET, v1!("/stream/{stream}/sink/{sink}"), STREAMS).is(
            "streaming.sink.get",
            "Shows a sink.",
            SEES,
        ),
        missing(Method::PUT, v1!("/stream/{stream}/sink/{sink}"), STREAMS).is(
            "streaming.sink.upsert",
            "Replaces a sink, or makes it.",
            CHANGES,
        ),
        missing(Method::DELETE, v1!("/stream/{stream}/sink/{sink}"), STREAMS).is(
            "streaming.sink.delete",
            "Deletes a sink.",
            CHANGES,
        ),
        missing(Method::PATCH, v1!("/stream/{stream}/sink/{sink}"), STREAMS).is(
            "streaming.sink.patch",
            "Changes some fields of a sink.",
            CHANGES,
        ),
    ]
}

pub(super) fn parts_of_sinks() -> Vec<Row> {
    vec![
        missing(
            Method::GET,
            v1!("/stream/{stream}/sink/{sink}/transformation"),
            STREAMS,
        )
        .is(
            "streaming.sink.transformation.get",
            "Shows the transformation of a sink.",
            SEES,
        ),
        missing(
            Method::PATCH,
            v1!("/stream/{stream}/sink/{sink}/transformation"),
            STREAMS,
        )
        .is(
            "streaming.sink.transformation.patch",
            "Changes the transformation of a sink.",
            CHANGES,
        ),
        missing(
            Method::GET,
            v1!("/stream/{stream}/sink/{sink}/secret"),
            STREAMS,
        )
        .is(
            "streaming.sink.get_secret",
            "Shows the secret of a sink.",
            CHANGES,
        ),
        missing(
            Method::POST,
            v1!("/stream/{stream}/sink/{sink}/secret/rotate"),
            STREAMS,
        )
        .is(
            "streaming.sink.rotate_secret",
            "Gives a sink another secret.",
            CHANGES,
        ),
        missing(
            Method::GET,
            v1!("/stream/{stream}/sink/{sink}/headers"),
            STREAMS,
        )
        .is(
            "streaming.sink_headers_get",
            "Shows the headers of a sink.",
            SEES,
        ),
        missing(
            Method::PATCH,
            v1!("/stream/{stream}/sink/{sink}/headers"),
            STREAMS,
        )
        .is(
            "streaming.sink_headers_patch",
            "Changes some headers of a sink.",
            CHANGES,
        ),
    ]
}

pub(super) fn stream_sessions() -> Vec<Row> {
    vec![
        missing(
            Method::POST,
            v1!("/auth/stream-portal-access/{stream}"),
            STREAMS,
        )
        .is(
            "authentication.stream_portal_access",
            "Lets somebody into the portal of a stream.",
            CHANGES,
        ),
        missing(Method::POST, v1!("/auth/stream-logout"), STREAMS).is(
            "authentication.stream_logout",
            "Ends a session of the portal of a stream.",
            SEES,
        ),
        missing(
            Method::POST,
            v1!("/auth/stream/{stream}/expire-all"),
            STREAMS,
        )
        .is(
            "authentication.stream_expire_all",
            "Ends all sessions of the portal of a stream.",
            CHANGES,
        ),
        missing(
            Method::GET,
            v1!("/auth/stream/{stream}/sink/{sink}/poller/token"),
            STREAMS,
        )
        .is(
            "authentication.get_stream_poller_token",
            "Shows the token that a sink is read with.",
            CHANGES,
        ),
        missing(
            Method::POST,
            v1!("/auth/stream/{stream}/sink/{sink}/poller/token/rotate"),
            STREAMS,
        )
        .is(
            "authentication.rotate_stream_poller_token",
            "Gives a sink another token to be read with.",
            CHANGES,
        ),
    ]
}
