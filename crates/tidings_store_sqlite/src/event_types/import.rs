//! Event types made or changed together, and plans with them.

use rusqlite::{Connection, params};
use tidings_store::{
    EventTypeImport, EventTypesImport, ImportMode, Imported, ImportedAll, Subject,
};

use super::{find, insert, write};
use crate::step::Scope;
use crate::{changes, plan_list};

/// Makes or changes what is not just so already.
pub(crate) fn import(
    scope: &mut Scope<'_>,
    import: &EventTypesImport,
) -> rusqlite::Result<ImportedAll> {
    let (connection, is_meant) = (scope.connection, import.mode == ImportMode::Apply);
    let mut all = ImportedAll::default();
    for one in &import.event_types {
        all.event_types.push(import_one(connection, one, import)?);
    }
    if import.archives_others {
        all.archived = archive_others(connection, import)?;
    }
    let is_changed = all
        .event_types
        .iter()
        .any(|done| *done != Imported::Unchanged);
    if is_meant && (is_changed || !all.archived.is_empty()) {
        changes::note(connection, Subject::EventTypes(import.environment))?;
    }
    if is_meant {
        plan_list::merge(connection, import.environment, &import.plans)?;
    }
    Ok(all)
}

fn import_one(
    connection: &Connection,
    one: &EventTypeImport,
    import: &EventTypesImport,
) -> rusqlite::Result<Imported> {
    let is_meant = import.mode == ImportMode::Apply;
    let Some(before) = find(connection, import.environment, &one.new.name)? else {
        if is_meant {
            insert(connection, &one.new)?;
        }
        return Ok(Imported::Created);
    };
    let mut after = before.clone();
    one.change.clone().apply(&mut after, before.updated_at);
    if after == before {
        return Ok(Imported::Unchanged);
    }
    after.updated_at = import.now;
    if is_meant {
        write(connection, &after)?;
    }
    Ok(Imported::Updated)
}

/// Those that are in no list of the import and not in the archive yet.
fn archive_others(
    connection: &Connection,
    import: &EventTypesImport,
) -> rusqlite::Result<Vec<String>> {
    let mut others: Vec<String> = connection
        .prepare_cached(
            "-- event_types_in_use
            SELECT name FROM event_type WHERE environment = ?1 AND is_archived = 0 ORDER BY name",
        )?
        .query_map([import.environment], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    others.retain(|name| !import.event_types.iter().any(|one| one.new.name == *name));
    if import.mode == ImportMode::DryRun {
        return Ok(others);
    }
    let mut archive = connection.prepare_cached(
        "-- archive_event_type
        UPDATE event_type SET is_archived = 1, updated_at = ?3 WHERE environment = ?1 AND name = ?2",
    )?;
    for name in &others {
        archive.execute(params![import.environment, name, import.now])?;
    }
    Ok(others)
}
