# Charts of a webhook.
charts = Jak sobie radzi
chart-volume = Liczba
chart-success = Skuteczność
chart-latency = Opóźnienie
chart-delivered = Dostarczone
chart-failed = Nieudane
chart-mean = Średnio
chart-now = teraz
chart-volume-says = Dostarczone: { $delivered }, nieudane: { $failed }.
chart-success-says = Dotarło { $rate } żądań.
chart-latency-says = Żądanie trwało średnio { $mean }.
charts-of =
    { $count ->
        [one] Z ostatniego żądania
        [few] Z ostatnich { $count } żądań
        [many] Z ostatnich { $count } żądań
       *[other] Z ostatnich { $count } żądań
    }
