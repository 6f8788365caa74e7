//! The operations of the topic "Event Type".

use super::parameter::{Kind, PAGES, parameter};
use super::row::{CHANGES, Row, Topic, delete, get, patch, post, put};
use crate::event_types::open_api::{ImportOut, import_open_api, open_api_in};
use crate::event_types::{
    EventTypeOut, create_event_type, delete_event_type, event_type_in, event_type_patch,
    event_type_upsert, get_event_type, list_event_types, patch_event_type, put_event_type,
};
use crate::shapes::{of, page_of};
use tidings_domain::access::Access;

pub(super) fn topic() -> Topic {
    Topic::of(
        "Event Type",
        "What can happen, and what its payloads look like.",
        [event_types(), event_type()],
    )
}

fn event_types() -> Vec<Row> {
    vec![
        get(v1!("/event-type"), list_event_types)
            .is(
                "event_type.list",
                "Lists the event types of the environment.",
                Access::Catalog,
            )
            .query(PAGES)
            .query([
                parameter(
                    "include_archived",
                    Kind::Flag(false),
                    "Whether archived event types are listed too.",
                ),
                parameter(
                    "with_content",
                    Kind::Flag(false),
                    "Whether each comes with its schemas.",
                ),
            ])
            .gives(200, page_of::<EventTypeOut>),
        post(v1!("/event-type"), create_event_type)
            .is("event_type.create", "Makes an event type.", CHANGES)
            .takes(event_type_in)
            .gives(201, of::<EventTypeOut>),
        post(v1!("/event-type/import/openapi"), import_open_api)
            .is(
                "event_type.import_openapi",
                "Makes event types of the webhooks in an OpenAPI document.",
                CHANGES,
            )
            .takes(open_api_in)
            .gives(200, of::<ImportOut>),
    ]
}

fn event_type() -> Vec<Row> {
    vec![
        get(v1!("/event-type/{*name}"), get_event_type)
            .is("event_type.get", "Shows an event type.", Access::Catalog)
            .gives(200, of::<EventTypeOut>),
        put(v1!("/event-type/{*name}"), put_event_type)
            .is(
                "event_type.upsert",
                "Replaces an event type, or makes it.",
                CHANGES,
            )
            .takes(event_type_upsert)
            .gives(200, of::<EventTypeOut>)
            .gives(201, of::<EventTypeOut>),
        patch(v1!("/event-type/{*name}"), patch_event_type)
            .is(
                "event_type.patch",
                "Changes some fields of an event type.",
                CHANGES,
            )
            .takes(event_type_patch)
            .gives(200, of::<EventTypeOut>),
        delete(v1!("/event-type/{*name}"), delete_event_type)
            .is(
                "event_type.delete",
                "Archives an event type, or removes it.",
                CHANGES,
            )
            .query([parameter(
                "expunge",
                Kind::Flag(false),
                "Whether it is removed and not only archived.",
            )])
            .gives_nothing(),
    ]
}
