//! Processes of servers that a command starts, each ended by its own id whatever happens, and the folders that they
//! work in.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// No server needs this long to drain; one that does is stuck.
const STOP_FOR_MAX: Duration = Duration::from_mins(1);

/// A process that does not outlive this value.
pub(crate) struct Process {
    pub(crate) child: Child,
    name: &'static str,
}

impl Process {
    pub(crate) fn start(mut command: Command, name: &'static str) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        Ok(Self { child, name })
    }

    pub(crate) fn stop(mut self) -> Result<()> {
        let name = self.name;
        kill_process(Pid::from_child(&self.child), Signal::TERM)
            .with_context(|| format!("could not stop {name}"))?;
        let asked_at = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(
                    status.success(),
                    "{name} ended with {status} when asked to stop"
                );
                return Ok(());
            }
            ensure!(
                asked_at.elapsed() < STOP_FOR_MAX,
                "{name} did not stop when asked to"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail if it has already ended, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is empty at first and removed at the end, with the log beside it.
pub(crate) struct DataFolder {
    pub(crate) path: PathBuf,
}

impl DataFolder {
    pub(crate) fn make(path: PathBuf) -> Result<Self> {
        let folder = Self { path };
        folder.remove();
        fs::create_dir_all(&folder.path).context("could not make a data folder")?;
        Ok(folder)
    }

    fn remove(&self) {
        // It may not be there; if it cannot be removed, making it anew says so.
        let _ = fs::remove_dir_all(&self.path);
        let _ = fs::remove_file(self.path.with_extension("log"));
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}
