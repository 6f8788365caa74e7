# What every page may say.
skip = Skip to content
language = Language
to-the-start = To the start
version = Tidings { $version }

landing-title = Tidings is running
landing-lead = The product posts what happened. Tidings writes it down and delivers it to whoever asked: signed, retried, logged.
landing-start = Start here
landing-key = Make an API key:
landing-send = Send with any Svix SDK: give it the address of this server as the server URL, and the key as the token. Or from the command line:
landing-watch = Watch requests as they happen:
landing-api = The API is under /api/v1 and needs a key. Its health does not; 204 means that the server serves:
dev-notice = Development mode: http:// and loopback targets are allowed. Not for production.

missing-title = There is nothing here
missing-text = The address is wrong, or what was here has been removed, or it belongs to another account.
broken-title = This did not work
broken-text = Something is broken on our side. Nothing that was accepted is lost. Try again in a minute.
elsewhere-title = This came from another site
elsewhere-text = Another site sent this in your name, so nothing was done. Open the page here and try again.
