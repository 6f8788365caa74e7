//! The operations of the topic "Record".

use super::parameter::{NEWEST, PAGES};
use super::row::{CHANGES, SEES, Topic, delete, get, post, put};
use crate::records::{
    ChangeOut, HeadOut, ImportOut, OutcomeOut, delete_record, get_record, import_records,
    list_record_changes, list_records, put_record,
};
use crate::shapes::{self, of, page_of};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/app/{app}/record/{type}"), list_records)
            .is("record.list", "Lists the records of a type.", SEES)
            .query(PAGES)
            .gives(200, page_of::<HeadOut>),
        get(v1!("/app/{app}/record/{type}/{id}"), get_record)
            .is("record.get", "Shows a record, byte for byte.", SEES)
            .gives(200, shapes::any_object),
        put(v1!("/app/{app}/record/{type}/{id}"), put_record)
            .is(
                "record.put",
                "Puts a record; what has changed becomes a message.",
                CHANGES,
            )
            .takes(shapes::any_object)
            .gives(200, of::<OutcomeOut>),
        delete(v1!("/app/{app}/record/{type}/{id}"), delete_record)
            .is(
                "record.delete",
                "Deletes a record, which becomes a message.",
                CHANGES,
            )
            .gives(200, of::<OutcomeOut>),
        post(v1!("/app/{app}/record/{type}/{id}"), import_records)
            .is(
                "record.import",
                "Puts many records at once, one on each line, where the id is `import`.",
                CHANGES,
            )
            .takes(shapes::any_object)
            .gives(200, of::<ImportOut>),
        get(
            v1!("/app/{app}/record/{type}/{id}/history"),
            list_record_changes,
        )
        .is(
            "record.list_changes",
            "Lists the changes of a record, the newest first.",
            SEES,
        )
        .query(NEWEST)
        .gives(200, page_of::<ChangeOut>),
    ];
    Topic::of(
        "Record",
        "Things of a product whose changes become messages.",
        [rows],
    )
}
