# What the portal says.
tab-webhooks = Webhooks
tab-events = Eventos
tab-log = Registro
tab-buttons = Botones
tab-settings = Configuración
account = Cuenta
accounts = Cuentas
accounts-lead = Elige la cuenta cuyos webhooks quieres administrar.
account-manage = Administrar cuenta
actions = Acciones
actions-of = Acciones: { $name }
menu = Tu menú
path = Ruta
pages = Páginas
theme-system = Tema: sistema
theme-light = Tema: claro
theme-dark = Tema: oscuro
sign-in = Iniciar sesión
sign-in-title = Inicia sesión en el portal
sign-in-lead = Recibes un enlace del producto cuyos webhooks usas. Funciona una sola vez.
sign-in-link = Tu enlace
sign-in-hint = Si no ocurre nada por sí solo, pega aquí el enlace completo.
sign-in-empty = Pega el enlace que te han dado.
sign-out = Cerrar sesión
identifier = Id.
ok = OK
cancel = Cancelar
save = Guardar
update = Actualizar
remove = Eliminar
new = Nuevo
show = Mostrar
copy = Copiar
copied = Copiado
never = Nunca
times-utc = Las horas están en UTC
page-next = Siguiente
page-previous = Anterior
page-newer = Más recientes
page-older = Más antiguas
ago-seconds = hace { $count } s
ago-minutes = hace { $count } min
ago-hours = hace { $count } h

# The list.
webhook = Webhook
webhooks-lead = Cada dirección recibe un POST firmado en cuanto ocurre uno de sus eventos.
webhook-create = Crear nuevo webhook
webhook-test = Probar webhook
webhook-saved = El webhook está guardado. Está listo de inmediato.
webhook-removed = El webhook se ha eliminado.
webhooks-none = Todavía no hay webhooks
webhooks-none-lead = Un webhook le cuenta a tu propio sistema lo que ocurre aquí, en el momento en que ocurre.
webhooks-search = Buscar webhooks
webhooks-search-hint = Nombre, URL o evento
search-none = No se ha encontrado nada
search-none-lead = Ningún webhook tiene este nombre, URL o evento.
search-clear = Mostrar todos
state = Estado
state-all = Todos
state-active = Activo
state-disabled = Inactivo
state-failing = Con fallos
rate-recent = Éxito, últimas { $count }
last-delivery = Última entrega
deliveries-none = Sin entregas
and-more = +{ $count }
webhooks-count =
    { $count ->
        [one] { $count } webhook
       *[other] { $count } webhooks
    }
webhooks-of = { $count } de { $most } webhooks en uso en este plan

# Plans.
plan = Plan
plan-free = Sin plan: todo está permitido
plan-needed = Los webhooks están en pausa. Necesitan al menos el plan { $plan }. No se pierde nada: los eventos esperan hasta entonces.
plan-without = Los webhooks están en pausa: el plan de esta cuenta no los incluye. No se pierde nada.

# The form.
webhook-update = Actualizar webhook
form-lead = Di adónde llamar y sobre qué. Funciona desde el momento en que lo guardas.
form-basics = Datos básicos
form-where = Dónde y qué
form-how = Cómo
form-advanced = Avanzado
form-advanced-what = límite de ritmo, cabeceras propias, filtro
form-wrong =
    { $count ->
        [one] Hay que revisar un campo:
       *[other] Hay que revisar { $count } campos:
    }
form-stale = Has iniciado sesión de nuevo desde que se abrió este formulario. No se ha perdido nada: revísalo y guarda otra vez.
webhook-name = Nombre
name-hint = Solo para ti. El receptor nunca lo ve.
webhook-enable = Habilitar
enable-hint = Desactivado, conserva su configuración y no envía nada.
webhook-entity = Nombre de entidad
entity-hint = Solo se envían eventos de esta cuenta.
webhook-url = URL del webhook
url-hint = Recibe un POST. Cualquier respuesta 2xx en 20 segundos cuenta como entregada.
webhook-events = Eventos
events-select = Selecciona eventos
events-all = Todos los eventos
events-all-hint = también los que se añadan después
events-all-of = Todo de { $group }
events-other = Otros
events-none = El catálogo todavía no tiene eventos.
events-search = Buscar eventos
events-search-hint =
    { $count ->
        [one] Buscar en { $count } evento
       *[other] Buscar en { $count } eventos
    }
