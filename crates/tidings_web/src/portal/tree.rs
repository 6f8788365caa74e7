//! The catalogue as a tree of groups, to choose events from and to read.

use std::collections::BTreeMap;

use tidings_domain::event_type::{EventType, text_for};
use tidings_domain::language::Language;
use tidings_service::Cursor;
use tidings_service::PageQuery;
use tidings_store::Order;

use super::Portal;
use super::visitor::Visitor;
use crate::errors::Fault;

/// Events that are read at once.
const PAGE_ROWS: usize = 250;
/// Events that a form can hold; a catalogue with more is chosen from by `all events`.
const EVENTS_MAX: usize = 2_000;

/// One event to choose.
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: String,
    pub(crate) is_chosen: bool,
    pub(crate) is_deprecated: bool,
}

/// Events that belong together.
pub(crate) struct Group {
    /// What it is called; none for those that are in no group.
    pub(crate) label: Option<String>,
    pub(crate) events: Vec<Event>,
}

impl Group {
    pub(crate) fn chosen_count(&self) -> usize {
        self.events.iter().filter(|event| event.is_chosen).count()
    }
}

/// All events of the catalogue.
pub(crate) async fn catalogue(portal: &Portal, visitor: &Visitor) -> Result<Vec<EventType>, Fault> {
    let mut found = Vec::new();
    let mut cursor = None;
    while found.len() < EVENTS_MAX {
        let query = PageQuery {
            limit: PAGE_ROWS,
            cursor,
            order: Order::Ascending,
        };
        let listed = portal.service.event_types(visitor.caller, &query, false);
        let listed = listed.await?;
        found.extend(listed.rows);
        if listed.is_done {
            break;
        }
        cursor = listed.iterator.as_deref().map(Cursor::parse);
    }
    Ok(found)
}

/// The events in their groups. What is chosen and not in the catalogue (any more) is in a group of its own, so that saving
/// loses nothing.
pub(crate) fn grouped(events: &[EventType], chosen: &[String], language: Language) -> Vec<Group> {
    let mut groups: BTreeMap<(bool, String), Group> = BTreeMap::new();
    let mut add = |label: Option<String>, event: Event| {
        let place = (label.is_none(), label.clone().unwrap_or_default());
        let group = groups.entry(place).or_insert_with(|| Group {
            label,
            events: Vec::new(),
        });
        group.events.push(event);
    };
    for event in events {
        add(
            group_label(event, language),
            Event::of(event, chosen, language),
        );
    }
    for name in chosen {
        if !events.iter().any(|event| event.name == *name) {
            let event = Event {
                name: name.clone(),
                label: name.clone(),
                description: String::new(),
                is_chosen: true,
                is_deprecated: false,
            };
            add(None, event);
        }
    }
    groups.into_values().collect()
}

fn group_label(event: &EventType, language: Language) -> Option<String> {
    let label = text_for(&event.wording.group_labels, language);
    label
        .map(str::to_owned)
        .or_else(|| event.group_name.clone())
}

impl Event {
    fn of(event: &EventType, chosen: &[String], language: Language) -> Self {
        let label = text_for(&event.wording.labels, language);
        let description = text_for(&event.wording.descriptions, language);
        Self {
            name: event.name.clone(),
            label: label.unwrap_or(&event.name).to_owned(),
            description: description.unwrap_or(&event.description).to_owned(),
            is_chosen: chosen.contains(&event.name),
            is_deprecated: event.is_deprecated,
        }
    }
}
