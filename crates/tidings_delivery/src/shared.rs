//! What all parts of delivery share: the store, the lanes, the window, the list of what is due.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidings_domain::clock::{Clock, Entropy};
use tidings_store::directory::Directory;
use tidings_store::target::Target;
use tidings_store::{Creditor, Settled, Store};
use tokio::sync::{Notify, broadcast};
use tokio_util::task::TaskTracker;

use crate::due::DueList;
use crate::lane::Lane;
use crate::rates::Rates;
use crate::sender::Sender;
use crate::settings::DeliverySettings;
use crate::testing::TestPlaces;
use crate::window::Window;

pub(crate) struct Shared {
    pub(crate) node: String,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) sender: Sender,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) settings: DeliverySettings,
    pub(crate) window: Window,
    pub(crate) rates: Rates,
    pub(crate) due: DueList,
    pub(crate) tasks: TaskTracker,
    pub(crate) feed: broadcast::Sender<Arc<Settled>>,
    pub(crate) is_draining: AtomicBool,
    /// How many nodes deliver.
    pub(crate) nodes_count: AtomicUsize,
    /// Rings when another node has changed the configuration.
    pub(crate) changed: Notify,
    /// Rings when there is a new job in this node's slots.
    pub(crate) asked: Notify,
    /// Rings when this node has new slots.
    pub(crate) gained: Notify,
    /// Rings when this node has written operational events.
    pub(crate) told: Notify,
    pub(crate) test_places: Arc<TestPlaces>,
    pub(crate) lanes: Mutex<HashMap<i64, Arc<Lane>>>,
}

impl Shared {
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }

    /// Requests at once to one endpoint at most, from this node: its part of what the endpoint takes.
    pub(crate) fn lane_requests_max(&self) -> usize {
        let nodes = self.nodes_count.load(Ordering::Relaxed).max(1);
        self.settings.lane_requests_max.div_ceil(nodes)
    }

    /// The lane of a target, made if need be.
    pub(crate) fn lane_of(self: &Arc<Self>, target: &Target) -> Arc<Lane> {
        self.lane(Creditor {
            slot: self.store.slot_of(target.endpoint.application),
            endpoint: target.ordinal(),
        })
    }

    /// The lane of an endpoint, made if need be.
    pub(crate) fn lane(self: &Arc<Self>, creditor: Creditor) -> Arc<Lane> {
        let mut lanes = self.lock_lanes();
        if let Some(lane) = lanes.get(&creditor.endpoint) {
            return lane.clone();
        }
        let lane = Arc::new(Lane::new(creditor, self));
        lanes.insert(creditor.endpoint, lane.clone());
        lane
    }

    pub(crate) fn known_lane(&self, endpoint: i64) -> Option<Arc<Lane>> {
        self.lock_lanes().get(&endpoint).cloned()
    }

    pub(crate) fn all_lanes(&self) -> Vec<Arc<Lane>> {
        self.lock_lanes().values().cloned().collect()
    }

    /// Forgets lanes in which nothing has been for a while.
    pub(crate) fn forget_idle_lanes(&self) {
        self.lock_lanes()
            .retain(|_, lane| Arc::strong_count(lane) > 1 || !lane.is_idle());
    }

    fn lock_lanes(&self) -> MutexGuard<'_, HashMap<i64, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
