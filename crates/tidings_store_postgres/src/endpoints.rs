//! Endpoints: made, found, listed, changed, deleted.

use tidings_domain::clock::Millis;
use tidings_domain::endpoint::{DisabledReason, Endpoint, EndpointState};
use tidings_domain::ids::EndpointId;
use tidings_domain::slot;
use tidings_store::{
    Dedup, EndpointUpdate, KnownEndpoint, NewEndpoint, PageRequest, Reference, Subject, Written,
    secrets_to_text,
};
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::convert::{
    count, metadata, number, number_option, read_co_signature, read_format, read_metadata,
    read_retry_policy, read_secrets, read_words, stored, stored_option, text, text_option,
    words_text,
};
use crate::dedup::{find_number, take_number};
use crate::failure::{Failure, Result};
use crate::pages;
use crate::statements::statements;
use crate::step::Scope;
use crate::{changes, operational};

/// The columns of an endpoint and of its health, and where they come from.
macro_rules! select {
    () => {
        "SELECT endpoint.ordinal, endpoint.application, endpoint.environment, endpoint.tail, \
         endpoint.uid, endpoint.url, endpoint.description, endpoint.is_disabled, \
         endpoint.event_types, endpoint.channels, endpoint.throttle_rate, endpoint.format, \
         endpoint.metadata, endpoint.headers, endpoint.credentials, endpoint.secrets, \
         endpoint.version, endpoint.created_at, endpoint.updated_at, endpoint.deleted_at, \
         state.failing_since, state.last_failure_at, state.failures_count, state.disabled_reason, \
         state.disabled_at, endpoint.number, endpoint.is_fifo, \
         endpoint.batch_size, endpoint.max_wait_secs, endpoint.filter, \
         endpoint.retry_policy, endpoint.co_signature \
         FROM endpoint LEFT JOIN endpoint_state AS state ON state.slot = endpoint.slot \
         AND state.endpoint = endpoint.ordinal"
    };
}

