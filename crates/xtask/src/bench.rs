//! `cargo xtask bench`: Tidings beside the measuring stick, on one machine in one run.
//!
//! For each scenario both servers take turns (A B A B …), each time on a fresh folder on a real disk, and
//! the medians are compared with what is required (`bench/verdict.rs`). A full run writes the table of
//! bench/README.md; every run writes `target/bench/results.json`. bench/README.md says how to read it.
//! With `--store postgres` both keep their rows in a PostgreSQL that this command starts; `--large` looks
//! besides how it is with a million messages (`bench/large.rs`), and what it costs that people watch (`bench/live.rs`).

mod browser;
mod figures;
mod html;
mod large;
mod live;
mod machine;
mod nodes;
mod pages;
mod products;
mod report;
mod scenarios;
mod servers;
mod verdict;
mod wire;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::cluster::{Cluster, Database};
use crate::folders;
use crate::stage::{run as run_command, stage};
use figures::Figures;
use large::Large;
use machine::Machine;
use products::Products;
use scenarios::{SCENARIOS, Scenario};
use servers::{Kind, Server, Sink};

/// Where the servers keep their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Store {
    Sqlite,
    Postgres,
}

/// What to measure.
#[derive(clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Options {
    /// Where the servers keep their rows
    #[arg(long, value_enum, default_value = "sqlite")]
    store: Store,
    /// Also how it is with a million messages and ten thousand endpoints, and (with `--store postgres`) with two nodes
    #[arg(long)]
    large: bool,
    /// Only what the five products need: a few seconds, no load tool; writes no table
    #[arg(long, conflicts_with_all = ["large", "scenario", "stand_in"])]
    products: bool,
    /// A fifth of the messages and two rounds: shows that it works, writes no table
    #[arg(long)]
    quick: bool,
    /// Only this scenario (may be given several times); writes no table
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
    /// How often each server runs each scenario [default: 5, with --quick 2]
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
    /// Let the measuring stick play the part of Tidings too, to test this command itself
    #[arg(long, hide = true)]
    stand_in: bool,
}

impl Options {
    fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 2 } else { 5 }).max(1)
    }

    fn scenarios(&self) -> Result<Vec<&'static Scenario>> {
        for name in &self.scenario {
            let names: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
            ensure!(
                names.contains(&name.as_str()),
                "there is no scenario `{name}`; there are {}",
                names.join(", ")
            );
        }
        let is_chosen = |scenario: &&Scenario| {
            let is_named = self.scenario.iter().any(|name| name == scenario.name);
            // With PostgreSQL the requirements are about full speed.
            let is_usual = self.store == Store::Sqlite || !scenario.is_open_loop;
            is_named || (self.scenario.is_empty() && is_usual)
        };
        Ok(SCENARIOS.iter().filter(is_chosen).collect())
    }

    fn writes_table(&self) -> bool {
        !self.quick && self.scenario.is_empty() && !self.stand_in && !self.products && self.large
    }

    /// What plays the part of Tidings.
    fn subject(&self) -> Kind {
        if self.stand_in {
            Kind::StandIn
        } else {
            Kind::Tidings
        }
    }
}

/// One server in one round of one scenario.
struct Run {
    scenario: &'static Scenario,
    kind: Kind,
    round: u32,
    figures: Figures,
    /// As hookbench wrote it.
    report: Value,
}

/// What is measured of Tidings alone.
struct Alone {
    idle_cpu_percent: f64,
    /// Of a start on a folder that already holds messages.
    restart_ms: f64,
}

struct Results {
    store: Store,
    /// The store and its settings, as the table says them.
    settings: String,
    machine: Machine,
    runs: Vec<Run>,
    alone: Alone,
    large: Option<Large>,
    /// Not where only some scenarios were run.
    products: Option<Products>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let scenarios = options.scenarios()?;
    stage("build", || build(options))?;
    let folder = folders::root().join("target/bench");
    fs::create_dir_all(&folder).context("could not make target/bench")?;
    let machine = Machine::read(&folder)?;
    let cluster = match options.store {
        Store::Sqlite => None,
        Store::Postgres => Some(Cluster::start(folder.join("postgres"))?),
    };
    let settings = match &cluster {
        None => "SQLite with `synchronous=FULL`".to_owned(),
        Some(cluster) => cluster.describe()?,
    };
    if options.products {
        let bench = Bench {
            folder,
            sink: None,
            cluster,
        };
        let products = stage("five products", || products::measure(&bench))?;
        return Ok(report::tell_products(&products));
    }
    let bench = Bench {
        folder,
        sink: Some(Sink::start()?),
        cluster,
    };

