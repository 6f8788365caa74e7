# Mitä hallintasivujen ympärillä lukee, ja tie sisään.
nav-main = Päävalikko
nav-administration = Ylläpito
nav-you = Oma profiili
environment = Ympäristö
dev-mode = Kehitystila
email = Sähköposti
password = Salasana
optional = valinnainen
role = Rooli
role-viewer = Katselija
role-viewer-lead = Saat katsoa kaikkea paitsi salaisuuksia, mutta et muuttaa mitään.
role-developer = Kehittäjä
role-developer-lead = Saat muuttaa sovelluksia, webhookeja ja tapahtumatyyppejä, lähettää viestejä ja nähdä salaisuudet.
role-admin = Ylläpitäjä
role-admin-lead = Saat tehdä kaiken muun, mutta et lisätä etkä poistaa omistajia.
role-owner = Omistaja
role-owner-lead = Saat tehdä kaiken.

# Kirjautuminen.
staff-title = Kirjaudu Tidingsiin
staff-lead = Webhookeja, jotka menevät perille ja kertovat sen.
staff-wrong = Tällä osoitteella ja salasanalla ei pääse sisään. Tarkista molemmat ja yritä uudelleen.
staff-wait-seconds =
    { $count ->
        [one] Liian monta yritystä. Odota { $count } sekunti ja yritä sitten uudelleen.
       *[other] Liian monta yritystä. Odota { $count } sekuntia ja yritä sitten uudelleen.
    }
staff-wait-minutes =
    { $count ->
        [one] Liian monta yritystä. Odota { $count } minuutti ja yritä sitten uudelleen.
       *[other] Liian monta yritystä. Odota { $count } minuuttia ja yritä sitten uudelleen.
    }
staff-forgotten = Unohditko sen? Ylläpitäjä voi antaa sinulle uuden kutsun, jolla valitset toisen.
staff-elsewhere = Toinen ympäristö
staff-environment = Sen nimi, jos olet jäsenenä useassa. Tyhjä: se, johon liityit ensin.
staff-kept = Istuntosi on päättynyt. Kirjoittamasi on tallella: kirjaudu sisään ja lähetä se sitten.
staff-new = Kukaan ei ole vielä jäsen. Palvelimen konsoli näyttää linkin ensimmäiselle omistajalle.
again-title = Olet kirjautunut uudelleen lomakkeen avaamisen jälkeen
again-back = Olet taas kirjautunut sisään
again-lead = Kirjoittamasi on tallella salasanoja lukuun ottamatta. Mitään siitä ei ole vielä tallennettu.
again-send = Lähetä nyt
again-leave = Hylkää

# Ensimmäinen omistaja.
setup-title = Ota Tidings käyttöön
setup-lead = Luo ensimmäinen omistaja, joka voi kutsua kaikki muut.
setup-code = Konsolin koodi
setup-hint = Palvelin näyttää sen käynnistyessään. Voit liittää koko linkin.
setup-wrong = Tämä ei ole koodi, jonka tämän palvelimen konsoli näyttää.
setup-do = Luo omistaja
setup-done = Tämä on jo otettu käyttöön. Kirjautua voi se, jolla on salasana; muut tarvitsevat kutsun.
your-name = Nimesi
password-hint = Vähintään 12 merkkiä. Muutama sana on helppo muistaa ja vaikea arvata.
wrong-email = Kirjoita kokonainen sähköpostiosoite.
wrong-password = Valitse vähintään 12 merkin salasana.

# Oma sivu.
you-sessions = Missä olet kirjautuneena
you-browser = Selain
you-address = Osoite
you-since = Alkaen
you-until = Päättyy
you-here = Tämä selain
you-unknown = Tuntematon
you-end-all = Kirjaudu ulos kaikkialta
you-ended = Sinut on kirjattu sieltä ulos.

# Mikä voi mennä vikaan.
role-title = Roolisi ei salli tätä
role-text = Mitään ei tehty. Pyydä ympäristön ylläpitäjää tekemään se tai antamaan sinulle toinen rooli.
changed-title = Tätä ei voi nyt tehdä näin
changed-text = Joku on sillä välin muuttanut tai poistanut sen, tai jokin muu tarvitsee sitä yhä. Katso se uudelleen.

# Kutsu.
join-title = Hyväksy kutsu
join-lead = Joku on kutsunut sinut huolehtimaan webhookeista täällä. Linkki toimii kerran, viikon ajan.
join-wrong = Tämä kutsu on päättynyt, käytetty tai korvattu toisella. Pyydä lähettäjältä uusi.
join-to = Tervetuloa ympäristöön { $environment }
join-choose = Valitse salasana, niin pääset sisään.
join-do = Liity

# Kertakirjautuminen.
sign-on = Kirjaudu kertakirjautumisella
sign-on-unknown = Palvelu tuntee sinut, mutta kenelläkään täällä ei ole tuota osoitetta. Pyydä ylläpitäjältä kutsu.
sign-on-elsewhere = Tämä kirjautuminen ei alkanut tässä selaimessa tai kesti liian kauan. Aloita alusta.
sign-on-down = Kertakirjautumisen palvelu ei vastaa kunnolla. Yritä hetken päästä uudelleen tai käytä salasanaa.
