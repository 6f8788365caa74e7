# What the portal says.
tab-webhooks = Webhooks
tab-events = Ereignisse
tab-log = Protokoll
tab-buttons = Schaltflächen
tab-settings = Einstellungen
account = Konto
accounts = Konten
accounts-lead = Wählen Sie das Konto, dessen Webhooks Sie verwalten möchten.
account-manage = Konto verwalten
actions = Aktionen
actions-of = Aktionen: { $name }
menu = Ihr Menü
path = Pfad
pages = Seiten
theme-system = Design: System
theme-light = Design: hell
theme-dark = Design: dunkel
sign-in = Anmelden
sign-in-title = Im Portal anmelden
sign-in-lead = Sie bekommen einen Link von dem Produkt, dessen Webhooks Sie nutzen. Er gilt einmal.
sign-in-link = Ihr Link
sign-in-hint = Wenn nichts von selbst geschieht, fügen Sie hier den ganzen Link ein.
sign-in-empty = Fügen Sie den Link ein, den Sie bekommen haben.
sign-out = Abmelden
identifier = Kennung
ok = OK
cancel = Abbrechen
save = Speichern
update = Aktualisieren
remove = Entfernen
new = Neu
show = Anzeigen
copy = Kopieren
copied = Kopiert
never = Nie
times-utc = Zeiten sind in UTC
page-next = Weiter
page-previous = Zurück
page-newer = Neuere
page-older = Ältere
ago-seconds = vor { $count } s
ago-minutes = vor { $count } min
ago-hours = vor { $count } Std.

# The list.
webhook = Webhook
webhooks-lead = Jede Adresse bekommt einen signierten POST, sobald eines ihrer Ereignisse eintritt.
webhook-create = Webhook erstellen
webhook-test = Webhook testen
webhook-saved = Der Webhook ist gespeichert. Er ist sofort bereit.
webhook-removed = Der Webhook ist entfernt.
webhooks-none = Noch keine Webhooks
webhooks-none-lead = Ein Webhook sagt Ihrem eigenen System, was hier geschieht, in dem Moment, in dem es geschieht.
webhooks-search = Webhooks suchen
webhooks-search-hint = Name, URL oder Ereignis
search-none = Nichts gefunden
search-none-lead = Kein Webhook hat diesen Namen, diese URL oder dieses Ereignis.
search-clear = Alle anzeigen
state = Zustand
state-all = Alle
state-active = Aktiv
state-disabled = Inaktiv
state-failing = Gestört
rate-recent = Erfolg, letzte { $count }
last-delivery = Letzte Zustellung
deliveries-none = Keine Zustellungen
and-more = +{ $count }
webhooks-count =
    { $count ->
        [one] { $count } Webhook
       *[other] { $count } Webhooks
    }
webhooks-of = { $count } von { $most } Webhooks dieses Tarifs in Gebrauch

# Plans.
plan = Tarif
plan-free = Kein Tarif: alles ist erlaubt
plan-needed = Webhooks ruhen. Sie brauchen mindestens den Tarif { $plan }. Nichts geht verloren: Ereignisse warten bis dahin.
plan-without = Webhooks ruhen: der Tarif dieses Kontos hat keine. Nichts geht verloren.

# The form.
webhook-update = Webhook aktualisieren
form-lead = Sagen Sie, wohin und worüber. Es wirkt ab dem Moment, in dem Sie speichern.
form-basics = Grunddaten
form-where = Wohin und was
form-how = Wie
form-advanced = Erweitert
form-advanced-what = Ratenlimit, eigene Header, Filter
form-wrong =
    { $count ->
        [one] Ein Feld braucht noch einen Blick:
       *[other] { $count } Felder brauchen noch einen Blick:
    }
form-stale = Sie haben sich neu angemeldet, seit dieses Formular geöffnet wurde. Nichts ist verloren: Prüfen Sie es und speichern Sie noch einmal.
webhook-name = Name
name-hint = Nur für Sie. Der Empfänger sieht ihn nie.
webhook-enable = Aktivieren
enable-hint = Ausgeschaltet behält er seine Einstellungen und sendet nichts.
webhook-entity = Name der Entität
entity-hint = Nur Ereignisse dieses Kontos werden gesendet.
webhook-url = Webhook-URL
url-hint = Sie bekommt einen POST. Jede Antwort mit 2xx innerhalb von 20 Sekunden gilt als zugestellt.
webhook-events = Ereignisse
events-select = Events auswählen
events-all = Alle Ereignisse
events-all-hint = auch die, die später dazukommen
events-all-of = Alles aus { $group }
events-other = Sonstige
events-none = Der Katalog hat noch keine Ereignisse.
events-search = Ereignisse suchen
events-search-hint =
    { $count ->
        [one] { $count } Ereignis durchsuchen
       *[other] { $count } Ereignisse durchsuchen
    }
