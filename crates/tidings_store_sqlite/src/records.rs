//! Records: written along with the message that tells of the change, and read.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::record::RecordAction;
use tidings_store::{
    Accepted, Dedup, ListRecordChanges, ListRecords, Order, Record, RecordChange, RecordHead,
    RecordKey, RecordWrite,
};

use crate::accept::{find_key, replayed};
use crate::convert::{Span, count};
use crate::step::Scope;

/// How many deleted applications one sweep looks at.
const APPLICATIONS_AT_ONCE: usize = 100;

const HEAD: &str = "id, version, hash, entity_id, created_at, updated_at, deleted_at";

/// Whether the record still has the version that the change was made from.
pub(crate) fn is_as_expected(
    connection: &Connection,
    application: i64,
    write: &RecordWrite,
) -> rusqlite::Result<bool> {
    let version: Option<i64> = connection
        .prepare_cached(
            "-- record_version
            SELECT version FROM record WHERE application = ?1 AND entity_type = ?2 AND id = ?3",
        )?
        .query_row(params![application, write.entity_type, write.id], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(version.unwrap_or(0) == write.expected_version)
}

/// Makes the change, and notes it in the record's history.
pub(crate) fn write(
    connection: &Connection,
    application: i64,
    write: &RecordWrite,
    message: MessageId,
) -> rusqlite::Result<()> {
    let version = write.expected_version + 1;
    let now = message.at_ms();
    let deleted_at = (write.action == RecordAction::Delete).then_some(now);
    connection
        .prepare_cached(
            "-- write_record
            INSERT INTO record (application, entity_type, id, version, hash, entity_id, created_at,
                updated_at, deleted_at, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)
            ON CONFLICT (application, entity_type, id) DO UPDATE SET version = excluded.version,
                hash = excluded.hash, entity_id = excluded.entity_id,
                created_at = iif(deleted_at IS NULL, created_at, excluded.created_at),
                updated_at = excluded.updated_at, deleted_at = excluded.deleted_at,
                body = excluded.body",
        )?
        .execute(params![
            application,
            write.entity_type,
            write.id,
            version,
            write.hash,
            write.entity_id,
            now,
            deleted_at,
            &write.body[..],
        ])?;
    connection
        .prepare_cached(
            "-- note_record_change
            INSERT INTO record_change (application, entity_type, id, version, action, changed_at,
                message_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            application,
            write.entity_type,
            write.id,
            version,
            write.action.code(),
            now,
            message.parts().to_bytes(),
        ])?;
    Ok(())
}

fn read_head(row: &Row<'_>) -> rusqlite::Result<RecordHead> {
    Ok(RecordHead {
        id: row.get(0)?,
        version: row.get(1)?,
        hash: row.get(2)?,
        entity_id: row.get(3)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
        deleted_at: row.get(6)?,
    })
}

/// What is known of records, gone ones included, by id.
pub(crate) fn heads(
    connection: &Connection,
    application: i64,
    entity_type: &str,
    ids: &[String],
) -> rusqlite::Result<Vec<RecordHead>> {
    let mut select = connection.prepare_cached(&format!(
        "-- record_head
        SELECT {HEAD} FROM record WHERE application = ?1 AND entity_type = ?2 AND id = ?3"
    ))?;
    let mut heads = Vec::with_capacity(ids.len());
    for id in ids {
        let found = select.query_row(params![application, entity_type, id], read_head);
        heads.extend(found.optional()?);
    }
    heads.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(heads)
}

pub(crate) fn find(connection: &Connection, key: &RecordKey) -> rusqlite::Result<Option<Record>> {
    connection
        .prepare_cached(&format!(
            "-- record
            SELECT {HEAD}, body FROM record
            WHERE application = ?1 AND entity_type = ?2 AND id = ?3 AND deleted_at IS NULL"
        ))?
        .query_row(params![key.application, key.entity_type, key.id], |row| {
            Ok(Record {
                head: read_head(row)?,
                body: Bytes::from(row.get::<_, Vec<u8>>(7)?),
            })
        })
        .optional()
}

/// One page by id; ids are compared byte by byte.
pub(crate) fn list(
    connection: &Connection,
    list: &ListRecords,
) -> rusqlite::Result<Vec<RecordHead>> {
    let (comparison, direction) = match list.order {
        Order::Ascending => (">", "ASC"),
        Order::Descending => ("<", "DESC"),
    };
    let behind = list
        .after
        .as_ref()
        .map_or_else(String::new, |_| format!("AND id {comparison} ?4"));
    let mut select = connection.prepare_cached(&format!(
        "-- records
        SELECT {HEAD} FROM record
        WHERE application = ?1 AND entity_type = ?2 AND deleted_at IS NULL {behind}
        ORDER BY id {direction} LIMIT ?3"
    ))?;
    let (application, limit) = (list.application, count(list.limit));
    match &list.after {
        None => select
            .query_map(params![application, list.entity_type, limit], read_head)?
            .collect(),
        Some(id) => select
            .query_map(params![application, list.entity_type, limit, id], read_head)?
            .collect(),
    }
}

/// One page of what happened to a record.
pub(crate) fn changes(
    connection: &Connection,
    list: &ListRecordChanges,
) -> rusqlite::Result<Vec<RecordChange>> {
    let span = Span::new(list.order, list.after);
    let key = &list.key;
    connection
        .prepare_cached(&format!(
            "-- record_changes
            SELECT version, action, changed_at, message_id FROM record_change
            WHERE application = ?1 AND entity_type = ?2 AND id = ?3
                AND version > ?4 AND version < ?5
            ORDER BY version {} LIMIT ?6",
            span.direction
        ))?
        .query_map(
            params![
                key.application,
                key.entity_type,
                key.id,
                span.above,
                span.below,
                count(list.limit)
            ],
            read_change,
        )?
        .collect()
}

fn read_change(row: &Row<'_>) -> rusqlite::Result<RecordChange> {
    let code = row.get(1)?;
    let action = RecordAction::from_code(code);
    Ok(RecordChange {
        version: row.get(0)?,
        action: action.ok_or(rusqlite::Error::IntegralValueOutOfRange(1, code))?,
        changed_at: row.get(2)?,
        message: MessageId::from_parts(IdParts::from_bytes(row.get(3)?)),
    })
}

/// What idempotency keys of messages stand for already.
pub(crate) fn earlier(
    connection: &Connection,
    keys: &[Dedup],
    now: Millis,
) -> rusqlite::Result<Vec<Option<Accepted>>> {
    keys.iter()
        .map(|key| match find_key(connection, key, now)? {
            None => Ok(None),
            Some((seq, true)) => replayed(connection, seq).map(Some),
            Some((_, false)) => Ok(Some(Accepted::KeyReused)),
        })
        .collect()
}

/// The next deleted application, by number, that has records still; and how far it was looked for.
pub(crate) fn next_deleted(
    connection: &Connection,
    after: i64,
) -> rusqlite::Result<(Option<i64>, i64)> {
    let mut deleted = connection.prepare_cached(
        "-- deleted_applications
        SELECT ordinal FROM application WHERE deleted_at IS NOT NULL AND ordinal > ?1
        ORDER BY ordinal LIMIT ?2",
    )?;
    let mut has_records = connection.prepare_cached(
        "-- has_records
        SELECT 1 FROM record WHERE application = ?1
        UNION ALL SELECT 1 FROM record_change WHERE application = ?1 LIMIT 1",
    )?;
    let mut last = 0; // and begins anew
    let limit = count(APPLICATIONS_AT_ONCE);
    let mut rows = deleted.query(params![after, limit])?;
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        if has_records.exists([last])? {
            return Ok((Some(last), last));
        }
    }
    Ok((None, last))
}

/// Removes what is left of the records of an application.
pub(crate) fn sweep(
    scope: &mut Scope<'_>,
    application: i64,
    limit: usize,
) -> rusqlite::Result<usize> {
    let connection = scope.connection;
    let records = connection
        .prepare_cached(
            "-- sweep_records
            DELETE FROM record WHERE ordinal IN
                (SELECT ordinal FROM record WHERE application = ?1 LIMIT ?2)",
        )?
        .execute([application, count(limit)])?;
    let changes = connection
        .prepare_cached(
            "-- sweep_record_changes
            DELETE FROM record_change WHERE ordinal IN
                (SELECT ordinal FROM record_change WHERE application = ?1 LIMIT ?2)",
        )?
        .execute([application, count(limit - records)])?;
    Ok(records + changes)
}
