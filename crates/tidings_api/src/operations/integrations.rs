//! The operations of the topic "Integration".

use super::parameter::PAGES;
use super::row::{CHANGES, SEES, Topic, delete, get, post, put};
use crate::integrations::{
    IntegrationKeyOut, IntegrationOut, create_integration, delete_integration, get_integration,
    integration_in, list_integrations, put_integration, rotate_integration_key,
};
use crate::shapes::{of, page_of};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/app/{app}/integration"), list_integrations)
            .is(
                "integration.list",
                "Lists the integrations of an application.",
                SEES,
            )
            .query(PAGES)
            .gives(200, page_of::<IntegrationOut>),
        post(v1!("/app/{app}/integration"), create_integration)
            .is(
                "integration.create",
                "Makes an integration, which has no key yet.",
                CHANGES,
            )
            .takes(integration_in)
            .gives(201, of::<IntegrationOut>),
        get(v1!("/app/{app}/integration/{integration}"), get_integration)
            .is("integration.get", "Shows an integration.", SEES)
            .gives(200, of::<IntegrationOut>),
        put(v1!("/app/{app}/integration/{integration}"), put_integration)
            .is(
                "integration.update",
                "Replaces the name and the feature flags of an integration.",
                CHANGES,
            )
            .takes(integration_in)
            .gives(200, of::<IntegrationOut>),
        delete(
            v1!("/app/{app}/integration/{integration}"),
            delete_integration,
        )
        .is(
            "integration.delete",
            "Takes an integration away, and its key with it.",
            CHANGES,
        )
        .gives_nothing(),
        post(
            v1!("/app/{app}/integration/{integration}/key/rotate"),
            rotate_integration_key,
        )
        .is(
            "integration.rotate_key",
            "Gives an integration a new key and shows it once; the one before it ends at once.",
            CHANGES,
        )
        .gives(200, of::<IntegrationKeyOut>),
    ];
    Topic::of(
        "Integration",
        "Programs that act in one application, each with a key of its own.",
        [rows],
    )
}
