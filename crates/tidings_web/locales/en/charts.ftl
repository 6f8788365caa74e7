# Charts of a webhook.
charts = How it does
chart-volume = Volume
chart-success = Success
chart-latency = Latency
chart-delivered = Delivered
chart-failed = Failed
chart-mean = On average
chart-now = now
chart-volume-says = { $delivered } delivered, { $failed } failed.
chart-success-says = { $rate } of the requests arrived.
chart-latency-says = A request took { $mean } on average.
charts-of =
    { $count ->
        [one] From the last request
       *[other] From the last { $count } requests
    }
