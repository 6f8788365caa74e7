# What stands around every page of the dashboard, and the way into it.
nav-main = Main navigation
nav-administration = Administration
nav-you = Your profile
environment = Environment
dev-mode = Development
email = Email
password = Password
optional = optional
role = Role
role-viewer = Viewer
role-viewer-lead = You may look at everything but secrets, and change nothing.
role-developer = Developer
role-developer-lead = You may change applications, webhooks and event types, send messages, and see secrets.
role-admin = Admin
role-admin-lead = You may do everything but make and remove owners.
role-owner = Owner
role-owner-lead = You may do everything.

# Signing in.
staff-title = Sign in to Tidings
staff-lead = Webhooks that arrive, and say so.
staff-wrong = This address and this password do not let anybody in. Check both and try again.
staff-wait-seconds =
    { $count ->
        [one] Too many tries. Wait { $count } second, then try again.
       *[other] Too many tries. Wait { $count } seconds, then try again.
    }
staff-wait-minutes =
    { $count ->
        [one] Too many tries. Wait { $count } minute, then try again.
       *[other] Too many tries. Wait { $count } minutes, then try again.
    }
staff-forgotten = Forgotten? An admin can give you a new invitation, with which you choose another one.
staff-elsewhere = Another environment
staff-environment = Its name, if you are a member of several. Empty: the one that you joined first.
staff-kept = Your session has ended. What you typed is still here: sign in, then send it.
staff-new = Nobody is a member yet. The console of the server shows a link for the first owner.
again-title = You have signed in anew since this form was opened
again-back = You are signed in again
again-lead = What you typed is still here, but passwords. None of it has been saved yet.
again-send = Send it now
again-leave = Leave it

# The first owner.
setup-title = Set up Tidings
setup-lead = Make the first owner, who can invite everybody else.
setup-code = Code from the console
setup-hint = The server shows it when it starts. You can paste the whole link.
setup-wrong = This is not the code that the console of this server shows.
setup-do = Make the owner
setup-done = This was set up before. Whoever has a password can sign in; everybody else needs an invitation.
your-name = Your name
password-hint = At least 12 characters. A few words are easy to remember and hard to guess.
wrong-email = Write a whole email address.
wrong-password = Choose a password of 12 characters or more.

# One's own page.
you-sessions = Where you are signed in
you-browser = Browser
you-address = Address
you-since = Since
you-until = Until
you-here = This browser
you-unknown = Unknown
you-end-all = Sign out everywhere
you-ended = You are signed out there.

# What can go wrong.
role-title = Your role does not allow this
role-text = Nothing was done. Ask an admin of the environment to do it, or to give you another role.
changed-title = This cannot be done as it is now
changed-text = Somebody has changed or removed it meanwhile, or something else still needs it. Look at it again.

# An invitation.
join-title = Accept the invitation
join-lead = Somebody has invited you to look after webhooks here. The link works once, for a week.
join-wrong = This invitation has ended, was used, or was replaced by another. Ask whoever sent it for a new one.
join-to = Welcome to { $environment }
join-choose = Choose a password, and you are in.
join-do = Join

# Single sign-on.
sign-on = Sign in with single sign-on
sign-on-unknown = The provider knows you, but nobody here has that address. Ask an admin for an invitation.
sign-on-elsewhere = This sign-in did not begin in this browser, or took too long. Begin again.
sign-on-down = The provider of single sign-on does not answer as it should. Try again in a minute, or sign in with your password.
