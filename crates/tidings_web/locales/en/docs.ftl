# What is said around the documentation of the API.
docs-title = API
docs-lead = All operations of this server: what they take, what they answer, and what they ask of their caller. The same is in openapi.json for machines.
docs-overview = Overview
docs-topics = Topics
docs-parameters = Parameters
docs-body = Body
docs-refusals = When it is refused
docs-example = Example
docs-required = required
docs-missing = Not there yet: it answers 501.
docs-anyone = Anyone may do this, without a key.
docs-environment = Needs a key of the environment with at least this role:
docs-application = Needs a key of the environment, or a session of the application with this capability:
docs-catalog = Needs a key of the environment, or any session of its applications.
docs-session = Only a session may do this, about itself.
