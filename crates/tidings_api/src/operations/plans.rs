//! The operations of the topic "Plan".

use super::row::{CHANGES, SEES, Topic, VIEWS, any, get, put};
use crate::plans::{get_application_plan, list_plans, put_plans};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/plan"), list_plans)
            .is(
                "plan.list",
                "Lists the plans of the environment, the lowest first.",
                SEES,
            )
            .gives(200, any),
        put(v1!("/plan"), put_plans)
            .is(
                "plan.replace",
                "Replaces the plans of the environment.",
                CHANGES,
            )
            .takes(any)
            .gives(200, any),
        get(v1!("/app/{app}/plan"), get_application_plan)
            .is(
                "plan.get_of_application",
                "Shows the plan of an application, and whether it includes webhooks.",
                VIEWS,
            )
            .gives(200, any),
    ];
    Topic::of(
        "Plan",
        "What applications may do, by what they pay for.",
        [rows],
    )
}
