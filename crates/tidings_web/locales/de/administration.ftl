# Mitglieder und Einladungen.
nav-members = Mitglieder
members-lead = Wer sich bei dieser Umgebung anmelden darf, und was er darf.
members-none = Noch keine Mitglieder
member-you = Sie
member-active = Aktiv
member-invited = Eingeladen
member-disabled = Ausgesperrt
member-removed = Das Mitglied ist entfernt und überall abgemeldet.
member-changed = Die Änderung ist gespeichert. Sie gilt ab dem nächsten Klick.
member-ended = Das Mitglied ist überall abgemeldet.
member-above = Dieses Mitglied darf mehr als Sie; nur wer dieselbe Rolle hat, kann es ändern.
last-owner = Das ist der letzte Inhaber, der sich anmelden kann. Ernennen Sie zuerst einen anderen.
about-member = Angaben
member-since = Mitglied seit
last-seen = Zuletzt angemeldet
invitation-until = Einladung gültig bis
role-hint = Ein Betrachter darf ansehen, ein Entwickler arbeitet mit Anwendungen und Webhooks, ein Administrator verwaltet auch Mitglieder und Schlüssel, ein Inhaber alles.
member-let-in = Darf sich anmelden
member-let-in-hint = Ausgeschaltet ist das Mitglied sofort draußen und behält seine Rolle für später.
member-sessions = Anmeldungen
member-sessions-count =
    { $count ->
        [one] An { $count } Browser angemeldet.
       *[other] An { $count } Browsern angemeldet.
    }
member-end-all = Überall abmelden
member-remove-what = Das Mitglied wird überall abgemeldet und kann sich nicht mehr anmelden. Was es getan hat, bleibt im Prüfprotokoll.
invite = Jemanden einladen
invite-lead = Sie bekommen einen Link zum Weitergeben. Er gilt einmal, eine Woche lang, und führt zur Wahl eines Passworts.
invite-do = Einladen
invite-again = Neu einladen
invited-title = Die Einladung ist fertig
invited-lead = Senden Sie diesen Link an { $email }.
invited-link = Link der Einladung
invited-hint = Er wird nur dieses eine Mal gezeigt und gilt einmal. Eine frühere Einladung gilt nicht mehr.
wrong-email-taken = In dieser Umgebung hat schon jemand diese Adresse.
password-change = Passwort ändern
password-change-lead = Hier bleiben Sie angemeldet, überall sonst werden Sie abgemeldet.
password-now = Jetziges Passwort
password-new = Neues Passwort
password-changed = Das Passwort ist geändert.
wrong-password-now = Das ist nicht Ihr jetziges Passwort.

# API-Schlüssel.
nav-keys = API-Schlüssel
keys-lead = Damit ruft Ihr Produkt die API dieser Umgebung auf.
keys-none = Noch keine API-Schlüssel
keys-none-lead = Legen Sie einen für Ihr Produkt an, dann kann es seine erste Nachricht senden.
keys-full = Diese Umgebung hat schon so viele Schlüssel wie möglich. Widerrufen Sie einen unbenutzten.
key-new = API-Schlüssel anlegen
key-new-lead = Geben Sie jedem Programm einen eigenen Schlüssel mit nicht mehr, als es braucht. Dann lässt sich jeder einzeln widerrufen.
key-name-hint = Damit Sie später wissen, welches Programm ihn benutzt.
key-rate-hint = So viele Anfragen in der Sekunde darf er stellen.
key-since = Angelegt
key-used = Zuletzt benutzt
key-ends = Endet
key-ends-as-it-is = So lassen, wie es ist
key-over = Abgelaufen
key-days =
    { $count ->
        [one] in { $count } Tag
       *[other] in { $count } Tagen
    }
