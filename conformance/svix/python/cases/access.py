"""Health, portal access and integrations: who may ask, and for what."""

from suite import case, equal
from svix.api import (
    AppPortalAccessIn,
    ApplicationIn,
    ApplicationTokenExpireIn,
    EndpointIn,
    IntegrationIn,
    IntegrationListOptions,
    IntegrationUpdate,
)
from svix.models import AppPortalCapability
from world import refused


@case("health.get", has_effect=False)
def the_server_is_there_without_a_key(world):
    world.svix.health.get()
    world.nobody.health.get()


def portal(world, app, **fields):
    """A client with the token of a portal session."""
    access = world.svix.authentication.app_portal_access(app, AppPortalAccessIn(**fields))
    assert access.url.startswith("http"), access
    return world.as_bearer(access.token)


@case("authentication.app_portal_access")
def a_session_opens_one_application(world):
    app, other = world.app(), world.app()
    session = portal(world, app)
    equal(session.application.get(app).uid, app)
    refused(404, session.application.get, other)
    refused(403, session.application.create, ApplicationIn(name="x"))
    made = session.endpoint.create(app, EndpointIn(url=world.inbox().url))
    equal(world.svix.endpoint.get(app, made.id), made)


@case("authentication.app_portal_access")
def a_session_may_do_what_it_was_made_for(world):
    app = world.app()
    endpoint = world.endpoint(app)
    viewer = portal(world, app, capabilities=[AppPortalCapability.VIEW_BASE])
    equal(viewer.endpoint.get(app, endpoint).uid, endpoint)
    refused(403, viewer.endpoint.get_secret, app, endpoint)
    refused(403, viewer.endpoint.delete, app, endpoint)
    equal(world.svix.endpoint.get(app, endpoint).uid, endpoint)


@case("authentication.app_portal_access")
def an_application_is_made_along_with_a_session(world):
    app = world.name("app")
    session = portal(world, app, application=ApplicationIn(name="Along", uid=app))
    equal(session.application.get(app).name, "Along")
    equal(world.svix.application.get(app).name, "Along")


@case("authentication.expire_all")
def sessions_of_an_application_end_together(world):
    app, other = world.app(), world.app()
    session, stays = portal(world, app), portal(world, other)
    equal(session.application.get(app).uid, app)
    world.svix.authentication.expire_all(app, ApplicationTokenExpireIn(expiry=0))
    refused(401, session.application.get, app)
    equal(stays.application.get(other).uid, other)


@case("authentication.expire_all")
def sessions_end_by_their_names(world):
    app = world.app()
    named, stays = portal(world, app, session_id="one"), portal(world, app, session_id="two")
    ending = ApplicationTokenExpireIn(expiry=0, session_ids=["one"])
    world.svix.authentication.expire_all(app, ending)
    refused(401, named.application.get, app)
    equal(stays.application.get(app).uid, app)


@case("authentication.logout")
def a_session_ends_itself(world):
    app = world.app()
    session = portal(world, app)
    equal(session.application.get(app).uid, app)
    session.authentication.logout()
    refused(401, session.application.get, app)


@case("integration.create", "integration.rotate_key")
def a_key_of_an_integration_opens_its_application(world):
    app, other = world.app(), world.app()
    svix = world.svix.integration
    made = svix.create(app, IntegrationIn(name="Importer"))
    equal(svix.get(app, made.id), made)
    first = world.as_bearer(svix.rotate_key(app, made.id).key)
    equal(first.endpoint.list(app).data, [])
    refused(404, first.endpoint.list, other)
    second = world.as_bearer(svix.rotate_key(app, made.id).key)
    equal(second.endpoint.list(app).data, [])
    refused(401, first.endpoint.list, app)


@case("integration.get", "integration.list", "integration.update")
def integrations_are_listed_and_renamed(world):
    app, svix = world.app(), world.svix.integration
    made = [svix.create(app, IntegrationIn(name="N%d" % number)).id for number in range(3)]
    page = svix.list(app, IntegrationListOptions(limit=2, order="ascending"))
    equal(([found.id for found in page.data], page.done), (made[:2], False))
    svix.update(app, made[0], IntegrationUpdate(name="Renamed", feature_flags=["beta"]))
    shown = svix.get(app, made[0])
    equal((shown.name, shown.feature_flags), ("Renamed", ["beta"]))
    equal(svix.get(app, made[1]).name, "N1")


@case("integration.delete")
def a_deleted_integration_opens_nothing(world):
    app, svix = world.app(), world.svix.integration
    made = svix.create(app, IntegrationIn(name="Importer")).id
    session = world.as_bearer(svix.rotate_key(app, made).key)
    equal(session.endpoint.list(app).data, [])
    svix.delete(app, made)
    refused(401, session.endpoint.list, app)
    refused(404, svix.get, app, made)
