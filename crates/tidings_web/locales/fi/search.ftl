# What the search of the dashboard says.
nav-search = Haku
search-lead = Viesti sen tunnisteella, tapahtuman tunnisteella tai tunnuksella, ja pyynnöt virheen tekstillä.
search-what = Tunniste, tapahtuman tunniste, tunnus tai virhe
search-app-hint = valinnainen, sen tunniste tai uid: hakee kauempaa
search-nothing-lead = Tarkista, mitä kirjoitit, tai nimeä sovellus hakeaksesi kauempaa.
search-found = Mitä löytyi
search-by = Hakuperuste
search-error = Virheen teksti
search-window =
    { $count ->
        [one] Haku kävi läpi { $count } sovelluksen.
       *[other] Haku kävi läpi { $count } sovellusta, uusimmat ensin.
    }
search-window-deep = Tunnukset ja virheet { $since } alkaen, sovelluksia: { $applications }, päätepisteitä: { $endpoints }.
search-window-more = Sen takana voi olla lisää.
