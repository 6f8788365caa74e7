//! The operations of the topic "API Key".

use super::parameter::PAGES;
use super::row::{ADMINISTERS, Topic, delete, get, patch, post};
use crate::api_keys::{
    ApiKeyOut, api_key_in, api_key_patch, api_key_rotation, create_api_key, get_api_key,
    list_api_keys, patch_api_key, revoke_api_key, rotate_api_key,
};
use crate::shapes::{of, page_of};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/api-key"), list_api_keys)
            .is(
                "api_key.list",
                "Lists the API keys of the environment.",
                ADMINISTERS,
            )
            .query(PAGES)
            .gives(200, page_of::<ApiKeyOut>),
        post(v1!("/api-key"), create_api_key)
            .is(
                "api_key.create",
                "Makes an API key and shows its text once.",
                ADMINISTERS,
            )
            .takes(api_key_in)
            .gives(201, of::<ApiKeyOut>),
        get(v1!("/api-key/{id}"), get_api_key)
            .is("api_key.get", "Shows an API key.", ADMINISTERS)
            .gives(200, of::<ApiKeyOut>),
        patch(v1!("/api-key/{id}"), patch_api_key)
            .is(
                "api_key.patch",
                "Changes the name, the role, the end or the limit of an API key.",
                ADMINISTERS,
            )
            .takes(api_key_patch)
            .gives(200, of::<ApiKeyOut>),
        delete(v1!("/api-key/{id}"), revoke_api_key)
            .is(
                "api_key.revoke",
                "Refuses an API key from now on.",
                ADMINISTERS,
            )
            .gives_nothing(),
        post(v1!("/api-key/{id}/rotate"), rotate_api_key)
            .is(
                "api_key.rotate",
                "Gives an API key a new text and shows it once.",
                ADMINISTERS,
            )
            .may_take(api_key_rotation)
            .gives(200, of::<ApiKeyOut>),
    ];
    Topic::of(
        "API Key",
        "Who may call the API of the environment, and how far.",
        [rows],
    )
}