    let mut runs = vec![];
    for scenario in scenarios {
        stage(scenario.name, || {
            bench.scenario(scenario, options, &mut runs)
        })?;
    }
    let alone = stage("start and idle", || bench.alone(options.subject()))?;
    let mut products = None;
    if options.scenario.is_empty() && !options.stand_in {
        products = Some(stage("five products", || products::measure(&bench))?);
    }
    let mut large = None;
    if options.large {
        large = Some(large::measure(&bench, options.quick)?);
    }
    let results = Results {
        store: options.store,
        settings,
        machine,
        runs,
        alone,
        large,
        products,
    };
    report::write(&results, options, &bench.folder)
}

fn build(options: &Options) -> Result<()> {
    let root = folders::root();
    if !options.stand_in {
        run_command(Command::new("cargo").current_dir(&root).args([
            "build",
            "--release",
            "--locked",
            "--package",
            "tidings",
        ]))?;
    }
    if options.products {
        return Ok(());
    }
    for tool in ["hookbench", "ceiling"] {
        run_command(
            Command::new("cargo")
                .current_dir(root.join("bench").join(tool))
                .args(["build", "--release", "--locked"])
                // Where bench/README.md says they are, whatever the developer's own setting.
                .args(["--target-dir", "target"]),
        )?;
    }
    Ok(())
}

struct Bench {
    folder: PathBuf,
    /// The receiver; measuring without load needs none.
    sink: Option<Sink>,
    cluster: Option<Cluster>,
}

impl Bench {
    /// A database of one's own, where there is a cluster.
    fn database(&self) -> Result<Option<Database<'_>>> {
        self.cluster.as_ref().map(Cluster::database).transpose()
    }

    fn scenario(
        &self,
        scenario: &'static Scenario,
        options: &Options,
        runs: &mut Vec<Run>,
    ) -> Result<()> {
        let messages = scenario.messages(options.quick);
        for round in 1..=options.rounds() {
            for kind in [Kind::Ceiling, options.subject()] {
                let database = self.database()?;
                let url = database.as_ref().map(Database::url);
                let server = Server::start(kind, &self.folder, url)?;
                let report = self.load(&server, messages, scenario.arguments)?;
                let figures = Figures::read(&report, server.start_ms)?;
                server.stop()?;
                eprintln!("    {} {round}: {figures}", kind.name());
                runs.push(Run {
                    scenario,
                    kind,
                    round,
                    figures,
                    report,
                });
            }
        }
        Ok(())
    }

    /// Sends the messages and returns hookbench's report.
    fn load(&self, server: &Server, messages: u64, arguments: &[&str]) -> Result<Value> {
        let sink = self.sink.as_ref().context("there is no receiver")?;
        let output = self
            .load_command(server, sink, messages, arguments)
            .output()
            .context("could not start hookbench")?;
        read_report(&output)
    }

    fn load_command(
        &self,
        server: &Server,
        sink: &Sink,
        messages: u64,
        arguments: &[&str],
    ) -> Command {
        let cluster = self.cluster.as_ref();
        let postgres = cluster.map(|cluster| format!(",postgres={}", cluster.id()));
        let postgres = postgres.unwrap_or_default();
        let processes = format!("server={},sink={}{postgres}", server.id(), sink.id());
        let mut command = Command::new(servers::hookbench());
        command.args(["load", "--target", "svix", "--url", &server.url]);
        command.args(["--sink", &sink.url, "--pids", &processes]);
        command.args(["--messages", &messages.to_string()]);
        command.args(arguments);
        if let Some(token) = &server.token {
            command.args(["--token", token]);
        }
        command
    }

    /// CPU of a server that has had work and has none now, and how long it takes to start with data.
    fn alone(&self, kind: Kind) -> Result<Alone> {
        const SETTLE_FOR: Duration = Duration::from_secs(3);
        const MEASURE_FOR: Duration = Duration::from_secs(10);
        let database = self.database()?;
        let url = database.as_ref().map(Database::url);
        let server = Server::start(kind, &self.folder, url)?;
        self.load(&server, 2_000, &["--concurrency", "16"])?;
        std::thread::sleep(SETTLE_FOR);
        let before = machine::cpu_seconds(server.id())?;
        std::thread::sleep(MEASURE_FOR);
        let used = machine::cpu_seconds(server.id())? - before;
        let server = server.restart()?;
        let restart_ms = server.start_ms;
        server.stop()?;
        Ok(Alone {
            idle_cpu_percent: used * 100.0 / MEASURE_FOR.as_secs_f64(),
            restart_ms,
        })
    }
}

fn read_report(output: &Output) -> Result<Value> {
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("hookbench failed: {}: {}", output.status, stderr.trim());
    }
    serde_json::from_slice(&output.stdout).context("hookbench's report is not JSON")
}
