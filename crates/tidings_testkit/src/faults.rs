//! Faults under load: the database crashes, cuts connections, has none left, loses answers, is away; or one
//! of two nodes is killed or paused.
//!
//! The load, the endpoints and the checker are those of [`crate::rig`]. After each stroke messages
//! must be accepted again without help, and soon. In the end nothing that was accepted may be missing.

mod nodes;
mod strike;

use std::fmt;
use std::time::{Duration, Instant};

use rustix::process::Pid;
use tokio::task::block_in_place;

use crate::postgres::proxy::Proxy;
use crate::postgres::{Cluster, Database, Version, for_user};
use crate::program::{Program, Server};
use crate::rig::load::Load;
use crate::rig::{self, Outage, Rig, Verdict};
use crate::wait;

/// How soon after the database's return the server must accept again and be ready.
pub const RECOVERS_IN_MAX: Duration = Duration::from_secs(5);
/// How long a node may be silent before others take over from it.
const LEASE: Duration = Duration::from_secs(2);
/// Few enough for one node that all of them are soon taken.
const CONNECTIONS_MAX: u32 = 30;
/// The server's user at the database, who is nobody special.
const USER: &str = "tidings";

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Nothing,
    /// It crashes and is started again.
    Restart,
    /// It is away for a while, and every answer meanwhile is looked at.
    Away,
    /// All connections are ended.
    CutConnections,
    /// All connections are ended, and others take their places for a while.
    NoConnections,
    /// A connection is cut between a commit and its answer.
    CutAtCommit,
    /// The node that owns the slot is killed while another accepts.
    KillOwner,
    /// A node that accepts and does not own the slot is killed.
    KillOther,
    /// The one or the other is paused for longer than its lease.
    Pause,
}

impl Fault {
    /// All but nothing.
    pub const ALL: [Self; 8] = [
        Self::Restart,
        Self::Away,
        Self::CutConnections,
        Self::NoConnections,
        Self::CutAtCommit,
        Self::KillOwner,
        Self::KillOther,
        Self::Pause,
    ];

    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Restart => "restart",
            Self::Away => "away",
            Self::CutConnections => "cut-connections",
            Self::NoConnections => "no-connections",
            Self::CutAtCommit => "cut-at-commit",
            Self::KillOwner => "kill-owner",
            Self::KillOther => "kill-other",
            Self::Pause => "pause",
        }
    }

    /// How many nodes it takes.
    fn nodes_count(self) -> u32 {
        match self {
            Self::KillOwner | Self::KillOther | Self::Pause => 2,
            _ => 1,
        }
    }
}

/// How many rows are taken at least. What is owed may be in memory too, where it is safe.
const STOLEN_COUNT_MIN: usize = 20;

/// What is taken away behind the server's back, to see whether the checker notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theft {
    /// Every tenth message.
    Messages,
    /// All that is owed.
    Owed,
}

impl Theft {
    fn sql(self) -> &'static str {
        match self {
            Self::Messages => "DELETE FROM message WHERE seq % 10 = 0 RETURNING seq",
            Self::Owed => "DELETE FROM pending RETURNING due_at",
        }
    }
}

/// How it is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What happens.
    pub fault: Fault,
    /// How often.
    pub strokes: usize,
    /// To which version of PostgreSQL.
    pub version: Version,
    /// Where all chance comes from.
    pub seed: u64,
    /// Shortest and longest time between two strokes.
    pub between_ms: (u64, u64),
    /// What is taken away when the load has ended.
    pub theft: Option<Theft>,
    /// How long what is owed may take in the end.
    pub calm_for_max: Duration,
}

