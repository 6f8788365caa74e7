//! Catalogues: files of event types with labels, schemas and samples, read and checked.
//!
//! docs/catalogs.md describes the format. A catalogue is taken whole or refused whole, with every problem
//! and its place. Those that come with Tidings are in `catalogs/` and are part of the program.

mod read;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tidings_domain::event_type::Wording;
use tidings_domain::language::Language;
use tidings_domain::sample::Sample;
use tidings_store::{EventTypeImport, EventTypesImport, ImportMode, Imported, NewEventType};

use crate::payload::JsonText;
use crate::{Caller, Service, ServiceError};

/// A catalogue that was found to be right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalog {
    /// Its short name, such as `wink`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is about, in English.
    pub about: String,
    /// Its event types, in their order.
    pub event_types: Vec<Entry>,
}

/// One event type of a catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name, unique in the catalogue.
    pub name: String,
    /// The group that it is shown in.
    pub group: Option<String>,
    /// Not to be built on.
    pub is_deprecated: bool,
    /// What people read, by language.
    pub wording: Wording,
    /// The JSON Schema of its payload.
    pub schema: Value,
    /// A payload that fits the schema.
    pub sample: Sample,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// The catalogue's short name.
    pub catalog: String,
    /// Names of event types that were not there.
    pub created: Vec<String>,
    /// Names of those that were there and different.
    pub updated: Vec<String>,
    /// Names of those that were there just so.
    pub unchanged: Vec<String>,
}

impl Service {
    /// Makes or changes the event types of a catalogue, all of them or none.
    pub async fn import_catalog(
        &self,
        caller: Caller,
        catalog: Catalog,
        mode: ImportMode,
    ) -> Result<ImportReport, ServiceError> {
        let now = self.now();
        let names = catalog.event_types.iter().map(|entry| entry.name.clone());
        let names: Vec<String> = names.collect();
        let new = catalog.event_types.into_iter().map(|entry| {
            let english = entry.wording.descriptions.get(&Language::En).cloned();
            let new = NewEventType {
                environment: caller.environment,
                name: entry.name,
                description: english.unwrap_or_default(),
                is_archived: false,
                is_deprecated: entry.is_deprecated,
                schemas: Some(json!({ "1": entry.schema })),
                schema_policy: None,
                group_name: entry.group,
                feature_flags: Vec::new(),
                wording: Some(entry.wording),
                sample: Some(entry.sample),
                created_at: now,
            };
            let change = new.catalogued();
            EventTypeImport { new, change }
        });
        let import = EventTypesImport {
            environment: caller.environment,
            event_types: new.collect(),
            archives_others: false,
            plans: Vec::new(),
            mode,
            now,
        };
        let store = self.noting_import(caller, &import).await?;
        let imported = store.import_event_types(import).await?.event_types;
        if mode == ImportMode::Apply {
            self.publish_change().await?;
        }
        let mut report = ImportReport {
            catalog: catalog.name,
            created: Vec::new(),
            updated: Vec::new(),
            unchanged: Vec::new(),
        };
        for (name, done) in names.into_iter().zip(imported) {
            match done {
                Imported::Created => report.created.push(name),
                Imported::Updated => report.updated.push(name),
                Imported::Unchanged => report.unchanged.push(name),
            }
        }
        Ok(report)
    }
}

impl Catalog {
    /// Reads a catalogue. Every problem is told, with its place.
    pub fn read(text: JsonText<'_>) -> Result<Self, ServiceError> {
        read::catalog(text)
    }
}

/// A catalogue that comes with Tidings.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// Its short name.
    pub name: &'static str,
    /// The file.
    pub json: &'static str,
}

/// What a catalogue is about.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Its short name.
    #[serde(rename = "catalog")]
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is about, in English.
    pub about: String,
    event_types: Vec<IgnoredAny>,
}

impl Summary {
    /// How many event types it has.
    pub fn event_types_count(&self) -> usize {
        self.event_types.len()
    }
}

/// The catalogues that come with Tidings, by name.
pub const BUILT_IN: [BuiltIn; 5] = [
    BuiltIn {
        name: "easy-lms",
        json: include_str!("../../../catalogs/easy-lms.json"),
    },
    BuiltIn {
        name: "eventinsight",
        json: include_str!("../../../catalogs/eventinsight.json"),
    },
    BuiltIn {
        name: "thulium",
        json: include_str!("../../../catalogs/thulium.json"),
    },
    BuiltIn {
        name: "touchchat",
        json: include_str!("../../../catalogs/touchchat.json"),
    },
    BuiltIn {
        name: "wink",
        json: include_str!("../../../catalogs/wink.json"),
    },
];

impl BuiltIn {
    /// What it is about, without reading all of it.
    ///
    /// # Panics
    /// Never: tests read every one of them.
    pub fn summary(&self) -> Summary {
        serde_json::from_str(self.json).expect("the files of the program are catalogues")
    }

    /// The one of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        BUILT_IN.iter().find(|built_in| built_in.name == name)
    }
}

#[cfg(test)]
mod tests;
