//! The operations of the topic "Background Task".

use super::parameter::{DRY_RUN, Kind, PAGES, parameter};
use super::row::{Row, SENDS, Topic, get, post};
use crate::jobs::{
    BackgroundTaskOut, StartedOut, bulk_replay, bulk_replay_in, cancel_background_task,
    get_background_task, list_background_tasks, recover_endpoint, replay_in, replay_missing,
};
use crate::shapes::{of, page_of};
use tidings_domain::access::{Access, Capability};

/// Whoever may look at a task: a session at those of its application.
const SEES_OWN: Access = Access::Own(Capability::ViewBase);
/// Whoever may end one: a session what it could have begun.
const ENDS_OWN: Access = Access::Own(Capability::CreateAttempts);

pub(super) fn topic() -> Topic {
    Topic::of(
        "Background Task",
        "What takes longer than a request: replays, recoveries, expunging.",
        [tasks(), replays()],
    )
}

fn tasks() -> Vec<Row> {
    vec![
        get(v1!("/background-task"), list_background_tasks)
            .is(
                "background_task.list",
                "Lists the background tasks of the environment, or those of the session's application.",
                SEES_OWN,
            )
            .query(PAGES)
            .query([
                parameter(
                    "status",
                    Kind::Word(&["running", "finished", "failed"]),
                    "Only those in this state.",
                ),
                parameter("task", Kind::Text(256), "Only those of this kind."),
            ])
            .gives(200, page_of::<BackgroundTaskOut>),
        get(v1!("/background-task/{id}"), get_background_task)
            .is(
                "background_task.get",
                "Shows a background task: how far it has come, and when it may end.",
                SEES_OWN,
            )
            .gives(200, of::<BackgroundTaskOut>),
        post(v1!("/background-task/{id}/cancel"), cancel_background_task)
            .is(
                "background_task.cancel",
                "Ends a background task before it is done.",
                ENDS_OWN,
            )
            .gives(200, of::<BackgroundTaskOut>),
    ]
}

fn replays() -> Vec<Row> {
    vec![
        post(
            v1!("/app/{app}/endpoint/{endpoint}/recover"),
            recover_endpoint,
        )
        .is(
            "endpoint.recover",
            "Begins to send again what has failed at an endpoint.",
            SENDS,
        )
        .query([DRY_RUN])
        .takes(replay_in)
        .gives(202, of::<StartedOut>),
        post(
            v1!("/app/{app}/endpoint/{endpoint}/replay-missing"),
            replay_missing,
        )
        .is(
            "endpoint.replay_missing",
            "Begins to send what an endpoint was never sent.",
            SENDS,
        )
        .query([DRY_RUN])
        .takes(replay_in)
        .gives(202, of::<StartedOut>),
        post(
            v1!("/app/{app}/endpoint/{endpoint}/bulk-replay"),
            bulk_replay,
        )
        .is(
            "endpoint.bulk_replay",
            "Begins to send again what a filter picks.",
            SENDS,
        )
        .query([DRY_RUN])
        .takes(bulk_replay_in)
        .gives(202, of::<StartedOut>),
    ]
}
