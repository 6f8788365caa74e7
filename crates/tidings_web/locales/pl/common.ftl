# What every page may say.
skip = Przejdź do treści
language = Język
to-the-start = Na początek
version = Tidings { $version }

landing-title = Tidings działa
landing-lead = Produkt zgłasza, co się wydarzyło. Tidings zapisuje to i dostarcza każdemu, kto o to poprosił: z podpisem, z ponawianiem i z dziennikiem.
landing-start = Zacznij tutaj
landing-key = Utwórz klucz API:
landing-send = Wysyłaj dowolnym SDK Svix: podaj adres tego serwera jako URL serwera, a klucz jako token. Albo z wiersza poleceń:
landing-watch = Oglądaj żądania na bieżąco:
landing-api = API znajduje się pod /api/v1 i wymaga klucza. Jego stan nie wymaga; 204 oznacza, że serwer działa:
dev-notice = Tryb deweloperski: cele http:// i lokalne są dozwolone. Nie do użytku produkcyjnego.

missing-title = Nic tu nie ma
missing-text = Adres jest błędny albo to, co tu było, usunięto, albo należy do innego konta.
broken-title = To się nie udało
broken-text = Coś zepsuło się po naszej stronie. Nic z tego, co przyjęto, nie przepadło. Spróbuj ponownie za minutę.
elsewhere-title = To przyszło z innej strony
elsewhere-text = Inna strona wysłała to w Twoim imieniu, więc nic nie zrobiono. Otwórz stronę tutaj i spróbuj ponownie.