impl Settings {
    /// A fault, so many times.
    pub fn new(fault: Fault, strokes: usize) -> Self {
        Self {
            fault,
            strokes,
            version: Version::V15,
            seed: 1,
            between_ms: (100, 600),
            theft: None,
            calm_for_max: Duration::from_mins(1),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Report {
    fault: Fault,
    /// What the checker found.
    pub verdict: Verdict,
    /// Requests that were refused.
    pub refused: usize,
    /// The longest that a client waited for a refusal.
    pub slowest_refusal: Duration,
    /// Answers that are no proper refusal.
    pub wrong_answers: Vec<String>,
    /// How long it took after each stroke until messages were accepted and the server was ready.
    pub recovered_in: Vec<Duration>,
    /// How long it took until another node had taken over from one that was struck.
    pub taken_over_in: Vec<Duration>,
    /// Outcomes that came after a takeover.
    pub late: usize,
}

impl Report {
    /// Prints it.
    #[expect(clippy::print_stdout, reason = "the figures are what the run is for")]
    pub fn show(&self) {
        println!("{self}");
    }

    /// Panics unless every promise was kept.
    #[track_caller]
    pub fn assert_kept(&self) {
        if let Err(broken) = self.check() {
            panic!("{broken}\n{self}");
        }
    }

    /// Whether every promise was kept.
    ///
    /// # Errors
    /// Which was not.
    pub fn check(&self) -> Result<(), String> {
        self.verdict.check()?;
        if !self.wrong_answers.is_empty() {
            return Err("refusals do not say what they should".to_owned());
        }
        if slowest(&self.recovered_in) > RECOVERS_IN_MAX {
            return Err("it came back too slowly".to_owned());
        }
        if slowest(&self.taken_over_in) > LEASE + RECOVERS_IN_MAX {
            return Err("others took over too slowly".to_owned());
        }
        Ok(())
    }
}

fn slowest(times: &[Duration]) -> Duration {
    times.iter().copied().max().unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict {
            accepted,
            delivered,
            lost,
            twins,
            ..
        } = &self.verdict;
        writeln!(
            f,
            "--- {:?}, {} times ---",
            self.fault,
            self.recovered_in.len()
        )?;
        for (name, count) in [
            ("messages accepted", accepted),
            ("deliveries that succeeded", delivered),
            ("accepted and lost", lost),
            ("further messages with the same key", twins),
            (
                "requests repeated beyond what attempts explain",
                &self.verdict.duplicates(),
            ),
            ("requests refused with a 503", &self.refused),
            ("answers that were neither", &self.wrong_answers.len()),
            ("outcomes that came after a takeover", &self.late),
        ] {
            writeln!(f, "{name:<50} {count:>8}")?;
        }
        for (name, time) in [
            ("slowest refusal, ms", self.slowest_refusal),
            ("slowest recovery, ms", slowest(&self.recovered_in)),
            ("slowest takeover, ms", slowest(&self.taken_over_in)),
        ] {
            writeln!(f, "{name:<50} {:>8}", time.as_millis())?;
        }
        for answer in &self.wrong_answers {
            writeln!(f, "  {answer}")?;
        }
        Ok(())
    }
}

/// Servers under load, their database, and what stands between them.
struct Scene {
    rig: Rig,
    nodes: Vec<Server>,
    /// The node that must be ready after a stroke, by its place.
    watched: usize,
    /// The process that was struck, and when.
    struck: Option<(Pid, Instant)>,
    taken_over_in: Vec<Duration>,
    database: Database,
    proxy: Proxy,
    load: Load,
    load_settings: rig::Settings,
}

/// Runs it all and says what came of it. Panics if the server does not come back. Needs a runtime of several
/// threads.
pub async fn run(program: Program, settings: &Settings) -> Report {
    let mut scene = Scene::set_up(program, settings).await;
    let mut wrong_answers = Vec::new();
    let mut recovered_in = Vec::new();
    for _ in 0..settings.strokes {
        let (low, high) = settings.between_ms;
        let between = scene.rig.chance.between(low, high + 1);
        wait::pass(Duration::from_millis(between)).await;
        let from = Instant::now();
        wrong_answers.extend(scene.strike(settings.fault).await);
        recovered_in.push(scene.recovery().await);
        scene.mend().await;
        let to = Instant::now();
        scene.rig.outages.push(Outage { from, to });
    }
    if let Some(theft) = settings.theft {
        scene.steal(theft);
    }
    let told = scene.load.told.clone();
    let posted = scene.load.finish().await;
    let address = scene.nodes[0].address();
    let verdict = scene.rig.check(address, posted, &scene.load_settings).await;
    let late = "SELECT count(*) FROM attempt WHERE is_late";
    let late = block_in_place(|| scene.database.query(late));
    for node in scene.nodes {
        node.stop().await;
    }
    wrong_answers.extend(told.wrong());
    Report {
        fault: settings.fault,
        verdict,
        refused: told.refused(),
        slowest_refusal: told.slowest_refusal(),
        wrong_answers,
        recovered_in,
        taken_over_in: scene.taken_over_in,
        late: late.parse().unwrap(),
    }
}

impl Scene {
    async fn set_up(program: Program, settings: &Settings) -> Self {
        let connections_max = CONNECTIONS_MAX * settings.fault.nodes_count();
        let cluster = block_in_place(|| Cluster::own(settings.version, connections_max));
        let database = block_in_place(|| Database::in_cluster(cluster));
        block_in_place(|| database.give_to(USER));
        let proxy = Proxy::start(database.socket()).await;
        let url = match settings.fault {
            Fault::CutAtCommit => database.url_through(proxy.port()),
            _ => database.url(),
        };
        let load_settings = rig::Settings {
            calm_for_max: settings.calm_for_max,
            ..rig::Settings::new(settings.seed, Vec::new())
        };
        let program = program
            .setting("store", &for_user(&url, USER))
            .setting("node_lease", &format!("{}s", LEASE.as_secs()));
        let rig = Rig::set_up(program, &load_settings).await;
        let addresses = rig.addresses.subscribe();
        let load = Load::start(&rig.key, &rig.app, &addresses, &load_settings);
        let mut scene = Self {
            rig,
            nodes: Vec::new(),
            watched: 0,
            struck: None,
            taken_over_in: Vec::new(),
            database,
            proxy,
            load,
            load_settings,
        };
        for _ in 0..settings.fault.nodes_count() {
            scene.start_node().await;
        }
        scene
    }
}
