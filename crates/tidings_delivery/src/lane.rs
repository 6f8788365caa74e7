//! A lane: everything that waits for one endpoint, and how many requests it may have at once.
//!
//! The unit of scheduling is the endpoint. A hanging endpoint holds the places of its own lane and
//! nothing else; what does not fit is owed in the store and comes back when there is room.

mod cap;
mod crew;
mod first;
mod health;
mod learning;
mod rows;

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tidings_domain::breaker::{Breaker, Passage};
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Pending, Trigger};
use tidings_domain::message::{Message, MessageKey};
use tidings_store::{Creditor, Hold, Permit, Place};
use tokio::sync::Notify;

use crate::shared::Shared;

use cap::Cap;
use crew::Crew;
use first::First;
use health::Health;
pub(crate) use learning::Lesson;
pub(crate) use rows::Taken;

/// A lane whose requests take longer on average is not waited for: 50 ms.
const QUICK_US: f64 = 50_000.0;

/// A delivery in memory.
pub(crate) enum Work {
    /// Handed over when its message was accepted.
    Handed {
        message: Arc<Message>,
        permit: Permit,
    },
    /// Taken from its row, while this journal was open.
    Owed {
        row: Pending,
        journal: u16,
        permit: Permit,
        /// Those in line behind it that go into the same request.
        behind: Vec<(Pending, Permit)>,
    },
}

impl Work {
    pub(crate) fn message_key(&self) -> MessageKey {
        match self {
            Self::Handed { message, .. } => message.key(),
            Self::Owed { row, .. } => row.message,
        }
    }

    /// Takes out those that go into the same request.
    pub(crate) fn take_behind(&mut self) -> Vec<(Pending, Permit)> {
        match self {
            Self::Handed { .. } => Vec::new(),
            Self::Owed { behind, .. } => std::mem::take(behind),
        }
    }

    pub(crate) fn hold(&self) -> Hold {
        match self {
            Self::Handed { .. } => Hold::Handed,
            Self::Owed { row, .. } => Hold::Pending {
                version: row.version,
            },
        }
    }
}

pub(crate) struct Lane {
    /// Its endpoint, as one that is owed something.
    pub(crate) creditor: Creditor,
    shared: Weak<Shared>,
    state: Mutex<State>,
    freed: Notify,
}

/// Rows that are due and not in memory here, as far as the lane knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backlog {
    None,
    /// Some found no room; they are read again when there is.
    Waits,
    /// Somebody is about to read them.
    IsRead,
}

struct State {
    queue: VecDeque<(Instant, Work)>,
    crew: Crew,
    cap: Cap,
    places: usize,
    average_us: f64,
    /// Messages whose rows are in memory here.
    taken: HashSet<MessageKey>,
    /// Messages that were handed over and whose request is under way.
    under_way: HashSet<MessageKey>,
    backlog: Backlog,
    health: Health,
    breaker: Breaker,
    /// Until when new deliveries are left to the slot's owner, if that is another node.
    left_to_owner_until: Millis,
    /// The message whose request shows whether the endpoint is back.
    probe: Option<MessageKey>,
    /// Who of those in line is in memory, where the endpoint keeps the order.
    first: Option<First>,
    /// Whether something waits in line, as far as is known.
    has_line: bool,
    is_read_until: Millis,
}

