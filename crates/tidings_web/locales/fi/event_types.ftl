# What the pages of event types, catalogues and plans say.
nav-event-types = Tapahtumatyypit
event-types-lead = Mitä voi tapahtua, sellaisena kuin asiakkaat sen näkevät, ja millaisia tietojen on oltava.
event-types-none-lead = Luo ensimmäinen tai tuo luettelo.
event-type-new = Uusi tapahtumatyyppi
event-type-update = Päivitä tapahtumatyyppi
event-type-saved = Tapahtumatyyppi on tallennettu.
archived = Arkistoitu
archived-show = Näytä arkistoidut
archived-hide = Piilota arkistoidut
archive = Arkistoi
archive-restore = Palauta arkistosta
event-key-hint = kirjaimia, numeroita ja . - _ niiden välissä
description = Kuvaus
event-group = Ryhmä
deprecate = Vanhentunut: lähetetään yhä, mutta älä rakenna sen varaan
policy = Tiedot, jotka eivät sovi
policy-off = niitä ei tarkisteta
policy-warn = otetaan vastaan ja merkitään muistiin
policy-refuse = hylätään
schema-missing = ei skeemaa
schema-hint = JSON Schema, luonnos 7, ellei se nimeä muuta. Tyhjä: skeemaa ei ole.
version-of = Versio
version-number = Versio { $version }
version-new = Säilytä nykyinen ja tee tästä uusi versio
drift = Poikkeama
drift-count =
    { $count ->
        [one] { $count } viesti ei sopinut skeemaan
       *[other] { $count } viestiä ei sopinut skeemaan
    }
drift-where = Missä
drift-last = Viimeksi nähty
drift-forget = Unohda
wrong-event-name = Käytä kirjaimia ja numeroita sekä . - _ niiden välissä, enintään 128, ja vapaata avainta.
wrong-description = Lyhennä kuvausta.
wrong-group = Lyhennä ryhmän nimeä.
wrong-flags = Käytä enintään 25 lippua, joilla on lyhyet nimet.
wrong-schema = Tämä ei ole JSON Schema:
wrong-sample = Tämä ei kelpaa esimerkiksi:

# Catalogues.
nav-catalogues = Luettelot
catalogues-lead = Valmiita tapahtumatyyppejä skeemoineen ja esimerkkeineen. Ne tulevat Tidingsin mukana.
catalogue-look = Katso, mitä tuonti muuttaa
catalogue-import = Tuo
catalogue-imported = Luettelo on tuotu.
catalogue-dry = Mitään ei ole vielä muutettu. Tämän tuonti tekisi.
catalogue-created =
    { $count ->
        [one] { $count } uusi tapahtumatyyppi
       *[other] { $count } uutta tapahtumatyyppiä
    }
catalogue-updated =
    { $count ->
        [one] { $count } tapahtumatyyppi muuttuu
       *[other] { $count } tapahtumatyyppiä muuttuu
    }
catalogue-unchanged =
    { $count ->
        [one] { $count } tapahtumatyyppi on jo sellainen.
       *[other] { $count } tapahtumatyyppiä on jo sellaisia.
    }

# Plans.
nav-plans = Tilaustasot
plans-lead = Mitä asiakkaat voivat tehdä webhookeilla, alin tilaustaso ensin.
plans-saved = Tilaustasot on tallennettu. Ne ovat heti voimassa.
plans-none = Ei tilaustasoja
plans-none-lead = Ilman tilaustasoja jokainen sovellus voi tehdä kaiken.
plans-hint = Järjestys on luettelon järjestys. Tyhjä rivi poistaa tilaustason. Tyhjä luku tarkoittaa, ettei rajaa ole.
plan-uid = Avain
plan-endpoints = Päätepisteitä enintään
plan-rate = Enintään sekunnissa
plan-days = Säilytys päivinä
plan-features = Ominaisuudet
wrong-plans = Tilaustasoja ei tallennettu. Tässä on vikaa:
wrong-plan-in-use = Tilaustasoa, joka on sovelluksella, ei voi poistaa:
yes = Kyllä
no = Ei
