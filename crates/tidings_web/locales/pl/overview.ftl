# What the overview of the dashboard says.
nav-overview = Przegląd
live = Na żywo
reload = Odśwież
overview-node = Ten serwer liczy to, co przez niego przechodzi i czym się zajmuje. Gdy serwerów jest kilka, każdy pokazuje swoją część.
stat-accepted = Przyjęte
stat-delivered = Dostarczone
stat-failed = Nieudane
per-second = /s
stat-most-within = Czas dostarczenia, p99
stat-half-within = Mediana: { $span }
stat-none-delivered = Teraz nic nie jest dostarczane
stat-backlog = Oczekujące
stat-oldest = Najstarsze: { $ago }
stat-nothing-waits = Nic nie czeka na kolejną próbę
throughput = Przepustowość
throughput-sentence = W ostatniej godzinie: najwyżej { $delivered } dostarczeń i { $failed } nieudanych prób na sekundę
latency = Czas dostarczenia
latency-sentence = Czas od przyjęcia do dostarczenia w ostatniej godzinie. Teraz połowa dociera w { $half }, a 99 na 100 w { $most }
trouble = Punkty końcowe z problemami
resting-count =
    { $count ->
        [one] { $count } otwarty obwód
        [few] { $count } otwarte obwody
        [many] { $count } otwartych obwodów
       *[other] { $count } otwartego obwodu
    }
state-resting = Obwód otwarty
trouble-none = Wszystkie punkty końcowe działają
trouble-none-lead = Żaden nie zawodzi i żadnego z tego powodu nie wyłączono.
endpoint = Punkt końcowy
last-answer = Ostatnia odpowiedź
waiting = Oczekuje
since = Od
last-failures = Ostatnie błędy
last-failures-none = Dopóki żaden punkt końcowy nie ma problemów, nic tu nie widać.
