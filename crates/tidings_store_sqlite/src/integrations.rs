//! Integrations: made, found by their number, listed, changed, given another key, removed.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::ids::IntegrationId;
use tidings_domain::integration::{Integration, IntegrationPatch};
use tidings_store::{Dedup, NewIntegration, PageRequest, Subject, Written};

use crate::accept::{Made, find_key, take_key};
use crate::convert::{Span, count, read_words, words_text};
use crate::step::Scope;
use crate::{applications, changes};

const COLUMNS: &str = "ordinal, environment, application, tail, name, feature_flags, hash, created_at, \
    updated_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Integration> {
    let created_at = row.get(7)?;
    Ok(Integration {
        id: IntegrationId::new(created_at, 0, row.get(0)?, row.get(3)?),
        environment: row.get(1)?,
        application: row.get(2)?,
        name: row.get(4)?,
        feature_flags: read_words(row, 5)?,
        hash: row.get(6)?,
        created_at,
        updated_at: row.get(8)?,
    })
}

/// Makes an integration. A refused one does not use up the idempotency key. A new one is in no cache, so there is
/// no change to tell of.
pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewIntegration,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<Integration>> {
    let connection = scope.connection;
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, new.created_at)? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(by_ordinal(connection, made)?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    if applications::by_ordinal(connection, new.application)?.is_none() {
        return Ok(Written::Missing);
    }
    connection
        .prepare_cached(
            "-- create_integration
            INSERT INTO integration (environment, application, tail, name, feature_flags, created_at,
                updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        )?
        .execute(params![
            new.environment,
            new.application,
            new.tail,
            new.name,
            words_text(&new.feature_flags),
            new.created_at,
        ])?;
    let ordinal = connection.last_insert_rowid();
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(ordinal), new.created_at)?;
    }
    Ok(by_ordinal(connection, ordinal)?.map_or(Written::Missing, Written::Done))
}

pub(crate) fn by_ordinal(
    connection: &Connection,
    ordinal: i64,
) -> rusqlite::Result<Option<Integration>> {
    connection
        .prepare_cached(&format!(
            "-- integration
            SELECT {COLUMNS} FROM integration WHERE ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

pub(crate) fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> rusqlite::Result<Vec<Integration>> {
    let span = Span::new(page.order, page.after);
    connection
        .prepare_cached(&format!(
            "-- integrations
            SELECT {COLUMNS} FROM integration
            WHERE application = ?1 AND ordinal > ?2 AND ordinal < ?3
            ORDER BY ordinal {} LIMIT ?4",
            span.direction
        ))?
        .query_map(
            params![application, span.above, span.below, count(page.limit)],
            read,
        )?
        .collect()
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    ordinal: i64,
    patch: IntegrationPatch,
    now: Millis,
) -> rusqlite::Result<Option<Integration>> {
    let connection = scope.connection;
    let Some(mut integration) = by_ordinal(connection, ordinal)? else {
        return Ok(None);
    };
    scope.keep_before(&integration);
    patch.apply(&mut integration, now);
    connection
        .prepare_cached(
            "-- update_integration
            UPDATE integration SET name = ?2, feature_flags = ?3, hash = ?4, updated_at = ?5
            WHERE ordinal = ?1",
        )?
        .execute(params![
            ordinal,
            integration.name,
            words_text(&integration.feature_flags),
            integration.hash,
            now,
        ])?;
    changes::note(connection, Subject::Integration(ordinal))?;
    Ok(Some(integration))
}

pub(crate) fn delete(scope: &mut Scope<'_>, ordinal: i64) -> rusqlite::Result<bool> {
    let found = scope
        .connection
        .prepare_cached("-- delete_integration\nDELETE FROM integration WHERE ordinal = ?1")?
        .execute([ordinal])?;
    if found == 1 {
        changes::note(scope.connection, Subject::Integration(ordinal))?;
    }
    Ok(found == 1)
}
