//! This node's share of the work, where several nodes have one store.
//!
//! Every so often the store looks who is there, takes over from nodes that are gone, and gives this one
//! its fair share of the slots. A node that others have taken over from gives up what it has in memory,
//! which is theirs now, and begins anew under a new journal.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tidings_store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::shared::Shared;

/// How often the shares are looked at.
const BALANCE_EVERY: Duration = Duration::from_secs(1);

/// Runs until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(BALANCE_EVERY) => {}
        }
        if let Err(error) = balance(&shared).await {
            tracing::warn!("The work could not be shared out, it will be tried again: {error}");
        }
    }
}

/// One round.
pub(crate) async fn balance(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let now = shared.clock.now_ms();
    let balance = shared.store.balance(busy_slots(shared), now).await?;
    let before = shared
        .nodes_count
        .swap(balance.nodes_count, Ordering::Relaxed);
    if balance.taken_over > 0 {
        tracing::warn!(
            deliveries.recovered = balance.recovered,
            "Took over from a node that is gone; {} deliveries that it had in hand are owed",
            balance.recovered
        );
    }
    if balance.is_fenced {
        return begin_anew(shared).await;
    }
    if before != balance.nodes_count {
        match balance.nodes_count {
            1 => tracing::info!("One node does all the work"),
            count => tracing::info!("{count} nodes share the work"),
        }
    }
    if balance.has_gained {
        shared.gained.notify_one();
    }
    Ok(())
}

/// Slots of which rows are in memory here.
fn busy_slots(shared: &Shared) -> Vec<i16> {
    let lanes = shared.all_lanes();
    let busy = lanes.iter().filter(|lane| lane.is_busy());
    let slots: BTreeSet<i16> = busy.map(|lane| lane.creditor.slot).collect();
    slots.into_iter().collect()
}

/// Forgets what is in memory and opens a new journal. Requests under way end, and their outcomes are kept
/// as late.
async fn begin_anew(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut count = 0;
    for lane in shared.all_lanes() {
        if shared.store.journal(lane.creditor.slot) == 0 {
            count += lane.take_queued(Duration::ZERO).len();
        }
    }
    tracing::warn!(
        "Another node has taken over from this one, which was not heard of for too long; {count} \
         deliveries in memory are left to it"
    );
    let (node, now) = (shared.node.clone(), shared.clock.now_ms());
    let opened = shared.store.open_journal(node, now).await?;
    tracing::info!(
        journal.id = opened.journal,
        "Began anew under journal {}",
        opened.journal
    );
    shared.gained.notify_one();
    Ok(())
}
