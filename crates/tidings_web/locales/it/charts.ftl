# Charts of a webhook.
charts = Come va
chart-volume = Quantità
chart-success = Riuscita
chart-latency = Latenza
chart-delivered = Consegnate
chart-failed = Non riuscite
chart-mean = In media
chart-now = ora
chart-volume-says = { $delivered } consegnate, { $failed } non riuscite.
chart-success-says = È arrivato il { $rate } delle richieste.
chart-latency-says = Una richiesta ha richiesto in media { $mean }.
charts-of =
    { $count ->
        [one] Dall'ultima richiesta
       *[other] Dalle ultime { $count } richieste
    }
