//! What all parts of delivery share: the store, the lanes, the window, the list of what is due.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidings_domain::clock::{Clock, Entropy};
use tidings_store::directory::Directory;
use tidings_store::{Settled, Store};
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;

use crate::due::DueList;
use crate::lane::Lane;
use crate::sender::Sender;
use crate::settings::DeliverySettings;
use crate::window::Window;

pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) sender: Sender,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) settings: DeliverySettings,
    pub(crate) window: Window,
    pub(crate) due: DueList,
    pub(crate) tasks: TaskTracker,
    pub(crate) feed: broadcast::Sender<Arc<Settled>>,
    pub(crate) is_draining: AtomicBool,
    pub(crate) lanes: Mutex<HashMap<i64, Arc<Lane>>>,
}

impl Shared {
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }

    /// The lane of an endpoint, made if need be.
    pub(crate) fn lane(self: &Arc<Self>, endpoint: i64) -> Arc<Lane> {
        let mut lanes = self.lock_lanes();
        if let Some(lane) = lanes.get(&endpoint) {
            return lane.clone();
        }
        let lane = Arc::new(Lane::new(endpoint, self));
        lanes.insert(endpoint, lane.clone());
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
