//! Two caught requests beside each other, with what differs.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Inboxes;
use super::bodies::is_json;
use super::desk::Desk;
use super::difference::{self, Difference, Line};
use super::reader::Reader;
use super::request::Detail;
use crate::dashboard::member::Shell;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// How the bodies differ.
enum Bodies {
    /// Byte for byte they do not.
    Same,
    Keys(Vec<Difference>),
    Lines(Vec<Line>),
    /// One of them is no text.
    NoText,
}

#[derive(Template)]
#[template(path = "inboxes/compare.html")]
struct Show {
    page: Page,
    shell: Shell,
    desk: Desk,
    before: Detail,
    /// None until it is chosen.
    after: Option<Detail>,
    headers: Vec<Difference>,
    bodies: Bodies,
    /// Whether what is the same is shown too.
    has_all: bool,
}

impl Show {
    fn is_with(&self, id: &str) -> bool {
        self.after.as_ref().is_some_and(|after| after.id == id)
    }

    fn headers_shown(&self) -> Vec<&Difference> {
        self.shown(&self.headers)
    }

    fn shown<'a>(&self, all: &'a [Difference]) -> Vec<&'a Difference> {
        let wanted = |one: &&Difference| self.has_all || !one.is_same();
        all.iter().filter(wanted).collect()
    }
}

/// Both, or one and the choice of the other.
pub(super) async fn show(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path((id, request)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (service, caller) = (inboxes.service(), reader.caller());
    let language = reader.language();
    let before = service.inbox_request(caller, &id, &request).await?;
    let desk = Desk::read(&inboxes, &reader, (&id, &request), &query).await?;
    let with = query.line("with");
    let mut template = Show {
        shell: reader.member.shell(),
        before: Detail::of(&before, language),
        after: None,
        headers: Vec::new(),
        bodies: Bodies::Same,
        has_all: query.has("all"),
        desk,
        page: reader.page(),
    };
    if !with.is_empty() {
        let after = service.inbox_request(caller, &id, with).await?;
        let (one, other) = (&before.request, &after.request);
        template.headers = difference::headers(&one.headers, &other.headers);
        template.bodies = bodies(&one.body, &other.body);
        template.after = Some(Detail::of(&after, language));
    }
    Ok(render(StatusCode::OK, &template))
}

fn bodies(before: &[u8], after: &[u8]) -> Bodies {
    if before == after {
        return Bodies::Same;
    }
    if is_json(before)
        && is_json(after)
        && let (Ok(one), Ok(other)) = (
            serde_json::from_slice(before),
            serde_json::from_slice(after),
        )
        && let Some(keys) = difference::documents(&one, &other)
    {
        return Bodies::Keys(keys);
    }
    match (std::str::from_utf8(before), std::str::from_utf8(after)) {
        (Ok(one), Ok(other)) => Bodies::Lines(difference::lines(one, other)),
        _ => Bodies::NoText,
    }
}
