//! `cargo xtask openapi`: the snapshot of the OpenAPI document, docs/openapi.json.
//!
//! The program itself prints the document, so this builds it and keeps what it prints. A test of the suite
//! holds the snapshot against the code as well.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};

use crate::folders;

const SNAPSHOT: &str = "docs/openapi.json";

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only check, and change nothing
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let path = folders::root().join(SNAPSHOT);
    let document = print()?;
    if !options.check {
        fs::write(&path, document).with_context(|| format!("could not write {SNAPSHOT}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let snapshot = fs::read(&path).with_context(|| format!("could not read {SNAPSHOT}"))?;
    if snapshot == document {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "{SNAPSHOT} is not what the code says; run `cargo xtask openapi` and look at the difference"
    );
    Ok(ExitCode::FAILURE)
}

fn print() -> Result<Vec<u8>> {
    let printed = Command::new("cargo")
        .args(["run", "-q", "-p", "tidings", "--", "openapi"])
        .current_dir(folders::root())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("could not run cargo")?;
    ensure!(printed.status.success(), "`tidings openapi` failed");
    Ok(printed.stdout)
}
