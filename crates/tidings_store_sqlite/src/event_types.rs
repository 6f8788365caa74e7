//! The catalogue: event types made, found, listed, changed, removed.

mod import;

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::sample::Sample;
use tidings_domain::schema::drift::Drift;
use tidings_store::{
    Dedup, FlaggedEventType, ListEventTypes, NewEventType, Order, Subject, Written,
};

use crate::accept::{Made, find_key, take_key};
use crate::changes;
use crate::convert::{count, read_json, read_policy, read_sample, read_words, words_text};
use crate::step::Scope;

pub(crate) use import::import;

const COLUMNS: &str = "ordinal, environment, name, description, is_archived, is_deprecated, \
    schemas, group_name, feature_flags, created_at, updated_at, wording, sample, schema_policy, drift";

fn read(row: &Row<'_>) -> rusqlite::Result<EventType> {
    Ok(EventType {
        ordinal: row.get(0)?,
        environment: row.get(1)?,
        name: row.get(2)?,
        description: row.get(3)?,
        is_archived: row.get(4)?,
        is_deprecated: row.get(5)?,
        schemas: read_json(row, 6)?,
        group_name: row.get(7)?,
        feature_flags: read_words(row, 8)?,
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
        wording: read_json(row, 11)?.unwrap_or_default(),
        sample: read_sample(row, 12)?,
        schema_policy: read_policy(row, 13)?,
        drift: read_json(row, 14)?,
    })
}

/// Makes an event type, or takes an archived one out of the archive with the new values. A refused
/// one does not use up the idempotency key.
pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewEventType,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<EventType>> {
    let connection = scope.connection;
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, new.created_at)? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(by_ordinal(connection, made)?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let event_type = match find(connection, new.environment, &new.name)? {
        Some(other) if !other.is_archived => return Ok(Written::Taken(other)),
        Some(mut archived) => {
            new.restoring().apply(&mut archived, new.created_at);
            write(connection, &archived)?;
            archived
        }
        None => {
            insert(connection, new)?;
            let ordinal = connection.last_insert_rowid();
            let Some(made) = by_ordinal(connection, ordinal)? else {
                return Ok(Written::Missing);
            };
            made
        }
    };
    if let Some(dedup) = dedup {
        take_key(
            connection,
            dedup,
            Made::Other(event_type.ordinal),
            new.created_at,
        )?;
    }
    changes::note(connection, Subject::EventTypes(new.environment))?;
    Ok(Written::Done(event_type))
}

fn insert(connection: &Connection, new: &NewEventType) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- create_event_type
            INSERT INTO event_type (environment, name, description, is_archived, is_deprecated,
                schemas, group_name, feature_flags, created_at, updated_at, wording, sample,
                schema_policy)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            new.environment,
            new.name,
            new.description,
            new.is_archived,
            new.is_deprecated,
            new.schemas.as_ref().map(serde_json::Value::to_string),
            new.group_name,
            words_text(&new.feature_flags),
            new.created_at,
            new.wording.clone().unwrap_or_default().to_text(),
            new.sample.as_ref().map(Sample::to_text),
            new.schema_policy.unwrap_or_default().number(),
        ])?;
    Ok(())
}

fn write(connection: &Connection, event_type: &EventType) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- update_event_type
            UPDATE event_type SET description = ?2, is_archived = ?3, is_deprecated = ?4,
                schemas = ?5, group_name = ?6, feature_flags = ?7, updated_at = ?8,
                wording = ?9, sample = ?10, schema_policy = ?11, drift = ?12
            WHERE ordinal = ?1",
        )?
        .execute(params![
            event_type.ordinal,
            event_type.description,
            event_type.is_archived,
            event_type.is_deprecated,
            event_type
                .schemas
                .as_ref()
                .map(serde_json::Value::to_string),
            event_type.group_name,
            words_text(&event_type.feature_flags),
            event_type.updated_at,
            event_type.wording.to_text(),
            event_type.sample.as_ref().map(Sample::to_text),
            event_type.schema_policy.number(),
            event_type.drift.as_ref().map(Drift::to_text),
        ])?;
    Ok(())
}

pub(crate) fn find(
    connection: &Connection,
    environment: i64,
    name: &str,
) -> rusqlite::Result<Option<EventType>> {
    connection
        .prepare_cached(&format!(
            "-- event_type
            SELECT {COLUMNS} FROM event_type WHERE environment = ?1 AND name = ?2"
        ))?
        .query_row(params![environment, name], read)
        .optional()
}

