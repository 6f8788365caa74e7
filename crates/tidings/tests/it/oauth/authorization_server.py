"""An authorization server and the receiver that it protects, both by PyPI's oauthlib as published.

Knows one client, by HTTP Basic or by the body, and the grant of its credentials. Prints its port. `/token` gives tokens,
`/hook` takes a request that has a good one, `/forget` takes all tokens back, `/seen` says what there was.
"""

import base64
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import unquote_plus

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from oauthlib.oauth2 import BackendApplicationServer, RequestValidator  # noqa: E402

CLIENT, SECRET, SCOPES = sys.argv[1], sys.argv[2], sys.argv[3].split()
TOKENS = {}
SEEN = {"tokens": 0, "refused": 0, "taken": [], "turned_away": 0}


class Validator(RequestValidator):
    """What the server knows of its client and of the tokens that it has given."""

    def authenticate_client(self, request, *args, **kwargs):
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            pair = base64.b64decode(header[6:]).decode().split(":", 1)
            # RFC 6749, section 2.3.1: both halves are written as in a form.
            given = [unquote_plus(half) for half in pair]
        else:
            given = [request.client_id, request.client_secret]
        request.client = SimpleNamespace(client_id=CLIENT)
        return given == [CLIENT, SECRET]

    def validate_grant_type(self, client_id, grant_type, client, request, *args, **kwargs):
        return grant_type == "client_credentials"

    def get_default_scopes(self, client_id, request, *args, **kwargs):
        return SCOPES

    def validate_scopes(self, client_id, scopes, client, request, *args, **kwargs):
        return set(scopes) <= set(SCOPES)

    def save_bearer_token(self, token, request, *args, **kwargs):
        TOKENS[token["access_token"]] = token["scope"].split()

    def validate_bearer_token(self, token, scopes, request):
        return set(scopes) <= set(TOKENS.get(token, []))


SERVER = BackendApplicationServer(Validator())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, headers=None, body=""):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        body = body.encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, {"Content-Type": "application/json"}, json.dumps(SEEN))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        url = f"http://{self.headers['Host']}{self.path}"
        headers = {name.title(): value for name, value in self.headers.items()}
        if self.path == "/forget":
            TOKENS.clear()
            self.answer(204)
        elif self.path == "/token":
            headers, answer, status = SERVER.create_token_response(url, "POST", body, headers)
            SEEN["tokens" if status == 200 else "refused"] += 1
            self.answer(status, headers, answer or "")
        else:
            is_good, _ = SERVER.verify_request(url, "POST", body, headers, SCOPES)
            if is_good:
                SEEN["taken"].append(json.loads(body))
            else:
                SEEN["turned_away"] += 1
            self.answer(204 if is_good else 401)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(listening.server_address[1], flush=True)
    listening.serve_forever()
