//! What somebody sees when there is no page to show: what happened, and what to do about it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::page::{Page, render};

/// Why there is no page to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not there, or belongs to somebody else.
    Missing,
    /// Something of ours is broken.
    #[expect(dead_code, reason = "only pages with data can break, and those follow")]
    Broken,
    /// Another site sent it in the reader's name.
    Elsewhere,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: String,
    text: String,
    status: StatusCode,
}

/// The page that says so.
pub(crate) fn show_error(page: Page, fault: Fault) -> Response {
    let (status, title, text) = match fault {
        Fault::Missing => (StatusCode::NOT_FOUND, "missing-title", "missing-text"),
        Fault::Broken => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "broken-title",
            "broken-text",
        ),
        Fault::Elsewhere => (StatusCode::FORBIDDEN, "elsewhere-title", "elsewhere-text"),
    };
    let template = ErrorPage {
        title: page.say(title),
        text: page.say(text),
        page,
        status,
    };
    render(status, &template)
}
