//! The server that was reached: whether it can be used, and whether what it promises holds.

use tidings_store::StoreError;

use crate::Options;
use crate::connection::Connection;
use crate::connector::{Connector, Refusal};
use crate::failure::Result;
use crate::statements::statements;

/// The oldest version that works, as the server counts them.
pub(crate) const VERSION_MIN: i32 = 150_000;

statements! {
    SERVER = "-- server
        SELECT current_setting('server_version_num')::integer, current_setting('server_version'),
            current_setting('server_encoding'), pg_is_in_recovery()";
    DURABILITY = "-- durability
        SELECT current_setting('fsync'), current_setting('full_page_writes'),
            current_setting('synchronous_commit')";
}

/// A setting of the server with which a 202 does not mean what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// Its name.
    pub setting: &'static str,
    /// Its value.
    pub value: String,
    /// What it loses.
    pub why: &'static str,
}

/// What may be at risk: each with the value that is unsafe and what it loses.
const RISKS: [(&str, &str); 3] = [
    (
        "fsync",
        "a crash of the machine can destroy the whole database",
    ),
    (
        "full_page_writes",
        "a crash of the machine can leave torn pages, which are lost",
    ),
    (
        "synchronous_commit",
        "a crash of the database loses the latest messages although they were acknowledged",
    ),
];

/// The settings that may be unsafe.
pub fn risky_settings() -> impl Iterator<Item = &'static str> {
    RISKS.iter().map(|(name, _)| *name)
}

/// The settings of the server that are unsafe. Nothing of the database is touched.
pub async fn risks(options: &Options) -> std::result::Result<Vec<Risk>, StoreError> {
    let connector = Connector::new(options)?;
    let connection = Connection::try_open(&connector).await;
    let connection = connection.map_err(Refusal::at_start)?;
    check(&connection).await?;
    Ok(risks_of(&connection).await?)
}

pub(crate) async fn risks_of(connection: &Connection) -> Result<Vec<Risk>> {
    let row = connection.query_one(DURABILITY, &[]).await?;
    let mut risks = Vec::new();
    for (column, (setting, why)) in RISKS.into_iter().enumerate() {
        let value: String = row.try_get(column)?;
        if value == "off" {
            risks.push(Risk {
                setting,
                value,
                why,
            });
        }
    }
    Ok(risks)
}

/// Refuses a server that cannot be used.
pub(crate) async fn check(connection: &Connection) -> Result<()> {
    let row = connection.query_one(SERVER, &[]).await?;
    let (number, version): (i32, String) = (row.try_get(0)?, row.try_get(1)?);
    judge(number, &version, &row.try_get::<_, String>(2)?)
        .map_err(|why| StoreError::Unusable(why).into())
}

/// What is wrong with a server of this version whose database has this encoding.
pub(crate) fn judge(number: i32, version: &str, encoding: &str) -> std::result::Result<(), String> {
    if number < VERSION_MIN {
        return Err(format!(
            "the database runs PostgreSQL {version}, which is too old; upgrade it to 15 or later"
        ));
    }
    if encoding != "UTF8" {
        return Err(format!(
            "the database has the encoding {encoding}, which cannot hold every text; make one with \
             ENCODING 'UTF8'"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_or_cannot_hold_every_text_is_refused() {
        assert_eq!(judge(150_000, "15.0", "UTF8"), Ok(()));
        assert_eq!(judge(180_004, "18.4", "UTF8"), Ok(()));
        let why = judge(140_022, "14.22", "UTF8").expect_err("too old");
        assert!(
            why.contains("14.22") && why.contains("15 or later"),
            "{why}"
        );
        let why = judge(150_000, "15.0", "SQL_ASCII").expect_err("no text");
        assert!(why.contains("SQL_ASCII"), "{why}");
    }
}
