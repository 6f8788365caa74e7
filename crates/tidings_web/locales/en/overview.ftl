# What the overview of the dashboard says.
nav-overview = Overview
live = Live
reload = Reload
overview-node = What goes through is counted by this server, and so is what it looks after. With several servers, each shows its part.
stat-accepted = Accepted
stat-delivered = Delivered
stat-failed = Failed
per-second = /s
stat-most-within = Time to deliver, p99
stat-half-within = p50: { $span }
stat-none-delivered = Nothing delivered just now
stat-backlog = Waiting
stat-oldest = The oldest: { $ago }
stat-nothing-waits = Nothing waits for another try
throughput = Throughput
throughput-sentence = In the last hour: at most { $delivered } deliveries and { $failed } failed attempts a second
latency = Time to deliver
latency-sentence = Time from acceptance to delivery over the last hour. Just now half arrive within { $half }, and 99 of 100 within { $most }
trouble = Endpoints in trouble
resting-count =
    { $count ->
        [one] { $count } circuit open
       *[other] { $count } circuits open
    }
state-resting = Circuit open
trouble-none = All endpoints are well
trouble-none-lead = None of them fails, and none was switched off for failing.
endpoint = Endpoint
last-answer = Last answer
waiting = Waiting
since = Since
last-failures = Last failures
last-failures-none = As long as no endpoint is in trouble, nothing is listed here.
