//! The operations of the topic "Application".

use super::parameter::{Kind, PAGES, parameter};
use super::row::{CHANGES, SEES, Topic, VIEWS, delete, get, patch, post, put};
use crate::applications::{
    ApplicationOut, application_in, application_patch, create_application, delete_application,
    get_application, list_applications, patch_application, put_application,
};
use crate::shapes::{of, page_of};

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
            .gives(200, page_of::<ApplicationOut>),
        post(v1!("/app"), create_application)
            .is("application.create", "Makes an application.", CHANGES)
            .query([parameter(
                "get_if_exists",
                Kind::Flag(false),
                "Whether one with this uid is answered instead of refused.",
            )])
            .takes(application_in)
            .gives(201, of::<ApplicationOut>)
            .gives(200, of::<ApplicationOut>),
        get(v1!("/app/{app}"), get_application)
            .is("application.get", "Shows an application.", VIEWS)
            .gives(200, of::<ApplicationOut>),
        put(v1!("/app/{app}"), put_application)
            .is(
                "application.upsert",
                "Replaces an application, or makes it.",
                CHANGES,
            )
            .takes(application_in)
            .gives(200, of::<ApplicationOut>)
            .gives(201, of::<ApplicationOut>),
        patch(v1!("/app/{app}"), patch_application)
            .is(
                "application.patch",
                "Changes some fields of an application.",
                CHANGES,
            )
            .takes(application_patch)
            .gives(200, of::<ApplicationOut>),
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
