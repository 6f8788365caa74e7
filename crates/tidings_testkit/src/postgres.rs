//! PostgreSQL for tests: clusters in temporary folders, reached by a socket there, and databases in them.
//!
//! A test runner may give each test a process of its own, so the shared cluster of a version belongs to the
//! runner: whoever comes first starts it, and a small script ends it when the runner has ended. Nothing may
//! be broken in it but a database of one's own; a test that stops or overloads its server takes
//! [`Cluster::own`].

pub mod guarded;
pub mod hogs;
mod programs;
pub mod proxy;

use std::fs;
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use programs::Programs;
pub use programs::Version;

/// What every server here is told. Nobody's power is cut in a test, so nothing need be synced.
const SETTINGS: &str = "-c listen_addresses= -c fsync=off -c shared_buffers=64MB";
/// Connections to a shared server: many tests run at the same time.
const SHARED_CONNECTIONS_MAX: u32 = 200;

static MADE: AtomicU32 = AtomicU32::new(0);

/// A cluster.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    programs: Programs,
    is_own: bool,
}

/// A database, dropped with the test.
#[derive(Debug)]
pub struct Database {
    cluster: Arc<Cluster>,
    name: String,
}

impl Cluster {
    /// The runner's cluster of this version, started if it is not running.
    pub fn shared(version: Version) -> Arc<Self> {
        let runner = parent_id();
        let name = format!("tidings-pg{}-{runner}", version.number());
        let folder = std::env::temp_dir().join(name);
        let path = folder.with_extension("lock");
        let lock = fs::File::create(&path).unwrap();
        programs::give_away(&path);
        lock.lock().unwrap();
        let cluster = Self {
            programs: Programs::of(version),
            folder,
            is_own: false,
        };
        if !cluster.folder.join("is-up").exists() {
            cluster.make(runner, SHARED_CONNECTIONS_MAX);
            fs::write(cluster.folder.join("is-up"), "").unwrap();
        }
        Arc::new(cluster)
    }

