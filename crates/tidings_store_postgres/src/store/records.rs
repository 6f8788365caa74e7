//! [`Records`], passed on to the files that do it.

use tidings_store::{
    ListRecordChanges, ListRecords, Record, RecordChange, RecordHead, RecordKey, Records,
    StoreFuture,
};

use super::passing::read;
use crate::{PostgresStore, records};

impl Records for PostgresStore {
    fn record_heads(
        &self,
        application: i64,
        entity_type: String,
        ids: Vec<String>,
    ) -> StoreFuture<'_, Vec<RecordHead>> {
        read!(self, |reader| records::heads(
            &reader,
            application,
            &entity_type,
            &ids
        ))
    }

    fn record(&self, key: RecordKey) -> StoreFuture<'_, Option<Record>> {
        read!(self, |reader| records::find(&reader, &key))
    }

    fn records(&self, list: ListRecords) -> StoreFuture<'_, Vec<RecordHead>> {
        read!(self, |reader| records::list(&reader, &list))
    }

    fn record_changes(&self, list: ListRecordChanges) -> StoreFuture<'_, Vec<RecordChange>> {
        read!(self, |reader| records::changes(&reader, &list))
    }

    fn sweep_records(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(self.sweep_records_in_groups(limit))
    }
}
