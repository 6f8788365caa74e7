"""Sending again what was missed or has failed, as background tasks, and figures of endpoints."""

import json
from datetime import timedelta

from suite import case, equal, until
from svix.api import (
    BackgroundTaskListOptions,
    BulkReplayIn,
    EndpointGetAttemptStatsOptions,
    EndpointGetStatsOptions,
    EndpointPatch,
    EventExampleIn,
    MessageIn,
    RecoverIn,
    ReplayIn,
)
from svix.models import BackgroundTaskStatus, BackgroundTaskType, MessageStatus
from world import refused

FINISHED, FAILED = BackgroundTaskStatus.FINISHED, BackgroundTaskStatus.FAILED


def ended(world, task):
    """The task once it has finished."""

    def ask():
        found = world.svix.background_task.get(task.id)
        assert found.status != FAILED, found
        return found if found.status == FINISHED else None

    return until("the task", ask)


def made_while_off(world):
    """An endpoint that is on again, and a message that came while it was off."""
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url, disabled=True)
    message = world.message(app)
    world.setup.endpoint.patch(app, endpoint, EndpointPatch(disabled=False))
    return app, endpoint, inbox, message


@case("endpoint.recover")
def what_was_canceled_is_sent_again(world):
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url)
    # Sent to an endpoint that answers 410, which switches it off.
    inbox.status = 410
    message = world.message(app)
    inbox.next()
    until("the attempt", lambda: world.attempts(app, message))
    inbox.status = 200
    world.setup.endpoint.patch(app, endpoint, EndpointPatch(disabled=False))
    until("the end", lambda: status_of(world, app, message) in (2, 4))
    task = world.svix.endpoint.recover(app, endpoint, RecoverIn(since=world.ago(hours=1)))
    equal(task.task, BackgroundTaskType.ENDPOINT_RECOVER)
    equal(inbox.next()[0]["webhook-id"], message)
    ended(world, task)


def status_of(world, app, message):
    """How the delivery of the message to its one endpoint stands."""
    return world.setup.message_attempt.list_attempted_destinations(app, message).data[0].status


@case("endpoint.replay_missing")
def what_an_endpoint_has_missed_is_sent_once(world):
    app, endpoint, inbox, message = made_while_off(world)
    body = ReplayIn(since=world.ago(hours=1))
    task = world.svix.endpoint.replay_missing(app, endpoint, body)
    equal(task.task, BackgroundTaskType.ENDPOINT_REPLAY)
    equal(inbox.next()[0]["webhook-id"], message)
    ended(world, task)
    ended(world, world.svix.endpoint.replay_missing(app, endpoint, body))
    assert inbox.is_empty(), "it was sent twice"


@case("endpoint.bulk_replay")
def what_filters_let_through_is_sent_again(world):
    app, endpoint, message, _, inbox = world.delivered()
    world.message(app, event_type="other.event")
    inbox.next()
    body = BulkReplayIn(since=world.ago(hours=1), event_types=["some.event"])
    task = world.svix.endpoint.bulk_replay(app, endpoint, body)
    equal(task.task, BackgroundTaskType.ENDPOINT_BULK_REPLAY)
    equal(inbox.next()[0]["webhook-id"], message)
    ended(world, task)
    until("the attempt", lambda: len(world.attempts(app, message)) == 2)
    assert inbox.is_empty()


@case("endpoint.recover", "endpoint.replay_missing", "endpoint.bulk_replay", refusal=400)
def nothing_is_replayed_into_an_endpoint_that_is_off(world):
    app = world.app()
    endpoint, since = world.endpoint(app, disabled=True), world.ago(hours=1)
    svix = world.svix.endpoint
    refused(400, svix.recover, app, endpoint, RecoverIn(since=since))
    refused(400, svix.replay_missing, app, endpoint, ReplayIn(since=since))
    refused(400, svix.bulk_replay, app, endpoint, BulkReplayIn(since=since))


