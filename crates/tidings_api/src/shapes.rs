//! What bodies look like, for the OpenAPI document.
//!
//! Answers are described by the types that write them. Requests are read field by field ([`Fields`]), so what
//! a reader reads is written down beside it with [`object`], and both are seen together.
//!
//! [`Fields`]: crate::fields::Fields

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use tidings_domain::names::{CHANNEL_BYTES_MAX, NAME_BYTES_MAX};

use crate::pagination::ListOut;

/// What a type writes.
pub(crate) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// A page of what a type writes.
pub(crate) fn page_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<ListOut<'static, T>>()
}

/// Nothing but an object.
pub(crate) fn empty(_: &mut SchemaGenerator) -> Schema {
    object().done()
}

/// Any object.
pub(crate) fn any_object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object"})
}

/// An object as a request's reader reads it. Fields that it does not know are let be.
pub(crate) struct Object {
    fields: Map<String, Value>,
    required: Vec<&'static str>,
}

pub(crate) fn object() -> Object {
    Object {
        fields: Map::new(),
        required: Vec::new(),
    }
}

impl Object {
    /// A field that must be there.
    pub(crate) fn must(mut self, name: &'static str, about: &str, shape: Schema) -> Self {
        self.required.push(name);
        self.can(name, about, shape)
    }

    /// A field that may be absent, or `null`, which is either the same or removes what there was.
    pub(crate) fn may(self, name: &'static str, about: &str, shape: Schema) -> Self {
        self.can(name, about, or_null(shape))
    }

    /// A field that may be absent and not `null`.
    pub(crate) fn can(mut self, name: &'static str, about: &str, mut shape: Schema) -> Self {
        if !about.is_empty() {
            shape.insert("description".to_owned(), about.into());
        }
        self.fields.insert(name.to_owned(), shape.to_value());
        self
    }

    /// The other name of a field that was just described.
    pub(crate) fn also(mut self, name: &'static str, of: &'static str) -> Self {
        let mut shape = self.fields[of].clone();
        shape["description"] = format!("The older name of `{of}`.").into();
        shape["deprecated"] = true.into();
        self.fields.insert(name.to_owned(), shape);
        self
    }

    pub(crate) fn done(self) -> Schema {
        let mut schema = json_schema!({"type": "object"});
        if !self.fields.is_empty() {
            schema.insert("properties".to_owned(), Value::Object(self.fields));
        }
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), json!(self.required));
        }
        schema
    }
}

fn or_null(shape: Schema) -> Schema {
    let mut value = shape.to_value();
    if value.as_object().is_some_and(Map::is_empty) {
        return Schema::default();
    }
    let is_plain = value["type"].is_string() && value.get("enum").is_none();
    if !is_plain {
        return json_schema!({"anyOf": [value, {"type": "null"}]});
    }
    let kind = value["type"].take();
    value["type"] = json!([kind, "null"]);
    Schema::try_from(value).expect("an object is a schema")
}

/// A text.
pub(crate) fn text() -> Schema {
    json_schema!({"type": "string"})
}

/// A text of at most so many bytes.
pub(crate) fn short(bytes_max: usize) -> Schema {
    json_schema!({"type": "string", "maxLength": bytes_max})
}

/// The caller's own id of something.
pub(crate) fn uid() -> Schema {
    json_schema!({"type": "string", "minLength": 1, "maxLength": NAME_BYTES_MAX, "pattern": "^[a-zA-Z0-9\\-_.]+$"})
}

/// The name of an event type.
pub(crate) fn event_type() -> Schema {
    json_schema!({"type": "string", "minLength": 1, "maxLength": NAME_BYTES_MAX})
}

/// The names of event types.
pub(crate) fn event_types() -> Schema {
    list(event_type())
}

/// Channels.
pub(crate) fn channels() -> Schema {
    list(json_schema!({"type": "string", "minLength": 1, "maxLength": CHANNEL_BYTES_MAX}))
}

/// A list.
pub(crate) fn list(items: Schema) -> Schema {
    json_schema!({"type": "array", "items": items.to_value()})
}

/// Yes or no.
pub(crate) fn flag() -> Schema {
    json_schema!({"type": "boolean"})
}

/// A whole number from here to there.
pub(crate) fn number(from: u64, to: u64) -> Schema {
    json_schema!({"type": "integer", "minimum": from, "maximum": to})
}

/// A whole number from 0 on.
pub(crate) fn count() -> Schema {
    number(0, u64::from(u32::MAX))
}

/// An instant.
pub(crate) fn instant() -> Schema {
    json_schema!({"type": "string", "format": "date-time"})
}

/// One of a few words.
pub(crate) fn word(words: &[&str]) -> Schema {
    json_schema!({"type": "string", "enum": words})
}

/// Texts by name.
pub(crate) fn texts_by_name() -> Schema {
    json_schema!({"type": "object", "additionalProperties": {"type": "string"}})
}

/// Anything at all.
pub(crate) fn anything() -> Schema {
    Schema::default()
}

/// Any object.
pub(crate) fn some_object() -> Schema {
    json_schema!({"type": "object"})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_may_be_null_says_so() {
        let schema = object()
            .must("name", "Its name.", text())
            .may("uid", "", uid())
            .may("kind", "", word(&["a"]))
            .done();
        let value = schema.to_value();
        assert_eq!(value["required"], json!(["name"]));
        assert_eq!(value["properties"]["name"]["type"], "string");
        assert_eq!(
            value["properties"]["uid"]["type"],
            json!(["string", "null"])
        );
        assert_eq!(value["properties"]["kind"]["anyOf"][1]["type"], "null");
    }
}
