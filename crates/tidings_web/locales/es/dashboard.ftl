# Lo que rodea cada página del panel, y la entrada.
nav-main = Navegación principal
nav-administration = Administración
nav-you = Tu perfil
environment = Entorno
dev-mode = Desarrollo
email = Correo electrónico
password = Contraseña
optional = opcional
role = Rol
role-viewer = Observador
role-viewer-lead = Puedes verlo todo salvo los secretos, y no cambiar nada.
role-developer = Desarrollador
role-developer-lead = Puedes cambiar aplicaciones, webhooks y tipos de evento, enviar mensajes y ver secretos.
role-admin = Administrador
role-admin-lead = Puedes hacerlo todo salvo nombrar y quitar propietarios.
role-owner = Propietario
role-owner-lead = Puedes hacerlo todo.

# Iniciar sesión.
staff-title = Inicia sesión en Tidings
staff-lead = Webhooks que llegan, y lo dicen.
staff-wrong = Con esta dirección y esta contraseña no entra nadie. Revisa ambas e inténtalo de nuevo.
staff-wait-seconds =
    { $count ->
        [one] Demasiados intentos. Espera { $count } segundo e inténtalo de nuevo.
       *[other] Demasiados intentos. Espera { $count } segundos e inténtalo de nuevo.
    }
staff-wait-minutes =
    { $count ->
        [one] Demasiados intentos. Espera { $count } minuto e inténtalo de nuevo.
       *[other] Demasiados intentos. Espera { $count } minutos e inténtalo de nuevo.
    }
staff-forgotten = ¿La has olvidado? Un administrador puede darte otra invitación, con la que eliges una nueva.
staff-elsewhere = Otro entorno
staff-environment = Su nombre, si eres miembro de varios. Vacío: aquel al que te uniste primero.
staff-kept = Tu sesión ha terminado. Lo que escribiste sigue aquí: inicia sesión y envíalo después.
staff-new = Todavía no hay ningún miembro. La consola del servidor muestra un enlace para el primer propietario.
again-title = Has iniciado sesión de nuevo desde que se abrió este formulario
again-back = Has vuelto a iniciar sesión
again-lead = Lo que escribiste sigue aquí, salvo las contraseñas. Todavía no se ha guardado nada.
again-send = Enviarlo ahora
again-leave = Descartarlo

# El primer propietario.
setup-title = Configura Tidings
setup-lead = Crea el primer propietario, que puede invitar a todos los demás.
setup-code = Código de la consola
setup-hint = El servidor lo muestra al arrancar. Puedes pegar el enlace completo.
setup-wrong = Este no es el código que muestra la consola de este servidor.
setup-do = Crear el propietario
setup-done = Esto ya estaba configurado. Quien tiene contraseña puede iniciar sesión; los demás necesitan una invitación.
your-name = Tu nombre
password-hint = Al menos 12 caracteres. Unas cuantas palabras son fáciles de recordar y difíciles de adivinar.
wrong-email = Escribe una dirección de correo completa.
wrong-password = Elige una contraseña de 12 caracteres o más.

# La página propia.
you-sessions = Dónde has iniciado sesión
you-browser = Navegador
you-address = Dirección
you-since = Desde
you-until = Hasta
you-here = Este navegador
you-unknown = Desconocido
you-end-all = Cerrar todas las sesiones
you-ended = Se ha cerrado esa sesión.

# Lo que puede salir mal.
role-title = Tu rol no lo permite
role-text = No se ha hecho nada. Pide a un administrador del entorno que lo haga, o que te dé otro rol.
changed-title = Así no se puede hacer ahora
changed-text = Alguien lo ha cambiado o eliminado entretanto, u otra cosa lo necesita todavía. Vuelve a mirarlo.

# Una invitación.
join-title = Acepta la invitación
join-lead = Alguien te ha invitado a cuidar de los webhooks aquí. El enlace funciona una sola vez, durante una semana.
join-wrong = Esta invitación ha caducado, ya se usó o se sustituyó por otra. Pide una nueva a quien te la envió.
join-to = Te damos la bienvenida a { $environment }
join-choose = Elige una contraseña y ya estás dentro.
join-do = Unirme

# Inicio único.
sign-on = Iniciar sesión con inicio único
sign-on-unknown = El proveedor te conoce, pero aquí nadie tiene esa dirección. Pide una invitación a un administrador.
sign-on-elsewhere = Este inicio de sesión no empezó en este navegador o tardó demasiado. Empieza de nuevo.
sign-on-down = El proveedor de inicio único no responde como debería. Inténtalo en un minuto o usa tu contraseña.
