//! Polling endpoints: messages are read from them up to the horizon, in the order of their ids; and consumers,
//! which remember how far they have come.

use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{EndpointId, IdParts};
use tidings_domain::slot;
use tidings_store::{
    CONSUMERS_MAX, ConsumerKey, MoveConsumer, Moved, PageRequest, PollMessages, Polled, Reference,
};

use crate::connection::Connection;
use crate::convert::{parts, stored};
use crate::failure::Result;
use crate::pages::{self, page_down, page_up};
use crate::statements::statements;
use crate::step::Scope;
use crate::{endpoints, horizon, lists};

statements! {
    IS_POLLING = "-- is_polling
        SELECT is_polling FROM endpoint WHERE ordinal = $1";
    POLLING_ENDPOINTS_UP = page_up!("-- polling_endpoints_up
        SELECT ordinal FROM endpoint
            WHERE application = $1 AND deleted_at IS NULL AND is_polling");
    POLLING_ENDPOINTS_DOWN = page_down!("-- polling_endpoints_down
        SELECT ordinal FROM endpoint
            WHERE application = $1 AND deleted_at IS NULL AND is_polling");
    CONSUMER = "-- consumer
        SELECT place FROM consumer WHERE slot = $1 AND endpoint = $2 AND name = $3";
    CONSUMERS_COUNT = "-- consumers_count
        SELECT count(*) FROM consumer WHERE slot = $1 AND endpoint = $2 AND name <> $3";
    /// The row is locked, so of two at once the further one counts.
    MOVE_CONSUMER = "-- move_consumer
        INSERT INTO consumer (slot, application, endpoint, name, place, moved_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (slot, endpoint, name) DO UPDATE SET moved_at = excluded.moved_at,
            place = CASE WHEN $7 THEN excluded.place
                ELSE greatest(consumer.place, excluded.place) END
        RETURNING place";
    FORGET_CONSUMERS = "-- forget_consumers
        DELETE FROM consumer WHERE slot = $1 AND endpoint = ANY($2)";
    POLLING_OF_APPLICATION = "-- polling_of_application
        SELECT ordinal FROM endpoint WHERE application = $1 AND is_polling";
}

pub(crate) async fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<EndpointId>,
) -> Result<Option<Endpoint>> {
    let Some(found) = endpoints::find(connection, application, reference).await? else {
        return Ok(None);
    };
    let row = connection.query_one(IS_POLLING, &[&found.id.seq()]).await?;
    Ok(row.try_get::<_, bool>(0)?.then_some(found))
}

pub(crate) async fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> Result<Vec<Endpoint>> {
    let sql = (POLLING_ENDPOINTS_UP, POLLING_ENDPOINTS_DOWN);
    let rows = pages::rows(connection, sql, application, page).await?;
    let ordinals = rows.iter().map(|row| Ok(row.try_get(0)?));
    let ordinals: Vec<i64> = ordinals.collect::<Result<_>>()?;
    let known = endpoints::known(connection, &ordinals).await?;
    Ok(known.into_iter().map(|known| known.endpoint).collect())
}

/// The horizon is read first: what is certain then is there when the messages are read.
pub(crate) async fn poll(connection: &Connection, poll: &PollMessages) -> Result<Polled> {
    let horizon = horizon::read(connection).await?;
    let Some(horizon) = horizon.filter(|horizon| *horizon > poll.after) else {
        return Ok(Polled {
            rows: Vec::new(),
            place: poll.after,
            is_done: true,
        });
    };
    lists::poll(connection, poll, horizon).await
}

pub(crate) async fn consumer(
    connection: &Connection,
    consumer: &ConsumerKey,
) -> Result<Option<IdParts>> {
    let slot = slot::of(consumer.application);
    let row = connection
        .query_opt(
            CONSUMER,
            &[&slot, &consumer.endpoint, &stored(&consumer.name)],
        )
        .await?;
    row.as_ref().map(|row| parts(row, 0)).transpose()
}

/// Moves a consumer on; back only if it may.
pub(crate) async fn move_to(scope: &Scope, step: &MoveConsumer) -> Result<Moved> {
    let connection = &scope.connection;
    let of = &step.consumer;
    let (slot, name) = (slot::of(of.application), stored(&of.name));
    let row = connection
        .query_one(CONSUMERS_COUNT, &[&slot, &of.endpoint, &name])
        .await?;
    if row.try_get::<_, i64>(0)? >= CONSUMERS_MAX {
        return Ok(Moved::TooMany);
    }
    let place = step.to.to_bytes();
    let row = connection
        .query_one(
            MOVE_CONSUMER,
            &[
                &slot,
                &of.application,
                &of.endpoint,
                &name,
                &&place[..],
                &step.now,
                &step.may_go_back,
            ],
        )
        .await?;
    Ok(Moved::To(parts(&row, 0)?))
}

/// The endpoint is gone, and its consumers with it.
pub(crate) async fn forget(connection: &Connection, application: i64, endpoint: i64) -> Result<()> {
    let slot = slot::of(application);
    connection
        .execute(FORGET_CONSUMERS, &[&slot, &vec![endpoint]])
        .await?;
    Ok(())
}

/// The same of all polling endpoints of an application.
pub(crate) async fn forget_of_application(connection: &Connection, application: i64) -> Result<()> {
    let rows = connection
        .query(POLLING_OF_APPLICATION, &[&application])
        .await?;
    let endpoints = rows.iter().map(|row| Ok(row.try_get(0)?));
    let endpoints: Vec<i64> = endpoints.collect::<Result<_>>()?;
    let slot = slot::of(application);
    connection
        .execute(FORGET_CONSUMERS, &[&slot, &endpoints])
        .await?;
    Ok(())
}
