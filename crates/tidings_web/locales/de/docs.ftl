# What is said around the documentation of the API.
docs-title = API
docs-lead = Alle Operationen dieses Servers: was sie nehmen, was sie antworten und was sie vom Aufrufer verlangen. Für Maschinen steht dasselbe in openapi.json.
docs-overview = Übersicht
docs-topics = Themen
docs-parameters = Parameter
docs-body = Inhalt
docs-refusals = Wann abgelehnt wird
docs-example = Beispiel
docs-required = erforderlich
docs-missing = Noch nicht da: antwortet mit 501.
docs-anyone = Das darf jeder, ohne Schlüssel.
docs-environment = Braucht einen Schlüssel der Umgebung mit mindestens dieser Rolle:
docs-application = Braucht einen Schlüssel der Umgebung oder eine Sitzung der Anwendung mit dieser Berechtigung:
docs-catalog = Braucht einen Schlüssel der Umgebung oder irgendeine Sitzung ihrer Anwendungen.
docs-session = Das darf nur eine Sitzung, über sich selbst.
