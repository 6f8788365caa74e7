# What the portal says.
tab-webhooks = Webhooks
tab-events = Events
tab-log = Log
tab-buttons = Buttons
tab-settings = Settings
account = Account
accounts = Accounts
accounts-lead = Choose the account whose webhooks you want to manage.
account-manage = Manage account
actions = Actions
actions-of = Actions: { $name }
menu = Your menu
path = Path
pages = Pages
theme-system = Theme: system
theme-light = Theme: light
theme-dark = Theme: dark
sign-in = Sign in
sign-in-title = Sign in to the portal
sign-in-lead = You get a link from the product whose webhooks you use. It works once.
sign-in-link = Your link
sign-in-hint = If nothing happens by itself, paste the whole link here.
sign-in-empty = Paste the link that you were given.
sign-out = Sign out
identifier = Id
ok = OK
cancel = Cancel
save = Save
update = Update
remove = Remove
new = New
show = Show
copy = Copy
copied = Copied
never = Never
times-utc = Times are in UTC
page-next = Next
page-previous = Previous
page-newer = Newer
page-older = Older
ago-seconds = { $count } s ago
ago-minutes = { $count } min ago
ago-hours = { $count } h ago

# The list.
webhook = Webhook
webhooks-lead = Each address below gets a signed POST as soon as one of its events happens.
webhook-create = Create new webhook
webhook-test = Test webhook
webhook-saved = The webhook is saved. It is ready at once.
webhook-removed = The webhook is removed.
webhooks-none = No webhooks yet
webhooks-none-lead = A webhook tells your own system what happens here, the moment it happens.
webhooks-search = Search webhooks
webhooks-search-hint = Name, URL or event
search-none = Nothing found
search-none-lead = No webhook has this name, URL or event.
search-clear = Show all
state = State
state-all = All
state-active = Active
state-disabled = Disabled
state-failing = Failing
rate-recent = Success, last { $count }
last-delivery = Last delivery
deliveries-none = No deliveries
and-more = +{ $count }
webhooks-count =
    { $count ->
        [one] { $count } webhook
       *[other] { $count } webhooks
    }
webhooks-of = { $count } of { $most } webhooks in use on this plan

# Plans.
plan = Plan
plan-free = No plan: everything is allowed
plan-needed = Webhooks are paused. They need at least the plan { $plan }. Nothing is lost: events wait until then.
plan-without = Webhooks are paused: the plan of this account has none. Nothing is lost.

# The form.
webhook-update = Update webhook
form-lead = Say where to call and about what. It works from the moment you save it.
form-basics = Basics
form-where = Where and what
form-how = How
form-advanced = Advanced
form-advanced-what = rate limit, custom headers, filter
form-wrong =
    { $count ->
        [one] One field needs another look:
       *[other] { $count } fields need another look:
    }
form-stale = You have signed in anew since this form was opened. Nothing you typed is lost: look it over and save again.
webhook-name = Name
name-hint = Only for you. The receiver never sees it.
webhook-enable = Enable
enable-hint = Switched off, it keeps its settings and sends nothing.
webhook-entity = Entity name
entity-hint = Only events of this account are sent.
webhook-url = Webhook URL
url-hint = It gets a POST. Any 2xx answer within 20 seconds counts as delivered.
webhook-events = Events
events-select = Select events
events-all = All events
events-all-hint = also those that are added later
events-all-of = All of { $group }
events-other = Others
events-none = The catalogue has no events yet.
events-search = Search events
events-search-hint =
    { $count ->
        [one] Search { $count } event
       *[other] Search { $count } events
    }
events-chosen =
    { $count ->
        [one] { $count } event chosen
       *[other] { $count } events chosen
    }
chosen-of = { $chosen } of { $all }
webhook-format = Format
format-hint = JSON arrives byte for byte as the event was published.
format-json = JSON
format-form = Form
format-xml = XML
format-envelope = Envelope
format-cloudevents = CloudEvents
format-cloudevents-binary = CloudEvents, binary
webhook-auth = Authentication
auth-hint = What is secret is never shown again. Left empty, it stays as it is.
auth-none = None: the signature is enough
auth-basic = Basic: user and password
auth-bearer = Bearer token
auth-key = API key in a header
auth-user = User
auth-password = Password
auth-token = Token
auth-header = Header
auth-value = Key
webhook-rate = Rate limit
rate-hint = requests a second, optional
webhook-headers = Custom headers
headers-hint = one a line, optional
headers-hidden = Kept and not shown:
webhook-filter = Filter
filter-hint = JSON, optional: only events whose payload matches
good-to-know = Good to know
know-signed = Every request is signed. Verify it before you trust it.
know-retries = What fails is tried again for several days.
know-test = After saving, Test webhook sends a harmless example.
know-https = Addresses begin with https://, so nobody on the way can read the events.
wrong-name = Give it a name, so that you find it again.
wrong-name-long = This cannot be saved as it is. Shorten the name.
wrong-entity = Choose one of your accounts.
wrong-url-empty = Say where the events go.
wrong-url-https = Use an address that starts with https://. Plain http would let anyone on the way read the event.
wrong-url = This address cannot be used: it is not complete, or it leads into a private network.
wrong-events = Choose at least one event, or all events.
wrong-events-unknown = One of these events is no longer in the catalogue.
wrong-auth = Fill in what this kind of authentication needs.
wrong-rate = Use a whole number of at least 1, or leave it empty.
wrong-headers = Write each header as name: value. Headers that Tidings sets itself are not possible.
wrong-filter = This filter cannot be read. It is a JSON object of fields and conditions.

