//! The operations of the topic "Catalog".

use super::parameter::DRY_RUN;
use super::row::{CHANGES, SEES, Topic, get, post};
use crate::catalogs::{ImportOut, ListOut, get_catalog, import_catalog, list_catalogs};
use crate::shapes::{self, of};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/catalog"), list_catalogs)
            .is(
                "catalog.list",
                "Lists the catalogs that are part of the program.",
                SEES,
            )
            .gives(200, of::<ListOut>),
        post(v1!("/catalog/import"), import_catalog)
            .is(
                "catalog.import",
                "Makes the event types of a catalog.",
                CHANGES,
            )
            .query([DRY_RUN])
            .takes(shapes::any_object)
            .gives(200, of::<ImportOut>),
        get(v1!("/catalog/{name}"), get_catalog)
            .is(
                "catalog.get",
                "Shows a catalog as it can be imported.",
                SEES,
            )
            .gives(200, shapes::any_object),
    ];
    Topic::of("Catalog", "Event types that come with Tidings.", [rows])
}
