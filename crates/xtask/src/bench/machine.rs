//! What the figures depend on: the machine, its disk, and the code that was measured.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::figures::median;
use crate::{folders, stage};

pub(super) struct Machine {
    pub(super) commit: String,
    pub(super) cpu: String,
    pub(super) cores: usize,
    pub(super) memory_gib: f64,
    pub(super) kernel: String,
    pub(super) rustc: String,
    /// The median time of a 4 KiB write with its sync, on the disk that holds the data.
    pub(super) sync_ms: f64,
}

impl Machine {
    pub(super) fn read(folder: &Path) -> Result<Self> {
        refuse_memory_file_system(folder)?;
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let memory_kib: Option<f64> = field(&meminfo, "MemTotal")
            .and_then(|value| value.strip_suffix(" kB")?.trim().parse().ok());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Ok(Self {
            commit: commit()?,
            cpu: field(&cpuinfo, "model name")
                .unwrap_or("unknown")
                .to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            memory_gib: memory_kib.unwrap_or_default() / 1024.0 / 1024.0,
            kernel: kernel.trim().to_owned(),
            rustc: stage::read(Command::new("rustc").arg("--version"))?,
            sync_ms: measure_sync(folder)?,
        })
    }
}

/// The value in a line `name : value`.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}

fn commit() -> Result<String> {
    let git = |arguments: &[&str]| {
        stage::read(
            Command::new("git")
                .current_dir(folders::root())
                .args(arguments),
        )
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    // The table itself is what a run changes.
    let changes = git(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ":!bench/README.md",
    ])?;
    let note = if changes.is_empty() {
        ""
    } else {
        " with uncommitted changes"
    };
    Ok(format!("{commit}{note}"))
}

fn refuse_memory_file_system(folder: &Path) -> Result<()> {
    let name = stage::read(Command::new("stat").args(["-f", "-c", "%T"]).arg(folder))?;
    ensure!(
        !["tmpfs", "ramfs"].contains(&name.as_str()),
        "{} is on {name}, a memory file system, where a sync costs nothing; build on a real disk",
        folder.display()
    );
    Ok(())
}

/// How long the disk takes to make 4 KiB durable: no commit can be quicker.
fn measure_sync(folder: &Path) -> Result<f64> {
    let path = folder.join("sync-probe");
    let mut file = fs::File::create(&path).context("could not write to the data folder")?;
    let mut times_ms = vec![];
    for _ in 0..200 {
        let start = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times_ms.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    fs::remove_file(&path)?;
    median(&times_ms).context("nothing was measured")
}

/// CPU time of all threads of a process, to the nanosecond.
pub(super) fn cpu_seconds(process: u32) -> Result<f64> {
    let mut seconds = 0.0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).context("the process is gone")? {
        let path = thread?.path().join("schedstat");
        // A thread may end meanwhile.
        let text = fs::read_to_string(path).unwrap_or_default();
        let nanoseconds = text
            .split(' ')
            .next()
            .and_then(|number| number.parse::<f64>().ok());
        seconds += nanoseconds.unwrap_or_default() / 1e9;
    }
    Ok(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "model\t\t: 1\nmodel name\t: A CPU: fast\n";
        assert_eq!(field(text, "model name"), Some("A CPU: fast"));
        assert_eq!(field(text, "name"), None);
    }

    #[test]
    fn cpu_time_of_this_process_is_read() {
        let start = Instant::now();
        while start.elapsed().as_millis() < 20 {}
        assert!(cpu_seconds(std::process::id()).unwrap() > 0.01);
    }
}
