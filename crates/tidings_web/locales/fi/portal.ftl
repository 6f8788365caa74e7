# What the portal says.
tab-webhooks = Webhookit
tab-events = Tapahtumat
tab-log = Loki
tab-buttons = Painikkeet
tab-settings = Asetukset
account = Tili
accounts = Tilit
accounts-lead = Valitse tili, jonka webhookeja haluat hallita.
account-manage = Hallitse tiliä
actions = Toiminnot
actions-of = Toiminnot: { $name }
menu = Oma valikko
path = Polku
pages = Sivut
theme-system = Teema: järjestelmä
theme-light = Teema: vaalea
theme-dark = Teema: tumma
sign-in = Kirjaudu sisään
sign-in-title = Kirjaudu portaaliin
sign-in-lead = Saat linkin tuotteesta, jonka webhookeja käytät. Se toimii kerran.
sign-in-link = Linkkisi
sign-in-hint = Jos mitään ei tapahdu itsestään, liitä koko linkki tähän.
sign-in-empty = Liitä saamasi linkki.
sign-out = Kirjaudu ulos
identifier = Tunniste
ok = OK
cancel = Peruuta
save = Tallenna
update = Päivitä
remove = Poista
new = Uusi
show = Näytä
copy = Kopioi
copied = Kopioitu
never = Ei koskaan
times-utc = Ajat ovat UTC-aikaa
page-next = Seuraava
page-previous = Edellinen
page-newer = Uudemmat
page-older = Vanhemmat
ago-seconds = { $count } s sitten
ago-minutes = { $count } min sitten
ago-hours = { $count } h sitten

# The list.
webhook = Webhook
webhooks-lead = Jokainen alla oleva osoite saa allekirjoitetun POST-pyynnön heti, kun jokin sen tapahtumista tapahtuu.
webhook-create = Luo uusi webhook
webhook-test = Testaa webhook
webhook-saved = Webhook on tallennettu. Se on heti käytössä.
webhook-removed = Webhook on poistettu.
webhooks-none = Ei vielä webhookeja
webhooks-none-lead = Webhook kertoo omalle järjestelmällesi, mitä täällä tapahtuu, heti kun se tapahtuu.
webhooks-search = Hae webhookeja
webhooks-search-hint = Nimi, URL tai tapahtuma
search-none = Mitään ei löytynyt
search-none-lead = Millään webhookilla ei ole tätä nimeä, URL-osoitetta tai tapahtumaa.
search-clear = Näytä kaikki
state = Tila
state-all = Kaikki
state-active = Käytössä
state-disabled = Poissa käytöstä
state-failing = Virheitä
rate-recent = Onnistuneet, { $count } viimeisintä
last-delivery = Viimeisin toimitus
deliveries-none = Ei toimituksia
and-more = +{ $count }
webhooks-count =
    { $count ->
        [one] { $count } webhook
       *[other] { $count } webhookia
    }
webhooks-of = { $count }/{ $most } webhookia käytössä tällä tilaustasolla

# Plans.
plan = Tilaustaso
plan-free = Ei tilaustasoa: kaikki on sallittu
plan-needed = Webhookit ovat tauolla. Ne vaativat vähintään tilaustason { $plan }. Mitään ei katoa: tapahtumat odottavat siihen asti.
plan-without = Webhookit ovat tauolla: tämän tilin tilaustasolla ei ole niitä. Mitään ei katoa.

# The form.
webhook-update = Päivitä webhook
form-lead = Kerro, mihin lähetetään ja mistä. Se toimii heti, kun tallennat.
form-basics = Perustiedot
form-where = Mihin ja mitä
form-how = Miten
form-advanced = Lisäasetukset
form-advanced-what = nopeusraja, omat otsakkeet, suodatin
form-wrong =
    { $count ->
        [one] Yksi kenttä on tarkistettava:
       *[other] { $count } kenttää on tarkistettava:
    }
form-stale = Olet kirjautunut uudelleen lomakkeen avaamisen jälkeen. Mitään ei kadonnut: tarkista tiedot ja tallenna uudelleen.
webhook-name = Nimi
name-hint = Vain sinulle. Vastaanottaja ei näe sitä.
webhook-enable = Ota käyttöön
enable-hint = Pois kytkettynä se säilyttää asetuksensa eikä lähetä mitään.
webhook-entity = Entiteetin nimi
entity-hint = Vain tämän tilin tapahtumat lähetetään.
webhook-url = Webhook-URL
url-hint = Siihen lähetetään POST. Mikä tahansa 2xx-vastaus 20 sekunnissa lasketaan toimitetuksi.
webhook-events = Tapahtumat
events-select = Valitse tapahtumat
events-all = Kaikki tapahtumat
events-all-hint = myös ne, jotka lisätään myöhemmin
events-all-of = Kaikki ryhmästä { $group }
events-other = Muut
events-none = Luettelossa ei ole vielä tapahtumia.
events-search = Hae tapahtumia
events-search-hint =
    { $count ->
        [one] Hae { $count } tapahtumasta
       *[other] Hae { $count } tapahtumasta
    }
