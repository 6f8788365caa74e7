# Jäsenet ja kutsut.
nav-members = Jäsenet
members-lead = Ketkä saavat kirjautua tähän ympäristöön ja mitä he saavat tehdä.
members-none = Ei vielä jäseniä
member-you = sinä
member-active = Käytössä
member-invited = Kutsuttu
member-disabled = Estetty
member-removed = Jäsen on poistettu ja kirjattu ulos kaikkialta.
member-changed = Muutos on tallennettu. Se on voimassa seuraavasta napsautuksesta alkaen.
member-ended = Jäsen on kirjattu ulos kaikkialta.
member-above = Tällä jäsenellä on enemmän oikeuksia kuin sinulla; vain saman roolin haltija voi muuttaa häntä.
last-owner = Tämä on viimeinen omistaja, joka voi kirjautua. Tee ensin toisesta omistaja.
about-member = Tiedot
member-since = Jäsen alkaen
last-seen = Viimeksi kirjautunut
invitation-until = Kutsu voimassa
role-hint = Katselija saa katsoa, kehittäjä käsittelee sovelluksia ja webhookeja, ylläpitäjä hallitsee lisäksi jäseniä ja avaimia, omistaja kaikkea.
member-let-in = Saa kirjautua
member-let-in-hint = Pois kytkettynä jäsen on heti ulkona, ja rooli säilyy myöhempää varten.
member-sessions = Kirjautumiset
member-sessions-count =
    { $count ->
        [one] Kirjautuneena { $count } selaimessa.
       *[other] Kirjautuneena { $count } selaimessa.
    }
member-end-all = Kirjaa ulos kaikkialta
member-remove-what = Jäsen kirjataan ulos kaikkialta eikä pääse enää sisään. Hänen tekemänsä säilyvät muutoslokissa.
invite = Kutsu joku
invite-lead = Saat lähetettävän linkin. Se toimii kerran, viikon ajan, ja sillä valitaan salasana.
invite-do = Kutsu
invite-again = Kutsu uudelleen
invited-title = Kutsu on valmis
invited-lead = Lähetä tämä linkki osoitteeseen { $email }.
invited-link = Kutsun linkki
invited-hint = Se näytetään vain nyt ja toimii kerran. Aiempi kutsu ei enää kelpaa.
wrong-email-taken = Jollakulla tässä ympäristössä on jo tämä osoite.
password-change = Vaihda salasana
password-change-lead = Pysyt kirjautuneena täällä; kaikkialta muualta sinut kirjataan ulos.
password-now = Nykyinen salasana
password-new = Uusi salasana
password-changed = Salasana on vaihdettu.
wrong-password-now = Tämä ei ole nykyinen salasanasi.

# API-avaimet.
nav-keys = API-avaimet
keys-lead = Niillä tuotteesi kutsuu tämän ympäristön APIa.
keys-none = Ei vielä API-avaimia
keys-none-lead = Luo avain tuotteellesi, niin se voi lähettää ensimmäisen viestinsä.
keys-full = Tässä ympäristössä on jo enimmäismäärä avaimia. Kumoa jokin käyttämätön.
key-new = Luo API-avain
key-new-lead = Anna kullekin ohjelmalle oma avain ja vain tarvittavat oikeudet. Silloin kunkin voi kumota erikseen.
key-name-hint = Jotta tiedät myöhemmin, mikä ohjelma sitä käyttää.
key-rate-hint = Kuinka monta pyyntöä sekunnissa sillä saa tehdä.
key-since = Luotu
key-used = Viimeksi käytetty
key-ends = Päättyy
key-ends-as-it-is = Jätä ennalleen
key-over = Päättynyt
key-days =
    { $count ->
        [one] { $count } päivän kuluttua
       *[other] { $count } päivän kuluttua
    }
