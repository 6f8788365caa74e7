# Sending again.
replay = Lähetä uudelleen
replay-lead = Jos vastaanottajasi oli poissa, hanki se, mikä siltä jäi saamatta.
replay-what = Mitä lähetetään uudelleen
replay-failed = Epäonnistuneet
replay-failed-is = Tapahtumat, joita yritettiin lähettää mutta jotka eivät koskaan saapuneet.
replay-missing = Lähettämättömät
replay-missing-is = Tapahtumat, jotka tämä webhook saisi nyt, ajalta ennen sen luomista tai sen poissaolon aikana.
replay-all = Kaikki
replay-all-is = Myös saapuneet. Vastaanottajasi tunnistaa ne webhook-id-otsakkeesta.
replay-since = Aika
replay-from = { $time } alkaen
replay-count-first = Ensin vain lasketaan. Mitään ei lähetetä, ennen kuin sanot niin.
replay-count = Laske
span-hours =
    { $count ->
        [one] viimeinen tunti
       *[other] viimeiset { $count } tuntia
    }
span-days =
    { $count ->
        [one] viimeinen päivä
       *[other] viimeiset { $count } päivää
    }
task-progress = Edistyminen
task-counting =
    { $count ->
        [one] Lasketaan: tähän asti { $count } tapahtuma
       *[other] Lasketaan: tähän asti { $count } tapahtumaa
    }
task-sending = Lähetetty uudelleen { $sent }/{ $all }
task-counted =
    { $count ->
        [0] Uudelleen lähetettävää ei ole.
        [one] { $count } tapahtuma lähetettäisiin uudelleen.
       *[other] { $count } tapahtumaa lähetettäisiin uudelleen.
    }
task-again = Ne lähtevät yksi kerrallaan uusien rinnalla. Voit pysäyttää sen milloin tahansa.
task-start = Lähetä uudelleen nyt
task-sent =
    { $count ->
        [one] { $count } tapahtuma on taas matkalla.
       *[other] { $count } tapahtumaa on taas matkalla.
    }
task-skipped =
    { $count ->
        [one] { $count } jätettiin pois: se on lähdössä muutenkin, tai sen tiedot on poistettu.
       *[other] { $count } jätettiin pois: ne ovat lähdössä muutenkin, tai niiden tiedot on poistettu.
    }
task-canceled =
    { $count ->
        [one] Pysäytetty. { $count } tapahtuma oli jo matkalla.
       *[other] Pysäytetty. { $count } tapahtumaa oli jo matkalla.
    }
task-count-canceled = Laskenta pysäytettiin. Mitään ei lähetetty.
task-failed = Sitä ei voitu jatkaa. Ehkä webhook poistettiin käytöstä tai kokonaan sillä välin.
task-back = Webhookiin
