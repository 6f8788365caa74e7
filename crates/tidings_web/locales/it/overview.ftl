# What the overview of the dashboard says.
nav-overview = Panoramica
live = In diretta
reload = Ricarica
overview-node = Questo server conta ciò che passa da lui e ciò di cui si occupa. Con più server, ciascuno mostra la propria parte.
stat-accepted = Accettati
stat-delivered = Consegnati
stat-failed = Falliti
per-second = /s
stat-most-within = Tempo di consegna, p99
stat-half-within = Mediana: { $span }
stat-none-delivered = In questo momento nessuna consegna
stat-backlog = In attesa
stat-oldest = Il più vecchio: { $ago }
stat-nothing-waits = Nulla attende un altro tentativo
throughput = Volume
throughput-sentence = Nell'ultima ora: al massimo { $delivered } consegne e { $failed } tentativi falliti al secondo
latency = Tempo di consegna
latency-sentence = Tempo dall'accettazione alla consegna nell'ultima ora. Ora la metà arriva entro { $half } e 99 su 100 entro { $most }
trouble = Endpoint in difficoltà
resting-count =
    { $count ->
        [one] { $count } circuito aperto
       *[other] { $count } circuiti aperti
    }
state-resting = Circuito aperto
trouble-none = Tutti gli endpoint funzionano
trouble-none-lead = Nessuno fallisce e nessuno è stato disabilitato per questo.
endpoint = Endpoint
last-answer = Ultima risposta
waiting = In attesa
since = Da
last-failures = Ultimi errori
last-failures-none = Finché nessun endpoint è in difficoltà, qui non compare nulla.
