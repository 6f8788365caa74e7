//! Named points at which a test makes the process die.
//!
//! Without the cargo feature `faults` every call is empty. With it, `arm` names one point and how
//! many times it is passed before the process aborts there, as a power cut would.

/// Between the commit of a message and its hand-over to delivery.
pub const BEFORE_HANDOVER: &str = "before-handover";
/// Between the answer of an endpoint and the settlement of the attempt.
pub const BEFORE_SETTLE: &str = "before-settle";
/// Between an operational event on disk and the message that tells of it.
pub const BEFORE_RELAY: &str = "before-relay";
/// Between that message on disk and the end of the event.
pub const BEFORE_FORGETTING: &str = "before-forgetting";
/// In the middle of a takeover, before it is committed.
pub const DURING_RECOVERY: &str = "during-recovery";
/// Behind each page of a copy, once it is on disk.
pub const DURING_COPY: &str = "during-copy";
/// Between a step of a job on disk and the next.
pub const AFTER_JOB_STEP: &str = "after-job-step";
/// While a request is being sent.
pub const WHILE_SENDING: &str = "while-sending";

#[cfg(feature = "faults")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicI64, Ordering};

    static POINT: OnceLock<(String, AtomicI64)> = OnceLock::new();

    /// Arms one point, written `name` or `name:N`: the process aborts when it passes for the Nth
    /// time (by default the first).
    pub fn arm(point: &str) {
        let (name, passes) = point.split_once(':').unwrap_or((point, "1"));
        let passes = passes.parse().unwrap_or(1);
        let _ = POINT.set((name.to_owned(), AtomicI64::new(passes)));
    }

    /// Passes a point; does not return if it is the armed one's time.
    pub fn pass(name: &str) {
        if let Some((armed, left)) = POINT.get()
            && armed == name
            && left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            tracing::error!("Fault point {name}: the process ends here, as if its power were cut");
            std::process::abort();
        }
    }
}

#[cfg(feature = "faults")]
pub use armed::{arm, pass};

/// Passes a point; nothing happens without the feature `faults`.
#[cfg(not(feature = "faults"))]
#[inline]
pub fn pass(_name: &str) {}
