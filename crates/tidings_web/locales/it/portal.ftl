# What the portal says.
tab-webhooks = Webhook
tab-events = Eventi
tab-log = Registro
tab-buttons = Pulsanti
tab-settings = Impostazioni
account = Account
accounts = Account
accounts-lead = Scegli l’account di cui vuoi gestire i webhook.
account-manage = Gestisci account
actions = Azioni
actions-of = Azioni: { $name }
menu = Il tuo menu
path = Percorso
pages = Pagine
theme-system = Tema: sistema
theme-light = Tema: chiaro
theme-dark = Tema: scuro
sign-in = Accedi
sign-in-title = Accedi al portale
sign-in-lead = Ricevi un link dal prodotto di cui usi i webhook. Funziona una volta sola.
sign-in-link = Il tuo link
sign-in-hint = Se non succede nulla da solo, incolla qui l’intero link.
sign-in-empty = Incolla il link che hai ricevuto.
sign-out = Esci
identifier = ID
ok = OK
cancel = Annulla
save = Salva
update = Aggiorna
remove = Rimuovi
new = Nuovo
show = Mostra
copy = Copia
copied = Copiato
never = Mai
times-utc = Gli orari sono in UTC
page-next = Avanti
page-previous = Indietro
page-newer = Più recenti
page-older = Più vecchie
ago-seconds = { $count } s fa
ago-minutes = { $count } min fa
ago-hours = { $count } h fa

# The list.
webhook = Webhook
webhooks-lead = Ogni indirizzo riceve un POST firmato non appena accade uno dei suoi eventi.
webhook-create = Crea nuovo webhook
webhook-test = Prova webhook
webhook-saved = Il webhook è salvato. È subito pronto.
webhook-removed = Il webhook è stato rimosso.
webhooks-none = Ancora nessun webhook
webhooks-none-lead = Un webhook dice al tuo sistema che cosa succede qui, nel momento in cui succede.
webhooks-search = Cerca webhook
webhooks-search-hint = Nome, URL o evento
search-none = Nessun risultato
search-none-lead = Nessun webhook ha questo nome, URL o evento.
search-clear = Mostra tutti
state = Stato
state-all = Tutti
state-active = Attivo
state-disabled = Disabilitato
state-failing = Con errori
rate-recent = Successo, ultime { $count }
last-delivery = Ultima consegna
deliveries-none = Nessuna consegna
and-more = +{ $count }
webhooks-count =
    { $count ->
        [one] { $count } webhook
       *[other] { $count } webhook
    }
webhooks-of = { $count } di { $most } webhook in uso con questo piano

# Plans.
plan = Piano
plan-free = Nessun piano: tutto è consentito
plan-needed = I webhook sono in pausa. Richiedono almeno il piano { $plan }. Non si perde nulla: gli eventi aspettano fino ad allora.
plan-without = I webhook sono in pausa: il piano di questo account non li prevede. Non si perde nulla.

# The form.
webhook-update = Aggiorna webhook
form-lead = Di’ dove chiamare e per che cosa. Funziona dal momento in cui salvi.
form-basics = Dati di base
form-where = Dove e che cosa
form-how = Come
form-advanced = Avanzate
form-advanced-what = limite di frequenza, intestazioni, filtro
form-wrong =
    { $count ->
        [one] Un campo va ricontrollato:
       *[other] { $count } campi vanno ricontrollati:
    }
form-stale = Hai effettuato di nuovo l’accesso da quando il modulo è stato aperto. Nulla è andato perso: ricontrolla e salva di nuovo.
webhook-name = Nome
name-hint = Solo per te. Il destinatario non lo vede mai.
webhook-enable = Abilita
enable-hint = Disattivato, conserva le impostazioni e non invia nulla.
webhook-entity = Nome entità
entity-hint = Vengono inviati solo gli eventi di questo account.
webhook-url = Webhook URL
url-hint = Riceve un POST. Ogni risposta 2xx entro 20 secondi conta come consegnata.
webhook-events = Eventi
events-select = Seleziona gli eventi
events-all = Tutti gli eventi
events-all-hint = anche quelli aggiunti in seguito
events-all-of = Tutto di { $group }
events-other = Altri
events-none = Il catalogo non ha ancora eventi.
events-search = Cerca eventi
events-search-hint =
    { $count ->
        [one] Cerca in { $count } evento
       *[other] Cerca in { $count } eventi
    }
