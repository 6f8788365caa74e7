# What the pages of jobs and of operational webhooks say.
nav-jobs = Tareas
jobs-lead = Trabajo que sigue tras una solicitud: reenvíos, recuperaciones, estadísticas.
jobs-none = Sin tareas
jobs-none-lead = Cuando alguien reenvía o recupera mensajes, aparece aquí.
job = Tarea
progress = Progreso
job-replay-missing = Enviar lo que nunca se envió
job-recover = Recuperar lo que falló
job-bulk-replay = Reenviar mensajes
job-purge = Eliminar los datos
job-application-stats = Estadísticas de aplicaciones
job-event-type-stats = Estadísticas de tipos de evento
job-running = En curso
job-finished = Terminada
job-failed = Fallida
job-counting = Contando
job-cancel = Detenerla
job-failed-why = No pudo continuar:
job-data = Todo lo que se sabe de ella

# Operational webhooks.
nav-operational = Webhooks de operación
operational-lead = Avisan a tus propios sistemas de lo que hace Tidings: endpoints que cambian, entregas que fallan, tareas que terminan.
operational-none-lead = Crea uno para enterarte de los problemas antes que tus clientes.
operational-hint = Se firman y se reintentan como los demás.
operational-events-hint = sin elegir ninguno, todos
operational-rotate-hint = Durante un día, cada solicitud se firma también con el anterior.
