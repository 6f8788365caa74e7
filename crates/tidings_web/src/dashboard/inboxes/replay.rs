//! A caught request, sent on to an address that a developer chose, and what came of it.
//!
//! Nothing of that is stored: this node remembers the last outcomes, so that a page that is loaded anew, or a form that is sent
//! twice, sends nothing again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::delivery::Exchange;
use tidings_domain::language::Language;
use tidings_service::ServiceError;

use super::desk::Desk;
use super::list::tone;
use super::reader::Reader;
use super::request::Detail;
use super::{FOLDER, Inboxes};
use crate::dashboard::member::{Shell, once};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::{code, formats};

/// How many outcomes are remembered; an answer is at most as long as what is kept of one.
const REMEMBERED_MAX: usize = 64;

/// How it ended when a form was sent.
struct Ended {
    /// The number of the form.
    once: String,
    request: String,
    exchange: Exchange,
}

/// The last outcomes.
#[derive(Default)]
pub(super) struct Replays(Mutex<VecDeque<Arc<Ended>>>);

impl Replays {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Ended>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, ended: Ended) {
        let mut all = self.lock();
        all.push_back(Arc::new(ended));
        if all.len() > REMEMBERED_MAX {
            all.pop_front();
        }
    }

    fn find(&self, once: &str, request: &str) -> Option<Arc<Ended>> {
        let all = self.lock();
        let mut all = all.iter();
        let found = all.find(|ended| ended.once == once && ended.request == request);
        found.cloned()
    }
}

/// An outcome as it is shown.
struct Shown {
    url: String,
    status: Option<u16>,
    tone: &'static str,
    took: String,
    /// What went wrong, for those who run the server.
    detail: String,
    headers: String,
    body: Option<Safe<String>>,
    is_cut: bool,
}

impl Shown {
    fn of(exchange: &Exchange, language: Language) -> Self {
        let body = String::from_utf8_lossy(&exchange.response);
        let took = u64::from(exchange.phases.total_us().div_ceil(1_000));
        Self {
            url: exchange.url.clone(),
            status: exchange.status,
            tone: exchange.status.map_or("bad", tone),
            took: formats::millis(language, took),
            detail: exchange.error_detail.clone(),
            headers: String::from_utf8_lossy(&exchange.response_headers).into_owned(),
            body: (!body.is_empty()).then(|| code::lines(&body)),
            is_cut: exchange.is_truncated,
        }
    }
}

#[derive(Template)]
#[template(path = "inboxes/replay.html")]
struct Show {
    page: Page,
    shell: Shell,
    desk: Desk,
    detail: Detail,
    url: String,
    once: String,
    is_wrong: bool,
    ended: Option<Shown>,
}

async fn page(
    inboxes: &Inboxes,
    reader: &Reader,
    (id, request): (&str, &str),
    query: &Posted,
) -> Result<Show, Fault> {
    reader.check()?;
    let seen = inboxes
        .service()
        .inbox_request(reader.caller(), id, request);
    let seen = seen.await?;
    let language = reader.language();
    let ended = inboxes.replays.find(query.line("sent"), request);
    Ok(Show {
        page: reader.page(),
        shell: reader.member.shell(),
        desk: Desk::read(inboxes, reader, (id, request), query).await?,
        detail: Detail::of(&seen, language),
        url: ended
            .as_ref()
            .map(|ended| ended.exchange.url.clone())
            .unwrap_or_default(),
        once: once(&inboxes.dashboard),
        is_wrong: false,
        ended: ended.map(|ended| Shown::of(&ended.exchange, language)),
    })
}

/// Asks where to, and shows what came of the last time.
pub(super) async fn show(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path((id, request)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let template = page(&inboxes, &reader, (&id, &request), &query).await?;
    Ok(render(StatusCode::OK, &template))
}

/// Sends it there, unless this form was sent before.
pub(super) async fn send(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path((id, request)): Path<(String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    reader.check()?;
    let (once, url) = (form.line("once"), form.line("url"));
    if inboxes.replays.find(once, &request).is_none() {
        let at = (id.as_str(), request.as_str());
        let sent = inboxes
            .service()
            .replay_inbox_request(reader.caller(), at, url);
        match sent.await {
            Ok(exchange) => inboxes.replays.remember(Ended {
                once: once.to_owned(),
                request: request.clone(),
                exchange,
            }),
            Err(ServiceError::Invalid(_)) => {
                let mut template = page(&inboxes, &reader, at, &Posted::default()).await?;
                url.clone_into(&mut template.url);
                template.is_wrong = true;
                return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &template));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let to = format!("{FOLDER}/{id}/requests/{request}/replay?sent={once}");
    Ok(Redirect::to(&to).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_found_by_its_form_and_request_until_there_are_too_many() {
        let replays = Replays::default();
        let ended = |number: usize| Ended {
            once: number.to_string(),
            request: "r".to_owned(),
            exchange: Exchange::default(),
        };
        for number in 0..=REMEMBERED_MAX {
            replays.remember(ended(number));
        }
        assert!(replays.find("0", "r").is_none(), "the oldest is forgotten");
        assert!(replays.find("1", "r").is_some());
        assert!(replays.find("1", "another").is_none());
    }
}
