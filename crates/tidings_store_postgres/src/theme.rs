//! How the portal of an environment looks.

use tidings_domain::theme::Theme;

use crate::connection::Connection;
use crate::convert::read_json;
use crate::failure::Result;
use crate::statements::statements;

statements! {
    THEME = "-- theme
        SELECT theme FROM environment WHERE ordinal = $1";
    PUT_THEME = "-- put_theme
        UPDATE environment SET theme = $2 WHERE ordinal = $1";
}

pub(crate) async fn read(connection: &Connection, environment: i64) -> Result<Theme> {
    let row = connection.query_opt(THEME, &[&environment]).await?;
    let theme = row.map(|row| read_json(&row, 0)).transpose()?;
    Ok(theme.flatten().unwrap_or_default())
}

pub(crate) async fn write(connection: &Connection, environment: i64, theme: &Theme) -> Result<()> {
    // Control characters are escaped in JSON, so the text is stored as it is.
    let text = serde_json::to_string(theme).expect("texts are JSON");
    connection
        .execute(PUT_THEME, &[&environment, &text])
        .await?;
    Ok(())
}
