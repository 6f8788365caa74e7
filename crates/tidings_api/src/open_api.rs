//! The OpenAPI 3.1 document of the API, made of the table of operations, and the operation that serves it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use tidings_domain::access::Access;

use crate::app::REQUEST_ID;
use crate::operations::{Content, Kind, Operation, Parameter, operations, tags};
use crate::pagination::json_text;

/// The document as text, the same for every server of this version.
pub fn document() -> &'static str {
    &DOCUMENT.text
}

struct Document {
    text: String,
    tag: HeaderValue,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let mut text = serde_json::to_string_pretty(&render()).expect("a value is JSON");
    text.push('\n');
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let tag = HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish()));
    let tag = tag.expect("hexadecimal digits are visible");
    Document { text, tag }
});

/// Gives the document, unless the caller has it already.
pub(crate) async fn get_open_api(headers: HeaderMap) -> Response {
    let document = &*DOCUMENT;
    let is_known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|known| known.to_str().ok())
        .flat_map(|known| known.split(','))
        .any(|known| known.trim().trim_start_matches("W/").as_bytes() == document.tag.as_bytes());
    let mut response = if is_known {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        json_text(StatusCode::OK, document.text.as_str())
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, document.tag.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn render() -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = SchemaGenerator::new(settings);
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let described = describe(operation, &mut generator);
        let path = paths
            .entry(operation.open_api_path())
            .or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = described;
    }
    let mut schemas = generator.take_definitions(true);
    schemas.extend(problems());
    for schema in schemas.values_mut() {
        mark_instants(schema);
    }
    let tags: Vec<Value> = tags()
        .iter()
        .map(|tag| json!({"name": tag.name, "description": tag.about}))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tidings",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Webhooks in one binary: what this server takes in it stores, and delivers signed, retried and logged. Speaks the Svix API.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or the token of a session."},
            },
            "headers": headers(),
            "responses": all_refusals(),
            "schemas": schemas,
        },
    })
}

fn describe(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "responses": responses(operation, generator),
        "x-tidings-access": access(operation.access),
    });
    if let Some(what) = operation.missing {
        described["description"] = format!("Answers 501: {what} are not there yet.").into();
    }
    let in_path = operation.path_parameters();
    let in_path = in_path.into_iter().map(path_parameter);
    let parameters: Vec<_> = in_path
        .chain(operation.query.iter().map(query_parameter))
        .collect();
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(taken) = operation.body {
        described["requestBody"] = json!({
            "required": taken.is_required,
            "content": {"application/json": {"schema": (taken.shape)(generator)}},
        });
    }
    described["security"] = match operation.access {
        Access::Anyone => json!([]),
        _ => json!([{"bearer": []}]),
    };
    described
}

/// What an operation asks of its caller, in a word.
pub fn access(access: Access) -> String {
    match access {
        Access::Anyone => "anyone".to_owned(),
        Access::Environment(role) => format!("environment:{}", role.as_str()),
        Access::Application(capability) => format!("application:{}", capability.as_str()),
        Access::Own(capability) => format!("own:{}", capability.as_str()),
        Access::Catalog => "catalog".to_owned(),
        Access::Session => "session".to_owned(),
    }
}

fn path_parameter(name: &'static str) -> Value {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": about_path_parameter(name),
        "schema": {"type": "string", "minLength": 1},
    })
}

/// What stands for a name in a path.
pub fn about_path_parameter(name: &str) -> &'static str {
    match name {
        "app" => "The id or uid of the application.",
        "endpoint" => "The id or uid of the endpoint.",
        "destination" => "The id or uid of the destination.",
        "msg" => "The id or event id of the message.",
        "attempt" => "The id of the attempt.",
        "sink" => "The id or uid of the polling endpoint.",
        "consumer" => "The name of the consumer, which is made by its first use.",
        "name" => "Its name.",
        "type" => "The type of the records.",
        "board" => "The id or uid of the board.",
        "button" => "The id or uid of the button.",
        "inbox" => "The id of the inbox.",
        "request" => "The id of the request.",
        _ => "Its id.",
    }
}

