//! The operations of the topic "API User".

use super::row::{CHANGES, SEES, Topic, delete, get, post};
use crate::api_users::{
    ApiUserOut, ListOut, api_user_in, create_api_user, get_api_user, list_api_users, password_in,
    replace_api_user_password, revoke_api_user,
};
use crate::shapes::of;

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/app/{app}/api-user"), list_api_users)
            .is(
                "api_user.list",
                "Lists the API users of an application.",
                SEES,
            )
            .gives(200, of::<ListOut<'_>>),
        post(v1!("/app/{app}/api-user"), create_api_user)
            .is(
                "api_user.create",
                "Makes an API user and shows its password once.",
                CHANGES,
            )
            .may_take(api_user_in)
            .gives(201, of::<ApiUserOut<'_>>),
        get(v1!("/app/{app}/api-user/{id}"), get_api_user)
            .is("api_user.get", "Shows an API user.", SEES)
            .gives(200, of::<ApiUserOut<'_>>),
        delete(v1!("/app/{app}/api-user/{id}"), revoke_api_user)
            .is("api_user.revoke", "Takes an API user away.", CHANGES)
            .gives_nothing(),
        post(
            v1!("/app/{app}/api-user/{id}/password"),
            replace_api_user_password,
        )
        .is(
            "api_user.replace_password",
            "Gives an API user another password and shows it once.",
            CHANGES,
        )
        .may_take(password_in)
        .gives(200, of::<ApiUserOut<'_>>),
    ];
    Topic::of(
        "API User",
        "Who manages the hooks of an application at `/api/webhooks`.",
        [rows],
    )
}
