"""Runs the conformance suite with the Svix SDK for Python against a server. See ../README.md.

    SVIX_SERVER_URL=http://127.0.0.1:8071 SVIX_TOKEN=… python run.py [--async] [WORD…]

Prints one JSON object a line. With words, only cases run whose call or name contains one of them. Ends with 1 if
anything failed, and with 2 if there is no server to ask.
"""

import json
import sys

import sweeps
from cases import load
from suite import CASES, run_case
from world import World


def selected(words):
    def is_wanted(case):
        names = (case.name, *case.calls)
        return not words or any(word in name for word in words for name in names)

    return [case for case in CASES if is_wanted(case)]


def show(result, world):
    line = {
        "operation": world.catalogue[result.call].operation,
        "call": result.call,
        "case": result.case,
        "promise": result.promise,
        "sdk": world.sdk,
        "outcome": result.outcome,
        "reason": result.reason,
    }
    print(json.dumps(line), flush=True)


def main():
    words = [word for word in sys.argv[1:] if word != "--async"]
    is_async = "--async" in sys.argv[1:]
    try:
        world = World(is_async)
    except Exception as error:
        print("conformance: the server cannot be used: %s" % error, file=sys.stderr)
        return 2
    load()
    sweeps.add_untested(world)
    if not is_async:
        # How a server refuses does not depend on how it is waited for.
        sweeps.add_refusals(world)
    has_failed = False
    for case in selected(words):
        for result in run_case(case, world):
            has_failed |= result.outcome == "failed"
            show(result, world)
    return 1 if has_failed else 0


sys.exit(main())
