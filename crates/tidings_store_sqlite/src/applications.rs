//! Applications: made, found, listed, changed, deleted.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::application::{Application, ApplicationPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApplicationId;
use tidings_store::{Dedup, NewApplication, PageRequest, Reference, Subject, Written};

use crate::accept::{Made, find_key, take_key};
use crate::changes;
use crate::convert::{Span, count, metadata, read_json, read_metadata, words_text};
use crate::step::Scope;

const COLUMNS: &str = "ordinal, environment, tail, uid, name, throttle_rate, metadata, created_at, \
    updated_at, plan, is_operational, feature_flags";

fn read(row: &Row<'_>) -> rusqlite::Result<Application> {
    let created_at = row.get(7)?;
    Ok(Application {
        id: ApplicationId::new(created_at, 0, row.get(0)?, row.get(2)?),
        environment: row.get(1)?,
        uid: row.get(3)?,
        name: row.get(4)?,
        throttle_rate: row.get(5)?,
        metadata: read_metadata(row, 6)?,
        created_at,
        updated_at: row.get(8)?,
        plan: row.get(9)?,
        is_operational: row.get(10)?,
        feature_flags: read_json(row, 11)?,
    })
}

/// Makes an application. A refused one does not use up the idempotency key.
pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewApplication,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<Application>> {
    let connection = scope.connection;
    if let Some(dedup) = dedup {
        match find_key(connection, dedup, new.created_at)? {
            None => {}
            Some((made, true)) => return Ok(Written::Replayed(by_ordinal(connection, made)?)),
            Some((_, false)) => return Ok(Written::KeyReused),
        }
    }
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, new.environment, uid)?
    {
        return Ok(Written::Taken(other));
    }
    let ordinal = insert(connection, new, false)?;
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(ordinal), new.created_at)?;
    }
    changes::note(connection, Subject::Application(ordinal))?;
    Ok(by_ordinal(connection, ordinal)?.map_or(Written::Missing, Written::Done))
}

fn insert(
    connection: &Connection,
    new: &NewApplication,
    is_operational: bool,
) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "-- create_application
            INSERT INTO application (environment, tail, uid, name, throttle_rate, metadata,
                created_at, updated_at, plan, is_operational, feature_flags)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            new.environment,
            new.tail,
            new.uid,
            new.name,
            new.throttle_rate,
            metadata(&new.metadata),
            new.created_at,
            new.plan,
            is_operational,
            new.feature_flags.as_deref().map(words_text),
        ])?;
    Ok(connection.last_insert_rowid())
}

/// The application that an environment has for operational webhooks.
pub(crate) fn operational(
    connection: &Connection,
    environment: i64,
) -> rusqlite::Result<Option<Application>> {
    connection
        .prepare_cached(&format!(
            "-- operational_application
            SELECT {COLUMNS} FROM application
            WHERE environment = ?1 AND is_operational AND deleted_at IS NULL"
        ))?
        .query_row([environment], read)
        .optional()
}

/// The same, made if it is not there.
pub(crate) fn ensure_operational(
    scope: &mut Scope<'_>,
    new: &NewApplication,
) -> rusqlite::Result<Application> {
    let connection = scope.connection;
    if let Some(found) = operational(connection, new.environment)? {
        return Ok(found);
    }
    let ordinal = insert(connection, new, true)?;
    changes::note(connection, Subject::Operational(new.environment))?;
    by_ordinal(connection, ordinal)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

pub(crate) fn find(
    connection: &Connection,
    environment: i64,
    reference: &Reference<ApplicationId>,
) -> rusqlite::Result<Option<Application>> {
    match reference {
        Reference::Id(id) => Ok(by_ordinal(connection, id.seq())?
            .filter(|found| found.id == *id && found.environment == environment)
            .filter(|found| !found.is_operational)),
        Reference::Uid(uid) => by_uid(connection, environment, uid),
    }
}

pub(crate) fn by_ordinal(
    connection: &Connection,
    ordinal: i64,
) -> rusqlite::Result<Option<Application>> {
    connection
        .prepare_cached(&format!(
            "-- application_by_ordinal
            SELECT {COLUMNS} FROM application WHERE ordinal = ?1 AND deleted_at IS NULL"
        ))?
        .query_row([ordinal], read)
        .optional()
}

fn by_uid(
    connection: &Connection,
    environment: i64,
    uid: &str,
) -> rusqlite::Result<Option<Application>> {
    connection
        .prepare_cached(&format!(
            "-- application_by_uid
            SELECT {COLUMNS} FROM application
            WHERE environment = ?1 AND uid = ?2 AND deleted_at IS NULL"
        ))?
        .query_row(params![environment, uid], read)
        .optional()
}

pub(crate) fn list(
    connection: &Connection,
    environment: i64,
    page: PageRequest,
) -> rusqlite::Result<Vec<Application>> {
    let span = Span::new(page.order, page.after);
    connection
        .prepare_cached(&format!(
            "-- applications
            SELECT {COLUMNS} FROM application
            WHERE environment = ?1 AND deleted_at IS NULL AND NOT is_operational
                AND ordinal > ?2 AND ordinal < ?3
            ORDER BY ordinal {} LIMIT ?4",
            span.direction
        ))?
        .query_map(
            params![environment, span.above, span.below, count(page.limit)],
            read,
        )?
        .collect()
}

pub(crate) fn update(
    scope: &mut Scope<'_>,
    ordinal: i64,
    patch: ApplicationPatch,
    now: Millis,
) -> rusqlite::Result<Written<Application>> {
    let connection = scope.connection;
    let Some(mut application) = by_ordinal(connection, ordinal)? else {
        return Ok(Written::Missing);
    };
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, application.environment, uid)?
        && other.id != application.id
    {
        return Ok(Written::Taken(other));
    }
    scope.keep_before(&application);
    patch.apply(&mut application, now);
    connection
        .prepare_cached(
            "-- update_application
            UPDATE application SET uid = ?2, name = ?3, throttle_rate = ?4, metadata = ?5,
                updated_at = ?6, plan = ?7, feature_flags = ?8
            WHERE ordinal = ?1",
        )?
        .execute(params![
            ordinal,
            application.uid,
            application.name,
            application.throttle_rate,
            metadata(&application.metadata),
            application.updated_at,
            application.plan,
            application.feature_flags.as_deref().map(words_text),
        ])?;
    changes::note(connection, Subject::Application(ordinal))?;
    Ok(Written::Done(application))
}

/// Deletes an application and its endpoints. Their rows stay, for the attempts that name them.
pub(crate) fn delete(scope: &mut Scope<'_>, ordinal: i64, now: Millis) -> rusqlite::Result<bool> {
    let connection = scope.connection;
    let found = connection
        .prepare_cached(
            "-- delete_application
            UPDATE application SET deleted_at = ?2 WHERE ordinal = ?1 AND deleted_at IS NULL",
        )?
        .execute(params![ordinal, now])?;
    if found == 0 {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "-- delete_endpoints_of_application
            UPDATE endpoint SET deleted_at = ?2 WHERE application = ?1 AND deleted_at IS NULL",
        )?
        .execute(params![ordinal, now])?;
    crate::boards::delete_of_application(connection, ordinal)?;
    crate::polling::forget_of_application(connection, ordinal)?;
    changes::note(connection, Subject::Application(ordinal))?;
    Ok(true)
}
