"""Event types, and environments as a whole."""

from suite import case, equal
from svix.api import (
    EnvironmentIn,
    EventTypeCreateOptions,
    EventTypeDeleteOptions,
    EventTypeImportOpenApiIn,
    EventTypeIn,
    EventTypeListOptions,
    EventTypePatch,
    EventTypeUpsertIn,
)
from world import refused

SCHEMA = {"1": {"type": "object", "required": ["amount"]}}


def fresh(world):
    return world.name("type").replace("-", ".")


@case("event_type.create")
def an_event_type_is_made_and_shown(world):
    name = fresh(world)
    made = world.svix.event_type.create(
        EventTypeIn(
            name=name,
            description="A customer has paid.",
            schemas=SCHEMA,
            group_name="Billing",
            feature_flags=["beta"],
            deprecated=True,
        )
    )
    shown = world.svix.event_type.get(name)
    equal(shown, made)
    equal((shown.description, shown.schemas), ("A customer has paid.", SCHEMA))
    equal((shown.group_name, shown.feature_flags), ("Billing", ["beta"]))
    equal((shown.deprecated, shown.archived), (True, False))


@case("event_type.create", refusal=409)
def a_name_is_of_one_event_type(world):
    name = world.event_type()
    refused(409, world.svix.event_type.create, EventTypeIn(name=name, description="Again"))
    equal(world.svix.event_type.get(name).description, "A type")


@case("event_type.create")
def a_repeated_key_gives_the_first_answer(world):
    options = EventTypeCreateOptions(idempotency_key=world.name("key"))
    body = EventTypeIn(name=fresh(world), description="Once")
    first = world.svix.event_type.create(body, options)
    equal(world.svix.event_type.create(body, options), first)
    equal(world.svix.event_type.get(body.name), first)


@case("event_type.get")
def an_event_type_with_a_slash_is_found(world):
    name = "a/" + fresh(world)
    made = world.svix.event_type.create(EventTypeIn(name=name, description="Slash"))
    equal(world.svix.event_type.get(name), made)


@case("event_type.list")
def event_types_come_in_pages_with_and_without_the_archive(world):
    kept, gone = world.event_type(schemas=SCHEMA), world.event_type()
    world.setup.event_type.delete(gone)

    def names(**options):
        found, iterator = {}, None
        while True:
            page = world.svix.event_type.list(
                EventTypeListOptions(limit=250, iterator=iterator, **options)
            )
            found |= {event_type.name: event_type for event_type in page.data}
            iterator = page.iterator
            if page.done:
                return found

    shown = names(with_content=True)
    assert kept in shown and gone not in shown
    equal(shown[kept].schemas, SCHEMA)
    assert names()[kept].schemas is None, "without content there are no schemas"
    shown = names(include_archived=True)
    assert kept in shown and shown[gone].archived
    equal(world.svix.event_type.get(kept).name, kept)


@case("event_type.upsert")
def an_event_type_is_put_and_put_again(world):
    name = fresh(world)
    world.svix.event_type.upsert(name, EventTypeUpsertIn(description="One", schemas=SCHEMA))
    equal(world.svix.event_type.get(name).schemas, SCHEMA)
    world.svix.event_type.upsert(name, EventTypeUpsertIn(description="Two"))
    equal(world.svix.event_type.get(name).description, "Two")


@case("event_type.patch")
def a_patch_leaves_what_it_does_not_name(world):
    name = world.event_type(group_name="Billing")
    world.svix.event_type.patch(name, EventTypePatch(deprecated=True, description="New"))
    shown = world.svix.event_type.get(name)
    equal((shown.deprecated, shown.description), (True, "New"))
    equal(shown.group_name, "Billing")


@case("event_type.delete")
def an_event_type_goes_to_the_archive_or_for_good(world):
    name = world.event_type()
    world.svix.event_type.delete(name)
    equal(world.svix.event_type.get(name).archived, True)
    world.svix.event_type.create(EventTypeIn(name=name, description="Back"))
    equal(world.svix.event_type.get(name).archived, False)
    world.svix.event_type.delete(name, EventTypeDeleteOptions(expunge=True))
    refused(404, world.svix.event_type.get, name)


@case("event_type.import_openapi")
def webhooks_of_a_document_become_event_types(world):
    name = fresh(world)
    schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
    operation = {
        "description": "A pet is there",
        "requestBody": {"content": {"application/json": {"schema": schema}}},
    }
    spec = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "webhooks": {name: {"post": operation}},
    }
    importing = world.svix.event_type.import_openapi
    dry = importing(EventTypeImportOpenApiIn(spec=spec, dry_run=True)).data
    equal([found.name for found in dry.to_modify], [name])
    refused(404, world.svix.event_type.get, name)
    equal(importing(EventTypeImportOpenApiIn(spec=spec)).data.modified, [name])
    shown = world.svix.event_type.get(name)
    equal((shown.description, shown.schemas["1"]["properties"]), ("A pet is there", schema["properties"]))


@case("environment.export", "environment.import_")
def an_environment_goes_out_and_comes_in(world):
    name = world.event_type(schemas=SCHEMA)
    exported = world.svix.environment.export()
    found = next(found for found in exported.event_types if found.name == name)
    equal(found.schemas, SCHEMA)
    new = fresh(world)
    changed = [
        EventTypeIn(name=name, description="Changed", schemas=found.schemas),
        EventTypeIn(name=new, description="New"),
    ]
    world.svix.environment.import_(EnvironmentIn(event_types=changed))
    equal(world.svix.event_type.get(name).description, "Changed")
    equal(world.svix.event_type.get(new).description, "New")
