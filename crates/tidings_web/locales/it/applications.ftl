# What the pages of applications say, and those of their messages.
nav-applications = Applicazioni
applications-lead = I clienti del prodotto. Ognuno ha i propri webhook.
application = Applicazione
application-new = Nuova applicazione
application-update = Aggiorna l'applicazione
application-saved = L'applicazione è salvata.
application-removed = L'applicazione è rimossa, con i suoi endpoint.
application-remove-what = Anche i suoi endpoint vengono rimossi e ciò che resta da consegnare è annullato. Non si può annullare.
application-paused = In pausa: il piano non ha webhook
applications-search = Cerca per nome, uid o id
applications-search-none = Nessuna applicazione ha questo nome, uid o id.
applications-none = Ancora nessuna applicazione
applications-none-lead = Creane una per ogni cliente del prodotto, qui o tramite l'API.
looked-through =
    { $count ->
        [one] È stata esaminata { $count } applicazione, la più recente. Un uid o id completo si trova sempre.
       *[other] Sono state esaminate { $count } applicazioni, le più recenti. Un uid o id completo si trova sempre.
    }
app-uid = Il tuo id (uid)
app-uid-hint = facoltativo: come la chiama il prodotto
created = Creato
changed = Modificato
metadata = Note
metadata-hint = facoltativo, un nome: valore per riga
wrong-app-name = Dalle un nome di massimo 256 caratteri.
wrong-app-uid = Questo uid non si può usare o lo ha un'altra applicazione.
wrong-app-plan = Scegli uno dei piani.
wrong-metadata = Scrivi ogni nota come nome: valore, in tutto 4.096 byte.
endpoints = Endpoint
endpoints-none = Nessun endpoint
endpoints-none-lead = Li crea il cliente nel portale o il prodotto tramite l'API.
endpoints-more = Ce ne sono altri. Il portale li elenca tutti.
portal-open = Apri il portale
portal-open-lead = Come lo vede questo cliente. Il link funziona una volta e la sessione dura un'ora.
portal-link-lead = Chi apre questo link agisce come il cliente. Funziona una volta; non darlo ad altri.
portal-make-link = Crea un link
portal-read-only = Solo per guardare
feature-flags = Flag delle funzioni
flags-hint = facoltativo, separati da virgole
back = Indietro

# Messages.
messages = Messaggi
messages-none = Nessun messaggio
messages-none-lead = Negli ultimi 90 giorni non è stato accettato nulla che corrisponda.
tag = Etichetta
tags = Etichette
channels = Canali
event-id = Id dell'evento
accepted-at = Accettato
deliveries = Consegne
delivery-pending = In attesa
delivery-sending = In invio
next-try = Prossimo tentativo
message-no-deliveries = Nessun endpoint lo voleva quando è stato accettato.
message-resent = Viene inviato di nuovo. La nuova richiesta compare qui appena è terminata.
message-more = Ce ne sono più di quelli elencati qui.
