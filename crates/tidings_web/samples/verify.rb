require "openssl"

# Whether a request is genuine. The names of headers are in lower case, and the body is as it came.
def verify(secret, headers, body)
  key = secret.delete_prefix("whsec_").unpack1("m")
  sent_at = headers["webhook-timestamp"]
  return false if (Time.now.to_i - Integer(sent_at, 10)).abs > 300 # recorded by somebody, and sent once more

  signed = "#{headers["webhook-id"]}.#{sent_at}.".b + body.b
  expected = "v1," + [OpenSSL::HMAC.digest("SHA256", key, signed)].pack("m0")
  # While a secret is replaced there are two signatures.
  headers["webhook-signature"].split.any? { |found| OpenSSL.secure_compare(found, expected) }
end
