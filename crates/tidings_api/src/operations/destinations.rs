//! The operations of the topic "Destination".

use super::parameter::PAGES;
use super::row::{MANAGES, Topic, VIEWS, delete, get, patch, post, put};
use crate::destinations::{
    DestinationOut, create_destination, delete_destination, destination_in, destination_patch,
    get_destination, list_destinations, patch_destination, put_destination,
    rotate_destination_secret,
};
use crate::endpoint_secrets::{EndpointSecretOut, rotation_in};
use crate::shapes::{of, page_of};
use tidings_domain::access::{Access, Capability};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/app/{app}/destination"), list_destinations)
            .is(
                "destination.list",
                "Lists the destinations of an application.",
                VIEWS,
            )
            .query(PAGES)
            .gives(200, page_of::<DestinationOut>),
        post(v1!("/app/{app}/destination"), create_destination)
            .is("destination.create", "Makes a destination.", MANAGES)
            .takes(destination_in)
            .gives(201, of::<DestinationOut>),
        get(v1!("/app/{app}/destination/{destination}"), get_destination)
            .is("destination.get", "Shows a destination.", VIEWS)
            .gives(200, of::<DestinationOut>),
        put(v1!("/app/{app}/destination/{destination}"), put_destination)
            .is(
                "destination.upsert",
                "Replaces a destination, or makes it.",
                MANAGES,
            )
            .takes(destination_in)
            .gives(200, of::<DestinationOut>)
            .gives(201, of::<DestinationOut>),
        patch(
            v1!("/app/{app}/destination/{destination}"),
            patch_destination,
        )
        .is(
            "destination.patch",
            "Changes some fields of a destination.",
            MANAGES,
        )
        .takes(destination_patch)
        .gives(200, of::<DestinationOut>),
        delete(
            v1!("/app/{app}/destination/{destination}"),
            delete_destination,
        )
        .is(
            "destination.delete",
            "Deletes a destination and cancels what is owed to it.",
            MANAGES,
        )
        .gives_nothing(),
        post(
            v1!("/app/{app}/destination/{destination}/secret/rotate"),
            rotate_destination_secret,
        )
        .is(
            "destination.rotate_secret",
            "Gives a destination another secret; the old one signs too for a while.",
            Access::Application(Capability::ManageEndpointSecret),
        )
        .may_take(rotation_in)
        .gives(200, of::<EndpointSecretOut<'_>>),
    ];
    Topic::of(
        "Destination",
        "Endpoints that keep the order of their messages.",
        [rows],
    )
}
