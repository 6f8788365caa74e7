//! Commands to copy: the request of an operation for curl and for `HTTPie`, with a body that has what it must have.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::shape::resolve;

const DEPTH_MAX: usize = 6;

/// A request to write down.
pub(super) struct Request<'a> {
    pub(super) method: String,
    pub(super) path: &'a str,
    pub(super) needs_key: bool,
    pub(super) body: Option<Value>,
}

impl Request<'_> {
    pub(super) fn curl(&self) -> String {
        let mut text = "curl".to_owned();
        if self.method != "GET" {
            let _ = write!(text, " -X {}", self.method);
        }
        let _ = write!(text, " \"$TIDINGS_URL{}\"", self.path);
        if self.needs_key {
            text.push_str(" \\\n  -H \"Authorization: Bearer $TIDINGS_TOKEN\"");
        }
        if let Some(body) = &self.body {
            let body = quoted(&body.to_string());
            let _ = write!(text, " \\\n  --json {body}");
        }
        text
    }

    pub(super) fn httpie(&self) -> String {
        let mut text = "http".to_owned();
        if self.needs_key {
            text.push_str(" -A bearer -a \"$TIDINGS_TOKEN\"");
        }
        let _ = write!(text, " {} \"$TIDINGS_URL{}\"", self.method, self.path);
        match &self.body {
            Some(Value::Object(fields)) => {
                for (name, value) in fields {
                    let (sign, value) = match value {
                        Value::String(value) => ("=", value.clone()),
                        value => (":=", value.to_string()),
                    };
                    let _ = write!(text, " \\\n  {name}{sign}{}", quoted(&value));
                }
            }
            Some(body) => {
                let _ = write!(text, " --raw {}", quoted(&body.to_string()));
            }
            None => {}
        }
        text
    }
}

/// As a shell takes it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What a schema describes, with what it must have; of what must have nothing, the first field.
pub(super) fn example(document: &Value, schema: &Value) -> Value {
    let mut made = value(document, "", schema, 0);
    let schema = resolve(document, schema);
    if made == json!({})
        && let Some((name, field)) = schema["properties"]
            .as_object()
            .and_then(|all| all.iter().next())
    {
        made[name] = value(document, name, field, 1);
    }
    made
}

fn value(document: &Value, name: &str, schema: &Value, depth: usize) -> Value {
    let schema = resolve(document, schema);
    if let Some(words) = schema["enum"].as_array() {
        return words.first().cloned().unwrap_or_default();
    }
    let options = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(first) = options.and_then(|options| options.first()) {
        return value(document, name, first, depth);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") if depth < DEPTH_MAX => {
            let required = schema["required"].as_array().into_iter().flatten();
            let fields = required.filter_map(Value::as_str).map(|name| {
                let field = &schema["properties"][name];
                (name.to_owned(), value(document, name, field, depth + 1))
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Some("array") if schema.get("items").is_some() && depth < DEPTH_MAX => {
            json!([value(document, name, &schema["items"], depth + 1)])
        }
        Some("array") => json!([]),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("string") => text(name, schema).into(),
        _ => json!({}),
    }
}

/// A text that fits what it is called.
fn text(name: &str, schema: &Value) -> &'static str {
    match name {
        _ if schema["format"] == "date-time" => "2026-01-31T12:00:00Z",
        "url" => "https://example.com/hook",
        "name" => "Shop 7",
        "uid" => "shop-7",
        "eventType" | "eventTypes" => "invoice.paid",
        "channels" | "channel" => "billing",
        "description" => "Where invoices go",
        _ => "text",
    }
}
