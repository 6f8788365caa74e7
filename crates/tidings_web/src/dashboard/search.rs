//! Search: a message by its id, the product's id of the event or a tag, and requests by the text of an error.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::clock::Millis;
use tidings_service::search::{Found, Searched, What};

use super::Dashboard;
use super::member::{Member, Shell};
use super::messages::Row;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::portal::attempts::{result, tone};
use crate::texts::{self, Said};

/// Something that was found.
struct Hit {
    application: (String, String),
    message: Row,
    /// The name of why.
    why: &'static str,
    /// The id, the answer and its tone of a request.
    attempt: Option<(String, String, &'static str)>,
    /// Of an error, the text.
    text: String,
}

#[derive(Template)]
#[template(path = "dashboard/search.html")]
struct Show {
    page: Page,
    shell: Shell,
    text: String,
    application: String,
    hits: Vec<Hit>,
    /// How many applications were looked through; none before anything is searched.
    applications_count: Option<usize>,
    /// In how many of them tags and errors were looked for, and at how many endpoints.
    deep_count: (usize, usize),
    is_whole: bool,
    since: Millis,
}

impl Show {
    /// How far tags and errors were looked for, if they were.
    fn deep(&self) -> Option<String> {
        let (applications, endpoints) = self.deep_count;
        let since = self.page.time(self.since);
        let values: [(&str, &dyn Said); 3] = [
            ("since", &since),
            ("applications", &applications),
            ("endpoints", &endpoints),
        ];
        let language = self.page.language;
        (applications > 0).then(|| texts::say_with(language, "search-window-deep", &values))
    }
}

/// The page, with what was found.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let (text, application) = (query.line("q"), query.line("app"));
    let searched = if text.is_empty() {
        None
    } else {
        let application = Some(application).filter(|name| !name.is_empty());
        let searching = dashboard.service.search(member.caller, text, application);
        Some(searching.await?)
    };
    let counted = searched.as_ref();
    let mut template = Show {
        text: text.to_owned(),
        application: application.to_owned(),
        applications_count: counted.map(|searched| searched.applications_count),
        deep_count: counted.map_or((0, 0), |searched| {
            (searched.deep_applications_count, searched.endpoints_count)
        }),
        is_whole: counted.is_some_and(|searched| searched.is_whole),
        since: counted.map_or(0, |searched| searched.since),
        hits: Vec::new(),
        shell: member.shell(),
        page: member.page,
    };
    template.hits = hits(searched, &template.page);
    Ok(render(StatusCode::OK, &template))
}

fn hits(searched: Option<Searched>, page: &Page) -> Vec<Hit> {
    let found = searched.map(|searched| searched.found).unwrap_or_default();
    let hit = |found: Found| Hit {
        application: (found.application_id, found.application_name),
        message: Row::of(&found.message),
        why: match found.what {
            What::Id => "identifier",
            What::EventId => "event-id",
            What::Tag => "tag",
            What::Error => "search-error",
        },
        attempt: found.attempt.as_ref().map(|attempt| {
            let result = result(attempt, page.language);
            (attempt.id.to_string(), result, tone(attempt.outcome))
        }),
        text: found.text,
    };
    found.into_iter().map(hit).collect()
}
