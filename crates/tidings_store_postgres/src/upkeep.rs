//! Work that keeps the store tidy: a little at a time, so that nobody waits for it.

use std::collections::HashMap;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::{AttemptError, OWED_FOR_MAX_MS, Outcome};
use tidings_domain::ids::AttemptId;
use tidings_domain::message::MessageKey;
use tidings_domain::slot;
use tidings_store::Creditor;
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::convert::{bytes, count};
use crate::failure::Result;
use crate::pending::{code, due_endpoints};
use crate::statements::statements;
use crate::step::Scope;

statements! {
    WHY_OFF = "-- why_off
        SELECT endpoint.ordinal, endpoint.url,
            endpoint.deleted_at IS NOT NULL OR application.deleted_at IS NOT NULL,
            endpoint.is_disabled OR endpoint_state.disabled_at IS NOT NULL
        FROM endpoint JOIN application ON application.ordinal = endpoint.application
        LEFT JOIN endpoint_state ON endpoint_state.slot = ANY($2)
            AND endpoint_state.slot = endpoint.slot
            AND endpoint_state.endpoint = endpoint.ordinal
        WHERE endpoint.ordinal = ANY($1)";
    OWED_TO = "-- owed_to
        SELECT slot, application, message_id, endpoint, attempts_count, trigger FROM pending
        WHERE slot = $1 AND endpoint = $2 ORDER BY due_at LIMIT $3";
    /// Retries are at most 30 days away, so what is owed for longer is due or nearly so.
    OWED_FOR_TOO_LONG = "-- owed_for_too_long
        SELECT slot, application, message_id, endpoint, attempts_count, trigger FROM pending
        WHERE slot = $1 AND endpoint = $2 AND due_at <= $5 AND owed_since < $3
        ORDER BY due_at LIMIT $4";
    OWED_OF = "-- owed_of
        SELECT slot, application, message_id, endpoint, attempts_count, trigger FROM pending
        WHERE slot = $1 AND message_id = $2 AND endpoint > 0";
    URLS_OF = "-- urls_of
        SELECT ordinal, url FROM endpoint WHERE ordinal = ANY($1)";
    INSERT_CANCELED = "-- insert_canceled
        INSERT INTO attempt (slot, application, endpoint, message_id, created_at, id, number,
            trigger, outcome, is_late, error, resolve_us, connect_us, tls_us, head_us, body_us,
            is_truncated, url, request_headers, response_headers, response)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, false, $10, 0, 0, 0, 0, 0, false, $11, '', '',
            '')";
    DROP_CANCELED = "-- drop_canceled
        DELETE FROM pending WHERE slot = $1 AND message_id = $2 AND endpoint = $3";
    LAST_OF_PART = "-- last_of_part
        SELECT slot, key FROM dedup WHERE (slot, key) > ($1, $2) ORDER BY slot, key LIMIT $3";
    SWEEP_DEDUP = "-- sweep_dedup
        DELETE FROM dedup WHERE (slot, key) > ($1, $2) AND (slot, key) <= ($3, $4)
            AND expires_at <= $5";
}

