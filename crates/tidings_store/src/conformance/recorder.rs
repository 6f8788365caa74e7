//! Somebody who takes what is handed over, and counts the places that it takes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidings_domain::clock::Millis;
use tidings_domain::message::MessageKey;

use crate::{Creditor, Handed, Handover, Permit, Place, Settled};

/// Takes what the store hands over and remembers it.
#[derive(Default)]
pub(super) struct Recorder {
    handed: Mutex<Vec<(MessageKey, i64)>>,
    owed: Mutex<Vec<(Creditor, Millis)>>,
    settled: Mutex<Vec<Settled>>,
    pub(super) is_deaf: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// What was handed over so far, as messages and numbers of endpoints, in order.
    pub(super) fn handed(&self) -> Vec<(MessageKey, i64)> {
        let mut handed = lock(&self.handed).clone();
        handed.sort_unstable();
        handed
    }

    /// Endpoint and due time of what was said to be owed.
    pub(super) fn owed(&self) -> Vec<(i64, Millis)> {
        let owed = lock(&self.owed);
        owed.iter()
            .map(|(to, due_at)| (to.endpoint, *due_at))
            .collect()
    }

    pub(super) fn settled(&self) -> Vec<Settled> {
        lock(&self.settled).clone()
    }
}

impl Handover for Recorder {
    fn committed(&self, handed: Vec<Handed>) {
        let numbers = handed
            .iter()
            .map(|handed| (handed.message.key(), handed.target.ordinal()));
        lock(&self.handed).extend(numbers);
    }

    fn owed(&self, rows: &[(Creditor, Millis)]) {
        lock(&self.owed).extend(rows);
    }

    fn changed(&self) {}

    fn wants_settled(&self) -> bool {
        !self.is_deaf.load(Ordering::SeqCst)
    }

    fn settled(&self, settled: Vec<Settled>) {
        lock(&self.settled).extend(settled);
    }
}

/// Places in memory, counted.
#[derive(Default)]
pub(super) struct Places(AtomicUsize);

impl Places {
    pub(super) fn taken(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(super) fn take(self: &Arc<Self>) -> Permit {
        self.0.fetch_add(1, Ordering::SeqCst);
        Permit::new(self.clone(), 0)
    }
}

impl Place for Places {
    fn release(&self, _bytes: usize) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
