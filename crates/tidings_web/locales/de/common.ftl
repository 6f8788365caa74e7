# What every page may say.
skip = Zum Inhalt springen
language = Sprache
to-the-start = Zum Anfang
version = Tidings { $version }

landing-title = Tidings läuft
landing-lead = Das Produkt meldet, was geschehen ist. Tidings schreibt es auf und stellt es allen zu, die danach gefragt haben: signiert, wiederholt, protokolliert.
landing-start = Hier geht es los
landing-key = Einen API-Schlüssel anlegen:
landing-send = Mit einem beliebigen Svix-SDK senden: die Adresse dieses Servers als Server-URL angeben und den Schlüssel als Token. Oder von der Befehlszeile:
landing-watch = Anfragen in dem Moment sehen, in dem sie geschehen:
landing-api = Die API liegt unter /api/v1 und braucht einen Schlüssel. Ihr Zustand braucht keinen; 204 heißt, dass der Server arbeitet:
dev-notice = Entwicklungsmodus: Ziele mit http:// und lokale Ziele sind erlaubt. Nicht für den Betrieb.

missing-title = Hier ist nichts
missing-text = Die Adresse stimmt nicht, oder was hier war, wurde entfernt, oder es gehört zu einem anderen Konto.
broken-title = Das hat nicht geklappt
broken-text = Bei uns ist etwas defekt. Nichts, was angenommen wurde, ist verloren. Versuchen Sie es in einer Minute noch einmal.
elsewhere-title = Das kam von einer anderen Website
elsewhere-text = Eine andere Website hat dies in Ihrem Namen gesendet, deshalb ist nichts geschehen. Öffnen Sie die Seite hier und versuchen Sie es noch einmal.
