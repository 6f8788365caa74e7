# Członkowie i zaproszenia.
nav-members = Członkowie
members-lead = Kto może logować się do tego środowiska i co może robić.
members-none = Jeszcze nie ma członków
member-you = Ty
member-active = Aktywny
member-invited = Zaproszony
member-disabled = Zablokowany
member-removed = Członka usunięto i wszędzie wylogowano.
member-changed = Zmianę zapisano. Obowiązuje od następnego kliknięcia.
member-ended = Członka wszędzie wylogowano.
member-above = Ten członek może więcej niż Ty; zmienić go może tylko ktoś z tą samą rolą.
last-owner = To ostatni właściciel, który może się zalogować. Najpierw wyznacz innego.
about-member = Informacje
member-since = Członek od
last-seen = Ostatnie logowanie
invitation-until = Zaproszenie ważne do
role-hint = Obserwator może oglądać, programista pracuje z aplikacjami i webhookami, administrator zarządza też członkami i kluczami, właściciel wszystkim.
member-let-in = Może się logować
member-let-in-hint = Po wyłączeniu członek od razu traci dostęp, a rolę zachowuje na później.
member-sessions = Sesje
member-sessions-count =
    { $count ->
        [one] Zalogowany w { $count } przeglądarce.
        [few] Zalogowany w { $count } przeglądarkach.
       *[many] Zalogowany w { $count } przeglądarkach.
    }
member-end-all = Wyloguj go wszędzie
member-remove-what = Zostanie wszędzie wylogowany i nie będzie mógł się zalogować. To, co zrobił, pozostaje w dzienniku audytu.
invite = Zaproś kogoś
invite-lead = Otrzymasz link do przesłania. Działa raz, przez tydzień, i pozwala wybrać hasło.
invite-do = Zaproś
invite-again = Zaproś ponownie
invited-title = Zaproszenie jest gotowe
invited-lead = Wyślij ten link na adres { $email }.
invited-link = Link zaproszenia
invited-hint = Jest pokazywany tylko ten jeden raz i działa raz. Wcześniejsze zaproszenie już nie działa.
wrong-email-taken = Ktoś w tym środowisku ma już ten adres.
password-change = Zmień hasło
password-change-lead = Tutaj pozostaniesz zalogowany, wszędzie indziej nastąpi wylogowanie.
password-now = Obecne hasło
password-new = Nowe hasło
password-changed = Hasło zmieniono.
wrong-password-now = To nie jest Twoje obecne hasło.

# Klucze API.
nav-keys = Klucze API
keys-lead = Za ich pomocą Twój produkt wywołuje API tego środowiska.
keys-none = Jeszcze nie ma kluczy API
keys-none-lead = Utwórz klucz dla swojego produktu, aby mógł wysłać pierwszą wiadomość.
keys-full = To środowisko ma już największą liczbę kluczy. Unieważnij nieużywany.
key-new = Utwórz klucz API
key-new-lead = Daj każdemu programowi własny klucz, tylko z tym, czego potrzebuje. Wtedy każdy można unieważnić osobno.
key-name-hint = Aby później było wiadomo, który program go używa.
key-rate-hint = Tyle żądań na sekundę może wysłać.
key-since = Utworzono
key-used = Ostatnie użycie
key-ends = Wygasa
key-ends-as-it-is = Pozostaw bez zmian
key-over = Wygasł
key-days =
    { $count ->
        [one] za { $count } dzień
        [few] za { $count } dni
       *[many] za { $count } dni
    }
key-made = Klucz jest gotowy
key-made-lead = Umieść go tam, gdzie „{ $name }” przechowuje swoje sekrety.
key-made-hint = Jest pokazywany tylko ten jeden raz. Kto go ma, może to, na co pozwala jego rola.
key-text = Klucz API
key-changed = Klucz zmieniono.
key-above = Ten klucz może więcej niż Ty; zmienić go może tylko ktoś z tą samą rolą.
about-key = O kluczu
key-old-until = Stary działa do
key-rotate = Wymień klucz
key-rotate-lead = Otrzymasz nowy klucz. Przez pewien czas działają oba, więc nic nie zawiedzie podczas zmiany.
key-overlap = Jak długo działa jeszcze stary
key-rotations-full = Zbyt wiele wymienionych kluczy nadal działa. Poczekaj, aż któryś wygaśnie, albo wybierz brak okresu przejściowego.
key-revoke = Unieważnij
key-revoke-ask = Unieważnić „{ $name }”?
key-revoke-what = Zostanie natychmiast odrzucony wszędzie, gdzie jest używany. Tego nie można cofnąć.
key-revoked = Klucz unieważniono.

# Dziennik audytu.
nav-audit-log = Dziennik audytu
audit-lead = Kto co zmienił, kiedy i skąd; najnowsze na początku.
audit-who = Kto
audit-kind = Rodzaj
audit-action = Co
audit-target = Czego dotyczy
audit-target-hint = Identyfikator lub uid
audit-from = Od dnia
audit-to = Do dnia
audit-none = Brak wpisów
audit-none-lead = Gdy tylko ktoś coś zmieni, pojawi się to tutaj.
audit-none-filter = Żadna zmiana nie pasuje do tych filtrów.
audit-application = Aplikacja
audit-program = Program
audit-before = Przedtem:
audit-after = Potem:
audit-hidden = zmieniono; wartość nie jest przechowywana
actor-api-key = Klucz API
actor-member = Członek
actor-portal = Portal
actor-integration = Integracja
actor-api-user = Użytkownik API
actor-command-line = Wiersz poleceń
actor-system = Tidings

# Ustawienia.
nav-settings = Ustawienia
settings-lead = Czym jest to środowisko i pod jakim adresem działa.
settings-url = Adres serwera
settings-plans = Plany
settings-no-plans = Brak: wszystkim kontom wolno wszystko
settings-where = Adresy, limity i czas przechowywania to ustawienia serwera: w jego pliku lub zmiennych środowiskowych.
settings-move = Przenieś konfigurację
settings-move-lead = Typy zdarzeń i plany przechodzą między środowiskami jako jeden plik, na przykład z testowego do produkcyjnego.
settings-export = Zapisz je do pliku:
settings-import = Wczytaj je, z kluczem drugiego środowiska. Nic z tego, co jest, nie zniknie:

# The look of the portal.
theme-title = Wygląd portalu
theme-lead = Co klienci tego środowiska widzą w portalu: nazwę, kolory, czcionkę i logo.
theme-change = Zmień wygląd
theme-saved = Wygląd został zapisany. Portal już go używa.
theme-product = Nazwa produktu
theme-product-hint = zamiast Tidings
theme-accent = Kolor na jasnych stronach
theme-accent-hint = na przykład #08697a; dla linków i przycisków
theme-accent-dark = Kolor na ciemnych stronach
theme-font = Czcionka
theme-font-hint = taka, którą mają czytelnicy, na przykład Georgia
theme-logo = Logo produktu
theme-logo-hint = tekst pliku SVG o wielkości najwyżej 64 KiB
theme-logo-remove = Usuń obecny obraz
wrong-product = Nazwa ma od 1 do 60 liter.
wrong-accent = Kolor zapisuje się jak #08697a i musi się tak odróżniać od tła, by każdy mógł go odczytać.
wrong-font = Nazwa czcionki składa się z liter, cyfr, spacji i łączników.
wrong-logo = Logo musi być prostym rysunkiem SVG: bez skryptów, bez animacji i bez niczego z zewnątrz.
