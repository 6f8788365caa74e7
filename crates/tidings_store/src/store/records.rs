//! The part of [`Store`](crate::Store) about records.

use crate::{
    ListRecordChanges, ListRecords, Record, RecordChange, RecordHead, RecordKey, StoreFuture,
};

/// The steps that touch records and their histories. What changes a record is [`accept`](crate::Messages::accept).
pub trait Records {
    /// What is known of records of one type, gone ones included, in the order of their ids; those that
    /// never were are left out. It reads no values.
    fn record_heads(
        &self,
        application: i64,
        entity_type: String,
        ids: Vec<String>,
    ) -> StoreFuture<'_, Vec<RecordHead>>;
    /// One record with its value, unless it is gone.
    fn record(&self, key: RecordKey) -> StoreFuture<'_, Option<Record>>;
    /// One page of the records of a type, by id.
    fn records(&self, list: ListRecords) -> StoreFuture<'_, Vec<RecordHead>>;
    /// One page of the changes of a record, by version.
    fn record_changes(&self, list: ListRecordChanges) -> StoreFuture<'_, Vec<RecordChange>>;
    /// Removes records, and their histories, of applications that were deleted; at most `limit` rows.
    /// Gives how many.
    fn sweep_records(&self, limit: usize) -> StoreFuture<'_, usize>;
}
