# What the pages of applications say, and those of their messages.
nav-applications = Applications
applications-lead = The customers of the product. Each has its own webhooks.
application = Application
application-new = New application
application-update = Update application
application-saved = The application is saved.
application-removed = The application is removed, with its endpoints.
application-remove-what = Its endpoints go with it, and what is still owed to them is canceled. This cannot be undone.
application-paused = Paused: the plan has no webhooks
applications-search = Search by name, uid or id
applications-search-none = No application has this name, uid or id.
applications-none = No applications yet
applications-none-lead = Make one for each customer of the product, here or over the API.
looked-through =
    { $count ->
        [one] { $count } application was looked through, the newest. A whole uid or id is found anywhere.
       *[other] { $count } applications were looked through, the newest. A whole uid or id is found anywhere.
    }
app-uid = Your own id (uid)
app-uid-hint = optional: what the product calls it
created = Created
changed = Changed
metadata = Notes
metadata-hint = optional, one name: value a line
wrong-app-name = Give it a name of at most 256 characters.
wrong-app-uid = This uid cannot be used, or another application has it.
wrong-app-plan = Choose one of the plans.
wrong-metadata = Write each note as name: value, 4,096 bytes in all.
endpoints = Endpoints
endpoints-none = No endpoints
endpoints-none-lead = The customer makes them in the portal, or the product over the API.
endpoints-more = There are more. The portal lists all of them.
portal-open = Open the portal
portal-open-lead = As this customer sees it. The link works once, and the session lasts an hour.
portal-link-lead = Whoever opens this link acts as the customer. It works once; give it to nobody else.
portal-make-link = Make a link
portal-read-only = Only to look
feature-flags = Feature flags
flags-hint = optional, with commas between
back = Back

# Messages.
messages = Messages
messages-none = No messages
messages-none-lead = In the last 90 days nothing was accepted that matches.
tag = Tag
tags = Tags
channels = Channels
event-id = Event id
accepted-at = Accepted
deliveries = Deliveries
delivery-pending = Waiting
delivery-sending = Being sent
next-try = Next try
message-no-deliveries = No endpoint wanted it when it was accepted.
message-resent = It is being sent once more. The new request is listed here as soon as it has ended.
message-more = There are more than are listed here.
