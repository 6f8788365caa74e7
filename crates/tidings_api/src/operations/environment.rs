//! The operations of the topic "Environment".

use super::row::{ADMINISTERS, Topic, any, post};
use crate::environment::{export_environment, import_environment};

pub(super) fn topic() -> Topic {
    let rows = vec![
        post(v1!("/environment/export"), export_environment)
            .is(
                "environment.export",
                "Gives the event types and settings of the environment.",
                ADMINISTERS,
            )
            .gives(200, any),
        post(v1!("/environment/import"), import_environment)
            .is(
                "environment.import",
                "Takes in what an export gave.",
                ADMINISTERS,
            )
            .takes(any)
            .gives_nothing(),
    ];
    Topic::of(
        "Environment",
        "The configuration of an environment, as one document.",
        [rows],
    )
}
