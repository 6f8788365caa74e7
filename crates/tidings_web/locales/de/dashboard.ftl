# Was um jede Seite des Dashboards steht, und der Weg hinein.
nav-main = Hauptnavigation
nav-administration = Verwaltung
nav-you = Ihr Profil
environment = Umgebung
dev-mode = Entwicklung
email = E-Mail
password = Passwort
optional = optional
role = Rolle
role-viewer = Betrachter
role-viewer-lead = Sie dürfen alles außer Geheimnissen ansehen und nichts ändern.
role-developer = Entwickler
role-developer-lead = Sie dürfen Anwendungen, Webhooks und Ereignistypen ändern, Nachrichten senden und Geheimnisse sehen.
role-admin = Administrator
role-admin-lead = Sie dürfen alles, nur keine Inhaber ernennen oder entfernen.
role-owner = Inhaber
role-owner-lead = Sie dürfen alles.

# Anmelden.
staff-title = Bei Tidings anmelden
staff-lead = Webhooks, die ankommen und es sagen.
staff-wrong = Mit dieser Adresse und diesem Passwort kommt niemand hinein. Prüfen Sie beides und versuchen Sie es noch einmal.
staff-wait-seconds =
    { $count ->
        [one] Zu viele Versuche. Warten Sie { $count } Sekunde und versuchen Sie es dann noch einmal.
       *[other] Zu viele Versuche. Warten Sie { $count } Sekunden und versuchen Sie es dann noch einmal.
    }
staff-wait-minutes =
    { $count ->
        [one] Zu viele Versuche. Warten Sie { $count } Minute und versuchen Sie es dann noch einmal.
       *[other] Zu viele Versuche. Warten Sie { $count } Minuten und versuchen Sie es dann noch einmal.
    }
staff-forgotten = Vergessen? Ein Administrator kann Ihnen eine neue Einladung geben, mit der Sie ein anderes wählen.
staff-elsewhere = Eine andere Umgebung
staff-environment = Ihr Name, falls Sie Mitglied in mehreren sind. Leer: die, der Sie zuerst beigetreten sind.
staff-kept = Ihre Sitzung ist zu Ende. Was Sie geschrieben haben, ist noch da: Melden Sie sich an und senden Sie es dann.
staff-new = Noch ist niemand Mitglied. Die Konsole des Servers zeigt einen Link für den ersten Inhaber.
again-title = Sie haben sich neu angemeldet, seit dieses Formular geöffnet wurde
again-back = Sie sind wieder angemeldet
again-lead = Was Sie geschrieben haben, ist noch da, außer Passwörtern. Gespeichert ist davon noch nichts.
again-send = Jetzt senden
again-leave = Verwerfen

# Der erste Inhaber.
setup-title = Tidings einrichten
setup-lead = Legen Sie den ersten Inhaber an, der alle anderen einladen kann.
setup-code = Code von der Konsole
setup-hint = Der Server zeigt ihn beim Start. Sie können den ganzen Link einfügen.
setup-wrong = Das ist nicht der Code, den die Konsole dieses Servers zeigt.
setup-do = Inhaber anlegen
setup-done = Das ist schon eingerichtet. Wer ein Passwort hat, kann sich anmelden; alle anderen brauchen eine Einladung.
your-name = Ihr Name
password-hint = Mindestens 12 Zeichen. Ein paar Wörter sind leicht zu merken und schwer zu erraten.
wrong-email = Schreiben Sie eine vollständige E-Mail-Adresse.
wrong-password = Wählen Sie ein Passwort mit 12 Zeichen oder mehr.

# Die eigene Seite.
you-sessions = Wo Sie angemeldet sind
you-browser = Browser
you-address = Adresse
you-since = Seit
you-until = Bis
you-here = Dieser Browser
you-unknown = Unbekannt
you-end-all = Überall abmelden
you-ended = Sie sind dort abgemeldet.

# Was schiefgehen kann.
role-title = Ihre Rolle erlaubt das nicht
role-text = Es ist nichts geschehen. Bitten Sie einen Administrator der Umgebung darum oder um eine andere Rolle.
changed-title = So geht das gerade nicht
changed-text = Jemand hat es inzwischen geändert oder entfernt, oder etwas anderes braucht es noch. Sehen Sie es sich noch einmal an.

# Eine Einladung.
join-title = Einladung annehmen
join-lead = Jemand hat Sie eingeladen, sich hier um Webhooks zu kümmern. Der Link gilt einmal, eine Woche lang.
join-wrong = Diese Einladung ist abgelaufen, wurde benutzt oder durch eine andere ersetzt. Bitten Sie den Absender um eine neue.
join-to = Willkommen bei { $environment }
join-choose = Wählen Sie ein Passwort, dann sind Sie drin.
join-do = Beitreten

# Single Sign-on.
sign-on = Mit Single Sign-on anmelden
sign-on-unknown = Der Anbieter kennt Sie, aber hier hat niemand diese Adresse. Bitten Sie einen Administrator um eine Einladung.
sign-on-elsewhere = Diese Anmeldung hat nicht in diesem Browser begonnen oder zu lange gedauert. Beginnen Sie noch einmal.
sign-on-down = Der Anbieter des Single Sign-on antwortet nicht, wie er soll. Versuchen Sie es in einer Minute oder melden Sie sich mit dem Passwort an.