events-chosen =
    { $count ->
        [one] { $count } tapahtuma valittu
       *[other] { $count } tapahtumaa valittu
    }
chosen-of = { $chosen }/{ $all }
webhook-format = Muoto
format-hint = JSON saapuu tavu tavulta sellaisena kuin tapahtuma julkaistiin.
format-json = JSON
format-form = Lomake
format-xml = XML
format-envelope = Kuori
format-cloudevents = CloudEvents
format-cloudevents-binary = CloudEvents, binaarinen
webhook-auth = Todennus
auth-hint = Salaisia tietoja ei näytetä uudelleen. Tyhjäksi jätettynä ne säilyvät.
auth-none = Ei mitään: allekirjoitus riittää
auth-basic = Basic: tunnus ja salasana
auth-bearer = Bearer-tunniste
auth-key = API-avain otsakkeessa
auth-user = Tunnus
auth-password = Salasana
auth-token = Tunniste
auth-header = Otsake
auth-value = Avain
webhook-rate = Nopeusraja
rate-hint = pyyntöä sekunnissa, valinnainen
webhook-headers = Omat otsakkeet
headers-hint = yksi riville, valinnainen
headers-hidden = Tallessa, ei näytetä:
webhook-filter = Suodatin
filter-hint = JSON, valinnainen: vain tapahtumat, joiden tiedot täsmäävät
good-to-know = Hyvä tietää
know-signed = Jokainen pyyntö on allekirjoitettu. Tarkista se ennen kuin luotat siihen.
know-retries = Epäonnistunutta yritetään uudelleen useita päiviä.
know-test = Tallennuksen jälkeen Testaa webhook lähettää vaarattoman esimerkin.
know-https = Osoitteet alkavat https://, joten kukaan ei voi lukea tapahtumia matkalla.
wrong-name = Anna nimi, jotta löydät sen uudelleen.
wrong-name-long = Tätä ei voi tallentaa näin. Lyhennä nimeä.
wrong-entity = Valitse jokin tileistäsi.
wrong-url-empty = Kerro, mihin tapahtumat lähetetään.
wrong-url-https = Käytä osoitetta, joka alkaa https://. Pelkkä http antaisi kenen tahansa lukea tapahtuman matkalla.
wrong-url = Tätä osoitetta ei voi käyttää: se on vajaa tai johtaa yksityiseen verkkoon.
wrong-events = Valitse vähintään yksi tapahtuma tai kaikki tapahtumat.
wrong-events-unknown = Jokin näistä tapahtumista ei ole enää luettelossa.
wrong-auth = Täytä, mitä tämä todennustapa vaatii.
wrong-rate = Käytä kokonaislukua, joka on vähintään 1, tai jätä tyhjäksi.
wrong-headers = Kirjoita jokainen otsake muodossa nimi: arvo. Tidingsin itse asettamat otsakkeet eivät käy.
wrong-filter = Tätä suodatinta ei voi lukea. Se on JSON-olio, jossa on kenttiä ja ehtoja.

# One webhook.
last-requests = Viimeiset 10 pyyntöä
log-whole = Koko loki
requests = Pyynnöt
requests-none = Ei pyyntöjä
requests-none-lead = Kun tapahtuma lähetetään, se näkyy tässä.
requests-none-filter = Mitään näihin suodattimiin sopivaa ei ole lähetetty.
tested = Testi päättyi: { $result }.
tested-see = Näytä pyyntö
disabled-gone = Kytketty pois, koska vastaanottaja vastasi 410: se ei halua lisää tapahtumia. Ota se uudelleen käyttöön, kun se taas haluaa niitä.
disabled-failing = Kytketty pois, koska se epäonnistui viiden päivän ajan. Korjaa vastaanottaja ja ota se uudelleen käyttöön.
disabled-wished = Kytketty pois, koska vastaanottaja pyysi sitä vastauksessaan.
remove-ask = Poistetaanko ”{ $name }”?
remove-what = Tähän osoitteeseen ei lähetetä enää mitään. Tätä ei voi perua.

# The secret.
secret = Allekirjoitussalaisuus
secret-lead = Sillä järjestelmäsi varmistaa, että pyyntö on täältä eikä sitä ole muutettu.
secret-current = Nykyinen salaisuus
secret-show = Näytä salaisuus
secret-hint = Kohtele sitä kuin salasanaa. Mikä tahansa Standard Webhooks -kirjasto hyväksyy sen sellaisenaan.
secret-rotated = Salaisuus on vaihdettu. Tämä on uusi.
rotate = Vaihda salaisuus
rotate-lead = Saat uuden salaisuuden. Jonkin aikaa jokainen pyyntö allekirjoitetaan molemmilla, joten mikään ei katkea vaihdon aikana.
rotate-overlap = Kuinka kauan vanha vielä allekirjoittaa
rotate-hint = Valitse ei päällekkäisyyttä vain, jos joku muu tietää salaisuuden.
overlap-hours =
    { $count ->
        [one] { $count } tunti
       *[other] { $count } tuntia
    }
