//! Search: messages by id, event id or tag, and requests by the text of an error.
//!
//! A search reads so much and no more, however much is stored, and says what it has read: it looks for ids in the newest
//! applications, and in the first of them for the newest messages with a tag and for the newest failures at their
//! endpoints. Within one application it reaches further.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tidings_domain::application::Application;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Attempt, Outcome};
use tidings_domain::ids::MessageId;
use tidings_domain::message::Message;
use tidings_domain::names::check_event_id;
use tidings_store::{
    ListMessages, ListRecent, MessageReference, Order, PageRequest, SCAN_ROWS_MAX, StoreFuture,
};

use crate::error::ServiceError;
use crate::{Caller, Service};

/// In how many applications ids are looked for.
const APPLICATIONS_MAX: usize = 100;
/// In how many of them tags and errors are.
const DEEP_APPLICATIONS_MAX: usize = 10;
/// At how many endpoints failures are read.
const ENDPOINTS_MAX: usize = 100;
/// How many failures of each.
const FAILURES_MAX: usize = 10;
/// How many things are found at most.
const FOUND_MAX: usize = 50;
/// How many reads go on at once.
const READS_AT_ONCE: usize = 4;
/// How far back tags and errors are looked for: 7 days.
const LOOK_BACK_MS: Millis = 7 * 24 * 60 * 60 * 1_000;
/// A text of an error is told with so much around it.
const AROUND_CHARS: usize = 80;
/// What is searched may be so long.
const TEXT_CHARS_MAX: usize = 512;

/// By what something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The id of the message.
    Id,
    /// The product's own id of the event.
    EventId,
    /// A tag.
    Tag,
    /// The text of an error: what went wrong, or what was answered.
    Error,
}

/// Something that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// By what.
    pub what: What,
    /// The id of its application.
    pub application_id: String,
    /// What people call that.
    pub application_name: String,
    /// The message.
    pub message: Message,
    /// The request, if it was found by that.
    pub attempt: Option<Attempt>,
    /// Of an error, the text around what was searched.
    pub text: String,
}

/// What a search has found, and where it has looked.
#[derive(Debug, Clone, Default)]
pub struct Searched {
    /// What was found.
    pub found: Vec<Found>,
    /// In how many applications ids were looked for, the newest first.
    pub applications_count: usize,
    /// In how many of them tags and errors were.
    pub deep_applications_count: usize,
    /// At how many endpoints failed requests were read.
    pub endpoints_count: usize,
    /// Whether these are all.
    pub is_whole: bool,
    /// From when on tags and errors were looked for.
    pub since: Millis,
}

impl Service {
    /// Searches the caller's environment, or one application of it.
    pub async fn search(
        &self,
        caller: Caller,
        text: &str,
        application: Option<&str>,
    ) -> Result<Searched, ServiceError> {
        let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
        let mut searched = Searched {
            since: self.now() - LOOK_BACK_MS,
            is_whole: true,
            ..Searched::default()
        };
        let applications = if let Some(name) = application {
            vec![self.application(caller, name).await?]
        } else {
            let newest = newest(APPLICATIONS_MAX + 1);
            let mut all = self.store.applications(caller.environment, newest).await?;
            searched.is_whole = all.len() <= APPLICATIONS_MAX;
            all.truncate(APPLICATIONS_MAX);
            all
        };
        searched.applications_count = applications.len();
        if let Ok(id) = text.parse::<MessageId>() {
            // It stands for one message and nothing else.
            let reference = MessageReference::Id(id);
            self.search_names(&applications, (&reference, What::Id), &mut searched)
                .await?;
            return Ok(searched);
        }
        if check_event_id(&text).is_ok() {
            let reference = MessageReference::EventId(text.clone());
            self.search_names(&applications, (&reference, What::EventId), &mut searched)
                .await?;
        }
        let deep = &applications[..applications.len().min(DEEP_APPLICATIONS_MAX)];
        searched.is_whole &= deep.len() == applications.len();
        searched.deep_applications_count = deep.len();
        self.search_tags(deep, &text, &mut searched).await?;
        for application in deep {
            self.search_errors(application, &text, &mut searched)
                .await?;
        }
        searched.is_whole &= searched.found.len() <= FOUND_MAX;
        searched.found.truncate(FOUND_MAX);
        Ok(searched)
    }

    /// Looks for a name that a message can have in each of the applications.
    async fn search_names(
        &self,
        applications: &[Application],
        (reference, what): (&MessageReference, What),
        searched: &mut Searched,
    ) -> Result<(), ServiceError> {
        let look = |of: &Application| self.store.message(of.id.seq(), reference.clone());
        let looks: Vec<StoreFuture<'_, _>> = applications.iter().map(look).collect();
        let messages: Vec<Option<Message>> = stream::iter(looks)
            .buffered(READS_AT_ONCE)
            .try_collect()
            .await?;
        for (application, message) in applications.iter().zip(messages) {
            let message = message.map(|message| found(what, application, message));
            searched.found.extend(message);
        }
        Ok(())
    }

