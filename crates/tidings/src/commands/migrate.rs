//! `tidings migrate`: the schema, brought to what this version needs, or what that would take.

use tidings_domain::clock::SystemEntropy;
use tidings_store_postgres::MIGRATIONS;
use tidings_store_postgres::migration::{self, Plan};
use tidings_store_sqlite::SqliteStore;

use crate::cli::MigrateArgs;
use crate::engine::{Location, Use};
use crate::lifecycle::runtime;
use crate::{master_key, output, telemetry};

pub(crate) fn run(args: &MigrateArgs) -> anyhow::Result<()> {
    let settings = super::load_settings(&args.data)?;
    telemetry::start(&settings)?;
    let location = Location::of(&settings, Use::Configure)?;
    runtime(1)?.block_on(async {
        let before = plan(&location).await?;
        if args.status || args.dry_run {
            show(&before, args.dry_run);
            return Ok(());
        }
        match &location {
            Location::Sqlite(options) => {
                // A folder that has data and no key is refused ever after.
                master_key::load(&settings, &SystemEntropy)?;
                SqliteStore::open(options)?.close().await;
            }
            Location::Postgres(options) => migration::run(options, MIGRATIONS).await?,
        }
        let after = plan(&location).await?;
        output::line(format_args!(
            "schema {} (it was {})",
            after.version, before.version
        ));
        Ok(())
    })
}

async fn plan(location: &Location) -> anyhow::Result<Plan> {
    Ok(match location {
        Location::Postgres(options) => migration::plan(options, MIGRATIONS).await?,
        // Steps of its own it has none: each version is one transaction.
        Location::Sqlite(options) => {
            let (version, wanted) = tidings_store_sqlite::schema_versions(&options.folder)?;
            Plan {
                version,
                wanted,
                steps: Vec::new(),
            }
        }
    })
}

fn show(plan: &Plan, with_sql: bool) {
    let (version, wanted) = (plan.version, plan.wanted);
    if version == wanted {
        output::line(format_args!("schema {version}; nothing is left to do"));
        return;
    }
    output::line(format_args!(
        "schema {version}; this version needs {wanted}"
    ));
    for step in &plan.steps {
        let (version, migration, effect) = (step.version, step.migration, step.effect);
        output::line(format_args!("to {version}, {migration}: {effect}"));
        if with_sql {
            output::line(format_args!(
                "{};\n",
                step.sql.trim_end().trim_end_matches(';')
            ));
        }
    }
}
