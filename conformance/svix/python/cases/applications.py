"""Applications."""

from suite import case, equal
from svix.api import ApplicationCreateOptions, ApplicationIn, ApplicationListOptions, ApplicationPatch
from svix.api import EndpointIn
from world import refused


@case("application.create")
def an_application_is_made_and_found_by_id_and_uid(world):
    uid = world.name("app")
    made = world.svix.application.create(
        ApplicationIn(name="Cool Account", uid=uid, throttle_rate=50, metadata={"plan": "owl"})
    )
    for key in (made.id, uid):
        shown = world.svix.application.get(key)
        equal(shown, made, "the application by " + key)
    equal((shown.name, shown.uid, shown.throttle_rate), ("Cool Account", uid, 50))
    equal(shown.metadata, {"plan": "owl"})


@case("application.create")
def a_repeated_key_makes_one_application(world):
    options = ApplicationCreateOptions(idempotency_key=world.name("key"))
    body = ApplicationIn(name=world.name("Once"))
    first = world.svix.application.create(body, options)
    equal(world.svix.application.create(body, options).id, first.id)
    newest = world.svix.application.list(ApplicationListOptions(limit=50, order="descending"))
    equal([app.name for app in newest.data].count(body.name), 1)


@case("application.create", "application.patch", refusal=409)
def a_uid_is_of_one_application(world):
    taken, other = world.app(), world.app()
    svix = world.svix.application
    error = refused(409, svix.create, ApplicationIn(name="x", uid=taken))
    assert error.code and error.detail, error
    refused(409, svix.patch, other, ApplicationPatch(uid=taken))
    equal(svix.get(other).uid, other)


@case("application.get_or_create")
def an_application_is_made_once_only(world):
    uid = world.name("app")
    made = world.svix.application.get_or_create(ApplicationIn(name="First", uid=uid))
    again = world.svix.application.get_or_create(ApplicationIn(name="Second", uid=uid))
    equal((again.id, again.name), (made.id, "First"))
    equal(world.svix.application.get(uid).name, "First")


@case("application.get")
def an_application_is_shown_as_it_was_made(world):
    made = world.svix.application.create(ApplicationIn(name="Shown"))
    equal(world.svix.application.get(made.id), made)
    equal(made.uid, None)


@case("application.list")
def applications_come_in_pages_both_ways(world):
    made = [world.app() for _ in range(5)]
    seen, iterator = [], None
    for _ in range(3):
        page = world.svix.application.list(
            ApplicationListOptions(limit=2, iterator=iterator, order="descending")
        )
        seen += [app.uid for app in page.data]
        iterator = page.iterator
    equal(seen[:5], made[::-1])
    back = world.svix.application.list(
        ApplicationListOptions(limit=2, iterator=page.prev_iterator, order="descending")
    )
    equal([app.uid for app in back.data], seen[2:4])
    equal(world.svix.application.get(made[0]).uid, made[0])


@case("application.list")
def applications_without_endpoints_can_be_left_out(world):
    empty, off, on = world.app(), world.app(), world.app()
    world.svix.endpoint.create(off, EndpointIn(url=world.inbox().url, disabled=True))
    world.endpoint(on)

    def names(**options):
        options = ApplicationListOptions(limit=10, order="descending", **options)
        found = {app.uid for app in world.svix.application.list(options).data}
        return found & {empty, off, on}

    equal(names(), {empty, off, on})
    equal(names(exclude_apps_with_no_endpoints=True), {off, on})
    equal(names(exclude_apps_with_disabled_endpoints=True), {empty, on})


@case("application.upsert")
def an_application_is_put_and_put_again(world):
    uid = world.name("app")
    made = world.svix.application.upsert(uid, ApplicationIn(name="Put", uid=uid))
    again = world.svix.application.upsert(uid, ApplicationIn(name="Again", uid=uid))
    equal((again.id, again.name), (made.id, "Again"))
    equal(world.svix.application.get(made.id).name, "Again")


@case("application.patch")
def a_patch_leaves_what_it_does_not_name(world):
    app = world.app()
    world.svix.application.patch(app, ApplicationPatch(metadata={"a": "b"}))
    shown = world.svix.application.get(app)
    equal((shown.name, shown.uid, shown.metadata), ("Conformance", app, {"a": "b"}))
    world.svix.application.patch(app, ApplicationPatch(name="Renamed"))
    shown = world.svix.application.get(app)
    equal((shown.name, shown.metadata), ("Renamed", {"a": "b"}))


@case("application.delete")
def a_deleted_application_is_gone_with_its_endpoints(world):
    app = world.app()
    endpoint = world.endpoint(app)
    equal(world.svix.application.get(app).uid, app)
    world.svix.application.delete(app)
    refused(404, world.svix.application.get, app)
    refused(404, world.svix.endpoint.get, app, endpoint)
