//! The audit log: an entry is written in the transaction of the change that it tells of.

use tidings_domain::audit::{Actor, ActorKind, Entry, EntryId};
use tidings_domain::clock::Millis;
use tidings_store::{Audited, FoundBy, ListEntries, Order};
use tokio_postgres::Row;

use crate::connection::{Connection, Parameter};
use crate::convert::{count, stored, stored_option, text, text_option};
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

macro_rules! columns {
    () => {
        "id, environment, actor_kind, actor, actor_name, action, target, target_uid, application, \
         changes, address, request_id, user_agent"
    };
}

/// A page in both directions, by the condition that an index serves.
macro_rules! page {
    ($name:literal, $found_by:literal, $direction:literal) => {
        concat!(
            $name,
            "SELECT ",
            columns!(),
            " FROM audit_entry WHERE ",
            $found_by,
            " AND id > $2 AND id < $3
            AND ($5::text IS NULL OR actor_kind = $5) AND ($6::text IS NULL OR actor = $6)
            AND ($7::text IS NULL OR action = $7) AND ($8::text IS NULL OR application = $8)
            AND ($9::text IS NULL OR target = $9) AND ($10::text IS NULL OR target_uid = $10)
        ORDER BY id ",
            $direction,
            " LIMIT $4"
        )
    };
}

