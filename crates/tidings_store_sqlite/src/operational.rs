//! Operational events: written with what they tell of, and kept until they are messages.

use rusqlite::{Connection, Row, params};
use tidings_domain::application::Application;
use tidings_domain::operational::{OperationalEvent, OperationalEventType};
use tidings_store::Note;
use tidings_store::commit::Effects;

use crate::applications;
use crate::convert::count;
use crate::step::Scope;

/// Writes events. One that is there already is left alone.
pub(crate) fn write(
    connection: &Connection,
    events: impl IntoIterator<Item = OperationalEvent>,
    effects: &mut Effects,
) -> rusqlite::Result<()> {
    for event in events {
        effects.has_told = true;
        connection
            .prepare_cached(
                "-- write_operational_event
                INSERT INTO operational_event (id, environment, application, event_type, payload,
                    created_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING",
            )?
            .execute(params![
                event.id,
                event.environment,
                event.application,
                event.event_type.as_str(),
                event.payload,
                event.at,
            ])?;
    }
    Ok(())
}

/// Writes what the note of a step says of an endpoint of an application.
pub(crate) fn tell(
    scope: &mut Scope<'_>,
    application: i64,
    events: impl FnOnce(&Note, &Application) -> Vec<OperationalEvent>,
) -> rusqlite::Result<()> {
    let Some(note) = scope.note.clone().filter(|note| note.tells()) else {
        return Ok(());
    };
    let found = applications::by_ordinal(scope.connection, application)?;
    match found.filter(|found| !found.is_operational) {
        Some(found) => write(scope.connection, events(&note, &found), scope.effects),
        None => Ok(()),
    }
}

/// Whether Tidings has switched an endpoint off.
pub(crate) fn is_switched_off(connection: &Connection, endpoint: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "-- is_switched_off
            SELECT EXISTS (SELECT 1 FROM endpoint_state
                WHERE endpoint = ?1 AND disabled_at IS NOT NULL)",
        )?
        .query_row([endpoint], |row| row.get(0))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<OperationalEvent>> {
    let name: String = row.get(3)?;
    let Some(event_type) = OperationalEventType::parse(&name) else {
        return Ok(None);
    };
    Ok(Some(OperationalEvent {
        id: row.get(0)?,
        environment: row.get(1)?,
        application: row.get(2)?,
        event_type,
        payload: row.get(4)?,
        at: row.get(5)?,
    }))
}

/// The oldest events. Those of a type that this version does not know are left for the one that does.
pub(crate) fn list(
    connection: &Connection,
    limit: usize,
) -> rusqlite::Result<Vec<OperationalEvent>> {
    let mut select = connection.prepare_cached(
        "-- operational_events
        SELECT id, environment, application, event_type, payload, created_at FROM operational_event
        ORDER BY id LIMIT ?1",
    )?;
    let rows = select.query_map([count(limit)], read)?;
    rows.filter_map(Result::transpose).collect()
}

/// Forgets events, by id.
pub(crate) fn forget(scope: &mut Scope<'_>, events: &[(i64, String)]) -> rusqlite::Result<()> {
    let mut delete = scope.connection.prepare_cached(
        "-- forget_operational_event\nDELETE FROM operational_event WHERE id = ?1",
    )?;
    for (_, id) in events {
        delete.execute([id])?;
    }
    Ok(())
}
