//! Event types: the catalogue of what can happen.

mod shown;

use crate::audit::Touched;
use tidings_domain::audit::Action;
use tidings_domain::event_type::{EventType, EventTypePatch, Wording};
use tidings_domain::language::Texts;
use tidings_domain::names::check_event_type_name;
use tidings_domain::sample::Sample;
use tidings_domain::schema::{Schema, SchemaPolicy, UnlessNamed, newest};
use tidings_store::{Dedup, ListEventTypes, NewEventType, Written};

use crate::applications::Placed;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::keys::check_display_name;
use crate::limits::{
    DESCRIPTION_BYTES_MAX, FEATURE_FLAGS_MAX, SAMPLE_BYTES_MAX, STALE_RETRIES_MAX,
};
use crate::pages::wrong_iterator;
use crate::schemas::check_schemas;
use crate::{Caller, Listed, PageQuery, Service};

use self::shown::shown_to;

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "event type" };

/// What a caller says of an event type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventTypeDraft {
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: String,
    /// Hidden from lists.
    pub is_archived: bool,
    /// Not to be built on.
    pub is_deprecated: bool,
    /// JSON Schemas by version.
    pub schemas: Option<serde_json::Value>,
    /// The group that it is shown in.
    pub group_name: Option<String>,
    /// Empty means everybody sees it.
    pub feature_flags: Vec<String>,
    /// What is not part of the Svix API. A client that does not know of it leaves it as it is.
    pub extras: EventTypeExtras,
}

/// What an event type has beside the fields of the Svix API; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventTypeExtras {
    /// What it is called, by language.
    pub labels: Option<Texts>,
    /// What it means, by language.
    pub descriptions: Option<Texts>,
    /// What its group is called, by language.
    pub group_labels: Option<Texts>,
    /// What is sent as an example, or none.
    pub sample: Option<Option<Sample>>,
    /// What happens to payloads that do not fit.
    pub schema_policy: Option<SchemaPolicy>,
}

impl EventTypeExtras {
    fn wording(&self) -> Option<Wording> {
        if self.labels.is_none() && self.descriptions.is_none() && self.group_labels.is_none() {
            return None;
        }
        Some(Wording {
            labels: self.labels.clone().unwrap_or_default(),
            descriptions: self.descriptions.clone().unwrap_or_default(),
            group_labels: self.group_labels.clone().unwrap_or_default(),
        })
    }
}

/// What to do with an event type that is no longer wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Hide it.
    Archive,
    /// Remove it for good.
    Expunge,
}

impl Service {
    /// Makes an event type, or takes an archived one out of the archive.
    pub async fn create_event_type(
        &self,
        caller: Caller,
        draft: EventTypeDraft,
        dedup: Option<Dedup>,
    ) -> Result<EventType, ServiceError> {
        check_draft(&draft)?;
        let new = self.new_event_type(caller, draft);
        let store = self
            .noting(caller, Action::EventTypeCreate, Touched::new())
            .await?;
        let written = store.create_event_type(new, dedup).await?;
        self.publish_change().await?;
        match written {
            Written::Done(made) | Written::Replayed(Some(made)) => Ok(made),
            Written::Taken(_) | Written::Stale(_) => Err(name_taken()),
            Written::KeyReused => Err(ServiceError::key_reused()),
            Written::Missing | Written::Replayed(None) => Err(NOT_FOUND),
        }
    }

    pub(crate) fn new_event_type(&self, caller: Caller, draft: EventTypeDraft) -> NewEventType {
        NewEventType {
            environment: caller.environment,
            name: draft.name,
            description: draft.description,
            is_archived: draft.is_archived,
            is_deprecated: draft.is_deprecated,
            schemas: draft.schemas,
            schema_policy: draft.extras.schema_policy,
            group_name: draft.group_name,
            feature_flags: draft.feature_flags,
            wording: draft.extras.wording(),
            sample: draft.extras.sample.flatten(),
            created_at: self.now(),
        }
    }

