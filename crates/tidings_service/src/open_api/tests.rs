//! What documents become, and what is said of those that are wrong.

use serde_json::json;

use super::*;

fn read(document: &Value) -> Vec<Webhook> {
    match Webhooks::read(Document::Parsed(document.clone())) {
        Ok(webhooks) => webhooks.0,
        Err(ServiceError::Invalid(problems)) => panic!("{problems:#?}"),
        Err(other) => panic!("{other}"),
    }
}

fn raw(text: &str) -> Result<Webhooks, ServiceError> {
    Webhooks::read(Document::Raw(text.to_owned()))
}

/// Places and what is said of them.
fn problems(read: Result<Webhooks, ServiceError>) -> Vec<(String, String)> {
    match read {
        Err(ServiceError::Invalid(problems)) => problems
            .into_iter()
            .map(|problem| (problem.loc[1..].join(" "), problem.msg))
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// A document with one webhook, whose operation this is.
fn with_operation(version: &str, operation: &Value) -> Value {
    json!({"openapi": version, "webhooks": {"pet.new": {"post": operation}}})
}

fn body(schema: &Value) -> Value {
    json!({"requestBody": {"content": {"application/json": {"schema": schema}}}})
}

fn judged(webhook: &Webhook, payload: &Value) -> bool {
    use tidings_domain::schema::{Schema, UnlessNamed, newest};
    let (_, schema) = newest(webhook.schemas.as_ref().unwrap()).unwrap();
    let schema = Schema::compile(schema, UnlessNamed::Draft7).unwrap();
    schema.mismatches(payload).is_empty()
}

#[test]
fn a_webhook_becomes_an_event_type_with_all_that_is_said_of_it() {
    let document = json!({
        "openapi": "3.1.0",
        "webhooks": {
            "pet.new": {"post": {
                "description": "A pet is there", "summary": "pet", "deprecated": true, "tags": ["pets", "x"],
                "x-svix-feature-flags": ["beta", "beta", "cats"],
                "requestBody": {"content": {
                    "application/xml": {"schema": false},
                    "application/json; charset=utf-8": {"schema": {"type": "object"}},
                }},
            }},
            "pet.gone": {"$ref": "#/components/pathItems/gone"},
        },
        "components": {"pathItems": {"gone": {
            "summary": "A pet is gone", "x-svix-feature-flag": "beta",
            "put": {"tags": ["pets"], "x-svix-group-name": "Pets"},
        }}},
    });
    let [gone, new] = &read(&document)[..] else {
        panic!("two webhooks");
    };
    assert_eq!(
        (gone.name.as_str(), gone.description.as_str()),
        ("pet.gone", "A pet is gone")
    );
    assert_eq!(gone.group_name.as_deref(), Some("Pets"));
    assert_eq!(gone.feature_flags, Some(vec!["beta".to_owned()]));
    assert_eq!((gone.is_deprecated, &gone.schemas), (false, &None));
    assert_eq!(
        (new.name.as_str(), new.description.as_str()),
        ("pet.new", "A pet is there")
    );
    assert_eq!(new.group_name.as_deref(), Some("pets"));
    assert_eq!(
        new.feature_flags,
        Some(vec!["beta".to_owned(), "cats".to_owned()])
    );
    assert!(new.is_deprecated && judged(new, &json!({})) && !judged(new, &json!([])));
}

#[test]
fn what_a_schema_refers_to_goes_along_and_may_name_itself() {
    let mut document = with_operation("3.1.0", &body(&json!({"$ref": "#/components/schemas/Pet"})));
    document["components"] = json!({"schemas": {
        "Pet": {"type": "object", "required": ["name"], "properties": {
            "name": {"$ref": "#/components/schemas/Na~1me"},
            "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
            "$ref": {"type": "integer"},
            "enum": {"$ref": "#/components/schemas/Na~1me/x/Name"},
        }, "default": {"$ref": "not a reference"}},
        "Na/me": {"type": "string", "x": {"Name": {"type": "boolean"}}},
        "Unused": {"type": "text"},
    }});
    let [pet] = &read(&document)[..] else {
        panic!("one webhook");
    };
    assert!(judged(
        pet,
        &json!({"name": "Rex", "parents": [{"name": "Max"}], "$ref": 1, "enum": true})
    ));
    for wrong in [
        json!({}),
        json!({"name": 1}),
        json!({"name": "Rex", "parents": [{}]}),
        json!({"name": "Rex", "$ref": "x"}),
        json!({"name": "Rex", "enum": "x"}),
    ] {
        assert!(!judged(pet, &wrong), "{wrong}");
    }
    assert!(!pet.schemas.as_ref().unwrap().to_string().contains("Unused"));
}

#[test]
fn schemas_of_3_0_are_turned_into_draft_7() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false},
        "b": {"type": "string", "nullable": true, "enum": ["x"]},
        "c": {"$ref": "#/components/schemas/C"},
    }});
    let mut document =
        json!({"openapi": "3.0.3", "x-webhooks": {"pet.new": {"post": body(&schema)}}});
    document["components"] = json!({"schemas": {"C": {"type": "string", "nullable": true}}});
    let [pet] = &read(&document)[..] else {
        panic!("one webhook");
    };
    for (payload, fits) in [
        (json!({"a": 1}), false),
        (json!({"a": 9}), true),
        (json!({"a": 10}), false),
        (json!({"b": null}), true),
        (json!({"b": "y"}), false),
        (json!({"c": null}), true),
        (json!({"c": 1}), false),
    ] {
        assert_eq!(judged(pet, &payload), fits, "{payload}");
    }
}

