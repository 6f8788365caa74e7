//! A PostgreSQL cluster in a temporary folder, on a socket in it. Each test has a database of its own.
//!
//! A test runner may give each test a process of its own, so the cluster belongs to the runner: whoever
//! comes first starts it, and a small script ends it when the runner has ended.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a cluster may take to start.
const START_FOR_MAX: Duration = Duration::from_mins(1);

/// A running cluster.
pub(crate) struct Cluster {
    folder: PathBuf,
}

/// A database, dropped with the test.
pub(crate) struct Database {
    cluster: Cluster,
    name: String,
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The folder with `initdb` and `postgres`: the newest of Debian's, or the one that is named.
fn programs() -> PathBuf {
    let versions = ["18", "17", "16", "15"];
    let folders =
        versions.map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let found = folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists());
    found.expect(
        "PostgreSQL is installed: `cargo xtask test` does so, or `apt-get install postgresql`",
    )
}

/// The user who may run PostgreSQL, which refuses root: Debian's `postgres`; none if this is not root.
fn user() -> Option<(u32, u32)> {
    let own = fs::metadata("/proc/self").expect("there is /proc");
    if std::os::unix::fs::MetadataExt::uid(&own) != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("users can be read");
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line
        .expect("Debian's package has made a user")
        .split(':')
        .skip(2);
    let mut number = || fields.next().and_then(|field| field.parse().ok());
    Some((
        number().expect("a user's number"),
        number().expect("a group's number"),
    ))
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = user() {
        command.uid(user).gid(group);
    }
    command.current_dir("/").stdin(Stdio::null());
    command
}

impl Cluster {
    /// The runner's cluster, started if it is not running.
    pub(crate) fn shared() -> Self {
        let runner = parent_id();
        let folder = std::env::temp_dir().join(format!("tidings-pg-{runner}"));
        let path = folder.with_extension("lock");
        let lock = fs::File::create(&path).expect("a lock file");
        if let Some((user, group)) = user() {
            chown(&path, Some(user), Some(group)).expect("root may give it away");
        }
        lock.lock().expect("whoever holds it lets go of it");
        let cluster = Self { folder };
        if !cluster.folder.exists() {
            cluster.start(runner);
        }
        cluster
    }

    /// Starts a server that ends when the runner has ended.
    #[expect(
        clippy::zombie_processes,
        reason = "the server outlives this process and ends with its runner"
    )]
    fn start(&self, runner: u32) {
        fs::create_dir(&self.folder).expect("a temporary folder");
        if let Some((user, group)) = user() {
            chown(&self.folder, Some(user), Some(group)).expect("root may give it away");
        }
        let made = command(&programs().join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "-D"])
            .arg(self.folder.join("data"))
            .output()
            .expect("initdb runs");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{said}");
        let (programs, folder) = (programs(), &self.folder);
        let (programs, folder) = (programs.display(), folder.display());
        let script = format!(
            "'{programs}/postgres' -D '{folder}/data' -k '{folder}' -c listen_addresses= \
             -c fsync=off -c max_connections=200 -c shared_buffers=64MB 2>'{folder}/log' & \
             while [ -d /proc/{runner} ]; do sleep 1; done; \
             kill -QUIT $!; wait; rm -rf '{folder}' '{folder}.lock'"
        );
        command(Path::new("sh"))
            .args(["-c", &script])
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh runs");
        self.wait_until_up();
    }

    fn wait_until_up(&self) {
        let began = Instant::now();
        while !self.run("SELECT 1") {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            let is_late = began.elapsed() > START_FOR_MAX;
            assert!(!is_late, "PostgreSQL does not start: {log}");
            std::thread::sleep(Duration::from_millis(50)); // tidy: waits for a server that tells nobody when it is up
        }
    }

    /// Runs a statement as the superuser.
    pub(crate) fn run(&self, sql: &str) -> bool {
        let ended = Command::new(programs().join("psql"))
            .arg("-h")
            .arg(&self.folder)
            .args(["-U", "postgres", "-d", "postgres", "-qAtX", "-c", sql])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ended.is_ok_and(|status| status.success())
    }
}

impl Database {
    /// A fresh one.
    pub(crate) fn new() -> Self {
        let cluster = Cluster::shared();
        let number = DATABASES.fetch_add(1, Ordering::SeqCst);
        let name = format!("test_{}_{number}", std::process::id());
        let made = cluster.run(&format!("CREATE DATABASE {name}"));
        assert!(made, "a database is made");
        Self { cluster, name }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        let folder = self.cluster.folder.display();
        format!("host={folder} user=postgres dbname={}", self.name)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The server's socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.cluster.folder.join(".s.PGSQL.5432")
    }

    /// Ends every connection to it, as an operator or a failover would.
    pub(crate) fn cut_connections(&self) {
        let name = &self.name;
        let done = self.cluster.run(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
        assert!(done, "connections are ended");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.cluster.run(&drop);
    }
}
