<?php
// Whether a request is genuine. The names of headers are in lower case, and the body is as it came.
function verify(string $secret, array $headers, string $body): bool
{
    $key = base64_decode(substr($secret, strlen('whsec_')));
    $sentAt = $headers['webhook-timestamp'];
    if (abs(time() - (int) $sentAt) > 300) {
        return false; // recorded by somebody, and sent once more
    }
    $signed = $headers['webhook-id'] . '.' . $sentAt . '.' . $body;
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    // While a secret is replaced there are two signatures.
    foreach (explode(' ', $headers['webhook-signature']) as $found) {
        if (hash_equals($expected, $found)) {
            return true;
        }
    }
    return false;
}
