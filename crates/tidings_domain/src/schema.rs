//! JSON Schemas of event types: what is one, and whether a payload fits it.
//!
//! A schema is compiled once and then judges any number of payloads. It reaches nothing outside itself: a
//! reference to another document is refused. Patterns run in time that grows with the text alone, so what
//! needs to look around or back is refused too.

pub mod drift;

use std::fmt;

use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

/// Most mismatches that are told of one payload.
pub const MISMATCHES_MAX: usize = 10;
/// Most bytes of what is told of one; the rest is the caller's own JSON.
const TOLD_BYTES_MAX: usize = 300;
/// Most bytes of a pattern once it is compiled.
const PATTERN_COMPILED_BYTES_MAX: usize = 1024 * 1024;

/// The draft that a schema is of which does not name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlessNamed {
    /// Draft 7, as in event types.
    Draft7,
    /// Draft 2020-12, as in catalogues and in `OpenAPI` 3.1.
    Draft202012,
}

/// What happens to a message whose payload does not fit the newest schema of its event type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SchemaPolicy {
    /// Nothing: the schema is there for people to read.
    #[default]
    Off,
    /// It is accepted, and what differs is noted.
    Warn,
    /// It is refused.
    Refuse,
}

impl SchemaPolicy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::Warn, Self::Refuse];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Refuse => "refuse",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// As a number, for stores.
    pub fn number(self) -> i16 {
        match self {
            Self::Off => 0,
            Self::Warn => 1,
            Self::Refuse => 2,
        }
    }

    /// The one of this number.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|policy| policy.number() == number)
    }
}

/// A schema that is one, ready to judge payloads.
#[derive(Debug, Clone)]
pub struct Schema(Validator);

/// Where a payload does not fit, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where, as a JSON pointer into the payload; empty for the whole of it.
    pub pointer: String,
    /// Why, for who sent it: it shows the value.
    pub why: String,
    /// Why, without the value: for what is kept.
    pub rule: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)?;
        if self.pointer.is_empty() {
            return Ok(());
        }
        write!(f, " (at `{}`)", self.pointer)
    }
}

impl Schema {
    /// Compiles a schema, or tells why it is none.
    pub fn compile(schema: &Value, unless_named: UnlessNamed) -> Result<Self, String> {
        let patterns = PatternOptions::regex().size_limit(PATTERN_COMPILED_BYTES_MAX);
        let options = jsonschema::options()
            .should_validate_formats(true)
            .with_pattern_options(patterns);
        let options = match schema.get("$schema") {
            Some(_) => options,
            None => options.with_draft(match unless_named {
                UnlessNamed::Draft7 => Draft::Draft7,
                UnlessNamed::Draft202012 => Draft::Draft202012,
            }),
        };
        let built = options.build(schema);
        built.map(Self).map_err(|error| told(&error).to_string())
    }

    /// Where a payload does not fit, [`MISMATCHES_MAX`] places at most; none if it fits.
    pub fn mismatches(&self, payload: &Value) -> Vec<Mismatch> {
        // Most payloads fit, and to say so is cheaper than to look for reasons.
        if self.0.is_valid(payload) {
            return Vec::new();
        }
        let errors = self.0.iter_errors(payload).take(MISMATCHES_MAX);
        errors.map(|error| told(&error)).collect()
    }
}

/// The newest of the schemas of an event type, with its version: 10 is newer than 9, and what is no number
/// is older than any.
pub fn newest(schemas: &Value) -> Option<(&str, &Value)> {
    let versions = schemas.as_object()?.iter();
    let age = |version: &str| version.parse::<u64>().ok();
    let newest = versions.max_by_key(|(version, _)| (age(version), version.as_str()));
    newest.map(|(version, schema)| (version.as_str(), schema))
}

