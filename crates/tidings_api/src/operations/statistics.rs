//! The operations of the topic "Statistics".

use super::row::{CHANGES, Topic, any, post, put};
use crate::statistics::{count_application_usage, count_event_type_usage};

pub(super) fn topic() -> Topic {
    let rows = vec![
        post(v1!("/stats/usage/app"), count_application_usage)
            .is(
                "statistics.aggregate_app_stats",
                "Begins to count what applications have sent, as a background task.",
                CHANGES,
            )
            .takes(any)
            .gives(202, any),
        put(v1!("/stats/usage/event-types"), count_event_type_usage)
            .is(
                "statistics.aggregate_event_types",
                "Begins to count the messages of each event type, as a background task.",
                CHANGES,
            )
            .may_take(any)
            .gives(202, any),
    ];
    Topic::of(
        "Statistics",
        "How much is used: found out by background tasks.",
        [rows],
    )
}
