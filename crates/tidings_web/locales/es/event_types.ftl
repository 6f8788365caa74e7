# What the pages of event types, catalogues and plans say.
nav-event-types = Tipos de evento
event-types-lead = Lo que puede ocurrir, tal como lo ven los clientes, y cómo deben ser los datos.
event-types-none-lead = Crea el primero o importa un catálogo.
event-type-new = Nuevo tipo de evento
event-type-update = Actualizar el tipo de evento
event-type-saved = El tipo de evento se ha guardado.
archived = Archivado
archived-show = Mostrar los archivados
archived-hide = Ocultar los archivados
archive = Archivar
archive-restore = Sacar del archivo
event-key-hint = letras, cifras y . - _ entre ellas
description = Descripción
event-group = Grupo
deprecate = Obsoleto: se sigue enviando, pero no debe usarse en algo nuevo
policy = Datos que no encajan
policy-off = no se comprueban
policy-warn = se aceptan y se anotan
policy-refuse = se rechazan
schema-missing = sin esquema
schema-hint = JSON Schema, borrador 7 si no indica otro. Vacío: no hay ninguno.
version-of = Versión
version-number = Versión { $version }
version-new = Conservar lo que hay y hacer de esto una versión nueva
drift = Desviación
drift-count =
    { $count ->
        [one] { $count } mensaje no encajaba en el esquema
       *[other] { $count } mensajes no encajaban en el esquema
    }
drift-where = Dónde
drift-last = Visto por última vez
drift-forget = Olvidarla
wrong-event-name = Usa letras y cifras con . - _ entre ellas, 128 como máximo, y una clave libre.
wrong-description = Acorta la descripción.
wrong-group = Acorta el nombre del grupo.
wrong-flags = Usa como máximo 25 indicadores con nombres cortos.
wrong-schema = Esto no es un JSON Schema:
wrong-sample = Esto no puede ser el ejemplo:

# Catalogues.
nav-catalogues = Catálogos
catalogues-lead = Tipos de evento listos, con esquemas y ejemplos. Vienen con Tidings.
catalogue-look = Ver qué cambia al importar
catalogue-import = Importar
catalogue-imported = El catálogo se ha importado.
catalogue-dry = Todavía no se ha cambiado nada. Esto es lo que haría la importación.
catalogue-created =
    { $count ->
        [one] { $count } tipo de evento nuevo
       *[other] { $count } tipos de evento nuevos
    }
catalogue-updated =
    { $count ->
        [one] { $count } tipo de evento cambia
       *[other] { $count } tipos de evento cambian
    }
catalogue-unchanged =
    { $count ->
        [one] { $count } tipo de evento ya está así.
       *[other] { $count } tipos de evento ya están así.
    }

# Plans.
nav-plans = Planes
plans-lead = Lo que los clientes pueden hacer con los webhooks, primero el plan más bajo.
plans-saved = Los planes se han guardado. Valen desde ahora.
plans-none = Sin planes
plans-none-lead = Sin planes, todas las aplicaciones pueden hacerlo todo.
plans-hint = El orden es el de la lista. Una línea vacía elimina su plan. Un número vacío significa sin límite.
plan-uid = Clave
plan-endpoints = Máximo de endpoints
plan-rate = Máximo por segundo
plan-days = Días que se conservan
plan-features = Funciones
wrong-plans = Los planes no se han guardado. Esto está mal:
wrong-plan-in-use = Un plan que tiene una aplicación no se puede eliminar:
yes = Sí
no = No
