//! What operational webhooks tell of an outcome. Next to always that is nothing, and costs nothing.

use tidings_domain::endpoint::EndpointState;
use tidings_domain::operational::{
    About, Occasion, OperationalEventType, OperationalEventTypes, told_of_attempt,
};
use tidings_store::target::Target;
use tidings_store::{Audit, Next, Told};

use super::{Job, Verdict};
use crate::shared::Shared;

/// Whether an outcome is one of those that are told of. `before` is the endpoint's health until then.
pub(super) fn has_to(job: &Job, verdict: &Verdict, before: &EndpointState) -> bool {
    of_attempt(job, verdict).is_some() || switches_off(verdict, before)
}

fn of_attempt(job: &Job, verdict: &Verdict) -> Option<OperationalEventType> {
    told_of_attempt(job.number, verdict.outcome, verdict.next != Next::Done)
}

fn switches_off(verdict: &Verdict, before: &EndpointState) -> bool {
    let after = verdict.state.as_ref();
    before.disabled.is_none() && after.is_some_and(|state| state.disabled.is_some())
}

/// What is told of such an outcome, if anybody wants to be told of it.
pub(super) async fn of(
    shared: &Shared,
    target: &Target,
    job: &Job,
    verdict: &Verdict,
    before: &EndpointState,
) -> Option<Box<Told>> {
    let attempt = of_attempt(job, verdict);
    let is_switched_off = switches_off(verdict, before);
    if attempt.is_none() && !is_switched_off {
        return None;
    }
    let after = verdict.state.as_ref();
    let wanted = if target.is_operational {
        OperationalEventTypes::default() // else one failure would tell of another, for ever
    } else {
        wanted(shared, target.endpoint.environment).await
    };
    let attempt = attempt.filter(|one| wanted.contains(*one));
    let is_disabled = is_switched_off && wanted.contains(OperationalEventType::EndpointDisabled);
    let occasion = Occasion {
        at: shared.clock.now_ms(),
        tail: shared.entropy.id_tail(),
    };
    (attempt.is_some() || is_switched_off).then(|| {
        Box::new(Told {
            occasion,
            audit: is_switched_off.then(|| Box::new(Audit::switched_off(target, after, occasion))),
            about: About {
                environment: target.endpoint.environment,
                application: target.application,
                application_uid: target.application_uid.as_deref().map(str::to_owned),
                endpoint: target.endpoint.id,
                endpoint_uid: target.endpoint.uid.clone(),
            },
            attempt,
            is_disabled,
        })
    })
}

/// What cannot be read now is taken for wanted: an event that nobody wants becomes no message.
async fn wanted(shared: &Shared, environment: i64) -> OperationalEventTypes {
    let wanted = shared.directory.told_events(environment).await;
    wanted.unwrap_or_else(|error| {
        tracing::warn!("Whether somebody wants to be told of an outcome is unknown: {error}");
        OperationalEventTypes::all()
    })
}