events-chosen =
    { $count ->
        [one] { $count } evento scelto
       *[other] { $count } eventi scelti
    }
chosen-of = { $chosen } di { $all }
webhook-format = Formato
format-hint = Il JSON arriva byte per byte come l’evento è stato pubblicato.
format-json = JSON
format-form = Modulo
format-xml = XML
format-envelope = Busta
format-cloudevents = CloudEvents
format-cloudevents-binary = CloudEvents, binario
webhook-auth = Autenticazione
auth-hint = Ciò che è segreto non viene più mostrato. Se lasciato vuoto, resta com’è.
auth-none = Nessuna: basta la firma
auth-basic = Basic: utente e password
auth-bearer = Token Bearer
auth-key = Chiave API in un’intestazione
auth-user = Utente
auth-password = Password
auth-token = Token
auth-header = Intestazione
auth-value = Chiave
webhook-rate = Limite di frequenza
rate-hint = richieste al secondo, facoltativo
webhook-headers = Intestazioni personalizzate
headers-hint = una per riga, facoltativo
headers-hidden = Conservate e non mostrate:
webhook-filter = Filtro
filter-hint = JSON, facoltativo: solo eventi il cui payload corrisponde
good-to-know = Buono a sapersi
know-signed = Ogni richiesta è firmata. Verificala prima di fidarti.
know-retries = Ciò che fallisce viene ritentato per diversi giorni.
know-test = Dopo il salvataggio, Prova webhook invia un esempio innocuo.
know-https = Gli indirizzi iniziano con https://, così nessuno può leggere gli eventi lungo il percorso.
wrong-name = Dagli un nome, così lo ritrovi.
wrong-name-long = Così non si può salvare. Accorcia il nome.
wrong-entity = Scegli uno dei tuoi account.
wrong-url-empty = Indica dove vanno gli eventi.
wrong-url-https = Usa un indirizzo che inizia con https://. Con http chiunque lungo il percorso potrebbe leggere l’evento.
wrong-url = Questo indirizzo non va bene: non è completo o porta a una rete privata.
wrong-events = Scegli almeno un evento, oppure tutti gli eventi.
wrong-events-unknown = Uno di questi eventi non è più nel catalogo.
wrong-auth = Compila ciò che serve a questo tipo di autenticazione.
wrong-rate = Usa un numero intero di almeno 1, oppure lascia vuoto.
wrong-headers = Scrivi ogni intestazione come nome: valore. Quelle impostate da Tidings non sono ammesse.
wrong-filter = Questo filtro non è leggibile. È un oggetto JSON di campi e condizioni.

# One webhook.
last-requests = Ultime 10 richieste
log-whole = Tutto il registro
requests = Richieste
requests-none = Nessuna richiesta
requests-none-lead = Non appena viene inviato un evento, compare qui.
requests-none-filter = Non è stato inviato nulla che corrisponda a questi filtri.
tested = La prova è terminata: { $result }.
tested-see = Vedi la richiesta
disabled-gone = Disattivato, perché il destinatario ha risposto 410: non vuole altri eventi. Abilitalo di nuovo quando li vorrà.
disabled-failing = Disattivato, perché ha fallito per cinque giorni. Ripara il destinatario, poi abilitalo di nuovo.
disabled-wished = Disattivato, perché il destinatario l’ha chiesto in una risposta.
remove-ask = Rimuovere «{ $name }»?
remove-what = A questo indirizzo non verrà inviato più nulla. Non si può annullare.

# The secret.
secret = Segreto di firma
secret-lead = Con esso il tuo sistema verifica che una richiesta venga da qui e non sia stata modificata.
secret-current = Segreto attuale
secret-show = Mostra il segreto
secret-hint = Trattalo come una password. Qualsiasi libreria Standard Webhooks lo accetta così com’è.
secret-rotated = Il segreto è stato sostituito. Questo è quello nuovo.
rotate = Sostituisci il segreto
rotate-lead = Ricevi un nuovo segreto. Per un po’ ogni richiesta è firmata con entrambi, così nulla fallisce durante il cambio.
rotate-overlap = Per quanto firma ancora quello vecchio
rotate-hint = Scegli nessuna sovrapposizione solo se qualcun altro conosce il segreto.
overlap-hours =
    { $count ->
        [one] { $count } ora
       *[other] { $count } ore
    }
