# What the pages of applications say, and those of their messages.
nav-applications = Aplicaciones
applications-lead = Los clientes del producto. Cada uno tiene sus propios webhooks.
application = Aplicación
application-new = Nueva aplicación
application-update = Actualizar la aplicación
application-saved = La aplicación se ha guardado.
application-removed = La aplicación se ha eliminado, con sus endpoints.
application-remove-what = Sus endpoints se eliminan con ella y lo pendiente se cancela. No se puede deshacer.
application-paused = En pausa: el plan no incluye webhooks
applications-search = Buscar por nombre, uid o id
applications-search-none = Ninguna aplicación tiene este nombre, uid o id.
applications-none = Todavía no hay aplicaciones
applications-none-lead = Crea una para cada cliente del producto, aquí o con la API.
looked-through =
    { $count ->
        [one] Se ha revisado { $count } aplicación, la más reciente. Un uid o id completo se encuentra siempre.
       *[other] Se han revisado { $count } aplicaciones, las más recientes. Un uid o id completo se encuentra siempre.
    }
app-uid = Tu propio id (uid)
app-uid-hint = opcional: cómo la llama el producto
created = Creado
changed = Modificado
metadata = Notas
metadata-hint = opcional, un nombre: valor por línea
wrong-app-name = Dale un nombre de 256 caracteres como máximo.
wrong-app-uid = Este uid no se puede usar o lo tiene otra aplicación.
wrong-app-plan = Elige uno de los planes.
wrong-metadata = Escribe cada nota como nombre: valor, 4.096 bytes en total.
endpoints = Endpoints
endpoints-none = Sin endpoints
endpoints-none-lead = Los crea el cliente en el portal o el producto con la API.
endpoints-more = Hay más. El portal los muestra todos.
portal-open = Abrir el portal
portal-open-lead = Tal como lo ve este cliente. El enlace funciona una vez y la sesión dura una hora.
portal-link-lead = Quien abra este enlace actúa como el cliente. Funciona una vez; no se lo des a nadie más.
portal-make-link = Crear un enlace
portal-read-only = Solo para mirar
feature-flags = Indicadores de funciones
flags-hint = opcional, separados por comas
back = Volver

# Messages.
messages = Mensajes
messages-none = Sin mensajes
messages-none-lead = En los últimos 90 días no se ha aceptado nada que coincida.
tag = Etiqueta
tags = Etiquetas
channels = Canales
event-id = Id del evento
accepted-at = Aceptado
deliveries = Entregas
delivery-pending = En espera
delivery-sending = Enviándose
next-try = Próximo intento
message-no-deliveries = Ningún endpoint lo quería cuando se aceptó.
message-resent = Se está enviando otra vez. La nueva solicitud aparecerá aquí cuando termine.
message-more = Hay más de los que se muestran aquí.
