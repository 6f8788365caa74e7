//! Who is first in line at an endpoint that keeps the order: one at a time, or one batch, until the outcome is
//! on disk.

use tidings_domain::clock::Millis;
use tidings_domain::message::MessageKey;

use super::{Lane, State};

/// One that was let go of without an outcome is looked at again after this.
const LOOK_AGAIN_AFTER_MS: Millis = 1_000;

/// The first in line, in memory, with those that go into the same request.
pub(super) struct First {
    messages: Vec<MessageKey>,
    /// How many of them are in memory still.
    left: usize,
    has_ended: bool,
}

impl First {
    pub(super) fn new(message: MessageKey) -> Self {
        Self {
            messages: vec![message],
            left: 1,
            has_ended: false,
        }
    }

    /// Adds one behind it.
    pub(super) fn push(&mut self, message: MessageKey) {
        self.messages.push(message);
        self.left += 1;
    }
}

impl Lane {
    /// Whether the first in line is in memory, so that those behind it wait.
    pub(crate) fn has_first(&self) -> bool {
        self.lock().first.is_some()
    }

    /// Whether this message is the first in line, or goes along with it.
    pub(crate) fn is_first(&self, message: MessageKey) -> bool {
        let state = self.lock();
        let first = state.first.as_ref();
        first.is_some_and(|first| first.messages.contains(&message))
    }

    /// Notes that a message has come to an outcome; tells whether it was the first in line.
    pub(crate) fn end_first(&self, message: MessageKey) -> bool {
        let mut state = self.lock();
        let first = state.first.as_mut();
        let first = first.filter(|first| first.messages.contains(&message));
        first.map(|first| first.has_ended = true).is_some()
    }

    /// Whether something waits in line, as far as is known.
    pub(crate) fn has_line(&self) -> bool {
        self.lock().has_line
    }

    pub(crate) fn note_line(&self, has_line: bool) {
        self.lock().has_line = has_line;
    }

    /// Until when a line that waits for a full batch is not read again.
    pub(crate) fn is_read_until(&self) -> Millis {
        self.lock().is_read_until
    }

    pub(crate) fn note_read_until(&self, until: Millis) {
        self.lock().is_read_until = until;
    }
}

impl State {
    /// The outcome of a message is on disk, or it was let go of. If nothing is left of the first in line: after
    /// how long to look who is now.
    pub(super) fn release_first(&mut self, message: MessageKey) -> Option<Millis> {
        let first = self.first.as_mut();
        let first = first.filter(|first| first.messages.contains(&message))?;
        first.left -= 1;
        let first = self.first.take_if(|first| first.left == 0)?;
        let pause_ms = if first.has_ended {
            0
        } else {
            LOOK_AGAIN_AFTER_MS
        };
        Some(pause_ms)
    }
}
