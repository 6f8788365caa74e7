//! Operational events: written with what they tell of, and kept until they are messages.
//!
//! An event lies in the slot of the application that it is about, so it is written by the transaction that it
//! tells of, wherever that is.

use tidings_domain::application::Application;
use tidings_domain::audit::Entry;
use tidings_domain::ids::AttemptId;
use tidings_domain::operational::{OperationalEvent, OperationalEventType};
use tidings_domain::slot;
use tidings_store::{Note, Settlement};

use crate::connection::{Connection, Parameter};
use crate::convert::{count, stored, text};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;
use crate::{applications, audit};

statements! {
    WRITE_OPERATIONAL_EVENT = "-- write_operational_event
        INSERT INTO operational_event (slot, id, environment, application, event_type, payload,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (slot, id) DO NOTHING";
    /// The same for one that says that an endpoint was switched off, unless it was off already.
    WRITE_SWITCHED_OFF = "-- write_switched_off
        INSERT INTO operational_event (slot, id, environment, application, event_type, payload,
            created_at)
        SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM endpoint_state
            WHERE endpoint_state.slot = $1 AND endpoint = $8 AND disabled_at IS NOT NULL)
        ON CONFLICT (slot, id) DO NOTHING";
    OPERATIONAL_EVENTS = "-- operational_events
        SELECT id, environment, application, event_type, payload, created_at FROM operational_event
        WHERE slot = ANY($1) ORDER BY id LIMIT $2";
    FORGET_OPERATIONAL_EVENTS = "-- forget_operational_events
        DELETE FROM operational_event WHERE slot = $1 AND id = ANY($2)";
}

/// Writes events. One that is there already is left alone.
pub(crate) async fn write(scope: &mut Scope, events: Vec<OperationalEvent>) -> Result<()> {
    for event in events {
        scope.effects.has_told = true;
        let row = Row::Always(event);
        row.write(&scope.connection).await?;
    }
    Ok(())
}

/// An event on its way into a table.
pub(crate) enum Row {
    /// Whatever else is there.
    Always(OperationalEvent),
    /// Only if this endpoint has not been switched off before.
    IfOn(OperationalEvent, i64),
    /// The same of an entry of the audit log, about an endpoint in a slot.
    Entry(Box<Entry>, (i16, i64)),
}

impl Row {
    /// One statement, so that it may be part of a flight.
    pub(crate) async fn write(&self, connection: &Connection) -> Result<()> {
        let event = match self {
            Self::Always(event) | Self::IfOn(event, _) => event,
            Self::Entry(entry, endpoint) => {
                return audit::write(connection, entry, Some(*endpoint)).await;
            }
        };
        let (slot, payload) = (slot::of(event.application), stored(&event.payload));
        let event_type = event.event_type.as_str();
        let mut columns: Vec<Parameter<'_>> = vec![
            &slot,
            &event.id,
            &event.environment,
            &event.application,
            &event_type,
            &payload,
            &event.at,
        ];
        let sql = match self {
            Self::IfOn(_, endpoint) => {
                columns.push(endpoint);
                WRITE_SWITCHED_OFF
            }
            _ => WRITE_OPERATIONAL_EVENT,
        };
        connection.execute(sql, &columns).await?;
        Ok(())
    }
}

/// Writes what the note of a step says of an endpoint of an application.
pub(crate) async fn tell(
    scope: &mut Scope,
    application: i64,
    events: impl FnOnce(&Note, &Application) -> Vec<OperationalEvent>,
) -> Result<()> {
    let Some(note) = scope.note.clone().filter(|note| note.tells()) else {
        return Ok(());
    };
    let found = applications::by_ordinal(&scope.connection, application).await?;
    match found.filter(|found| !found.is_operational) {
        Some(found) => write(scope, events(&note, &found)).await,
        None => Ok(()),
    }
}

/// What operational webhooks tell of an outcome. It is written before the endpoint's health is: who was off
/// already is not told of again.
pub(crate) fn of_outcome(settlement: &Settlement, id: AttemptId) -> Vec<Row> {
    let Some(told) = &settlement.told else {
        return Vec::new();
    };
    let endpoint = settlement.endpoint.seq();
    let of_attempt = told.of_attempt(settlement, id).map(Row::Always);
    let switched_off = told.of_endpoint(settlement);
    let switched_off = switched_off.map(|event| Row::IfOn(event, endpoint));
    let slot = slot::of(settlement.message.application);
    let entry = told.entry();
    let entry = entry.map(|entry| Row::Entry(Box::new(entry), (slot, endpoint)));
    let rows = of_attempt.into_iter().chain(switched_off);
    rows.chain(entry).collect()
}

fn read(row: &tokio_postgres::Row) -> Result<Option<OperationalEvent>> {
    let Some(event_type) = OperationalEventType::parse(&text(row, 3)?) else {
        return Ok(None);
    };
    Ok(Some(OperationalEvent {
        id: text(row, 0)?,
        environment: row.try_get(1)?,
        application: row.try_get(2)?,
        event_type,
        payload: text(row, 4)?,
        at: row.try_get(5)?,
    }))
}

/// The oldest events in these slots. Those of a type that this version does not know are left for the one
/// that does.
pub(crate) async fn list(
    connection: &Connection,
    slots: &[i16],
    limit: usize,
) -> Result<Vec<OperationalEvent>> {
    let rows = connection
        .query(OPERATIONAL_EVENTS, &[&slots, &count(limit)])
        .await?;
    rows.iter()
        .filter_map(|row| read(row).transpose())
        .collect()
}

/// Forgets events in a slot, by id.
pub(crate) async fn forget(scope: &mut Scope, slot: i16, ids: &[String]) -> Result<()> {
    scope
        .connection
        .execute(FORGET_OPERATIONAL_EVENTS, &[&slot, &ids])
        .await?;
    Ok(())
}
