# What the pages of event types, catalogues and plans say.
nav-event-types = Ereignistypen
event-types-lead = Was geschehen kann, so wie Kunden es sehen, und wie die Nutzlasten aussehen müssen.
event-types-none-lead = Legen Sie den ersten an, oder importieren Sie einen Katalog.
event-type-new = Neuer Ereignistyp
event-type-update = Ereignistyp aktualisieren
event-type-saved = Der Ereignistyp ist gespeichert.
archived = Archiviert
archived-show = Archivierte anzeigen
archived-hide = Archivierte ausblenden
archive = Archivieren
archive-restore = Aus dem Archiv holen
event-key-hint = Buchstaben, Ziffern und . - _ dazwischen
description = Beschreibung
event-group = Gruppe
deprecate = Veraltet: wird noch gesendet, soll aber nicht mehr verwendet werden
policy = Nutzlasten, die nicht passen
policy-off = werden nicht geprüft
policy-warn = werden angenommen und vermerkt
policy-refuse = werden abgelehnt
schema-missing = kein Schema
schema-hint = JSON Schema, Entwurf 7, wenn es keinen anderen nennt. Leer: es gibt keines.
version-of = Fassung
version-number = Fassung { $version }
version-new = Bisherige behalten und daraus eine neue Fassung machen
drift = Abweichung
drift-count =
    { $count ->
        [one] { $count } Nachricht passte nicht zum Schema
       *[other] { $count } Nachrichten passten nicht zum Schema
    }
drift-where = Wo
drift-last = Zuletzt gesehen
drift-forget = Vergessen
wrong-event-name = Nehmen Sie Buchstaben und Ziffern mit . - _ dazwischen, höchstens 128, und einen freien Schlüssel.
wrong-description = Kürzen Sie die Beschreibung.
wrong-group = Kürzen Sie den Namen der Gruppe.
wrong-flags = Nehmen Sie höchstens 25 Flags mit kurzen Namen.
wrong-schema = Das ist kein JSON Schema:
wrong-sample = Das kann nicht das Beispiel sein:

# Catalogues.
nav-catalogues = Kataloge
catalogues-lead = Fertige Ereignistypen mit Schemas und Beispielen. Sie gehören zu Tidings.
catalogue-look = Ansehen, was ein Import ändert
catalogue-import = Importieren
catalogue-imported = Der Katalog ist importiert.
catalogue-dry = Noch ist nichts geändert. Das würde ein Import tun.
catalogue-created =
    { $count ->
        [one] { $count } neuer Ereignistyp
       *[other] { $count } neue Ereignistypen
    }
catalogue-updated =
    { $count ->
        [one] { $count } Ereignistyp ändert sich
       *[other] { $count } Ereignistypen ändern sich
    }
catalogue-unchanged =
    { $count ->
        [one] { $count } Ereignistyp ist schon genau so da.
       *[other] { $count } Ereignistypen sind schon genau so da.
    }

# Plans.
nav-plans = Tarife
plans-lead = Was Kunden mit Webhooks tun dürfen, der niedrigste Tarif zuerst.
plans-saved = Die Tarife sind gespeichert. Sie gelten sofort.
plans-none = Keine Tarife
plans-none-lead = Ohne Tarife darf jede Anwendung alles.
plans-hint = Die Reihenfolge ist die der Liste. Eine leere Zeile entfernt ihren Tarif. Eine leere Zahl bedeutet: keine Grenze.
plan-uid = Schlüssel
plan-endpoints = Höchstens Endpunkte
plan-rate = Höchstens pro Sekunde
plan-days = Tage aufbewahrt
plan-features = Funktionen
wrong-plans = Die Tarife wurden nicht gespeichert. Das stimmt nicht:
wrong-plan-in-use = Ein Tarif, den eine Anwendung hat, kann nicht weg:
yes = Ja
no = Nein
