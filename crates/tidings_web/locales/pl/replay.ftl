# Sending again.
replay = Wyślij ponownie
replay-lead = Jeśli Twój odbiorca nie działał, odzyskaj to, co go ominęło.
replay-what = Co wysłać ponownie
replay-failed = To, co się nie udało
replay-failed-is = Zdarzenia, które próbowano wysłać i które nigdy nie dotarły.
replay-missing = To, czego nigdy nie wysłano
replay-missing-is = Zdarzenia, które ten webhook dostałby teraz, sprzed jego utworzenia lub z czasu, gdy był wyłączony.
replay-all = Wszystko
replay-all-is = Także to, co dotarło. Odbiorca rozpozna to po nagłówku webhook-id.
replay-since = Okres
replay-from = od { $time }
replay-count-first = Najpierw tylko liczymy. Nic nie zostanie wysłane, dopóki tego nie potwierdzisz.
replay-count = Policz
span-hours =
    { $count ->
        [one] ostatnia godzina
        [few] ostatnie { $count } godziny
        [many] ostatnie { $count } godzin
       *[other] ostatnie { $count } godziny
    }
span-days =
    { $count ->
        [one] ostatni dzień
        [few] ostatnie { $count } dni
        [many] ostatnie { $count } dni
       *[other] ostatnie { $count } dnia
    }
task-progress = Postęp
task-counting =
    { $count ->
        [one] Liczenie: na razie { $count } zdarzenie
        [few] Liczenie: na razie { $count } zdarzenia
        [many] Liczenie: na razie { $count } zdarzeń
       *[other] Liczenie: na razie { $count } zdarzenia
    }
task-sending = Wysłano ponownie { $sent } z { $all }
task-counted =
    { $count ->
        [0] Nie ma nic do ponownego wysłania.
        [one] Ponownie zostanie wysłane { $count } zdarzenie.
        [few] Ponownie zostaną wysłane { $count } zdarzenia.
        [many] Ponownie zostanie wysłanych { $count } zdarzeń.
       *[other] Ponownie zostanie wysłane { $count } zdarzenia.
    }
task-again = Wychodzą jedno po drugim, obok nowych. Możesz to zatrzymać w każdej chwili.
task-start = Wyślij ponownie teraz
task-sent =
    { $count ->
        [one] { $count } zdarzenie jest znowu w drodze.
        [few] { $count } zdarzenia są znowu w drodze.
        [many] { $count } zdarzeń jest znowu w drodze.
       *[other] { $count } zdarzenia jest znowu w drodze.
    }
task-skipped =
    { $count ->
        [one] Pominięto { $count }: i tak czeka na wysłanie albo nie ma już payloadu.
       *[other] Pominięto { $count }: i tak czekają na wysłanie albo nie mają już payloadu.
    }
task-canceled =
    { $count ->
        [one] Zatrzymano. { $count } zdarzenie było już w drodze.
        [few] Zatrzymano. { $count } zdarzenia były już w drodze.
        [many] Zatrzymano. { $count } zdarzeń było już w drodze.
       *[other] Zatrzymano. { $count } zdarzenia było już w drodze.
    }
task-count-canceled = Liczenie zatrzymano. Nic nie wysłano.
task-failed = Nie udało się kontynuować. Być może webhook został w międzyczasie wyłączony lub usunięty.
task-back = Do webhooka
