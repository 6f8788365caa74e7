# What the pages of applications say, and those of their messages.
nav-applications = Sovellukset
applications-lead = Tuotteen asiakkaat. Jokaisella on omat webhookinsa.
application = Sovellus
application-new = Uusi sovellus
application-update = Päivitä sovellus
application-saved = Sovellus on tallennettu.
application-removed = Sovellus ja sen päätepisteet on poistettu.
application-remove-what = Sen päätepisteet poistetaan, ja odottavat toimitukset perutaan. Tätä ei voi kumota.
application-paused = Tauolla: tilaustasolla ei ole webhookeja
applications-search = Hae nimellä, uid:llä tai tunnisteella
applications-search-none = Millään sovelluksella ei ole tätä nimeä, uid:tä tai tunnistetta.
applications-none = Ei vielä sovelluksia
applications-none-lead = Luo jokaiselle tuotteen asiakkaalle omansa, täällä tai rajapinnan kautta.
looked-through =
    { $count ->
        [one] { $count } sovellus käytiin läpi, uusin. Kokonainen uid tai tunniste löytyy aina.
       *[other] { $count } uusinta sovellusta käytiin läpi. Kokonainen uid tai tunniste löytyy aina.
    }
app-uid = Oma tunnisteesi (uid)
app-uid-hint = valinnainen: tuotteen oma nimi sille
created = Luotu
changed = Muutettu
metadata = Muistiinpanot
metadata-hint = valinnainen, yksi nimi: arvo riviä kohti
wrong-app-name = Anna nimi, enintään 256 merkkiä.
wrong-app-uid = Tätä uid:tä ei voi käyttää, tai se on toisella sovelluksella.
wrong-app-plan = Valitse jokin tilaustasoista.
wrong-metadata = Kirjoita jokainen muodossa nimi: arvo, yhteensä enintään 4 096 tavua.
endpoints = Päätepisteet
endpoints-none = Ei päätepisteitä
endpoints-none-lead = Asiakas luo ne portaalissa tai tuote rajapinnan kautta.
endpoints-more = Niitä on lisää. Portaali näyttää kaikki.
portal-open = Avaa portaali
portal-open-lead = Sellaisena kuin tämä asiakas sen näkee. Linkki toimii kerran, ja istunto kestää tunnin.
portal-link-lead = Linkin avaaja toimii asiakkaana. Se toimii kerran; älä anna sitä kenellekään muulle.
portal-make-link = Luo linkki
portal-read-only = Vain katselu
feature-flags = Ominaisuusliput
flags-hint = valinnainen, pilkuilla erotettuina
back = Takaisin

# Messages.
messages = Viestit
messages-none = Ei viestejä
messages-none-lead = Viimeisten 90 päivän aikana ei ole vastaanotettu mitään hakuun sopivaa.
tag = Tunnus
tags = Tunnukset
channels = Kanavat
event-id = Tapahtuman tunniste
accepted-at = Vastaanotettu
deliveries = Toimitukset
delivery-pending = Odottaa
delivery-sending = Lähetetään
next-try = Seuraava yritys
message-no-deliveries = Mikään päätepiste ei halunnut sitä, kun se vastaanotettiin.
message-resent = Se lähetetään uudelleen. Uusi pyyntö näkyy täällä heti, kun se on päättynyt.
message-more = Niitä on enemmän kuin tässä näkyy.