overlap-none = Ei päällekkäisyyttä: vanha päättyy heti

# The log, and one request.
log-lead = Kaikki tehdyt pyynnöt, uusin ensin.
event = Tapahtuma
event-any = mikä tahansa
event-key = Avain
event-deprecated = poistumassa
result = Tulos
result-all = Kaikki
result-ok = Toimitettu
result-failed = Epäonnistunut
result-canceled = Peruttu
time = Aika
took = Kesto
sent = Lähetetty
cause = Syy
message = Viesti
request = Pyyntö
response = Vastaus
payload = Tiedot
request-and-response = Pyyntö ja vastaus
request-number = Yritys
request-of = Yritys { $number }
requests-beside = Tämän toimituksen kaikki yritykset
cause-event = Tapahtuma
cause-retry = Ajastettu uusintayritys
cause-manual = Lähetetty uudelleen käsin
cause-test = Testaa webhook
cause-press = Painiketta painettiin
cause-replay = Lähetetty uudelleen tehtävänä
curl = curl-komentona
redeliver = Lähetä uudelleen
resent = Se lähetetään uudelleen. Uusi yritys näkyy listassa, kun se on päättynyt.
timing = Ajoitus
timing-all = Yhteensä { $took }
phase-dns = DNS
phase-connect = Yhteys
phase-tls = TLS
phase-head = Ensimmäinen tavu
phase-body = Sisältö
header = Otsake
value = Arvo
headers-sent = Pyynnön otsakkeet
headers-received = Vastauksen otsakkeet
payload-none = Tietoja ei ole, tai ne on poistettu.
response-none = Mitään ei palautunut.
response-cut = Katkaistu: vastaus oli pidempi kuin säilytetään.
error-timeout = Ei vastausta ajoissa
error-reset = Yhteys katkesi
error-tls = TLS epäonnistui
error-unreachable = Ei tavoitettavissa
error-protocol = Ei HTTP-vastaus
error-format = Ei mahdollista tässä muodossa
error-token = Ei käyttöoikeustunnistetta
error-disabled = Peruttu: poissa käytöstä
error-deleted = Peruttu: poistettu
error-expired = Peruttu: liian vanha
error-poison = Peruttu: pysäytti lähetyksen
error-expunged = Peruttu: tiedot poistettu

# The catalogue, buttons and settings.
catalogue-lead = Mitä täällä voi tapahtua, ja esimerkki kustakin.
example = Esimerkki
example-none = Tästä tapahtumasta ei ole esimerkkiä.
schema = Skeema
schema-none = Tästä tapahtumasta ei ole skeemaa.
buttons-lead = Paina painiketta, niin se lähettää tapahtumansa heti.
buttons-none = Ei vielä painikkeita
buttons-none-lead = Painike lähettää tapahtuman webhookille joka painalluksella.
wifi = Webhookien käyttö vaatii Wi-Fi-yhteyden
integrations = Integraatiot
integrations-lead = Mihin tämä tili on yhdistetty.
couplings = Kytkennät
read-only = Voit katsoa kaikkea täällä, mutta et muuttaa mitään.

# What can go wrong.
busy-title = Ei juuri nyt
busy-text = Tehtävää on juuri nyt liikaa. Yritä muutaman sekunnin kuluttua; mitään ei tehty.
ended-title = Istuntosi on päättynyt
ended-text = Jatka avaamalla uusi linkki tuotteesta. Jos täytit lomaketta: avaa linkki toisessa välilehdessä, palaa tähän, siirry taaksepäin ja lähetä lomake uudelleen.
used-title = Tämä linkki ei enää toimi
used-text = Se on jo käytetty tai liian vanha. Pyydä tuotteelta uusi.
denied-title = Sinulla ei ole oikeutta tähän
denied-text = Istuntosi saa katsoa, mutta ei tehdä tätä. Kysy siltä, joka antoi linkin.
plan-title = Tämä vaatii toisen tilaustason
plan-text = Tämän tilin tilaustaso ei salli sitä. Mitään ei muutettu.
refused-title = Tätä ei voi tehdä nyt
refused-text = Webhook on poissa käytöstä, tiedot ovat poissa tai joku on muuttanut sitä. Katso uudelleen.
large-title = Tämä on liikaa yhdelle lomakkeelle
large-text = Lyhennä kirjoittamaasi ja lähetä uudelleen.
