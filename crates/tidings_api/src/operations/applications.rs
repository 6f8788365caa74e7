//! The operations of the topic "Application".

use super::parameter::{Kind, PAGES, parameter};
use super::row::{CHANGES, SEES, Topic, VIEWS, any, delete, get, patch, post, put};
use crate::applications::{
    create_application, delete_application, get_application, list_applications, patch_application,
    put_application,
};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/app"), list_applications)
            .is(
                "application.list",
                "Lists the applications of the environment.",
                SEES,
            )
            .query(PAGES)
            .query([
                parameter(
                    "exclude_apps_with_no_endpoints",
                    Kind::Flag(false),
                    "Whether those without endpoints are left out.",
                ),
                parameter(
                    "exclude_apps_with_disabled_endpoints",
                    Kind::Flag(false),
                    "Whether those are left out all of whose endpoints are switched off.",
                ),
                parameter(
                    "exclude_apps_with_svix_play_endpoints",
                    Kind::Flag(false),
                    "Whether those are left out all of whose endpoints are there to play with.",
                ),
            ])
            .gives(200, any),
        post(v1!("/app"), create_application)
            .is("application.create", "Makes an application.", CHANGES)
            .query([parameter(
                "get_if_exists",
                Kind::Flag(false),
                "Whether one with this uid is answered instead of refused.",
            )])
            .takes(any)
            .gives(201, any)
            .gives(200, any),
        get(v1!("/app/{app}"), get_application)
            .is("application.get", "Shows an application.", VIEWS)
            .gives(200, any),
        put(v1!("/app/{app}"), put_application)
            .is(
                "application.upsert",
                "Replaces an application, or makes it.",
                CHANGES,
            )
            .takes(any)
            .gives(200, any)
            .gives(201, any),
        patch(v1!("/app/{app}"), patch_application)
            .is(
                "application.patch",
                "Changes some fields of an application.",
                CHANGES,
            )
            .takes(any)
            .gives(200, any),
        delete(v1!("/app/{app}"), delete_application)
            .is(
                "application.delete",
                "Deletes an application with all that belongs to it.",
                CHANGES,
            )
            .gives_nothing(),
    ];
    Topic::of(
        "Application",
        "The customers of a product, each with endpoints and messages of its own.",
        [rows],
    )
}
