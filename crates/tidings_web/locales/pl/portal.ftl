# What the portal says.
tab-webhooks = Webhooki
tab-events = Zdarzenia
tab-log = Dziennik
tab-buttons = Przyciski
tab-settings = Ustawienia
account = Konto
accounts = Konta
accounts-lead = Wybierz konto, którego webhookami chcesz zarządzać.
account-manage = Zarządzaj kontem
actions = Akcje
actions-of = Akcje: { $name }
menu = Twoje menu
path = Ścieżka
pages = Strony
theme-system = Motyw: systemowy
theme-light = Motyw: jasny
theme-dark = Motyw: ciemny
sign-in = Zaloguj się
sign-in-title = Zaloguj się do portalu
sign-in-lead = Link otrzymujesz od produktu, z którego webhooków korzystasz. Działa jeden raz.
sign-in-link = Twój link
sign-in-hint = Jeśli nic się samo nie dzieje, wklej tu cały link.
sign-in-empty = Wklej otrzymany link.
sign-out = Wyloguj się
identifier = Identyfikator
ok = OK
cancel = Anuluj
save = Zapisz
update = Aktualizuj
remove = Usuń
new = Nowy
show = Pokaż
copy = Kopiuj
copied = Skopiowano
never = Nigdy
times-utc = Czas podano w UTC
page-next = Dalej
page-previous = Wstecz
page-newer = Nowsze
page-older = Starsze
ago-seconds = { $count } s temu
ago-minutes = { $count } min temu
ago-hours = { $count } godz. temu

# The list.
webhook = Webhook
webhooks-lead = Każdy adres poniżej dostaje podpisany POST, gdy tylko wystąpi jedno z jego zdarzeń.
webhook-create = Utwórz webhook
webhook-test = Testuj webhook
webhook-saved = Webhook zapisano. Jest od razu gotowy.
webhook-removed = Webhook usunięto.
webhooks-none = Nie ma jeszcze webhooków
webhooks-none-lead = Webhook mówi Twojemu systemowi, co się tu dzieje, w chwili, gdy się dzieje.
webhooks-search = Szukaj webhooków
webhooks-search-hint = Nazwa, URL lub zdarzenie
search-none = Nic nie znaleziono
search-none-lead = Żaden webhook nie ma takiej nazwy, adresu URL ani zdarzenia.
search-clear = Pokaż wszystkie
state = Stan
state-all = Wszystkie
state-active = Włączony
state-disabled = Wyłączony
state-failing = Z błędami
rate-recent = Powodzenie, ostatnie { $count }
last-delivery = Ostatnie dostarczenie
deliveries-none = Brak dostarczeń
and-more = +{ $count }
webhooks-count =
    { $count ->
        [one] { $count } webhook
        [few] { $count } webhooki
       *[many] { $count } webhooków
    }
webhooks-of = Wykorzystano { $count } z { $most } webhooków tego planu

# Plans.
plan = Plan
plan-free = Bez planu: wszystko jest dozwolone
plan-needed = Webhooki są wstrzymane. Wymagają co najmniej planu { $plan }. Nic nie przepada: zdarzenia czekają do tego czasu.
plan-without = Webhooki są wstrzymane: plan tego konta ich nie obejmuje. Nic nie przepada.

# The form.
webhook-update = Aktualizuj webhook
form-lead = Podaj, dokąd i o czym. Działa od chwili zapisania.
form-basics = Podstawy
form-where = Dokąd i co
form-how = Jak
form-advanced = Zaawansowane
form-advanced-what = limit szybkości, własne nagłówki, filtr
form-wrong =
    { $count ->
        [one] Jedno pole wymaga poprawy:
        [few] { $count } pola wymagają poprawy:
       *[many] { $count } pól wymaga poprawy:
    }
form-stale = Od otwarcia tego formularza zalogowano się ponownie. Nic nie przepadło: sprawdź dane i zapisz jeszcze raz.
webhook-name = Nazwa
name-hint = Tylko dla Ciebie. Odbiorca jej nie widzi.
webhook-enable = Włącz
enable-hint = Wyłączony zachowuje ustawienia i nic nie wysyła.
webhook-entity = Nazwa podmiotu
entity-hint = Wysyłane są tylko zdarzenia tego konta.
webhook-url = URL webhooka
url-hint = Otrzymuje POST. Każda odpowiedź 2xx w ciągu 20 sekund oznacza dostarczenie.
webhook-events = Zdarzenia
events-select = Wybierz zdarzenia
events-all = Wszystkie zdarzenia
events-all-hint = także te dodane później
events-all-of = Wszystko z { $group }
events-other = Inne
events-none = W katalogu nie ma jeszcze zdarzeń.
events-search = Szukaj zdarzeń
events-search-hint =
    { $count ->
        [one] Szukaj w { $count } zdarzeniu
        [few] Szukaj w { $count } zdarzeniach
       *[many] Szukaj w { $count } zdarzeniach
    }
