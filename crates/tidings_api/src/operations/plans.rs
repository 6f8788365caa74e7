//! The operations of the topic "Plan".

use super::row::{CHANGES, SEES, Topic, VIEWS, get, put};
use crate::plans::{ListOut, StandingOut, get_application_plan, list_plans, plans_in, put_plans};
use crate::shapes::of;

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/plan"), list_plans)
            .is(
                "plan.list",
                "Lists the plans of the environment, the lowest first.",
                SEES,
            )
            .gives(200, of::<ListOut>),
        put(v1!("/plan"), put_plans)
            .is(
                "plan.replace",
                "Replaces the plans of the environment.",
                CHANGES,
            )
            .takes(plans_in)
            .gives(200, of::<ListOut>),
        get(v1!("/app/{app}/plan"), get_application_plan)
            .is(
                "plan.get_of_application",
                "Shows the plan of an application, and whether it includes webhooks.",
                VIEWS,
            )
            .gives(200, of::<StandingOut>),
    ];
    Topic::of(
        "Plan",
        "What applications may do, by what they pay for.",
        [rows],
    )
}
