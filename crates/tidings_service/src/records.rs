//! Records: the product puts what it has, and its customers hear of what has changed.
//!
//! A change is made from what was read; if the record has changed meanwhile, it is looked at anew. So
//! changes of one record come one after the other, each with its own message, in that order.

mod import;
mod lists;

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use tidings_domain::ids::MessageId;
use tidings_domain::names::{check_entity_type, check_record_id};
use tidings_domain::record::{ENTITY_TYPES, Reading, RecordAction, notice};
use tidings_store::directory::ApplicationView;
use tidings_store::{Accepted, Dedup, RecordHead, RecordWrite};

use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{RECORD_TRIES_MAX, RETRY_AFTER_BUSY};
use crate::messages::MessageDraft;
use crate::payload::Payload;
use crate::{Caller, Service};

pub use import::ImportedRecord;

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "record" };

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordOutcome {
    /// It was made, and this message tells of it.
    Changed(RecordAction, MessageId),
    /// The record was just so already.
    Unchanged,
}

/// How a record is to be.
struct Wanted {
    id: String,
    value: Option<(Payload, Reading)>,
    dedup: Option<Dedup>,
}

impl Wanted {
    /// What is to happen to a record that stands like this; nothing if it is just so.
    fn action(&self, head: Option<&RecordHead>) -> Option<RecordAction> {
        let there = head.filter(|head| head.is_there());
        match (&self.value, there) {
            (Some((_, reading)), Some(head)) if head.hash == reading.hash => None,
            (Some(_), Some(_)) => Some(RecordAction::Update),
            (Some(_), None) => Some(RecordAction::New),
            (None, Some(_)) => Some(RecordAction::Delete),
            (None, None) => None,
        }
    }

    /// The change that makes it so, and the event that tells of it.
    fn change(
        &self,
        entity_type: &str,
        head: Option<&RecordHead>,
        action: RecordAction,
    ) -> Result<(RecordWrite, MessageDraft), ServiceError> {
        let entity_id = match (&self.value, head) {
            (Some((_, reading)), _) => reading.entity_id(&self.id),
            (None, head) => head.map(|head| head.entity_id.clone()).unwrap_or_default(),
        };
        let body = self.value.as_ref().map(|(record, _)| record.as_bytes());
        let body_bytes = body.map(|body| &body[..]);
        let told = notice(entity_type, &entity_id, action.as_str(), body_bytes);
        let told = told.map_err(|error| invalid(&error.to_string()))?;
        let write = RecordWrite {
            entity_type: entity_type.to_owned(),
            id: self.id.clone(),
            expected_version: head.map_or(0, |head| head.version),
            action,
            entity_id,
            hash: self
                .value
                .as_ref()
                .map_or([0; 32], |(_, reading)| reading.hash),
            body: body.cloned().unwrap_or_default(),
        };
        let draft = MessageDraft {
            event_type: action.event_type(entity_type),
            payload: Payload::of_object(told),
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            application: None,
            options: None,
        };
        Ok((write, draft))
    }
}

/// Whose records are changed.
struct Place<'a> {
    view: &'a ApplicationView,
    entity_type: &'a str,
}

impl Service {
    /// Keeps a record, and tells of it if it is new or different.
    pub async fn put_record(
        &self,
        caller: Caller,
        application: &str,
        (entity_type, id): (&str, &str),
        record: Payload,
        dedup: Option<Dedup>,
    ) -> Result<RecordOutcome, ServiceError> {
        let reading = read(&record)?;
        let value = Some((record, reading));
        self.change_record(caller, application, (entity_type, id), value, dedup)
            .await
    }

    /// Deletes a record, and tells of it if it was there.
    pub async fn delete_record(
        &self,
        caller: Caller,
        application: &str,
        (entity_type, id): (&str, &str),
        dedup: Option<Dedup>,
    ) -> Result<RecordOutcome, ServiceError> {
        self.change_record(caller, application, (entity_type, id), None, dedup)
            .await
    }

    async fn change_record(
        &self,
        caller: Caller,
        application: &str,
        (entity_type, id): (&str, &str),
        value: Option<(Payload, Reading)>,
        dedup: Option<Dedup>,
    ) -> Result<RecordOutcome, ServiceError> {
        let mut problems = Problems::default();
        if let Err(error) = check_record_id(id) {
            problems.push(FieldProblem::at(&["path", "id"], error.to_string()));
        }
        problems.finish()?;
        let wanted = Wanted {
            id: id.to_owned(),
            value,
            dedup,
        };
        let mut outcomes = self
            .change_records(caller, application, entity_type, vec![wanted])
            .await?;
        outcomes.pop().unwrap_or(Err(NOT_FOUND))
    }

