# Charts of a webhook.
charts = Cómo va
chart-volume = Volumen
chart-success = Éxito
chart-latency = Latencia
chart-delivered = Entregadas
chart-failed = Fallidas
chart-mean = De media
chart-now = ahora
chart-volume-says = { $delivered } entregadas, { $failed } fallidas.
chart-success-says = Llegó el { $rate } de las solicitudes.
chart-latency-says = Una solicitud tardó de media { $mean }.
charts-of =
    { $count ->
        [one] De la última solicitud
       *[other] De las últimas { $count } solicitudes
    }
