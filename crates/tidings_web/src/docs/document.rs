//! The OpenAPI document as the pages show it: topics, their operations, and what those take and answer.

use serde_json::Value;

use super::samples;
use super::shape::{Line, lines, parameter, resolve};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The whole document.
#[derive(Debug)]
pub(super) struct Docs {
    pub(super) topics: Vec<Topic>,
}

/// Operations that belong together.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: String,
    /// The last part of its page's address.
    pub(super) address: String,
    pub(super) about: String,
    pub(super) operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    /// The name of the text that says who may do it.
    pub(super) who: &'static str,
    /// The role or the capability that it takes.
    pub(super) access: String,
    pub(super) is_missing: bool,
    pub(super) parameters: Vec<Line>,
    pub(super) body: Vec<Line>,
    pub(super) answers: Vec<Answer>,
    pub(super) curl: String,
    pub(super) httpie: String,
}

/// One way in which an operation ends.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) about: String,
    pub(super) lines: Vec<Line>,
}

impl Operation {
    /// The look of its method.
    pub(super) fn tone(&self) -> &'static str {
        match self.method.as_str() {
            "GET" => "info",
            "DELETE" => "bad",
            "POST" => "ok",
            _ => "warn",
        }
    }
}

impl Answer {
    /// Whether all went well.
    pub(super) fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }
}

impl Docs {
    /// Reads a document. What it lacks is not shown.
    pub(super) fn read(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).unwrap_or_default();
        let mut topics: Vec<Topic> = each(&document["tags"]).map(Topic::empty).collect();
        let paths = document["paths"].as_object().into_iter().flatten();
        for (path, methods) in paths {
            for method in METHODS {
                let Some(described) = methods.get(method) else {
                    continue;
                };
                let operation = Operation::read(&document, path, method, described);
                let name = said(&described["tags"][0]);
                if let Some(topic) = topics.iter_mut().find(|topic| topic.name == name) {
                    topic.operations.push(operation);
                }
            }
        }
        topics.retain(|topic| !topic.operations.is_empty());
        Self { topics }
    }
}

impl Topic {
    fn empty(tag: &Value) -> Self {
        let name = said(&tag["name"]);
        Self {
            address: name.to_lowercase().replace(' ', "-"),
            name,
            about: said(&tag["description"]),
            operations: Vec::new(),
        }
    }
}

impl Operation {
    fn read(document: &Value, path: &str, method: &str, described: &Value) -> Self {
        let body = &described["requestBody"]["content"]["application/json"]["schema"];
        let answers = described["responses"].as_object().into_iter().flatten();
        let access = said(&described["x-tidings-access"]);
        let (who, access) = match access.split_once(':') {
            Some(("environment", role)) => ("docs-environment", role),
            Some((_, capability)) => ("docs-application", capability),
            None if access == "anyone" => ("docs-anyone", ""),
            None if access == "catalog" => ("docs-catalog", ""),
            None => ("docs-session", ""),
        };
        let request = samples::Request {
            method: method.to_uppercase(),
            path,
            needs_key: who != "docs-anyone",
            body: (!body.is_null()).then(|| samples::example(document, body)),
        };
        Self {
            id: said(&described["operationId"]),
            path: path.to_owned(),
            summary: said(&described["summary"]),
            who,
            access: access.to_owned(),
            is_missing: described["responses"].get("501").is_some(),
            parameters: each(&described["parameters"]).map(parameter).collect(),
            body: lines(document, body),
            answers: answers
                .map(|(status, answer)| Answer::read(document, status, answer))
                .collect(),
            curl: request.curl(),
            httpie: request.httpie(),
            method: request.method,
        }
    }
}

impl Answer {
    fn read(document: &Value, status: &str, answer: &Value) -> Self {
        let answer = resolve(document, answer);
        let schema = &answer["content"]["application/json"]["schema"];
        // All refusals look the same; docs/api.md describes them once.
        let is_refusal = !status.starts_with('2');
        Self {
            status: status.to_owned(),
            about: said(&answer["description"]),
            lines: if is_refusal {
                Vec::new()
            } else {
                lines(document, schema)
            },
        }
    }
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A text of the document, or nothing.
pub(super) fn said(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