events-chosen =
    { $count ->
        [one] Wybrano { $count } zdarzenie
        [few] Wybrano { $count } zdarzenia
       *[many] Wybrano { $count } zdarzeń
    }
chosen-of = { $chosen } z { $all }
webhook-format = Format
format-hint = JSON dociera bajt po bajcie tak, jak opublikowano zdarzenie.
format-json = JSON
format-form = Formularz
format-xml = XML
format-envelope = Koperta
format-cloudevents = CloudEvents
format-cloudevents-binary = CloudEvents, binarny
webhook-auth = Uwierzytelnianie
auth-hint = Danych tajnych nie pokazujemy ponownie. Puste pole pozostawia je bez zmian.
auth-none = Brak: podpis wystarcza
auth-basic = Basic: login i hasło
auth-bearer = Token Bearer
auth-key = Klucz API w nagłówku
auth-user = Login
auth-password = Hasło
auth-token = Token
auth-header = Nagłówek
auth-value = Klucz
webhook-rate = Limit szybkości
rate-hint = żądań na sekundę, opcjonalnie
webhook-headers = Własne nagłówki
headers-hint = jeden w wierszu, opcjonalnie
headers-hidden = Zapisane i niepokazywane:
webhook-filter = Filtr
filter-hint = JSON, opcjonalnie: tylko zdarzenia z pasującym payloadem
good-to-know = Warto wiedzieć
know-signed = Każde żądanie jest podpisane. Sprawdź je, zanim mu zaufasz.
know-retries = To, co się nie uda, jest ponawiane przez kilka dni.
know-test = Po zapisaniu Testuj webhook wysyła nieszkodliwy przykład.
know-https = Adresy zaczynają się od https://, więc nikt po drodze nie odczyta zdarzeń.
wrong-name = Nadaj nazwę, aby go potem znaleźć.
wrong-name-long = Tak nie można zapisać. Skróć nazwę.
wrong-entity = Wybierz jedno ze swoich kont.
wrong-url-empty = Podaj, dokąd mają trafiać zdarzenia.
wrong-url-https = Użyj adresu zaczynającego się od https://. Przy http każdy po drodze mógłby odczytać zdarzenie.
wrong-url = Tego adresu nie można użyć: jest niepełny albo prowadzi do sieci prywatnej.
wrong-events = Wybierz co najmniej jedno zdarzenie albo wszystkie zdarzenia.
wrong-events-unknown = Jednego z tych zdarzeń nie ma już w katalogu.
wrong-auth = Uzupełnij to, czego wymaga ten rodzaj uwierzytelniania.
wrong-rate = Podaj liczbę całkowitą, co najmniej 1, albo zostaw puste.
wrong-headers = Każdy nagłówek zapisz jako nazwa: wartość. Nagłówków ustawianych przez Tidings nie można użyć.
wrong-filter = Tego filtra nie można odczytać. To obiekt JSON z polami i warunkami.

# One webhook.
last-requests = Ostatnie 10 żądań
log-whole = Cały dziennik
requests = Żądania
requests-none = Brak żądań
requests-none-lead = Gdy tylko zdarzenie zostanie wysłane, pojawi się tutaj.
requests-none-filter = Nie wysłano nic, co pasuje do tych filtrów.
tested = Test zakończony: { $result }.
tested-see = Zobacz żądanie
disabled-gone = Wyłączony, bo odbiorca odpowiedział 410: nie chce więcej zdarzeń. Włącz go ponownie, gdy będzie je chciał.
disabled-failing = Wyłączony, bo zawodził przez pięć dni. Napraw odbiorcę, a potem włącz go ponownie.
disabled-wished = Wyłączony, bo odbiorca poprosił o to w odpowiedzi.
remove-ask = Usunąć „{ $name }”?
remove-what = Na ten adres nic więcej nie zostanie wysłane. Tego nie można cofnąć.

