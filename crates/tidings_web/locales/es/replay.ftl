# Sending again.
replay = Enviar de nuevo
replay-lead = Si tu receptor estuvo caído, recupera lo que se perdió.
replay-what = Qué enviar de nuevo
replay-failed = Lo que ha fallado
replay-failed-is = Eventos que se intentaron y nunca llegaron.
replay-missing = Lo que nunca se envió
replay-missing-is = Eventos que este webhook recibiría ahora, de antes de que existiera o mientras estaba inactivo.
replay-all = Todo
replay-all-is = También lo que ha llegado. Tu receptor lo reconoce por la cabecera webhook-id.
replay-since = Desde
replay-from = desde { $time }
replay-count-first = Primero solo se cuenta. No se envía nada hasta que lo digas.
replay-count = Contar
span-hours =
    { $count ->
        [one] la última hora
       *[other] las últimas { $count } horas
    }
span-days =
    { $count ->
        [one] el último día
       *[other] los últimos { $count } días
    }
task-progress = Progreso
task-counting =
    { $count ->
        [one] Contando: { $count } evento hasta ahora
       *[other] Contando: { $count } eventos hasta ahora
    }
task-sending = { $sent } de { $all } enviados de nuevo
task-counted =
    { $count ->
        [0] No hay nada que enviar de nuevo.
        [one] Se enviaría de nuevo { $count } evento.
       *[other] Se enviarían de nuevo { $count } eventos.
    }
task-again = Salen uno tras otro, junto a lo nuevo. Puedes detenerlo en cualquier momento.
task-start = Enviar de nuevo ahora
task-sent =
    { $count ->
        [one] { $count } evento está de nuevo en camino.
       *[other] { $count } eventos están de nuevo en camino.
    }
task-skipped =
    { $count ->
        [one] Se dejó fuera { $count }: está pendiente de todos modos o ya no tiene carga útil.
       *[other] Se dejaron fuera { $count }: están pendientes de todos modos o ya no tienen carga útil.
    }
task-canceled =
    { $count ->
        [one] Detenido. { $count } evento ya estaba en camino.
       *[other] Detenido. { $count } eventos ya estaban en camino.
    }
task-count-canceled = El recuento se detuvo. No se envió nada.
task-failed = No pudo continuar. Quizá el webhook se desactivó o se eliminó entretanto.
task-back = Al webhook
