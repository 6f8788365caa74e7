//! Event types from an `OpenAPI` document: one for each of its webhooks.
//!
//! A document is taken whole or refused whole, with every problem and its place. What an event type has that
//! a document cannot say (texts by language, a sample, what happens to payloads that do not fit) is left as it
//! is.

mod read;
mod schema;
#[cfg(test)]
mod tests;
mod text;

use serde_json::Value;
use tidings_domain::event_type::EventTypePatch;
use tidings_store::{EventTypeImport, EventTypesImport, ImportMode, Imported, NewEventType};

use crate::{Caller, Service, ServiceError};

/// An `OpenAPI` document as it came in.
#[derive(Debug, Clone)]
pub enum Document {
    /// As JSON, in the field `spec`.
    Parsed(Value),
    /// As text that is JSON or YAML, in the field `specRaw`.
    Raw(String),
}

/// The webhooks of a document that was found to be right.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhooks(Vec<Webhook>);

/// One webhook, which is one event type.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// The event type's name.
    pub name: String,
    /// What it means.
    pub description: String,
    /// Not to be built on.
    pub is_deprecated: bool,
    /// The schema of its payload, under version 1.
    pub schemas: Option<Value>,
    /// The group that it is shown in.
    pub group_name: Option<String>,
    /// Who sees it; `None` if the document does not say.
    pub feature_flags: Option<Vec<String>>,
}

/// What happens to event types that the document does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They stay.
    Stay,
    /// They are archived.
    Archive,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The webhooks whose event types were not there or were different.
    pub webhooks: Vec<Webhook>,
    /// The names of the event types that were archived.
    pub archived: Vec<String>,
}

impl Webhooks {
    /// Reads a document. A thousand schemas take a while: not for a thread that serves others.
    pub fn read(document: Document) -> Result<Self, ServiceError> {
        let (field, document) = match document {
            Document::Parsed(document) => ("spec", document),
            Document::Raw(text) => ("specRaw", text::parse(&text)?),
        };
        read::webhooks(&document, field).map(Self)
    }
}

impl Service {
    /// Makes or changes the event types of a document's webhooks, all of them or none.
    pub async fn import_webhooks(
        &self,
        caller: Caller,
        webhooks: Webhooks,
        others: Others,
        mode: ImportMode,
    ) -> Result<Changed, ServiceError> {
        let now = self.now();
        let event_types = webhooks.0.iter().map(|webhook| {
            let new = NewEventType {
                environment: caller.environment,
                name: webhook.name.clone(),
                description: webhook.description.clone(),
                is_archived: false,
                is_deprecated: webhook.is_deprecated,
                schemas: webhook.schemas.clone(),
                schema_policy: None,
                group_name: webhook.group_name.clone(),
                feature_flags: webhook.feature_flags.clone().unwrap_or_default(),
                wording: None,
                sample: None,
                created_at: now,
            };
            let change = EventTypePatch {
                is_archived: Some(false),
                feature_flags: webhook.feature_flags.clone(),
                ..new.catalogued()
            };
            EventTypeImport { new, change }
        });
        let import = EventTypesImport {
            environment: caller.environment,
            event_types: event_types.collect(),
            archives_others: others == Others::Archive,
            plans: Vec::new(),
            mode,
            now,
        };
        let store = self.noting_import(caller, &import).await?;
        let report = store.import_event_types(import).await?;
        if mode == ImportMode::Apply {
            self.publish_change().await?;
        }
        let done = webhooks.0.into_iter().zip(report.event_types);
        let changed = done.filter(|(_, done)| *done != Imported::Unchanged);
        Ok(Changed {
            webhooks: changed.map(|(webhook, _)| webhook).collect(),
            archived: report.archived,
        })
    }
}