statements! {
    WRITE_AUDIT_ENTRY = concat!("-- write_audit_entry
        INSERT INTO audit_entry (", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (id) DO NOTHING");
    /// The same for one that says that Tidings has switched an endpoint off, unless it was off already.
    WRITE_ENTRY_IF_ON = concat!("-- write_entry_if_on
        INSERT INTO audit_entry (", columns!(), ")
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        WHERE NOT EXISTS (SELECT 1 FROM endpoint_state
            WHERE endpoint_state.slot = $14 AND endpoint = $15 AND disabled_at IS NOT NULL)
        ON CONFLICT (id) DO NOTHING");
    ENTRIES_UP = page!("-- entries_up
        ", "environment = $1", "ASC");
    ENTRIES_DOWN = page!("-- entries_down
        ", "environment = $1", "DESC");
    ENTRIES_OF_TARGET_UP =
        page!("-- entries_of_target_up
        ", "environment = $1 AND target = $9", "ASC");
    ENTRIES_OF_TARGET_DOWN =
        page!("-- entries_of_target_down
        ", "environment = $1 AND target = $9", "DESC");
    ENTRIES_OF_UID_UP =
        page!("-- entries_of_uid_up
        ", "environment = $1 AND target_uid = $10", "ASC");
    ENTRIES_OF_UID_DOWN =
        page!("-- entries_of_uid_down
        ", "environment = $1 AND target_uid = $10", "DESC");
    ENTRIES_OF_APPLICATION_UP =
        page!("-- entries_of_application_up
        ", "environment = $1 AND application = $8", "ASC");
    ENTRIES_OF_APPLICATION_DOWN =
        page!("-- entries_of_application_down
        ", "environment = $1 AND application = $8", "DESC");
    ENTRIES_OF_ACTOR_UP = page!("-- entries_of_actor_up
        ", "environment = $1 AND actor = $6", "ASC");
    ENTRIES_OF_ACTOR_DOWN =
        page!("-- entries_of_actor_down
        ", "environment = $1 AND actor = $6", "DESC");
    ENTRIES_OF_ACTION_UP = page!("-- entries_of_action_up
        ", "environment = $1 AND action = $7", "ASC");
    ENTRIES_OF_ACTION_DOWN =
        page!("-- entries_of_action_down
        ", "environment = $1 AND action = $7", "DESC");
    SWEEP_AUDIT_LOG = "-- sweep_audit_log
        DELETE FROM audit_entry WHERE id = ANY(ARRAY(
            SELECT id FROM audit_entry WHERE id < $1 ORDER BY id LIMIT $2))";
}

/// Those that go out in flights.
pub(crate) const WRITING: &[&str] = &[WRITE_ENTRY_IF_ON];

/// Writes the entry of a step that has ended so, if its note asks for one.
pub(crate) async fn note(scope: &Scope, result: &(impl Audited + Sync)) -> Result<()> {
    let before = scope.take_before();
    let Some(audit) = scope.note.as_ref().and_then(|note| note.audit.as_ref()) else {
        return Ok(());
    };
    match audit.entry(&result.ended(), before.as_ref()) {
        Some(entry) => write(&scope.connection, &entry, None).await,
        None => Ok(()),
    }
}

/// Writes an entry, where a slot and an endpoint are given only if that has not been switched off before.
/// One that is there already is left alone.
pub(crate) async fn write(
    connection: &Connection,
    entry: &Entry,
    if_on: Option<(i16, i64)>,
) -> Result<()> {
    let id = entry.id.to_bytes();
    let (id, kind) = (&id[..], entry.actor.kind.as_str());
    let actor_name = stored_option(entry.actor.name.as_ref());
    let target_uid = stored_option(entry.target_uid.as_ref());
    let target = stored_option(entry.target.as_ref());
    let changes = stored(&entry.changes);
    let request_id = stored_option(entry.request_id.as_ref());
    let user_agent = stored_option(entry.user_agent.as_ref());
    let mut columns: Vec<Parameter<'_>> = vec![
        &id,
        &entry.environment,
        &kind,
        &entry.actor.id,
        &actor_name,
        &entry.action,
        &target,
        &target_uid,
        &entry.application,
        &changes,
        &entry.address,
        &request_id,
        &user_agent,
    ];
    let sql = match &if_on {
        None => WRITE_AUDIT_ENTRY,
        Some((slot, endpoint)) => {
            columns.extend([slot as Parameter<'_>, endpoint]);
            WRITE_ENTRY_IF_ON
        }
    };
    connection.execute(sql, &columns).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Entry> {
    let id: &[u8] = row.try_get(0)?;
    let mut bytes = [0; 20];
    if id.len() == bytes.len() {
        bytes.copy_from_slice(id);
    }
    Ok(Entry {
        id: EntryId::from_bytes(bytes),
        environment: row.try_get(1)?,
        actor: Actor {
            // Only a later version knows others.
            kind: ActorKind::parse(&text(row, 2)?).unwrap_or(ActorKind::System),
            id: text_option(row, 3)?,
            name: text_option(row, 4)?,
        },
        action: text(row, 5)?,
        target: text_option(row, 6)?,
        target_uid: text_option(row, 7)?,
        application: text_option(row, 8)?,
        changes: text(row, 9)?,
        address: text_option(row, 10)?,
        request_id: text_option(row, 11)?,
        user_agent: text_option(row, 12)?,
    })
}

fn sql(by: FoundBy, order: Order) -> &'static str {
    let (up, down) = match by {
        FoundBy::Environment => (ENTRIES_UP, ENTRIES_DOWN),
        FoundBy::Target => (ENTRIES_OF_TARGET_UP, ENTRIES_OF_TARGET_DOWN),
        FoundBy::TargetUid => (ENTRIES_OF_UID_UP, ENTRIES_OF_UID_DOWN),
        FoundBy::Application => (ENTRIES_OF_APPLICATION_UP, ENTRIES_OF_APPLICATION_DOWN),
        FoundBy::Actor => (ENTRIES_OF_ACTOR_UP, ENTRIES_OF_ACTOR_DOWN),
        FoundBy::Action => (ENTRIES_OF_ACTION_UP, ENTRIES_OF_ACTION_DOWN),
    };
    match order {
        Order::Ascending => up,
        Order::Descending => down,
    }
}

pub(crate) async fn list(connection: &Connection, list: &ListEntries) -> Result<Vec<Entry>> {
    let (above, below) = list.span();
    let (above, below) = (&above[..], &below[..]);
    let kind = list.actor_kind.map(ActorKind::as_str);
    let target = stored_option(list.target.as_ref());
    let target_uid = stored_option(list.target_uid.as_ref());
    let actor = stored_option(list.actor.as_ref());
    let action = stored_option(list.action.as_ref());
    let application = stored_option(list.application.as_ref());
    let limit = count(list.limit);
    let columns: [Parameter<'_>; 10] = [
        &list.environment,
        &above,
        &below,
        &limit,
        &kind,
        &actor,
        &action,
        &application,
        &target,
        &target_uid,
    ];
    let rows = connection.query(sql(list.found_by(), list.order), &columns);
    rows.await?.iter().map(read).collect()
}

/// Removes the oldest entries from before this.
pub(crate) async fn sweep(scope: &Scope, before: Millis, limit: usize) -> Result<usize> {
    let first = EntryId {
        at_ms: before.max(0),
        journal: 0,
        seq: 0,
        tail: 0,
    };
    let first = first.to_bytes();
    let removed = scope
        .connection
        .execute(SWEEP_AUDIT_LOG, &[&&first[..], &count(limit)])
        .await?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}
