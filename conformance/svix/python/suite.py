"""Cases, what they promise, and how one is run.

A case is a function of a `World`. It says which calls it is about, and what it promises:

- a `happy` case: each of its calls succeeded, and at least one other operation succeeded beside them, so that the
  effect was read back and not believed;
- a case about a refusal (`refusal=409`): each of its calls was refused with that status.

What a case promises and does not do is a failure, whatever its own assertions say. A case whose call the server does
not have (501, or what the server says to a path that it does not know) is `missing`, one that needs another call which
the server does not have `blocked`.
"""

import time
import traceback
from dataclasses import dataclass

CASES = []


@dataclass
class Case:
    name: str
    calls: tuple
    refusal: object
    run: object
    #: Calls that have nothing that could be read back.
    has_effect: bool = True


@dataclass
class Result:
    call: str
    case: str
    #: `happy`, or the status of a refusal.
    promise: str
    outcome: str
    reason: str = ""


def case(*calls, refusal=None, has_effect=True):
    """Makes a case of a function."""

    def take(function):
        CASES.append(Case(function.__name__, calls, refusal, function, has_effect))
        return function

    return take


def run_case(one, world):
    """Runs one case; a result for each of its calls."""
    world.begin()
    failure = ""
    try:
        one.run(world)
    except Exception as error:  # Whatever goes wrong in a case is the case's result.
        where = traceback.extract_tb(error.__traceback__)
        here = [frame for frame in where if "/cases/" in frame.filename or frame.name == one.name]
        line = here[-1].lineno if here else 0
        failure = "%s: %s (line %d)" % (type(error).__name__, error, line)
    return [_judge(one, call, world, failure) for call in one.calls]


def _judge(one, call, world, failure):
    notes = [note for note in world.notes if note.call == call]
    result = Result(call, one.name, str(one.refusal or "happy"), "failed")
    absent = next((note for note in notes if world.is_absent(note)), None)
    operation = world.catalogue[call].operation
    others = [
        note
        for note in world.notes
        if note.refused is None and world.catalogue[note.call].operation != operation
    ]
    if absent is not None:
        result.outcome, result.reason = "missing", "%s: %s" % (absent.refused, absent.detail)
    elif world.blocked_by is not None:
        result.outcome = "blocked"
        result.reason = "needs %s, which is missing" % world.blocked_by.call
    elif failure:
        result.reason = failure
    elif not notes:
        result.reason = "the case never makes this call"
    elif one.refusal is not None:
        met = any(note.refused == one.refusal for note in notes)
        result.outcome = "passed" if met else "failed"
        result.reason = "" if met else "was not refused with %s" % one.refusal
    elif all(note.refused is not None for note in notes):
        result.reason = "the call never succeeded"
    elif one.has_effect and not others:
        result.reason = "the case reads nothing back through another operation"
    else:
        result.outcome = "passed"
    return result


def until(what, ask, patience_s=20):
    """Asks again and again until the answer is something."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("waited in vain for " + what)


def equal(shown, expected, what=""):
    assert shown == expected, "%s: %r instead of %r" % (what or "shown", shown, expected)
