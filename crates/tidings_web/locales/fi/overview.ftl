# What the overview of the dashboard says.
nav-overview = Yleiskatsaus
live = Suora
reload = Lataa uudelleen
overview-node = Tämä palvelin laskee sen, mikä kulkee sen kautta, ja sen, mistä se vastaa. Jos palvelimia on useita, kukin näyttää oman osuutensa.
stat-accepted = Vastaanotettu
stat-delivered = Toimitettu
stat-failed = Epäonnistunut
per-second = /s
stat-most-within = Toimitusaika, p99
stat-half-within = Mediaani: { $span }
stat-none-delivered = Juuri nyt ei toimiteta mitään
stat-backlog = Odottaa
stat-oldest = Vanhin: { $ago }
stat-nothing-waits = Mikään ei odota uutta yritystä
throughput = Läpimeno
throughput-sentence = Viimeisen tunnin aikana: enintään { $delivered } toimitusta ja { $failed } epäonnistunutta yritystä sekunnissa
latency = Toimitusaika
latency-sentence = Aika vastaanotosta toimitukseen viimeisen tunnin aikana. Juuri nyt puolet saapuu { $half } kuluessa ja 99 sadasta { $most } kuluessa
trouble = Päätepisteet, joissa on ongelmia
resting-count =
    { $count ->
        [one] { $count } katkaisin auki
       *[other] { $count } katkaisinta auki
    }
state-resting = Katkaisin auki
trouble-none = Kaikki päätepisteet toimivat
trouble-none-lead = Mikään niistä ei epäonnistu, eikä yhtäkään ole poistettu käytöstä virheiden takia.
endpoint = Päätepiste
last-answer = Viimeisin vastaus
waiting = Odottaa
since = Alkaen
last-failures = Viimeisimmät virheet
last-failures-none = Niin kauan kuin millään päätepisteellä ei ole ongelmia, tässä ei näy mitään.
