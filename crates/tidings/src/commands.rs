//! The commands, one file each.

mod api_users;
mod catalog;
mod client;
mod copy;
mod demo;
mod distribute;
mod doctor;
mod import;
mod keys;
mod migrate;
mod send;
mod serve;
mod tail;
pub(crate) mod without_delivery;

use tidings_store::StoreError;

use crate::cli::{Cli, Command, DataArgs};
use crate::config::{ConfigError, Settings};

/// Runs a command to its end.
pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Keys(args) => keys::run(args.command),
        Command::ApiUsers(args) => api_users::run(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Distribute(args) => distribute::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Send(args) => send::run(&args),
        Command::Tail(args) => tail::run(&args),
        Command::Catalog(args) => catalog::run(&args.command),
        Command::Copy(args) => copy::run(&args),
        Command::Import(args) => import::run(&args.command),
        Command::Openapi => {
            crate::output::line(tidings_api::open_api::document().trim_end());
            Ok(())
        }
    }
}

/// What was asked for cannot be done as it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// What the exit code says: see [`Cli`].
pub(crate) fn exit_code(error: &anyhow::Error) -> u8 {
    for cause in error.chain() {
        if cause.is::<ConfigError>() || cause.is::<Usage>() {
            return 2;
        }
        if let Some(StoreError::Unusable(_) | StoreError::Full) = cause.downcast_ref() {
            return 3;
        }
    }
    1
}

fn load_settings(args: &DataArgs) -> anyhow::Result<Settings> {
    let mut settings = Settings::load(args.config.as_deref())?;
    if let Some(data) = &args.data {
        settings.data.clone_from(data);
    }
    if let Some(store) = &args.store {
        settings.set("the command line", "store", store)?;
    }
    Ok(settings)
}
