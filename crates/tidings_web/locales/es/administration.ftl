# Miembros e invitaciones.
nav-members = Miembros
members-lead = Quién puede iniciar sesión en este entorno y qué puede hacer.
members-none = Todavía no hay miembros
member-you = tú
member-active = Activo
member-invited = Invitado
member-disabled = Sin acceso
member-removed = El miembro se ha eliminado y sus sesiones se han cerrado.
member-changed = El cambio está guardado. Vale desde el próximo clic.
member-ended = Se han cerrado todas sus sesiones.
member-above = Este miembro puede hacer más que tú; solo alguien con su mismo rol puede cambiarlo.
last-owner = Es el último propietario que puede iniciar sesión. Nombra antes a otro.
about-member = Datos
member-since = Miembro desde
last-seen = Último inicio de sesión
invitation-until = Invitación válida hasta
role-hint = Un observador puede mirar, un desarrollador trabaja con aplicaciones y webhooks, un administrador gestiona además miembros y claves, un propietario todo.
member-let-in = Puede iniciar sesión
member-let-in-hint = Si se desactiva, queda fuera al instante y conserva su rol para después.
member-sessions = Sesiones
member-sessions-count =
    { $count ->
        [one] Sesión iniciada en { $count } navegador.
       *[other] Sesión iniciada en { $count } navegadores.
    }
member-end-all = Cerrar todas sus sesiones
member-remove-what = Se cierran todas sus sesiones y no puede volver a entrar. Lo que hizo queda en el registro de auditoría.
invite = Invitar a alguien
invite-lead = Recibes un enlace para enviárselo. Funciona una vez, durante una semana, y permite elegir una contraseña.
invite-do = Invitar
invite-again = Invitar de nuevo
invited-title = La invitación está lista
invited-lead = Envía este enlace a { $email }.
invited-link = Enlace de la invitación
invited-hint = Se muestra esta única vez y funciona una sola vez. La invitación anterior ya no vale.
wrong-email-taken = Alguien de este entorno ya tiene esta dirección.
password-change = Cambiar la contraseña
password-change-lead = Aquí sigues con la sesión iniciada; todas las demás se cierran.
password-now = Contraseña actual
password-new = Contraseña nueva
password-changed = La contraseña se ha cambiado.
wrong-password-now = Esta no es tu contraseña actual.

# Claves de API.
nav-keys = Claves de API
keys-lead = Con ellas tu producto llama a la API de este entorno.
keys-none = Todavía no hay claves de API
keys-none-lead = Crea una para tu producto y podrá enviar su primer mensaje.
keys-full = Este entorno ya tiene todas las claves posibles. Revoca una que no se use.
key-new = Crear una clave de API
key-new-lead = Da a cada programa su propia clave, con no más de lo que necesita. Así cada una se puede revocar por separado.
key-name-hint = Para saber después qué programa la usa.
key-rate-hint = Solicitudes por segundo que puede hacer.
key-since = Creada
key-used = Último uso
key-ends = Caduca
key-ends-as-it-is = Dejar como está
key-over = Caducada
key-days =
    { $count ->
        [one] dentro de { $count } día
       *[other] dentro de { $count } días
    }
key-made = La clave está lista
key-made-lead = Ponla donde «{ $name }» guarda sus secretos.
key-made-hint = Se muestra esta única vez. Quien la tenga puede hacer lo que permite su rol.
key-text = Clave de API
key-changed = La clave se ha cambiado.
key-above = Esta clave puede hacer más que tú; solo alguien con su mismo rol puede cambiarla.
about-key = Datos de la clave
key-old-until = La anterior vale hasta
key-rotate = Sustituir la clave
key-rotate-lead = Recibes una clave nueva. Durante un tiempo valen las dos, así nada falla mientras la cambias.
key-overlap = Cuánto tiempo sigue valiendo la anterior
key-rotations-full = Todavía valen demasiadas claves sustituidas. Espera a que caduque una o elige sin solapamiento.
key-revoke = Revocar
key-revoke-ask = ¿Revocar «{ $name }»?
key-revoke-what = Se rechaza al instante, dondequiera que se use. No se puede deshacer.
key-revoked = La clave se ha revocado.

# El registro de auditoría.
nav-audit-log = Registro de auditoría
audit-lead = Quién cambió qué, cuándo y desde dónde; lo más reciente primero.
audit-who = Quién
audit-kind = Mediante
audit-action = Qué
audit-target = A qué
audit-target-hint = Id. o uid
audit-from = Desde
audit-to = Hasta
audit-none = Ninguna entrada
audit-none-lead = En cuanto alguien cambie algo, aparecerá aquí.
audit-none-filter = Ningún cambio coincide con estos filtros.
audit-application = Aplicación
audit-program = Programa
audit-before = Antes:
audit-after = Después:
audit-hidden = cambiado; el valor no se guarda
actor-api-key = Clave de API
actor-member = Miembro
actor-portal = Portal
actor-integration = Integración
actor-api-user = Usuario de API
actor-command-line = Línea de comandos
actor-system = El propio Tidings

# Configuración.
nav-settings = Configuración
settings-lead = Qué es este entorno y cómo se llega a él.
settings-url = Dirección del servidor
settings-plans = Planes
settings-no-plans = Ninguno: todas las cuentas pueden todo
settings-where = Las direcciones, los límites y los plazos de conservación son ajustes del servidor: en su archivo o en sus variables de entorno.
settings-move = Trasladar la configuración
settings-move-lead = Los tipos de evento y los planes pasan de un entorno a otro en un solo archivo, por ejemplo de pruebas a producción.
settings-export = Escribirlos en un archivo:
settings-import = Incorporarlos, con una clave del otro entorno. Nada de lo que hay se pierde:

# The look of the portal.
theme-title = Aspecto del portal
theme-lead = Lo que ven en el portal los clientes de este entorno: su nombre, colores, tipo de letra y logotipo.
theme-change = Cambiar el aspecto
theme-saved = El aspecto está guardado. El portal ya lo muestra.
theme-product = Nombre del producto
theme-product-hint = en lugar de Tidings
theme-accent = Color en páginas claras
theme-accent-hint = como #08697a; para enlaces y botones
theme-accent-dark = Color en páginas oscuras
theme-font = Tipo de letra
theme-font-hint = uno que tengan los lectores, como Georgia
theme-logo = Logotipo
theme-logo-hint = el texto de un archivo SVG de 64 KiB como máximo
theme-logo-remove = Quitar la imagen actual
wrong-product = Un nombre tiene de 1 a 60 letras.
wrong-accent = Un color se escribe como #08697a y debe destacar del fondo para que todos puedan leerlo.
wrong-font = El nombre de un tipo de letra lleva letras, cifras, espacios y guiones.
wrong-logo = El logotipo debe ser un dibujo SVG sencillo: sin scripts, sin animación, sin nada de fuera.
