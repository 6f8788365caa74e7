//! Event types: the catalogue of what can happen.

use serde::{Deserialize, Serialize};

use crate::application::set;
use crate::clock::Millis;
use crate::language::{Language, Texts};
use crate::sample::Sample;
use crate::schema::SchemaPolicy;
use crate::schema::drift::Drift;

/// What people read about an event type, in several languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wording {
    /// What it is called.
    pub labels: Texts,
    /// What it means.
    pub descriptions: Texts,
    /// What its group is called.
    pub group_labels: Texts,
}

impl Wording {
    /// As one text, for stores.
    ///
    /// # Panics
    /// Never: maps of texts are JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("maps of texts are JSON")
    }
}

/// The text for a reader of this language, or the English one, or none.
pub fn text_for(texts: &Texts, language: Language) -> Option<&str> {
    let text = texts.get(&language).or_else(|| texts.get(&Language::En));
    text.map(String::as_str)
}

/// A name in the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct EventType {
    /// Its number in the store.
    pub ordinal: i64,
    /// The environment whose catalogue this is.
    pub environment: i64,
    /// Unique in the environment; see [`crate::names`].
    pub name: String,
    /// What it means.
    pub description: String,
    /// Hidden from lists and pages, still accepted.
    pub is_archived: bool,
    /// Still sent, but not to be built on.
    pub is_deprecated: bool,
    /// JSON Schemas by version, or none.
    pub schemas: Option<serde_json::Value>,
    /// What happens to payloads that do not fit the newest of them.
    pub schema_policy: SchemaPolicy,
    /// How payloads have differed from them.
    pub drift: Option<Drift>,
    /// The group that it is shown in.
    pub group_name: Option<String>,
    /// Only applications with one of these flags see it; empty means all.
    pub feature_flags: Vec<String>,
    /// What people read about it, by language.
    pub wording: Wording,
    /// What is sent as an example.
    pub sample: Option<Sample>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

/// A change to an event type; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventTypePatch {
    /// The new description.
    pub description: Option<String>,
    /// Archived or not.
    pub is_archived: Option<bool>,
    /// Deprecated or not.
    pub is_deprecated: Option<bool>,
    /// The new schemas, or none.
    pub schemas: Option<Option<serde_json::Value>>,
    /// What happens from now on to payloads that do not fit.
    pub schema_policy: Option<SchemaPolicy>,
    /// Forgets how payloads have differed.
    pub forgets_drift: bool,
    /// The new group, or none.
    pub group_name: Option<Option<String>>,
    /// The new feature flags; empty means all.
    pub feature_flags: Option<Vec<String>>,
    /// The new labels.
    pub labels: Option<Texts>,
    /// The new descriptions by language.
    pub descriptions: Option<Texts>,
    /// The new labels of the group.
    pub group_labels: Option<Texts>,
    /// The new sample, or none.
    pub sample: Option<Option<Sample>>,
}

impl EventTypePatch {
    /// The event type after the change.
    pub fn apply(self, event_type: &mut EventType, now: Millis) {
        set(&mut event_type.description, self.description);
        set(&mut event_type.is_archived, self.is_archived);
        set(&mut event_type.is_deprecated, self.is_deprecated);
        set(&mut event_type.schemas, self.schemas);
        set(&mut event_type.schema_policy, self.schema_policy);
        set(&mut event_type.group_name, self.group_name);
        set(&mut event_type.feature_flags, self.feature_flags);
        set(&mut event_type.wording.labels, self.labels);
        set(&mut event_type.wording.descriptions, self.descriptions);
        set(&mut event_type.wording.group_labels, self.group_labels);
        set(&mut event_type.sample, self.sample);
        if self.forgets_drift {
            event_type.drift = None;
        }
        event_type.updated_at = now;
    }
}
