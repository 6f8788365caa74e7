//! `retryPolicy` of an endpoint: when it is tried again, if not as everybody is. The contract has none.

use schemars::Schema;
use tidings_domain::retry::policy::{RetryPolicy, WrittenPolicy};
use tidings_service::FieldProblem;

use crate::fields::{Fields, Given};
use crate::shapes::{self, object};

/// The name of the field.
const FIELD: &str = "retryPolicy";

/// The rules in the body of an endpoint. A part that is not known is refused, since it would change nothing.
pub(crate) fn read_retry_policy(fields: &mut Fields) -> Given<Box<RetryPolicy>> {
    match fields.object(FIELD) {
        Given::Absent => Given::Absent,
        Given::Null => Given::Null,
        Given::Value(map) => match fields.within(FIELD, map, read_parts) {
            Some(policy) => Given::Value(Box::new(policy)),
            None => Given::Absent,
        },
    }
}

/// What [`read_parts`] reads.
pub(crate) fn retry_policy_in() -> Schema {
    object()
        .must(
            "schedule",
            "The waits between attempts, in seconds.",
            shapes::list(shapes::count()),
        )
        .may(
            "jitterPercent",
            "The share of a wait that chance adds at most.",
            shapes::count(),
        )
        .may(
            "maxAgeSeconds",
            "For how long a further attempt may be made.",
            shapes::count(),
        )
        .done()
}

/// None if something is wrong, which is noted.
fn read_parts(fields: &mut Fields) -> Option<RetryPolicy> {
    let before = fields.problems_count();
    let written = WrittenPolicy {
        schedule: fields.required_numbers("schedule"),
        jitter_percent: fields.number("jitterPercent").or_none(),
        max_age_seconds: fields.number("maxAgeSeconds").or_none(),
    };
    fields.refuse_unknown();
    if fields.problems_count() > before {
        return None;
    }
    match RetryPolicy::try_from(written) {
        Ok(policy) => Some(policy),
        Err(refused) => {
            fields.refuse(FieldProblem::body(refused.field, refused.why));
            None
        }
    }
}
