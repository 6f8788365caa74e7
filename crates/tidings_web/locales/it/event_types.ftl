# What the pages of event types, catalogues and plans say.
nav-event-types = Tipi di evento
event-types-lead = Cosa può succedere, come lo vedono i clienti, e come devono essere i dati.
event-types-none-lead = Crea il primo o importa un catalogo.
event-type-new = Nuovo tipo di evento
event-type-update = Aggiorna il tipo di evento
event-type-saved = Il tipo di evento è salvato.
archived = Archiviato
archived-show = Mostra gli archiviati
archived-hide = Nascondi gli archiviati
archive = Archivia
archive-restore = Togli dall'archivio
event-key-hint = lettere, cifre e . - _ in mezzo
description = Descrizione
event-group = Gruppo
deprecate = Obsoleto: ancora inviato, ma da non usare per cose nuove
policy = Dati che non corrispondono
policy-off = non sono controllati
policy-warn = sono accettati e annotati
policy-refuse = sono rifiutati
schema-missing = nessuno schema
schema-hint = JSON Schema, bozza 7 se non ne indica un'altra. Vuoto: non c'è.
version-of = Versione
version-number = Versione { $version }
version-new = Conserva ciò che c'è e fanne una nuova versione
drift = Scostamento
drift-count =
    { $count ->
        [one] { $count } messaggio non corrispondeva allo schema
       *[other] { $count } messaggi non corrispondevano allo schema
    }
drift-where = Dove
drift-last = Visto l'ultima volta
drift-forget = Dimentica
wrong-event-name = Usa lettere e cifre con . - _ in mezzo, al massimo 128, e una chiave libera.
wrong-description = Accorcia la descrizione.
wrong-group = Accorcia il nome del gruppo.
wrong-flags = Usa al massimo 25 flag con nomi brevi.
wrong-schema = Questo non è un JSON Schema:
wrong-sample = Questo non può essere l'esempio:

# Catalogues.
nav-catalogues = Cataloghi
catalogues-lead = Tipi di evento pronti, con schemi ed esempi. Fanno parte di Tidings.
catalogue-look = Vedi cosa cambia l'importazione
catalogue-import = Importa
catalogue-imported = Il catalogo è importato.
catalogue-dry = Non è ancora cambiato nulla. Ecco cosa farebbe l'importazione.
catalogue-created =
    { $count ->
        [one] { $count } nuovo tipo di evento
       *[other] { $count } nuovi tipi di evento
    }
catalogue-updated =
    { $count ->
        [one] { $count } tipo di evento cambia
       *[other] { $count } tipi di evento cambiano
    }
catalogue-unchanged =
    { $count ->
        [one] { $count } tipo di evento è già così.
       *[other] { $count } tipi di evento sono già così.
    }

# Plans.
nav-plans = Piani
plans-lead = Cosa possono fare i clienti con i webhook, dal piano più basso.
plans-saved = I piani sono salvati. Valgono subito.
plans-none = Nessun piano
plans-none-lead = Senza piani ogni applicazione può fare tutto.
plans-hint = L'ordine è quello dell'elenco. Una riga vuota rimuove il suo piano. Un numero vuoto significa nessun limite.
plan-uid = Chiave
plan-endpoints = Massimo di endpoint
plan-rate = Massimo al secondo
plan-days = Giorni conservati
plan-features = Funzioni
wrong-plans = I piani non sono stati salvati. Questo è sbagliato:
wrong-plan-in-use = Un piano che un'applicazione ha non si può togliere:
yes = Sì
no = No