/// The `examples` of the newest of the schemas of an event type, in their order.
pub fn examples(schemas: &Value) -> &[Value] {
    let newest = newest(schemas).and_then(|(_, schema)| schema.get("examples"));
    newest.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn told(error: &ValidationError<'_>) -> Mismatch {
    Mismatch {
        pointer: shortened(error.instance_path().to_string()),
        why: shortened(error.to_string()),
        rule: shortened(error.masked_with("the value").to_string()),
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > TOLD_BYTES_MAX {
        let end = (0..=TOLD_BYTES_MAX).rfind(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compiled(schema: &Value) -> Schema {
        Schema::compile(schema, UnlessNamed::Draft202012).unwrap()
    }

    #[test]
    fn policies_keep_their_names_and_numbers() {
        for policy in SchemaPolicy::ALL {
            assert_eq!(SchemaPolicy::from_name(policy.name()), Some(policy));
            assert_eq!(SchemaPolicy::from_number(policy.number()), Some(policy));
        }
        assert_eq!(SchemaPolicy::from_name("Refuse"), None);
        assert_eq!(SchemaPolicy::from_number(3), None);
    }

    #[test]
    fn a_schema_is_judged_by_the_draft_that_it_names() {
        let tuple = json!({"items": [{"type": "string"}]}); // no longer a schema since 2020-12
        assert!(Schema::compile(&tuple, UnlessNamed::Draft7).is_ok());
        assert!(Schema::compile(&tuple, UnlessNamed::Draft202012).is_err());
        let mut named = tuple;
        named["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        assert!(Schema::compile(&named, UnlessNamed::Draft7).is_err());
        let unknown = json!({"$schema": "https://example.com/mine"});
        assert!(Schema::compile(&unknown, UnlessNamed::Draft7).is_err());
    }

    #[test]
    fn what_cannot_be_used_is_no_schema() {
        for unusable in [
            json!({"$ref": "https://example.com/other.json"}),
            json!({"$ref": "file:///etc/passwd"}),
            json!({"$ref": "#/$defs/gone"}),
            json!({"pattern": "("}),
            json!({"pattern": "(?=a)b"}),
            json!({"pattern": "(a)\\1"}),
            json!({"pattern": "(a{1000}){1000}"}),
        ] {
            let refused = Schema::compile(&unusable, UnlessNamed::Draft202012);
            assert!(refused.is_err(), "{unusable}");
        }
    }

    #[test]
    fn a_schema_that_names_itself_ends() {
        let schema = compiled(&json!({"$ref": "#"}));
        assert!(schema.mismatches(&json!({"a": 1})).is_empty());
    }

    #[test]
    fn a_pattern_takes_no_longer_than_its_text() {
        let schema = compiled(&json!({"properties": {"a": {"pattern": "^(a+)+$"}}}));
        let text = format!("{}b", "a".repeat(100_000));
        assert_eq!(schema.mismatches(&json!({ "a": text })).len(), 1);
    }

    #[test]
    fn mismatches_are_told_with_their_places_and_are_not_endless() {
        let schema = compiled(&json!({"additionalProperties": {"type": "integer"}}));
        let payload: serde_json::Map<String, Value> = (0..50)
            .map(|n| (format!("k{n}"), json!("é".repeat(1000))))
            .collect();
        let told = schema.mismatches(&Value::Object(payload));
        assert_eq!(told.len(), MISMATCHES_MAX);
        assert!(told[0].pointer.starts_with("/k") && told[0].why.len() < 400);
        assert!(told[0].to_string().contains("(at `/k"));
    }

    #[test]
    fn what_is_kept_of_a_mismatch_does_not_show_the_value() {
        let schema = compiled(&json!({"properties": {"a": {"type": "integer"}}}));
        let told = schema.mismatches(&json!({"a": "secret"}));
        assert_eq!(told[0].why, "\"secret\" is not of type \"integer\"");
        assert_eq!(told[0].rule, "the value is not of type \"integer\"");
        assert_eq!(told[0].pointer, "/a");
    }

    #[test]
    fn the_newest_version_is_the_highest_number() {
        let name = |schemas: Value| newest(&schemas).map(|(version, _)| version.to_owned());
        assert_eq!(name(json!({"9": {}, "10": {}, "beta": {}})).unwrap(), "10");
        assert_eq!(name(json!({"a": {}, "b": {}})).unwrap(), "b");
        assert_eq!(name(json!({})), None);
        assert_eq!(name(json!(null)), None);
    }
}
