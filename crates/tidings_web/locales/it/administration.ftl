# Membri e inviti.
nav-members = Membri
members-lead = Chi può accedere a questo ambiente, e che cosa può fare.
members-none = Ancora nessun membro
member-you = tu
member-active = Attivo
member-invited = Invitato
member-disabled = Escluso
member-removed = Il membro è stato rimosso e disconnesso ovunque.
member-changed = La modifica è salvata. Vale dal prossimo clic.
member-ended = Il membro è stato disconnesso ovunque.
member-above = Questo membro può fare più di te: può modificarlo solo chi ha lo stesso ruolo.
last-owner = È l’ultimo proprietario che può accedere. Prima nominane un altro.
about-member = Dati
member-since = Membro dal
last-seen = Ultimo accesso
invitation-until = Invito valido fino al
role-hint = Un osservatore può guardare, uno sviluppatore lavora con applicazioni e webhook, un amministratore gestisce anche membri e chiavi, un proprietario tutto.
member-let-in = Può accedere
member-let-in-hint = Se disattivato, è fuori subito e conserva il ruolo per dopo.
member-sessions = Accessi
member-sessions-count =
    { $count ->
        [one] Accesso attivo in { $count } browser.
       *[other] Accesso attivo in { $count } browser.
    }
member-end-all = Disconnetti ovunque
member-remove-what = Viene disconnesso ovunque e non può più accedere. Ciò che ha fatto resta nel registro di controllo.
invite = Invita qualcuno
invite-lead = Ricevi un link da inviare. Funziona una volta, per una settimana, e permette di scegliere una password.
invite-do = Invita
invite-again = Invita di nuovo
invited-title = L’invito è pronto
invited-lead = Invia questo link a { $email }.
invited-link = Link dell’invito
invited-hint = Viene mostrato solo questa volta e funziona una volta. Un invito precedente non vale più.
wrong-email-taken = Qualcuno in questo ambiente ha già questo indirizzo.
password-change = Cambia la password
password-change-lead = Qui resti connesso; ovunque altrove l’accesso termina.
password-now = Password attuale
password-new = Nuova password
password-changed = La password è stata cambiata.
wrong-password-now = Questa non è la tua password attuale.

# Chiavi API.
nav-keys = Chiavi API
keys-lead = Con esse il tuo prodotto chiama l’API di questo ambiente.
keys-none = Ancora nessuna chiave API
keys-none-lead = Creane una per il tuo prodotto, così può inviare il primo messaggio.
keys-full = Questo ambiente ha già tutte le chiavi possibili. Revocane una che non si usa.
key-new = Crea una chiave API
key-new-lead = Dai a ogni programma una chiave propria, con non più del necessario. Così ognuna si può revocare da sola.
key-name-hint = Così poi sai quale programma la usa.
key-rate-hint = Quante richieste al secondo può fare.
key-since = Creata
key-used = Ultimo uso
key-ends = Scade
key-ends-as-it-is = Lasciare com’è
key-over = Scaduta
key-days =
    { $count ->
        [one] tra { $count } giorno
       *[other] tra { $count } giorni
    }
key-made = La chiave è pronta
key-made-lead = Mettila dove «{ $name }» tiene i suoi segreti.
key-made-hint = Viene mostrata solo questa volta. Chi la possiede può fare ciò che il suo ruolo permette.
key-text = Chiave API
key-changed = La chiave è stata modificata.
key-above = Questa chiave può fare più di te: può modificarla solo chi ha lo stesso ruolo.
about-key = La chiave
key-old-until = La precedente vale fino al
key-rotate = Sostituisci la chiave
key-rotate-lead = Ne ricevi una nuova. Per un po’ valgono entrambe, così nulla fallisce durante il cambio.
key-overlap = Per quanto vale ancora la precedente
key-rotations-full = Troppe chiavi sostituite valgono ancora. Aspetta che una scada, o scegli nessuna sovrapposizione.
key-revoke = Revoca
key-revoke-ask = Revocare «{ $name }»?
key-revoke-what = Viene rifiutata subito, ovunque si usi. Non si può annullare.
key-revoked = La chiave è stata revocata.

# Il registro di controllo.
nav-audit-log = Registro di controllo
audit-lead = Chi ha cambiato che cosa, quando e da dove; prima le più recenti.
audit-who = Chi
audit-kind = Tramite
audit-action = Che cosa
audit-target = Su che cosa
audit-target-hint = ID o uid
audit-from = Dal giorno
audit-to = Al giorno
audit-none = Nessuna voce
audit-none-lead = Appena qualcuno cambia qualcosa, compare qui.
audit-none-filter = Nessuna modifica corrisponde a questi filtri.
audit-application = Applicazione
audit-program = Programma
audit-before = Prima:
audit-after = Dopo:
audit-hidden = modificato; il valore non viene conservato
actor-api-key = Chiave API
actor-member = Membro
actor-portal = Portale
actor-integration = Integrazione
actor-api-user = Utente API
actor-command-line = Riga di comando
actor-system = Tidings stesso

# Impostazioni.
nav-settings = Impostazioni
settings-lead = Che cos’è questo ambiente e dove si raggiunge.
settings-url = Indirizzo del server
settings-plans = Piani
settings-no-plans = Nessuno: tutto è permesso a tutti gli account
settings-where = Indirizzi, limiti e tempi di conservazione sono impostazioni del server: nel suo file o nelle sue variabili d’ambiente.
settings-move = Sposta la configurazione
settings-move-lead = Tipi di evento e piani passano da un ambiente all’altro come un unico file, per esempio dal test alla produzione.
settings-export = Scriverli in un file:
settings-import = Accoglierli, con una chiave dell’altro ambiente. Nulla di ciò che c’è va perso:

# The look of the portal.
theme-title = Aspetto del portale
theme-lead = Che cosa vedono nel portale i clienti di questo ambiente: nome, colori, carattere e logo.
theme-change = Cambia l’aspetto
theme-saved = L’aspetto è salvato. Il portale lo mostra da ora.
theme-product = Nome del prodotto
theme-product-hint = al posto di Tidings
theme-accent = Colore sulle pagine chiare
theme-accent-hint = come #08697a; per link e pulsanti
theme-accent-dark = Colore sulle pagine scure
theme-font = Carattere
theme-font-hint = uno che i lettori hanno, come Georgia
theme-logo = Logo del prodotto
theme-logo-hint = il testo di un file SVG di 64 KiB al massimo
theme-logo-remove = Togli l’immagine attuale
wrong-product = Un nome ha da 1 a 60 lettere.
wrong-accent = Un colore si scrive come #08697a e deve staccare dallo sfondo, così che tutti possano leggerlo.
wrong-font = Il nome di un carattere ha lettere, cifre, spazi e trattini.
wrong-logo = Il logo deve essere un semplice disegno SVG: niente script, niente animazioni, niente da altrove.