events-chosen =
    { $count ->
        [one] { $count } evento elegido
       *[other] { $count } eventos elegidos
    }
chosen-of = { $chosen } de { $all }
webhook-format = Formato
format-hint = JSON llega byte a byte tal como se publicó el evento.
format-json = JSON
format-form = Formulario
format-xml = XML
format-envelope = Sobre
format-cloudevents = CloudEvents
format-cloudevents-binary = CloudEvents, binario
webhook-auth = Autenticación
auth-hint = Lo secreto no se vuelve a mostrar. Si se deja vacío, se queda como está.
auth-none = Ninguna: la firma basta
auth-basic = Basic: usuario y contraseña
auth-bearer = Token Bearer
auth-key = Clave de API en una cabecera
auth-user = Usuario
auth-password = Contraseña
auth-token = Token
auth-header = Cabecera
auth-value = Clave
webhook-rate = Límite de ritmo
rate-hint = solicitudes por segundo, opcional
webhook-headers = Cabeceras propias
headers-hint = una por línea, opcional
headers-hidden = Guardadas y no mostradas:
webhook-filter = Filtro
filter-hint = JSON, opcional: solo eventos cuya carga útil coincide
good-to-know = Conviene saber
know-signed = Cada solicitud va firmada. Verifícala antes de fiarte.
know-retries = Lo que falla se reintenta durante varios días.
know-test = Después de guardar, Probar webhook envía un ejemplo inofensivo.
know-https = Las direcciones empiezan por https://, así nadie puede leer los eventos por el camino.
wrong-name = Ponle un nombre para volver a encontrarlo.
wrong-name-long = No se puede guardar así. Acorta el nombre.
wrong-entity = Elige una de tus cuentas.
wrong-url-empty = Indica adónde van los eventos.
wrong-url-https = Usa una dirección que empiece por https://. Con http, cualquiera podría leer el evento por el camino.
wrong-url = Esta dirección no se puede usar: no está completa o lleva a una red privada.
wrong-events = Elige al menos un evento, o todos los eventos.
wrong-events-unknown = Uno de estos eventos ya no está en el catálogo.
wrong-auth = Completa lo que necesita este tipo de autenticación.
wrong-rate = Usa un número entero de al menos 1, o déjalo vacío.
wrong-headers = Escribe cada cabecera como nombre: valor. No se admiten las que pone Tidings.
wrong-filter = Este filtro no se puede leer. Es un objeto JSON de campos y condiciones.

# One webhook.
last-requests = Últimas 10 solicitudes
log-whole = Todo el registro
requests = Solicitudes
requests-none = Sin solicitudes
requests-none-lead = En cuanto se envíe un evento, aparecerá aquí.
requests-none-filter = No se ha enviado nada que coincida con estos filtros.
tested = La prueba ha terminado: { $result }.
tested-see = Ver la solicitud
disabled-gone = Desactivado, porque el receptor respondió 410: no quiere más eventos. Habilítalo de nuevo cuando los quiera.
disabled-failing = Desactivado, porque falló durante cinco días. Arregla el receptor y habilítalo de nuevo.
disabled-wished = Desactivado, porque el receptor lo pidió en una respuesta.
remove-ask = ¿Eliminar «{ $name }»?
remove-what = No se enviará nada más a esta dirección. No se puede deshacer.

# The secret.
secret = Secreto de firma
secret-lead = Con él, tu sistema verifica que una solicitud viene de aquí y no se ha modificado.
secret-current = Secreto actual
secret-show = Mostrar el secreto
secret-hint = Trátalo como una contraseña. Cualquier biblioteca de Standard Webhooks lo acepta tal cual.
secret-rotated = El secreto se ha sustituido. Este es el nuevo.
rotate = Rotar el secreto
rotate-lead = Recibes un secreto nuevo. Durante un tiempo cada solicitud se firma con ambos, así nada falla mientras lo cambias.
rotate-overlap = Cuánto tiempo sigue firmando el anterior
rotate-hint = Elige sin solapamiento solo si alguien más conoce el secreto.
overlap-hours =
    { $count ->
        [one] { $count } hora
       *[other] { $count } horas
    }
