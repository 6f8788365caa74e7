# What the search of the dashboard says.
nav-search = Suche
search-lead = Eine Nachricht nach Id, Ereignis-Id oder Schlagwort, und Anfragen nach dem Text eines Fehlers.
search-what = Id, Ereignis-Id, Schlagwort oder Fehler
search-app-hint = optional, ihre Id oder uid: sucht weiter zurück
search-nothing-lead = Prüfen Sie die Eingabe, oder nennen Sie die Anwendung, um weiter zu suchen.
search-found = Was gefunden wurde
search-by = Gefunden über
search-error = Text eines Fehlers
search-window =
    { $count ->
        [one] { $count } Anwendung wurde durchsucht.
       *[other] { $count } Anwendungen wurden durchsucht, die neuesten zuerst.
    }
search-window-deep = Schlagwörter und Fehler seit { $since }, Anwendungen: { $applications }, Endpunkte: { $endpoints }.
search-window-more = Dahinter kann mehr sein.