statements! {
    NEXT_ENDPOINT = "-- next_endpoint
        UPDATE counter SET value = value + 1 WHERE name = 'endpoint' RETURNING value";
    /// Whoever makes an endpoint holds the counter's row, so nobody else gets the same number.
    NEXT_NUMBER = "-- next_number
        SELECT coalesce(max(number), 0) + 1 FROM endpoint WHERE application = $1";
    CREATE_ENDPOINT = "-- create_endpoint
        INSERT INTO endpoint (ordinal, slot, application, environment, tail, uid, url, description,
            is_disabled, event_types, channels, throttle_rate, format, metadata, headers,
            credentials, secrets, version, created_at, updated_at, number, is_fifo,
            batch_size, max_wait_secs, is_hidden, filter, is_polling,
            retry_policy, co_signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1,
            $18, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)";
    ENDPOINTS_BY_ORDINAL = concat!("-- endpoints_by_ordinal
        ", select!(), " WHERE endpoint.ordinal = ANY($1)");
    ENDPOINT_BY_UID = concat!("-- endpoint_by_uid
        ", select!(), " WHERE endpoint.application = $1 AND endpoint.uid = $2
            AND endpoint.deleted_at IS NULL");
    ENDPOINTS_UP = concat!("-- endpoints_up
        ", select!(), " WHERE endpoint.application = $1 AND endpoint.deleted_at IS NULL
            AND NOT endpoint.is_hidden AND endpoint.ordinal > $2 ORDER BY endpoint.ordinal LIMIT $3");
    ENDPOINTS_DOWN = concat!("-- endpoints_down
        ", select!(), " WHERE endpoint.application = $1 AND endpoint.deleted_at IS NULL
            AND NOT endpoint.is_hidden AND endpoint.ordinal < $2 ORDER BY endpoint.ordinal DESC LIMIT $3");
    UPDATE_ENDPOINT = "-- update_endpoint
        UPDATE endpoint SET uid = $2, url = $3, description = $4, is_disabled = $5,
            event_types = $6, channels = $7, throttle_rate = $8, format = $9, metadata = $10,
            headers = $11, credentials = $12, secrets = $13, version = $14, updated_at = $15,
            is_fifo = $17, batch_size = $18, max_wait_secs = $19,
            filter = $20, retry_policy = $21, co_signature = $22
        WHERE ordinal = $1 AND version = $16 AND deleted_at IS NULL";
    FAILING_ENDPOINTS = "-- failing_endpoints
        SELECT endpoint FROM endpoint_state WHERE slot = ANY($1)
            AND (failing_since IS NOT NULL OR disabled_at IS NOT NULL) LIMIT $2";
    FORGET_STATE = "-- forget_state
        DELETE FROM endpoint_state WHERE slot = $1 AND endpoint = $2";
    DELETE_ENDPOINT = "-- delete_endpoint
        UPDATE endpoint SET deleted_at = $2 WHERE ordinal = $1 AND deleted_at IS NULL";
}

fn read(row: &Row) -> Result<KnownEndpoint> {
    let created_at = row.try_get(17)?;
    let endpoint = Endpoint {
        id: EndpointId::new(created_at, 0, row.try_get(0)?, row.try_get(3)?),
        application: row.try_get(1)?,
        environment: row.try_get(2)?,
        number: row.try_get(25)?,
        uid: text_option(row, 4)?,
        url: text(row, 5)?,
        description: text(row, 6)?,
        is_disabled: row.try_get(7)?,
        event_types: read_words(row, 8)?,
        channels: read_words(row, 9)?,
        filter: text_option(row, 29)?,
        throttle_rate: number_option(row, 10)?,
        is_fifo: row.try_get(26)?,
        batch_size: number_option(row, 27)?,
        max_wait_secs: number_option(row, 28)?,
        retry_policy: read_retry_policy(row, 30)?,
        format: read_format(row, 11)?,
        metadata: read_metadata(row, 12)?,
        headers: row.try_get(13)?,
        credentials: row.try_get(14)?,
        secrets: read_secrets(row, 15)?,
        co_signature: read_co_signature(row, 31)?,
        version: number(row, 16)?,
        created_at,
        updated_at: row.try_get(18)?,
        state: read_state(row)?,
    };
    Ok(KnownEndpoint {
        endpoint,
        deleted_at: row.try_get(19)?,
    })
}

fn read_state(row: &Row) -> Result<EndpointState> {
    let reason: Option<&str> = row.try_get(23)?;
    let disabled_at: Option<Millis> = row.try_get(24)?;
    Ok(EndpointState {
        failing_since: row.try_get(20)?,
        last_failure_at: row.try_get(21)?,
        failures_count: number_option(row, 22)?.unwrap_or(0),
        // A reason that this version does not know must not switch the endpoint on.
        disabled: disabled_at.map(|at| {
            let reason = reason.and_then(DisabledReason::parse);
            (reason.unwrap_or(DisabledReason::Failing), at)
        }),
    })
}

fn live(row: &Row) -> Result<Endpoint> {
    read(row).map(|known| known.endpoint)
}

/// Makes an endpoint. A refused one does not use up the idempotency key.
pub(crate) async fn create(
    scope: &mut Scope,
    new: &NewEndpoint,
    dedup: Option<&Dedup>,
    shown: Shown,
) -> Result<Written<Endpoint>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    if let Some(replayed) = replay(connection, dedup, new.created_at).await? {
        return Ok(replayed);
    }
    let application = crate::applications::by_ordinal(connection, new.application).await?;
    if application.is_none() {
        return Ok(Written::Missing);
    }
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, new.application, uid).await?
    {
        return Ok(Written::Taken(other));
    }
    let ordinal = insert(connection, new, shown).await?;
    if let Some(dedup) = dedup {
        take_number(connection, dedup, ordinal, new.created_at).await?;
    }
    changes::note(connection, Subject::Application(new.application)).await?;
    let Some(made) = by_ordinal(connection, ordinal).await? else {
        return Ok(Written::Missing);
    };
    operational::tell(scope, new.application, |note, application| {
        note.created(application, &made)
    })
    .await?;
    Ok(Written::Done(made))
}

/// What an idempotency key stands for already, if it does.
async fn replay(
    connection: &Connection,
    dedup: Option<&Dedup>,
    now: Millis,
) -> Result<Option<Written<Endpoint>>> {
    let Some(dedup) = dedup else { return Ok(None) };
    Ok(match find_number(connection, dedup, now).await? {
        None => None,
        Some((made, true)) => Some(Written::Replayed(by_ordinal(connection, made).await?)),
        Some((_, false)) => Some(Written::KeyReused),
    })
}

/// Where an endpoint is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Among the endpoints of its application; it gets events.
    Endpoint,
    /// As a button only; it gets presses.
    Button,
    /// As a polling endpoint only; messages are read from it.
    Polling,
}

pub(crate) async fn insert(
    connection: &Connection,
    new: &NewEndpoint,
    shown: Shown,
) -> Result<i64> {
    let row = connection.query_one(NEXT_ENDPOINT, &[]).await?;
    let ordinal: i64 = row.try_get(0)?;
    let next = connection
        .query_one(NEXT_NUMBER, &[&new.application])
        .await?;
    let number: i64 = next.try_get(0)?;
    connection
        .execute(
            CREATE_ENDPOINT,
            &[
                &ordinal,
                &slot::of(new.application),
                &new.application,
                &new.environment,
                &new.tail,
                &stored_option(new.uid.as_ref()),
                &stored(&new.url),
                &stored(&new.description),
                &new.is_disabled,
                &words_text(&new.event_types),
                &words_text(&new.channels),
                &new.throttle_rate.map(i64::from),
                &new.format.as_str(),
                &metadata(&new.metadata),
                &new.headers,
                &new.credentials,
                &secrets_to_text(&new.secrets),
                &new.created_at,
                &number,
                &new.is_fifo,
                &new.batch_size.map(i64::from),
                &new.max_wait_secs.map(i64::from),
                &(shown != Shown::Endpoint),
                &stored_option(new.filter.as_ref()),
                &(shown == Shown::Polling),
                &new.retry_policy.as_ref().map(|policy| policy.to_text()),
                &new.co_signature.as_ref().map(|wanted| wanted.to_text()),
            ],
        )
        .await?;
    Ok(ordinal)
}

pub(crate) async fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<EndpointId>,
) -> Result<Option<Endpoint>> {
    match reference {
        Reference::Id(id) => {
            let found = by_ordinal(connection, id.seq()).await?;
            Ok(found.filter(|found| found.id == *id && found.application == application))
        }
        Reference::Uid(uid) => by_uid(connection, application, uid).await,
    }
}

