# What the pages of applications say, and those of their messages.
nav-applications = Aplikacje
applications-lead = Klienci produktu. Każdy ma własne webhooki.
application = Aplikacja
application-new = Nowa aplikacja
application-update = Aktualizuj aplikację
application-saved = Aplikacja została zapisana.
application-removed = Aplikacja została usunięta wraz z punktami końcowymi.
application-remove-what = Jej punkty końcowe też zostaną usunięte, a oczekujące dostarczenia anulowane. Tego nie można cofnąć.
application-paused = Wstrzymana: plan nie obejmuje webhooków
applications-search = Szukaj po nazwie, uid lub id
applications-search-none = Żadna aplikacja nie ma takiej nazwy, uid ani id.
applications-none = Nie ma jeszcze aplikacji
applications-none-lead = Utwórz po jednej dla każdego klienta produktu, tutaj lub przez API.
looked-through =
    { $count ->
        [one] Przejrzano { $count } najnowszą aplikację. Pełny uid lub id zostanie znaleziony zawsze.
        [few] Przejrzano { $count } najnowsze aplikacje. Pełny uid lub id zostanie znaleziony zawsze.
        [many] Przejrzano { $count } najnowszych aplikacji. Pełny uid lub id zostanie znaleziony zawsze.
       *[other] Przejrzano { $count } najnowszej aplikacji. Pełny uid lub id zostanie znaleziony zawsze.
    }
app-uid = Własny identyfikator (uid)
app-uid-hint = opcjonalnie: jak nazywa ją produkt
created = Utworzono
changed = Zmieniono
metadata = Notatki
metadata-hint = opcjonalnie, po jednym nazwa: wartość w wierszu
wrong-app-name = Podaj nazwę o długości do 256 znaków.
wrong-app-uid = Tego uid nie można użyć albo ma go inna aplikacja.
wrong-app-plan = Wybierz jeden z planów.
wrong-metadata = Zapisz każdą notatkę jako nazwa: wartość, razem do 4 096 bajtów.
endpoints = Punkty końcowe
endpoints-none = Brak punktów końcowych
endpoints-none-lead = Klient tworzy je w portalu albo produkt przez API.
endpoints-more = Jest ich więcej. Portal pokazuje wszystkie.
portal-open = Otwórz portal
portal-open-lead = Tak jak widzi go ten klient. Link działa raz, a sesja trwa godzinę.
portal-link-lead = Kto otworzy ten link, działa jako klient. Działa raz; nie dawaj go nikomu innemu.
portal-make-link = Utwórz link
portal-read-only = Tylko do wglądu
feature-flags = Flagi funkcji
flags-hint = opcjonalnie, oddzielone przecinkami
back = Wróć

# Messages.
messages = Wiadomości
messages-none = Brak wiadomości
messages-none-lead = W ciągu ostatnich 90 dni nie przyjęto nic pasującego.
tag = Znacznik
tags = Znaczniki
channels = Kanały
event-id = Id zdarzenia
accepted-at = Przyjęto
deliveries = Dostarczenia
delivery-pending = Oczekuje
delivery-sending = Wysyłanie
next-try = Następna próba
message-no-deliveries = Żaden punkt końcowy jej nie chciał, gdy ją przyjęto.
message-resent = Jest wysyłana ponownie. Nowe żądanie pojawi się tu, gdy tylko się zakończy.
message-more = Jest ich więcej, niż tu pokazano.
