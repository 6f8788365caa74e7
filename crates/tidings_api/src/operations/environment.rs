//! The operations of the topic "Environment".

use super::row::{ADMINISTERS, Topic, post};
use crate::environment::{
    ConfigurationOut, environment_in, export_environment, import_environment,
};
use crate::shapes::of;

pub(super) fn topic() -> Topic {
    let rows = vec![
        post(v1!("/environment/export"), export_environment)
            .is(
                "environment.export",
                "Gives the event types and settings of the environment.",
                ADMINISTERS,
            )
            .gives(200, of::<ConfigurationOut>),
        post(v1!("/environment/import"), import_environment)
            .is(
                "environment.import",
                "Takes in what an export gave.",
                ADMINISTERS,
            )
            .takes(environment_in)
            .gives_nothing(),
    ];
    Topic::of(
        "Environment",
        "The configuration of an environment, as one document.",
        [rows],
    )
}
