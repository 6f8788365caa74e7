# What the pages of jobs and of operational webhooks say.
nav-jobs = Jobs
jobs-lead = Work that goes on behind a request: replays, recoveries, statistics.
jobs-none = No jobs
jobs-none-lead = When somebody replays or recovers messages, it is listed here.
job = Job
progress = Progress
job-replay-missing = Replay what was never sent
job-recover = Recover what has failed
job-bulk-replay = Replay messages
job-purge = Take payloads away
job-application-stats = Statistics of applications
job-event-type-stats = Statistics of event types
job-running = Running
job-finished = Finished
job-failed = Failed
job-counting = Counting
job-cancel = Stop it
job-failed-why = It could not go on:
job-data = All that is known of it

# Operational webhooks.
nav-operational = Operational webhooks
operational-lead = They tell your own systems what Tidings does: endpoints that change, deliveries that fail, jobs that end.
operational-none-lead = Make one to hear of trouble before your customers do.
operational-hint = They are signed and retried like all others.
operational-events-hint = none chosen means all
operational-rotate-hint = For a day every request is signed with the old one too.
