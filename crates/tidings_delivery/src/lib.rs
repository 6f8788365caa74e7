//! Delivery: lanes, workers, the sender with its guarded connections, what is due, upkeep.
//!
//! Deliveries come in over the hand-over after their commit, or from the store when they are due. Each
//! goes to the lane of its endpoint, whose workers send one request after another and settle each
//! outcome with the store. Nothing here decides: the rules are in `tidings_domain`.

mod admission;
mod dispatcher;
mod due;
mod jobs;
mod lane;
mod line;
mod rates;
mod relay;
mod retention;
pub mod sender;
mod settings;
mod share;
mod shared;
mod testing;
mod upkeep;
mod window;
mod worker;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tidings_domain::clock::{Clock, Entropy};
use tidings_domain::delivery::PendingReason;
use tidings_store::directory::Directory;
use tidings_store::{Hold, Owed, Store};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::sender::Sender;
pub use crate::settings::DeliverySettings;
use crate::shared::Shared;
use crate::window::Window;

/// How many settled attempts a reader of the feed may lag behind.
const FEED_LAG_MAX: usize = 4_096;

/// What delivery is built from.
pub struct DeliveryParts {
    /// What this node is called in the store.
    pub node: String,
    /// Where rows are.
    pub store: Arc<dyn Store>,
    /// The cached configuration.
    pub directory: Arc<Directory>,
    /// The one door to the internet.
    pub sender: Sender,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives chance.
    pub entropy: Arc<dyn Entropy>,
    /// Limits and times.
    pub settings: DeliverySettings,
}

/// The running delivery of this node.
pub struct Delivery {
    shared: Arc<Shared>,
    loops: TaskTracker,
    stop: CancellationToken,
}

impl Delivery {
    /// Builds delivery; nothing runs until [`Delivery::start`].
    pub fn new(parts: DeliveryParts) -> Self {
        let settings = parts.settings;
        let shared = Arc::new(Shared {
            node: parts.node,
            store: parts.store,
            directory: parts.directory,
            sender: parts.sender,
            clock: parts.clock,
            entropy: parts.entropy,
            window: Window::new(settings.window, settings.window_bytes),
            settings,
            rates: rates::Rates::default(),
            due: due::DueList::default(),
            tasks: TaskTracker::new(),
            feed: broadcast::Sender::new(FEED_LAG_MAX),
            is_draining: AtomicBool::new(false),
            nodes_count: AtomicUsize::new(1),
            changed: Notify::new(),
            asked: Notify::new(),
            gained: Notify::new(),
            told: Notify::new(),
            test_places: Arc::default(),
            lanes: Mutex::default(),
        });
        Self {
            shared,
            loops: TaskTracker::new(),
            stop: CancellationToken::new(),
        }
    }

    /// Starts the loops. The journal must be open.
    pub fn start(&self) {
        if self.shared.settings.delivers {
            self.loops
                .spawn(dispatcher::run(self.shared.clone(), self.stop.clone()));
            self.loops
                .spawn(relay::run(self.shared.clone(), self.stop.clone()));
            self.loops
                .spawn(jobs::run(self.shared.clone(), self.stop.clone()));
        }
        self.loops
            .spawn(share::run(self.shared.clone(), self.stop.clone()));
        self.loops
            .spawn(upkeep::run(self.shared.clone(), self.stop.clone()));
        self.loops
            .spawn(retention::run(self.shared.clone(), self.stop.clone()));
    }

    /// What this node is called in the store.
    pub fn node(&self) -> &str {
        &self.shared.node
    }

    /// How many deliveries are in memory.
    pub fn in_memory_count(&self) -> usize {
        self.shared.window.count()
    }

    /// Stops in good order: nothing new starts, requests under way may end, everything else is written
    /// down as owed. Afterwards the journal can be closed.
    pub async fn drain(&self) {
        let shared = &self.shared;
        shared.is_draining.store(true, Ordering::SeqCst);
        self.stop.cancel();
        self.loops.close();
        self.loops.wait().await;
        if let Err(error) = upkeep::spill(shared, Duration::ZERO, PendingReason::Drained).await {
            tracing::error!(
                "Deliveries in memory could not be written down; the next start finds them in the journal: {error}"
            );
        }
        shared.tasks.close();
        let ended = tokio::time::timeout(shared.settings.drain_for_max, shared.tasks.wait()).await;
        if ended.is_err() {
            self.owe_what_is_under_way().await;
        }
        // What a worker took out of its lane just before the spill has been settled or given back.
        if let Err(error) = upkeep::spill(shared, Duration::ZERO, PendingReason::Drained).await {
            tracing::error!("Deliveries in memory could not be written down: {error}");
        }
        if let Err(error) = shared.store.flush().await {
            tracing::error!("The last outcomes may not be on disk: {error}");
        }
    }

    async fn owe_what_is_under_way(&self) {
        let shared = &self.shared;
        let due_at = shared.clock.now_ms();
        let mut owed = Vec::new();
        for lane in shared.all_lanes() {
            owed.extend(lane.under_way().into_iter().map(|message| Owed {
                message,
                endpoint: lane.creditor.endpoint,
                due_at,
                reason: PendingReason::Drained,
                hold: Hold::Handed,
            }));
        }
        tracing::warn!("{} requests did not end in time and are owed", owed.len());
        if let Err(error) = shared.store.owe(owed).await {
            tracing::error!(
                "Requests under way could not be written down; the next start finds them in the journal: {error}"
            );
        }
    }
}
