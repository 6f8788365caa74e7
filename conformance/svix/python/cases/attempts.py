"""Attempts, and what was attempted."""

from suite import case, equal, until
from svix.api import (
    MessageAttemptListAttemptedMessagesOptions,
    MessageAttemptListByEndpointOptions,
    MessageAttemptListByMsgOptions,
    MessageIn,
)
from svix.models import MessageAttemptTriggerType, MessageStatus, StatusCodeClass
from world import refused


@case("message_attempt.get")
def an_attempt_says_what_was_answered(world):
    app, endpoint, message, attempt, inbox = world.delivered(201)
    shown = world.svix.message_attempt.get(app, message, attempt)
    equal((shown.response_status_code, shown.response), (201, "thanks"))
    equal((shown.status, shown.status_text), (MessageStatus.SUCCESS, "success"))
    equal((shown.url, shown.msg_id), (inbox.url, message))
    equal(shown.trigger_type, MessageAttemptTriggerType.SCHEDULED)
    equal(world.svix.endpoint.get(app, endpoint).id, shown.endpoint_id)


@case("message_attempt.list_by_msg")
def attempts_of_a_message_are_filtered(world):
    app, endpoint, message, attempt, _ = world.delivered()

    def ids(**options):
        options = MessageAttemptListByMsgOptions(**options)
        return [found.id for found in world.svix.message_attempt.list_by_msg(app, message, options).data]

    equal(ids(), [attempt])
    equal(ids(status=MessageStatus.SUCCESS), [attempt])
    equal(ids(status=MessageStatus.FAIL), [])
    equal(ids(status_code_class=StatusCodeClass.CODE2XX), [attempt])
    equal(ids(status_code_class=StatusCodeClass.CODE5XX), [])
    equal(ids(endpoint_id=endpoint), [attempt])
    equal(ids(event_types=["other"]), [])
    equal(ids(before=world.ago(days=1)), [])
    equal(world.svix.message_attempt.get(app, message, attempt).id, attempt)


@case("message_attempt.list_by_endpoint")
def attempts_at_an_endpoint_are_filtered(world):
    app, endpoint, first, attempt, inbox = world.delivered()
    inbox.status = 500
    message = MessageIn(event_type="b", payload={}, channels=["eu"], tags=["new"])
    second = world.svix.message.create(app, message).id
    until("the attempt", lambda: world.attempts(app, second))

    def messages(**options):
        options = MessageAttemptListByEndpointOptions(**options)
        page = world.svix.message_attempt.list_by_endpoint(app, endpoint, options)
        return [found.msg_id for found in page.data]

    equal(messages(), [second, first])
    equal(messages(status_code_class=StatusCodeClass.CODE5XX), [second])
    equal(messages(channel="eu"), [second])
    equal(messages(tag="new"), [second])
    equal(messages(event_types=["some.event"]), [first])
    equal(messages(status=MessageStatus.SUCCESS), [first])
    options = MessageAttemptListByEndpointOptions(with_msg=True, limit=1)
    found = world.svix.message_attempt.list_by_endpoint(app, endpoint, options).data[0]
    equal((found.msg.id, found.msg.event_type), (second, "b"))


@case("message_attempt.list_attempted_messages")
def messages_of_an_endpoint_have_their_status(world):
    app, endpoint, first, _, inbox = world.delivered()
    inbox.status = 500
    second = world.svix.message.create(app, MessageIn(event_type="b", payload={"n": 2})).id
    until("the attempt", lambda: world.attempts(app, second))

    def messages(**options):
        options = MessageAttemptListAttemptedMessagesOptions(**options)
        found = world.svix.message_attempt.list_attempted_messages(app, endpoint, options)
        return {message.id: message for message in found.data}

    shown = messages(with_content=True)
    equal(set(shown), {first, second})
    equal((shown[first].status, shown[second].status), (MessageStatus.SUCCESS, MessageStatus.PENDING))
    assert shown[second].next_attempt > world.now(), shown[second]
    equal(shown[second].payload, {"n": 2})
    equal(set(messages(status=MessageStatus.SUCCESS)), {first})
    equal(set(messages(event_types=["b"])), {second})


@case("message_attempt.list_attempted_destinations")
def endpoints_of_a_message_have_their_status(world):
    app, endpoint, message, _, _ = world.delivered()
    world.endpoint(app)
    found = world.svix.message_attempt.list_attempted_destinations(app, message).data
    equal([(target.uid, target.status) for target in found], [(endpoint, MessageStatus.SUCCESS)])
    world.svix.endpoint.delete(app, endpoint)
    found = world.svix.message_attempt.list_attempted_destinations(app, message).data
    equal(len(found), 1, "a deleted endpoint is still shown")


@case("message_attempt.resend")
def a_message_is_sent_again(world):
    app, endpoint, message, _, inbox = world.delivered()
    world.svix.message_attempt.resend(app, message, endpoint)
    equal(inbox.next()[0]["webhook-id"], message)
    until("the attempt", lambda: len(world.attempts(app, message)) == 2)
    newest = world.svix.message_attempt.list_by_msg(app, message).data[0]
    equal(newest.trigger_type, MessageAttemptTriggerType.MANUAL)


@case("message_attempt.resend", refusal=400)
def nothing_is_sent_again_to_an_endpoint_that_is_off(world):
    app = world.app()
    endpoint = world.endpoint(app, disabled=True)
    refused(400, world.svix.message_attempt.resend, app, world.message(app), endpoint)


@case("message_attempt.expunge_content")
def an_answer_goes(world):
    app, _, message, attempt, _ = world.delivered()
    equal(world.svix.message_attempt.get(app, message, attempt).response, "thanks")
    world.svix.message_attempt.expunge_content(app, message, attempt)
    equal(world.svix.message_attempt.get(app, message, attempt).response, "EXPUNGED")
    equal(world.payload(app, message), {"n": 1})