events-chosen =
    { $count ->
        [one] { $count } Ereignis gewählt
       *[other] { $count } Ereignisse gewählt
    }
chosen-of = { $chosen } von { $all }
webhook-format = Format
format-hint = JSON kommt Byte für Byte so an, wie das Ereignis veröffentlicht wurde.
format-json = JSON
format-form = Formular
format-xml = XML
format-envelope = Umschlag
format-cloudevents = CloudEvents
format-cloudevents-binary = CloudEvents, binär
webhook-auth = Authentifizierung
auth-hint = Geheimes wird nie wieder gezeigt. Leer gelassen, bleibt es, wie es ist.
auth-none = Keine: die Signatur genügt
auth-basic = Basic: Benutzer und Passwort
auth-bearer = Bearer-Token
auth-key = API-Schlüssel in einem Header
auth-user = Benutzer
auth-password = Passwort
auth-token = Token
auth-header = Header
auth-value = Schlüssel
webhook-rate = Ratenlimit
rate-hint = Anfragen pro Sekunde, optional
webhook-headers = Eigene Header
headers-hint = einer pro Zeile, optional
headers-hidden = Gespeichert und nicht gezeigt:
webhook-filter = Filter
filter-hint = JSON, optional: nur Ereignisse, deren Nutzlast passt
good-to-know = Gut zu wissen
know-signed = Jede Anfrage ist signiert. Prüfen Sie sie, bevor Sie ihr vertrauen.
know-retries = Was scheitert, wird mehrere Tage lang wiederholt.
know-test = Nach dem Speichern sendet Webhook testen ein harmloses Beispiel.
know-https = Adressen beginnen mit https://, damit unterwegs niemand die Ereignisse lesen kann.
wrong-name = Geben Sie ihm einen Namen, damit Sie ihn wiederfinden.
wrong-name-long = So lässt es sich nicht speichern. Kürzen Sie den Namen.
wrong-entity = Wählen Sie eines Ihrer Konten.
wrong-url-empty = Sagen Sie, wohin die Ereignisse gehen.
wrong-url-https = Verwenden Sie eine Adresse, die mit https:// beginnt. Bei http könnte unterwegs jeder das Ereignis lesen.
wrong-url = Diese Adresse geht nicht: Sie ist unvollständig oder führt in ein privates Netz.
wrong-events = Wählen Sie mindestens ein Ereignis oder alle Ereignisse.
wrong-events-unknown = Eines dieser Ereignisse ist nicht mehr im Katalog.
wrong-auth = Füllen Sie aus, was diese Art der Authentifizierung braucht.
wrong-rate = Verwenden Sie eine ganze Zahl ab 1 oder lassen Sie das Feld leer.
wrong-headers = Schreiben Sie jeden Header als Name: Wert. Header, die Tidings selbst setzt, sind nicht möglich.
wrong-filter = Dieser Filter ist nicht lesbar. Er ist ein JSON-Objekt aus Feldern und Bedingungen.

# One webhook.
last-requests = Die letzten 10 Webhook-Anfragen
log-whole = Das ganze Protokoll
requests = Anfragen
requests-none = Keine Anfragen
requests-none-lead = Sobald ein Ereignis gesendet wird, steht es hier.
requests-none-filter = Es wurde nichts gesendet, das zu diesen Filtern passt.
tested = Der Test ist beendet: { $result }.
tested-see = Anfrage ansehen
disabled-gone = Ausgeschaltet, weil der Empfänger 410 geantwortet hat: Er will keine Ereignisse mehr. Aktivieren Sie ihn wieder, sobald er sie will.
disabled-failing = Ausgeschaltet, weil er fünf Tage lang gescheitert ist. Reparieren Sie den Empfänger und aktivieren Sie ihn wieder.
disabled-wished = Ausgeschaltet, weil der Empfänger in einer Antwort darum gebeten hat.
remove-ask = „{ $name }“ entfernen?
remove-what = An diese Adresse wird nichts mehr gesendet. Das lässt sich nicht rückgängig machen.

# The secret.
secret = Signaturgeheimnis
secret-lead = Damit prüft Ihr System, dass eine Anfrage von hier kommt und nicht verändert wurde.
secret-current = Aktuelles Geheimnis
secret-show = Geheimnis anzeigen
secret-hint = Behandeln Sie es wie ein Passwort. Jede Bibliothek für Standard Webhooks nimmt es so, wie es ist.
secret-rotated = Das Geheimnis ist ersetzt. Dies ist das neue.
rotate = Geheimnis ersetzen
rotate-lead = Sie bekommen ein neues Geheimnis. Eine Zeit lang wird jede Anfrage mit beiden signiert, damit beim Umstellen nichts scheitert.
rotate-overlap = Wie lange das alte noch signiert
rotate-hint = Ohne Überlappung nur, wenn jemand anderes das Geheimnis kennt.
overlap-hours =
    { $count ->
        [one] { $count } Stunde
       *[other] { $count } Stunden
    }