fn query_parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.kind {
        Kind::Text(bytes_max) => json!({"type": "string", "maxLength": bytes_max}),
        Kind::Flag(default) => json!({"type": "boolean", "default": default}),
        Kind::Number(from, to, default) => {
            json!({"type": "integer", "minimum": from, "maximum": to, "default": default})
        }
        Kind::OneOf(numbers) => json!({"type": "integer", "enum": numbers}),
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        Kind::Word(words) => json!({"type": "string", "enum": words}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
    };
    json!({
        "name": parameter.name,
        "in": "query",
        "description": parameter.summary,
        "schema": schema,
    })
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for answer in &operation.answers {
        let mut described = match answer.content {
            Content::Nothing => json!({"description": "Done; there is no body."}),
            Content::Json(shape) => json!({
                "description": success(answer.status),
                "content": {"application/json": {"schema": shape(generator)}},
            }),
            Content::Events => json!({
                "description": "Events, until somebody hangs up.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }),
        };
        if operation.access != Access::Anyone {
            described["headers"] = references(RATE_HEADERS);
        }
        responses.insert(answer.status.to_string(), described);
    }
    for status in refusals(operation) {
        let reference = json!({"$ref": format!("#/components/responses/{status}")});
        responses.insert(status.to_string(), reference);
    }
    Value::Object(responses)
}

fn success(status: u16) -> &'static str {
    match status {
        201 => "It was made.",
        202 => "It was taken in.",
        _ => "All is well.",
    }
}

/// The statuses that an operation may refuse a request with, by what it takes.
pub fn refusals(operation: &Operation) -> Vec<u16> {
    let mut statuses = vec![400, 405];
    if operation.access != Access::Anyone {
        statuses.extend([401, 403, 429]);
    }
    if operation.missing.is_some() {
        statuses.push(501);
        return statuses;
    }
    // Whoever need not say who they are, but sends a body, shows a code in it, and it may be nobody's.
    let takes_code = operation.access == Access::Anyone && operation.body.is_some();
    if takes_code || !operation.path_parameters().is_empty() {
        statuses.push(404);
    }
    if takes_code {
        statuses.push(403); // it was used, or has ended
    }
    if operation.method != http::Method::GET {
        statuses.push(409);
    }
    if operation.method != http::Method::GET && operation.method != http::Method::DELETE {
        statuses.extend([408, 413, 415]);
    }
    if takes_code || operation.access != Access::Anyone {
        statuses.push(422);
    }
    statuses.extend([500, 503]);
    statuses.sort_unstable();
    statuses
}

/// All refusals by their status, which look the same everywhere.
fn all_refusals() -> Map<String, Value> {
    let statuses = [
        400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 501, 503,
    ];
    let described = statuses.map(|status| {
        let name = if status == 422 {
            "HTTPValidationError"
        } else {
            "HttpErrorOut"
        };
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        let mut refused = json!({
            "description": refusal(status),
            "headers": references(&[REQUEST_ID]),
            "content": {"application/json": {"schema": schema}},
        });
        if let (Value::Object(known), Value::Object(more)) =
            (&mut refused["headers"], references(headers_of(status)))
        {
            known.extend(more);
        }
        (status.to_string(), refused)
    });
    described.into_iter().collect()
}

/// What tells a caller that is limited how it stands.
const RATE_HEADERS: &[&str] = &["RateLimit", "RateLimit-Policy"];

/// The headers of a refusal, beside the id of the request. The rate is told of once somebody has shown who they are.
fn headers_of(status: u16) -> &'static [&'static str] {
    match status {
        401 => &["WWW-Authenticate"],
        405 => &[],
        429 | 503 => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        _ => RATE_HEADERS,
    }
}

fn references(names: &[&str]) -> Value {
    let all = names.iter().map(|name| {
        let reference = json!({"$ref": format!("#/components/headers/{name}")});
        ((*name).to_owned(), reference)
    });
    Value::Object(all.collect())
}

