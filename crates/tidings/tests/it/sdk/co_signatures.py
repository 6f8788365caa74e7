"""Verifies one request as a receiver would that was written for GitHub, Stripe or Shopify.

Stripe's own package verifies its style. For the other two this is what their documentation tells receivers to do:
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries and
https://shopify.dev/docs/apps/build/webhooks/subscribe/https. A changed body and another secret must fail.
"""

import base64
import hashlib
import hmac
import json
import sys

import stripe


def is_genuine_github(secret, signature, body):
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def is_genuine_shopify(secret, signature, body):
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), signature)


def is_genuine_stripe(secret, signature, body):
    try:
        event = stripe.Webhook.construct_event(body, signature, secret)
    except stripe.SignatureVerificationError:
        return False
    return event["object"] == "event"


STYLES = {
    "github": is_genuine_github,
    "stripe": is_genuine_stripe,
    "shopify": is_genuine_shopify,
}

given = json.load(sys.stdin)
is_genuine = STYLES[given["style"]]
secret, signature, body = given["secret"], given["signature"], given["body"].encode()
assert is_genuine(secret, signature, body), f"not genuine: {signature}"
changed = body.replace(b"event", b"event ")
assert changed != body
assert not is_genuine(secret, signature, changed), "a changed body is taken"
assert not is_genuine(secret + "x", signature, body), "another secret is taken"
