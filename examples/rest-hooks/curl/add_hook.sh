#!/bin/sh
# Adds a webhook.
#
#   TIDINGS_URL=https://… TIDINGS_LOGIN=… TIDINGS_PASSWORD=… sh add_hook.sh https://example.pl

curl --silent --show-error --fail-with-body \
  -u "$TIDINGS_LOGIN:$TIDINGS_PASSWORD" \
  -X POST \
  -H "Content-type: application/json" \
  -d '{"actions":["CHAT_CONVERSATION_CREATED"],"subscription_url":"'"${1:-https://example.pl}"'"}' \
  "$TIDINGS_URL/api/webhooks"
