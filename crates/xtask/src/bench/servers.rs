//! Starts and stops the servers and the receiver. Each is ended by its own id, whatever happens.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::processes::{DataFolder, Process, free_port};
use crate::{folders, stage};
use anyhow::{Context, Result, bail, ensure};

/// No server needs this long to start; one that does is stuck.
const START_FOR_MAX: Duration = Duration::from_secs(30);

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Ceiling,
    Tidings,
    /// The measuring stick in the part of Tidings.
    StandIn,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ceiling => "ceiling",
            Self::Tidings => "tidings",
            Self::StandIn => "stand-in",
        }
    }

    fn command(self, port: u16, data: &Path, store: Option<&str>) -> Command {
        let listen = format!("127.0.0.1:{port}");
        let mut command = match self {
            Self::Ceiling | Self::StandIn => Command::new(tool("ceiling")),
            Self::Tidings => {
                let mut command = Command::new(tidings());
                command.args(["serve", "--dev"]);
                command
            }
        };
        command.args(["--listen", &listen]);
        if let Some(url) = store {
            command.args(["--store", url]);
        }
        // The measuring stick takes one or the other.
        if store.is_none() || self == Self::Tidings {
            command.arg("--data").arg(data);
        }
        command
    }
}

fn tool(name: &str) -> PathBuf {
    let tools = folders::root().join("bench");
    tools.join(name).join("target/release").join(name)
}

pub(super) fn hookbench() -> PathBuf {
    tool("hookbench")
}

fn tidings() -> PathBuf {
    folders::target().join("release/tidings")
}

/// A server that is ready for requests, with a data folder of its own.
pub(super) struct Server {
    kind: Kind,
    process: Process,
    data: DataFolder,
    /// The address of its database, if it has one.
    store: Option<String>,
    /// The core that it must keep to.
    core: Option<usize>,
    pub(super) url: String,
    pub(super) token: Option<String>,
    /// From its start until it said that it listens.
    pub(super) start_ms: f64,
}

impl Server {
    /// Starts on an empty folder or database, and makes an API key if the server has keys.
    pub(super) fn start(kind: Kind, folder: &Path, store: Option<String>) -> Result<Self> {
        let data = DataFolder::make(folder.join(kind.name()))?;
        Self::start_on(kind, data, store, None)?.with_key()
    }

    /// Starts Tidings on this database and this core, beside those that may be there.
    pub(super) fn start_pinned(folder: &Path, store: String, core: usize) -> Result<Self> {
        let data = DataFolder::make(folder.join(format!("tidings-{core}")))?;
        Self::start_on(Kind::Tidings, data, Some(store), Some(core))
    }

    /// The same as another node of it, on another core: it has the same key for what is sealed.
    pub(super) fn start_beside(&self, folder: &Path, core: usize) -> Result<Self> {
        let data = DataFolder::make(folder.join(format!("tidings-{core}")))?;
        let key = "master.key";
        fs::copy(self.data.path.join(key), data.path.join(key))
            .context("could not copy the master key")?;
        let mut second = Self::start_on(self.kind, data, self.store.clone(), Some(core))?;
        second.token.clone_from(&self.token);
        Ok(second)
    }

    pub(super) fn with_key(mut self) -> Result<Self> {
        if self.kind == Kind::Tidings {
            let mut command = Command::new(tidings());
            command
                .args(["keys", "create", "--name", "bench", "--data"])
                .arg(&self.data.path);
            if let Some(url) = &self.store {
                command.args(["--store", url]);
            }
            self.token = Some(stage::read(&mut command).context("could not make an API key")?);
        }
        Ok(self)
    }

    fn start_on(
        kind: Kind,
        data: DataFolder,
        store: Option<String>,
        core: Option<usize>,
    ) -> Result<Self> {
        let port = free_port()?;
        let log_path = log_path(&data);
        let log = File::create(&log_path).context("could not make a log file")?;
        let mut command = pinned(kind.command(port, &data.path, store.as_deref()), core);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let started_at = Instant::now();
        let mut process = Process::start(command, kind.name())?;
        while !fs::read_to_string(&log_path).is_ok_and(|log| log.contains("listening on")) {
            let has_ended = process.child.try_wait()?.is_some();
            if has_ended || started_at.elapsed() > START_FOR_MAX {
                let log = fs::read_to_string(&log_path).unwrap_or_default();
                bail!("{} did not start: {}", kind.name(), log.trim());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Self {
            kind,
            process,
            data,
            store,
            core,
            url: format!("http://127.0.0.1:{port}"),
            token: None,
            start_ms: started_at.elapsed().as_secs_f64() * 1000.0,
        })
    }

    pub(super) fn id(&self) -> u32 {
        self.process.child.id()
    }

    /// What it has printed so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(log_path(&self.data)).unwrap_or_default()
    }

    /// Lets it drain and removes its data.
    pub(super) fn stop(self) -> Result<()> {
        self.process.stop()
    }

    /// Stops it and starts it again on the same data.
    pub(super) fn restart(self) -> Result<Self> {
        self.process.stop()?;
        Self::start_on(self.kind, self.data, self.store, self.core)
    }
}

/// Where a server on this folder prints to.
fn log_path(data: &DataFolder) -> PathBuf {
    data.path.with_extension("log")
}

/// The same command on one core only.
fn pinned(command: Command, core: Option<usize>) -> Command {
    let Some(core) = core else { return command };
    let mut pinned = Command::new("taskset");
    pinned.args(["--cpu-list", &core.to_string()]);
    pinned.arg(command.get_program()).args(command.get_args());
    pinned
}

/// The receiver.
pub(super) struct Sink {
    process: Process,
    pub(super) url: String,
}

impl Sink {
    pub(super) fn start() -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(hookbench());
        command
            .args(["sink", "--port", &port.to_string()])
            .stdin(Stdio::null());
        let process = Process::start(command, "hookbench sink")?;
        let started_at = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(
                started_at.elapsed() < START_FOR_MAX,
                "hookbench sink did not start"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        })
    }

    pub(super) fn id(&self) -> u32 {
        self.process.child.id()
    }
}
