# What the overview of the dashboard says.
nav-overview = Übersicht
live = Live
reload = Neu laden
overview-node = Gezählt wird, was durch diesen Server geht und wofür er zuständig ist. Bei mehreren Servern zeigt jeder seinen Teil.
stat-accepted = Angenommen
stat-delivered = Zugestellt
stat-failed = Fehlgeschlagen
per-second = /s
stat-most-within = Zeit bis zur Zustellung, p99
stat-half-within = Median: { $span }
stat-none-delivered = Gerade wird nichts zugestellt
stat-backlog = Wartend
stat-oldest = Älteste: { $ago }
stat-nothing-waits = Nichts wartet auf einen weiteren Versuch
throughput = Durchsatz
throughput-sentence = In der letzten Stunde: höchstens { $delivered } Zustellungen und { $failed } fehlgeschlagene Versuche pro Sekunde
latency = Zeit bis zur Zustellung
latency-sentence = Zeit von der Annahme bis zur Zustellung in der letzten Stunde. Gerade kommt die Hälfte in { $half } an, 99 von 100 in { $most }
trouble = Endpunkte mit Problemen
resting-count =
    { $count ->
        [one] { $count } Schutzschalter offen
       *[other] { $count } Schutzschalter offen
    }
state-resting = Schutzschalter offen
trouble-none = Alle Endpunkte sind in Ordnung
trouble-none-lead = Keiner schlägt fehl, und keiner wurde deswegen deaktiviert.
endpoint = Endpunkt
last-answer = Letzte Antwort
waiting = Wartend
since = Seit
last-failures = Letzte Fehlschläge
last-failures-none = Solange kein Endpunkt Probleme hat, steht hier nichts.
