# Sending again.
replay = Erneut senden
replay-lead = War Ihr Empfänger nicht erreichbar, holen Sie hier nach, was er verpasst hat.
replay-what = Was erneut gesendet wird
replay-failed = Was fehlgeschlagen ist
replay-failed-is = Ereignisse, die versucht wurden und nie angekommen sind.
replay-missing = Was nie gesendet wurde
replay-missing-is = Ereignisse, die dieser Webhook jetzt bekäme, aus der Zeit vor ihm oder als er inaktiv war.
replay-all = Alles
replay-all-is = Auch was angekommen ist. Ihr Empfänger erkennt es an der Kopfzeile webhook-id wieder.
replay-since = Zeitraum
replay-from = seit { $time }
replay-count-first = Zuerst wird nur gezählt. Es wird nichts gesendet, bevor Sie es sagen.
replay-count = Zählen
span-hours =
    { $count ->
        [one] die letzte Stunde
       *[other] die letzten { $count } Stunden
    }
span-days =
    { $count ->
        [one] der letzte Tag
       *[other] die letzten { $count } Tage
    }
task-progress = Fortschritt
task-counting =
    { $count ->
        [one] Es wird gezählt: bisher { $count } Ereignis
       *[other] Es wird gezählt: bisher { $count } Ereignisse
    }
task-sending = { $sent } von { $all } erneut gesendet
task-counted =
    { $count ->
        [0] Es gibt nichts erneut zu senden.
        [one] { $count } Ereignis würde erneut gesendet.
       *[other] { $count } Ereignisse würden erneut gesendet.
    }
task-again = Sie gehen eines nach dem anderen hinaus, neben dem, was neu ist. Sie können jederzeit anhalten.
task-start = Jetzt erneut senden
task-sent =
    { $count ->
        [one] { $count } Ereignis ist wieder unterwegs.
       *[other] { $count } Ereignisse sind wieder unterwegs.
    }
task-skipped =
    { $count ->
        [one] { $count } wurde ausgelassen: Es steht ohnehin aus, oder seine Nutzlast ist weg.
       *[other] { $count } wurden ausgelassen: Sie stehen ohnehin aus, oder ihre Nutzlast ist weg.
    }
task-canceled =
    { $count ->
        [one] Angehalten. { $count } Ereignis war bis dahin unterwegs.
       *[other] Angehalten. { $count } Ereignisse waren bis dahin unterwegs.
    }
task-count-canceled = Die Zählung wurde angehalten. Es wurde nichts gesendet.
task-failed = Es ging nicht weiter. Vielleicht wurde der Webhook inzwischen deaktiviert oder entfernt.
task-back = Zum Webhook
