//! What an inbox catches while somebody looks: the list anew, as soon as something has come.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use tidings_service::inboxes::InboxFeed;
use tidings_service::{Caller, PageQuery};
use tidings_store::Order;

use super::Inboxes;
use super::desk::ROWS_MAX;
use super::reader::Reader;
use super::row::Row;
use crate::errors::Fault;
use crate::live::Publisher;
use crate::page::Page;

/// How often the list is read at most, however much comes in.
const AT_MOST_EVERY: Duration = Duration::from_millis(200);

/// What makes lists of an inbox differ from each other: who looks (whose environment it is in was asked before), in which
/// language, and beside which request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Watched {
    inbox: String,
    language: &'static str,
    shown: String,
}

#[derive(Template)]
#[template(path = "inboxes/rows.html")]
struct Fragment<'a> {
    page: &'a Page,
    id: &'a str,
    rows: Vec<Row>,
    shown: &'a str,
}

/// Watches the list with nothing beside it.
pub(super) async fn watch(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    watch_beside(&inboxes, &reader, id, String::new()).await
}

/// Watches the list beside a request.
pub(super) async fn watch_at_request(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path((id, request)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = inboxes
        .service()
        .inbox_request(reader.caller(), &id, &request);
    seen.await?;
    watch_beside(&inboxes, &reader, id, request).await
}

async fn watch_beside(
    inboxes: &Inboxes,
    reader: &Reader,
    id: String,
    shown: String,
) -> Result<Response, Fault> {
    let caller = reader.caller();
    // Also says whether it is there at all, and this reader's to see.
    let feed = inboxes.service().inbox_feed(caller, &id).await?;
    let watched = Watched {
        inbox: id,
        language: reader.page().code(),
        shown,
    };
    let (page, key) = (reader.page(), watched.clone());
    let source =
        |publisher: Publisher| follow(inboxes.clone(), (page, caller), key, feed, publisher);
    let (service, token) = (inboxes.service().clone(), reader.member.session_token());
    let (token, origin) = (token.to_owned(), caller.origin);
    let may_watch = move || {
        let (service, token) = (service.clone(), token.clone());
        let asked = async move { matches!(service.signed_in(&token, origin).await, Ok(Some(_))) };
        Box::pin(asked) as Pin<Box<dyn Future<Output = bool> + Send>>
    };
    inboxes.live.watch(watched, source, may_watch)
}

/// Publishes the list whenever the inbox has caught something, until the inbox is gone.
async fn follow(
    inboxes: Inboxes,
    (page, caller): (Page, Caller),
    watched: Watched,
    mut feed: InboxFeed,
    publisher: Publisher,
) {
    let newest = PageQuery {
        limit: ROWS_MAX,
        cursor: None,
        order: Order::Descending,
    };
    let language = page.language;
    while feed.next().await.is_some() {
        // What comes close together is shown together.
        tokio::time::sleep(AT_MOST_EVERY).await;
        while let Ok(Some(_)) = tokio::time::timeout(Duration::ZERO, feed.next()).await {}
        let service = inboxes.service();
        let listed = service.inbox_requests(caller, &watched.inbox, (&newest, None));
        let Ok(listed) = listed.await else {
            return;
        };
        let now = service.now();
        let rows = listed.rows.iter();
        let list = Fragment {
            page: &page,
            id: &watched.inbox,
            rows: rows.map(|seen| Row::of(seen, language, now)).collect(),
            shown: &watched.shown,
        };
        match list.render() {
            Ok(html) => publisher.publish(&html),
            Err(error) => tracing::error!("A list of requests could not be written: {error}"),
        }
    }
}
