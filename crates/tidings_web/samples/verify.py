import base64, hashlib, hmac, time

def verify(secret: str, headers: dict, body: bytes) -> bool:
    """Whether a request is genuine. The names of headers are in lower case, and the body is as it came."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    sent_at = headers["webhook-timestamp"]
    if abs(time.time() - int(sent_at)) > 300:
        return False  # recorded by somebody, and sent once more
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    # While a secret is replaced there are two signatures.
    found = headers["webhook-signature"].split()
    return any(hmac.compare_digest(one, expected) for one in found)
