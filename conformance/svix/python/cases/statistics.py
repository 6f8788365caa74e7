"""Statistics of usage. What the figures of a task are called is each server's own; whom they are of is not."""

import json

from cases.jobs import ended
from suite import case, equal
from svix.api import AppUsageStatsIn
from svix.models import BackgroundTaskType


@case("statistics.aggregate_app_stats")
def usage_of_applications_is_counted(world):
    app, _, _, _, _ = world.delivered()
    body = AppUsageStatsIn(since=world.ago(hours=1), until=world.now(), app_ids=[app, "nobody"])
    task = world.svix.statistics.aggregate_app_stats(body)
    equal((task.task, task.unresolved_app_ids), (BackgroundTaskType.APPLICATION_STATS, ["nobody"]))
    shown = json.dumps(ended(world, task).data)
    assert world.svix.application.get(app).id in shown, shown


@case("statistics.aggregate_event_types")
def usage_of_event_types_is_counted(world):
    app, _, _, _, inbox = world.delivered()
    kind = world.name("type").replace("-", ".")
    world.message(app, event_type=kind)
    inbox.next()
    task = world.svix.statistics.aggregate_event_types()
    equal(task.task, BackgroundTaskType.EVENT_TYPE_AGGREGATE)
    shown = json.dumps(ended(world, task).data)
    assert kind in shown, shown
