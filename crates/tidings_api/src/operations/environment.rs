//! The operations of the topic "Environment".

use super::row::{ADMINISTERS, SEES, Topic, get, post, put};
use crate::environment::{
    ConfigurationOut, environment_in, export_environment, import_environment,
};
use crate::shapes::of;
use crate::themes::{ThemeOut, get_theme, put_theme, theme_in};

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
        get(v1!("/environment/theme"), get_theme)
            .is("environment.get_theme", "Shows how the portal looks.", SEES)
            .gives(200, of::<ThemeOut>),
        put(v1!("/environment/theme"), put_theme)
            .is(
                "environment.replace_theme",
                "Changes how the portal looks.",
                ADMINISTERS,
            )
            .takes(theme_in)
            .gives(200, of::<ThemeOut>),
    ];
    Topic::of(
        "Environment",
        "The configuration of an environment, as one document.",
        [rows],
    )
}
