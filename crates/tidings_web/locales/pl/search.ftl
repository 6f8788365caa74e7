# What the search of the dashboard says.
nav-search = Szukaj
search-lead = Wiadomość po jej id, id zdarzenia lub znaczniku, a żądania po tekście błędu.
search-what = Id, id zdarzenia, znacznik lub błąd
search-app-hint = opcjonalnie, jej id lub uid: szuka dalej
search-nothing-lead = Sprawdź, co wpisano, albo podaj aplikację, aby szukać dalej.
search-found = Co znaleziono
search-by = Znaleziono po
search-error = Tekst błędu
search-window =
    { $count ->
        [one] Przeszukano { $count } aplikację.
        [few] Przeszukano { $count } aplikacje, od najnowszych.
        [many] Przeszukano { $count } aplikacji, od najnowszych.
       *[other] Przeszukano { $count } aplikacji, od najnowszych.
    }
search-window-deep = Znaczniki i błędy od { $since }, aplikacje: { $applications }, punkty końcowe: { $endpoints }.
search-window-more = Dalej może być ich więcej.
