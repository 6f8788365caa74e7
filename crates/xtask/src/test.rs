//! `cargo xtask test`: every test of the workspace, on a machine that has nothing but a Rust toolchain.
//!
//! It installs what is missing (`test/install.rs`), hands the tests the tools they need by environment
//! variables, runs cargo-nextest, the Svix SDKs (`conformance`), the pages in Chromium (`e2e`) and the examples in the docs,
//! and counts (`test/count.rs`).
//! The tests start the servers they need by themselves.
//!
//! | Variable | Holds |
//! |---|---|
//! | `TIDINGS_TEST_PYTHON` | a Python with PyPI's `svix`, `standardwebhooks`, `cloudevents`, `stripe`, `oauthlib` and `schemathesis` |
//! | `TIDINGS_TEST_NODE_MODULES` | a folder with npm's `cloudevents` and `zapier-platform-core` |
//! | `TIDINGS_TEST_FAULTS` | the folder of `delay.so`, `ff.so` and `shadow.so` |
//! | `TIDINGS_TEST_POSTGRES_16`, `_17`, `_18` | the folder of `initdb`, `postgres` and `pg_ctl` of that version |

mod count;
pub(crate) mod install;
mod postgres;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use crate::conformance::{self, Packages};
use crate::e2e;
use crate::five_products::{self, Outcomes};
use crate::folders;
use crate::stage::{self, stage};
pub(crate) use count::Count;
pub(crate) use install::fault_shims;

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only tests whose name contains one of these words
    filter: Vec<String>,
}

/// What the tests need beside the workspace.
struct Tools {
    python: PathBuf,
    node_modules: PathBuf,
    svix_node_modules: PathBuf,
    faults: PathBuf,
    postgres: postgres::Programs,
    /// Where a cargo-nextest of our own was built, if there was none.
    extra_path: Option<PathBuf>,
}

/// The closing line is printed in every case, and last, for it is what other tools look for.
pub(crate) fn run(options: &Options) -> ExitCode {
    let count = run_tests(options).unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        Count::ONE_FAILURE
    });
    println!("{count}");
    if count.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run_tests(options: &Options) -> Result<Count> {
    let tools = prepare()?;
    let mut count = stage("tests", || {
        nextest(&["--workspace"], &options.filter, &tools)
    })?;
    if options.filter.is_empty() {
        count += stage("Svix SDKs", || {
            conformance::run_in_tests(&Packages {
                python: &tools.python,
                node_modules: &tools.svix_node_modules,
            })
        })?;
        let (pages, checks) = e2e::run_in_tests()?;
        count += pages;
        let mut outcomes = outcomes()?;
        outcomes.extend(checks);
        // A row without all that shows it counts as a failure of its own.
        count.failed += five_products::report_after(&outcomes)?;
    }
    if has_doc_examples(&folders::root().join("crates"))? {
        count += stage("examples in the docs", || doc_examples(options))?;
    }
    ensure!(count != Count::default(), "no test has such a name");
    Ok(count)
}

fn prepare() -> Result<Tools> {
    stage("what Debian has", install::debian_packages)?;
    let python = stage("Python environment", install::python_environment)?;
    let node_modules = stage("npm packages", install::node_modules)?;
    let svix_node_modules = stage("npm packages of the Svix suite", install::svix_node_modules)?;
    let postgres = stage("PostgreSQL 16 to 18", || {
        postgres::programs(&python, &node_modules)
    })?;
    let faults = stage("fault shims", install::fault_shims)?;
    let extra_path = stage("cargo-nextest", install::nextest)?;
    Ok(Tools {
        python,
        node_modules,
        svix_node_modules,
        faults,
        postgres,
        extra_path,
    })
}

/// The programs of every version that Debian does not have, brought in with everything else that has to do
/// with PostgreSQL.
pub(crate) fn postgres() -> Result<postgres::Programs> {
    stage("what Debian has", install::debian_packages)?;
    let python = stage("Python environment", install::python_environment)?;
    let node_modules = stage("npm packages", install::node_modules)?;
    stage("PostgreSQL 16 to 18", || {
        postgres::programs(&python, &node_modules)
    })
}

/// Runs the tests of these names and tells how each ended.
pub(crate) fn run_named(names: &[String]) -> Result<Outcomes> {
    let tools = prepare()?;
    stage("tests", || {
        nextest(&["--package", "tidings"], names, &tools)
    })?;
    outcomes()
}

/// How the tests of the last run ended.
fn outcomes() -> Result<Outcomes> {
    let report = std::fs::read_to_string(report()).context("there is no report of the tests")?;
    five_products::outcomes_from_junit(&report)
}

fn report() -> PathBuf {
    folders::target().join("nextest/default/junit.xml")
}

fn nextest(scope: &[&str], filter: &[String], tools: &Tools) -> Result<Count> {
    let report = report();
    if report.exists() {
        std::fs::remove_file(&report).context("could not remove the last report")?;
    }
    let mut command = cargo();
    command
        .args(["nextest", "run", "--all-features"])
        .args(scope)
        // The words may be those of an example in the docs.
        .args(["--no-tests", "pass"])
        .args(filter)
        .env("TIDINGS_TEST_PYTHON", &tools.python)
        .env("TIDINGS_TEST_NODE_MODULES", &tools.node_modules)
        .env("TIDINGS_TEST_FAULTS", &tools.faults)
        .envs(tools.postgres.iter().map(|(name, folder)| (name, folder)));
    if let Some(folder) = &tools.extra_path {
        command.env("PATH", install::path_with(folder)?);
    }
    let result = stage::run(&mut command);
    let count = match std::fs::read_to_string(&report) {
        Ok(report) => count::from_junit(&report)?,
        Err(_) => Count::default(),
    };
    // No test failed and yet the run did: something does not build.
    match result {
        Err(error) if count.failed == 0 => Err(error),
        _ => Ok(count),
    }
}

fn doc_examples(options: &Options) -> Result<Count> {
    let mut command = cargo();
    command
        .args(["test", "--doc", "--workspace", "--all-features"])
        .args(["--no-fail-fast", "--"])
        .args(&options.filter)
        .stdout(Stdio::piped());
    let mut child = command.spawn().context("could not start cargo")?;
    let stdout = child.stdout.take().context("cargo has no stdout")?;
    let count = count::from_libtest(stdout)?;
    let status = child.wait().context("could not wait for cargo")?;
    if !status.success() && count.failed == 0 {
        anyhow::bail!("the examples in the docs did not run: {status}");
    }
    Ok(count)
}

/// Looking is quicker than building every library to find that it has no example.
fn has_doc_examples(folder: &Path) -> Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if has_doc_examples(&path)? {
                return Ok(true);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path)?;
            let opens_example = |line: &str| {
                let line = line.trim_start();
                line.starts_with("/// ```") || line.starts_with("//! ```")
            };
            if text.lines().any(opens_example) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(folders::root());
    command
}