overlap-none = Sin solapamiento: el anterior termina de inmediato

# The log, and one request.
log-lead = Todas las solicitudes realizadas, las más recientes primero.
event = Evento
event-any = cualquiera
event-key = Clave
event-deprecated = obsoleto
result = Resultado
result-all = Todos
result-ok = Entregadas
result-failed = Fallidas
result-canceled = Canceladas
time = Hora
took = Duración
sent = Enviada
cause = Causa
message = Mensaje
request = Solicitud
response = Respuesta
payload = Carga útil
request-and-response = Solicitud y respuesta
request-number = Intento
request-of = Intento { $number }
requests-beside = Todos los intentos de esta entrega
cause-event = El evento
cause-retry = Reintento programado
cause-manual = Reenviada a mano
cause-test = Probar webhook
cause-press = Se pulsó un botón
cause-replay = Reenviada por una tarea
curl = Como curl
redeliver = Reenviar
resent = Se está enviando otra vez. El nuevo intento aparecerá al lado cuando termine.
timing = Tiempos
timing-all = { $took } en total
phase-dns = DNS
phase-connect = Conexión
phase-tls = TLS
phase-head = Primer byte
phase-body = Cuerpo
header = Cabecera
value = Valor
headers-sent = Cabeceras de la solicitud
headers-received = Cabeceras de la respuesta
payload-none = No hay carga útil, o se ha retirado.
response-none = No ha llegado ninguna respuesta.
response-cut = Recortada: llegó más de lo que se guarda.
error-timeout = Sin respuesta a tiempo
error-reset = Conexión interrumpida
error-tls = Fallo de TLS
error-unreachable = Inaccesible
error-protocol = No es una respuesta HTTP
error-format = No es posible en este formato
error-token = Sin token de acceso
error-disabled = Cancelada: inactivo
error-deleted = Cancelada: eliminado
error-expired = Cancelada: demasiado antigua
error-poison = Cancelada: detuvo el envío
error-expunged = Cancelada: carga útil retirada

# The catalogue, buttons and settings.
catalogue-lead = Lo que puede ocurrir aquí, con un ejemplo de cada cosa.
example = Ejemplo
example-none = No hay ejemplo de este evento.
schema = Esquema
schema-none = No hay esquema de este evento.
buttons-lead = Pulsa un botón y envía su evento de inmediato.
buttons-none = Todavía no hay botones
buttons-none-lead = Un botón envía un evento a un webhook con cada pulsación.
wifi = Debes estar conectado a Wi-Fi para usar webhooks
integrations = Integraciones
integrations-lead = Con qué está conectada esta cuenta.
couplings = Conexiones
read-only = Aquí puedes verlo todo y no cambiar nada.

# What can go wrong.
busy-title = Ahora mismo no
busy-text = Hay demasiado que hacer a la vez. Inténtalo dentro de unos segundos; no se ha hecho nada.
ended-title = Tu sesión ha terminado
ended-text = Abre un enlace nuevo del producto para continuar. Si rellenabas un formulario: abre el enlace en otra pestaña, vuelve a esta, retrocede y envía el formulario otra vez.
used-title = Este enlace ya no funciona
used-text = Ya se usó, o es demasiado antiguo. Pide uno nuevo al producto.
denied-title = No puedes hacer esto
denied-text = Tu sesión puede mirar, pero no hacer esto. Pregunta a quien te dio el enlace.
plan-title = Esto necesita otro plan
plan-text = El plan de esta cuenta no lo permite. No se ha cambiado nada.
refused-title = Esto no se puede hacer ahora
refused-text = El webhook está inactivo, su carga útil ya no existe o alguien lo ha cambiado mientras tanto. Vuelve a mirarlo.
large-title = Esto es demasiado para un formulario
large-text = Acorta lo que has escrito y envíalo de nuevo.
