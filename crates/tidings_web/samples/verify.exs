defmodule Webhook do
  # Whether a request is genuine. The headers are a map with names in lower case, and the body is as it came.
  def verify("whsec_" <> secret, headers, body) do
    sent_at = headers["webhook-timestamp"]
    signed = "#{headers["webhook-id"]}.#{sent_at}.#{body}"
    expected = "v1," <> Base.encode64(:crypto.mac(:hmac, :sha256, Base.decode64!(secret), signed))
    is_fresh = abs(System.os_time(:second) - String.to_integer(sent_at)) <= 300
    # While a secret is replaced there are two signatures.
    found = String.split(headers["webhook-signature"])
    is_fresh and Enum.any?(found, &(byte_size(&1) == byte_size(expected) and :crypto.hash_equals(&1, expected)))
  end
end
