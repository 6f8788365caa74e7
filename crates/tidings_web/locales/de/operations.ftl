# What the pages of jobs and of operational webhooks say.
nav-jobs = Aufträge
jobs-lead = Arbeit, die hinter einer Anfrage weitergeht: Wiederholungen, Wiederherstellungen, Statistiken.
jobs-none = Keine Aufträge
jobs-none-lead = Wenn jemand Nachrichten wiederholt oder wiederherstellt, steht es hier.
job = Auftrag
progress = Fortschritt
job-replay-missing = Senden, was nie gesendet wurde
job-recover = Fehlgeschlagenes wiederherstellen
job-bulk-replay = Nachrichten wiederholen
job-purge = Nutzlasten entfernen
job-application-stats = Statistik der Anwendungen
job-event-type-stats = Statistik der Ereignistypen
job-running = Läuft
job-finished = Fertig
job-failed = Fehlgeschlagen
job-counting = Wird gezählt
job-cancel = Anhalten
job-failed-why = Es ging nicht weiter:
job-data = Alles, was darüber bekannt ist

# Operational webhooks.
nav-operational = Betriebs-Webhooks
operational-lead = Sie melden Ihren eigenen Systemen, was Tidings tut: geänderte Endpunkte, fehlgeschlagene Zustellungen, beendete Aufträge.
operational-none-lead = Legen Sie einen an, um vor Ihren Kunden von Problemen zu erfahren.
operational-hint = Sie werden signiert und wiederholt wie alle anderen.
operational-events-hint = keines gewählt heißt alle
operational-rotate-hint = Einen Tag lang wird jede Anfrage auch mit dem alten signiert.
