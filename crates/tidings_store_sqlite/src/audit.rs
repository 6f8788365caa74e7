//! The audit log: an entry is written in the transaction of the change that it tells of.

use rusqlite::{Connection, Row, params};
use tidings_domain::audit::{Actor, ActorKind, Entry, EntryId};
use tidings_domain::clock::Millis;
use tidings_store::{Audited, FoundBy, ListEntries, Order};

use crate::convert::count;
use crate::step::Scope;

const COLUMNS: &str = "id, environment, actor_kind, actor, actor_name, action, target, target_uid, \
    application, changes, address, request_id, user_agent";

/// Writes the entry of a step that has ended so, if its note asks for one.
pub(crate) fn note(scope: &mut Scope<'_>, result: &impl Audited) -> rusqlite::Result<()> {
    let before = scope.before.take();
    let Some(audit) = scope.note.as_ref().and_then(|note| note.audit.as_ref()) else {
        return Ok(());
    };
    match audit.entry(&result.ended(), before.as_ref()) {
        Some(entry) => write(scope.connection, &entry),
        None => Ok(()),
    }
}

/// Writes an entry. One that is there already is left alone.
pub(crate) fn write(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "-- write_audit_entry
            INSERT INTO audit_entry ({COLUMNS})
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (id) DO NOTHING"
        ))?
        .execute(params![
            entry.id.to_bytes(),
            entry.environment,
            entry.actor.kind.as_str(),
            entry.actor.id,
            entry.actor.name,
            entry.action,
            entry.target,
            entry.target_uid,
            entry.application,
            entry.changes,
            entry.address,
            entry.request_id,
            entry.user_agent,
        ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let kind: String = row.get(2)?;
    Ok(Entry {
        id: EntryId::from_bytes(row.get(0)?),
        environment: row.get(1)?,
        actor: Actor {
            // Only a later version knows others.
            kind: ActorKind::parse(&kind).unwrap_or(ActorKind::System),
            id: row.get(3)?,
            name: row.get(4)?,
        },
        action: row.get(5)?,
        target: row.get(6)?,
        target_uid: row.get(7)?,
        application: row.get(8)?,
        changes: row.get(9)?,
        address: row.get(10)?,
        request_id: row.get(11)?,
        user_agent: row.get(12)?,
    })
}

/// The condition that an index serves. The others are behind a `+`, which keeps them out of the choice.
fn found_by(by: FoundBy) -> &'static str {
    match by {
        FoundBy::Environment => "environment = ?1",
        FoundBy::Target => "environment = ?1 AND target = ?9",
        FoundBy::TargetUid => "environment = ?1 AND target_uid = ?10",
        FoundBy::Application => "environment = ?1 AND application = ?8",
        FoundBy::Actor => "environment = ?1 AND actor = ?6",
        FoundBy::Action => "environment = ?1 AND action = ?7",
    }
}

pub(crate) fn list(connection: &Connection, list: &ListEntries) -> rusqlite::Result<Vec<Entry>> {
    let (above, below) = list.span();
    let direction = match list.order {
        Order::Ascending => "ASC",
        Order::Descending => "DESC",
    };
    connection
        .prepare_cached(&format!(
            "-- audit_entries
            SELECT {COLUMNS} FROM audit_entry
            WHERE {} AND id > ?2 AND id < ?3
                AND (?5 IS NULL OR +actor_kind = ?5) AND (?6 IS NULL OR +actor = ?6)
                AND (?7 IS NULL OR +action = ?7) AND (?8 IS NULL OR +application = ?8)
                AND (?9 IS NULL OR +target = ?9) AND (?10 IS NULL OR +target_uid = ?10)
            ORDER BY id {direction} LIMIT ?4",
            found_by(list.found_by())
        ))?
        .query_map(
            params![
                list.environment,
                above,
                below,
                count(list.limit),
                list.actor_kind.map(ActorKind::as_str),
                list.actor,
                list.action,
                list.application,
                list.target,
                list.target_uid,
            ],
            read,
        )?
        .collect()
}

/// Removes the oldest entries from before this.
pub(crate) fn sweep(scope: &Scope<'_>, before: Millis, limit: usize) -> rusqlite::Result<usize> {
    let first = EntryId {
        at_ms: before.max(0),
        journal: 0,
        seq: 0,
        tail: 0,
    };
    scope
        .connection
        .prepare_cached(
            "-- sweep_audit_log
            DELETE FROM audit_entry WHERE id IN
                (SELECT id FROM audit_entry WHERE id < ?1 ORDER BY id LIMIT ?2)",
        )?
        .execute(params![first.to_bytes(), count(limit)])
}