#[test]
fn yaml_reads_like_json() {
    let text = "
openapi: 3.1.0
webhooks:
  pet.new:
    post:
      summary: no
      requestBody: &body
        content:
          application/json:
            schema: {type: object, properties: {country: {enum: [no, yes]}}}
      responses:
        200: {description: fine}
  pet.gone:
    post:
      requestBody: *body
";
    let webhooks = raw(text).unwrap().0;
    assert_eq!(webhooks.len(), 2);
    assert_eq!(webhooks[1].description, "no");
    for webhook in &webhooks {
        assert!(judged(webhook, &json!({"country": "no"})));
        assert!(!judged(webhook, &json!({"country": false})));
    }
    assert_eq!(
        raw(r#" {"openapi": "3.1.0", "webhooks": {}}"#).unwrap().0,
        []
    );
}

#[test]
fn yaml_that_says_much_in_little_is_refused() {
    let mut bomb =
        "openapi: 3.1.0\nwebhooks: {}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        bomb = format!("{bomb}a{level}: &a{level} [{below}]\n");
    }
    let deep = format!("{}x{}", "[".repeat(100), "]".repeat(100));
    let deep_json = format!("{{\"a\":{deep}}}").replace('x', "1");
    for text in [
        bomb.as_str(),
        &deep,
        &deep_json,
        "openapi: 3.1.0\nopenapi: 3.1.0",
        "a: 1\n---\nb: 2",
        "{",
        "\t",
        "",
        "a: &a [*a]",
        "a: .inf",
    ] {
        let told = problems(raw(text));
        assert!(told[0].0.starts_with("specRaw"), "{told:?}");
    }
}

/// Documents that are wrong, where, and what is said of it: those whose webhooks are, and those whose
/// operations are.
type Wrong = (Value, &'static str, &'static str);

fn wrong_webhooks() -> Vec<Wrong> {
    vec![
        (json!([]), "spec", "must be an object"),
        (json!({"swagger": "2.0"}), "spec openapi", "which version"),
        (json!({"openapi": "2.0"}), "spec openapi", "3.0 or later"),
        (json!({"openapi": "3.1.0"}), "spec", "has no webhooks"),
        (
            json!({"openapi": "3.1.0", "webhooks": 1}),
            "spec webhooks",
            "must be an object",
        ),
        (
            json!({"openapi": "3.1.0", "webhooks": {"a b": {"post": {}}}}),
            "spec webhooks a b",
            "no name",
        ),
        (
            json!({"openapi": "3.1.0", "webhooks": {"a": {}}}),
            "spec webhooks a",
            "no operation",
        ),
        (
            json!({"openapi": "3.1.0", "webhooks": {"a": {"$ref": "#/b"}}}),
            "spec webhooks a $ref",
            "not in this",
        ),
        (
            json!({"openapi": "3.1.0", "webhooks": {"a": {"$ref": "#/webhooks/a"}}}),
            "spec webhooks a $ref",
            "without an end",
        ),
    ]
}

fn wrong_operations() -> Vec<Wrong> {
    let operation = |operation: Value| with_operation("3.1.0", &operation);
    let refers = |to: &str| body(&json!({"properties": {"a": {"$ref": to}}}));
    vec![
        (
            operation(json!({"deprecated": 1})),
            "spec webhooks pet.new post deprecated",
            "true or false",
        ),
        (
            operation(json!({"description": 1})),
            "spec webhooks pet.new post description",
            "a string",
        ),
        (
            operation(json!({"description": "a".repeat(4097)})),
            "spec webhooks pet.new post description",
            "4096",
        ),
        (
            operation(json!({"tags": [1]})),
            "spec webhooks pet.new post tags 0",
            "a string",
        ),
        (
            operation(json!({"x-svix-feature-flags": {}})),
            "spec webhooks pet.new post x-svix-feature-flags",
            "list",
        ),
        (
            operation(body(&json!({"type": "text"}))),
            "spec webhooks pet.new post requestBody content application/json schema",
            "no JSON Schema",
        ),
        (
            operation(refers("other.yaml#/a")),
            "spec webhooks pet.new post requestBody content application/json schema properties a $ref",
            "other documents",
        ),
        (
            operation(refers("#/components/schemas/Gone")),
            "spec webhooks pet.new post requestBody content application/json schema properties a $ref",
            "is not in the document",
        ),
    ]
}

#[test]
fn each_problem_is_told_with_its_place() {
    for (document, place, said) in [wrong_webhooks(), wrong_operations()].concat() {
        let told = problems(Webhooks::read(Document::Parsed(document)));
        assert!(
            told.iter()
                .any(|(at, why)| at == place && why.contains(said)),
            "{place}: {said}: {told:?}"
        );
    }
}

#[test]
fn schemas_that_grow_with_what_they_refer_to_are_bounded() {
    let values: Vec<_> = (0..20_000).collect();
    let mut webhooks = serde_json::Map::new();
    for number in 0..1_000 {
        let webhook = json!({"post": body(&json!({"$ref": "#/components/schemas/Large"}))});
        webhooks.insert(format!("a.{number}"), webhook);
    }
    let document = json!({
        "openapi": "3.1.0", "webhooks": webhooks, "components": {"schemas": {"Large": {"enum": values}}},
    });
    let told = problems(Webhooks::read(Document::Parsed(document)));
    assert!(told[0].1.contains("too large"), "{:?}", told[0]);
}
