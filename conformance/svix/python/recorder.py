"""The client as cases see it: the SDK's own, and each call is noted with what came of it.

Nothing of the SDK is changed. A case says which call it is about, and the notes show whether it was really
made, with which result, and whether another operation was asked about its effect.
"""

import asyncio
import inspect
from dataclasses import dataclass

from svix.api import Svix, SvixAsync, SvixOptions
from svix.exceptions import HttpError, HTTPValidationError


@dataclass
class Note:
    call: str
    #: The status of a refusal; nothing for a success.
    refused: object = None
    code: str = ""
    detail: object = ""


class Recorder:
    """One way into the client or one of its resources."""

    def __init__(self, resource, notes, way="", loop=None):
        self._resource = resource
        self._notes = notes
        self._way = way
        self._loop = loop

    def __getattr__(self, name):
        found = getattr(self._resource, name)
        way = "%s.%s" % (self._way, name) if self._way else name
        if not callable(found):
            return Recorder(found, self._notes, way, self._loop)

        def call(*arguments):
            note = Note(way)
            self._notes.append(note)
            try:
                answer = found(*arguments)
                if inspect.iscoroutine(answer):
                    answer = self._loop.run_until_complete(answer)
                return answer
            except (HttpError, HTTPValidationError) as error:
                note.refused = error.status_code
                note.code = getattr(error, "code", "validation")
                note.detail = error.detail
                raise
            except Exception as error:
                note.refused = 0
                note.detail = repr(error)
                raise

        return call

    def by_name(self, name):
        """The call of this whole name."""
        found = self
        for part in name.split("."):
            found = getattr(found, part)
        return found


def connect(token, url, notes, loop=None):
    """A client for this token; with a loop, the asynchronous one, whose calls are waited for."""
    # A 501 would be asked for four times.
    options = SvixOptions(server_url=url, retry_schedule=[])
    client = SvixAsync(token, options) if loop else Svix(token, options)
    return Recorder(client, notes, loop=loop)


def new_loop(is_async):
    return asyncio.new_event_loop() if is_async else None
