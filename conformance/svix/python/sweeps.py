"""Cases that are made from the list of all calls: refusals that every call has in the same way.

- 401: no call but health works with a key that is none.
- 404: what a path names must be there. Each id in turn is one that nobody has.
- 422: lists refuse limits out of range and iterators of nothing; bodies are in `examples.BAD_BODIES`.

A call that no case of `cases/` is about is asked for as well, so that it is shown as missing and not forgotten.
"""

from examples import BAD_BODIES, body_of
from suite import CASES, Case
from world import refused

NOBODY = "nobody-has-this-id"
OPEN = {"health.get"}
#: Ids that need not be there, since the call makes what it names.
MADE = {
    ("application.upsert", "app_id"),
    ("endpoint.upsert", "endpoint_id"),
    ("event_type.upsert", "event_type_name"),
    ("destination.upsert", "destination_id"),
    ("operational_webhook.endpoint.upsert", "endpoint_id"),
    ("message.poller.consumer_poll", "consumer_id"),
    ("message.poller.consumer_seek", "consumer_id"),
}


def add_untested(world):
    """A case for each call that no case is about."""
    tried = {call for case in CASES if case.refusal is None for call in case.calls}
    for call in world.catalogue.values():
        if call.name not in tried:
            CASES.append(Case("untested", (call.name,), None, is_there(call)))


def add_refusals(world):
    for call in world.catalogue.values():
        if call.name not in OPEN:
            CASES.append(Case("wrong key", (call.name,), 401, wrong_key(call)))
        for position, param in enumerate(call.path_params):
            if (call.name, param) not in MADE:
                name = "no such %s" % param
                CASES.append(Case(name, (call.name,), 404, missing(call, position)))
        if hasattr(call.options, "limit"):
            CASES.append(Case("bad page", (call.name,), 422, bad_page(call)))
        for field, make in BAD_BODIES.get(call.name, []):
            name = "bad %s" % field
            CASES.append(Case(name, (call.name,), 422, bad_body(call, field, make)))


def arguments(call, ids):
    """Valid arguments with these ids."""
    bodies = [] if call.body is None else [body_of(call.body)]
    return [*ids, *bodies]


def ids(world, call, count):
    """The first so many ids of the path, of things that are there."""
    fixture = world.fixture()
    params = call.path_params[:count]
    if call.name.startswith("operational_webhook."):
        return [world.operational_endpoint() for _ in params]
    return [fixture.get(param, NOBODY) for param in params]


def is_there(call):
    def run(world):
        call_it = world.svix.by_name(call.name)
        try:
            call_it(*arguments(call, ids(world, call, len(call.path_params))))
        except Exception:  # How it was refused is in the notes.
            pass
        raise AssertionError("the server has this operation, and no case is about it")

    return run


def wrong_key(call):
    def run(world):
        path = [NOBODY for _ in call.path_params]
        error = refused(401, world.nobody.by_name(call.name), *arguments(call, path))
        assert error.code and error.detail, error

    return run


def missing(call, position):
    def run(world):
        path = ids(world, call, position) + [NOBODY]
        path += ids(world, call, len(call.path_params))[position + 1 :]
        error = refused(404, world.svix.by_name(call.name), *arguments(call, path))
        assert error.code and error.detail, error

    return run


def bad_page(call):
    def run(world):
        path = ids(world, call, len(call.path_params))
        for options in ({"limit": 0}, {"limit": 251}, {"iterator": "no iterator"}):
            call_it = world.svix.by_name(call.name)
            error = refused(422, call_it, *arguments(call, path), call.options(**options))
            name = next(iter(options))
            assert any(name in item.loc for item in error.detail), error

    return run


def bad_body(call, field, make):
    def run(world):
        path = ids(world, call, len(call.path_params))
        error = refused(422, world.svix.by_name(call.name), *path, make())
        assert any(field in item.loc for item in error.detail), error

    return run
