//! The two doors into delivery: places for new messages, and deliveries after their commit.

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Trigger;
use tidings_domain::message::{Message, MessageKey};
use tidings_store::target::Target;
use tidings_store::{
    Admission, AdmitFuture, AskFuture, Asked, Asks, Creditor, Forward, ForwardFuture, Handed,
    Handover, InHand, Permit, Room, Settled, StoreError, TestFuture,
};
use tokio::sync::broadcast;

use crate::Delivery;
use crate::lane::{Lane, Work};
use crate::shared::Shared;
use crate::testing;

impl Asks for Delivery {
    fn ask(&self, asked: Asked) -> AskFuture<'_> {
        Box::pin(async move { self.shared.sender.ask(&asked).await })
    }
}

impl Admission for Delivery {
    fn try_admit(&self, target: &Arc<Target>, bytes: usize) -> Option<Permit> {
        if target.is_paused || target.endpoint.is_fifo {
            return None; // what keeps the order goes from its row, whoever owns the slot
        }
        let lane = self.shared.lane_of(target);
        // One node sees to it that a rate is kept: the one that owns the slot.
        if target.is_rated() && !self.shared.store.owns(lane.creditor.slot) {
            return None;
        }
        try_place(&self.shared, &lane, bytes)
    }

    fn admit<'a>(&'a self, targets: &'a [Arc<Target>], bytes: usize) -> AdmitFuture<'a> {
        Box::pin(async move {
            let mut admitted = Vec::new();
            let wait_for_all = async {
                for target in targets {
                    let permit = self.wait_for_place(target, bytes).await;
                    admitted.extend(permit.map(|permit| (target.clone(), permit)));
                }
            };
            // What has been admitted by the deadline stays so.
            let _ = tokio::time::timeout(self.shared.settings.admit_for_max, wait_for_all).await;
            admitted
        })
    }

    fn try_test(&self) -> Option<Permit> {
        testing::try_place(&self.shared)
    }

    fn test(
        &self,
        message: Arc<Message>,
        target: Arc<Target>,
        trigger: Trigger,
        permit: Permit,
    ) -> TestFuture<'_> {
        let sending = testing::send(self.shared.clone(), message, target, trigger, permit);
        // A task of its own, so that the outcome is written even if nobody waits for it any more.
        let sending = self.shared.tasks.spawn(sending);
        Box::pin(async move {
            sending.await.unwrap_or_else(|error| {
                Err(StoreError::Internal(format!("a test did not end: {error}")))
            })
        })
    }

    fn forward(&self, forward: Forward, permit: Permit) -> ForwardFuture<'_> {
        Box::pin(async move {
            let exchange = self.shared.sender.forward(&forward).await;
            drop(permit);
            exchange
        })
    }

    fn is_held(&self, message: MessageKey, endpoint: i64) -> bool {
        self.shared
            .known_lane(endpoint)
            .is_some_and(|lane| lane.has_taken(message))
    }

    fn in_hand(&self, endpoint: i64) -> InHand {
        let lane = self.shared.known_lane(endpoint);
        lane.map(|lane| lane.in_hand()).unwrap_or_default()
    }

    fn resting(&self) -> Vec<i64> {
        let now = self.shared.clock.now_ms();
        let lanes = self.shared.all_lanes().into_iter();
        lanes
            .filter(|lane| lane.is_resting(now))
            .map(|lane| lane.creditor.endpoint)
            .collect()
    }

    fn feed(&self) -> broadcast::Receiver<Arc<Settled>> {
        self.shared.feed.subscribe()
    }
}

impl Delivery {
    /// Waits while the endpoint is quick. None as soon as it is not.
    async fn wait_for_place(&self, target: &Arc<Target>, bytes: usize) -> Option<Permit> {
        if target.is_paused || target.is_left_to_owner() {
            return None; // it was asked once, and a place will not come free in a moment
        }
        let lane = self.shared.lane_of(target);
        while lane.is_quick() && !self.shared.is_draining() {
            if let Some(permit) = try_place(&self.shared, &lane, bytes) {
                return Some(permit);
            }
            lane.place_freed().await;
        }
        None
    }
}

fn try_place(shared: &Arc<Shared>, lane: &Arc<Lane>, bytes: usize) -> Option<Permit> {
    if !shared.settings.delivers || shared.is_draining() || shared.store.room() == Room::None {
        return None;
    }
    if !lane.try_place(shared, shared.clock.now_ms()) {
        return None;
    }
    if shared.window.try_take(bytes) {
        return Some(Permit::new(lane.clone(), bytes));
    }
    lane.undo_place();
    None
}

impl Handover for Delivery {
    fn committed(&self, handed: Vec<Handed>) {
        for Handed {
            message,
            target,
            permit,
        } in handed
        {
            let lane = self.shared.lane_of(&target);
            lane.push(&self.shared, Work::Handed { message, permit });
        }
    }

    fn owed(&self, rows: &[(Creditor, Millis)]) {
        for (creditor, due_at) in rows {
            if !self.shared.store.owns(creditor.slot) {
                continue;
            }
            if creditor.is_jobs() {
                self.shared.asked.notify_one();
            } else {
                self.shared.due.note(*creditor, *due_at);
            }
        }
    }

    fn changed(&self) {
        self.shared.changed.notify_one();
    }

    fn told(&self) {
        self.shared.told.notify_one();
    }

    fn wants_settled(&self) -> bool {
        self.shared.feed.receiver_count() > 0
    }

    fn settled(&self, settled: Vec<Settled>) {
        for settled in settled {
            let _ = self.shared.feed.send(Arc::new(settled)); // fails where nobody listens
        }
    }
}
