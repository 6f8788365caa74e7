//! The server that is tried: this build on a free port, with a folder or a database that is empty at first.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::processes::{DataFolder, Process, free_port};
use crate::{folders, stage};

/// A server that needs longer is stuck.
const START_FOR_MAX: Duration = Duration::from_secs(30);

pub(super) struct Server {
    // Ends before its folder is removed.
    process: Process,
    data: DataFolder,
    store: Option<String>,
    pub(super) url: String,
}

impl Server {
    /// Starts it and waits until it can serve.
    pub(super) fn start(folder: &Path, store: Option<String>) -> Result<Self> {
        let data = DataFolder::make(folder.to_path_buf())?;
        let port = free_port()?;
        let log_path = data.path.with_extension("log");
        let log = File::create(&log_path).context("could not make a log file")?;
        let mut command = tidings(&["serve", "--dev"], &data, store.as_deref());
        command
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let started_at = Instant::now();
        let mut process = Process::start(command, "tidings")?;
        while !fs::read_to_string(&log_path).is_ok_and(|log| log.contains("listening on")) {
            let has_ended = process.child.try_wait()?.is_some();
            if has_ended || started_at.elapsed() > START_FOR_MAX {
                let log = fs::read_to_string(&log_path).unwrap_or_default();
                bail!("tidings did not start: {}", log.trim());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(Self {
            process,
            data,
            store,
            url: format!("http://127.0.0.1:{port}"),
        })
    }

    /// A new key that opens this environment.
    pub(super) fn key(&self, environment: &str) -> Result<String> {
        let arguments = [
            "keys",
            "create",
            "--name",
            "conformance",
            "--environment",
            environment,
        ];
        let mut command = tidings(&arguments, &self.data, self.store.as_deref());
        stage::read(&mut command).context("could not make an API key")
    }

    pub(super) fn stop(self) -> Result<()> {
        self.process.stop()
    }
}

fn tidings(arguments: &[&str], data: &DataFolder, store: Option<&str>) -> Command {
    let mut command = Command::new(folders::target().join("debug/tidings"));
    command.args(arguments).arg("--data").arg(&data.path);
    if let Some(url) = store {
        command.args(["--store", url]);
    }
    command
}
