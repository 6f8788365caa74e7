//! The operations of the topic "Documentation".

use super::row::{Row, Topic, any, get};
use crate::open_api::get_open_api;
use tidings_domain::access::Access;

pub(super) fn topic() -> Topic {
    Topic::of(
        "Documentation",
        "What this server can do, for machines.",
        [rows()],
    )
}

fn rows() -> Vec<Row> {
    vec![
        get(v1!("/openapi.json"), get_open_api)
            .is("openapi.get", "Gives this document.", Access::Anyone)
            .gives(200, any),
    ]
}
