//! Every step that concerns records, once.

use tidings_domain::record::RecordAction;
use tidings_store::{ListRecordChanges, ListRecords, NewMessage, Order, RecordKey, RecordWrite};

use super::{NOW, accept, new_message};
use crate::records;
use crate::step::Scope;

pub(super) fn run(scope: &mut Scope<'_>) {
    let write = |expected_version, action| RecordWrite {
        entity_type: "user".into(),
        id: "1".into(),
        expected_version,
        action,
        entity_id: "1".into(),
        hash: [0; 32],
        body: bytes::Bytes::from_static(b"{}"),
    };
    for (version, action) in [RecordAction::New, RecordAction::Update]
        .into_iter()
        .enumerate()
    {
        let version = i64::try_from(version).unwrap();
        let new = NewMessage {
            event_id: None,
            dedup: None,
            record: Some(Box::new(write(version, action))),
            ..new_message(Vec::new())
        };
        accept(scope, new);
    }
    let connection = scope.connection;
    let key = RecordKey {
        application: 1,
        entity_type: "user".into(),
        id: "1".into(),
    };
    records::heads(connection, 1, "user", &["1".into()]).unwrap();
    records::find(connection, &key).unwrap().unwrap();
    records::earlier(connection, &[], NOW).unwrap();
    for order in [Order::Ascending, Order::Descending] {
        for after in [None, Some("0".into())] {
            let list = ListRecords {
                application: 1,
                entity_type: "user".into(),
                order,
                after,
                limit: 5,
            };
            records::list(connection, &list).unwrap();
        }
        let list = ListRecordChanges {
            key: key.clone(),
            order,
            after: Some(1),
            limit: 5,
        };
        records::changes(connection, &list).unwrap();
    }
    records::sweep(scope, 1, 10).unwrap();
}
