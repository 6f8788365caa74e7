//! JSON Schemas of event types: which are taken, and what happens to payloads that do not fit.

use serde_json::Value;
use tidings_domain::schema::drift::Drift;
use tidings_domain::schema::{Mismatch, Schema, SchemaPolicy, UnlessNamed};
use tidings_store::directory::{ApplicationView, Check};

use crate::Service;
use crate::error::{FieldProblem, ServiceError};
use crate::limits::SCHEMAS_BYTES_MAX;
use crate::payload::Payload;

impl Service {
    /// Refuses a payload that does not fit the schema of its event type, or gives what differs, as the event
    /// type wants it. Where an environment checks nothing, this is one look at a flag.
    pub(crate) async fn check_payload(
        &self,
        view: &ApplicationView,
        event_type: &str,
        payload: &Payload,
    ) -> Result<Option<(i64, Drift)>, ServiceError> {
        if view.checks.is_idle() {
            return Ok(None);
        }
        Box::pin(self.check_by_schema(view, event_type, payload)).await
    }

    async fn check_by_schema(
        &self,
        view: &ApplicationView,
        event_type: &str,
        payload: &Payload,
    ) -> Result<Option<(i64, Drift)>, ServiceError> {
        let checks = self.directory.checks(&view.checks).await?;
        let Some(check) = checks.of(event_type) else {
            return Ok(None);
        };
        let mismatches = match serde_json::from_slice(payload.as_bytes()) {
            Ok(payload) => check.mismatches(&payload),
            Err(error) => vec![unreadable(&error)],
        };
        if mismatches.is_empty() {
            return Ok(None);
        }
        match check.policy {
            SchemaPolicy::Off => Ok(None),
            SchemaPolicy::Warn => {
                let drift = Drift::of_message(&check.version, &mismatches, self.now());
                Ok(Some((check.event_type, drift)))
            }
            SchemaPolicy::Refuse => Err(refused(event_type, check, &mismatches)),
        }
    }
}

/// JSON that a message may carry, but that has no value here, such as a number beyond all floating ones.
fn unreadable(error: &serde_json::Error) -> Mismatch {
    let why = format!("it cannot be checked: {error}");
    Mismatch {
        pointer: String::new(),
        rule: "it cannot be checked: a number is out of range".to_owned(),
        why,
    }
}

fn refused(event_type: &str, check: &Check, mismatches: &[Mismatch]) -> ServiceError {
    let problems = mismatches.iter().map(|mismatch| {
        let place = match mismatch.pointer.as_str() {
            "" => "the payload".to_owned(),
            pointer => format!("`{pointer}`"),
        };
        let mut loc = vec!["body".to_owned(), "payload".to_owned()];
        let steps = mismatch.pointer.split('/').skip(1);
        loc.extend(steps.map(|step| step.replace("~1", "/").replace("~0", "~")));
        FieldProblem {
            loc,
            msg: format!(
                "{place} does not fit version `{}` of the schema of `{event_type}`: {}",
                check.version, mismatch.why
            ),
            kind: "value_error.schema",
        }
    });
    ServiceError::Invalid(problems.collect())
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
        Schema::compile(schema, UnlessNamed::Draft7)
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
    fn a_schema_is_of_draft_7_unless_it_names_another() {
        let tuple = json!({"items": [{"type": "string"}]}); // no longer a schema since 2020-12
        assert!(check_schemas(&json!({"1": tuple})).is_ok());
        let mut named = tuple;
        named["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        assert!(check_schemas(&json!({"1": named})).is_err());
    }
}
