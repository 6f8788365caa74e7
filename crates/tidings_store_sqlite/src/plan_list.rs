//! The list of plans of an environment.

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::plan::{Plan, merged};
use tidings_store::Subject;

use crate::changes;
use crate::convert::read_json;
use crate::step::Scope;

pub(crate) fn read(connection: &Connection, environment: i64) -> rusqlite::Result<Vec<Plan>> {
    let plans: Option<Option<Vec<Plan>>> = connection
        .prepare_cached("-- plans\nSELECT plans FROM environment WHERE ordinal = ?1")?
        .query_row([environment], |row| read_json(row, 0))
        .optional()?;
    Ok(plans.flatten().unwrap_or_default())
}

/// Replaces the list, unless an application has a plan that would go; gives the plan's uid then.
pub(crate) fn write(
    scope: &mut Scope<'_>,
    environment: i64,
    plans: &[Plan],
) -> rusqlite::Result<Option<String>> {
    let connection = scope.connection;
    let mut is_used = connection.prepare_cached(
        "-- is_plan_used
        SELECT 1 FROM application
        WHERE environment = ?1 AND plan = ?2 AND deleted_at IS NULL LIMIT 1",
    )?;
    for before in read(connection, environment)? {
        let stays = plans.iter().any(|plan| plan.uid == before.uid);
        if !stays && is_used.exists(params![environment, before.uid])? {
            return Ok(Some(before.uid));
        }
    }
    put(connection, environment, plans)?;
    Ok(None)
}

/// Adds plans, or changes those of the same uids; the others stay as they are.
pub(crate) fn merge(
    connection: &Connection,
    environment: i64,
    plans: &[Plan],
) -> rusqlite::Result<()> {
    let before = read(connection, environment)?;
    let after = merged(before.clone(), plans);
    if after != before {
        put(connection, environment, &after)?;
    }
    Ok(())
}

fn put(connection: &Connection, environment: i64, plans: &[Plan]) -> rusqlite::Result<()> {
    let text = serde_json::to_string(plans).expect("plans are JSON");
    connection
        .prepare_cached("-- put_plans\nUPDATE environment SET plans = ?2 WHERE ordinal = ?1")?
        .execute(params![environment, text])?;
    changes::note(connection, Subject::Plans(environment))
}