/// The headers that answers may have.
fn headers() -> Value {
    let described = [
        (
            REQUEST_ID,
            "Names the request; the caller's own `X-Request-Id`, if it sends one.",
        ),
        (
            "RateLimit",
            "How many requests are left, and in how many seconds all of them are there again. Only where the caller is limited.",
        ),
        (
            "RateLimit-Policy",
            "How many requests there may be in how many seconds. Only where the caller is limited.",
        ),
        ("Retry-After", "In how many seconds to come back."),
        ("WWW-Authenticate", "How to say who is calling."),
    ];
    let all = described.map(|(name, about)| {
        let kind = match name {
            "Retry-After" => json!({"type": "integer", "minimum": 1}),
            _ => json!({"type": "string"}),
        };
        let header = json!({"description": about, "schema": kind});
        (name.to_owned(), header)
    });
    Value::Object(all.into_iter().collect())
}

fn refusal(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read, or cannot be done as things are.",
        401 => "There is no key, or none that is valid.",
        403 => "The caller may not do this.",
        404 => "There is no such thing.",
        405 => "This path has other methods.",
        408 => "The body did not come in time.",
        409 => "It does not go with what is there.",
        413 => "The body is too large.",
        415 => "The body is not JSON.",
        422 => "Fields or parameters are wrong.",
        429 => "Too fast; `Retry-After` says when to come back.",
        501 => "Not there yet.",
        503 => "Not now; `Retry-After` says when to come back.",
        _ => "A defect; the request id finds it in the log.",
    }
}

fn problems() -> Map<String, Value> {
    let id = json!({"type": "string", "description": "Names the request in the server's log."});
    let problems = json!({
        "HttpErrorOut": {
            "type": "object",
            "required": ["code", "detail", "requestId"],
            "properties": {
                "code": {"type": "string", "description": "What is wrong, in a word for programs."},
                "detail": {"type": "string", "description": "What is wrong, and what to do about it."},
                "requestId": id,
            },
        },
        "HTTPValidationError": {
            "type": "object",
            "required": ["code", "detail", "requestId"],
            "properties": {
                "code": {"type": "string"},
                "detail": {"type": "array", "items": {"$ref": "#/components/schemas/ValidationError"}},
                "requestId": id,
            },
        },
        "ValidationError": {
            "type": "object",
            "required": ["loc", "msg", "type"],
            "properties": {
                "loc": {"type": "array", "items": {"type": "string"}, "description": "Where it is wrong."},
                "msg": {"type": "string", "description": "What is wrong."},
                "type": {"type": "string", "description": "What kind of wrong it is, in a word for programs."},
            },
        },
    });
    match problems {
        Value::Object(problems) => problems,
        _ => Map::new(),
    }
}

/// Instants are written as texts; what they are called says what they are.
fn mark_instants(schema: &mut Value) {
    let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, field) in fields {
        let is_instant = name.ends_with("At")
            || matches!(
                name.as_str(),
                "timestamp" | "nextAttempt" | "firstSeen" | "lastSeen"
            );
        if is_instant && field.get("type").is_some() {
            field["format"] = "date-time".into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every reference of the document leads somewhere, and no schema is left that nobody names.
    #[test]
    fn every_reference_leads_somewhere() {
        let document: Value = serde_json::from_str(document()).unwrap();
        let text = document.to_string();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        assert!(schemas.len() > 40, "{}", schemas.len());
        let mut named = 0;
        for part in text.split("\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
            named += 1;
        }
        assert!(named > 100, "{named}");
        for name in schemas.keys() {
            let reference = format!("\"#/components/schemas/{name}\"");
            assert!(text.contains(&reference), "nobody names {name}");
            let is_plain =
                |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | '-');
            assert!(name.chars().all(is_plain), "{name}");
            assert!(
                !name.ends_with(|last: char| last.is_ascii_digit()),
                "two are called {name}"
            );
        }
    }

    #[test]
    fn every_row_is_in_the_document() {
        let document: Value = serde_json::from_str(document()).unwrap();
        for operation in operations() {
            let method = operation.method.as_str().to_ascii_lowercase();
            let described = &document["paths"][operation.open_api_path()][method];
            assert_eq!(described["operationId"], operation.id);
            let is_open = operation.access == Access::Anyone;
            assert_eq!(
                described["security"] == json!([]),
                is_open,
                "{}",
                operation.id
            );
        }
    }
}