    /// Makes records so; those of one id in their order. Gives what came of each.
    async fn change_records(
        &self,
        caller: Caller,
        application: &str,
        entity_type: &str,
        all: Vec<Wanted>,
    ) -> Result<Vec<Result<RecordOutcome, ServiceError>>, ServiceError> {
        self.check_room()?;
        self.check_entity_type(caller, entity_type).await?;
        let view = self.view(caller, application).await?;
        let place = Place {
            view: &view,
            entity_type,
        };
        let mut outcomes = self.find_earlier(&view, &all).await?;
        let mut tries = vec![0; all.len()];
        loop {
            let mut ids = HashSet::new();
            let is_open = |number: &usize| outcomes[*number].is_none();
            let round: Vec<usize> = (0..all.len())
                .filter(is_open)
                .filter(|number| ids.insert(all[*number].id.as_str()))
                .collect();
            if round.is_empty() {
                break;
            }
            let ids = ids.into_iter().map(str::to_owned).collect();
            let heads = self
                .store
                .record_heads(view.ordinal(), entity_type.to_owned(), ids)
                .await?;
            let heads: HashMap<&str, &RecordHead> =
                heads.iter().map(|head| (head.id.as_str(), head)).collect();
            let steps = round.iter().map(|number| {
                let wanted = &all[*number];
                self.try_change(&place, wanted, heads.get(wanted.id.as_str()).copied())
            });
            for (number, outcome) in round.iter().zip(join_all(steps).await) {
                tries[*number] += 1;
                outcomes[*number] = match outcome {
                    None if tries[*number] == RECORD_TRIES_MAX => Some(Err(busy())),
                    outcome => outcome,
                };
            }
        }
        Ok(outcomes.into_iter().flatten().collect())
    }

    /// Makes one change; `None` if the record has changed since it was read.
    async fn try_change(
        &self,
        place: &Place<'_>,
        wanted: &Wanted,
        head: Option<&RecordHead>,
    ) -> Option<Result<RecordOutcome, ServiceError>> {
        let Some(action) = wanted.action(head) else {
            return Some(Ok(RecordOutcome::Unchanged));
        };
        let (write, draft) = match wanted.change(place.entity_type, head, action) {
            Ok(change) => change,
            Err(error) => return Some(Err(error)),
        };
        let checked = self.check_payload(place.view, &draft.event_type, &draft.payload);
        let seen = match checked.await {
            Ok(seen) => seen,
            Err(error) => return Some(Err(error)),
        };
        let mut new = self.prepare(place.view, draft, wanted.dedup.clone()).await;
        new.record = Some(Box::new(write));
        match self.store.accept(new).await {
            Ok(Accepted::Done(id)) => {
                place.view.traffic.accepted();
                if let Some(seen) = &seen {
                    self.drifts.note(seen);
                }
                Some(Ok(RecordOutcome::Changed(action, id)))
            }
            Ok(Accepted::RecordChanged) => None,
            Ok(earlier) => Some(replay(&earlier)),
            Err(error) => Some(Err(error.into())),
        }
    }

    /// What requests with the same idempotency keys have come to.
    async fn find_earlier(
        &self,
        view: &ApplicationView,
        all: &[Wanted],
    ) -> Result<Vec<Option<Result<RecordOutcome, ServiceError>>>, ServiceError> {
        let keys: Vec<Dedup> = all.iter().filter_map(|one| one.dedup.clone()).collect();
        if keys.len() < all.len() || keys.is_empty() {
            return Ok(all.iter().map(|_| None).collect());
        }
        let now = self.now();
        let found = self.store.earlier_messages(view.ordinal(), keys, now);
        let found = found.await?;
        if found.contains(&Some(Accepted::KeyReused)) {
            return Err(ServiceError::key_reused());
        }
        Ok(found
            .iter()
            .map(|earlier| earlier.as_ref().map(replay))
            .collect())
    }

    /// `user` and `company` are always there; others are if the catalogue has an event of theirs.
    async fn check_entity_type(
        &self,
        caller: Caller,
        entity_type: &str,
    ) -> Result<(), ServiceError> {
        let refuse = |msg: &str| {
            let problem = FieldProblem::at(&["path", "type"], msg);
            Err(ServiceError::invalid(problem))
        };
        if let Err(error) = check_entity_type(entity_type) {
            return refuse(&error.to_string());
        }
        if ENTITY_TYPES.contains(&entity_type) {
            return Ok(());
        }
        let names = RecordAction::ALL.map(|action| action.event_type(entity_type));
        let names = names.to_vec();
        let unknown = self
            .store
            .unknown_event_types(caller.environment, names)
            .await?;
        if unknown.len() < RecordAction::ALL.len() {
            return Ok(());
        }
        refuse(&format!(
            "is no type of records; make the event type {} to have one",
            RecordAction::Update.event_type(entity_type)
        ))
    }
}

fn read(record: &Payload) -> Result<Reading, ServiceError> {
    Reading::of(record.as_bytes()).map_err(|error| invalid(&error.to_string()))
}

fn invalid(msg: &str) -> ServiceError {
    ServiceError::invalid(FieldProblem::at(&["body"], msg))
}

/// So many others change the same record that this one did not get its turn.
fn busy() -> ServiceError {
    ServiceError::Unavailable {
        retry_after: RETRY_AFTER_BUSY,
        source: None,
    }
}

/// What a message that was accepted before says.
fn replay(earlier: &Accepted) -> Result<RecordOutcome, ServiceError> {
    match earlier {
        Accepted::Replayed(message) => {
            let action = RecordAction::of_event_type(&message.event_type);
            let action = action.ok_or_else(ServiceError::key_reused)?;
            Ok(RecordOutcome::Changed(action, message.id))
        }
        _ => Err(ServiceError::key_reused()),
    }
}