    /// The event type of this name, archived or not.
    pub async fn event_type(&self, caller: Caller, name: &str) -> Result<EventType, ServiceError> {
        check_event_type_name(name).map_err(|_| NOT_FOUND)?;
        // What this node has seen of its payloads is in the answer.
        self.flush_drift().await?;
        let found = self
            .store
            .event_type(caller.environment, name.to_owned())
            .await?
            .ok_or(NOT_FOUND)?;
        match self.flags_of(caller).await? {
            None => Ok(found),
            Some(flags) => shown_to(&flags, found).ok_or(NOT_FOUND),
        }
    }

    /// One page of the catalogue, by name.
    pub async fn event_types(
        &self,
        caller: Caller,
        query: &PageQuery,
        with_archived: bool,
    ) -> Result<Listed<EventType>, ServiceError> {
        let after = match &query.cursor {
            Some(cursor) => {
                check_event_type_name(&cursor.id).map_err(|_| wrong_iterator())?;
                Some(cursor.id.clone())
            }
            None => None,
        };
        let list = ListEventTypes {
            order: query.reading_order(),
            after,
            limit: query.limit + 1,
            with_archived,
        };
        self.flush_drift().await?;
        let rows = match self.flags_of(caller).await? {
            None => self.store.event_types(caller.environment, list).await?,
            Some(flags) => {
                self.shown_event_types(caller.environment, list, &flags)
                    .await?
            }
        };
        Ok(query.finish(rows, |event_type| event_type.name.clone()))
    }

    /// Changes an event type.
    pub async fn patch_event_type(
        &self,
        caller: Caller,
        name: &str,
        patch: EventTypePatch,
    ) -> Result<EventType, ServiceError> {
        check_event_type_name(name).map_err(|_| NOT_FOUND)?;
        check_patch(&patch)?;
        if patch.forgets_drift {
            self.flush_drift().await?;
        }
        self.write_event_type(caller, name, patch)
            .await?
            .ok_or(NOT_FOUND)
    }

    /// Replaces the event type of this name, or makes it.
    pub async fn put_event_type(
        &self,
        caller: Caller,
        draft: EventTypeDraft,
    ) -> Result<Placed<EventType>, ServiceError> {
        check_draft(&draft)?;
        for _ in 0..STALE_RETRIES_MAX {
            let patch = replacement(draft.clone());
            if let Some(changed) = self.write_event_type(caller, &draft.name, patch).await? {
                return Ok(Placed::Existing(changed));
            }
            let new = self.new_event_type(caller, draft.clone());
            let store = self
                .noting(caller, Action::EventTypeCreate, Touched::new())
                .await?;
            let written = store.create_event_type(new, None).await?;
            self.publish_change().await?;
            if let Written::Done(made) = written {
                return Ok(Placed::Created(made));
            }
        }
        Err(name_taken())
    }

    /// Archives an event type, or removes it for good.
    pub async fn remove_event_type(
        &self,
        caller: Caller,
        name: &str,
        removal: Removal,
    ) -> Result<(), ServiceError> {
        check_event_type_name(name).map_err(|_| NOT_FOUND)?;
        let was_there = match removal {
            Removal::Archive => {
                let patch = EventTypePatch {
                    is_archived: Some(true),
                    ..EventTypePatch::default()
                };
                self.write_event_type(caller, name, patch).await?.is_some()
            }
            Removal::Expunge => {
                let touched = Touched::new().known(&name, Some(name));
                let store = self
                    .noting(caller, Action::EventTypeExpunge, touched)
                    .await?;
                let expunged = store.expunge_event_type(caller.environment, name.to_owned());
                let was_there = expunged.await?;
                self.publish_change().await?;
                was_there
            }
        };
        if was_there { Ok(()) } else { Err(NOT_FOUND) }
    }

    /// `None` if it is not there.
    async fn write_event_type(
        &self,
        caller: Caller,
        name: &str,
        patch: EventTypePatch,
    ) -> Result<Option<EventType>, ServiceError> {
        let action = match patch.is_archived {
            Some(true) if patch.description.is_none() => Action::EventTypeArchive,
            _ => Action::EventTypeUpdate,
        };
        let store = self.noting(caller, action, Touched::new()).await?;
        let changed = store
            .update_event_type(caller.environment, name.to_owned(), patch, self.now())
            .await?;
        self.publish_change().await?;
        Ok(changed)
    }
}

