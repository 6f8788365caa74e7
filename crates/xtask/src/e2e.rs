//! `cargo xtask e2e`: the pages in a real browser, by `e2e/run.mjs`.
//!
//! It builds the program, brings in what the browser tests need (npm's packages in `e2e/node_modules`, Chromium from Debian),
//! and prints each thing that was tried with its language and how it ended. Screenshots of every page are in `target/e2e/`.
//! `cargo xtask test` does the same with the program that it has built. `--pictures` takes those of the README anew.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::five_products::Outcomes;
use crate::folders;
use crate::stage::{run, stage, succeeds};
use crate::test::Count;
use crate::test::install::debian_packages;

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these areas (such as `portal`) or languages (en, es, fi, de, pl, it)
    only: Vec<String>,
    /// Leaves the screenshots of earlier runs where they are
    #[arg(long)]
    keep: bool,
    /// Takes the pictures of the README anew, into docs/pictures, and does nothing else
    #[arg(long, conflicts_with_all = ["only", "keep"])]
    pictures: bool,
}

pub(crate) fn run_browser(options: &Options) -> Result<ExitCode> {
    stage("what Debian has", debian_packages)?;
    stage("the program", || {
        run(Command::new("cargo")
            .args(["build", "--quiet", "--package", "tidings"])
            .current_dir(folders::root()))
    })?;
    if options.pictures {
        take_pictures()?;
        return Ok(ExitCode::SUCCESS);
    }
    let (count, _) = walk(options)?;
    Ok(if count.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// As a part of all tests, with the program that they have built.
pub(crate) fn run_in_tests() -> Result<(Count, Outcomes)> {
    walk(&Options {
        only: Vec::new(),
        keep: false,
        pictures: false,
    })
}

/// The server's clock goes so fast meanwhile that an hour passes in a minute and a half.
fn take_pictures() -> Result<()> {
    let (root, target) = (folders::root(), folders::target());
    stage("npm packages of the pages", || packages(&root.join("e2e")))?;
    stage("an hour in a small hotel group", || {
        run(Command::new("node")
            .arg(root.join("e2e/pictures.mjs"))
            .arg(target.join("debug/tidings"))
            .arg(root.join("docs/pictures")))
    })
}

fn walk(options: &Options) -> Result<(Count, Outcomes)> {
    let (root, target) = (folders::root(), folders::target());
    let shots = target.join("e2e");
    if !options.keep && shots.exists() {
        fs::remove_dir_all(&shots).context("could not remove earlier screenshots")?;
    }
    stage("npm packages of the pages", || packages(&root.join("e2e")))?;
    let results = shots.join("results.json");
    stage("the pages in Chromium", || {
        // Whether anything failed is in the results; without them the walk did not come to its end.
        Command::new("node")
            .arg(root.join("e2e/run.mjs"))
            .arg(target.join("debug/tidings"))
            .arg(&shots)
            .args(&options.only)
            .status()
            .context("could not start node; install Node.js 20 or newer")
    })?;
    eprintln!("screenshots: {}", shots.display());
    let results = fs::read_to_string(results).context("the walk through the pages broke off")?;
    read(&results)
}

/// How many checks passed and failed, of the results that the walk leaves, and how each ended: one that was done in several
/// languages has passed only if it did in each.
fn read(results: &str) -> Result<(Count, Outcomes)> {
    let results: Vec<Value> = serde_json::from_str(results)?;
    let (mut count, mut outcomes) = (Count::default(), Outcomes::new());
    for result in &results {
        let name = result["name"].as_str().context("a check has no name")?;
        let has_passed = result["problem"].is_null();
        count += Count {
            passed: has_passed.into(),
            failed: (!has_passed).into(),
        };
        *outcomes.entry(name.to_owned()).or_insert(true) &= has_passed;
    }
    ensure!(
        !results.is_empty(),
        "the walk through the pages checked nothing"
    );
    Ok((count, outcomes))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_passes_only_if_it_did_in_each_language_and_no_checks_are_an_error() {
        let results = r#"[{"name": "TC-1 a", "language": "en", "problem": null},
            {"name": "page b", "language": "fi", "problem": "3 px too wide"},
            {"name": "page b", "language": "pl", "problem": null}]"#;
        let (count, outcomes) = read(results).unwrap();
        let expected = Count {
            passed: 2,
            failed: 1,
        };
        assert_eq!(count, expected);
        assert_eq!((outcomes["TC-1 a"], outcomes["page b"]), (true, false));
        assert!(read("[]").is_err() && read("").is_err());
    }
}
