//! The list of plans of an environment.

use tidings_domain::plan::{Plan, merged};
use tidings_store::Subject;

use crate::changes;
use crate::connection::Connection;
use crate::convert::read_json;
use crate::failure::Result;
use crate::statements::statements;
use crate::step::Scope;

statements! {
    PLANS = "-- plans
        SELECT plans FROM environment WHERE ordinal = $1";
    PUT_PLANS = "-- put_plans
        UPDATE environment SET plans = $2 WHERE ordinal = $1";
    IS_PLAN_USED = "-- is_plan_used
        SELECT 1 FROM application
        WHERE environment = $1 AND plan = $2 AND deleted_at IS NULL LIMIT 1";
}

pub(crate) async fn read(connection: &Connection, environment: i64) -> Result<Vec<Plan>> {
    let row = connection.query_opt(PLANS, &[&environment]).await?;
    let plans = row.map(|row| read_json(&row, 0)).transpose()?;
    Ok(plans.flatten().unwrap_or_default())
}

/// Replaces the list, unless an application has a plan that would go; gives the plan's uid then.
pub(crate) async fn write(
    scope: &mut Scope,
    environment: i64,
    plans: &[Plan],
) -> Result<Option<String>> {
    let connection = &scope.connection;
    changes::begin(connection).await?;
    for before in read(connection, environment).await? {
        let stays = plans.iter().any(|plan| plan.uid == before.uid);
        if stays {
            continue;
        }
        let used = connection
            .query_opt(IS_PLAN_USED, &[&environment, &before.uid])
            .await?;
        if used.is_some() {
            return Ok(Some(before.uid));
        }
    }
    put(connection, environment, plans).await?;
    Ok(None)
}

/// Adds plans, or changes those of the same uids; the others stay as they are.
pub(crate) async fn merge(connection: &Connection, environment: i64, plans: &[Plan]) -> Result<()> {
    let before = read(connection, environment).await?;
    let after = merged(before.clone(), plans);
    if after != before {
        put(connection, environment, &after).await?;
    }
    Ok(())
}

async fn put(connection: &Connection, environment: i64, plans: &[Plan]) -> Result<()> {
    // Control characters are escaped in JSON, so the text is stored as it is.
    let text = serde_json::to_string(plans).expect("plans are JSON");
    connection
        .execute(PUT_PLANS, &[&environment, &text])
        .await?;
    changes::note(connection, Subject::Plans(environment)).await
}
