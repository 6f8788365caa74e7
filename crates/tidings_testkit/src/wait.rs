//! Waiting with a limit: for a future, or until an answer is the one that is hoped for.

use std::fmt::Debug;
use std::future::Future;
use std::time::{Duration, Instant, SystemTime};

/// How long anything may take in a test. Far more than it should, for a machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often something is asked that does not tell by itself.
const ASK_EVERY: Duration = Duration::from_millis(10);

/// What a future gives; panics if it takes too long.
#[track_caller]
pub fn within<T>(
    what: impl Into<String>,
    future: impl Future<Output = T>,
) -> impl Future<Output = T> {
    let (what, place) = (what.into(), std::panic::Location::caller());
    async move {
        let value = tokio::time::timeout(PATIENCE, future).await.ok();
        value.unwrap_or_else(|| panic!("{place}: waited {PATIENCE:?} in vain for {what}"))
    }
}

/// Asks until the answer is accepted, and gives it.
#[track_caller]
pub fn until<T, F>(
    what: &str,
    ask: impl FnMut() -> F,
    is_good: impl Fn(&T) -> bool,
) -> impl Future<Output = T>
where
    T: Debug,
    F: Future<Output = T>,
{
    until_in(PATIENCE, what, ask, is_good)
}

/// The same, with a limit of its own.
#[track_caller]
pub fn until_in<T, F>(
    patience: Duration,
    what: &str,
    mut ask: impl FnMut() -> F,
    is_good: impl Fn(&T) -> bool,
) -> impl Future<Output = T>
where
    T: Debug,
    F: Future<Output = T>,
{
    let place = std::panic::Location::caller();
    async move {
        let end = Instant::now() + patience;
        loop {
            let answer = ask().await;
            if is_good(&answer) {
                return answer;
            }
            assert!(
                Instant::now() < end,
                "{place}: waited {patience:?} in vain for {what}; the last answer was {answer:?}"
            );
            tokio::time::sleep(ASK_EVERY).await; // tidy: waits for a state that only asking tells
        }
    }
}

/// Lets time pass, where nothing else can show that something does not happen or has run out.
pub async fn pass(time: Duration) {
    tokio::time::sleep(time).await; // tidy: waits for time itself
}

/// The time by the clock on the wall.
#[expect(
    clippy::disallowed_methods,
    reason = "what the program says of the time is compared with it"
)]
pub fn now() -> SystemTime {
    SystemTime::now()
}
