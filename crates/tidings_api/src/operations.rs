//! The table of operations: every route of the API is a row of it.
//!
//! A row says what an operation is called, what it is for, what it asks of its caller, what it reads and what
//! it answers, and which handler does it. The router is built from the rows, and so are the OpenAPI document
//! and the pages at `/docs`, so none of them can know an operation that the others do not. `/api/webhooks` is
//! an interface of its own (`hooks`) and not in here.
//!
//! A new operation is a row in the file of its topic.

mod api_keys;
mod api_users;
mod applications;
mod attempts;
mod authentication;
mod boards;
mod catalogs;
mod destinations;
mod documentation;
mod endpoints;
mod environment;
mod event_types;
mod health;
mod inboxes;
mod integrations;
mod jobs;
mod members;
mod messages;
mod missing;
mod operational_webhooks;
mod parameter;
mod plans;
mod pollers;
mod records;
mod row;
mod statistics;
mod watching;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use http::Method;
use schemars::{Schema, SchemaGenerator};
use tidings_domain::access::Access;

use self::row::Topic;
use crate::Api;

pub use self::parameter::{Kind, Parameter};

/// What something looks like in JSON.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// One operation of the API, as it is described to people and machines.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its path, as the router matches it.
    pub path: &'static str,
    /// Its name, unique; that of the contract's clients where they have one.
    pub id: &'static str,
    /// The group that it belongs to.
    pub tag: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// What it asks of its caller.
    pub access: Access,
    /// What it reads of what stands behind the `?`.
    pub query: Vec<Parameter>,
    /// What it takes.
    pub body: Option<Taken>,
    /// What it answers when all is well.
    pub answers: Vec<Answer>,
    /// What is missing, where it answers that it is not there yet.
    pub missing: Option<&'static str>,
}

/// The body that an operation takes.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// What it looks like.
    pub shape: Shape,
    /// Whether there has to be one.
    pub is_required: bool,
}

/// One way in which an operation ends well.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// What its body is.
    pub content: Content,
}

/// What the body of an answer is.
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// There is none.
    Nothing,
    /// JSON.
    Json(Shape),
    /// Server-sent events that go on until somebody hangs up.
    Events,
}

impl Operation {
    /// The path as OpenAPI writes it.
    pub fn open_api_path(&self) -> String {
        self.path.replace("{*", "{")
    }

    /// The names in the path, in their order.
    pub fn path_parameters(&self) -> Vec<&'static str> {
        let parts = self.path.split('/');
        let names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        names.map(|name| name.trim_start_matches('*')).collect()
    }
}

/// A group of operations.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
}

/// The table without its handlers.
struct Table {
    tags: Vec<Tag>,
    operations: Vec<Operation>,
    /// Where the operations of a path are.
    by_path: HashMap<&'static str, Vec<usize>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let topics = topics();
    let tags = topics.iter().map(|topic| Tag {
        name: topic.name,
        about: topic.about,
    });
    let tags = tags.collect();
    let rows = topics.into_iter().flat_map(Topic::into_rows);
    let operations: Vec<Operation> = rows.map(|(operation, _)| operation).collect();
    let mut by_path: HashMap<_, Vec<_>> = HashMap::new();
    for (at, operation) in operations.iter().enumerate() {
        by_path.entry(operation.path).or_default().push(at);
    }
    Table {
        tags,
        operations,
        by_path,
    }
});

/// All operations, topic after topic.
pub fn operations() -> &'static [Operation] {
    &TABLE.operations
}

/// The groups of operations, in the order of the table.
pub fn tags() -> &'static [Tag] {
    &TABLE.tags
}

/// The operation of a method and of the path that the router has matched (`axum::extract::MatchedPath`).
pub fn find(method: &Method, matched_path: &str) -> Option<&'static Operation> {
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let of_path = TABLE.by_path.get(matched_path)?;
    let mut of_path = of_path.iter().map(|at| &TABLE.operations[*at]);
    of_path.find(|operation| operation.method == *method)
}

/// The routes of the whole table.
pub(crate) fn router() -> Router<Arc<Api>> {
    of_topics(topics())
}

/// The routes that say whether the server is there, and no others.
pub(crate) fn health_router() -> Router<Arc<Api>> {
    of_topics(vec![health::topic()])
}

fn of_topics(topics: Vec<Topic>) -> Router<Arc<Api>> {
    let rows = topics.into_iter().flat_map(Topic::into_rows);
    rows.fold(Router::new(), |router, (operation, handler)| {
        router.route(operation.path, handler)
    })
}

fn topics() -> Vec<Topic> {
    let mut topics = vec![
        applications::topic(),
        endpoints::topic(),
        event_types::topic(),
        messages::topic(),
        attempts::topic(),
        jobs::topic(),
        statistics::topic(),
        pollers::topic(),
        destinations::topic(),
        operational_webhooks::topic(),
        environment::topic(),
        watching::topic(),
        api_keys::topic(),
        members::topic(),
        api_users::topic(),
        authentication::topic(),
        integrations::topic(),
        plans::topic(),
        catalogs::topic(),
        records::topic(),
        boards::topic(),
        boards::buttons(),
        inboxes::topic(),
        health::topic(),
        documentation::topic(),
    ];
    topics.extend(missing::topics());
    topics
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_a_sentence() {
        let mut ids = BTreeSet::new();
        for operation in operations() {
            let id = operation.id;
            assert!(ids.insert(id), "{id} is there twice");
            let is_plain = |sign: char| sign.is_ascii_lowercase() || matches!(sign, '.' | '_');
            assert!(id.contains('.') && id.chars().all(is_plain), "{id}");
            let summary = operation.summary;
            assert!(
                summary.ends_with('.') && !summary.contains('\n'),
                "{id}: {summary}"
            );
            assert!(!operation.answers.is_empty() || operation.missing.is_some());
        }
        assert!(ids.len() > 150, "{}", ids.len());
    }

    #[test]
    fn an_operation_is_found_by_its_method_and_the_path_that_was_matched() {
        for operation in operations() {
            let found = find(&operation.method, operation.path).unwrap();
            assert_eq!(found.id, operation.id);
        }
        let head = find(&Method::HEAD, "/api/v1/app").unwrap();
        assert_eq!(head.id, "application.list");
        assert!(find(&Method::TRACE, "/api/v1/app").is_none());
        assert!(find(&Method::GET, "/api/v1/nothing").is_none());
    }

    /// A path that names no application has no application that a session could be of.
    #[test]
    fn what_a_session_may_do_names_its_application() {
        for operation in operations() {
            let names_one = operation.path_parameters().contains(&"app");
            if matches!(operation.access, Access::Application(_)) {
                assert!(names_one, "{}", operation.id);
            }
        }
    }

    fn files_that_route(folder: &Path, found: &mut Vec<String>) {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                files_that_route(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let routes = [".route", "("].concat();
            if text.contains(&routes) {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn there_is_no_route_without_a_row() {
        let mut found = Vec::new();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        files_that_route(&source, &mut found);
        found.sort();
        assert_eq!(found, ["hooks.rs", "operations.rs", "zapier.rs"]);
    }
}