overlap-none = Nessuna sovrapposizione: quello vecchio finisce subito

# The log, and one request.
log-lead = Ogni richiesta effettuata, la più recente per prima.
event = Evento
event-any = qualsiasi
event-key = Chiave
event-deprecated = deprecato
result = Esito
result-all = Tutti
result-ok = Consegnate
result-failed = Fallite
result-canceled = Annullate
time = Ora
took = Durata
sent = Inviata
cause = Causa
message = Messaggio
request = Richiesta
response = Risposta
payload = Payload
request-and-response = Richiesta e risposta
request-number = Tentativo
request-of = Tentativo { $number }
requests-beside = Tutti i tentativi di questa consegna
cause-event = L’evento
cause-retry = Nuovo tentativo programmato
cause-manual = Reinviata a mano
cause-test = Prova webhook
cause-press = È stato premuto un pulsante
cause-replay = Reinviata da un’attività
curl = Come curl
redeliver = Riconsegna
resent = Viene inviato ancora una volta. Il nuovo tentativo compare a lato quando è finito.
timing = Tempi
timing-all = { $took } in tutto
phase-dns = DNS
phase-connect = Connessione
phase-tls = TLS
phase-head = Primo byte
phase-body = Corpo
header = Intestazione
value = Valore
headers-sent = Intestazioni della richiesta
headers-received = Intestazioni della risposta
payload-none = Non c’è payload, oppure è stato tolto.
response-none = Non è tornato nulla.
response-cut = Tagliata: è tornato più di quanto si conserva.
error-timeout = Nessuna risposta in tempo
error-reset = Connessione interrotta
error-tls = TLS fallito
error-unreachable = Irraggiungibile
error-protocol = Non è una risposta HTTP
error-format = Non possibile in questo formato
error-token = Nessun token di accesso
error-disabled = Annullata: disabilitato
error-deleted = Annullata: rimosso
error-expired = Annullata: troppo vecchia
error-poison = Annullata: fermava l’invio
error-expunged = Annullata: payload tolto

# The catalogue, buttons and settings.
catalogue-lead = Che cosa può accadere qui, con un esempio per ciascuno.
example = Esempio
example-none = Non c’è un esempio di questo evento.
schema = Schema
schema-none = Non c’è uno schema di questo evento.
buttons-lead = Premi un pulsante e invia subito il suo evento.
buttons-none = Ancora nessun pulsante
buttons-none-lead = Un pulsante invia un evento a un webhook a ogni pressione.
wifi = Per usare i webhook serve una connessione Wi-Fi
integrations = Integrazioni
integrations-lead = A che cosa è collegato questo account.
couplings = Collegamenti
read-only = Qui puoi guardare tutto e non cambiare nulla.

# What can go wrong.
busy-title = Non in questo momento
busy-text = C’è troppo da fare in una volta. Riprova tra qualche secondo; non è stato fatto nulla.
ended-title = La tua sessione è terminata
ended-text = Apri un nuovo link dal prodotto per continuare. Se stavi compilando un modulo: apri il link in un’altra scheda, torna a questa, vai indietro e invia di nuovo il modulo.
used-title = Questo link non funziona più
used-text = È già stato usato, oppure è troppo vecchio. Chiedine uno nuovo al prodotto.
denied-title = Non puoi farlo
denied-text = La tua sessione può guardare, ma non fare questo. Chiedi a chi ti ha dato il link.
plan-title = Serve un altro piano
plan-text = Il piano di questo account non lo consente. Non è stato cambiato nulla.
refused-title = Ora non si può fare
refused-text = Il webhook è disabilitato, il payload non c’è più, oppure qualcuno l’ha cambiato nel frattempo. Ricontrolla.
large-title = È troppo per un solo modulo
large-text = Accorcia ciò che hai scritto e invialo di nuovo.
