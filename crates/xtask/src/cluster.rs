//! A PostgreSQL for the bench and for `conformance`, with the settings that a fresh cluster has, in a folder on a real disk.
//!
//! It listens on a socket in its folder and on a free port of this machine. PostgreSQL refuses root, so it
//! runs as Debian's user `postgres` then.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::processes::free_port;
use crate::stage;

const START_FOR_MAX: Duration = Duration::from_secs(30);
/// What a row of the table depends on, as the server itself says it.
const SETTINGS: [&str; 6] = [
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
];

pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    process: Child,
    databases: AtomicU32,
}

/// A database for one run, dropped with it.
pub(crate) struct Database<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl Cluster {
    pub(crate) fn start(folder: PathBuf) -> Result<Self> {
        let programs = programs()?;
        let _ = fs::remove_dir_all(&folder); // it may not be there
        fs::create_dir_all(&folder).context("could not make a folder for PostgreSQL")?;
        if let Some((user, group)) = user()? {
            chown(&folder, Some(user), Some(group)).context("could not give the folder away")?;
        }
        let data = folder.join("data");
        let mut initdb = command(&programs.join("initdb"))?;
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8"]);
        stage::read(initdb.args(["--locale=C", "-D"]).arg(&data)).context("initdb failed")?;
        let port = free_port()?;
        let log = File::create(folder.join("log")).context("could not make a log file")?;
        let mut postgres = command(&programs.join("postgres"))?;
        postgres.arg("-D").arg(&data).arg("-k").arg(&folder);
        postgres.args(["-c", "listen_addresses=127.0.0.1", "-p", &port.to_string()]);
        let process = postgres
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("could not start PostgreSQL")?;
        let cluster = Self {
            folder,
            programs,
            port,
            process,
            databases: AtomicU32::new(0),
        };
        let started_at = Instant::now();
        while cluster.query("postgres", "SELECT 1").is_err() {
            if started_at.elapsed() > START_FOR_MAX {
                let log = fs::read_to_string(cluster.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start: {}", log.trim());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(cluster)
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// A fresh database, after a checkpoint, so that no run pays for the one before it.
    pub(crate) fn database(&self) -> Result<Database<'_>> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("run_{number}");
        self.query("postgres", &format!("CREATE DATABASE {name}"))?;
        self.query("postgres", "CHECKPOINT")?;
        Ok(Database {
            cluster: self,
            name,
        })
    }

    /// Its version and the settings that matter.
    pub(crate) fn describe(&self) -> Result<String> {
        let version = self.query("postgres", "SHOW server_version")?;
        let mut settings = Vec::new();
        for name in SETTINGS {
            let value = self.query("postgres", &format!("SHOW {name}"))?;
            settings.push(format!("`{name}={value}`"));
        }
        let version = version.split(' ').next().unwrap_or_default();
        Ok(format!("PostgreSQL {version} with {}", settings.join(", ")))
    }

    fn query(&self, database: &str, sql: &str) -> Result<String> {
        let mut psql = command(&self.programs.join("psql"))?;
        psql.arg("-h").arg(&self.folder);
        psql.args([
            "-p",
            &self.port.to_string(),
            "-U",
            "postgres",
            "-d",
            database,
        ]);
        psql.args(["-v", "ON_ERROR_STOP=1", "-qAtX", "-c", sql]);
        let output = psql.output().context("could not start psql")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}", said.trim());
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A fast shutdown. Each fails only if it has ended already, which is as well.
        let _ = kill_process(Pid::from_child(&self.process), Signal::INT);
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Database<'_> {
    pub(crate) fn url(&self) -> String {
        let (port, name) = (self.cluster.port, &self.name);
        format!("postgres://postgres@127.0.0.1:{port}/{name}")
    }

    /// What a statement gives: columns with `|` between them, rows in lines.
    pub(crate) fn query(&self, sql: &str) -> Result<String> {
        self.cluster.query(&self.name, sql)
    }

    /// What a statement gives that gives one number.
    pub(crate) fn number(&self, sql: &str) -> Result<f64> {
        let text = self.query(sql)?;
        text.parse()
            .with_context(|| format!("`{text}` is no number, from {sql}"))
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let _ = self.cluster.query("postgres", &drop); // the whole cluster is removed in the end
    }
}

/// The folder with the newest `initdb` and `postgres`.
fn programs() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let found = folders.filter_map(|folder| {
        let folder = folder.ok()?;
        let version: u32 = folder.file_name().to_str()?.parse().ok()?;
        let programs = folder.path().join("bin");
        programs
            .join("initdb")
            .exists()
            .then_some((version, programs))
    });
    let newest = found.max().context(
        "PostgreSQL is not in /usr/lib/postgresql: install it with `apt-get install postgresql`",
    )?;
    Ok(newest.1)
}

fn command(program: &Path) -> Result<Command> {
    let mut command = Command::new(program);
    if let Some((user, group)) = user()? {
        command.uid(user).gid(group);
    }
    command.current_dir("/").stdin(Stdio::null());
    Ok(command)
}

/// Who runs PostgreSQL if this is root.
fn user() -> Result<Option<(u32, u32)>> {
    let own = fs::metadata("/proc/self").context("there is no /proc")?;
    if own.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("could not read the users")?;
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line.unwrap_or_default().split(':').skip(2);
    let mut number = || fields.next().and_then(|field| field.parse().ok());
    let (user, group) = (number(), number());
    let ids = user.zip(group);
    Ok(Some(ids.context(
        "there is no user `postgres` to run PostgreSQL as",
    )?))
}
