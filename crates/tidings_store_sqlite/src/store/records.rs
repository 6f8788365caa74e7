//! [`Records`], passed on to the files that do it.

use std::sync::atomic::Ordering;

use tidings_store::{
    ListRecordChanges, ListRecords, Record, RecordChange, RecordHead, RecordKey, Records,
    StoreFuture,
};

use crate::{SqliteStore, records};

impl Records for SqliteStore {
    fn record_heads(
        &self,
        application: i64,
        entity_type: String,
        ids: Vec<String>,
    ) -> StoreFuture<'_, Vec<RecordHead>> {
        self.readers
            .read(move |connection| records::heads(connection, application, &entity_type, &ids))
    }

    fn record(&self, key: RecordKey) -> StoreFuture<'_, Option<Record>> {
        self.readers
            .read(move |connection| records::find(connection, &key))
    }

    fn records(&self, list: ListRecords) -> StoreFuture<'_, Vec<RecordHead>> {
        self.readers
            .read(move |connection| records::list(connection, &list))
    }

    fn record_changes(&self, list: ListRecordChanges) -> StoreFuture<'_, Vec<RecordChange>> {
        self.readers
            .read(move |connection| records::changes(connection, &list))
    }

    fn sweep_records(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            let after = self.records_swept.load(Ordering::SeqCst);
            let looking = self
                .readers
                .read(move |connection| records::next_deleted(connection, after));
            let (found, last) = looking.await?;
            let removed = match found {
                Some(application) => {
                    self.write(move |scope| records::sweep(scope, application, limit))
                        .await?
                }
                None => 0,
            };
            if removed < limit {
                self.records_swept.store(last, Ordering::SeqCst);
            }
            Ok(removed)
        })
    }
}
