# Members and invitations.
nav-members = Members
members-lead = Who may sign in to this environment, and what they may do.
members-none = No members yet
member-you = you
member-active = Active
member-invited = Invited
member-disabled = Shut out
member-removed = The member is removed, and signed out everywhere.
member-changed = The change is saved. It holds from the next click on.
member-ended = They are signed out everywhere.
member-above = This member may do more than you, so only somebody with the same role can change them.
last-owner = This is the last owner who can sign in. Make another owner first.
about-member = About
member-since = Member since
last-seen = Last signed in
invitation-until = Invitation good until
role-hint = A viewer may look, a developer works with applications and webhooks, an admin manages members and keys too, an owner everything.
member-let-in = May sign in
member-let-in-hint = Switched off, they are out at once, and keep their role for later.
member-sessions = Signed in
member-sessions-count =
    { $count ->
        [one] Signed in at { $count } browser.
       *[other] Signed in at { $count } browsers.
    }
member-end-all = Sign them out everywhere
member-remove-what = They are signed out everywhere and cannot sign in any more. What they did stays in the audit log.
invite = Invite somebody
invite-lead = You get a link to send them. It works once, for a week, and lets them choose a password.
invite-do = Invite
invite-again = Invite anew
invited-title = The invitation is ready
invited-lead = Send this link to { $email }.
invited-link = Link of the invitation
invited-hint = It is shown this once, and works once. An invitation before it has ended.
wrong-email-taken = Somebody in this environment has this address already.
password-change = Change the password
password-change-lead = You stay signed in here, and are signed out everywhere else.
password-now = Present password
password-new = New password
password-changed = The password is changed.
wrong-password-now = This is not your present password.

# API keys.
nav-keys = API keys
keys-lead = With them your product calls the API of this environment.
keys-none = No API keys yet
keys-none-lead = Make one for your product, and it can send its first message.
keys-full = This environment has as many keys as there may be. Revoke one that is not used.
key-new = Make an API key
key-new-lead = Give each program a key of its own, with no more than it needs. Then each can be revoked alone.
key-name-hint = So that you know later which program uses it.
key-rate-hint = Requests a second that it may make.
key-since = Made
key-used = Last used
key-ends = Ends
key-ends-as-it-is = Leave it as it is
key-over = Ended
key-days =
    { $count ->
        [one] in { $count } day
       *[other] in { $count } days
    }
key-made = The key is ready
key-made-lead = Put it where “{ $name }” keeps its secrets.
key-made-hint = It is shown this once. Whoever has it may do what its role may.
key-text = API key
key-changed = The key is changed.
key-above = This key may do more than you, so only somebody with the same role can change it.
about-key = About the key
key-old-until = Old text taken until
key-rotate = Replace the key
key-rotate-lead = You get a new text. For a while both are taken, so nothing fails while you change it over.
key-overlap = How long the old one is taken still
key-rotations-full = Too many replaced texts of this key are still taken. Wait until one ends, or choose no overlap.
key-revoke = Revoke
key-revoke-ask = Revoke “{ $name }”?
key-revoke-what = It is refused at once, wherever it is used. This cannot be undone.
key-revoked = The key is revoked.

# The audit log.
nav-audit-log = Audit log
audit-lead = Who changed what, when, and from where, newest first.
audit-who = Who
audit-kind = By
audit-action = What
audit-target = To what
audit-target-hint = Id or uid
audit-from = From
audit-to = To
audit-none = No entries
audit-none-lead = As soon as somebody changes something, it is listed here.
audit-none-filter = Nothing that was changed matches these filters.
audit-application = Application
audit-program = Program
audit-before = Before:
audit-after = After:
audit-hidden = changed; the value is not kept
actor-api-key = API key
actor-member = Member
actor-portal = Portal
actor-integration = Integration
actor-api-user = API user
actor-command-line = Command line
actor-system = Tidings itself

# Settings.
nav-settings = Settings
settings-lead = What this environment is, and where it is reached.
settings-url = Address of the server
settings-plans = Plans
settings-no-plans = None: everything is allowed to all accounts
settings-where = Addresses, limits and how long things are kept are settings of the server: in its file or its environment variables.
settings-move = Move the configuration
settings-move-lead = Event types and plans go from one environment to another as one file, such as from the test to production.
settings-export = Write them into a file:
settings-import = Take them in, with a key of the other environment. Nothing that is there goes:

# The look of the portal.
theme-title = Look of the portal
theme-lead = What the customers of this environment see in the portal: your name, colours, font and logo.
theme-change = Change the look
theme-saved = The look is saved. The portal has it from now on.
theme-product = Product name
theme-product-hint = instead of Tidings
theme-accent = Colour on light pages
theme-accent-hint = such as #08697a; for links and buttons
theme-accent-dark = Colour on dark pages
theme-font = Font
theme-font-hint = one that readers have, such as Georgia
theme-logo = Logo
theme-logo-hint = the text of an SVG file of at most 64 KiB
theme-logo-remove = Take the present picture away
wrong-product = A name has 1 to 60 letters.
wrong-accent = A colour is written like #08697a and has to stand out from the ground so that everybody can read it.
wrong-font = A font has a name of letters, digits, spaces and hyphens.
wrong-logo = The logo has to be a plain drawing in SVG: no scripts, no animation, nothing from elsewhere.
