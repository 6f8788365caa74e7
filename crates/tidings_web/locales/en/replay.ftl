# Sending again.
replay = Send again
replay-lead = After your receiver was down, get what it has missed.
replay-what = What to send again
replay-failed = What has failed
replay-failed-is = Events that were tried and never arrived.
replay-missing = What was never sent
replay-missing-is = Events that this webhook would get now, from before it was there or while it was disabled.
replay-all = Everything
replay-all-is = Also what has arrived. Your receiver knows it again by the header webhook-id.
replay-since = Since
replay-from = since { $time }
replay-count-first = First it is only counted. Nothing is sent before you say so.
replay-count = Count
span-hours =
    { $count ->
        [one] the last hour
       *[other] the last { $count } hours
    }
span-days =
    { $count ->
        [one] the last day
       *[other] the last { $count } days
    }
task-progress = Progress
task-counting =
    { $count ->
        [one] Counting: { $count } event so far
       *[other] Counting: { $count } events so far
    }
task-sending = { $sent } of { $all } sent again
task-counted =
    { $count ->
        [0] There is nothing to send again.
        [one] { $count } event would be sent again.
       *[other] { $count } events would be sent again.
    }
task-again = They go out one after the other, beside what is new. You can stop it at any time.
task-start = Send again now
task-sent =
    { $count ->
        [one] { $count } event is on its way again.
       *[other] { $count } events are on their way again.
    }
task-skipped =
    { $count ->
        [one] { $count } was left out: it is owed anyway, or its payload is gone.
       *[other] { $count } were left out: they are owed anyway, or their payloads are gone.
    }
task-canceled =
    { $count ->
        [one] Stopped. { $count } event was on its way by then.
       *[other] Stopped. { $count } events were on their way by then.
    }
task-count-canceled = The count was stopped. Nothing was sent.
task-failed = It could not go on. Perhaps the webhook was disabled or removed meanwhile.
task-back = To the webhook
