# What is said around the documentation of the API.
docs-title = API
docs-lead = Wszystkie operacje tego serwera: co przyjmują, co odpowiadają i czego wymagają od wywołującego. To samo dla maszyn jest w openapi.json.
docs-overview = Przegląd
docs-topics = Tematy
docs-parameters = Parametry
docs-body = Treść
docs-refusals = Kiedy następuje odmowa
docs-example = Przykład
docs-required = wymagany
docs-missing = Jeszcze niedostępne: odpowiada 501.
docs-anyone = Każdy może to zrobić, bez klucza.
docs-environment = Wymaga klucza środowiska z co najmniej tą rolą:
docs-application = Wymaga klucza środowiska albo sesji aplikacji z tym uprawnieniem:
docs-catalog = Wymaga klucza środowiska albo dowolnej sesji jego aplikacji.
docs-session = Może to zrobić tylko sesja, na sobie samej.
