//! Endpoints: made, found, listed, changed, deleted.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidings_domain::clock::Millis;
use tidings_domain::endpoint::{DisabledReason, Endpoint, EndpointState};
use tidings_domain::ids::EndpointId;
use tidings_store::{
    Dedup, EndpointUpdate, KnownEndpoint, NewEndpoint, PageRequest, Reference, Subject, Written,
    secrets_to_text,
};

use crate::accept::{Made, find_key, take_key};
use crate::convert::{
    Span, count, metadata, read_co_signature, read_format, read_metadata, read_retry_policy,
    read_secrets, read_words, words_text,
};
use crate::step::Scope;
use crate::{changes, operational};

/// The columns of an endpoint and of its health, which is joined under the name `state`.
const COLUMNS: &str = "endpoint.ordinal, endpoint.application, endpoint.environment, endpoint.tail, \
    endpoint.uid, endpoint.url, endpoint.description, endpoint.is_disabled, endpoint.event_types, \
    endpoint.channels, endpoint.throttle_rate, endpoint.format, endpoint.metadata, \
    endpoint.headers, endpoint.credentials, endpoint.secrets, endpoint.version, \
    endpoint.created_at, endpoint.updated_at, endpoint.deleted_at, state.failing_since, \
    state.last_failure_at, state.failures_count, state.disabled_reason, state.disabled_at, \
    endpoint.number, endpoint.is_fifo, endpoint.batch_size, \
    endpoint.max_wait_secs, endpoint.filter, endpoint.retry_policy, \
    endpoint.co_signature";

const FROM: &str =
    "endpoint LEFT JOIN endpoint_state AS state ON state.endpoint = endpoint.ordinal";

fn read(row: &Row<'_>) -> rusqlite::Result<KnownEndpoint> {
    let created_at = row.get(17)?;
    let endpoint = Endpoint {
        id: EndpointId::new(created_at, 0, row.get(0)?, row.get(3)?),
        application: row.get(1)?,
        environment: row.get(2)?,
        number: row.get(25)?,
        uid: row.get(4)?,
        url: row.get(5)?,
        description: row.get(6)?,
        is_disabled: row.get(7)?,
        event_types: read_words(row, 8)?,
        channels: read_words(row, 9)?,
        filter: row.get(29)?,
        throttle_rate: row.get(10)?,
        is_fifo: row.get(26)?,
        batch_size: row.get(27)?,
        max_wait_secs: row.get(28)?,
        retry_policy: read_retry_policy(row, 30)?,
        format: read_format(row, 11)?,
        metadata: read_metadata(row, 12)?,
        headers: row.get(13)?,
        credentials: row.get(14)?,
        secrets: read_secrets(row, 15)?,
        co_signature: read_co_signature(row, 31)?,
        version: row.get(16)?,
        created_at,
        updated_at: row.get(18)?,
        state: read_state(row)?,
    };
    Ok(KnownEndpoint {
        endpoint,
        deleted_at: row.get(19)?,
    })
}

fn read_state(row: &Row<'_>) -> rusqlite::Result<EndpointState> {
    let reason: Option<String> = row.get(23)?;
    let disabled_at: Option<Millis> = row.get(24)?;
    Ok(EndpointState {
        failing_since: row.get(20)?,
        last_failure_at: row.get(21)?,
        failures_count: row.get::<_, Option<u32>>(22)?.unwrap_or(0),
        // A reason that this version does not know must not switch the endpoint on.
        disabled: disabled_at.map(|at| {
            let reason = reason.as_deref().and_then(DisabledReason::parse);
            (reason.unwrap_or(DisabledReason::Failing), at)
        }),
    })
}

fn live(row: &Row<'_>) -> rusqlite::Result<Endpoint> {
    read(row).map(|known| known.endpoint)
}

/// Makes an endpoint. A refused one does not use up the idempotency key.
pub(crate) fn create(
    scope: &mut Scope<'_>,
    new: &NewEndpoint,
    dedup: Option<&Dedup>,
    shown: Shown,
) -> rusqlite::Result<Written<Endpoint>> {
    let connection = scope.connection;
    if let Some(replayed) = replay(connection, dedup, new.created_at)? {
        return Ok(replayed);
    }
    if crate::applications::by_ordinal(connection, new.application)?.is_none() {
        return Ok(Written::Missing);
    }
    if let Some(uid) = &new.uid
        && let Some(other) = by_uid(connection, new.application, uid)?
    {
        return Ok(Written::Taken(other));
    }
    insert(connection, new, shown)?;
    let ordinal = connection.last_insert_rowid();
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(ordinal), new.created_at)?;
    }
    changes::note(connection, Subject::Application(new.application))?;
    let Some(made) = by_ordinal(connection, ordinal)? else {
        return Ok(Written::Missing);
    };
    operational::tell(scope, new.application, |note, application| {
        note.created(application, &made)
    })?;
    Ok(Written::Done(made))
}

