//! Turns a database into a distributed one, with Citus: the one file of DDL in `schema/distribute.sql`.

use tidings_store::StoreError;
use tidings_store::checkup::Finding;

use crate::connection::Connection;
use crate::connector::{Connector, Refusal};
use crate::failure::Result;
use crate::statements::statements;
use crate::{MIGRATIONS, Options, migration};

const DDL: &str = include_str!("schema/distribute.sql");
/// What stands in the file for "is it distributed already".
const IS_DISTRIBUTED: &str =
    "EXISTS (SELECT FROM pg_dist_partition WHERE logicalrel = '$'::regclass)";
/// Fewer than there are slots, or some hold none.
pub const SHARDS_MAX: u32 = 1_024;
/// Four to eight for each worker there will ever be; files are shards times days times tables.
pub const SHARDS_DEFAULT: u32 = 32;

statements! {
    CITUS = "-- citus
        SELECT (SELECT extversion FROM pg_extension WHERE extname = 'citus'),
            EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'citus')";
}

/// The statements that distribute a database over so many shards.
pub fn statements_for(shards: u32) -> String {
    let mut sql = String::new();
    for line in DDL.lines() {
        match line.split_once("is_distributed('") {
            Some((before, after)) => {
                let (table, after) = after.split_once("')").unwrap_or((after, ""));
                sql.push_str(before);
                sql.push_str(&IS_DISTRIBUTED.replace('$', table));
                sql.push_str(after);
            }
            None => sql.push_str(&line.replace("{shards}", &shards.to_string())),
        }
        sql.push('\n');
    }
    sql
}

/// Brings the schema up to date, and distributes what is not distributed yet, one table after the other.
/// Says each statement before it runs. One that fails leaves those before it done; the next run goes on.
pub async fn run(
    options: &Options,
    shards: u32,
    say: impl Fn(&str),
) -> std::result::Result<(), StoreError> {
    let unlimited = Options {
        statement_for_max: std::time::Duration::ZERO,
        lock_for_max: std::time::Duration::ZERO,
        ..options.clone()
    };
    let connector = Connector::new(&unlimited)?;
    let connection = Connection::try_open(&connector).await;
    let connection = connection.map_err(Refusal::at_start)?;
    crate::server::check(&connection).await?;
    let (version, is_available) = citus(&connection).await?;
    if version.is_none() {
        let what = if is_available {
            "the extension citus is installed on the server and not in this database; run CREATE \
             EXTENSION citus in it as a superuser, here and on every worker"
        } else {
            "the server has no extension citus, without which PostgreSQL is one machine; install it, \
             add it to shared_preload_libraries, and run CREATE EXTENSION citus"
        };
        let place = connector.place();
        return Err(StoreError::Unusable(format!(
            "the database at {place} cannot be distributed: {what}. Nothing was changed"
        )));
    }
    migration::run(options, MIGRATIONS).await?;
    for statement in statements_for(shards).split_inclusive(";\n") {
        say(statement.trim());
        connection.run(statement).await.map_err(|failure| {
            let why = failure.meaning();
            StoreError::Unusable(format!(
                "a table could not be distributed: {why}; run it again once that is mended"
            ))
        })?;
    }
    Ok(())
}

async fn citus(connection: &Connection) -> Result<(Option<String>, bool)> {
    let row = connection.query_one(CITUS, &[]).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Whether it is distributed, for the doctor.
pub(crate) async fn finding(connection: &Connection) -> Result<Finding> {
    let (version, _) = citus(connection).await?;
    let found = match version {
        None => "one database, not distributed".to_owned(),
        Some(version) => {
            format!("Citus {version}; `tidings distribute` spreads what is not spread yet")
        }
    };
    Ok(Finding::note("distribution", found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_its_place_and_none_is_forgotten() {
        let schema = include_str!("schema/version_1.sql");
        let made = schema
            .lines()
            .filter_map(|line| line.strip_prefix("CREATE TABLE "));
        let made = made.map(|line| line.split([' ', '(']).next().unwrap_or_default());
        let sql = statements_for(48);
        for table in made.chain(["schema_version"]) {
            let reference = format!("create_reference_table('{table}')");
            let distributed = format!("create_distributed_table('{table}', 'slot'");
            let count = sql.matches(&reference).count() + sql.matches(&distributed).count();
            assert_eq!(count, 1, "{table}");
            assert!(
                sql.contains(&format!("logicalrel = '{table}'::regclass")),
                "{table}"
            );
        }
        assert!(sql.contains("shard_count => 48") && !sql.contains("is_distributed"));
    }
}
