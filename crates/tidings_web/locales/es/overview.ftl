# What the overview of the dashboard says.
nav-overview = Resumen
live = En directo
reload = Recargar
overview-node = Este servidor cuenta lo que pasa por él y lo que tiene a su cargo. Con varios servidores, cada uno muestra su parte.
stat-accepted = Aceptados
stat-delivered = Entregados
stat-failed = Fallidos
per-second = /s
stat-most-within = Tiempo hasta la entrega, p99
stat-half-within = Mediana: { $span }
stat-none-delivered = Ahora mismo no se entrega nada
stat-backlog = En espera
stat-oldest = El más antiguo: { $ago }
stat-nothing-waits = Nada espera otro intento
throughput = Rendimiento
throughput-sentence = En la última hora: como máximo { $delivered } entregas y { $failed } intentos fallidos por segundo
latency = Tiempo hasta la entrega
latency-sentence = Tiempo desde la aceptación hasta la entrega en la última hora. Ahora la mitad llega en { $half } y 99 de cada 100 en { $most }
trouble = Endpoints con problemas
resting-count =
    { $count ->
        [one] { $count } circuito abierto
       *[other] { $count } circuitos abiertos
    }
state-resting = Circuito abierto
trouble-none = Todos los endpoints funcionan
trouble-none-lead = Ninguno falla y ninguno se ha desactivado por fallar.
endpoint = Endpoint
last-answer = Última respuesta
waiting = En espera
since = Desde
last-failures = Últimos fallos
last-failures-none = Mientras ningún endpoint tenga problemas, aquí no aparece nada.
