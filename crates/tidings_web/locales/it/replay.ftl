# Sending again.
replay = Invia di nuovo
replay-lead = Se il tuo ricevitore non era raggiungibile, recupera ciò che ha perso.
replay-what = Che cosa inviare di nuovo
replay-failed = Ciò che non è riuscito
replay-failed-is = Eventi che sono stati tentati e non sono mai arrivati.
replay-missing = Ciò che non è mai stato inviato
replay-missing-is = Eventi che questo webhook riceverebbe ora, di prima che esistesse o mentre era disabilitato.
replay-all = Tutto
replay-all-is = Anche ciò che è arrivato. Il tuo ricevitore lo riconosce dall'intestazione webhook-id.
replay-since = Periodo
replay-from = dal { $time }
replay-count-first = Prima si conta soltanto. Non viene inviato nulla finché non lo dici tu.
replay-count = Conta
span-hours =
    { $count ->
        [one] l'ultima ora
       *[other] le ultime { $count } ore
    }
span-days =
    { $count ->
        [one] l'ultimo giorno
       *[other] gli ultimi { $count } giorni
    }
task-progress = Avanzamento
task-counting =
    { $count ->
        [one] Conteggio: finora { $count } evento
       *[other] Conteggio: finora { $count } eventi
    }
task-sending = { $sent } di { $all } inviati di nuovo
task-counted =
    { $count ->
        [0] Non c'è nulla da inviare di nuovo.
        [one] Verrebbe inviato di nuovo { $count } evento.
       *[other] Verrebbero inviati di nuovo { $count } eventi.
    }
task-again = Partono uno dopo l'altro, accanto ai nuovi. Puoi fermare tutto in qualsiasi momento.
task-start = Invia di nuovo ora
task-sent =
    { $count ->
        [one] { $count } evento è di nuovo in viaggio.
       *[other] { $count } eventi sono di nuovo in viaggio.
    }
task-skipped =
    { $count ->
        [one] Ne è stato tralasciato { $count }: è comunque in attesa, o il suo carico utile non c'è più.
       *[other] Ne sono stati tralasciati { $count }: sono comunque in attesa, o il loro carico utile non c'è più.
    }
task-canceled =
    { $count ->
        [one] Fermato. { $count } evento era già in viaggio.
       *[other] Fermato. { $count } eventi erano già in viaggio.
    }
task-count-canceled = Il conteggio è stato fermato. Non è stato inviato nulla.
task-failed = Non è stato possibile continuare. Forse nel frattempo il webhook è stato disabilitato o rimosso.
task-back = Al webhook
