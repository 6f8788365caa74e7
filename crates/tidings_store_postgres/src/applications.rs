//! Applications: made, found, listed, changed, deleted.

use tidings_domain::application::{Application, ApplicationPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::ApplicationId;
use tidings_domain::slot;
use tidings_store::{Dedup, NewApplication, PageRequest, Reference, Subject, Written};
use tokio_postgres::Row;

use crate::changes;
use crate::connection::Connection;
use crate::convert::{
    metadata, number_option, read_json, read_metadata, stored, stored_option, text, text_option,
    words_text,
};
use crate::dedup::{find_number, take_number};
use crate::failure::Result;
use crate::pages::{self, page_down, page_up};
use crate::statements::statements;
use crate::step::Scope;

macro_rules! columns {
    () => {
        "ordinal, environment, tail, uid, name, throttle_rate, metadata, created_at, updated_at, \
         plan, is_operational, feature_flags"
    };
}

statements! {
    NEXT_APPLICATION = "-- next_application
        UPDATE counter SET value = value + 1 WHERE name = 'application' RETURNING value";
    CREATE_APPLICATION = "-- create_application
        INSERT INTO application (ordinal, slot, environment, tail, uid, name, throttle_rate,
            metadata, created_at, updated_at, plan, is_operational, feature_flags)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)";
    OPERATIONAL_APPLICATION = concat!("-- operational_application
        SELECT ", columns!(), " FROM application
        WHERE environment = $1 AND is_operational AND deleted_at IS NULL");
    APPLICATION_BY_ORDINAL = concat!("-- application_by_ordinal
        SELECT ", columns!(), " FROM application WHERE ordinal = $1 AND deleted_at IS NULL");
    APPLICATION_BY_UID = concat!("-- application_by_uid
        SELECT ", columns!(), " FROM application
        WHERE environment = $1 AND uid = $2 AND deleted_at IS NULL");
    APPLICATIONS_UP = page_up!("-- applications_up
        SELECT ", columns!(), " FROM application
            WHERE environment = $1 AND deleted_at IS NULL AND NOT is_operational");
    APPLICATIONS_DOWN = page_down!("-- applications_down
        SELECT ", columns!(), " FROM application
            WHERE environment = $1 AND deleted_at IS NULL AND NOT is_operational");
    UPDATE_APPLICATION = "-- update_application
        UPDATE application SET uid = $2, name = $3, throttle_rate = $4, metadata = $5,
            updated_at = $6, plan = $7, feature_flags = $8
        WHERE ordinal = $1 AND deleted_at IS NULL";
    DELETE_APPLICATION = "-- delete_application
        UPDATE application SET deleted_at = $2 WHERE ordinal = $1 AND deleted_at IS NULL";
    DELETE_ENDPOINTS_OF_APPLICATION = "-- delete_endpoints_of_application
        UPDATE endpoint SET deleted_at = $2 WHERE application = $1 AND deleted_at IS NULL";
}

fn read(row: &Row) -> Result<Application> {
    let created_at = row.try_get(7)?;
    Ok(Application {
        id: ApplicationId::new(created_at, 0, row.try_get(0)?, row.try_get(2)?),
        environment: row.try_get(1)?,
        uid: text_option(row, 3)?,
        name: text(row, 4)?,
        throttle_rate: number_option(row, 5)?,
        metadata: read_metadata(row, 6)?,
        created_at,
        updated_at: row.try_get(8)?,
        plan: text_option(row, 9)?,
        is_operational: row.try_get(10)?,
        feature_flags: read_json(row, 11)?,
    })
}

/// Makes an application. A refused one does not use up the idempotency key.
pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewApplication,
    dedup: Option<&Dedup>,
) -> Result<Written<Application>> {
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
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, new.environment, uid).await?
    {
        return Ok(Written::Taken(other));
    }
    let ordinal = insert(connection, new, false).await?;
    if let Some(dedup) = dedup {
        take_number(connection, dedup, ordinal, new.created_at).await?;
    }
    changes::note(connection, Subject::Application(ordinal)).await?;
    let made = by_ordinal(connection, ordinal).await?;
    Ok(made.map_or(Written::Missing, Written::Done))
}

async fn insert(
    connection: &Connection,
    new: &NewApplication,
    is_operational: bool,
) -> Result<i64> {
    let row = connection.query_one(NEXT_APPLICATION, &[]).await?;
    let ordinal: i64 = row.try_get(0)?;
    connection
        .execute(
            CREATE_APPLICATION,
            &[
                &ordinal,
                &slot::of(ordinal),
                &new.environment,
                &new.tail,
                &stored_option(new.uid.as_ref()),
                &stored(&new.name),
                &new.throttle_rate.map(i64::from),
                &metadata(&new.metadata),
                &new.created_at,
                &new.plan,
                &is_operational,
                &new.feature_flags.as_deref().map(words_text),
            ],
        )
        .await?;
    Ok(ordinal)
}

/// The application that an environment has for operational webhooks.
pub(crate) async fn operational(
    connection: &Connection,
    environment: i64,
) -> Result<Option<Application>> {
    let row = connection
        .query_opt(OPERATIONAL_APPLICATION, &[&environment])
        .await?;
    row.as_ref().map(read).transpose()
}

/// The same, made if it is not there.
pub(crate) async fn ensure_operational(
    scope: &mut Scope,
    new: &NewApplication,
) -> Result<Application> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    if let Some(found) = operational(connection, new.environment).await? {
        return Ok(found);
    }
    let ordinal = insert(connection, new, true).await?;
    changes::note(connection, Subject::Operational(new.environment)).await?;
    let row = connection
        .query_one(APPLICATION_BY_ORDINAL, &[&ordinal])
        .await?;
    read(&row)
}

pub(crate) async fn find(
    connection: &Connection,
    environment: i64,
    reference: &Reference<ApplicationId>,
) -> Result<Option<Application>> {
    match reference {
        Reference::Id(id) => {
            let found = by_ordinal(connection, id.seq()).await?;
            let is_meant = |found: &Application| {
                found.id == *id && found.environment == environment && !found.is_operational
            };
            Ok(found.filter(is_meant))
        }
        Reference::Uid(uid) => by_uid(connection, environment, uid).await,
    }
}

pub(crate) async fn by_ordinal(
    connection: &Connection,
    ordinal: i64,
) -> Result<Option<Application>> {
    let row = connection
        .query_opt(APPLICATION_BY_ORDINAL, &[&ordinal])
        .await?;
    row.as_ref().map(read).transpose()
}

async fn by_uid(
    connection: &Connection,
    environment: i64,
    uid: &str,
) -> Result<Option<Application>> {
    let row = connection
        .query_opt(APPLICATION_BY_UID, &[&environment, &stored(uid)])
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    connection: &Connection,
    environment: i64,
    page: PageRequest,
) -> Result<Vec<Application>> {
    let sql = (APPLICATIONS_UP, APPLICATIONS_DOWN);
    let rows = pages::rows(connection, sql, environment, page).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn update(
    scope: &mut Scope,
    ordinal: i64,
    patch: ApplicationPatch,
    now: Millis,
) -> Result<Written<Application>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let Some(mut application) = by_ordinal(connection, ordinal).await? else {
        return Ok(Written::Missing);
    };
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, application.environment, uid).await?
        && other.id != application.id
    {
        return Ok(Written::Taken(other));
    }
    scope.keep_before(&application);
    patch.apply(&mut application, now);
    connection
        .execute(
            UPDATE_APPLICATION,
            &[
                &ordinal,
                &stored_option(application.uid.as_ref()),
                &stored(&application.name),
                &application.throttle_rate.map(i64::from),
                &metadata(&application.metadata),
                &application.updated_at,
                &application.plan,
                &application.feature_flags.as_deref().map(words_text),
            ],
        )
        .await?;
    changes::note(connection, Subject::Application(ordinal)).await?;
    Ok(Written::Done(application))
}

/// Deletes an application and its endpoints. Their rows stay, for the attempts that name them.
pub(crate) async fn delete(scope: &mut Scope, ordinal: i64, now: Millis) -> Result<bool> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let found = connection
        .execute(DELETE_APPLICATION, &[&ordinal, &now])
        .await?;
    if found == 0 {
        return Ok(false);
    }
    connection
        .execute(DELETE_ENDPOINTS_OF_APPLICATION, &[&ordinal, &now])
        .await?;
    crate::boards::delete_of_application(connection, ordinal).await?;
    crate::polling::forget_of_application(connection, ordinal).await?;
    changes::note(connection, Subject::Application(ordinal)).await?;
    Ok(true)
}