    /// Looks for a tag in the newest messages of each of the applications, which share what may be read.
    async fn search_tags(
        &self,
        applications: &[Application],
        text: &str,
        searched: &mut Searched,
    ) -> Result<(), ServiceError> {
        let read_max = SCAN_ROWS_MAX / applications.len().max(1);
        let look = |of: &Application| {
            self.store.messages(ListMessages {
                application: of.id.seq(),
                order: Order::Descending,
                after: None,
                limit: FOUND_MAX,
                read_max,
                channel: None,
                tag: Some(text.to_owned()),
                event_types: Vec::new(),
                from: Some(searched.since),
                to: None,
                with_payload: false,
            })
        };
        let looks: Vec<StoreFuture<'_, _>> = applications.iter().map(look).collect();
        let pages: Vec<tidings_store::Page<Message>> = stream::iter(looks)
            .buffered(READS_AT_ONCE)
            .try_collect()
            .await?;
        for (application, page) in applications.iter().zip(pages) {
            searched.is_whole &= page.next.is_none();
            let tagged = page.rows.into_iter();
            let tagged = tagged.map(|message| found(What::Tag, application, message));
            searched.found.extend(tagged);
        }
        Ok(())
    }

    /// Looks for a text in the newest failures at the newest endpoints of an application.
    async fn search_errors(
        &self,
        application: &Application,
        text: &str,
        searched: &mut Searched,
    ) -> Result<(), ServiceError> {
        let ordinal = application.id.seq();
        let left = ENDPOINTS_MAX - searched.endpoints_count;
        let mut endpoints = self.store.endpoints(ordinal, newest(left + 1)).await?;
        searched.is_whole &= endpoints.len() <= left;
        endpoints.truncate(left);
        searched.endpoints_count += endpoints.len();
        let list = ListRecent {
            application: ordinal,
            endpoints: endpoints.iter().map(|endpoint| endpoint.id.seq()).collect(),
            limit: FAILURES_MAX,
        };
        let rows = self.store.recent_failures(list, searched.since).await?;
        // Some endpoint may have more.
        searched.is_whole &= rows.len() < FAILURES_MAX;
        for row in rows {
            let (Some(around), Some(message)) = (around(&row.attempt, text), row.message) else {
                continue;
            };
            if row.attempt.outcome != Outcome::Canceled {
                searched.found.push(Found {
                    attempt: Some(row.attempt),
                    text: around,
                    ..found(What::Error, application, message)
                });
            }
        }
        Ok(())
    }
}

fn newest(limit: usize) -> PageRequest {
    PageRequest {
        order: Order::Descending,
        after: None,
        limit,
    }
}

fn found(what: What, application: &Application, message: Message) -> Found {
    Found {
        what,
        application_id: application.id.to_string(),
        application_name: application.name.clone(),
        message,
        attempt: None,
        text: String::new(),
    }
}

/// Where a text stands in what went wrong or was answered, in any case, with a little around it.
fn around(attempt: &Attempt, text: &str) -> Option<String> {
    let wanted = text.to_lowercase();
    let exchange = &attempt.exchange;
    let answered = String::from_utf8_lossy(&exchange.response);
    [exchange.error_detail.as_str(), answered.as_ref()]
        .into_iter()
        .find_map(|whole| cut(whole, &wanted))
}

fn cut(whole: &str, wanted: &str) -> Option<String> {
    let lower = whole.to_lowercase();
    let place = lower.find(wanted)?;
    // Lower case may be longer; characters are nearly enough to find the place again.
    let start = lower[..place].chars().count().saturating_sub(AROUND_CHARS);
    let long = wanted.chars().count() + 2 * AROUND_CHARS;
    Some(whole.chars().skip(start).take(long).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_any_case_and_told_with_what_is_around_it() {
        assert_eq!(
            cut("Connection REFUSED by peer", "refused").unwrap(),
            "Connection REFUSED by peer"
        );
        let long = format!("{}needle{}", "a".repeat(500), "b".repeat(500));
        let shown = cut(&long, "needle").unwrap();
        assert_eq!(shown.chars().count(), 6 + 2 * AROUND_CHARS);
        assert!(shown.contains("needle"));
        assert_eq!(cut("nothing", "needle"), None);
        assert!(
            cut("İstanbul needle ß", "needle")
                .unwrap()
                .contains("needle")
        );
    }
}
