//! `cargo xtask conformance`: this build, tried with every call of the unmodified Svix SDKs.
//!
//! The cases are in conformance/svix and know nothing of Tidings; this command starts a server for them
//! (`conformance/server.rs`), runs them with each SDK in an environment of its own, and makes the table of docs/api.md
//! of what came of it (`conformance/table.rs`). A table that is no longer true is a failure like any other.

mod results;
mod server;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::cluster::Cluster;
use crate::folders;
use crate::stage::{run as run_command, stage};
use crate::test::{Count, install};
use results::{Outcome, Results};
use server::Server;

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write the table of docs/api.md anew
    #[arg(long, conflicts_with = "words")]
    write: bool,
    /// Where the server keeps its rows
    #[arg(long, value_enum, default_value = "sqlite")]
    store: Store,
    /// Only cases whose call or name contains one of these words; no table then
    words: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Store {
    Sqlite,
    Postgres,
}

/// The SDKs as published, and where they are.
pub(crate) struct Packages<'a> {
    pub(crate) python: &'a Path,
    pub(crate) node_modules: &'a Path,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    stage("what Debian has", install::debian_packages)?;
    let python = stage("Python environment", install::python_environment)?;
    let node_modules = stage("npm packages", install::svix_node_modules)?;
    stage("build", || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(folders::root());
        run_command(cargo.args(["build", "--package", "tidings", "--all-features"]))
    })?;
    let packages = Packages {
        python: &python,
        node_modules: &node_modules,
    };
    let results = stage("Svix SDKs", || {
        run_suite(&packages, options.store, &options.words)
    })?;
    let mut failed = report(&results);
    if options.words.is_empty() {
        println!("{}", table::render(&results));
        if !options.write {
            failed += count_old_table(&results)?;
        } else if failed == 0 {
            let written = table::replace(&read_document()?, &results)?;
            fs::write(document(), written).context("could not write docs/api.md")?;
        }
    }
    println!("{}", results.summary());
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// As a part of all tests, with the program that they have built.
pub(crate) fn run_in_tests(packages: &Packages<'_>) -> Result<Count> {
    let results = run_suite(packages, Store::Sqlite, &[])?;
    let failed = report(&results) + count_old_table(&results)?;
    println!("{}", results.summary());
    Ok(Count {
        passed: results.count(Outcome::Passed),
        failed,
    })
}

fn run_suite(packages: &Packages<'_>, store: Store, words: &[String]) -> Result<Results> {
    let folder = folders::target().join("tmp");
    let cluster = match store {
        Store::Sqlite => None,
        Store::Postgres => Some(Cluster::start(folder.join("conformance-postgres"))?),
    };
    let database = cluster.as_ref().map(Cluster::database).transpose()?;
    let url = database.as_ref().map(crate::cluster::Database::url);
    let server = Server::start(&folder.join("conformance"), url)?;
    let suite = folders::root().join("conformance/svix");
    let rigs = [
        rig(packages.python, &suite.join("python/run.py"), &[]),
        rig(packages.python, &suite.join("python/run.py"), &["--async"]),
        rig(Path::new("node"), &suite.join("js/run.mjs"), &[]),
    ];
    // Each in an environment of its own, so that none sees what the others make.
    let mut running = Vec::new();
    for (number, mut command) in rigs.into_iter().enumerate() {
        let token = server.key(&format!("conformance-{number}"))?;
        command
            .env("SVIX_SERVER_URL", &server.url)
            .env("SVIX_TOKEN", token)
            .env("SVIX_NODE_MODULES", packages.node_modules)
            .args(words);
        running.push(std::thread::spawn(move || command.output()));
    }
    let mut results = Results::default();
    for thread in running {
        let Ok(output) = thread.join() else {
            bail!("a run of the cases was not waited for");
        };
        let output = output.context("could not start the cases")?;
        results.read(&String::from_utf8_lossy(&output.stdout))?;
        let has_ended_well = matches!(output.status.code(), Some(0 | 1));
        ensure!(has_ended_well, "the cases broke off: {}", output.status);
    }
    server.stop()?;
    ensure!(!results.is_empty(), "no case has such a name");
    Ok(results)
}

fn rig(program: &Path, script: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .arg(script)
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    command
}

/// Says what failed, and how many.
fn report(results: &Results) -> u64 {
    for line in results.failed() {
        println!("FAILED {line}");
    }
    results.count(Outcome::Failed)
}

fn count_old_table(results: &Results) -> Result<u64> {
    if table::is_current(&read_document()?, results)? {
        return Ok(0);
    }
    println!(
        "FAILED the table in docs/api.md is old; run `cargo xtask conformance --write` and look at what is different"
    );
    Ok(1)
}

fn document() -> PathBuf {
    folders::root().join("docs/api.md")
}

fn read_document() -> Result<String> {
    fs::read_to_string(document()).context("could not read docs/api.md")
}
