# What the search of the dashboard says.
nav-search = Cerca
search-lead = Un messaggio per id, id dell'evento o etichetta, e richieste per il testo di un errore.
search-what = Id, id dell'evento, etichetta o errore
search-app-hint = facoltativo, il suo id o uid: cerca più a fondo
search-nothing-lead = Controlla ciò che hai scritto o indica l'applicazione per cercare più a fondo.
search-found = Ciò che è stato trovato
search-by = Trovato per
search-error = Testo di un errore
search-window =
    { $count ->
        [one] È stata cercata { $count } applicazione.
       *[other] Sono state cercate { $count } applicazioni, dalle più recenti.
    }
search-window-deep = Etichette ed errori dal { $since }, applicazioni: { $applications }, endpoint: { $endpoints }.
search-window-more = Oltre può esserci altro.
