//! How the portal of an environment looks.

use rusqlite::{Connection, OptionalExtension, params};
use tidings_domain::theme::Theme;

use crate::convert::read_json;
use crate::step::Scope;

pub(crate) fn read(connection: &Connection, environment: i64) -> rusqlite::Result<Theme> {
    let theme: Option<Option<Theme>> = connection
        .prepare_cached("-- theme\nSELECT theme FROM environment WHERE ordinal = ?1")?
        .query_row([environment], |row| read_json(row, 0))
        .optional()?;
    Ok(theme.flatten().unwrap_or_default())
}

pub(crate) fn write(scope: &Scope<'_>, environment: i64, theme: &Theme) -> rusqlite::Result<()> {
    let text = serde_json::to_string(theme).expect("texts are JSON");
    scope
        .connection
        .prepare_cached("-- put_theme\nUPDATE environment SET theme = ?2 WHERE ordinal = ?1")?
        .execute(params![environment, text])?;
    Ok(())
}
