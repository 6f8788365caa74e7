# What every page may say.
skip = Siirry sisältöön
language = Kieli
to-the-start = Alkuun
version = Tidings { $version }

landing-title = Tidings on käynnissä
landing-lead = Tuote kertoo, mitä tapahtui. Tidings kirjaa sen ja toimittaa sen kaikille, jotka pyysivät: allekirjoitettuna, tarvittaessa uudelleen ja lokiin merkittynä.
landing-start = Aloita tästä
landing-key = Luo API-avain:
landing-send = Lähetä millä tahansa Svix-SDK:lla: anna tämän palvelimen osoite palvelimen URL-osoitteeksi ja avain tunnisteeksi. Tai komentoriviltä:
landing-watch = Seuraa pyyntöjä reaaliajassa:
landing-api = API on polussa /api/v1 ja vaatii avaimen. Sen tilan voi katsoa ilman avainta; 204 tarkoittaa, että palvelin toimii:
dev-notice = Kehitystila: http://-kohteet ja paikalliset kohteet on sallittu. Ei tuotantokäyttöön.

missing-title = Täällä ei ole mitään
missing-text = Osoite on väärä, sisältö on poistettu tai se kuuluu toiselle tilille.
broken-title = Tämä ei onnistunut
broken-text = Meillä on jokin vika. Mitään vastaanotettua ei ole kadonnut. Yritä uudelleen hetken kuluttua.
elsewhere-title = Tämä tuli toiselta sivustolta
elsewhere-text = Toinen sivusto lähetti tämän nimissäsi, joten mitään ei tehty. Avaa sivu täällä ja yritä uudelleen.
