# What is said around the documentation of the API.
docs-title = API
docs-lead = Todas las operaciones de este servidor: qué reciben, qué responden y qué exigen a quien llama. Lo mismo está en openapi.json para las máquinas.
docs-overview = Resumen
docs-topics = Temas
docs-parameters = Parámetros
docs-body = Cuerpo
docs-refusals = Cuándo se rechaza
docs-example = Ejemplo
docs-required = obligatorio
docs-missing = Todavía no existe: responde 501.
docs-anyone = Cualquiera puede hacerlo, sin clave.
docs-environment = Necesita una clave del entorno con al menos este rol:
docs-application = Necesita una clave del entorno, o una sesión de la aplicación con este permiso:
docs-catalog = Necesita una clave del entorno, o cualquier sesión de sus aplicaciones.
docs-session = Solo una sesión puede hacerlo, sobre sí misma.
