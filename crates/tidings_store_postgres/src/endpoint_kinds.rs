//! What endpoints applications have, for lists that leave some applications out.

use tidings_store::EndpointKinds;

use crate::connection::Connection;
use crate::failure::Result;
use crate::statements::statements;

statements! {
    ENDPOINT_KINDS = "-- endpoint_kinds
        SELECT endpoint.application, bool_or(NOT endpoint.is_disabled AND state.disabled_at IS NULL),
            bool_or(NOT (lower(endpoint.url) ^@ ANY($2)))
        FROM endpoint LEFT JOIN endpoint_state AS state ON state.slot = endpoint.slot
            AND state.endpoint = endpoint.ordinal
        WHERE endpoint.application = ANY($1) AND endpoint.deleted_at IS NULL
            AND NOT endpoint.is_hidden
        GROUP BY endpoint.application";
}

/// Applications without endpoints are left out.
pub(crate) async fn read(
    connection: &Connection,
    applications: &[i64],
    play: &[String],
) -> Result<Vec<EndpointKinds>> {
    let rows = connection
        .query(ENDPOINT_KINDS, &[&applications, &play])
        .await?;
    let kinds = rows.iter().map(|row| {
        Ok(EndpointKinds {
            application: row.try_get(0)?,
            has_enabled: row.try_get(1)?,
            has_real: row.try_get(2)?,
        })
    });
    kinds.collect()
}
