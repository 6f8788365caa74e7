# What is said around the documentation of the API.
docs-title = API
docs-lead = Tutte le operazioni di questo server: cosa prendono, cosa rispondono e cosa chiedono a chi chiama. Lo stesso per le macchine è in openapi.json.
docs-overview = Panoramica
docs-topics = Argomenti
docs-parameters = Parametri
docs-body = Corpo
docs-refusals = Quando viene rifiutata
docs-example = Esempio
docs-required = obbligatorio
docs-missing = Non c'è ancora: risponde 501.
docs-anyone = Chiunque può farlo, senza chiave.
docs-environment = Serve una chiave dell'ambiente con almeno questo ruolo:
docs-application = Serve una chiave dell'ambiente, o una sessione dell'applicazione con questo permesso:
docs-catalog = Serve una chiave dell'ambiente, o una sessione qualsiasi delle sue applicazioni.
docs-session = Solo una sessione può farlo, su se stessa.
