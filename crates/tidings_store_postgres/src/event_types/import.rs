//! Event types made or changed together, and plans with them.

use tidings_store::{
    EventTypeImport, EventTypesImport, ImportMode, Imported, ImportedAll, Subject,
};

use super::{ARCHIVE_EVENT_TYPE, EVENT_TYPES_IN_USE, find, insert, write};
use crate::connection::Connection;
use crate::convert::{stored, text};
use crate::failure::Result;
use crate::step::Scope;
use crate::{changes, plan_list};

/// Makes or changes what is not just so already.
pub(crate) async fn import(scope: &mut Scope, import: &EventTypesImport) -> Result<ImportedAll> {
    let (connection, is_meant) = (&scope.connection, import.mode == ImportMode::Apply);
    changes::begin(connection).await?;
    let mut all = ImportedAll::default();
    for one in &import.event_types {
        all.event_types
            .push(import_one(connection, one, import).await?);
    }
    if import.archives_others {
        all.archived = archive_others(connection, import).await?;
    }
    let is_changed = all
        .event_types
        .iter()
        .any(|done| *done != Imported::Unchanged);
    if is_meant && (is_changed || !all.archived.is_empty()) {
        changes::note(connection, Subject::EventTypes(import.environment)).await?;
    }
    if is_meant {
        plan_list::merge(connection, import.environment, &import.plans).await?;
    }
    Ok(all)
}

async fn import_one(
    connection: &Connection,
    one: &EventTypeImport,
    import: &EventTypesImport,
) -> Result<Imported> {
    let is_meant = import.mode == ImportMode::Apply;
    let Some(before) = find(connection, import.environment, &one.new.name).await? else {
        if is_meant {
            insert(connection, &one.new).await?;
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
        write(connection, &after).await?;
    }
    Ok(Imported::Updated)
}

/// Those that are in no list of the import and not in the archive yet.
async fn archive_others(connection: &Connection, import: &EventTypesImport) -> Result<Vec<String>> {
    let rows = connection
        .query(EVENT_TYPES_IN_USE, &[&import.environment])
        .await?;
    let mut others: Vec<String> = rows.iter().map(|row| text(row, 0)).collect::<Result<_>>()?;
    others.retain(|name| !import.event_types.iter().any(|one| one.new.name == *name));
    if import.mode == ImportMode::DryRun {
        return Ok(others);
    }
    for name in &others {
        connection
            .execute(
                ARCHIVE_EVENT_TYPE,
                &[&import.environment, &stored(name), &import.now],
            )
            .await?;
    }
    Ok(others)
}
