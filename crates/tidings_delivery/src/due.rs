//! When which endpoint is owed something next: what the dispatcher sleeps on.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidings_domain::clock::Millis;
use tidings_store::Creditor;
use tokio::sync::Notify;

#[derive(Default)]
struct Agenda {
    first: HashMap<Creditor, Millis>,
    order: BTreeSet<(Millis, Creditor)>,
}

/// For each endpoint the time of the first thing that it is owed.
#[derive(Default)]
pub(crate) struct DueList {
    agenda: Mutex<Agenda>,
    sooner: Notify,
}

impl DueList {
    /// Notes that something is owed; an earlier note stands.
    pub(crate) fn note(&self, creditor: Creditor, due_at: Millis) {
        let mut agenda = self.lock();
        let known = agenda.first.get(&creditor).copied();
        if known.is_some_and(|known| known <= due_at) {
            return;
        }
        if let Some(known) = known {
            agenda.order.remove(&(known, creditor));
        }
        let is_first = agenda
            .order
            .first()
            .is_none_or(|(first, _)| due_at < *first);
        agenda.first.insert(creditor, due_at);
        agenda.order.insert((due_at, creditor));
        drop(agenda);
        if is_first {
            self.sooner.notify_one();
        }
    }

    /// Takes the endpoints that are owed something by now.
    pub(crate) fn take_due(&self, now: Millis, limit: usize) -> Vec<Creditor> {
        let mut agenda = self.lock();
        let mut due = Vec::new();
        while let Some((due_at, creditor)) = agenda.order.first().copied() {
            if due_at > now || due.len() == limit {
                break;
            }
            agenda.order.pop_first();
            agenda.first.remove(&creditor);
            due.push(creditor);
        }
        due
    }

    /// When the first is due.
    pub(crate) fn next_at(&self) -> Option<Millis> {
        self.lock().order.first().map(|(due_at, _)| *due_at)
    }

    /// Returns once something is due sooner than what was known before.
    pub(crate) async fn sooner(&self) {
        self.sooner.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_come_in_order_of_what_they_are_owed_first() {
        let list = DueList::default();
        for (endpoint, due_at) in [(1, 30), (2, 10), (3, 20), (1, 5), (2, 15)] {
            list.note(Creditor::unslotted(endpoint), due_at);
        }
        assert_eq!(list.next_at(), Some(5));
        assert_eq!(list.take_due(10, 9), [1, 2].map(Creditor::unslotted));
        assert!(list.take_due(10, 9).is_empty());
        assert_eq!(list.next_at(), Some(20));
    }
}
