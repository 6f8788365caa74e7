# What the pages of event types, catalogues and plans say.
nav-event-types = Typy zdarzeń
event-types-lead = Co może się wydarzyć, tak jak widzą to klienci, i jak mają wyglądać dane.
event-types-none-lead = Utwórz pierwszy lub zaimportuj katalog.
event-type-new = Nowy typ zdarzenia
event-type-update = Aktualizuj typ zdarzenia
event-type-saved = Typ zdarzenia został zapisany.
archived = W archiwum
archived-show = Pokaż zarchiwizowane
archived-hide = Ukryj zarchiwizowane
archive = Archiwizuj
archive-restore = Przywróć z archiwum
event-key-hint = litery, cyfry oraz . - _ pomiędzy
description = Opis
event-group = Grupa
deprecate = Przestarzały: wciąż wysyłany, ale nie należy go już używać
policy = Niepasujące dane
policy-off = nie są sprawdzane
policy-warn = są przyjmowane i odnotowywane
policy-refuse = są odrzucane
schema-missing = bez schematu
schema-hint = JSON Schema, wersja robocza 7, chyba że wskazuje inną. Puste: brak schematu.
version-of = Wersja
version-number = Wersja { $version }
version-new = Zachowaj obecną i zapisz to jako nową wersję
drift = Odchylenie
drift-count =
    { $count ->
        [one] { $count } wiadomość nie pasowała do schematu
        [few] { $count } wiadomości nie pasowały do schematu
        [many] { $count } wiadomości nie pasowało do schematu
       *[other] { $count } wiadomości nie pasowało do schematu
    }
drift-where = Gdzie
drift-last = Ostatnio
drift-forget = Zapomnij
wrong-event-name = Użyj liter i cyfr oraz . - _ pomiędzy, najwyżej 128, i wolnego klucza.
wrong-description = Skróć opis.
wrong-group = Skróć nazwę grupy.
wrong-flags = Użyj najwyżej 25 flag o krótkich nazwach.
wrong-schema = To nie jest JSON Schema:
wrong-sample = To nie może być przykład:

# Catalogues.
nav-catalogues = Katalogi
catalogues-lead = Gotowe typy zdarzeń ze schematami i przykładami. Są częścią Tidings.
catalogue-look = Zobacz, co zmieni import
catalogue-import = Importuj
catalogue-imported = Katalog został zaimportowany.
catalogue-dry = Nic jeszcze nie zmieniono. Oto co zrobi import.
catalogue-created =
    { $count ->
        [one] { $count } nowy typ zdarzenia
        [few] { $count } nowe typy zdarzeń
        [many] { $count } nowych typów zdarzeń
       *[other] { $count } nowego typu zdarzenia
    }
catalogue-updated =
    { $count ->
        [one] { $count } typ zdarzenia się zmienia
        [few] { $count } typy zdarzeń się zmieniają
        [many] { $count } typów zdarzeń się zmienia
       *[other] { $count } typu zdarzenia się zmienia
    }
catalogue-unchanged =
    { $count ->
        [one] { $count } typ zdarzenia już taki jest.
        [few] { $count } typy zdarzeń już takie są.
        [many] { $count } typów zdarzeń już takich jest.
       *[other] { $count } typu zdarzenia już takie jest.
    }

# Plans.
nav-plans = Plany
plans-lead = Co klienci mogą robić z webhookami, od najniższego planu.
plans-saved = Plany zostały zapisane. Obowiązują od razu.
plans-none = Brak planów
plans-none-lead = Bez planów każda aplikacja może wszystko.
plans-hint = Kolejność jest taka jak na liście. Pusty wiersz usuwa plan. Pusta liczba oznacza brak limitu.
plan-uid = Klucz
plan-endpoints = Maks. punktów końcowych
plan-rate = Maks. na sekundę
plan-days = Dni przechowywania
plan-features = Funkcje
wrong-plans = Plany nie zostały zapisane. To jest błędne:
wrong-plan-in-use = Planu, który ma aplikacja, nie można usunąć:
yes = Tak
no = Nie
