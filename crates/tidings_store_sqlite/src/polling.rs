//! Polling endpoints: messages are read from them, in the order of their commits, which is that of their
//! numbers; and consumers, which remember how far they have come.

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::clock::Millis;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{EndpointId, IdParts};
use tidings_store::{
    CONSUMERS_MAX, ConsumerKey, MoveConsumer, Moved, PageRequest, PollMessages, Polled, Reference,
    SCAN_ROWS_MAX,
};

use crate::convert::{Span, count};
use crate::step::Scope;
use crate::{endpoints, lists};

pub(crate) fn find(
    connection: &Connection,
    application: i64,
    reference: &Reference<EndpointId>,
) -> rusqlite::Result<Option<Endpoint>> {
    let Some(found) = endpoints::find(connection, application, reference)? else {
        return Ok(None);
    };
    let is_polling = connection
        .prepare_cached(
            "-- is_polling
            SELECT 1 FROM endpoint WHERE ordinal = ?1 AND is_polling",
        )?
        .exists([found.id.seq()])?;
    Ok(is_polling.then_some(found))
}

pub(crate) fn list(
    connection: &Connection,
    application: i64,
    page: PageRequest,
) -> rusqlite::Result<Vec<Endpoint>> {
    let span = Span::new(page.order, page.after);
    let ordinals: Vec<i64> = connection
        .prepare_cached(&format!(
            "-- polling_endpoints
            SELECT ordinal FROM endpoint WHERE application = ?1 AND deleted_at IS NULL
                AND is_polling AND ordinal > ?2 AND ordinal < ?3 ORDER BY ordinal {} LIMIT ?4",
            span.direction
        ))?
        .query_map(
            params![application, span.above, span.below, count(page.limit)],
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    let known = endpoints::known(connection, &ordinals)?;
    Ok(known.into_iter().map(|known| known.endpoint).collect())
}

/// Whatever is there to be read is certain: there is one writer.
pub(crate) fn poll(connection: &Connection, poll: &PollMessages) -> rusqlite::Result<Polled> {
    let mut polled = Polled {
        rows: Vec::new(),
        place: poll.after,
        is_done: true,
    };
    let is_time = poll.after.seq == 0;
    let above = if is_time {
        last_before(connection, poll.after.at_ms)?
    } else {
        poll.after.seq
    };
    let mut read_count = 0;
    lists::each_behind(connection, poll.endpoint.application, above, |message| {
        if polled.rows.len() >= poll.limit || read_count >= SCAN_ROWS_MAX {
            polled.is_done = false;
            return false;
        }
        read_count += 1;
        polled.place = message.id.parts();
        let is_early = is_time && message.accepted_at() < poll.after.at_ms;
        if !is_early && poll.wants(&message) {
            polled.rows.push(message);
        }
        true
    })?;
    Ok(polled)
}

/// The last number before those of an instant. Clocks that went back make it a number near that.
fn last_before(connection: &Connection, at: Millis) -> rusqlite::Result<i64> {
    let mut select = connection.prepare_cached(
        "-- message_from
        SELECT seq, accepted_at FROM message WHERE seq > ?1 ORDER BY seq LIMIT 1",
    )?;
    let last: Option<i64> = connection
        .prepare_cached("-- last_message\nSELECT max(seq) FROM message")?
        .query_row([], |row| row.get(0))?;
    // Behind `low` is what is early, behind `high` what is not.
    let (mut low, mut high) = (0, last.unwrap_or(0));
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<(i64, Millis)> = select
            .query_row([middle], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match found {
            Some((seq, accepted_at)) if accepted_at < at => low = seq.min(high),
            _ => high = middle,
        }
    }
    Ok(low)
}

pub(crate) fn consumer(
    connection: &Connection,
    consumer: &ConsumerKey,
) -> rusqlite::Result<Option<IdParts>> {
    connection
        .prepare_cached(
            "-- consumer
            SELECT place FROM consumer WHERE endpoint = ?1 AND name = ?2",
        )?
        .query_row(params![consumer.endpoint, consumer.name], |row| {
            row.get::<_, [u8; 20]>(0).map(IdParts::from_bytes)
        })
        .optional()
}

/// Moves a consumer on; back only if it may.
pub(crate) fn move_to(scope: &mut Scope<'_>, step: &MoveConsumer) -> rusqlite::Result<Moved> {
    let connection = scope.connection;
    let MoveConsumer {
        consumer: of,
        to,
        may_go_back,
        now,
    } = step;
    match consumer(connection, of)? {
        Some(place) if !may_go_back && is_behind(place, *to) => return Ok(Moved::To(place)),
        Some(_) => {}
        None => {
            let there: i64 = connection
                .prepare_cached(
                    "-- consumers_count\nSELECT count(*) FROM consumer WHERE endpoint = ?1",
                )?
                .query_row([of.endpoint], |row| row.get(0))?;
            if there >= CONSUMERS_MAX {
                return Ok(Moved::TooMany);
            }
        }
    }
    connection
        .prepare_cached(
            "-- move_consumer
            INSERT INTO consumer (application, endpoint, name, place, moved_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (endpoint, name) DO UPDATE SET place = excluded.place,
                moved_at = excluded.moved_at",
        )?
        .execute(params![
            of.application,
            of.endpoint,
            of.name,
            to.to_bytes(),
            now
        ])?;
    Ok(Moved::To(*to))
}

/// The endpoint is gone, and its consumers with it.
pub(crate) fn forget(connection: &Connection, endpoint: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("-- forget_consumers\nDELETE FROM consumer WHERE endpoint = ?1")?
        .execute([endpoint])?;
    Ok(())
}

/// The same of all polling endpoints of an application.
pub(crate) fn forget_of_application(
    connection: &Connection,
    application: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "-- forget_consumers_of_application
            DELETE FROM consumer WHERE endpoint IN
                (SELECT ordinal FROM endpoint WHERE application = ?1 AND is_polling)",
        )?
        .execute([application])?;
    Ok(())
}

/// Whether the first place is behind the second. Numbers tell, since clocks may go back; where one is an instant
/// only, the times do.
fn is_behind(first: IdParts, second: IdParts) -> bool {
    if first.seq > 0 && second.seq > 0 {
        first.seq > second.seq
    } else {
        first > second
    }
}