fn name_taken() -> ServiceError {
    ServiceError::Conflict {
        code: "event_type_exists",
        detail: "an event type of this name is there".to_owned(),
    }
}

pub(crate) fn replacement(draft: EventTypeDraft) -> EventTypePatch {
    EventTypePatch {
        description: Some(draft.description),
        is_archived: Some(draft.is_archived),
        is_deprecated: Some(draft.is_deprecated),
        schemas: Some(draft.schemas),
        schema_policy: draft.extras.schema_policy,
        forgets_drift: false,
        group_name: Some(draft.group_name),
        feature_flags: Some(draft.feature_flags),
        labels: draft.extras.labels,
        descriptions: draft.extras.descriptions,
        group_labels: draft.extras.group_labels,
        sample: draft.extras.sample,
    }
}

fn check_draft(draft: &EventTypeDraft) -> Result<(), ServiceError> {
    let mut problems = Problems::default();
    check_draft_into(draft, &mut problems);
    problems.finish()
}

pub(crate) fn check_draft_into(draft: &EventTypeDraft, problems: &mut Problems) {
    problems.check("name", check_event_type_name(&draft.name));
    check_patch_into(&replacement(draft.clone()), problems);
}

fn check_patch(patch: &EventTypePatch) -> Result<(), ServiceError> {
    let mut problems = Problems::default();
    check_patch_into(patch, &mut problems);
    problems.finish()
}

fn check_patch_into(patch: &EventTypePatch, problems: &mut Problems) {
    check_parts(
        patch.description.as_deref().unwrap_or_default(),
        patch.schemas.as_ref().and_then(Option::as_ref),
        patch.group_name.as_ref().and_then(Option::as_deref),
        patch.feature_flags.as_deref().unwrap_or_default(),
        problems,
    );
    for (field, texts, check) in [
        ("labels", &patch.labels, check_display_name as CheckText),
        ("groupLabels", &patch.group_labels, check_display_name),
        ("descriptions", &patch.descriptions, check_description),
    ] {
        for (language, text) in texts.iter().flatten() {
            if let Err(msg) = check(text) {
                let loc = ["body", field, language.code()];
                problems.push(FieldProblem::at(&loc, msg));
            }
        }
    }
    if let Some(Some(sample)) = &patch.sample {
        let schemas = patch.schemas.as_ref().and_then(Option::as_ref);
        check_sample(sample, schemas, problems);
    }
}

type CheckText = fn(&str) -> Result<(), &'static str>;

fn check_description(text: &str) -> Result<(), &'static str> {
    if text.len() > DESCRIPTION_BYTES_MAX {
        return Err("may have at most 4096 bytes");
    }
    Ok(())
}

/// A sample fits the newest of the schemas that come with it.
fn check_sample(sample: &Sample, schemas: Option<&serde_json::Value>, problems: &mut Problems) {
    if sample.json().len() > SAMPLE_BYTES_MAX {
        problems.push(FieldProblem::body("sample", "may have at most 65536 bytes"));
        return;
    }
    let Some((version, schema)) = schemas.and_then(newest) else {
        return;
    };
    // What is no schema is told of where the schemas are checked.
    let schema = Schema::compile(schema, UnlessNamed::Draft7);
    if let (Ok(schema), Ok(payload)) = (schema, serde_json::from_str(sample.json())) {
        for mismatch in schema.mismatches(&payload) {
            let msg = format!("does not match version `{version}` of the schemas: {mismatch}");
            problems.push(FieldProblem::body("sample", msg));
        }
    }
}

fn check_parts(
    description: &str,
    schemas: Option<&serde_json::Value>,
    group_name: Option<&str>,
    feature_flags: &[String],
    problems: &mut Problems,
) {
    problems.check("description", check_description(description));
    if let Some(schemas) = schemas {
        problems.check("schemas", check_schemas(schemas));
    }
    if let Some(group_name) = group_name {
        problems.check("groupName", check_display_name(group_name));
    }
    if feature_flags.len() > FEATURE_FLAGS_MAX {
        problems.push(FieldProblem::body("featureFlags", "may have at most 25"));
    }
    for flag in feature_flags {
        problems.check("featureFlags", check_display_name(flag));
    }
}
