"""Reads requests as receivers in Python do, and compares what they read with what was sent.

On standard input is a JSON object: `requests`, by format, each with `headers` and `body`, and `event`, the
words of the event. Ends with an exception where anything is not as expected.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree

from cloudevents.core.bindings.http import HTTPMessage, from_http_event

given = json.load(sys.stdin)
event, requests = given["event"], given["requests"]

for mode in ("cloudevents", "cloudevents-binary"):
    request = requests[mode]
    read = from_http_event(HTTPMessage(headers=request["headers"], body=request["body"].encode()))
    time = read.get_time().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    words = {"id": read.get_id(), "source": read.get_source(), "type": read.get_type(), "data": read.get_data()}
    expected = {name: event[mode][name] for name in ("id", "source", "type", "data")}
    assert words == expected, (mode, words)
    assert read.get_specversion() == "1.0", mode
    assert read.get_datacontenttype() == "application/json", mode
    sent_at = event[mode]["time"].removesuffix("Z").partition(".")
    assert time == f"{sent_at[0]}.{sent_at[2].ljust(3, '0')}Z", (mode, time, event[mode]["time"])

person = [("first_name", "John"), ("last_name", "Doe"), ("gender", "male")]
fields = urllib.parse.parse_qsl(requests["form"]["body"], strict_parsing=True)
assert fields == person, fields

root = xml.etree.ElementTree.fromstring(requests["xml"]["body"].encode())
assert [(child.tag, child.text) for child in root] == person, root
assert "".join(root.itertext()) == "JohnDoemale"