pub(crate) async fn by_ordinal(connection: &Connection, ordinal: i64) -> Result<Option<Endpoint>> {
    let found = known(connection, &[ordinal]).await?.pop();
    Ok(found
        .filter(|known| known.deleted_at.is_none())
        .map(|known| known.endpoint))
}

async fn by_uid(connection: &Connection, application: i64, uid: &str) -> Result<Option<Endpoint>> {
    let row = connection
        .query_opt(ENDPOINT_BY_UID, &[&application, &stored(uid)])
        .await?;
    row.as_ref().map(live).transpose()
}

/// Endpoints in these slots that fail, or were switched off for it.
pub(crate) async fn failing(
    connection: &Connection,
    slots: &[i16],
    limit: usize,
) -> Result<Vec<i64>> {
    let rows = connection
        .query(FAILING_ENDPOINTS, &[&slots, &count(limit)])
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

pub(crate) async fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> Result<Vec<Endpoint>> {
    let sql = (ENDPOINTS_UP, ENDPOINTS_DOWN);
    let rows = pages::rows(connection, sql, application, page).await?;
    rows.iter().map(live).collect()
}

/// Endpoints by number, deleted ones included, in the order that was asked for.
pub(crate) async fn known(connection: &Connection, ordinals: &[i64]) -> Result<Vec<KnownEndpoint>> {
    let rows = connection.query(ENDPOINTS_BY_ORDINAL, &[&ordinals]).await?;
    let mut found: Vec<KnownEndpoint> = rows.iter().map(read).collect::<Result<_>>()?;
    let place = |known: &KnownEndpoint| {
        let ordinal = known.id().seq();
        ordinals.iter().position(|wanted| *wanted == ordinal)
    };
    found.sort_by_cached_key(place);
    Ok(found)
}

/// Changes an endpoint, if it still has the expected version.
pub(crate) async fn update(
    scope: &mut Scope,
    update: EndpointUpdate,
    dedup: Option<&Dedup>,
) -> Result<Written<Endpoint>> {
    let EndpointUpdate {
        ordinal,
        patch,
        expected_version,
        now,
    } = update;
    let connection = &scope.connection;
    if let Some(replayed) = replay(connection, dedup, now).await? {
        return Ok(replayed);
    }
    let Some(mut endpoint) = by_ordinal(connection, ordinal).await? else {
        return Ok(Written::Missing);
    };
    let version = endpoint.version;
    if expected_version.is_some_and(|expected| expected != version) {
        return Ok(Written::Stale(endpoint));
    }
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, endpoint.application, uid).await?
        && other.id != endpoint.id
    {
        return Ok(Written::Taken(other));
    }
    let is_enabled = patch.is_disabled == Some(false);
    let before = endpoint.clone();
    scope.keep_before(&endpoint);
    patch.apply(&mut endpoint, now);
    if write(connection, ordinal, &endpoint, version).await? == 0 {
        // What another node made of the endpoint is there to be read now.
        return Err(Failure::Outrun);
    }
    if is_enabled {
        let slot = slot::of(endpoint.application);
        connection.execute(FORGET_STATE, &[&slot, &ordinal]).await?;
    }
    if let Some(dedup) = dedup {
        take_number(connection, dedup, ordinal, now).await?;
    }
    changes::note(connection, Subject::Application(endpoint.application)).await?;
    operational::tell(scope, endpoint.application, |note, application| {
        note.updated(application, &before, &endpoint)
    })
    .await?;
    Ok(Written::Done(endpoint))
}

