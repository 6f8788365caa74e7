# Ciò che sta intorno a ogni pagina della dashboard, e l’ingresso.
nav-main = Navigazione principale
nav-administration = Amministrazione
nav-you = Il tuo profilo
environment = Ambiente
dev-mode = Sviluppo
email = E-mail
password = Password
optional = facoltativo
role = Ruolo
role-viewer = Osservatore
role-viewer-lead = Puoi guardare tutto tranne i segreti, e non cambiare nulla.
role-developer = Sviluppatore
role-developer-lead = Puoi modificare applicazioni, webhook e tipi di evento, inviare messaggi e vedere i segreti.
role-admin = Amministratore
role-admin-lead = Puoi fare tutto, tranne nominare e rimuovere proprietari.
role-owner = Proprietario
role-owner-lead = Puoi fare tutto.

# Accesso.
staff-title = Accedi a Tidings
staff-lead = Webhook che arrivano, e lo dicono.
staff-wrong = Con questo indirizzo e questa password non entra nessuno. Controlla entrambi e riprova.
staff-wait-seconds =
    { $count ->
        [one] Troppi tentativi. Aspetta { $count } secondo, poi riprova.
       *[other] Troppi tentativi. Aspetta { $count } secondi, poi riprova.
    }
staff-wait-minutes =
    { $count ->
        [one] Troppi tentativi. Aspetta { $count } minuto, poi riprova.
       *[other] Troppi tentativi. Aspetta { $count } minuti, poi riprova.
    }
staff-forgotten = Dimenticata? Un amministratore può darti un nuovo invito, con cui ne scegli un’altra.
staff-elsewhere = Un altro ambiente
staff-environment = Il suo nome, se sei membro di più ambienti. Vuoto: quello a cui ti sei unito per primo.
staff-kept = La tua sessione è terminata. Ciò che hai scritto è ancora qui: accedi, poi invialo.
staff-new = Non c’è ancora nessun membro. La console del server mostra un link per il primo proprietario.
again-title = Hai effettuato di nuovo l’accesso da quando il modulo è stato aperto
again-back = Hai di nuovo effettuato l’accesso
again-lead = Ciò che hai scritto è ancora qui, tranne le password. Non è stato ancora salvato nulla.
again-send = Invia ora
again-leave = Lascia perdere

# Il primo proprietario.
setup-title = Configura Tidings
setup-lead = Crea il primo proprietario, che può invitare tutti gli altri.
setup-code = Codice dalla console
setup-hint = Il server lo mostra all’avvio. Puoi incollare l’intero link.
setup-wrong = Questo non è il codice che mostra la console di questo server.
setup-do = Crea il proprietario
setup-done = È già stato configurato. Chi ha una password può accedere; a tutti gli altri serve un invito.
your-name = Il tuo nome
password-hint = Almeno 12 caratteri. Poche parole sono facili da ricordare e difficili da indovinare.
wrong-email = Scrivi un indirizzo e-mail completo.
wrong-password = Scegli una password di 12 caratteri o più.

# La propria pagina.
you-sessions = Dove hai effettuato l’accesso
you-browser = Browser
you-address = Indirizzo
you-since = Dal
you-until = Fino al
you-here = Questo browser
you-unknown = Sconosciuto
you-end-all = Esci ovunque
you-ended = L’accesso lì è terminato.

# Che cosa può andare storto.
role-title = Il tuo ruolo non lo permette
role-text = Non è stato fatto nulla. Chiedi a un amministratore dell’ambiente di farlo, o di darti un altro ruolo.
changed-title = Così ora non si può fare
changed-text = Nel frattempo qualcuno l’ha cambiato o rimosso, oppure serve ancora a qualcos’altro. Guardalo di nuovo.

# Un invito.
join-title = Accetta l’invito
join-lead = Qualcuno ti ha invitato a occuparti dei webhook qui. Il link funziona una volta sola, per una settimana.
join-wrong = Questo invito è scaduto, è già stato usato o è stato sostituito da un altro. Chiedine uno nuovo a chi l’ha inviato.
join-to = Ti diamo il benvenuto in { $environment }
join-choose = Scegli una password e sei dentro.
join-do = Partecipa

# Single sign-on.
sign-on = Accedi con single sign-on
sign-on-unknown = Il fornitore ti conosce, ma qui nessuno ha quell’indirizzo. Chiedi un invito a un amministratore.
sign-on-elsewhere = Questo accesso non è iniziato in questo browser, o è durato troppo. Ricomincia.
sign-on-down = Il fornitore del single sign-on non risponde come dovrebbe. Riprova tra un minuto, o accedi con la password.
