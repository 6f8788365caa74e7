//! What endpoints applications have, for lists that leave some applications out.

use rusqlite::{Connection, params};
use tidings_store::EndpointKinds;

/// Applications without endpoints are left out.
pub(crate) fn read(
    connection: &Connection,
    applications: &[i64],
    play: &[String],
) -> rusqlite::Result<Vec<EndpointKinds>> {
    let play = serde_json::to_string(play).expect("texts are JSON");
    let mut statement = connection.prepare_cached(
        "-- endpoint_kinds
        SELECT max(NOT endpoint.is_disabled AND state.disabled_at IS NULL),
            max(NOT EXISTS (SELECT 1 FROM json_each(?2) AS play
                WHERE substr(lower(endpoint.url), 1, length(play.value)) = play.value))
        FROM endpoint LEFT JOIN endpoint_state AS state ON state.endpoint = endpoint.ordinal
        WHERE endpoint.application = ?1 AND endpoint.deleted_at IS NULL AND NOT endpoint.is_hidden",
    )?;
    let mut found = Vec::new();
    for &application in applications {
        let kinds: (Option<bool>, Option<bool>) = statement
            .query_row(params![application, play], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if let (Some(has_enabled), Some(has_real)) = kinds {
            found.push(EndpointKinds {
                application,
                has_enabled,
                has_real,
            });
        }
    }
    Ok(found)
}
