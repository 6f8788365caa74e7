//! JSON Schemas of event types: which are refused, and whether a payload fits one.

use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use crate::limits::SCHEMAS_BYTES_MAX;

/// Most mismatches that are told of one payload.
const MISMATCHES_MAX: usize = 10;
/// Most bytes of what is told of one; the rest is the caller's own JSON.
const TOLD_BYTES_MAX: usize = 300;

/// A schema that is one, ready to judge payloads. One that does not name its draft is of this one.
pub(crate) fn compile(schema: &Value, unless_named: Draft) -> Result<Validator, String> {
    let options = jsonschema::options().should_validate_formats(true);
    let options = match schema.get("$schema") {
        Some(_) => options,
        None => options.with_draft(unless_named),
    };
    options.build(schema).map_err(|error| told(&error))
}

/// Where a payload does not fit, and why.
pub(crate) fn mismatches(validator: &Validator, payload: &Value) -> Vec<String> {
    let errors = validator.iter_errors(payload);
    errors
        .take(MISMATCHES_MAX)
        .map(|error| told(&error))
        .collect()
}

fn told(error: &ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let mut told = error.to_string();
    if told.len() > TOLD_BYTES_MAX {
        let end = (0..=TOLD_BYTES_MAX).rfind(|at| told.is_char_boundary(*at));
        told.truncate(end.unwrap_or_default());
        told.push('…');
    }
    if place.is_empty() {
        told
    } else {
        format!("{told} (at `{place}`)")
    }
}

/// The schemas of an event type: for each version one that is a JSON Schema, of draft 7 unless it names
/// another.
pub(crate) fn check_schemas(schemas: &Value) -> Result<(), String> {
    let versions = schemas
        .as_object()
        .ok_or("must be an object: a JSON Schema for each version")?;
    let json = schemas.to_string();
    if json.len() > SCHEMAS_BYTES_MAX {
        return Err("may have at most 262144 bytes as JSON".to_owned());
    }
    // Databases cannot keep it in text. Written out, this also refuses a backslash before it.
    if json.contains("\\u0000") {
        return Err("may not have the character U+0000".to_owned());
    }
    for (version, schema) in versions {
        let draft = match schema.get("$schema").and_then(Value::as_str) {
            None => " of draft 7",
            Some(_) => "",
        };
        compile(schema, Draft::Draft7)
            .map_err(|why| format!("version `{version}` is no JSON Schema{draft}: {why}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_an_object_of_schemas() {
        assert!(check_schemas(&json!({"1": {"type": "object"}})).is_ok());
        assert!(check_schemas(&json!({})).is_ok());
        assert!(check_schemas(&json!([])).is_err());
        assert!(check_schemas(&json!({"1": "object"})).is_err());
        let error =
            check_schemas(&json!({"2": {"properties": {"a": {"type": "text"}}}})).unwrap_err();
        assert!(
            error.contains("version `2`") && error.contains("/properties/a/type"),
            "{error}"
        );
        assert!(check_schemas(&json!({"1": {"title": "a".repeat(262_144)}})).is_err());
    }

    #[test]
    fn a_schema_is_judged_by_the_draft_that_it_names() {
        let tuple = json!({"items": [{"type": "string"}]}); // no longer a schema since 2020-12
        assert!(check_schemas(&json!({"1": tuple})).is_ok());
        let mut named = tuple.clone();
        named["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        assert!(check_schemas(&json!({"1": named})).is_err());
        assert!(compile(&tuple, Draft::Draft202012).is_err());
        let unknown = json!({"$schema": "https://example.com/mine"});
        assert!(check_schemas(&json!({"1": unknown})).is_err());
    }

    #[test]
    fn what_cannot_be_used_is_no_schema() {
        let remote = json!({"$ref": "https://example.com/other.json"});
        assert!(compile(&remote, Draft::Draft202012).is_err());
        assert!(compile(&json!({"pattern": "("}), Draft::Draft202012).is_err());
        assert!(compile(&json!({"$ref": "#/$defs/gone"}), Draft::Draft202012).is_err());
    }

    #[test]
    fn a_schema_that_names_itself_ends() {
        let validator = compile(&json!({"$ref": "#"}), Draft::Draft202012).unwrap();
        assert!(mismatches(&validator, &json!({"a": 1})).is_empty());
    }

    #[test]
    fn mismatches_are_told_with_their_places_and_are_not_endless() {
        let schema = json!({"additionalProperties": {"type": "integer"}});
        let validator = compile(&schema, Draft::Draft202012).unwrap();
        let payload: serde_json::Map<String, Value> = (0..50)
            .map(|n| (format!("k{n}"), json!("é".repeat(1000))))
            .collect();
        let told = mismatches(&validator, &Value::Object(payload));
        assert_eq!(told.len(), MISMATCHES_MAX);
        assert!(told[0].contains("(at `/k") && told[0].len() < 400);
    }
}
