//! [`Jobs`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::ids::JobId;
use tidings_domain::job::Job;
use tidings_store::{
    Advanced, Candidate, CountDeliveries, Creditor, Dedup, DeliveryCounts, JobCreated, JobStep,
    Jobs, ListCandidates, ListJobs, NewJob, Page, StoreFuture,
};

use crate::{SqliteStore, jobs, lists};

impl Jobs for SqliteStore {
    fn create_job(&self, new: NewJob, dedup: Option<Dedup>) -> StoreFuture<'_, JobCreated> {
        self.write_audited(move |scope| jobs::create(scope, &new, dedup.as_ref()))
    }

    fn job(&self, environment: i64, id: JobId) -> StoreFuture<'_, Option<Job>> {
        self.readers
            .read(move |connection| jobs::find(connection, environment, id))
    }

    fn jobs(&self, list: ListJobs) -> StoreFuture<'_, Vec<Job>> {
        self.readers
            .read(move |connection| jobs::list(connection, &list))
    }

    fn running_jobs(&self, limit: usize) -> StoreFuture<'_, Vec<Job>> {
        self.readers
            .read(move |connection| jobs::running(connection, limit))
    }

    fn candidates(&self, list: ListCandidates) -> StoreFuture<'_, Page<Candidate>> {
        self.readers
            .read(move |connection| lists::candidates(connection, &list))
    }

    fn delivery_counts(&self, of: CountDeliveries) -> StoreFuture<'_, DeliveryCounts> {
        self.readers
            .read(move |connection| lists::delivery_counts(connection, &of))
    }

    fn replays_owed(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, usize> {
        self.readers
            .read(move |connection| jobs::replays_owed(connection, creditor.endpoint, limit))
    }

    fn advance_job(&self, step: JobStep) -> StoreFuture<'_, Advanced> {
        self.write(move |scope| jobs::advance(scope, step))
    }

    fn cancel_job(&self, environment: i64, id: JobId, now: Millis) -> StoreFuture<'_, Option<Job>> {
        self.write_audited(move |scope| jobs::cancel(scope, environment, id, now))
    }

    fn sweep_jobs(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize> {
        self.write(move |scope| jobs::sweep(scope, before, limit))
    }
}
