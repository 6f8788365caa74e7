# What the pages of jobs and of operational webhooks say.
nav-jobs = Attività
jobs-lead = Lavoro che continua dopo una richiesta: reinvii, recuperi, statistiche.
jobs-none = Nessuna attività
jobs-none-lead = Quando qualcuno reinvia o recupera messaggi, compare qui.
job = Attività
progress = Avanzamento
job-replay-missing = Invia ciò che non è mai stato inviato
job-recover = Recupera ciò che è fallito
job-bulk-replay = Reinvia i messaggi
job-purge = Rimuovi i dati
job-application-stats = Statistiche delle applicazioni
job-event-type-stats = Statistiche dei tipi di evento
job-running = In corso
job-finished = Terminata
job-failed = Fallita
job-counting = Conteggio
job-cancel = Ferma
job-failed-why = Non è potuta continuare:
job-data = Tutto ciò che se ne sa

# Operational webhooks.
nav-operational = Webhook operativi
operational-lead = Dicono ai tuoi sistemi cosa fa Tidings: endpoint che cambiano, consegne che falliscono, attività che terminano.
operational-none-lead = Creane uno per sapere dei problemi prima dei tuoi clienti.
operational-hint = Sono firmati e ritentati come tutti gli altri.
operational-events-hint = nessuno scelto significa tutti
operational-rotate-hint = Per un giorno ogni richiesta è firmata anche con quello vecchio.
