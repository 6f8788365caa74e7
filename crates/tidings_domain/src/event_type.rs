//! Event types: the catalogue of what can happen.

use crate::application::set;
use crate::clock::Millis;

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
    /// The group that it is shown in.
    pub group_name: Option<String>,
    /// Only applications with one of these flags see it; empty means all.
    pub feature_flags: Vec<String>,
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
    /// The new group, or none.
    pub group_name: Option<Option<String>>,
    /// The new feature flags; empty means all.
    pub feature_flags: Option<Vec<String>>,
}

impl EventTypePatch {
    /// The event type after the change.
    pub fn apply(self, event_type: &mut EventType, now: Millis) {
        set(&mut event_type.description, self.description);
        set(&mut event_type.is_archived, self.is_archived);
        set(&mut event_type.is_deprecated, self.is_deprecated);
        set(&mut event_type.schemas, self.schemas);
        set(&mut event_type.group_name, self.group_name);
        set(&mut event_type.feature_flags, self.feature_flags);
        event_type.updated_at = now;
    }
}