async fn write(
    connection: &Connection,
    ordinal: i64,
    endpoint: &Endpoint,
    version: u32,
) -> Result<u64> {
    connection
        .execute(
            UPDATE_ENDPOINT,
            &[
                &ordinal,
                &stored_option(endpoint.uid.as_ref()),
                &stored(&endpoint.url),
                &stored(&endpoint.description),
                &endpoint.is_disabled,
                &words_text(&endpoint.event_types),
                &words_text(&endpoint.channels),
                &endpoint.throttle_rate.map(i64::from),
                &endpoint.format.as_str(),
                &metadata(&endpoint.metadata),
                &endpoint.headers,
                &endpoint.credentials,
                &secrets_to_text(&endpoint.secrets),
                &i64::from(endpoint.version),
                &endpoint.updated_at,
                &i64::from(version),
                &endpoint.is_fifo,
                &endpoint.batch_size.map(i64::from),
                &endpoint.max_wait_secs.map(i64::from),
                &stored_option(endpoint.filter.as_ref()),
                &endpoint
                    .retry_policy
                    .as_ref()
                    .map(|policy| policy.to_text()),
                &endpoint
                    .co_signature
                    .as_ref()
                    .map(|wanted| wanted.to_text()),
            ],
        )
        .await
}

/// Deletes an endpoint. Its row stays, for the attempts that name it.
pub(crate) async fn delete(scope: &mut Scope, ordinal: i64, now: Millis) -> Result<bool> {
    let connection = &scope.connection;
    let Some(endpoint) = by_ordinal(connection, ordinal).await? else {
        return Ok(false);
    };
    let deleted = connection
        .execute(DELETE_ENDPOINT, &[&ordinal, &now])
        .await?;
    if deleted == 0 {
        return Ok(false);
    }
    crate::polling::forget(connection, endpoint.application, ordinal).await?;
    changes::note(connection, Subject::Application(endpoint.application)).await?;
    operational::tell(scope, endpoint.application, |note, application| {
        note.deleted(application, &endpoint)
    })
    .await?;
    Ok(true)
}
