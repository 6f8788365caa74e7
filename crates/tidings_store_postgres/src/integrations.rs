//! Integrations: made, found by their number, listed, changed, given another key, removed.

use tidings_domain::clock::Millis;
use tidings_domain::ids::IntegrationId;
use tidings_domain::integration::{Integration, IntegrationPatch};
use tidings_store::{Dedup, NewIntegration, PageRequest, Subject, Written};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{bytes, read_words, stored, text, words_text};
use crate::dedup::{find_number, take_number};
use crate::failure::Result;
use crate::pages::{self, page_down, page_up};
use crate::statements::statements;
use crate::step::Scope;
use crate::{applications, changes};

macro_rules! columns {
    () => {
        "ordinal, environment, application, tail, name, feature_flags, hash, created_at, updated_at"
    };
}

statements! {
    CREATE_INTEGRATION = concat!("-- create_integration
        WITH next AS (UPDATE counter SET value = value + 1 WHERE name = 'integration' RETURNING value)
        INSERT INTO integration (ordinal, environment, application, tail, name, feature_flags, created_at,
            updated_at)
        SELECT value, $1, $2, $3, $4, $5, $6, $6 FROM next
        RETURNING ", columns!());
    INTEGRATION = concat!("-- integration
        SELECT ", columns!(), " FROM integration WHERE ordinal = $1");
    INTEGRATIONS_UP = page_up!("-- integrations_up
        SELECT ", columns!(), " FROM integration WHERE application = $1");
    INTEGRATIONS_DOWN = page_down!("-- integrations_down
        SELECT ", columns!(), " FROM integration WHERE application = $1");
    UPDATE_INTEGRATION = "-- update_integration
        UPDATE integration SET name = $2, feature_flags = $3, hash = $4, updated_at = $5
        WHERE ordinal = $1";
    DELETE_INTEGRATION = "-- delete_integration
        DELETE FROM integration WHERE ordinal = $1";
}

fn read(row: &Row) -> Result<Integration> {
    let created_at = row.try_get(7)?;
    let hash: Option<&[u8]> = row.try_get(6)?;
    Ok(Integration {
        id: IntegrationId::new(created_at, 0, row.try_get(0)?, row.try_get(3)?),
        environment: row.try_get(1)?,
        application: row.try_get(2)?,
        name: text(row, 4)?,
        feature_flags: read_words(row, 5)?,
        hash: match hash {
            None => None,
            Some(_) => Some(bytes(row, 6)?),
        },
        created_at,
        updated_at: row.try_get(8)?,
    })
}

/// Makes an integration. A refused one does not use up the idempotency key. A new one is in no cache, so there is
/// no change to tell of.
pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewIntegration,
    dedup: Option<&Dedup>,
) -> Result<Written<Integration>> {
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
    let application = applications::by_ordinal(connection, new.application).await?;
    if application.is_none() {
        return Ok(Written::Missing);
    }
    let parameters: [Parameter<'_>; 6] = [
        &new.environment,
        &new.application,
        &new.tail,
        &stored(&new.name),
        &words_text(&new.feature_flags),
        &new.created_at,
    ];
    let made = read(
        &connection
            .query_one(CREATE_INTEGRATION, &parameters)
            .await?,
    )?;
    if let Some(dedup) = dedup {
        take_number(connection, dedup, made.ordinal(), new.created_at).await?;
    }
    Ok(Written::Done(made))
}

pub(crate) async fn by_ordinal(
    connection: &Connection,
    ordinal: i64,
) -> Result<Option<Integration>> {
    let row = connection.query_opt(INTEGRATION, &[&ordinal]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> Result<Vec<Integration>> {
    let sql = (INTEGRATIONS_UP, INTEGRATIONS_DOWN);
    let rows = pages::rows(connection, sql, application, page).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn update(
    scope: &mut Scope,
    ordinal: i64,
    patch: IntegrationPatch,
    now: Millis,
) -> Result<Option<Integration>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    let Some(mut integration) = by_ordinal(connection, ordinal).await? else {
        return Ok(None);
    };
    scope.keep_before(&integration);
    patch.apply(&mut integration, now);
    let hash = integration.hash.as_ref().map(|hash| &hash[..]);
    let parameters: [Parameter<'_>; 5] = [
        &ordinal,
        &stored(&integration.name),
        &words_text(&integration.feature_flags),
        &hash,
        &now,
    ];
    connection.execute(UPDATE_INTEGRATION, &parameters).await?;
    changes::note(connection, Subject::Integration(ordinal)).await?;
    Ok(Some(integration))
}

pub(crate) async fn delete(scope: &mut Scope, ordinal: i64) -> Result<bool> {
    let connection = &scope.connection;
    let found = connection.execute(DELETE_INTEGRATION, &[&ordinal]).await?;
    if found == 1 {
        changes::note(connection, Subject::Integration(ordinal)).await?;
    }
    Ok(found == 1)
}