fn by_ordinal(connection: &Connection, ordinal: i64) -> rusqlite::Result<Option<EventType>> {
    connection
        .prepare_cached(&format!(
            "-- event_type_by_ordinal
            SELECT {COLUMNS} FROM event_type WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

/// One page by name; names are compared byte by byte.
pub(crate) fn list(
    connection: &Connection,
    environment: i64,
    list: &ListEventTypes,
) -> rusqlite::Result<Vec<EventType>> {
    let (comparison, direction) = match list.order {
        Order::Ascending => (">", "ASC"),
        Order::Descending => ("<", "DESC"),
    };
    let behind = list
        .after
        .as_ref()
        .map_or_else(String::new, |_| format!("AND name {comparison} ?4"));
    let sql = format!(
        "-- event_types
        SELECT {COLUMNS} FROM event_type
        WHERE environment = ?1 AND (?2 OR is_archived = 0) {behind}
        ORDER BY name {direction} LIMIT ?3"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let limit = count(list.limit);
    match &list.after {
        None => select
            .query_map(params![environment, list.with_archived, limit], read)?
            .collect(),
        Some(name) => select
            .query_map(params![environment, list.with_archived, limit, name], read)?
            .collect(),
    }
}

/// The event types whose payloads are checked, archived ones too.
pub(crate) fn checked(
    connection: &Connection,
    environment: i64,
) -> rusqlite::Result<Vec<EventType>> {
    connection
        .prepare_cached(&format!(
            "-- checked_event_types
            SELECT {COLUMNS} FROM event_type WHERE environment = ?1 AND schema_policy <> 0"
        ))?
        .query_map([environment], read)?
        .collect()
}

/// The event types that have feature flags, archived ones too.
pub(crate) fn flagged(
    connection: &Connection,
    environment: i64,
) -> rusqlite::Result<Vec<FlaggedEventType>> {
    connection
        .prepare_cached(
            "-- flagged_event_types
            SELECT name, feature_flags FROM event_type
            WHERE environment = ?1 AND feature_flags <> '[]' ORDER BY name",
        )?
        .query_map([environment], |row| {
            Ok(FlaggedEventType {
                name: row.get(0)?,
                flags: read_words(row, 1)?,
            })
        })?
        .collect()
}

/// Those of these names that the environment does not know, in their order.
pub(crate) fn unknown(
    connection: &Connection,
    environment: i64,
    names: Vec<String>,
) -> rusqlite::Result<Vec<String>> {
    let mut is_known = connection.prepare_cached(
        "-- is_known_event_type
        SELECT 1 FROM event_type WHERE environment = ?1 AND name = ?2",
    )?;
    let mut unknown = Vec::new();
    for name in names {
        if !is_known.exists(params![environment, name])? {
            unknown.push(name);
        }
    }
    Ok(unknown)
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    environment: i64,
    name: &str,
    patch: EventTypePatch,
    now: Millis,
) -> rusqlite::Result<Option<EventType>> {
    let Some(mut event_type) = find(scope.connection, environment, name)? else {
        return Ok(None);
    };
    scope.keep_before(&event_type);
    patch.apply(&mut event_type, now);
    write(scope.connection, &event_type)?;
    changes::note(scope.connection, Subject::EventTypes(environment))?;
    Ok(Some(event_type))
}

pub(crate) fn expunge(
    scope: &mut Scope<'_>,
    environment: i64,
    name: &str,
) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached(
            "-- expunge_event_type
            DELETE FROM event_type WHERE environment = ?1 AND name = ?2",
        )?
        .execute(params![environment, name])?;
    if found == 1 {
        changes::note(scope.connection, Subject::EventTypes(environment))?;
    }
    Ok(found == 1)
}

/// Adds what was seen of payloads that do not fit. It is no change of the configuration.
pub(crate) fn note_drift(scope: &mut Scope<'_>, seen: &[(i64, Drift)]) -> rusqlite::Result<()> {
    for (ordinal, more) in seen {
        let Some(event_type) = by_ordinal(scope.connection, *ordinal)? else {
            continue;
        };
        let mut drift = event_type.drift.unwrap_or_default();
        drift.add(more);
        scope
            .connection
            .prepare_cached("-- note_drift\nUPDATE event_type SET drift = ?2 WHERE ordinal = ?1")?
            .execute(params![ordinal, drift.to_text()])?;
    }
    Ok(())
}
