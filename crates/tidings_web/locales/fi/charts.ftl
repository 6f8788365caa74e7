# Charts of a webhook.
charts = Miten sillä menee
chart-volume = Määrä
chart-success = Onnistuminen
chart-latency = Viive
chart-delivered = Toimitettu
chart-failed = Epäonnistunut
chart-mean = Keskimäärin
chart-now = nyt
chart-volume-says = Toimitettu { $delivered }, epäonnistunut { $failed }.
chart-success-says = Pyynnöistä saapui { $rate }.
chart-latency-says = Pyyntö kesti keskimäärin { $mean }.
charts-of =
    { $count ->
        [one] Viimeisestä pyynnöstä
       *[other] Viimeisistä { $count } pyynnöstä
    }
