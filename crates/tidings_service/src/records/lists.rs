//! Records as they are, and what happened to them.

use tidings_domain::names::{check_entity_type, check_record_id};
use tidings_store::{ListRecordChanges, ListRecords, Record, RecordChange, RecordHead, RecordKey};

use super::NOT_FOUND;
use crate::error::ServiceError;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

impl Service {
    /// One record.
    pub async fn record(
        &self,
        caller: Caller,
        application: &str,
        (entity_type, id): (&str, &str),
    ) -> Result<Record, ServiceError> {
        let key = self.record_key(caller, application, entity_type, id);
        self.store.record(key.await?).await?.ok_or(NOT_FOUND)
    }

    /// One page of the records of a type, by id, without their values.
    pub async fn records(
        &self,
        caller: Caller,
        application: &str,
        entity_type: &str,
        query: &PageQuery,
    ) -> Result<Listed<RecordHead>, ServiceError> {
        let view = self.view(caller, application).await?;
        check_entity_type(entity_type).map_err(|_| NOT_FOUND)?;
        let after = match &query.cursor {
            Some(cursor) => {
                check_record_id(&cursor.id).map_err(|_| wrong_iterator())?;
                Some(cursor.id.clone())
            }
            None => None,
        };
        let list = ListRecords {
            application: view.ordinal(),
            entity_type: entity_type.to_owned(),
            order: query.reading_order(),
            after,
            limit: query.limit + 1,
        };
        let rows = self.store.records(list).await?;
        Ok(query.finish(rows, |head| head.id.clone()))
    }

    /// One page of what happened to a record, whether or not it is there still.
    pub async fn record_changes(
        &self,
        caller: Caller,
        application: &str,
        (entity_type, id): (&str, &str),
        query: &PageQuery,
    ) -> Result<Listed<RecordChange>, ServiceError> {
        let key = self.record_key(caller, application, entity_type, id);
        let key = key.await?;
        let after = match &query.cursor {
            Some(cursor) => {
                let version: i64 = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some(version)
            }
            None => None,
        };
        let list = ListRecordChanges {
            key,
            order: query.reading_order(),
            after,
            limit: query.limit + 1,
        };
        let rows = self.store.record_changes(list).await?;
        if rows.is_empty() && after.is_none() {
            return Err(NOT_FOUND);
        }
        Ok(query.finish(rows, |change| change.version.to_string()))
    }

    async fn record_key(
        &self,
        caller: Caller,
        application: &str,
        entity_type: &str,
        id: &str,
    ) -> Result<RecordKey, ServiceError> {
        let view = self.view(caller, application).await?;
        check_entity_type(entity_type).map_err(|_| NOT_FOUND)?;
        check_record_id(id).map_err(|_| NOT_FOUND)?;
        Ok(RecordKey {
            application: view.ordinal(),
            entity_type: entity_type.to_owned(),
            id: id.to_owned(),
        })
    }
}
