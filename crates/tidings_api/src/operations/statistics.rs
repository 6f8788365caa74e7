//! The operations of the topic "Statistics".

use super::row::{CHANGES, Topic, post, put};
use crate::jobs::StartedOut;
use crate::shapes::of;
use crate::statistics::{
    UsageStartedOut, application_usage_in, count_application_usage, count_event_type_usage,
    event_type_usage_in,
};

pub(super) fn topic() -> Topic {
    let rows = vec![
        post(v1!("/stats/usage/app"), count_application_usage)
            .is(
                "statistics.aggregate_app_stats",
                "Begins to count what applications have sent, as a background task.",
                CHANGES,
            )
            .takes(application_usage_in)
            .gives(202, of::<UsageStartedOut>),
        put(v1!("/stats/usage/event-types"), count_event_type_usage)
            .is(
                "statistics.aggregate_event_types",
                "Begins to count the messages of each event type, as a background task.",
                CHANGES,
            )
            .may_take(event_type_usage_in)
            .gives(202, of::<StartedOut>),
    ];
    Topic::of(
        "Statistics",
        "How much is used: found out by background tasks.",
        [rows],
    )
}