/// Cancels what is owed to endpoints that are off, and what is owed for too long.
pub(crate) async fn cancel_stale(
    scope: &mut Scope,
    slots: &[i16],
    now: Millis,
    limit: usize,
) -> Result<usize> {
    let mut canceled = 0;
    let due = due_endpoints(&scope.connection, slots, None, usize::MAX).await?;
    let due = due.into_iter().map(|(creditor, _)| creditor);
    let creditors: Vec<Creditor> = due.filter(|to| !to.is_fan_out()).collect();
    let known = why_off(&scope.connection, slots, &creditors).await?;
    let gone = (String::new(), Some(AttemptError::EndpointDeleted));
    for creditor in creditors {
        let Creditor { slot, endpoint } = creditor;
        if canceled >= limit {
            break;
        }
        let room = limit - canceled;
        let (url, why) = known.get(&endpoint).unwrap_or(&gone);
        let stale = match why {
            Some(_) => {
                let parameters: [crate::connection::Parameter<'_>; 3] =
                    [&slot, &endpoint, &count(room)];
                scope.connection.query(OWED_TO, &parameters).await?
            }
            None => owed_for_too_long(&scope.connection, creditor, now, room).await?,
        };
        let error = why.unwrap_or(AttemptError::Expired);
        for row in &stale {
            cancel(scope, row, (error, url), now).await?;
        }
        canceled += stale.len();
    }
    Ok(canceled)
}

/// The URL of endpoints, and why nothing is to be sent there, if so.
async fn why_off(
    connection: &Connection,
    slots: &[i16],
    creditors: &[Creditor],
) -> Result<HashMap<i64, (String, Option<AttemptError>)>> {
    let endpoints: Vec<i64> = creditors.iter().map(|to| to.endpoint).collect();
    let rows = connection.query(WHY_OFF, &[&endpoints, &slots]).await?;
    rows.iter()
        .map(|row| {
            let why = match (row.try_get(2)?, row.try_get(3)?) {
                (true, _) => Some(AttemptError::EndpointDeleted),
                (false, true) => Some(AttemptError::EndpointDisabled),
                (false, false) => None,
            };
            Ok((row.try_get(0)?, (row.try_get(1)?, why)))
        })
        .collect()
}

async fn owed_for_too_long(
    connection: &Connection,
    Creditor { slot, endpoint }: Creditor,
    now: Millis,
    limit: usize,
) -> Result<Vec<Row>> {
    connection
        .query(
            OWED_FOR_TOO_LONG,
            &[
                &slot,
                &endpoint,
                &(now - OWED_FOR_MAX_MS),
                &count(limit),
                &(now + OWED_FOR_MAX_MS),
            ],
        )
        .await
}

/// Cancels everything that is owed of a message, but for the cursor of its fan-out.
pub(crate) async fn cancel_all_of(
    scope: &mut Scope,
    message: MessageKey,
    error: AttemptError,
    now: Millis,
) -> Result<()> {
    let (slot, id) = (slot::of(message.application), message.id.parts().to_bytes());
    let owed = scope.connection.query(OWED_OF, &[&slot, &&id[..]]).await?;
    if owed.is_empty() {
        return Ok(());
    }
    let endpoints = owed.iter().map(|row| Ok(row.try_get(3)?));
    let endpoints: Vec<i64> = endpoints.collect::<Result<_>>()?;
    let rows = scope.connection.query(URLS_OF, &[&endpoints]).await?;
    let urls = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    let urls: HashMap<i64, String> = urls.collect::<Result<_>>()?;
    for (row, endpoint) in owed.iter().zip(endpoints) {
        let url = urls.get(&endpoint).map_or("", |url| url);
        cancel(scope, row, (error, url), now).await?;
    }
    Ok(())
}

/// The row that says why, in the place of the row that is owed.
async fn cancel(
    scope: &mut Scope,
    row: &Row,
    (error, url): (AttemptError, &str),
    now: Millis,
) -> Result<()> {
    let (slot, application): (i16, i64) = (row.try_get(0)?, row.try_get(1)?);
    let message: [u8; 20] = bytes(row, 2)?;
    let (endpoint, made, trigger): (i64, i64, i16) =
        (row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
    scope.journal.numbers.attempt += 1;
    let seq = scope.journal.numbers.attempt;
    // No request was made that anybody could guess at, so the message's own chance will do.
    let tail = i64::from_be_bytes(message[12..20].try_into().expect("8 of 20 bytes"));
    let id = AttemptId::new(now, scope.journal.id, seq, tail.rotate_left(17) ^ endpoint);
    let connection = &scope.connection;
    connection
        .execute(
            INSERT_CANCELED,
            &[
                &slot,
                &application,
                &endpoint,
                &&message[..],
                &now,
                &&id.parts().to_bytes()[..],
                &(made + 1),
                &trigger,
                &code(Outcome::Canceled.code()),
                &code(error.code()),
                &url,
            ],
        )
        .await?;
    connection
        .execute(DROP_CANCELED, &[&slot, &&message[..], &endpoint])
        .await?;
    Ok(())
}

/// Where a sweep goes on.
pub(crate) type Place = (i16, Vec<u8>);

/// Removes idempotency keys that have run out, a part of the table at a time; no index on the time is
/// needed that way, and every insert is spared one.
pub(crate) async fn sweep_dedup(
    scope: &mut Scope,
    from: &Place,
    now: Millis,
    limit: usize,
) -> Result<(usize, Place)> {
    let connection = &scope.connection;
    let rows = connection
        .query(LAST_OF_PART, &[&from.0, &from.1, &count(limit)])
        .await?;
    let Some(last) = rows.last() else {
        return Ok((0, Place::default()));
    };
    let last: Place = (last.try_get(0)?, last.try_get(1)?);
    let removed = connection
        .execute(SWEEP_DEDUP, &[&from.0, &from.1, &last.0, &last.1, &now])
        .await?;
    Ok((usize::try_from(removed).unwrap_or(usize::MAX), last))
}
