//! `tidings distribute`: one PostgreSQL database, spread over several machines.

use tidings_store_postgres::distribute;

use super::Usage;
use crate::cli::DistributeArgs;
use crate::engine::{Location, Use};
use crate::lifecycle::runtime;
use crate::{output, telemetry};

pub(crate) fn run(args: &DistributeArgs) -> anyhow::Result<()> {
    if args.print {
        output::line(distribute::statements_for(args.shards).trim_end());
        return Ok(());
    }
    let settings = super::load_settings(&args.data)?;
    telemetry::start(&settings)?;
    let Location::Postgres(options) = Location::of(&settings, Use::Configure)? else {
        let why = "a data folder cannot be distributed; name a database with --store postgres://…";
        return Err(Usage(why.into()).into());
    };
    runtime(1)?.block_on(distribute::run(&options, args.shards, |statement| {
        output::line(statement);
    }))?;
    output::remark("distributed; servers may go on or start");
    Ok(())
}
