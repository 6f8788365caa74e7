#!/bin/sh
# Adds a webhook.
#
#   TIDINGS_URL=https://… TIDINGS_LOGIN=… TIDINGS_PASSWORD=… sh add_hook.sh https://example.pl

echo '{"actions":["CHAT_CONVERSATION_CREATED"],"subscription_url":"'"${1:-https://example.pl}"'"}' |
  http --check-status --body --pretty=none \
    --auth "$TIDINGS_LOGIN:$TIDINGS_PASSWORD" \
    POST "$TIDINGS_URL/api/webhooks"
