//! What a schema of the document looks like to people: one line for each field, those of an inner object further in.

use serde_json::Value;

use super::document::said;

/// How far in a field may lie and still be shown.
const DEPTH_MAX: usize = 4;

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) about: String,
    pub(super) is_required: bool,
    /// How far in it lies.
    pub(super) depth: usize,
}

/// A parameter of a path or a query.
pub(super) fn parameter(parameter: &Value) -> Line {
    Line {
        name: said(&parameter["name"]),
        kind: kind(&Value::Null, &parameter["schema"]),
        about: said(&parameter["description"]),
        is_required: parameter["required"] == true,
        depth: 0,
    }
}

/// The fields of what a schema describes.
pub(super) fn lines(document: &Value, schema: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    add(document, schema, 0, &mut lines);
    lines
}

fn add(document: &Value, schema: &Value, depth: usize, lines: &mut Vec<Line>) {
    let schema = resolve(document, schema);
    if depth > DEPTH_MAX {
        return;
    }
    for part in ["allOf", "oneOf", "anyOf"] {
        for one in schema[part].as_array().into_iter().flatten() {
            add(document, one, depth, lines);
        }
    }
    if let Some(items) = schema.get("items") {
        add(document, items, depth, lines);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"].as_array().into_iter().flatten();
        let target = resolve(document, field);
        let about = [field, target].map(|schema| said(&schema["description"]));
        let [own, general] = about;
        lines.push(Line {
            name: name.clone(),
            kind: kind(document, field),
            about: if own.is_empty() { general } else { own },
            is_required: required.into_iter().any(|required| required == name),
            depth,
        });
        add(document, field, depth + 1, lines);
    }
}

/// The schema that a reference names, or the schema itself.
pub(super) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let Some(reference) = schema["$ref"].as_str() else {
        return schema;
    };
    let pointer = reference.trim_start_matches('#');
    document.pointer(pointer).unwrap_or(&Value::Null)
}

/// What a value may be, in a few words of JSON.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolve(document, schema);
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        return words.join(" | ");
    }
    if let Some(word) = schema.get("const") {
        return word.to_string();
    }
    for part in ["oneOf", "anyOf"] {
        if let Some(options) = schema[part].as_array() {
            let mut kinds: Vec<_> = options.iter().map(|one| kind(document, one)).collect();
            kinds.dedup();
            return kinds.join(" | ");
        }
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any"],
    };
    let kinds = kinds.into_iter().map(|name| match name {
        "array" if schema.get("items").is_some() => {
            format!("[{}]", kind(document, &schema["items"]))
        }
        "object" if schema["additionalProperties"].is_object() => {
            format!("{{{}}}", kind(document, &schema["additionalProperties"]))
        }
        "string" => schema["format"].as_str().unwrap_or("string").to_owned(),
        name => name.to_owned(),
    });
    kinds.collect::<Vec<_>>().join(" | ")
}