# One webhook.
last-requests = Last 10 webhook requests
log-whole = The whole log
requests = Requests
requests-none = No requests
requests-none-lead = As soon as an event is sent, it is listed here.
requests-none-filter = Nothing was sent that matches these filters.
tested = The test has ended: { $result }.
tested-see = See the request
disabled-gone = Switched off, because the receiver answered 410: it wants no more events. Enable it again once it does.
disabled-failing = Switched off, because it failed for five days. Mend the receiver, then enable it again.
disabled-wished = Switched off, because the receiver asked for it in an answer.
remove-ask = Remove “{ $name }”?
remove-what = Nothing more is sent to this address. This cannot be undone.

# The secret.
secret = Signing secret
secret-lead = With it your system verifies that a request is from here and was not changed.
secret-current = Current secret
secret-show = Show the secret
secret-hint = Treat it like a password. Any Standard Webhooks library takes it as it is.
secret-rotated = The secret is replaced. This is the new one.
rotate = Rotate the secret
rotate-lead = You get a new secret. For a while every request is signed with both, so nothing fails while you change it over.
rotate-overlap = How long the old one still signs
rotate-hint = Choose no overlap only if somebody else knows the secret.
overlap-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
overlap-none = No overlap: the old one ends at once

# The log, and one request.
log-lead = Every request that was made, newest first.
event = Event
event-any = any
event-key = Key
event-deprecated = deprecated
result = Result
result-all = All
result-ok = Delivered
result-failed = Failed
result-canceled = Canceled
time = Time
took = Took
sent = Sent
cause = Cause
message = Message
request = Request
response = Response
payload = Payload
request-and-response = Request and response
request-number = Attempt
request-of = Attempt { $number }
requests-beside = All attempts of this delivery
cause-event = The event
cause-retry = Scheduled retry
cause-manual = Sent again by hand
cause-test = Test webhook
cause-press = A button was pressed
cause-replay = Sent again by a job
curl = As curl
redeliver = Redeliver
resent = It is being sent once more. The new attempt is listed beside as soon as it has ended.
timing = Timing
timing-all = { $took } in all
phase-dns = DNS
phase-connect = Connect
phase-tls = TLS
phase-head = First byte
phase-body = Body
header = Header
value = Value
headers-sent = Request headers
headers-received = Response headers
payload-none = There is no payload, or it has been taken away.
response-none = Nothing came back.
response-cut = Cut off: more came back than is kept.
error-timeout = No answer in time
error-reset = Connection broken
error-tls = TLS failed
error-unreachable = Unreachable
error-protocol = Not an HTTP answer
error-format = Not possible in this format
error-token = No access token
error-disabled = Canceled: disabled
error-deleted = Canceled: removed
error-expired = Canceled: too old
error-poison = Canceled: it stopped the sender
error-expunged = Canceled: payload taken away

# The catalogue, buttons and settings.
catalogue-lead = What can happen here, with an example of each.
example = Example
example-none = There is no example of this event.
schema = Schema
schema-none = There is no schema of this event.
buttons-lead = Press a button, and it sends its event at once.
buttons-none = No buttons yet
buttons-none-lead = A button sends an event to a webhook at each press.
wifi = You must be connected to Wi-Fi to use webhooks
integrations = Integrations
integrations-lead = What this account is connected with.
couplings = Couplings
read-only = You may look at everything here and change nothing.

# What can go wrong.
busy-title = Not just now
busy-text = There is too much to do at once. Try again in a few seconds; nothing was done.
ended-title = Your session has ended
ended-text = Open a new link from the product to go on. If you were filling in a form: open the link in another tab, come back to this one, go back, and send the form again.
used-title = This link does not work any more
used-text = It was used before, or it is too old. Ask the product for a new one.
denied-title = You may not do this
denied-text = Your session may look, but not do this. Ask whoever gave you the link.
plan-title = This needs another plan
plan-text = The plan of this account does not allow it. Nothing was changed.
refused-title = This cannot be done just now
refused-text = The webhook is disabled, its payload is gone, or somebody has changed it meanwhile. Look at it again.
large-title = This is too much for one form
large-text = Shorten what you typed and send it again.