key-made = Avain on valmis
key-made-lead = Laita se sinne, missä ”{ $name }” säilyttää salaisuutensa.
key-made-hint = Se näytetään vain nyt. Se, jolla se on, saa tehdä mitä rooli sallii.
key-text = API-avain
key-changed = Avainta on muutettu.
key-above = Tällä avaimella on enemmän oikeuksia kuin sinulla; vain saman roolin haltija voi muuttaa sitä.
about-key = Avaimen tiedot
key-old-until = Vanha kelpaa
key-rotate = Korvaa avain
key-rotate-lead = Saat uuden avaimen. Jonkin aikaa molemmat kelpaavat, joten mikään ei katkea vaihdon aikana.
key-overlap = Kuinka kauan vanha vielä kelpaa
key-rotations-full = Liian moni korvattu avain kelpaa yhä. Odota, että jokin päättyy, tai valitse ei päällekkäisyyttä.
key-revoke = Kumoa
key-revoke-ask = Kumotaanko ”{ $name }”?
key-revoke-what = Se hylätään heti kaikkialla, missä sitä käytetään. Tätä ei voi kumota.
key-revoked = Avain on kumottu.

# Muutosloki.
nav-audit-log = Muutosloki
audit-lead = Kuka muutti mitä, milloin ja mistä; uusin ensin.
audit-who = Kuka
audit-kind = Tekijän laji
audit-action = Mitä
audit-target = Mihin
audit-target-hint = Tunniste tai uid
audit-from = Alkaen
audit-to = Päättyen
audit-none = Ei merkintöjä
audit-none-lead = Kun joku muuttaa jotain, se näkyy täällä.
audit-none-filter = Mikään muutos ei vastaa näitä suodattimia.
audit-application = Sovellus
audit-program = Ohjelma
audit-before = Ennen:
audit-after = Jälkeen:
audit-hidden = muutettu; arvoa ei säilytetä
actor-api-key = API-avain
actor-member = Jäsen
actor-portal = Portaali
actor-integration = Integraatio
actor-api-user = API-käyttäjä
actor-command-line = Komentorivi
actor-system = Tidings itse

# Asetukset.
nav-settings = Asetukset
settings-lead = Mikä tämä ympäristö on ja mistä se löytyy.
settings-url = Palvelimen osoite
settings-plans = Tilaustasot
settings-no-plans = Ei yhtään: kaikki on sallittu kaikille tileille
settings-where = Osoitteet, rajat ja säilytysajat ovat palvelimen asetuksia: sen tiedostossa tai ympäristömuuttujissa.
settings-move = Siirrä asetukset
settings-move-lead = Tapahtumatyypit ja tilaustasot siirtyvät ympäristöstä toiseen yhtenä tiedostona, vaikkapa testistä tuotantoon.
settings-export = Kirjoita ne tiedostoon:
settings-import = Ota ne sisään toisen ympäristön avaimella. Mitään olemassa olevaa ei poistu:

# The look of the portal.
theme-title = Portaalin ulkoasu
theme-lead = Mitä tämän ympäristön asiakkaat näkevät portaalissa: nimesi, värit, kirjasin ja logo.
theme-change = Muuta ulkoasua
theme-saved = Ulkoasu on tallennettu. Portaali käyttää sitä tästä lähtien.
theme-product = Tuotteen nimi
theme-product-hint = Tidings-nimen sijaan
theme-accent = Väri vaaleilla sivuilla
theme-accent-hint = esimerkiksi #08697a; linkeille ja painikkeille
theme-accent-dark = Väri tummilla sivuilla
theme-font = Kirjasin
theme-font-hint = sellainen, joka lukijoilla on, kuten Georgia
theme-logo = Tuotteen logo
theme-logo-hint = enintään 64 kibitavun SVG-tiedoston teksti
theme-logo-remove = Poista nykyinen kuva
wrong-product = Nimessä on 1–60 kirjainta.
wrong-accent = Väri kirjoitetaan kuten #08697a, ja sen on erotuttava taustasta niin, että kaikki voivat lukea sen.
wrong-font = Kirjasimen nimessä on kirjaimia, numeroita, välilyöntejä ja yhdysviivoja.
wrong-logo = Logon on oltava yksinkertainen SVG-piirros: ei skriptejä, ei animaatiota, ei mitään muualta.
