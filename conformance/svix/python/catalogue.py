"""All calls of the installed Svix SDK, found by looking at it, and the operation behind each.

A call is named by its way from the client (`endpoint.transformation.patch`), an operation by its method and
path (`PATCH /api/v1/app/{app_id}/endpoint/{endpoint_id}/transformation`). Two calls may share an operation.
"""

import inspect
import re
from dataclasses import dataclass

METHOD = re.compile(r'method="(\w+)"')
PATH = re.compile(r'path="([^"]+)"')


@dataclass(frozen=True)
class Call:
    name: str
    operation: str
    #: The names of the ids in the path, in the order of the call's arguments.
    path_params: tuple
    #: The class of the body, or nothing.
    body: object
    #: The class of the options, or nothing.
    options: object


def all_calls(client):
    """Every public method of every resource of this client, by name."""
    calls = {}
    _walk(client, [], calls)
    return calls


def _walk(resource, way, calls):
    for name in sorted(dir(type(resource))):
        if name.startswith("_"):
            continue
        found = inspect.getattr_static(type(resource), name)
        if isinstance(found, property):
            _walk(getattr(resource, name), way + [name], calls)
        elif inspect.isfunction(found):
            call = _read(".".join(way + [name]), found)
            calls[call.name] = call


def _read(name, function):
    source = inspect.getsource(inspect.unwrap(function))
    method, path = METHOD.search(source), PATH.search(source)
    assert method and path, "cannot tell the operation of " + name
    hints = inspect.signature(inspect.unwrap(function)).parameters
    path_params, body, options = [], None, None
    for parameter in list(hints.values())[1:]:
        if parameter.name == "options":
            options = parameter.annotation
        elif parameter.annotation is str:
            path_params.append(parameter.name)
        else:
            body = parameter.annotation
    operation = "%s %s" % (method.group(1).upper(), path.group(1))
    return Call(name, operation, tuple(path_params), body, options)
