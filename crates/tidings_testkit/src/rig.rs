//! The rig: load on one side, endpoints on the other, and a server between them that is killed again and
//! again. Afterwards a checker compares what was promised with what came.
//!
//! The load posts with idempotency keys and repeats a request whose answer it did not get. The endpoints
//! answer most requests and fail, hang or break off on some, but never twice on the same delivery.
//! Everything random comes from one seed.

mod accounts;
mod checker;
mod crash;
mod endpoints;
pub(crate) mod load;
mod power;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::watch;

use crate::app::text;
use crate::chance::Chance;
use crate::client::Client;
use crate::program::Program;
use crate::receiver::Receiver;

pub use checker::Verdict;
pub use crash::Crash;
pub use load::Posted;

/// Deliveries of one endpoint that the server may hold in memory.
const LANE_WINDOW: usize = 32;
/// What the server is told, beside the folder: quick retries, short patience, a window that is known.
const SETTINGS: [(&str, &str); 6] = [
    (
        "retry_schedule",
        "50ms,100ms,200ms,300ms,500ms,500ms,500ms,1s,1s,1s,1s,1s",
    ),
    ("attempt_timeout", "700ms"),
    ("connect_timeout", "500ms"),
    ("lane_window", "32"),
    ("lane_requests_start", "8"),
    ("lane_requests_max", "16"),
];

/// What survives a crash.
#[derive(Debug, Clone)]
pub enum Power {
    /// All that was written, as after `kill -9`.
    Kept,
    /// Only what was synced, as after a power cut; needs the library `shadow.so`.
    Cut {
        /// The library.
        shim: PathBuf,
    },
}

/// How the rig is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where all chance comes from.
    pub seed: u64,
    /// How the server dies, one after the other.
    pub crashes: Vec<Crash>,
    /// What survives.
    pub power: Power,
    /// How many endpoints get each message.
    pub endpoints_count: usize,
    /// How many clients post at the same time.
    pub clients_count: usize,
    /// The shortest and the longest life of a server that is killed at a random moment.
    pub life_ms: (u64, u64),
    /// How long what is owed may take once nobody is killed any more.
    pub calm_for_max: Duration,
    /// Is told of every tenth death.
    pub on_crash: fn(usize),
}

impl Settings {
    /// A small run with these crashes.
    pub fn new(seed: u64, crashes: Vec<Crash>) -> Self {
        Self {
            seed,
            crashes,
            power: Power::Kept,
            endpoints_count: 2,
            clients_count: 6,
            life_ms: (30, 300),
            calm_for_max: Duration::from_mins(1),
            on_crash: |_| {},
        }
    }

    /// The most deliveries that one crash may repeat: those in memory, and one batch of outcomes that were
    /// not on disk yet, of which there cannot be more than deliveries in memory.
    pub fn repeats_max(&self) -> usize {
        2 * LANE_WINDOW * self.endpoints_count
    }
}

/// When a crash may have happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    /// The server was up.
    pub(crate) from: Instant,
    /// Its successor was.
    pub(crate) to: Instant,
}

/// The parts of a run.
pub(crate) struct Rig {
    pub(crate) program: Program,
    receiver: Receiver,
    pub(crate) chance: Chance,
    pub(crate) key: String,
    pub(crate) app: String,
    endpoints: Vec<Endpoint>,
    /// Tells the load where servers are.
    pub(crate) addresses: watch::Sender<Vec<std::net::SocketAddr>>,
    pub(crate) outages: Vec<Outage>,
}

/// One endpoint: its id, its path at the receiver, and its secret.
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) secret: String,
}

/// Runs it all and says what came of it. Panics if the server does not come back, or does not die where it
/// is told to.
pub async fn run(program: Program, settings: &Settings) -> Verdict {
    let mut rig = Rig::set_up(program, settings).await;
    rig.program = power::prepare(rig.program, &settings.power);
    let load = load::Load::start(&rig.key, &rig.app, &rig.addresses.subscribe(), settings);
    for crash in &settings.crashes {
        rig.crash(*crash, settings).await;
        let deaths = rig.outages.len();
        if deaths.is_multiple_of(10) {
            (settings.on_crash)(deaths);
        }
    }
    let server = rig.start().await;
    let posted = load.finish().await;
    let verdict = rig.check(server.address(), posted, settings).await;
    server.stop().await;
    verdict
}

impl Rig {
    pub(crate) async fn set_up(program: Program, settings: &Settings) -> Self {
        let program = SETTINGS.iter().fold(program, |program, (name, value)| {
            program.setting(name, value)
        });
        let program = program.argument("--dev");
        let receiver = Receiver::start().await;
        endpoints::misbehave(&receiver);
        let key = program.create_key("rig", "default").await;
        let server = program.serve().await;
        let client = Client::new(server.address()).with_key(&key);
        let made = client.post("/api/v1/app", json!({"name": "Rig"})).await;
        let app = text(&made.expect(201)["id"]);
        let mut endpoints = Vec::new();
        for number in 0..settings.endpoints_count {
            let path = format!("/{number}");
            let body = json!({"url": receiver.url(&path)});
            let made = client
                .post(&format!("/api/v1/app/{app}/endpoint"), body)
                .await;
            let id = text(&made.expect(201)["id"]);
            let secret = client
                .get(&format!("/api/v1/app/{app}/endpoint/{id}/secret"))
                .await;
            let secret = text(&secret.expect(200)["key"]);
            endpoints.push(Endpoint { id, path, secret });
        }
        server.stop().await;
        Self {
            program,
            receiver,
            chance: Chance::new(settings.seed),
            key,
            app,
            endpoints,
            addresses: watch::Sender::new(Vec::new()),
            outages: Vec::new(),
        }
    }
}
