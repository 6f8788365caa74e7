# What every page may say.
skip = Ir al contenido
language = Idioma
to-the-start = Ir al inicio
version = Tidings { $version }

landing-title = Tidings está en marcha
landing-lead = El producto comunica lo que ha ocurrido. Tidings lo anota y lo entrega a quien lo pidió: firmado, reintentado y registrado.
landing-start = Empieza aquí
landing-key = Crea una clave de API:
landing-send = Envía con cualquier SDK de Svix: indica la dirección de este servidor como URL del servidor y la clave como token. O desde la línea de comandos:
landing-watch = Mira las solicitudes en el momento en que ocurren:
landing-api = La API está en /api/v1 y necesita una clave. Su estado no la necesita; 204 significa que el servidor funciona:
dev-notice = Modo de desarrollo: se permiten destinos http:// y locales. No apto para producción.

missing-title = Aquí no hay nada
missing-text = La dirección es incorrecta, o lo que había aquí se ha eliminado, o pertenece a otra cuenta.
broken-title = Esto no ha funcionado
broken-text = Algo falla por nuestra parte. Nada de lo aceptado se ha perdido. Inténtalo de nuevo dentro de un minuto.
elsewhere-title = Esto ha llegado desde otro sitio
elsewhere-text = Otro sitio lo ha enviado en tu nombre, así que no se ha hecho nada. Abre la página aquí e inténtalo de nuevo.