key-made = Der Schlüssel ist fertig
key-made-lead = Legen Sie ihn dorthin, wo „{ $name }“ seine Geheimnisse hat.
key-made-hint = Er wird nur dieses eine Mal gezeigt. Wer ihn hat, darf, was seine Rolle darf.
key-text = API-Schlüssel
key-changed = Der Schlüssel ist geändert.
key-above = Dieser Schlüssel darf mehr als Sie; nur wer dieselbe Rolle hat, kann ihn ändern.
about-key = Über den Schlüssel
key-old-until = Alter gilt noch bis
key-rotate = Schlüssel ersetzen
key-rotate-lead = Sie bekommen einen neuen. Eine Weile gelten beide, sodass bei der Umstellung nichts ausfällt.
key-overlap = Wie lange der alte noch gilt
key-rotations-full = Zu viele ersetzte Schlüssel gelten noch. Warten Sie, bis einer endet, oder wählen Sie keine Überlappung.
key-revoke = Widerrufen
key-revoke-ask = „{ $name }“ widerrufen?
key-revoke-what = Er wird sofort abgelehnt, wo immer er benutzt wird. Das lässt sich nicht rückgängig machen.
key-revoked = Der Schlüssel ist widerrufen.

# Das Prüfprotokoll.
nav-audit-log = Prüfprotokoll
audit-lead = Wer was geändert hat, wann und von wo; das Neueste zuerst.
audit-who = Wer
audit-kind = Womit
audit-action = Was
audit-target = Woran
audit-target-hint = Kennung oder uid
audit-from = Von
audit-to = Bis einschließlich
audit-none = Keine Einträge
audit-none-lead = Sobald jemand etwas ändert, steht es hier.
audit-none-filter = Keine Änderung passt zu diesen Filtern.
audit-application = Anwendung
audit-program = Programm
audit-before = Vorher:
audit-after = Nachher:
audit-hidden = geändert; der Wert wird nicht aufbewahrt
actor-api-key = API-Schlüssel
actor-member = Mitglied
actor-portal = Portal
actor-integration = Integration
actor-api-user = API-Benutzer
actor-command-line = Kommandozeile
actor-system = Tidings selbst

# Einstellungen.
nav-settings = Einstellungen
settings-lead = Was diese Umgebung ist, und wo sie zu erreichen ist.
settings-url = Adresse des Servers
settings-plans = Tarife
settings-no-plans = Keine: Allen Konten ist alles erlaubt
settings-where = Adressen, Grenzen und Aufbewahrungszeiten sind Einstellungen des Servers: in seiner Datei oder seinen Umgebungsvariablen.
settings-move = Konfiguration umziehen
settings-move-lead = Ereignistypen und Tarife gehen als eine Datei von einer Umgebung in eine andere, etwa vom Test in den Betrieb.
settings-export = In eine Datei schreiben:
settings-import = Aufnehmen, mit einem Schlüssel der anderen Umgebung. Nichts, was da ist, geht verloren:

# The look of the portal.
theme-title = Aussehen des Portals
theme-lead = Was die Kunden dieser Umgebung im Portal sehen: Ihren Namen, Ihre Farben, Ihre Schrift und Ihr Logo.
theme-change = Aussehen ändern
theme-saved = Das Aussehen ist gespeichert. Das Portal zeigt es ab jetzt.
theme-product = Name des Produkts
theme-product-hint = anstelle von Tidings
theme-accent = Farbe auf hellen Seiten
theme-accent-hint = zum Beispiel #08697a; für Links und Schaltflächen
theme-accent-dark = Farbe auf dunklen Seiten
theme-font = Schrift
theme-font-hint = eine, die Leser haben, zum Beispiel Georgia
theme-logo = Logo des Produkts
theme-logo-hint = der Text einer SVG-Datei von höchstens 64 KiB
theme-logo-remove = Jetziges Bild entfernen
wrong-product = Ein Name hat 1 bis 60 Buchstaben.
wrong-accent = Eine Farbe schreibt man wie #08697a, und sie muss sich so vom Grund abheben, dass alle sie lesen können.
wrong-font = Der Name einer Schrift besteht aus Buchstaben, Ziffern, Leerzeichen und Bindestrichen.
wrong-logo = Das Logo muss eine einfache SVG-Zeichnung sein: ohne Skripte, ohne Animation, ohne etwas von anderswo.