overlap-none = Keine Überlappung: das alte endet sofort

# The log, and one request.
log-lead = Jede Anfrage, die gestellt wurde, die neueste zuerst.
event = Ereignis
event-any = beliebig
event-key = Schlüssel
event-deprecated = veraltet
result = Ergebnis
result-all = Alle
result-ok = Zugestellt
result-failed = Fehlgeschlagen
result-canceled = Abgebrochen
time = Zeit
took = Dauer
sent = Gesendet
cause = Anlass
message = Nachricht
request = Anfrage
response = Antwort
payload = Nutzlast
request-and-response = Anfrage und Antwort
request-number = Versuch
request-of = Versuch { $number }
requests-beside = Alle Versuche dieser Zustellung
cause-event = Das Ereignis
cause-retry = Geplante Wiederholung
cause-manual = Von Hand erneut gesendet
cause-test = Webhook testen
cause-press = Eine Schaltfläche wurde gedrückt
cause-replay = Durch einen Auftrag erneut gesendet
curl = Als curl
redeliver = Erneut zustellen
resent = Es wird noch einmal gesendet. Der neue Versuch steht daneben, sobald er beendet ist.
timing = Zeitverlauf
timing-all = { $took } insgesamt
phase-dns = DNS
phase-connect = Verbindung
phase-tls = TLS
phase-head = Erstes Byte
phase-body = Inhalt
header = Header
value = Wert
headers-sent = Header der Anfrage
headers-received = Header der Antwort
payload-none = Es gibt keine Nutzlast, oder sie wurde entfernt.
response-none = Es kam nichts zurück.
response-cut = Abgeschnitten: Es kam mehr zurück, als aufbewahrt wird.
error-timeout = Keine Antwort rechtzeitig
error-reset = Verbindung abgebrochen
error-tls = TLS fehlgeschlagen
error-unreachable = Nicht erreichbar
error-protocol = Keine HTTP-Antwort
error-format = In diesem Format nicht möglich
error-token = Kein Zugriffstoken
error-disabled = Abgebrochen: inaktiv
error-deleted = Abgebrochen: entfernt
error-expired = Abgebrochen: zu alt
error-poison = Abgebrochen: hielt den Versand an
error-expunged = Abgebrochen: Nutzlast entfernt

# The catalogue, buttons and settings.
catalogue-lead = Was hier geschehen kann, mit je einem Beispiel.
example = Beispiel
example-none = Zu diesem Ereignis gibt es kein Beispiel.
schema = Schema
schema-none = Zu diesem Ereignis gibt es kein Schema.
buttons-lead = Drücken Sie eine Schaltfläche, und sie sendet ihr Ereignis sofort.
buttons-none = Noch keine Schaltflächen
buttons-none-lead = Eine Schaltfläche sendet bei jedem Druck ein Ereignis an einen Webhook.
wifi = Für Webhooks ist eine WLAN-Verbindung nötig
integrations = Integrationen
integrations-lead = Womit dieses Konto verbunden ist.
couplings = Koppelungen
read-only = Sie dürfen hier alles ansehen und nichts ändern.

# What can go wrong.
busy-title = Im Moment nicht
busy-text = Gerade ist zu viel auf einmal zu tun. Versuchen Sie es in ein paar Sekunden; es ist nichts geschehen.
ended-title = Ihre Sitzung ist beendet
ended-text = Öffnen Sie einen neuen Link vom Produkt, um fortzufahren. Falls Sie ein Formular ausgefüllt haben: Öffnen Sie den Link in einem anderen Tab, kehren Sie hierher zurück, gehen Sie zurück und senden Sie das Formular noch einmal.
used-title = Dieser Link gilt nicht mehr
used-text = Er wurde schon benutzt oder ist zu alt. Holen Sie sich beim Produkt einen neuen.
denied-title = Das dürfen Sie nicht
denied-text = Ihre Sitzung darf ansehen, aber dies nicht tun. Fragen Sie, wer Ihnen den Link gegeben hat.
plan-title = Das braucht einen anderen Tarif
plan-text = Der Tarif dieses Kontos erlaubt es nicht. Es wurde nichts geändert.
refused-title = Das geht gerade nicht
refused-text = Der Webhook ist inaktiv, die Nutzlast ist weg, oder jemand hat ihn inzwischen geändert. Sehen Sie noch einmal nach.
large-title = Das ist zu viel für ein Formular
large-text = Kürzen Sie, was Sie geschrieben haben, und senden Sie es noch einmal.
