//! Removes what is older than messages and entries of the audit log are kept, a little at a time. It has a loop of its own, since there
//! may be much of it at first, and nothing else is to wait for that.

use std::sync::Arc;
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_store::{Removal, StoreError};
use tokio_util::sync::CancellationToken;

use crate::shared::Shared;

/// How often it is looked for what is too old.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How many rows go in one commit: few enough that those in the same commit do not notice.
const REMOVE_AT_ONCE: usize = 500;

/// Runs until told to stop. Does nothing if everything is kept for ever.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let settings = &shared.settings;
    if settings.kept_for.is_none() && settings.audit_kept_for.is_none() {
        return;
    }
    loop {
        if let Some(kept_for) = settings.kept_for
            && let Err(error) = remove(&shared, kept_for, &stop).await
        {
            tracing::warn!("Old messages could not be removed, it will be tried again: {error}");
        }
        if let Some(kept_for) = settings.audit_kept_for
            && let Err(error) = remove_entries(&shared, kept_for, &stop).await
        {
            tracing::warn!(
                "Old entries of the audit log could not be removed, it will be tried again: {error}"
            );
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Removes the entries of the audit log that are too old by now.
async fn remove_entries(
    shared: &Shared,
    kept_for: Duration,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let kept_for = Millis::try_from(kept_for.as_millis()).unwrap_or(Millis::MAX);
    let before = shared.clock.now_ms().saturating_sub(kept_for);
    while !stop.is_cancelled() && shared.store.sweep_audit_log(before, REMOVE_AT_ONCE).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Removes everything that is too old by now.
async fn remove(
    shared: &Shared,
    kept_for: Duration,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let kept_for = Millis::try_from(kept_for.as_millis()).unwrap_or(Millis::MAX);
    let before = shared.clock.now_ms().saturating_sub(kept_for);
    while !stop.is_cancelled() {
        let removed = shared.store.remove_before(before, REMOVE_AT_ONCE).await?;
        if removed == Removal::Done {
            break;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}
