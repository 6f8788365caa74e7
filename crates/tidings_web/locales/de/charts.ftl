# Charts of a webhook.
charts = Wie es läuft
chart-volume = Menge
chart-success = Erfolg
chart-latency = Dauer
chart-delivered = Zugestellt
chart-failed = Fehlgeschlagen
chart-mean = Im Mittel
chart-now = jetzt
chart-volume-says = { $delivered } zugestellt, { $failed } fehlgeschlagen.
chart-success-says = { $rate } der Anfragen kamen an.
chart-latency-says = Eine Anfrage dauerte im Mittel { $mean }.
charts-of =
    { $count ->
        [one] Aus der letzten Anfrage
       *[other] Aus den letzten { $count } Anfragen
    }
