# What the pages of applications say, and those of their messages.
nav-applications = Anwendungen
applications-lead = Die Kunden des Produkts. Jeder hat seine eigenen Webhooks.
application = Anwendung
application-new = Neue Anwendung
application-update = Anwendung aktualisieren
application-saved = Die Anwendung ist gespeichert.
application-removed = Die Anwendung ist mit ihren Endpunkten entfernt.
application-remove-what = Ihre Endpunkte werden mit entfernt, ausstehende Zustellungen abgebrochen. Das lässt sich nicht rückgängig machen.
application-paused = Pausiert: der Tarif hat keine Webhooks
applications-search = Nach Name, uid oder Id suchen
applications-search-none = Keine Anwendung hat diesen Namen, diese uid oder Id.
applications-none = Noch keine Anwendungen
applications-none-lead = Legen Sie für jeden Kunden des Produkts eine an, hier oder über die API.
looked-through =
    { $count ->
        [one] { $count } Anwendung wurde durchsucht, die neueste. Eine ganze uid oder Id wird immer gefunden.
       *[other] Die neuesten { $count } Anwendungen wurden durchsucht. Eine ganze uid oder Id wird immer gefunden.
    }
app-uid = Eigene Id (uid)
app-uid-hint = optional: wie das Produkt sie nennt
created = Erstellt
changed = Geändert
metadata = Notizen
metadata-hint = optional, je Zeile ein Name: Wert
wrong-app-name = Geben Sie einen Namen mit höchstens 256 Zeichen an.
wrong-app-uid = Diese uid ist nicht möglich, oder eine andere Anwendung hat sie.
wrong-app-plan = Wählen Sie einen der Tarife.
wrong-metadata = Schreiben Sie jede Notiz als Name: Wert, zusammen höchstens 4.096 Bytes.
endpoints = Endpunkte
endpoints-none = Keine Endpunkte
endpoints-none-lead = Der Kunde legt sie im Portal an, oder das Produkt über die API.
endpoints-more = Es gibt mehr. Das Portal zeigt alle.
portal-open = Portal öffnen
portal-open-lead = So wie dieser Kunde es sieht. Der Link gilt einmal, die Sitzung eine Stunde.
portal-link-lead = Wer diesen Link öffnet, handelt als der Kunde. Er gilt einmal; geben Sie ihn nicht weiter.
portal-make-link = Link erstellen
portal-read-only = Nur ansehen
feature-flags = Feature-Flags
flags-hint = optional, durch Kommas getrennt
back = Zurück

# Messages.
messages = Nachrichten
messages-none = Keine Nachrichten
messages-none-lead = In den letzten 90 Tagen wurde nichts Passendes angenommen.
tag = Schlagwort
tags = Schlagwörter
channels = Kanäle
event-id = Ereignis-Id
accepted-at = Angenommen
deliveries = Zustellungen
delivery-pending = Wartend
delivery-sending = Wird gesendet
next-try = Nächster Versuch
message-no-deliveries = Kein Endpunkt wollte sie, als sie angenommen wurde.
message-resent = Sie wird noch einmal gesendet. Die neue Anfrage steht hier, sobald sie beendet ist.
message-more = Es gibt mehr, als hier stehen.
