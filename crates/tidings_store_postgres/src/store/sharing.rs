//! This node beside others: it joins, takes its share, tells of changes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::slot;
use tidings_store::{Balance, Opened, StoreError};
use tokio::time::Instant;

use crate::group::Group;
use crate::journal::COUNT_UNAWARE;
use crate::nodes::{self, Balanced, Known, Membership};
use crate::{PostgresStore, hints, horizon};

/// How long a change of the configuration waits for the other nodes, and how often it asks.
const AWARE_WITHIN: Duration = Duration::from_secs(1);
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(10);

impl PostgresStore {
    /// Opens a journal in each group that has none of this node, and takes the slots that nobody has.
    pub(super) async fn join(&self, node: String, now: Millis) -> Result<Opened, StoreError> {
        let _ = self.node.set(node); // the first counts
        let mut all = Opened::default();
        for (group, slots) in self.groups.with_slots() {
            if group.lease.journal() != 0 {
                continue; // only another group's was lost
            }
            let opened = self.join_group(&group, slots, now).await?;
            all.taken_over += opened.taken_over;
            all.recovered += opened.recovered;
            all.journal = match all.journal {
                0 => opened.journal,
                first => first,
            };
        }
        self.hints.listen();
        Ok(all)
    }

    async fn join_group(
        &self,
        group: &Arc<Group>,
        slots: Vec<i16>,
        now: Millis,
    ) -> Result<Opened, StoreError> {
        self.leave_group(group, &slots);
        let membership = Membership {
            node: self.node.get().cloned().unwrap_or_default(),
            delivers: self.delivers,
            lease_for: self.lease_for,
        };
        let known = self.known(group, slots, BTreeSet::new());
        let joined = group.write_at(Some(now), move |scope| {
            Box::pin(async move { nodes::join(scope, &membership, &known, now).await })
        });
        let joined = joined.await?;
        let adopted = group.write_at(None, |scope| {
            Box::pin(async move { horizon::adopt(scope).await })
        });
        adopted.await?;
        // And tells: readers wait for it.
        let told = group.write_at(None, |_| Box::pin(std::future::ready(Ok(()))));
        told.await?;
        self.ownership.journals().insert(joined.opened.journal);
        group.lease.set_journal(joined.opened.journal);
        self.own(&joined.slots, &joined.slots);
        Ok(joined.opened)
    }

    /// Forgets what this node had in a group.
    fn leave_group(&self, group: &Group, slots: &[i16]) {
        let journal = group.lease.journal();
        self.ownership.journals().remove(&journal);
        group.lease.set_journal(0);
        self.ownership
            .leaving()
            .retain(|slot| !slots.contains(slot));
        self.own(slots, &[]);
    }

    /// Of these slots this node owns those, and no others. True if there is one that it did not own before.
    fn own(&self, of: &[i16], slots: &[i16]) -> bool {
        let others = self.ownership.slots().into_iter();
        let mut all: Vec<i16> = others.filter(|slot| !of.contains(slot)).collect();
        all.extend(slots);
        self.ownership.replace(&all)
    }

    fn known(&self, group: &Group, slots: Vec<i16>, busy: BTreeSet<i16>) -> Known {
        let journals = self.ownership.journals();
        let elsewhere = journals.iter().copied();
        let elsewhere = elsewhere.filter(|journal| *journal != group.lease.journal());
        Known {
            elsewhere: elsewhere.map(i32::from).collect(),
            leaving: self.ownership.leaving().clone(),
            busy,
            slots,
        }
    }

    /// One round of balancing, in each group. What this node gives away it stops taking from at once, and
    /// gives it away in a later round, when nothing of it is in memory any more.
    pub(super) async fn share(&self, busy: Vec<i16>, now: Millis) -> Result<Balance, StoreError> {
        self.follow_slots(now).await?;
        let busy: BTreeSet<i16> = busy.into_iter().collect();
        let mut all = Balance::default();
        let mut failed = None;
        for (group, slots) in self.groups.with_slots() {
            // A group that is away holds up its own slots only.
            match self.share_group(&group, slots, &busy, now).await {
                Ok(one) => {
                    all.nodes_count = all.nodes_count.max(one.nodes_count);
                    all.has_gained |= one.has_gained;
                    all.is_fenced |= one.is_fenced;
                    all.taken_over += one.taken_over;
                    all.recovered += one.recovered;
                }
                Err(error) => failed = Some(error),
            }
        }
        let count = &self.ownership.nodes_count;
        count.store(all.nodes_count, Ordering::Relaxed);
        failed.map_or(Ok(all), Err)
    }

    async fn share_group(
        &self,
        group: &Arc<Group>,
        slots: Vec<i16>,
        busy: &BTreeSet<i16>,
        now: Millis,
    ) -> Result<Balance, StoreError> {
        let known = self.known(group, slots.clone(), busy.clone());
        let may_judge = group.lease.may_judge(self.lease_for);
        let balanced = group.write_at(Some(now), move |scope| {
            Box::pin(async move { nodes::balance(scope, may_judge, &known, now).await })
        });
        let Balanced {
            mut balance,
            slots: mine,
            plan,
        } = balanced.await?;
        if balance.is_fenced {
            self.leave_group(group, &slots);
            return Ok(balance);
        }
        let mut leaving = self.ownership.leaving();
        leaving.extend(&plan.leave);
        leaving.retain(|slot| !plan.keep.contains(slot));
        leaving.retain(|slot| !slots.contains(slot) || mine.contains(slot));
        let staying = mine.iter().copied();
        let staying: Vec<i16> = staying.filter(|slot| !leaving.contains(slot)).collect();
        leaving.retain(|slot| !plan.release.contains(slot));
        drop(leaving);
        balance.has_gained = self.own(&slots, &staying);
        Ok(balance)
    }

    /// Learns where slots are by now. A group that is new to this node gets a journal first.
    async fn follow_slots(&self, now: Millis) -> Result<(), StoreError> {
        let reader = self.readers.take().await?;
        let Some(map) = self.groups.read(&reader).await? else {
            return Ok(());
        };
        drop(reader);
        for (group, slots) in map.with_slots() {
            if group.lease.journal() == 0 && self.node.get().is_some() {
                self.join_group(&group, slots, now).await?;
            }
        }
        self.groups.follow(map);
        Ok(())
    }

    /// Tells the other nodes that the configuration has changed, and waits until they know.
    pub(super) async fn tell(&self, version: i64) -> Result<(), StoreError> {
        let reader = self.readers.take().await?;
        let own = self.ownership.journals().clone();
        let own: Vec<i32> = own.into_iter().map(i32::from).collect();
        let all: Vec<i16> = (0..slot::COUNT).collect();
        let deadline = Instant::now() + AWARE_WITHIN;
        let mut is_told = false;
        loop {
            let row = reader
                .query_one(COUNT_UNAWARE, &[&all, &version, &own])
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
