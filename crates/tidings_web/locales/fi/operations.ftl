# What the pages of jobs and of operational webhooks say.
nav-jobs = Työt
jobs-lead = Työ, joka jatkuu pyynnön jälkeen: uudelleenlähetykset, palautukset, tilastot.
jobs-none = Ei töitä
jobs-none-lead = Kun joku lähettää viestejä uudelleen tai palauttaa niitä, se näkyy täällä.
job = Työ
progress = Edistyminen
job-replay-missing = Lähetä, mitä ei ole koskaan lähetetty
job-recover = Palauta epäonnistuneet
job-bulk-replay = Lähetä viestejä uudelleen
job-purge = Poista tiedot
job-application-stats = Sovellusten tilastot
job-event-type-stats = Tapahtumatyyppien tilastot
job-running = Käynnissä
job-finished = Valmis
job-failed = Epäonnistui
job-counting = Lasketaan
job-cancel = Pysäytä
job-failed-why = Se ei voinut jatkua:
job-data = Kaikki, mitä siitä tiedetään

# Operational webhooks.
nav-operational = Käyttöwebhookit
operational-lead = Ne kertovat omille järjestelmillesi, mitä Tidings tekee: päätepisteet muuttuvat, toimitukset epäonnistuvat, työt päättyvät.
operational-none-lead = Luo sellainen, niin kuulet ongelmista ennen asiakkaitasi.
operational-hint = Ne allekirjoitetaan ja yritetään uudelleen kuten muutkin.
operational-events-hint = ilman valintaa kaikki
operational-rotate-hint = Vuorokauden ajan jokainen pyyntö allekirjoitetaan myös vanhalla.