    /// A cluster of one's own that takes so many connections. It ends when it is dropped.
    pub fn own(version: Version, connections_max: u32) -> Arc<Self> {
        let (process, number) = (std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
        let name = format!("tidings-pg{}-own-{process}-{number}", version.number());
        let cluster = Self {
            programs: Programs::of(version),
            folder: std::env::temp_dir().join(name),
            is_own: true,
        };
        cluster.make(process, connections_max);
        Arc::new(cluster)
    }

    /// Makes it, starts it, and sees to it that it ends with its owner.
    #[expect(
        clippy::zombie_processes,
        reason = "the script outlives this process and ends with its owner"
    )]
    fn make(&self, owner: u32, connections_max: u32) {
        // What is there was left by a runner of the same number that was killed.
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir(&self.folder).unwrap();
        programs::give_away(&self.folder);
        self.programs.run(
            "initdb",
            &["--auth=trust", "--username=postgres", "--encoding=UTF8"],
            &["--locale=C", "--no-sync", "-D", &self.data()],
        );
        let settings = format!("\nmax_connections = {connections_max}\n");
        let path = self.folder.join("data/postgresql.conf");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text + &settings).unwrap();
        self.start();
        let folder = self.folder.display();
        let script = format!(
            "while [ -d /proc/{owner} ] && [ -d '{folder}' ]; do sleep 1; done; \
             kill -QUIT $(head -n 1 '{folder}/data/postmaster.pid'); \
             rm -rf '{folder}' '{folder}.lock'"
        );
        programs::as_user(Path::new("sh"))
            .args(["-c", &script])
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
    }

    /// Starts the server, and waits until it takes connections.
    pub fn start(&self) {
        let settings = format!("{SETTINGS} -k '{}'", self.folder.display());
        let log = self.folder.join("log");
        self.programs.run(
            "pg_ctl",
            &["start", "--wait", "-D", &self.data()],
            &["-l", log.to_str().unwrap(), "-o", &settings],
        );
    }

    /// Stops the server at once, as a crash would, and waits until it is gone.
    pub fn stop_immediately(&self) {
        self.break_only_what_is_own();
        let mode = ["stop", "--wait", "--mode=immediate"];
        self.programs.run("pg_ctl", &mode, &["-D", &self.data()]);
    }

    /// Runs a statement as the superuser; whether it succeeded.
    pub fn run(&self, sql: &str) -> bool {
        self.try_query("postgres", sql).is_ok()
    }

    /// What a statement gives, as the superuser: columns with `|` between them, rows in lines.
    ///
    /// # Errors
    /// What the server says against it.
    pub fn try_query(&self, database: &str, sql: &str) -> Result<String, String> {
        let ended = self
            .programs
            .command("psql")
            .arg("-h")
            .arg(&self.folder)
            .args(["-U", "postgres", "-d", database, "-qAtX", "-c", sql])
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if ended.status.success() {
            Ok(text(&ended.stdout))
        } else {
            Err(text(&ended.stderr))
        }
    }

    /// Ends every connection to it but the one that asks for this; how many there were.
    pub fn cut_all_connections(&self) -> usize {
        self.break_only_what_is_own();
        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let count = self.try_query("postgres", sql);
        count.unwrap().parse().unwrap()
    }

    /// The server's socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// What the server has logged.
    pub fn log_text(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    #[track_caller]
    fn break_only_what_is_own(&self) {
        assert!(self.is_own, "others use the shared cluster: take your own");
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder.display())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_own {
            let stop = ["stop", "--mode=immediate", "-D", &self.data()];
            // It may be stopped already.
            let _ = self.programs.command("pg_ctl").args(stop).output();
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Database {
    /// A fresh one in the runner's cluster of this version.
    pub fn new(version: Version) -> Self {
        Self::in_cluster(Cluster::shared(version))
    }

    /// A fresh one there.
    pub fn in_cluster(cluster: Arc<Cluster>) -> Self {
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        let name = format!("test_{}_{number}", std::process::id());
        let made = cluster.try_query("postgres", &format!("CREATE DATABASE {name}"));
        made.unwrap();
        Self { cluster, name }
    }

    /// Its address, for the program and for the store.
    pub fn url(&self) -> String {
        let folder = self.cluster.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{}", self.name)
    }

    /// Its address behind something that listens on this port here.
    pub fn url_through(&self, port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/{}", self.name)
    }

    /// Makes a user who is nobody special but owns this database, and another who owns nothing.
    pub fn give_to(&self, user: &str) {
        let name = &self.name;
        self.query(&format!("CREATE ROLE {user} LOGIN"));
        self.query("CREATE ROLE others LOGIN");
        self.query(&format!("ALTER DATABASE {name} OWNER TO {user}"));
    }

    /// Its cluster.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The server's socket.
    pub fn socket(&self) -> PathBuf {
        self.cluster.socket()
    }

    /// What waits in line, by its place: the place and the payload.
    pub fn line(&self) -> Vec<(i64, String)> {
        let rows = self.query(
            "SELECT pending.place, convert_from(message.payload, 'UTF8')
            FROM pending JOIN message ON message.slot = pending.slot
                AND message.id = pending.message_id
            WHERE pending.place > 0 AND pending.endpoint > 0 ORDER BY pending.place",
        );
        let rows = rows.lines().filter_map(|row| row.split_once('|'));
        rows.map(|(place, payload)| (place.parse().unwrap(), payload.to_owned()))
            .collect()
    }

    /// Whether the slot of what is owed belongs to the node that has been there for longest.
    pub fn is_owed_by_the_oldest_node(&self) -> bool {
        let is_oldest = "SELECT journal = (SELECT min(id) FROM journal) FROM slot_lease
            WHERE slot = (SELECT slot FROM pending LIMIT 1)";
        self.query(is_oldest) == "t"
    }

    /// How many slots each node owns, those of nobody first.
    pub fn slot_shares(&self) -> Vec<usize> {
        let counts = "SELECT count(*) FROM slot_lease GROUP BY journal ORDER BY journal";
        let counts = self.query(counts);
        counts.lines().map(|count| count.parse().unwrap()).collect()
    }

    /// What a statement gives, as the superuser: columns with `|` between them, rows in lines.
    #[track_caller]
    pub fn query(&self, sql: &str) -> String {
        match self.cluster.try_query(&self.name, sql) {
            Ok(rows) => rows,
            Err(error) => panic!("{sql}: {error}"),
        }
    }

    /// Ends every connection to it, as an operator or a failover would.
    pub fn cut_connections(&self) {
        let name = &self.name;
        let done = self.cluster.run(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
        assert!(done, "connections are ended");
    }
}

/// The same address for another user.
pub fn for_user(url: &str, user: &str) -> String {
    url.replacen("postgres@", &format!("{user}@"), 1)
}

impl Drop for Database {
    fn drop(&mut self) {
        // A cluster that ends takes its databases along.
        if !self.cluster.is_own {
            let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            self.cluster.run(&drop);
        }
    }
}
