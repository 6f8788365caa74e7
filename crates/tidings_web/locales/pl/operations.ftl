# What the pages of jobs and of operational webhooks say.
nav-jobs = Zadania
jobs-lead = Praca trwająca po żądaniu: ponowienia, odzyskiwanie, statystyki.
jobs-none = Brak zadań
jobs-none-lead = Gdy ktoś ponawia lub odzyskuje wiadomości, widać to tutaj.
job = Zadanie
progress = Postęp
job-replay-missing = Wyślij to, czego nigdy nie wysłano
job-recover = Odzyskaj nieudane
job-bulk-replay = Wyślij wiadomości ponownie
job-purge = Usuń dane
job-application-stats = Statystyki aplikacji
job-event-type-stats = Statystyki typów zdarzeń
job-running = W toku
job-finished = Zakończone
job-failed = Nieudane
job-counting = Liczenie
job-cancel = Zatrzymaj
job-failed-why = Nie można było kontynuować:
job-data = Wszystko, co o nim wiadomo

# Operational webhooks.
nav-operational = Webhooki operacyjne
operational-lead = Mówią Twoim systemom, co robi Tidings: zmiany punktów końcowych, nieudane dostarczenia, zakończone zadania.
operational-none-lead = Utwórz jeden, aby dowiedzieć się o problemach przed klientami.
operational-hint = Są podpisywane i ponawiane jak wszystkie inne.
operational-events-hint = brak wyboru oznacza wszystkie
operational-rotate-hint = Przez dobę każde żądanie jest podpisywane także starym.