/// What an idempotency key stands for already, if it does.
fn replay(
    connection: &Connection,
    dedup: Option<&Dedup>,
    now: Millis,
) -> rusqlite::Result<Option<Written<Endpoint>>> {
    let Some(dedup) = dedup else { return Ok(None) };
    Ok(match find_key(connection, dedup, now)? {
        None => None,
        Some((made, true)) => Some(Written::Replayed(by_ordinal(connection, made)?)),
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

pub(crate) fn insert(
    connection: &Connection,
    new: &NewEndpoint,
    shown: Shown,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- create_endpoint
            INSERT INTO endpoint (application, environment, tail, uid, url, description,
                is_disabled, event_types, channels, throttle_rate, format, metadata, headers,
                credentials, secrets, version, created_at, updated_at, number, is_fifo,
                batch_size, max_wait_secs, is_hidden, filter, is_polling,
                retry_policy, co_signature)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1, ?16,
                ?16, (SELECT coalesce(max(number), 0) + 1 FROM endpoint WHERE application = ?1),
                ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
        )?
        .execute(params![
            new.application,
            new.environment,
            new.tail,
            new.uid,
            new.url,
            new.description,
            new.is_disabled,
            words_text(&new.event_types),
            words_text(&new.channels),
            new.throttle_rate,
            new.format.as_str(),
            metadata(&new.metadata),
            new.headers,
            new.credentials,
            secrets_to_text(&new.secrets),
            new.created_at,
            new.is_fifo,
            new.batch_size,
            new.max_wait_secs,
            shown != Shown::Endpoint,
            new.filter,
            shown == Shown::Polling,
            new.retry_policy.as_ref().map(|policy| policy.to_text()),
            new.co_signature.as_ref().map(|wanted| wanted.to_text()),
        ])?;
    Ok(())
}

pub(crate) fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<EndpointId>,
) -> rusqlite::Result<Option<Endpoint>> {
    match reference {
        Reference::Id(id) => Ok(by_ordinal(connection, id.seq())?
            .filter(|found| found.id == *id && found.application == application)),
        Reference::Uid(uid) => by_uid(connection, application, uid),
    }
}

pub(crate) fn by_ordinal(
    connection: &Connection,
    ordinal: i64,
) -> rusqlite::Result<Option<Endpoint>> {
    Ok(known_by_ordinal(connection, ordinal)?
        .filter(|known| known.deleted_at.is_none())
        .map(|known| known.endpoint))
}

fn known_by_ordinal(
    connection: &Connection,
    ordinal: i64,
) -> rusqlite::Result<Option<KnownEndpoint>> {
    connection
        .prepare_cached(&format!(
            "-- endpoint_by_ordinal
            SELECT {COLUMNS} FROM {FROM} WHERE endpoint.ordinal = ?1"
        ))?
        .query_row([ordinal], read)
        .optional()
}

fn by_uid(
    connection: &Connection,
    application: i64,
    uid: &str,
) -> rusqlite::Result<Option<Endpoint>> {
    connection
        .prepare_cached(&format!(
            "-- endpoint_by_uid
            SELECT {COLUMNS} FROM {FROM}
            WHERE endpoint.application = ?1 AND endpoint.uid = ?2 AND endpoint.deleted_at IS NULL"
        ))?
        .query_row(params![application, uid], live)
        .optional()
}

/// Endpoints that fail, or were switched off for it.
pub(crate) fn failing(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached(
            "-- failing_endpoints
            SELECT endpoint FROM endpoint_state
            WHERE failing_since IS NOT NULL OR disabled_at IS NOT NULL LIMIT ?1",
        )?
        .query_map([count(limit)], |row| row.get(0))?
        .collect()
}

pub(crate) fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> rusqlite::Result<Vec<Endpoint>> {
    let span = Span::new(page.order, page.after);
    connection
        .prepare_cached(&format!(
            "-- endpoints
            SELECT {COLUMNS} FROM {FROM}
            WHERE endpoint.application = ?1 AND endpoint.deleted_at IS NULL
                AND NOT endpoint.is_hidden AND endpoint.ordinal > ?2 AND endpoint.ordinal < ?3
            ORDER BY endpoint.ordinal {} LIMIT ?4",
            span.direction
        ))?
        .query_map(
            params![application, span.above, span.below, count(page.limit)],
            live,
        )?
        .collect()
}

/// Endpoints by number, deleted ones included.
pub(crate) fn known(
    connection: &Connection,
    ordinals: &[i64],
) -> rusqlite::Result<Vec<KnownEndpoint>> {
    let found = ordinals
        .iter()
        .map(|ordinal| known_by_ordinal(connection, *ordinal));
    found.filter_map(Result::transpose).collect()
}

/// Changes an endpoint, if it still has the expected version.
pub(crate) fn update(
    scope: &mut Scope<'_>,
    update: EndpointUpdate,
    dedup: Option<&Dedup>,
) -> rusqlite::Result<Written<Endpoint>> {
    let EndpointUpdate {
        ordinal,
        patch,
        expected_version,
        now,
    } = update;
    let connection = scope.connection;
    if let Some(replayed) = replay(connection, dedup, now)? {
        return Ok(replayed);
    }
    let Some(mut endpoint) = by_ordinal(connection, ordinal)? else {
        return Ok(Written::Missing);
    };
    if expected_version.is_some_and(|expected| expected != endpoint.version) {
        return Ok(Written::Stale(endpoint));
    }
    if let Some(Some(uid)) = &patch.uid
        && let Some(other) = by_uid(connection, endpoint.application, uid)?
        && other.id != endpoint.id
    {
        return Ok(Written::Taken(other));
    }
    if patch.is_disabled == Some(false) {
        connection
            .prepare_cached("-- forget_state\nDELETE FROM endpoint_state WHERE endpoint = ?1")?
            .execute([ordinal])?;
    }
    let before = endpoint.clone();
    scope.keep_before(&endpoint);
    patch.apply(&mut endpoint, now);
    write(connection, ordinal, &endpoint)?;
    if let Some(dedup) = dedup {
        take_key(connection, dedup, Made::Other(ordinal), now)?;
    }
    changes::note(connection, Subject::Application(endpoint.application))?;
    operational::tell(scope, endpoint.application, |note, application| {
        note.updated(application, &before, &endpoint)
    })?;
    Ok(Written::Done(endpoint))
}

fn write(connection: &Connection, ordinal: i64, endpoint: &Endpoint) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- update_endpoint
            UPDATE endpoint SET uid = ?2, url = ?3, description = ?4, is_disabled = ?5,
                event_types = ?6, channels = ?7, throttle_rate = ?8, format = ?9, metadata = ?10,
                headers = ?11, credentials = ?12, secrets = ?13, version = ?14, updated_at = ?15,
                is_fifo = ?16, batch_size = ?17, max_wait_secs = ?18, filter = ?19,
                retry_policy = ?20, co_signature = ?21
            WHERE ordinal = ?1",
        )?
        .execute(params![
            ordinal,
            endpoint.uid,
            endpoint.url,
            endpoint.description,
            endpoint.is_disabled,
            words_text(&endpoint.event_types),
            words_text(&endpoint.channels),
            endpoint.throttle_rate,
            endpoint.format.as_str(),
            metadata(&endpoint.metadata),
            endpoint.headers,
            endpoint.credentials,
            secrets_to_text(&endpoint.secrets),
            endpoint.version,
            endpoint.updated_at,
            endpoint.is_fifo,
            endpoint.batch_size,
            endpoint.max_wait_secs,
            endpoint.filter,
            endpoint
                .retry_policy
                .as_ref()
                .map(|policy| policy.to_text()),
            endpoint
                .co_signature
                .as_ref()
                .map(|wanted| wanted.to_text()),
        ])?;
    Ok(())
}

/// Deletes an endpoint. Its row stays, for the attempts that name it.
pub(crate) fn delete(scope: &mut Scope<'_>, ordinal: i64, now: Millis) -> rusqlite::Result<bool> {
    let connection = scope.connection;
    let Some(endpoint) = by_ordinal(connection, ordinal)? else {
        return Ok(false);
    };
    connection
        .prepare_cached(
            "-- delete_endpoint
            UPDATE endpoint SET deleted_at = ?2 WHERE ordinal = ?1 AND deleted_at IS NULL",
        )?
        .execute(params![ordinal, now])?;
    crate::polling::forget(connection, ordinal)?;
    changes::note(connection, Subject::Application(endpoint.application))?;
    operational::tell(scope, endpoint.application, |note, application| {
        note.deleted(application, &endpoint)
    })?;
    Ok(true)
}
