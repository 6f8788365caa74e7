//! Records: written along with the messages that tell of the changes, and read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use tidings_domain::clock::Millis;
use tidings_domain::ids::MessageId;
use tidings_domain::message::MessageKey;
use tidings_domain::record::RecordAction;
use tidings_domain::slot;
use tidings_store::{
    Accepted, Dedup, ListRecordChanges, ListRecords, Order, Record, RecordChange, RecordHead,
    RecordKey, RecordWrite,
};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{bytes, count, parts, text, unreadable};
use crate::dedup;
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

macro_rules! head {
    () => {
        "id, version, hash, entity_id, created_at, updated_at, deleted_at"
    };
}

statements! {
    /// A row that has another version than the change was made from is left alone, and not returned.
    WRITE_RECORDS = "-- write_records
        INSERT INTO record (slot, application, entity_type, id, version, hash, entity_id, created_at,
            updated_at, deleted_at, body)
        SELECT slot, application, entity_type, id, version, hash, entity_id, changed_at, changed_at,
            deleted_at, body
        FROM unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bytea[],
            $7::text[], $8::bigint[], $9::bigint[], $10::bytea[])
            AS new (slot, application, entity_type, id, version, hash, entity_id, changed_at,
                deleted_at, body)
        ON CONFLICT (slot, application, entity_type, id) DO UPDATE SET version = excluded.version,
            hash = excluded.hash, entity_id = excluded.entity_id,
            created_at = CASE WHEN record.deleted_at IS NULL THEN record.created_at
                ELSE excluded.created_at END,
            updated_at = excluded.updated_at, deleted_at = excluded.deleted_at, body = excluded.body
        WHERE record.version = excluded.version - 1
        RETURNING application, entity_type, id";
    NOTE_RECORD_CHANGES = "-- note_record_changes
        INSERT INTO record_change (slot, application, entity_type, id, version, action, changed_at,
            message_id)
        SELECT unnest($1::smallint[]), unnest($2::bigint[]), unnest($3::text[]), unnest($4::text[]),
            unnest($5::bigint[]), unnest($6::smallint[]), unnest($7::bigint[]), unnest($8::bytea[])";
    RECORD_HEADS = concat!("-- record_heads
        SELECT ", head!(), " FROM record
        WHERE slot = $1 AND application = $2 AND entity_type = $3 AND id = ANY($4)");
    RECORD = concat!("-- record
        SELECT ", head!(), ", body FROM record
        WHERE slot = $1 AND application = $2 AND entity_type = $3 AND id = $4
            AND deleted_at IS NULL");
    RECORDS_UP = concat!("-- records_up
        SELECT ", head!(), " FROM record
        WHERE slot = $1 AND application = $2 AND entity_type = $3 AND id > $4 AND deleted_at IS NULL
        ORDER BY id LIMIT $5");
    RECORDS_DOWN = concat!("-- records_down
        SELECT ", head!(), " FROM record
        WHERE slot = $1 AND application = $2 AND entity_type = $3
            AND ($4::text IS NULL OR id < $4) AND deleted_at IS NULL
        ORDER BY id DESC LIMIT $5");
    RECORD_CHANGES_UP = "-- record_changes_up
        SELECT version, action, changed_at, message_id FROM record_change
        WHERE slot = $1 AND application = $2 AND entity_type = $3 AND id = $4 AND version > $5
        ORDER BY version LIMIT $6";
    RECORD_CHANGES_DOWN = "-- record_changes_down
        SELECT version, action, changed_at, message_id FROM record_change
        WHERE slot = $1 AND application = $2 AND entity_type = $3 AND id = $4 AND version < $5
        ORDER BY version DESC LIMIT $6";
    DELETED_APPLICATIONS = "-- deleted_applications
        SELECT ordinal FROM application WHERE deleted_at IS NOT NULL AND ordinal > $1
        ORDER BY ordinal LIMIT $2";
    HAS_RECORDS = "-- has_records
        SELECT EXISTS (SELECT 1 FROM record WHERE slot = $1 AND application = $2)
            OR EXISTS (SELECT 1 FROM record_change WHERE slot = $1 AND application = $2)";
    SWEEP_RECORDS = "-- sweep_records
        DELETE FROM record WHERE slot = $1 AND application = $2 AND (entity_type, id) IN
            (SELECT entity_type, id FROM record WHERE slot = $1 AND application = $2 LIMIT $3)";
    SWEEP_RECORD_CHANGES = "-- sweep_record_changes
        DELETE FROM record_change WHERE slot = $1 AND application = $2
            AND (entity_type, id, version) IN (SELECT entity_type, id, version FROM record_change
                WHERE slot = $1 AND application = $2 LIMIT $3)";
}

/// How many deleted applications one sweep looks at.
const APPLICATIONS_AT_ONCE: usize = 100;

/// A change on its way into the transaction that writes its message.
pub(crate) struct Writing<'a> {
    pub(crate) application: i64,
    pub(crate) write: &'a RecordWrite,
    pub(crate) message: MessageId,
}

impl Writing<'_> {
    /// Names the record among those of a batch, and sorts it.
    pub(crate) fn key(&self) -> Vec<u8> {
        key(self.application, &self.write.entity_type, &self.write.id)
    }

    fn slot(&self) -> i16 {
        slot::of(self.application)
    }

    fn changed_at(&self) -> Millis {
        self.message.at_ms()
    }
}

/// Names a record; no name has the byte 0.
pub(crate) fn key(application: i64, entity_type: &str, id: &str) -> Vec<u8> {
    let mut key = vec![b'r'];
    key.extend(application.to_be_bytes());
    key.extend(entity_type.as_bytes());
    key.push(0);
    key.extend(id.as_bytes());
    key
}

/// Makes changes of records, none of which may be there twice. Gives the names of those that still had
/// the version that the change was made from. Rows are taken in the order of their keys, so that nodes
/// that change the same ones wait for each other and do not deadlock.
pub(crate) async fn write(
    connection: &Connection,
    mut all: Vec<Writing<'_>>,
) -> Result<HashSet<Vec<u8>>> {
    all.sort_unstable_by_key(|one| (one.slot(), one.key()));
    macro_rules! column {
        ($one:ident => $value:expr) => {
            all.iter().map(|$one| $value).collect::<Vec<_>>()
        };
    }
    let columns: [Parameter<'_>; 10] = [
        &column!(one => one.slot()),
        &column!(one => one.application),
        &column!(one => &one.write.entity_type[..]),
        &column!(one => &one.write.id[..]),
        &column!(one => one.write.expected_version + 1),
        &column!(one => &one.write.hash[..]),
        &column!(one => &one.write.entity_id[..]),
        &column!(one => one.changed_at()),
        &column!(one => (one.write.action == RecordAction::Delete).then_some(one.changed_at())),
        &column!(one => &one.write.body[..]),
    ];
    let rows = connection.query(WRITE_RECORDS, &columns).await?;
    rows.iter()
        .map(|row| Ok(key(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
        .collect()
}

/// Notes changes in the histories of their records.
pub(crate) async fn note(connection: &Connection, all: Vec<Writing<'_>>) -> Result<()> {
    macro_rules! column {
        ($one:ident => $value:expr) => {
            all.iter().map(|$one| $value).collect::<Vec<_>>()
        };
    }
    let ids = column!(one => one.message.parts().to_bytes());
    let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
    let columns: [Parameter<'_>; 8] = [
        &column!(one => one.slot()),
        &column!(one => one.application),
        &column!(one => &one.write.entity_type[..]),
        &column!(one => &one.write.id[..]),
        &column!(one => one.write.expected_version + 1),
        &column!(one => i16::from(one.write.action.code())),
        &column!(one => one.changed_at()),
        &ids,
    ];
    connection.execute(NOTE_RECORD_CHANGES, &columns).await?;
    Ok(())
}

fn read_head(row: &Row) -> Result<RecordHead> {
    Ok(RecordHead {
        id: text(row, 0)?,
        version: row.try_get(1)?,
        hash: bytes(row, 2)?,
        entity_id: text(row, 3)?,
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
        deleted_at: row.try_get(6)?,
    })
}

/// What is known of records, gone ones included, by id.
pub(crate) async fn heads(
    connection: &Connection,
    application: i64,
    entity_type: &str,
    ids: &[String],
) -> Result<Vec<RecordHead>> {
    let slot = slot::of(application);
    let parameters: [Parameter<'_>; 4] = [&slot, &application, &entity_type, &ids];
    let rows = connection.query(RECORD_HEADS, &parameters).await?;
    let mut heads: Vec<RecordHead> = rows.iter().map(read_head).collect::<Result<_>>()?;
    heads.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(heads)
}

pub(crate) async fn find(connection: &Connection, key: &RecordKey) -> Result<Option<Record>> {
    let slot = slot::of(key.application);
    let parameters: [Parameter<'_>; 4] = [&slot, &key.application, &key.entity_type, &key.id];
    let row = connection.query_opt(RECORD, &parameters).await?;
    row.map(|row| {
        Ok(Record {
            head: read_head(&row)?,
            body: Bytes::from(row.try_get::<_, Vec<u8>>(7)?),
        })
    })
    .transpose()
}

/// One page by id; ids are compared byte by byte.
pub(crate) async fn list(connection: &Connection, list: &ListRecords) -> Result<Vec<RecordHead>> {
    let (slot, limit) = (slot::of(list.application), count(list.limit));
    let after = list.after.as_deref();
    let rows = match list.order {
        Order::Ascending => {
            let after = after.unwrap_or_default();
            let (application, kind) = (&list.application, &list.entity_type);
            let parameters: [Parameter<'_>; 5] = [&slot, application, kind, &after, &limit];
            connection.query(RECORDS_UP, &parameters).await?
        }
        Order::Descending => {
            let (application, kind) = (&list.application, &list.entity_type);
            let parameters: [Parameter<'_>; 5] = [&slot, application, kind, &after, &limit];
            connection.query(RECORDS_DOWN, &parameters).await?
        }
    };
    rows.iter().map(read_head).collect()
}

/// One page of what happened to a record.
pub(crate) async fn changes(
    connection: &Connection,
    list: &ListRecordChanges,
) -> Result<Vec<RecordChange>> {
    let key = &list.key;
    let slot = slot::of(key.application);
    let (sql, default) = match list.order {
        Order::Ascending => (RECORD_CHANGES_UP, 0),
        Order::Descending => (RECORD_CHANGES_DOWN, i64::MAX),
    };
    let parameters: [Parameter<'_>; 6] = [
        &slot,
        &key.application,
        &key.entity_type,
        &key.id,
        &list.after.unwrap_or(default),
        &count(list.limit),
    ];
    let rows = connection.query(sql, &parameters).await?;
    rows.iter().map(read_change).collect()
}

fn read_change(row: &Row) -> Result<RecordChange> {
    let action = RecordAction::from_code(row.try_get::<_, i16>(1)?.into());
    Ok(RecordChange {
        version: row.try_get(0)?,
        action: action.ok_or_else(|| unreadable(1, "no action"))?,
        changed_at: row.try_get(2)?,
        message: MessageId::from_parts(parts(row, 3)?),
    })
}

/// What idempotency keys of messages stand for already.
pub(crate) async fn earlier(
    connection: &Connection,
    application: i64,
    keys: &[Dedup],
    now: Millis,
) -> Result<Vec<Option<Accepted>>> {
    let stored: Vec<Vec<u8>> = keys.iter().map(dedup::idempotency_key).collect();
    let slot = slot::of(application);
    let held = dedup::find_all(connection, slot, &stored, now).await?;
    let held: HashMap<Vec<u8>, dedup::Held> = held.into_iter().collect();
    let mut earlier = Vec::with_capacity(keys.len());
    for (key, stored) in keys.iter().zip(&stored) {
        earlier.push(match held.get(stored) {
            None => None,
            Some(found) if found.body != key.body => Some(Accepted::KeyReused),
            Some(found) => {
                let id = crate::accept::read_id(&found.reference)?;
                let message =
                    crate::lists::message_by_key(connection, MessageKey { application, id });
                Some(message.await?.map_or(Accepted::KeyReused, |message| {
                    Accepted::Replayed(Arc::new(message))
                }))
            }
        });
    }
    Ok(earlier)
}

/// Applications that were deleted, by number, behind this one.
pub(crate) async fn deleted_applications(connection: &Connection, after: i64) -> Result<Vec<i64>> {
    let limit = count(APPLICATIONS_AT_ONCE);
    let rows = connection
        .query(DELETED_APPLICATIONS, &[&after, &limit])
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Whether anything is left of the records of an application.
pub(crate) async fn are_there(connection: &Connection, application: i64) -> Result<bool> {
    let slot = slot::of(application);
    let row = connection
        .query_one(HAS_RECORDS, &[&slot, &application])
        .await?;
    Ok(row.try_get(0)?)
}

/// Removes what is left of the records of an application.
pub(crate) async fn sweep(scope: &mut Scope, application: i64, limit: usize) -> Result<usize> {
    let (slot, connection) = (slot::of(application), &scope.connection);
    let wide = |removed: u64| usize::try_from(removed).unwrap_or(usize::MAX);
    let parameters: [Parameter<'_>; 3] = [&slot, &application, &count(limit)];
    let records = wide(connection.execute(SWEEP_RECORDS, &parameters).await?);
    let left = count(limit.saturating_sub(records));
    let parameters: [Parameter<'_>; 3] = [&slot, &application, &left];
    let changes = connection
        .execute(SWEEP_RECORD_CHANGES, &parameters)
        .await?;
    Ok(records + wide(changes))
}
