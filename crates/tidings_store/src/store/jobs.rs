//! The part of [`Store`](crate::Store) about jobs.

use tidings_domain::clock::Millis;
use tidings_domain::ids::JobId;
use tidings_domain::job::Job;

use crate::{
    Advanced, Candidate, CountDeliveries, Creditor, Dedup, DeliveryCounts, JobCreated, JobStep,
    ListCandidates, ListJobs, NewJob, Page, StoreFuture,
};

/// The steps that touch jobs. A job is its slot's owner's to go on with, whoever has asked for it.
pub trait Jobs {
    /// Writes a job down, unless too many of its application run.
    fn create_job(&self, new: NewJob, dedup: Option<Dedup>) -> StoreFuture<'_, JobCreated>;
    /// A job of an environment.
    fn job(&self, environment: i64, id: JobId) -> StoreFuture<'_, Option<Job>>;
    /// One page of the jobs of an environment, or of one of its applications, by time.
    fn jobs(&self, list: ListJobs) -> StoreFuture<'_, Vec<Job>>;
    /// Jobs that run in this node's slots, oldest first.
    fn running_jobs(&self, limit: usize) -> StoreFuture<'_, Vec<Job>>;
    /// The next messages of an application, each with what is known of it at one endpoint. Reads at most
    /// `limit` messages.
    fn candidates(&self, list: ListCandidates) -> StoreFuture<'_, Page<Candidate>>;
    /// What became of the deliveries of these messages, together.
    fn delivery_counts(&self, of: CountDeliveries) -> StoreFuture<'_, DeliveryCounts>;
    /// How many deliveries of jobs are owed to an endpoint; counts up to `limit`.
    fn replays_owed(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, usize>;
    /// Does one step of a job: what it owes to its endpoint and how far it has come, in one transaction,
    /// if the job is still as it was read.
    fn advance_job(&self, step: JobStep) -> StoreFuture<'_, Advanced>;
    /// Stops a job that runs; gives it as it is now.
    fn cancel_job(&self, environment: i64, id: JobId, now: Millis) -> StoreFuture<'_, Option<Job>>;
    /// Removes jobs that were asked for before this and have ended, in this node's slots; at most `limit`.
    /// Gives how many.
    fn sweep_jobs(&self, before: Millis, limit: usize) -> StoreFuture<'_, usize>;
}