# The secret.
secret = Sekret podpisu
secret-lead = Dzięki niemu Twój system sprawdza, czy żądanie pochodzi stąd i nie zostało zmienione.
secret-current = Bieżący sekret
secret-show = Pokaż sekret
secret-hint = Traktuj go jak hasło. Każda biblioteka Standard Webhooks przyjmie go bez zmian.
secret-rotated = Sekret wymieniono. To jest nowy.
rotate = Wymień sekret
rotate-lead = Otrzymasz nowy sekret. Przez pewien czas każde żądanie jest podpisywane oboma, więc podczas zmiany nic nie zawiedzie.
rotate-overlap = Jak długo stary jeszcze podpisuje
rotate-hint = Wybierz brak nakładania tylko wtedy, gdy ktoś inny zna sekret.
overlap-hours =
    { $count ->
        [one] { $count } godzina
        [few] { $count } godziny
       *[many] { $count } godzin
    }
overlap-none = Bez nakładania: stary kończy się od razu

# The log, and one request.
log-lead = Wszystkie wykonane żądania, od najnowszego.
event = Zdarzenie
event-any = dowolne
event-key = Klucz
event-deprecated = przestarzałe
result = Wynik
result-all = Wszystkie
result-ok = Dostarczone
result-failed = Nieudane
result-canceled = Anulowane
time = Czas
took = Trwało
sent = Wysłano
cause = Przyczyna
message = Wiadomość
request = Żądanie
response = Odpowiedź
payload = Payload
request-and-response = Żądanie i odpowiedź
request-number = Próba
request-of = Próba { $number }
requests-beside = Wszystkie próby tego dostarczenia
cause-event = Zdarzenie
cause-retry = Zaplanowane ponowienie
cause-manual = Wysłano ponownie ręcznie
cause-test = Testuj webhook
cause-press = Naciśnięto przycisk
cause-replay = Wysłano ponownie przez zadanie
curl = Jako curl
redeliver = Wyślij ponownie
resent = Trwa ponowne wysyłanie. Nowa próba pojawi się obok, gdy się zakończy.
timing = Przebieg czasu
timing-all = Łącznie { $took }
phase-dns = DNS
phase-connect = Połączenie
phase-tls = TLS
phase-head = Pierwszy bajt
phase-body = Treść
header = Nagłówek
value = Wartość
headers-sent = Nagłówki żądania
headers-received = Nagłówki odpowiedzi
payload-none = Nie ma payloadu albo został usunięty.
response-none = Nic nie wróciło.
response-cut = Ucięto: wróciło więcej, niż jest przechowywane.
error-timeout = Brak odpowiedzi na czas
error-reset = Połączenie zerwane
error-tls = Błąd TLS
error-unreachable = Nieosiągalny
error-protocol = To nie odpowiedź HTTP
error-format = Niemożliwe w tym formacie
error-token = Brak tokenu dostępu
error-disabled = Anulowano: wyłączony
error-deleted = Anulowano: usunięty
error-expired = Anulowano: zbyt stare
error-poison = Anulowano: zatrzymało wysyłkę
error-expunged = Anulowano: payload usunięty

# The catalogue, buttons and settings.
catalogue-lead = Co może się tu wydarzyć, z przykładem.
example = Przykład
example-none = Nie ma przykładu tego zdarzenia.
schema = Schemat
schema-none = Nie ma schematu tego zdarzenia.
buttons-lead = Naciśnij przycisk, a od razu wyśle swoje zdarzenie.
buttons-none = Nie ma jeszcze przycisków
buttons-none-lead = Przycisk przy każdym naciśnięciu wysyła zdarzenie do webhooka.
wifi = Do korzystania z webhooków potrzebne jest Wi-Fi
integrations = Integracje
integrations-lead = Z czym połączone jest to konto.
couplings = Powiązania
read-only = Możesz tu wszystko oglądać, ale nic zmieniać.

# What can go wrong.
busy-title = Nie w tej chwili
busy-text = Za dużo naraz do zrobienia. Spróbuj za kilka sekund; nic nie zrobiono.
ended-title = Twoja sesja się zakończyła
ended-text = Aby kontynuować, otwórz nowy link od produktu. Jeśli wypełniasz formularz: otwórz link w innej karcie, wróć tutaj, cofnij się i wyślij formularz ponownie.
used-title = Ten link już nie działa
used-text = Został już użyty albo jest za stary. Poproś produkt o nowy.
denied-title = Nie możesz tego zrobić
denied-text = Twoja sesja może oglądać, ale nie może tego zrobić. Zapytaj osobę, która dała Ci link.
plan-title = To wymaga innego planu
plan-text = Plan tego konta na to nie pozwala. Nic nie zmieniono.
refused-title = Tego nie można teraz zrobić
refused-text = Webhook jest wyłączony, payloadu już nie ma albo ktoś go w międzyczasie zmienił. Sprawdź ponownie.
large-title = To za dużo na jeden formularz
large-text = Skróć wpisaną treść i wyślij ponownie.
