//! The audit log: which step has changed something, and which entries are wanted.

use tidings_domain::audit::{ActorKind, Describe, Description, EntryId};
use tidings_domain::clock::Millis;

use crate::{
    ApiKeyChanged, Imported, ImportedAll, JobCreated, MemberChanged, Order, Resent, Written,
};

/// What a step has done, as far as the log is concerned.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// Nothing.
    Unchanged,
    /// Something, to what the note says.
    Changed,
    /// Something, to this, which is as it is now.
    To(Box<Description>),
}

/// The result of a step that may have changed something.
pub trait Audited {
    /// What it has done.
    fn ended(&self) -> Ended;
}

impl<T: Describe> Audited for Written<T> {
    fn ended(&self) -> Ended {
        match self {
            Self::Done(made) => Ended::To(Box::new(made.describe())),
            _ => Ended::Unchanged,
        }
    }
}

impl<T: Describe> Audited for Option<T> {
    fn ended(&self) -> Ended {
        match self {
            Some(changed) => Ended::To(Box::new(changed.describe())),
            None => Ended::Unchanged,
        }
    }
}

impl Audited for bool {
    fn ended(&self) -> Ended {
        if *self {
            Ended::Changed
        } else {
            Ended::Unchanged
        }
    }
}

impl Audited for () {
    fn ended(&self) -> Ended {
        Ended::Changed
    }
}

impl Audited for Resent {
    fn ended(&self) -> Ended {
        (*self == Self::Done).ended()
    }
}

impl Audited for ApiKeyChanged {
    fn ended(&self) -> Ended {
        match self {
            Self::Done(key) => Ended::To(Box::new(key.describe())),
            _ => Ended::Unchanged,
        }
    }
}

impl Audited for MemberChanged {
    fn ended(&self) -> Ended {
        match self {
            Self::Done(member) => Ended::To(Box::new(member.describe())),
            _ => Ended::Unchanged,
        }
    }
}

/// How many were changed.
impl Audited for u64 {
    fn ended(&self) -> Ended {
        (*self > 0).ended()
    }
}

impl Audited for JobCreated {
    fn ended(&self) -> Ended {
        match self {
            Self::Done(job) => Ended::To(Box::new(job.describe())),
            _ => Ended::Unchanged,
        }
    }
}

impl Audited for ImportedAll {
    fn ended(&self) -> Ended {
        let is_changed = |one: &Imported| *one != Imported::Unchanged;
        let is_changed = self.event_types.iter().any(is_changed) || !self.archived.is_empty();
        is_changed.ended()
    }
}

/// Which entries of the log of an environment are wanted. All conditions have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntries {
    /// The environment, by number.
    pub environment: i64,
    /// Which way, by time.
    pub order: Order,
    /// Start behind this entry, in the direction of `order`.
    pub after: Option<EntryId>,
    /// At most so many.
    pub limit: usize,
    /// Not before this.
    pub since: Option<Millis>,
    /// Before this.
    pub until: Option<Millis>,
    /// By such an actor.
    pub actor_kind: Option<ActorKind>,
    /// By the actor of this id.
    pub actor: Option<String>,
    /// This action.
    pub action: Option<String>,
    /// What belongs to the application of this id.
    pub application: Option<String>,
    /// What was done to the object of this id.
    pub target: Option<String>,
    /// What was done to an object of this uid or name.
    pub target_uid: Option<String>,
}

/// By which condition entries are found; the others are looked at for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FoundBy {
    /// The environment alone.
    Environment,
    /// The id of what something was done to.
    Target,
    /// Its uid.
    TargetUid,
    /// The application.
    Application,
    /// The actor's id.
    Actor,
    /// The action.
    Action,
}

impl ListEntries {
    /// The condition that leaves the fewest entries.
    pub fn found_by(&self) -> FoundBy {
        let conditions = [
            (self.target.is_some(), FoundBy::Target),
            (self.target_uid.is_some(), FoundBy::TargetUid),
            (self.application.is_some(), FoundBy::Application),
            (self.actor.is_some(), FoundBy::Actor),
            (self.action.is_some(), FoundBy::Action),
        ];
        let first = conditions.into_iter().find(|(is_given, _)| *is_given);
        first.map_or(FoundBy::Environment, |(_, by)| by)
    }

    /// The lowest and the highest id that may be given, neither of them included.
    pub fn span(&self) -> ([u8; 20], [u8; 20]) {
        let from = |at_ms| EntryId {
            at_ms,
            journal: 0,
            seq: 0,
            tail: 0,
        };
        // No entry has these two: its chance is never 0.
        let mut above = from(self.since.unwrap_or(0).clamp(0, LAST_MS)).to_bytes();
        let mut below = from(self.until.unwrap_or(LAST_MS).clamp(0, LAST_MS)).to_bytes();
        if let Some(after) = self.after {
            match self.order {
                Order::Ascending => above = above.max(after.to_bytes()),
                Order::Descending => below = below.min(after.to_bytes()),
            }
        }
        (above, below)
    }
}

/// The last instant that an id can hold.
const LAST_MS: Millis = (1 << 48) - 1;
