# To, co otacza każdą stronę panelu, i wejście do niego.
nav-main = Nawigacja główna
nav-administration = Administracja
nav-you = Twój profil
environment = Środowisko
dev-mode = Tryb deweloperski
email = E-mail
password = Hasło
optional = opcjonalny
role = Rola
role-viewer = Obserwator
role-viewer-lead = Możesz oglądać wszystko oprócz sekretów, ale niczego nie zmieniać.
role-developer = Programista
role-developer-lead = Możesz zmieniać aplikacje, webhooki i typy zdarzeń, wysyłać wiadomości i widzieć sekrety.
role-admin = Administrator
role-admin-lead = Możesz robić wszystko oprócz dodawania i usuwania właścicieli.
role-owner = Właściciel
role-owner-lead = Możesz robić wszystko.

# Logowanie.
staff-title = Zaloguj się do Tidings
staff-lead = Webhooki, które docierają i o tym mówią.
staff-wrong = Tym adresem i hasłem nie można się zalogować. Sprawdź jedno i drugie, po czym spróbuj ponownie.
staff-wait-seconds =
    { $count ->
        [one] Za dużo prób. Odczekaj { $count } sekundę i spróbuj ponownie.
        [few] Za dużo prób. Odczekaj { $count } sekundy i spróbuj ponownie.
       *[many] Za dużo prób. Odczekaj { $count } sekund i spróbuj ponownie.
    }
staff-wait-minutes =
    { $count ->
        [one] Za dużo prób. Odczekaj { $count } minutę i spróbuj ponownie.
        [few] Za dużo prób. Odczekaj { $count } minuty i spróbuj ponownie.
       *[many] Za dużo prób. Odczekaj { $count } minut i spróbuj ponownie.
    }
staff-forgotten = Nie pamiętasz? Administrator może dać Ci nowe zaproszenie, z którym wybierzesz inne hasło.
staff-elsewhere = Inne środowisko
staff-environment = Jego nazwa, jeśli należysz do kilku. Puste: to, do którego dołączyłeś najpierw.
staff-kept = Twoja sesja się zakończyła. To, co wpisano, nadal tu jest: zaloguj się, a potem to wyślij.
staff-new = Nikt jeszcze nie jest członkiem. Konsola serwera pokazuje link dla pierwszego właściciela.
again-title = Od otwarcia tego formularza zalogowano się ponownie
again-back = Znów jesteś zalogowany
again-lead = To, co wpisano, nadal tu jest, oprócz haseł. Nic z tego nie zostało jeszcze zapisane.
again-send = Wyślij teraz
again-leave = Porzuć

# Pierwszy właściciel.
setup-title = Skonfiguruj Tidings
setup-lead = Utwórz pierwszego właściciela, który może zaprosić wszystkich pozostałych.
setup-code = Kod z konsoli
setup-hint = Serwer pokazuje go przy starcie. Możesz wkleić cały link.
setup-wrong = To nie jest kod, który pokazuje konsola tego serwera.
setup-do = Utwórz właściciela
setup-done = To już skonfigurowano. Kto ma hasło, może się zalogować; pozostali potrzebują zaproszenia.
your-name = Twoje imię
password-hint = Co najmniej 12 znaków. Kilka słów łatwo zapamiętać, a trudno odgadnąć.
wrong-email = Wpisz pełny adres e-mail.
wrong-password = Wybierz hasło mające co najmniej 12 znaków.

# Własna strona.
you-sessions = Gdzie jesteś zalogowany
you-browser = Przeglądarka
you-address = Adres
you-since = Od
you-until = Do
you-here = Ta przeglądarka
you-unknown = Nieznana
you-end-all = Wyloguj wszędzie
you-ended = Wylogowano Cię tam.

# Co może pójść nie tak.
role-title = Twoja rola na to nie pozwala
role-text = Nic nie zrobiono. Poproś administratora środowiska, aby to zrobił albo dał Ci inną rolę.
changed-title = W tej chwili nie można tego zrobić
changed-text = Ktoś to w międzyczasie zmienił lub usunął albo coś innego nadal tego potrzebuje. Sprawdź jeszcze raz.

# Zaproszenie.
join-title = Przyjmij zaproszenie
join-lead = Ktoś zaprosił Cię, abyś dbał tu o webhooki. Link działa raz, przez tydzień.
join-wrong = To zaproszenie wygasło, zostało użyte albo zastąpione innym. Poproś nadawcę o nowe.
join-to = Witaj w środowisku { $environment }
join-choose = Wybierz hasło i gotowe.
join-do = Dołącz

# Logowanie SSO.
sign-on = Zaloguj się przez SSO
sign-on-unknown = Dostawca Cię zna, ale nikt tutaj nie ma tego adresu. Poproś administratora o zaproszenie.
sign-on-elsewhere = To logowanie nie zaczęło się w tej przeglądarce albo trwało zbyt długo. Zacznij od nowa.
sign-on-down = Dostawca SSO nie odpowiada prawidłowo. Spróbuj za minutę albo zaloguj się hasłem.
