//! `cargo xtask kill-run`: the big run of the crash rig.
//!
//! The suite has a small one of twenty kills. This one is for before a release and after changes to the
//! store or to delivery; the rig itself is in `crates/tidings_testkit/src/rig.rs`.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::folders;
use crate::stage::{run as run_command, stage};
use crate::test::fault_shims;

/// How much to kill.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many servers are killed, at random moments and at points in the code
    #[arg(long, default_value_t = 200)]
    kills: usize,
    /// How many power cuts follow, after which only what was synced is there
    #[arg(long, default_value_t = 100)]
    power_cuts: usize,
    /// Where all chance comes from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let shims = stage("fault shims", fault_shims)?;
    stage("build", || {
        let program = ["build", "--package", "tidings", "--features", "faults"];
        run_command(cargo().args(program))?;
        run_command(cargo().args([
            "build",
            "--package",
            "tidings_testkit",
            "--example",
            "kill_run",
        ]))
    })?;
    let built = folders::target().join("debug");
    stage("kill run", || {
        run_command(
            Command::new(built.join("examples/kill_run"))
                .arg(built.join("tidings"))
                .arg(folders::target().join("tmp"))
                .arg(shims.join("shadow.so"))
                .args([options.seed.to_string(), options.kills.to_string()])
                .arg(options.power_cuts.to_string()),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(folders::root());
    command
}