impl Lane {
    pub(crate) fn new(creditor: Creditor, shared: &Arc<Shared>) -> Self {
        Self {
            creditor,
            shared: Arc::downgrade(shared),
            state: Mutex::new(State {
                queue: VecDeque::new(),
                crew: Crew::default(),
                cap: Cap::new(shared.settings.lane_requests_start),
                places: 0,
                average_us: 0.0,
                taken: HashSet::new(),
                under_way: HashSet::new(),
                backlog: Backlog::None,
                health: Health::default(),
                breaker: Breaker::new(millis(shared.settings.breaker_rest)),
                left_to_owner_until: Millis::MIN,
                probe: None,
                first: None,
                has_line: false,
                is_read_until: Millis::MIN,
            }),
            freed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // -- Places ---------------------------------------------------------------------------------

    /// Takes a place in memory. A slow or failing endpoint gets only as many as it has requests at
    /// once, twice over.
    pub(crate) fn try_place(&self, shared: &Shared, now: Millis) -> bool {
        let settings = &shared.settings;
        let mut state = self.lock();
        if state.has_line {
            shared.due.note(self.creditor, now); // it keeps no order any more: let the line go
        }
        if state.crew.is_stuck() || state.breaker.passage(now) != Passage::Open {
            return false;
        }
        if now < state.left_to_owner_until && !shared.store.owns(self.creditor.slot) {
            return false;
        }
        let is_slow = state.average_us > QUICK_US || state.health.now().failing_since.is_some();
        let window = if is_slow {
            state.cap.now().min(shared.lane_requests_max()) * 2
        } else {
            settings.lane_window
        };
        let shared_with_rows = settings.lane_window.div_ceil(2);
        let window = window.min(match state.backlog {
            Backlog::None => settings.lane_window,
            Backlog::Waits | Backlog::IsRead => shared_with_rows,
        });
        let fits = state.places < window;
        state.places += usize::from(fits);
        fits
    }

    /// Gives a place back that was taken a moment ago and not used.
    pub(crate) fn undo_place(&self) {
        self.lock().places -= 1;
    }

    /// Whether a place is likely to come free in a moment.
    pub(crate) fn is_quick(&self) -> bool {
        let state = self.lock();
        state.average_us <= QUICK_US
            && state.health.now().failing_since.is_none()
            && !state.crew.is_stuck()
    }

    /// Returns when a place has come free, perhaps taken again since.
    pub(crate) async fn place_freed(&self) {
        self.freed.notified().await;
    }

    fn free_place(&self, shared: &Shared, message: Option<MessageKey>) {
        let mut state = self.lock();
        state.places -= 1;
        if let Some(message) = message {
            state.taken.remove(&message);
            if state.probe.take_if(|probe| *probe == message).is_some() {
                state.breaker.abandon_probe(shared.clock.now_ms());
                state.backlog = Backlog::Waits;
            }
        }
        let next_look = message.and_then(|message| state.release_first(message));
        let has_room = state.places <= shared.settings.lane_window / 2;
        let wants_more = state.backlog == Backlog::Waits && has_room;
        if wants_more {
            state.backlog = Backlog::IsRead;
        }
        drop(state);
        self.freed.notify_one();
        if let Some(pause_ms) = next_look {
            let now = shared.clock.now_ms();
            shared.due.note(self.creditor, now + pause_ms);
        }
        if wants_more {
            shared.due.note(self.creditor, 0);
        }
    }

    // -- Work -----------------------------------------------------------------------------------

    /// Adds work and sees to it that somebody does it.
    pub(crate) fn push(self: &Arc<Self>, shared: &Arc<Shared>, work: Work) {
        let mut state = self.lock();
        state.queue.push_back((Instant::now(), work));
        self.start_worker(&mut state, shared);
    }

    fn start_worker(self: &Arc<Self>, state: &mut State, shared: &Arc<Shared>) {
        let cap = state.cap.now().min(shared.lane_requests_max());
        if state.crew.count() < cap && !state.queue.is_empty() {
            state.crew.join();
            // In a box: a task is moved several times before it runs, and this one is large.
            let worker = Box::pin(crate::worker::run(shared.clone(), self.clone()));
            shared.tasks.spawn(worker);
        }
    }

    /// The next piece of work for a worker; none ends it.
    pub(crate) fn next(&self, shared: &Shared) -> Option<Work> {
        let mut state = self.lock();
        let cap = state.cap.now().min(shared.lane_requests_max());
        let is_over = shared.is_draining() || state.crew.count() > cap;
        let is_resting = state.breaker.is_resting(shared.clock.now_ms());
        let next = match (is_over, is_resting) {
            (true, _) => None,
            (false, false) => state.queue.pop_front(),
            (false, true) => state.pop_manual(),
        };
        match &next {
            None => state.crew.leave(),
            Some((_, Work::Handed { message, .. })) => {
                state.under_way.insert(message.key());
            }
            Some((_, Work::Owed { .. })) => {}
        }
        next.map(|(_, work)| work)
    }

    /// Takes out what has waited for too long, or everything.
    pub(crate) fn take_queued(&self, older_than: Duration) -> Vec<Work> {
        let mut state = self.lock();
        let mut taken = Vec::new();
        while state
            .queue
            .front()
            .is_some_and(|(since, _)| since.elapsed() >= older_than)
        {
            taken.extend(state.queue.pop_front().map(|(_, work)| work));
        }
        if !taken.is_empty() {
            state.crew.was_waited_for();
        }
        taken
    }

    /// Work has ended without teaching anything.
    pub(crate) fn forget_under_way(&self, message: MessageKey) {
        let mut state = self.lock();
        state.under_way.remove(&message);
        state.crew.has_ended_work();
    }

    /// Handed-over messages whose request is under way.
    pub(crate) fn under_way(&self) -> Vec<MessageKey> {
        self.lock().under_way.iter().copied().collect()
    }

    /// Whether its endpoint gets a rest, up to and with the request that shows whether it is back.
    pub(crate) fn is_resting(&self, now: Millis) -> bool {
        self.lock().breaker.passage(now) != Passage::Open
    }

    /// Whether nothing is here, nor anything known that a new lane would not know, so that this one can be forgotten.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.lock();
        state.places == 0
            && state.crew.count() == 0
            && state.queue.is_empty()
            && state.backlog == Backlog::None
            && state.health.is_as_read()
    }
}

impl State {
    /// What a person asked for goes out even while the endpoint rests.
    fn pop_manual(&mut self) -> Option<(Instant, Work)> {
        let is_manual = |(_, work): &(Instant, Work)| match work {
            Work::Owed { row, .. } => row.trigger == Trigger::Manual,
            Work::Handed { .. } => false,
        };
        let place = self.queue.iter().position(is_manual)?;
        self.queue.remove(place)
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// A lane is the place of what was handed over to it.
impl Place for Lane {
    fn release(&self, bytes: usize) {
        if let Some(shared) = self.shared.upgrade() {
            shared.window.give_back(bytes);
            self.free_place(&shared, None);
        }
    }
}
