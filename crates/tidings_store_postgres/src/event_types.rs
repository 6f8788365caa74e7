//! The catalogue: event types made, found, listed, changed, removed.

mod import;

use tidings_domain::clock::Millis;
use tidings_domain::event_type::{EventType, EventTypePatch};
use tidings_domain::sample::Sample;
use tidings_domain::schema::drift::Drift;
use tidings_store::{
    Dedup, FlaggedEventType, ListEventTypes, NewEventType, Order, Subject, Written,
};
use tokio_postgres::Row;

use crate::changes;
use crate::connection::Connection;
use crate::convert::{
    count, read_json, read_policy, read_sample, read_words, stored, stored_option, text,
    text_option, words_text,
};
use crate::dedup::{find_number, take_number};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

pub(crate) use import::import;

macro_rules! columns {
    () => {
        "ordinal, environment, name, description, is_archived, is_deprecated, schemas, group_name, \
         feature_flags, created_at, updated_at, wording, sample, schema_policy, \
         drift"
    };
}

statements! {
    CREATE_EVENT_TYPE = "-- create_event_type
        WITH next AS
            (UPDATE counter SET value = value + 1 WHERE name = 'event_type' RETURNING value)
        INSERT INTO event_type (ordinal, environment, name, description, is_archived, is_deprecated,
            schemas, group_name, feature_flags, created_at, updated_at, wording, sample,
            schema_policy)
        SELECT value, $1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12 FROM next";
    UPDATE_EVENT_TYPE = "-- update_event_type
        UPDATE event_type SET description = $2, is_archived = $3, is_deprecated = $4, schemas = $5,
            group_name = $6, feature_flags = $7, updated_at = $8, wording = $9, sample = $10,
            schema_policy = $11, drift = $12
        WHERE ordinal = $1";
    EVENT_TYPE = concat!("-- event_type
        SELECT ", columns!(), " FROM event_type WHERE environment = $1 AND name = $2");
    EVENT_TYPE_BY_ORDINAL = concat!("-- event_type_by_ordinal
        SELECT ", columns!(), " FROM event_type WHERE ordinal = $1");
    EVENT_TYPES_UP = concat!("-- event_types_up
        SELECT ", columns!(), " FROM event_type
        WHERE environment = $1 AND ($2 OR NOT is_archived) AND ($4::text IS NULL OR name > $4)
        ORDER BY name LIMIT $3");
    EVENT_TYPES_DOWN = concat!("-- event_types_down
        SELECT ", columns!(), " FROM event_type
        WHERE environment = $1 AND ($2 OR NOT is_archived) AND ($4::text IS NULL OR name < $4)
        ORDER BY name DESC LIMIT $3");
    CHECKED_EVENT_TYPES = concat!("-- checked_event_types
        SELECT ", columns!(), " FROM event_type WHERE environment = $1 AND schema_policy <> 0");
    FLAGGED_EVENT_TYPES = "-- flagged_event_types
        SELECT name, feature_flags FROM event_type
        WHERE environment = $1 AND feature_flags <> '[]' ORDER BY name";
    UNKNOWN_EVENT_TYPES = "-- unknown_event_types
        SELECT wanted.place FROM unnest($2::text[]) WITH ORDINALITY AS wanted (name, place)
        WHERE NOT EXISTS (SELECT 1 FROM event_type
            WHERE environment = $1 AND event_type.name = wanted.name COLLATE \"C\")
        ORDER BY wanted.place";
    NOTE_DRIFT = "-- note_drift
        UPDATE event_type SET drift = $2 WHERE ordinal = $1";
    EVENT_TYPES_IN_USE = "-- event_types_in_use
        SELECT name FROM event_type WHERE environment = $1 AND NOT is_archived ORDER BY name";
    ARCHIVE_EVENT_TYPE = "-- archive_event_type
        UPDATE event_type SET is_archived = true, updated_at = $3 WHERE environment = $1 AND name = $2";
    EXPUNGE_EVENT_TYPE = "-- expunge_event_type
        DELETE FROM event_type WHERE environment = $1 AND name = $2";
}

fn read(row: &Row) -> Result<EventType> {
    Ok(EventType {
        ordinal: row.try_get(0)?,
        environment: row.try_get(1)?,
        name: text(row, 2)?,
        description: text(row, 3)?,
        is_archived: row.try_get(4)?,
        is_deprecated: row.try_get(5)?,
        schemas: read_json(row, 6)?,
        group_name: text_option(row, 7)?,
        feature_flags: read_words(row, 8)?,
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
        wording: read_json(row, 11)?.unwrap_or_default(),
        sample: read_sample(row, 12)?,
        schema_policy: read_policy(row, 13)?,
        drift: read_json(row, 14)?,
    })
}

/// Makes an event type, or takes an archived one out of the archive with the new values. A refused one
/// does not use up the idempotency key.
pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewEventType,
    dedup: Option<&Dedup>,
) -> Result<Written<EventType>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    if let Some(dedup) = dedup {
        match find_number(connection, dedup, new.created_at).await? {
            None => {}
            Some((made, true)) => {
                return Ok(Written::Replayed(by_ordinal(connection, made).await?));
            }
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    let event_type = match find(connection, new.environment, &new.name).await? {
        Some(other) if !other.is_archived => return Ok(Written::Taken(other)),
        Some(mut archived) => {
            new.restoring().apply(&mut archived, new.created_at);
            write(connection, &archived).await?;
            archived
        }
        None => {
            insert(connection, new).await?;
            match find(connection, new.environment, &new.name).await? {
                Some(made) => made,
                None => return Ok(Written::Missing),
            }
        }
    };
    if let Some(dedup) = dedup {
        take_number(connection, dedup, event_type.ordinal, new.created_at).await?;
    }
    changes::note(connection, Subject::EventTypes(new.environment)).await?;
    Ok(Written::Done(event_type))
}

async fn insert(connection: &Connection, new: &NewEventType) -> Result<()> {
    connection
        .execute(
            CREATE_EVENT_TYPE,
            &[
                &new.environment,
                &stored(&new.name),
                &stored(&new.description),
                &new.is_archived,
                &new.is_deprecated,
                &new.schemas.as_ref().map(serde_json::Value::to_string),
                &stored_option(new.group_name.as_ref()),
                &words_text(&new.feature_flags),
                &new.created_at,
                &new.wording.clone().unwrap_or_default().to_text(),
                &new.sample.as_ref().map(Sample::to_text),
                &new.schema_policy.unwrap_or_default().number(),
            ],
        )
        .await?;
    Ok(())
}

async fn write(connection: &Connection, event_type: &EventType) -> Result<()> {
    connection
        .execute(
            UPDATE_EVENT_TYPE,
            &[
                &event_type.ordinal,
                &stored(&event_type.description),
                &event_type.is_archived,
                &event_type.is_deprecated,
                &event_type
                    .schemas
                    .as_ref()
                    .map(serde_json::Value::to_string),
                &stored_option(event_type.group_name.as_ref()),
                &words_text(&event_type.feature_flags),
                &event_type.updated_at,
                &event_type.wording.to_text(),
                &event_type.sample.as_ref().map(Sample::to_text),
                &event_type.schema_policy.number(),
                &event_type.drift.as_ref().map(Drift::to_text),
            ],
        )
        .await?;
    Ok(())
}

pub(crate) async fn find(
    connection: &Connection,
    environment: i64,
    name: &str,
) -> Result<Option<EventType>> {
    let row = connection
        .query_opt(EVENT_TYPE, &[&environment, &stored(name)])
        .await?;
    row.as_ref().map(read).transpose()
}

async fn by_ordinal(connection: &Connection, ordinal: i64) -> Result<Option<EventType>> {
    let row = connection
        .query_opt(EVENT_TYPE_BY_ORDINAL, &[&ordinal])
        .await?;
    row.as_ref().map(read).transpose()
}

/// One page by name; names are compared byte by byte.
pub(crate) async fn list(
    connection: &Connection,
    environment: i64,
    list: &ListEventTypes,
) -> Result<Vec<EventType>> {
    let sql = match list.order {
        Order::Ascending => EVENT_TYPES_UP,
        Order::Descending => EVENT_TYPES_DOWN,
    };
    let after = stored_option(list.after.as_ref());
    let rows = connection
        .query(
            sql,
            &[
                &environment,
                &list.with_archived,
                &count(list.limit),
                &after,
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The event types whose payloads are checked, archived ones too.
pub(crate) async fn checked(connection: &Connection, environment: i64) -> Result<Vec<EventType>> {
    let rows = connection
        .query(CHECKED_EVENT_TYPES, &[&environment])
        .await?;
    rows.iter().map(read).collect()
}

/// The event types that have feature flags, archived ones too.
pub(crate) async fn flagged(
    connection: &Connection,
    environment: i64,
) -> Result<Vec<FlaggedEventType>> {
    let rows = connection
        .query(FLAGGED_EVENT_TYPES, &[&environment])
        .await?;
    let read = |row: &Row| {
        Ok(FlaggedEventType {
            name: text(row, 0)?,
            flags: read_words(row, 1)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Those of these names that the environment does not know, in their order.
pub(crate) async fn unknown(
    connection: &Connection,
    environment: i64,
    names: Vec<String>,
) -> Result<Vec<String>> {
    let wanted: Vec<_> = names.iter().map(|name| stored(name)).collect();
    let rows = connection
        .query(UNKNOWN_EVENT_TYPES, &[&environment, &wanted])
        .await?;
    let mut unknown = Vec::with_capacity(rows.len());
    for row in &rows {
        let place: usize = crate::convert::number(row, 0)?;
        unknown.extend(names.get(place - 1).cloned());
    }
    Ok(unknown)
}

pub(crate) async fn update(
    scope: &mut Scope,
    environment: i64,
    name: &str,
    patch: EventTypePatch,
    now: Millis,
) -> Result<Option<EventType>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let Some(mut event_type) = find(connection, environment, name).await? else {
        return Ok(None);
    };
    scope.keep_before(&event_type);
    patch.apply(&mut event_type, now);
    write(connection, &event_type).await?;
    changes::note(connection, Subject::EventTypes(environment)).await?;
    Ok(Some(event_type))
}

pub(crate) async fn expunge(scope: &mut Scope, environment: i64, name: &str) -> Result<bool> {
    let connection = &scope.connection;
    let found = connection
        .execute(EXPUNGE_EVENT_TYPE, &[&environment, &stored(name)])
        .await?;
    if found == 1 {
        changes::note(connection, Subject::EventTypes(environment)).await?;
    }
    Ok(found == 1)
}

/// Adds what was seen of payloads that do not fit. It is no change of the configuration, but waits for those
/// under way, which write whole rows.
pub(crate) async fn note_drift(scope: &mut Scope, seen: &[(i64, Drift)]) -> Result<()> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    for (ordinal, more) in seen {
        let Some(event_type) = by_ordinal(connection, *ordinal).await? else {
            continue;
        };
        let mut drift = event_type.drift.unwrap_or_default();
        drift.add(more);
        connection
            .execute(NOTE_DRIFT, &[ordinal, &drift.to_text()])
            .await?;
    }
    Ok(())
}
