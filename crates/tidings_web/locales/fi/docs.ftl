# What is said around the documentation of the API.
docs-title = API
docs-lead = Kaikki tämän palvelimen toiminnot: mitä ne ottavat, mitä ne vastaavat ja mitä ne vaativat kutsujalta. Sama on koneita varten tiedostossa openapi.json.
docs-overview = Yleiskuva
docs-topics = Aiheet
docs-parameters = Parametrit
docs-body = Runko
docs-refusals = Milloin pyyntö hylätään
docs-example = Esimerkki
docs-required = pakollinen
docs-missing = Ei vielä olemassa: vastaa 501.
docs-anyone = Kuka tahansa voi tehdä tämän ilman avainta.
docs-environment = Vaatii ympäristön avaimen, jolla on vähintään tämä rooli:
docs-application = Vaatii ympäristön avaimen tai sovelluksen istunnon, jolla on tämä oikeus:
docs-catalog = Vaatii ympäristön avaimen tai minkä tahansa sen sovelluksen istunnon.
docs-session = Vain istunto voi tehdä tämän, itselleen.
