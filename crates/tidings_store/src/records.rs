//! Parameters and answers of the steps that keep records.
//!
//! A change of a record is accepted with the message that tells of it: [`crate::NewMessage::record`].
//! Both, and the row of the record's history, are one transaction.

use bytes::Bytes;
use tidings_domain::clock::Millis;
use tidings_domain::ids::MessageId;
use tidings_domain::record::RecordAction;

use crate::configuration::Order;

/// Which record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordKey {
    /// The application, by number.
    pub application: i64,
    /// What it is: `user`, `company` or another type.
    pub entity_type: String,
    /// Its id, as paths have it.
    pub id: String,
}

/// A change of a record, made from what the caller has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordWrite {
    /// The type.
    pub entity_type: String,
    /// The id.
    pub id: String,
    /// The version that the change was made from; 0 if there never was such a record.
    pub expected_version: i64,
    /// What happens.
    pub action: RecordAction,
    /// The id as others see it, as JSON.
    pub entity_id: String,
    /// Of the new value; of no meaning for a deletion.
    pub hash: [u8; 32],
    /// The new value, byte for byte; empty for a deletion.
    pub body: Bytes,
}

/// All there is to know of a record but its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHead {
    /// The id.
    pub id: String,
    /// Counts its changes, across deletions.
    pub version: i64,
    /// Of its value.
    pub hash: [u8; 32],
    /// The id as others see it, as JSON.
    pub entity_id: String,
    /// When it came.
    pub created_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
    /// Since when it is gone.
    pub deleted_at: Option<Millis>,
}

impl RecordHead {
    /// Whether it is there.
    pub fn is_there(&self) -> bool {
        self.deleted_at.is_none()
    }
}

/// A record with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What is known of it.
    pub head: RecordHead,
    /// Its value, byte for byte; empty if it is gone.
    pub body: Bytes,
}

/// A page of the records of one type, by id.
#[derive(Debug, Clone)]
pub struct ListRecords {
    /// The application, by number.
    pub application: i64,
    /// The type.
    pub entity_type: String,
    /// Which way, by id.
    pub order: Order,
    /// Start behind this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// One change of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChange {
    /// The record's version since.
    pub version: i64,
    /// What happened.
    pub action: RecordAction,
    /// When.
    pub changed_at: Millis,
    /// The message that tells of it.
    pub message: MessageId,
}

/// A page of the changes of a record, by version.
#[derive(Debug, Clone)]
pub struct ListRecordChanges {
    /// The record.
    pub key: RecordKey,
    /// Which way, by time.
    pub order: Order,
    /// Start behind this version.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: usize,
}
