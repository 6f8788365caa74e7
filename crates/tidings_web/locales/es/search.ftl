# What the search of the dashboard says.
nav-search = Buscar
search-lead = Un mensaje por su id, el id de su evento o una etiqueta, y solicitudes por el texto de un error.
search-what = Id, id del evento, etiqueta o error
search-app-hint = opcional, su id o uid: busca más lejos
search-nothing-lead = Revisa lo que has escrito o indica la aplicación para buscar más lejos.
search-found = Lo que se ha encontrado
search-by = Encontrado por
search-error = Texto de un error
search-window =
    { $count ->
        [one] Se ha buscado en { $count } aplicación.
       *[other] Se ha buscado en { $count } aplicaciones, primero las más recientes.
    }
search-window-deep = Etiquetas y errores desde { $since }, aplicaciones: { $applications }, endpoints: { $endpoints }.
search-window-more = Puede haber más allá de eso.
