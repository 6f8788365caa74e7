//! [`Jobs`], passed on to the files that do it: each job in its slot.

use tidings_domain::clock::Millis;
use tidings_domain::ids::JobId;
use tidings_domain::job::Job;
use tidings_domain::slot;
use tidings_store::{
    Advanced, Candidate, CountDeliveries, Creditor, Dedup, DeliveryCounts, JobCreated, JobStep,
    Jobs, ListCandidates, ListJobs, NewJob, Page, StoreError, StoreFuture,
};

use super::passing::{read, write_audited_in, write_in};
use crate::{PostgresStore, jobs, lists};

impl Jobs for PostgresStore {
    fn create_job(&self, new: NewJob, dedup: Option<Dedup>) -> StoreFuture<'_, JobCreated> {
        let slot = slot::of(new.owner());
        write_audited_in!(self, slot, |scope| jobs::create(
            scope,
            &new,
            dedup.as_ref()
        ))
    }

    fn job(&self, environment: i64, id: JobId) -> StoreFuture<'_, Option<Job>> {
        read!(self, |reader| jobs::find(&reader, environment, id))
    }

    fn jobs(&self, list: ListJobs) -> StoreFuture<'_, Vec<Job>> {
        read!(self, |reader| jobs::list(&reader, &list))
    }

    fn running_jobs(&self, limit: usize) -> StoreFuture<'_, Vec<Job>> {
        let slots = self.ownership.slots();
        read!(self, |reader| jobs::running(&reader, &slots, limit))
    }

    fn candidates(&self, list: ListCandidates) -> StoreFuture<'_, Page<Candidate>> {
        read!(self, |reader| lists::candidates(&reader, &list))
    }

    fn delivery_counts(&self, of: CountDeliveries) -> StoreFuture<'_, DeliveryCounts> {
        read!(self, |reader| lists::delivery_counts(&reader, &of))
    }

    fn replays_owed(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, usize> {
        read!(self, |reader| jobs::replays_owed(&reader, creditor, limit))
    }

    fn advance_job(&self, step: JobStep) -> StoreFuture<'_, Advanced> {
        let slot = jobs::slot_of(step.job.id);
        write_in!(self, slot, |scope| jobs::advance(scope, step))
    }

    fn cancel_job(&self, environment: i64, id: JobId, now: Millis) -> StoreFuture<'_, Option<Job>> {
        write_audited_in!(self, jobs::slot_of(id), |scope| jobs::cancel(
            scope,
            environment,
            id,
            now
        ))
    }

    fn sweep_jobs(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(self.sweep_jobs_in_groups(before, limit))
    }
}

impl PostgresStore {
    async fn sweep_jobs_in_groups(
        &self,
        before: Millis,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let mut removed = 0;
        for (group, mut slots) in self.groups.with_slots() {
            slots.retain(|slot| self.ownership.has(*slot));
            let left = limit - removed;
            if slots.is_empty() || left == 0 {
                continue;
            }
            let part = group.write_at(None, move |scope| {
                Box::pin(async move { jobs::sweep(scope, &slots, before, left).await })
            });
            removed += part.await?;
        }
        Ok(removed)
    }
}
