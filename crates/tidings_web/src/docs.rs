//! `/docs`: the operations of the API, to be read. Made of the OpenAPI document that the program gives out, so these
//! pages and the API cannot differ.
//!
//! What API users call, at `/api/webhooks`, is no part of that document and has a page of its own (`hooks`).
//!
//! What is said around them is in the reader's language, what the document says in English, as the document is.

mod document;
mod hooks;
mod samples;
mod shape;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use self::document::{Docs, Topic};
use crate::errors::{Fault, show_error};
use crate::page::{Page, render};

/// Whether a path is that of one of them.
pub(crate) fn is_page(path: &str) -> bool {
    path == "/docs" || path.starts_with("/docs/")
}

/// The pages of a document.
pub(crate) fn router(document: &str) -> Router {
    let docs = Arc::new(Docs::read(document));
    Router::new()
        .route("/docs", get(show_overview))
        .route("/docs/webhooks", get(hooks::show))
        .route("/docs/{topic}", get(show_topic))
        .with_state(docs)
}

#[derive(Template)]
#[template(path = "docs_overview.html")]
struct OverviewPage<'a> {
    page: Page,
    docs: &'a Docs,
    /// The address of the topic that is shown; none.
    shown: &'a str,
}

#[derive(Template)]
#[template(path = "docs_topic.html")]
struct TopicPage<'a> {
    page: Page,
    docs: &'a Docs,
    shown: &'a str,
    topic: &'a Topic,
}

async fn show_overview(State(docs): State<Arc<Docs>>, page: Page) -> Response {
    let template = OverviewPage {
        page,
        docs: &docs,
        shown: "",
    };
    render(StatusCode::OK, &template)
}

async fn show_topic(
    State(docs): State<Arc<Docs>>,
    Path(name): Path<String>,
    page: Page,
) -> Response {
    let Some(topic) = docs.topics.iter().find(|topic| topic.address == name) else {
        return show_error(page, Fault::Missing);
    };
    let template = TopicPage {
        page,
        docs: &docs,
        shown: &topic.address,
        topic,
    };
    render(StatusCode::OK, &template)
}
