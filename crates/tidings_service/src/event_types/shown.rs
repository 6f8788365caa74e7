//! The part of the catalogue that is shown to who acts in one application: what is not archived, and has no feature
//! flags or one of the caller's.

use tidings_domain::event_type::EventType;
use tidings_store::{ListEventTypes, Order};

use crate::error::ServiceError;
use crate::limits::PAGE_ROWS_MAX;
use crate::{Caller, Service};

impl Service {
    /// A page of what is shown to a session with these flags.
    pub(super) async fn shown_event_types(
        &self,
        environment: i64,
        mut list: ListEventTypes,
        flags: &[String],
    ) -> Result<Vec<EventType>, ServiceError> {
        let wanted = list.limit;
        list.with_archived = false;
        list.limit = PAGE_ROWS_MAX;
        let mut shown = Vec::new();
        loop {
            let rows = self.store.event_types(environment, list.clone()).await?;
            let is_last = rows.len() < list.limit;
            list.after = rows.last().map(|last| last.name.clone());
            shown.extend(rows.into_iter().filter_map(|row| shown_to(flags, row)));
            if is_last || shown.len() >= wanted {
                shown.truncate(wanted);
                return Ok(shown);
            }
        }
    }

    /// Those of these names that a caller who is shown only a part of the catalogue is not shown.
    pub(crate) async fn hidden_event_types(
        &self,
        caller: Caller,
        names: &[String],
    ) -> Result<Vec<String>, ServiceError> {
        let Some(flags) = self.flags_of(caller).await? else {
            return Ok(Vec::new());
        };
        let mut hidden = Vec::new();
        for name in names {
            let is_shown = if let Some(group) = name.strip_suffix('*') {
                self.is_group_shown(caller.environment, group, &flags)
                    .await?
            } else {
                let found = self.store.event_type(caller.environment, name.clone());
                let found = found.await?;
                found.and_then(|found| shown_to(&flags, found)).is_some()
            };
            if !is_shown {
                hidden.push(name.clone());
            }
        }
        Ok(hidden)
    }

    /// Whether all event types whose names begin so, and that are not archived, are shown to who has these flags.
    async fn is_group_shown(
        &self,
        environment: i64,
        group: &str,
        flags: &[String],
    ) -> Result<bool, ServiceError> {
        let mut list = ListEventTypes {
            order: Order::Ascending,
            after: Some(group.to_owned()),
            limit: PAGE_ROWS_MAX,
            with_archived: false,
        };
        loop {
            let rows = self.store.event_types(environment, list.clone()).await?;
            let is_last = rows.len() < list.limit;
            list.after = rows.last().map(|last| last.name.clone());
            for row in rows {
                if !row.name.starts_with(group) {
                    return Ok(true);
                }
                if shown_to(flags, row).is_none() {
                    return Ok(false);
                }
            }
            if is_last {
                return Ok(true);
            }
        }
    }
}

/// The event type as a session with these flags sees it, if it does.
pub(super) fn shown_to(flags: &[String], event_type: EventType) -> Option<EventType> {
    let wanted = &event_type.feature_flags;
    let has_flag = wanted.is_empty() || wanted.iter().any(|flag| flags.contains(flag));
    if event_type.is_archived || !has_flag {
        return None;
    }
    // How payloads differ is seen in those of all applications.
    Some(EventType {
        drift: None,
        ..event_type
    })
}
