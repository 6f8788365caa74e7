//! Every step of jobs, once.

use tidings_domain::job::{JobKind, JobOrder, JobState};
use tidings_store::{
    CountDeliveries, JobCreated, JobStep, ListCandidates, ListJobs, NewJob, Order,
};

use super::{NOW, key, message_key};
use crate::step::Scope;
use crate::{jobs, lists};

pub(super) fn run(scope: &mut Scope<'_>) {
    let new = NewJob {
        environment: 1,
        application: 1,
        endpoint: 7,
        kind: JobKind::Recover,
        order: JobOrder::default(),
        running_max: 9,
        created_at: NOW,
        seq: 1,
        tail: 1,
    };
    let JobCreated::Done(job) = jobs::create(scope, &new, Some(&key(99))).unwrap() else {
        panic!("the job was not made");
    };
    jobs::create(scope, &new, Some(&key(99))).unwrap();
    jobs::find(scope.connection, 1, job.id).unwrap();
    jobs::running(scope.connection, 5).unwrap();
    for order in [Order::Ascending, Order::Descending] {
        for kind in [None, Some(JobKind::Recover)] {
            for states in [vec![], vec![JobState::Failed, JobState::Canceled]] {
                for application in [None, Some(1)] {
                    let list = ListJobs {
                        environment: 1,
                        application,
                        order,
                        after: None,
                        limit: 5,
                        states: states.clone(),
                        kind,
                    };
                    jobs::list(scope.connection, &list).unwrap();
                }
            }
        }
    }
    let list = ListCandidates {
        application: 1,
        endpoint: 7,
        after: None,
        from: 0,
        to: NOW + 1,
        limit: 5,
        with_payload: false,
    };
    lists::candidates(scope.connection, &list).unwrap();
    let of = CountDeliveries {
        application: 1,
        messages: vec![message_key().id],
    };
    lists::delivery_counts(scope.connection, &of).unwrap();
    jobs::replays_owed(scope.connection, 7, 5).unwrap();
    let id = job.id;
    let step = JobStep {
        job,
        state: JobState::Running,
        messages: vec![message_key()],
        is_told: true,
        now: NOW,
    };
    jobs::advance(scope, step).unwrap();
    jobs::cancel(scope, 1, id, NOW).unwrap();
    jobs::sweep(scope, NOW + 1, 5).unwrap();
}
