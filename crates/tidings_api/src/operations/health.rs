//! The operations of the topic "Health".

use super::row::{Topic, get};
use crate::health::{get_health, get_ready};
use tidings_domain::access::Access;

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/health"), get_health)
            .is(
                "health.get",
                "Says that the server answers.",
                Access::Anyone,
            )
            .gives_nothing(),
        get(v1!("/health/ping"), get_health)
            .is(
                "health.ping",
                "Says that the server answers, at the path of older clients.",
                Access::Anyone,
            )
            .gives_nothing(),
        get(v1!("/health/ready"), get_ready)
            .is(
                "health.ready",
                "Says whether the server can work, which needs its database.",
                Access::Anyone,
            )
            .gives_nothing(),
    ];
    Topic::of(
        "Health",
        "Whether the server is there, and whether it can work.",
        [rows],
    )
}
