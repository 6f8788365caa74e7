//! Lists of messages.

use tidings_domain::clock::Millis;
use tidings_domain::ids::{IdParts, MessageId};
use tidings_domain::message::Message;
use tidings_store::{ListMessages, MessageReference, SCAN_ROWS_MAX};

use crate::error::ServiceError;
use crate::limits::LOOK_BACK_MS;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

/// Which messages a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Only those on this channel.
    pub channel: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only these types; empty means all.
    pub event_types: Vec<String>,
    /// Only those before this instant.
    pub before: Option<Millis>,
    /// Only those at or after this instant; none means within the last 90 days.
    pub after: Option<Millis>,
    /// Whether payloads are wanted.
    pub with_content: bool,
}

impl MessageFilter {
    pub(crate) fn from(&self, now: Millis) -> Millis {
        self.after.unwrap_or(now - LOOK_BACK_MS)
    }
}

impl Service {
    /// One page of the messages of an application.
    pub async fn messages(
        &self,
        caller: Caller,
        application: &str,
        filter: &MessageFilter,
        query: &PageQuery,
    ) -> Result<Listed<Message>, ServiceError> {
        let view = self.view(caller, application).await?;
        let after = match &query.cursor {
            None => None,
            Some(cursor) => Some(self.message_position(view.ordinal(), &cursor.id).await?),
        };
        let list = ListMessages {
            application: view.ordinal(),
            order: query.reading_order(),
            after,
            limit: query.limit,
            read_max: SCAN_ROWS_MAX,
            channel: filter.channel.clone(),
            tag: filter.tag.clone(),
            event_types: filter.event_types.clone(),
            from: Some(filter.from(self.now())),
            to: filter.before,
            with_payload: filter.with_content,
        };
        let page = self.store.messages(list).await?;
        Ok(query.finish_page(page, |message| message.id.to_string(), stop_name))
    }

    /// The place that an iterator marks: the id of a message, shown or not.
    pub(crate) async fn message_position(
        &self,
        application: i64,
        iterator: &str,
    ) -> Result<IdParts, ServiceError> {
        let id: MessageId = iterator.parse().map_err(|_| wrong_iterator())?;
        let reference = MessageReference::Id(id);
        match self.store.message(application, reference).await? {
            Some(_) => Ok(id.parts()),
            None => Err(wrong_iterator()),
        }
    }
}

/// The iterator of a place where reading stopped without a row to show: the last one that was read.
fn stop_name(stop: IdParts) -> String {
    MessageId::from_parts(stop).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_looks_back_90_days_unless_told_otherwise() {
        let filter = MessageFilter::default();
        assert_eq!(filter.from(LOOK_BACK_MS + 5), 5);
        let since = MessageFilter {
            after: Some(3),
            ..filter
        };
        assert_eq!(since.from(LOOK_BACK_MS + 5), 3);
    }
}
