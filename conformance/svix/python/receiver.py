"""An endpoint of our own: takes requests at many paths, keeps them, and verifies with standardwebhooks."""

import os
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook

PATIENCE_S = 20


class Inbox:
    """What came in at one path. It answers with `status` until told otherwise."""

    def __init__(self, url):
        self.url = url
        self.status = 200
        self.requests = queue.Queue()

    def next(self, secret=None):
        """The next request as headers and body; with a secret, only if its signature holds."""
        try:
            headers, body = self.requests.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise AssertionError("nothing came to %s" % self.url) from None
        if secret is not None:
            Webhook(secret).verify(body, headers)
        return headers, body

    def is_empty(self):
        return self.requests.empty()


class Receiver:
    """The server must be able to reach SVIX_RECEIVER_HOST (127.0.0.1 if not said)."""

    def __init__(self):
        inboxes = self.inboxes = {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                inbox = inboxes.get(self.path)
                if inbox is not None:
                    # Names of headers in lower case, whatever the sender likes.
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    inbox.requests.put((headers, body))
                self.send_response(inbox.status if inbox else 404)
                self.send_header("content-length", "6")
                self.end_headers()
                self.wfile.write(b"thanks")

            def log_message(self, *_):
                pass

        host = os.environ.get("SVIX_RECEIVER_HOST", "127.0.0.1")
        server = ThreadingHTTPServer((host, 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.base = "http://%s:%d" % (host, server.server_address[1])

    def inbox(self, name):
        inbox = Inbox("%s/%s" % (self.base, name))
        self.inboxes["/" + name] = inbox
        return inbox