@case("background_task.get", "background_task.list")
def a_task_is_read_and_listed(world):
    app, endpoint, inbox, _ = made_while_off(world)
    body = ReplayIn(since=world.ago(hours=1))
    task = world.svix.endpoint.replay_missing(app, endpoint, body)
    inbox.next()
    found = ended(world, task)
    equal((found.id, found.task), (task.id, BackgroundTaskType.ENDPOINT_REPLAY))
    options = BackgroundTaskListOptions(
        status=FINISHED, task=BackgroundTaskType.ENDPOINT_REPLAY, limit=5, order="descending"
    )
    assert task.id in [listed.id for listed in world.svix.background_task.list(options).data]
    options = BackgroundTaskListOptions(status=BackgroundTaskStatus.RUNNING, limit=250)
    assert task.id not in [listed.id for listed in world.svix.background_task.list(options).data]
    options = BackgroundTaskListOptions(task=BackgroundTaskType.ENDPOINT_RECOVER, limit=250)
    assert task.id not in [listed.id for listed in world.svix.background_task.list(options).data]


@case("endpoint.get_stats", "endpoint.get_attempt_stats")
def figures_count_deliveries_and_attempts(world):
    app, endpoint, message, _, inbox = world.delivered()
    world.svix.message_attempt.resend(app, message, endpoint)
    inbox.next()
    until("the attempt", lambda: len(world.attempts(app, message)) == 2)
    inbox.status = 500
    failing = world.message(app)
    inbox.next()
    until("the attempt", lambda: world.attempts(app, failing))
    svix = world.svix.endpoint
    shown = svix.get_stats(app, endpoint)
    equal((shown.success, shown.fail, shown.canceled), (2, 0, 0))
    equal(shown.pending + shown.sending, 1, "owed")
    shown = svix.get_attempt_stats(app, endpoint)
    equal((shown.success, shown.fail, shown.canceled), (2, 1, 0))
    before = {"since": world.ago(days=9), "until": world.ago(days=8)}
    equal(svix.get_stats(app, endpoint, EndpointGetStatsOptions(**before)).success, 0)
    equal(svix.get_attempt_stats(app, endpoint, EndpointGetAttemptStatsOptions(**before)).fail, 0)


@case("endpoint.get_stats", refusal=400)
def figures_are_of_28_days_at_most(world):
    app = world.app()
    options = EndpointGetStatsOptions(since=world.now() - timedelta(days=29), until=world.now())
    refused(400, world.svix.endpoint.get_stats, app, world.endpoint(app), options)


@case("endpoint.send_example")
def an_example_goes_to_this_endpoint_alone(world):
    app, inbox, other = world.app(), world.inbox(), world.inbox()
    endpoint = world.endpoint(app, inbox.url, secret="whsec_plJ3nmyCDGBKInavdOK15jslAbCdEfGh")
    world.endpoint(app, other.url)
    sent = world.svix.endpoint.send_example(app, endpoint, EventExampleIn(event_type="svix.ping"))
    headers, _ = inbox.next("whsec_plJ3nmyCDGBKInavdOK15jslAbCdEfGh")
    equal(headers["webhook-id"], sent.id)
    equal(world.svix.message.get(app, sent.id).event_type, "svix.ping")
    targets = world.svix.message_attempt.list_attempted_destinations(app, sent.id).data
    equal([target.uid for target in targets], [endpoint])
    assert other.is_empty()


@case("endpoint.send_example")
def an_example_is_chosen_by_its_index(world):
    examples = [{"n": 1}, {"n": 2}]
    event_type = world.event_type(schemas={"1": {"type": "object", "examples": examples}})
    app, inbox = world.app(), world.inbox()
    endpoint = world.endpoint(app, inbox.url)
    for index, example in enumerate(examples):
        body = EventExampleIn(event_type=event_type, example_index=index)
        sent = world.svix.endpoint.send_example(app, endpoint, body)
        equal(json.loads(inbox.next()[1]), example)
        equal(world.payload(app, sent.id), example)


@case("message.expunge_all_contents")
def all_payloads_of_an_application_go(world):
    app, endpoint, message, _, _ = world.delivered()
    task = world.svix.message.expunge_all_contents(app)
    equal(task.task, BackgroundTaskType.APPLICATION_PURGE_CONTENT)
    ended(world, task)
    equal(world.payload(app, message), {"expired": True})
    later = world.svix.message.create(app, MessageIn(event_type="a", payload={"n": 2}))
    equal(world.payload(app, later.id), {"n": 2})
    listed = world.svix.message_attempt.list_attempted_messages(app, endpoint).data
    statuses = {found.id: found.status for found in listed}
    equal(statuses[message], MessageStatus.SUCCESS)
