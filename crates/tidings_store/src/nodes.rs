//! What nodes that share a store know of each other.

/// Whom something is owed: an endpoint in the slot of its application. Endpoint 0 stands for the rest of
/// wide fan-outs in that slot, and -1 for its jobs, which are no rows of what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Creditor {
    /// The slot; 0 where the store has but one.
    pub slot: i16,
    /// The endpoint, by number.
    pub endpoint: i64,
}

impl Creditor {
    /// In a store that has but one slot.
    pub fn unslotted(endpoint: i64) -> Self {
        Self { slot: 0, endpoint }
    }

    /// The jobs of a slot.
    pub fn jobs(slot: i16) -> Self {
        Self { slot, endpoint: -1 }
    }

    /// Whether it stands for jobs.
    pub fn is_jobs(self) -> bool {
        self.endpoint == -1
    }

    /// Whether it stands for wide fan-outs.
    pub fn is_fan_out(self) -> bool {
        self.endpoint == 0
    }
}

/// How the work is shared at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// How many nodes deliver, this one included; at least 1.
    pub nodes_count: usize,
    /// Whether this node has new slots, in which something may be owed.
    pub has_gained: bool,
    /// Another node has taken over from this one, whose journal is lost.
    pub is_fenced: bool,
    /// How many journals of dead nodes were taken over just now.
    pub taken_over: usize,
    /// How many deliveries were found in nobody's hands and are owed now.
    pub recovered: usize,
}

impl Default for Balance {
    fn default() -> Self {
        Self {
            nodes_count: 1,
            has_gained: false,
            is_fenced: false,
            taken_over: 0,
            recovered: 0,
        }
    }
}
