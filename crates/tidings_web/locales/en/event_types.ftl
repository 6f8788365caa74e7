# What the pages of event types, catalogues and plans say.
nav-event-types = Event types
event-types-lead = What can happen, as customers see it, and what payloads must look like.
event-types-none-lead = Make the first one, or import a catalogue.
event-type-new = New event type
event-type-update = Update event type
event-type-saved = The event type is saved.
archived = Archived
archived-show = Show archived ones
archived-hide = Hide archived ones
archive = Archive
archive-restore = Take out of the archive
event-key-hint = letters, digits, and . - _ between
description = Description
event-group = Group
deprecate = Deprecated: still sent, but not to be built on
policy = Payloads that do not fit
policy-off = are not checked
policy-warn = are accepted and noted
policy-refuse = are refused
schema-missing = no schema
schema-hint = JSON Schema, draft 7 unless it names another. Empty: there is none.
version-of = Version
version-number = Version { $version }
version-new = Keep what is there and make this a new version
drift = Drift
drift-count =
    { $count ->
        [one] { $count } message did not fit the schema
       *[other] { $count } messages did not fit the schema
    }
drift-where = Where
drift-last = Last seen
drift-forget = Forget it
wrong-event-name = Use letters and digits with . - _ between, at most 128, and a key that is not taken.
wrong-description = Shorten the description.
wrong-group = Shorten the name of the group.
wrong-flags = Use at most 25 flags with short names.
wrong-schema = This is no JSON Schema:
wrong-sample = This cannot be the example:

# Catalogues.
nav-catalogues = Catalogues
catalogues-lead = Ready-made event types with schemas and examples. They come with Tidings.
catalogue-look = See what an import changes
catalogue-import = Import
catalogue-imported = The catalogue is imported.
catalogue-dry = Nothing has been changed yet. This is what an import would do.
catalogue-created =
    { $count ->
        [one] { $count } new event type
       *[other] { $count } new event types
    }
catalogue-updated =
    { $count ->
        [one] { $count } event type changes
       *[other] { $count } event types change
    }
catalogue-unchanged =
    { $count ->
        [one] { $count } event type is there just so.
       *[other] { $count } event types are there just so.
    }

# Plans.
nav-plans = Plans
plans-lead = What customers may do with webhooks, the lowest plan first.
plans-saved = The plans are saved. They hold at once.
plans-none = No plans
plans-none-lead = Without plans every application may do everything.
plans-hint = The order is that of the list. An empty line removes its plan. An empty number means no limit.
plan-uid = Key
plan-endpoints = Most endpoints
plan-rate = Most a second
plan-days = Days kept
plan-features = Features
wrong-plans = The plans were not saved. This is wrong:
wrong-plan-in-use = A plan that an application has cannot go:
yes = Yes
no = No
