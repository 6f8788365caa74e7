//! This node beside others: it joins, takes its share, tells of changes.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_store::{Balance, Opened, StoreError};
use tokio::time::Instant;

use crate::journal::{COUNT_UNAWARE, HOME_SLOT};
use crate::nodes::{self, Membership};
use crate::{PostgresStore, hints};

/// How long a change of the configuration waits for the other nodes, and how often it asks.
const AWARE_WITHIN: Duration = Duration::from_secs(1);
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(10);

impl PostgresStore {
    /// Opens a journal and takes the slots that nobody has.
    pub(super) async fn join(&self, node: String, now: Millis) -> Result<Opened, StoreError> {
        self.ownership.clear();
        self.ownership.set_journal(0);
        let membership = Membership {
            node,
            delivers: self.delivers,
            lease_for: self.lease_for,
        };
        let joined = self.write_at(Some(now), move |scope| {
            Box::pin(async move { nodes::join(scope, &membership, now).await })
        });
        let joined = joined.await?;
        self.ownership.set_journal(joined.opened.journal);
        self.ownership.replace(&joined.slots);
        self.hints.listen();
        Ok(joined.opened)
    }

    /// One round of balancing. What this node gives away it stops taking from at once, and gives it away
    /// in a later round, when nothing of it is in memory any more.
    pub(super) async fn share(&self, busy: Vec<i16>, now: Millis) -> Result<Balance, StoreError> {
        let leaving = self.ownership.leaving().clone();
        let busy: BTreeSet<i16> = busy.into_iter().collect();
        let may_judge = self.ownership.may_judge(self.lease_for);
        let balanced = self.write_at(Some(now), move |scope| {
            Box::pin(async move { nodes::balance(scope, may_judge, &leaving, &busy, now).await })
        });
        let balanced = balanced.await?;
        if balanced.balance.is_fenced {
            self.ownership.clear();
            return Ok(balanced.balance);
        }
        let plan = balanced.plan;
        let mut leaving = self.ownership.leaving();
        leaving.extend(&plan.leave);
        leaving.retain(|slot| balanced.slots.contains(slot) && !plan.keep.contains(slot));
        let staying = balanced.slots.iter().copied();
        let staying: Vec<i16> = staying.filter(|slot| !leaving.contains(slot)).collect();
        leaving.retain(|slot| !plan.release.contains(slot));
        drop(leaving);
        let mut balance = balanced.balance;
        balance.has_gained = self.ownership.replace(&staying);
        let nodes_count = balance.nodes_count;
        self.ownership
            .nodes_count
            .store(nodes_count, Ordering::Relaxed);
        Ok(balance)
    }

    /// Tells the other nodes that the configuration has changed, and waits until they know.
    pub(super) async fn tell(&self, version: i64) -> Result<(), StoreError> {
        let reader = self.readers.take().await?;
        let own = i32::from(self.ownership.journal());
        let deadline = Instant::now() + AWARE_WITHIN;
        let mut is_told = false;
        loop {
            let row = reader
                .query_one(COUNT_UNAWARE, &[&HOME_SLOT, &version, &own])
                .await?;
            let unaware: i64 = row.try_get(0).map_err(crate::failure::Failure::from)?;
            if unaware == 0 {
                return Ok(());
            }
            if Instant::now() >= deadline {
                tracing::warn!(
                    "{unaware} other nodes have not acknowledged a change of the configuration \
                     within a second; they read it when they can"
                );
                return Ok(());
            }
            if !is_told {
                is_told = true;
                hints::tell_of_change(&reader).await?;
            }
            tokio::time::sleep(ASK_AGAIN_AFTER).await;
        }
    }
}
