//! `cargo xtask fault-run`: the big run of the faults of databases and nodes.
//!
//! The suite has small ones. This one is for before a release and after changes to the store for PostgreSQL;
//! the rig itself is in `crates/tidings_testkit/src/faults.rs`.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::folders;
use crate::stage::{run as run_command, stage};
use crate::test::postgres;

/// What is to happen, and how often.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// What is to happen; all of it if nothing is named
    #[arg(value_enum)]
    faults: Vec<Fault>,
    /// How often each of them; 20 times, a cut commit 100 times, if not said
    #[arg(long)]
    times: Option<usize>,
    /// The version of PostgreSQL, 15 to 18
    #[arg(long, default_value = "15", value_parser = ["15", "16", "17", "18"])]
    postgres: String,
    /// Where all chance comes from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The names are those of the rig.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Fault {
    /// The database crashes and is started again
    Restart,
    /// It is away for a while, and every answer meanwhile is looked at
    Away,
    /// All connections are ended
    CutConnections,
    /// Others take all connections for a while
    NoConnections,
    /// A connection is cut between a commit and its answer
    CutAtCommit,
    /// Of two nodes the one that owns the slot is killed
    KillOwner,
    /// Of two nodes the one that accepts and does not own the slot is killed
    KillOther,
    /// Of two nodes each in turn is paused for longer than its lease
    Pause,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let programs = postgres()?;
    stage("build", || {
        run_command(cargo().args(["build", "--package", "tidings", "--features", "faults"]))?;
        let rig = [
            "build",
            "--package",
            "tidings_testkit",
            "--example",
            "fault_run",
        ];
        run_command(cargo().args(rig))
    })?;
    let built = folders::target().join("debug");
    let faults: &[Fault] = match options.faults.as_slice() {
        [] => clap::ValueEnum::value_variants(),
        some => some,
    };
    stage("fault run", || {
        run_command(
            Command::new(built.join("examples/fault_run"))
                .arg(built.join("tidings"))
                .arg(folders::target().join("tmp"))
                .args([options.postgres.as_str(), &options.seed.to_string()])
                .args(faults.iter().map(|fault| argument(*fault, options.times)))
                .envs(programs),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What and how often, as the rig reads it.
fn argument(fault: Fault, times: Option<usize>) -> String {
    let value = clap::ValueEnum::to_possible_value(&fault);
    let name = value
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default();
    let often = if fault == Fault::CutAtCommit { 100 } else { 20 };
    format!("{name}:{}", times.unwrap_or(often))
}

fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(folders::root());
    command
}
