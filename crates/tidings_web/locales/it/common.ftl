# What every page may say.
skip = Vai al contenuto
language = Lingua
to-the-start = Vai all’inizio
version = Tidings { $version }

landing-title = Tidings è in funzione
landing-lead = Il prodotto comunica che cosa è successo. Tidings lo annota e lo consegna a chi l’ha chiesto: firmato, ritentato, registrato.
landing-start = Inizia da qui
landing-key = Crea una chiave API:
landing-send = Invia con qualsiasi SDK di Svix: indica l’indirizzo di questo server come URL del server e la chiave come token. Oppure dalla riga di comando:
landing-watch = Guarda le richieste mentre avvengono:
landing-api = L’API si trova in /api/v1 e richiede una chiave. Il suo stato no; 204 significa che il server funziona:
dev-notice = Modalità di sviluppo: le destinazioni http:// e locali sono consentite. Non per la produzione.

missing-title = Qui non c’è nulla
missing-text = L’indirizzo è sbagliato, oppure ciò che era qui è stato rimosso, oppure appartiene a un altro account.
broken-title = Non ha funzionato
broken-text = Qualcosa è guasto da parte nostra. Nulla di ciò che è stato accettato è andato perso. Riprova tra un minuto.
elsewhere-title = Questo è arrivato da un altro sito
elsewhere-text = Un altro sito l’ha inviato a tuo nome, quindi non è stato fatto nulla. Apri la pagina qui e riprova.
