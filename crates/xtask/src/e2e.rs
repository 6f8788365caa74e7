//! `cargo xtask e2e`: the pages in a real browser, by `e2e/portal.mjs`.
//!
//! It builds the program, brings in what the browser tests need (npm's packages in `e2e/node_modules`, Chromium from Debian),
//! and prints each thing that was tried with its language and how it ended. Screenshots of every page are in `target/e2e/`.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::folders;
use crate::stage::{run, stage, succeeds};

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these languages (en, es, fi, de, pl, it)
    language: Vec<String>,
    /// Leaves the screenshots of earlier runs where they are
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run_browser(options: &Options) -> Result<ExitCode> {
    let (root, target) = (folders::root(), folders::target());
    let shots = target.join("e2e");
    if !options.keep && shots.exists() {
        std::fs::remove_dir_all(&shots).context("could not remove earlier screenshots")?;
    }
    stage("npm packages", || packages(&root.join("e2e")))?;
    stage("the program", || {
        run(Command::new("cargo")
            .args(["build", "--quiet", "--package", "tidings"])
            .current_dir(&root))
    })?;
    let tried = stage("the portal in Chromium", || {
        Command::new("node")
            .arg(root.join("e2e/portal.mjs"))
            .arg(target.join("debug/tidings"))
            .arg(&shots)
            .args(&options.language)
            .status()
            .context("could not start node; install Node.js 20 or newer")
    })?;
    eprintln!("screenshots: {}", shots.display());
    Ok(if tried.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn packages(folder: &Path) -> Result<()> {
    if !succeeds(Command::new("npm").arg("--version")) {
        bail!("npm is missing: apt-get install nodejs npm");
    }
    let lists = ["package-lock.json", "node_modules/.package-lock.json"];
    let [wanted, installed] = lists.map(|list| std::fs::metadata(folder.join(list)));
    let is_current = match (wanted.and_then(|list| list.modified()), installed) {
        (Ok(wanted), Ok(installed)) => installed.modified().is_ok_and(|at| at >= wanted),
        _ => false,
    };
    if is_current {
        return Ok(());
    }
    run(Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--loglevel", "error"])
        .current_dir(folder))
}
