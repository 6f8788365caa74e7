//! Search: messages by id, event id or tag, and requests by the text of an error.
//!
//! A search reads so much and no more, and says what it has read: the newest applications, the newest messages of each
//! with a tag, the newest failed requests at their endpoints. Within one application it reaches further.

use tidings_domain::application::Application;
use tidings_domain::clock::Millis;
use tidings_domain::delivery::{Attempt, Outcome};
use tidings_domain::message::Message;
use tidings_domain::names::check_event_id;
use tidings_store::{AttemptsOf, ListAttempts, ListMessages, MessageReference, Order, PageRequest};

use crate::error::ServiceError;
use crate::{Caller, Service};

/// How many applications are looked through.
const APPLICATIONS_MAX: usize = 250;
/// How many endpoints, whose failed requests are read.
const ENDPOINTS_MAX: usize = 250;
/// How many failed requests of each.
const FAILURES_MAX: usize = 50;
/// How many things are found at most.
const FOUND_MAX: usize = 50;
/// How far back tags and errors are looked for: 7 days.
const LOOK_BACK_MS: Millis = 7 * 24 * 60 * 60 * 1_000;
/// After so long a search ends with what it has: 2 s.
const SEARCH_FOR_MAX_MS: Millis = 2_000;
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
    /// How many applications were looked through, the newest first.
    pub applications_count: usize,
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
        let began_at = self.now();
        let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
        let mut searched = Searched {
            since: began_at - LOOK_BACK_MS,
            is_whole: true,
            ..Searched::default()
        };
        let applications = if let Some(name) = application {
            vec![self.application(caller, name).await?]
        } else {
            let newest = PageRequest {
                order: Order::Descending,
                after: None,
                limit: APPLICATIONS_MAX + 1,
            };
            let mut all = self.store.applications(caller.environment, newest).await?;
            searched.is_whole = all.len() <= APPLICATIONS_MAX;
            all.truncate(APPLICATIONS_MAX);
            all
        };
        for application in applications {
            let is_over = self.now() - began_at > SEARCH_FOR_MAX_MS;
            if is_over || searched.found.len() >= FOUND_MAX {
                searched.is_whole = false;
                break;
            }
            searched.applications_count += 1;
            self.search_messages(&application, &text, &mut searched)
                .await?;
            // An id stands for one message and nothing else.
            if searched.found.iter().any(|found| found.what == What::Id) {
                break;
            }
            self.search_errors(&application, &text, &mut searched)
                .await?;
        }
        searched.found.truncate(FOUND_MAX);
        Ok(searched)
    }

    async fn search_messages(
        &self,
        application: &Application,
        text: &str,
        searched: &mut Searched,
    ) -> Result<(), ServiceError> {
        let ordinal = application.id.seq();
        let (reference, what) = match text.parse() {
            Ok(id) => (Some(MessageReference::Id(id)), What::Id),
            Err(_) if check_event_id(text).is_ok() => (
                Some(MessageReference::EventId(text.to_owned())),
                What::EventId,
            ),
            Err(_) => (None, What::Tag),
        };
        if let Some(reference) = reference
            && let Some(message) = self.store.message(ordinal, reference).await?
        {
            searched.found.push(found(what, application, message));
        }
        if what == What::Id {
            return Ok(());
        }
        let tagged = ListMessages {
            application: ordinal,
            order: Order::Descending,
            after: None,
            limit: FOUND_MAX,
            channel: None,
            tag: Some(text.to_owned()),
            event_types: Vec::new(),
            from: Some(searched.since),
            to: None,
            with_payload: false,
        };
        let tagged = self.store.messages(tagged).await?;
        searched.is_whole &= tagged.next.is_none();
        let tagged = tagged.rows.into_iter();
        let tagged = tagged.map(|message| found(What::Tag, application, message));
        searched.found.extend(tagged);
        Ok(())
    }

    async fn search_errors(
        &self,
        application: &Application,
        text: &str,
        searched: &mut Searched,
    ) -> Result<(), ServiceError> {
        let ordinal = application.id.seq();
        let left = ENDPOINTS_MAX - searched.endpoints_count;
        let newest = PageRequest {
            order: Order::Descending,
            after: None,
            limit: left + 1,
        };
        let mut endpoints = self.store.endpoints(ordinal, newest).await?;
        searched.is_whole &= endpoints.len() <= left;
        endpoints.truncate(left);
        for endpoint in endpoints {
            searched.endpoints_count += 1;
            let of = AttemptsOf::Endpoint {
                application: ordinal,
                endpoint: endpoint.id.seq(),
            };
            let failed = ListAttempts {
                outcomes: vec![Outcome::Retry, Outcome::Exhausted],
                from: Some(searched.since),
                with_message: true,
                ..ListAttempts::first(of, Order::Descending, FAILURES_MAX)
            };
            let failed = self.store.attempts(failed).await?;
            searched.is_whole &= failed.next.is_none();
            for row in failed.rows {
                let (Some(around), Some(message)) = (around(&row.attempt, text), row.message)
                else {
                    continue;
                };
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
