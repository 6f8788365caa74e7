//! Messages: accepting an event, and finding what was accepted.

mod expunge;
mod lists;
mod options;

use std::sync::Arc;

use tidings_domain::clock::Millis;
use tidings_domain::ids::MessageId;
use tidings_domain::message::{FAN_OUT_DIRECT_MAX, Message};
use tidings_domain::names::{check_event_id, check_event_type_name};
use tidings_store::directory::ApplicationView;
use tidings_store::target::Target;
use tidings_store::{Accepted, Dedup, MessageReference, NewMessage, Permit, Room};

use crate::applications::{ApplicationDraft, IfExists};
use crate::endpoints::check_channels;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{EVENT_ID_UNIQUE_FOR_MS, RETRY_AFTER_FULL, TAG_BYTES_MAX, TAGS_MAX};
use crate::payload::Payload;
use crate::{Caller, Service};

pub use lists::MessageFilter;
pub use options::OptionsDraft;

pub(crate) const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "message" };

/// An event that a caller wants to be sent.
#[derive(Debug, Clone)]
pub struct MessageDraft {
    /// What happened. The catalogue need not know it.
    pub event_type: String,
    /// What is sent.
    pub payload: Payload,
    /// The caller's own id of the event.
    pub event_id: Option<String>,
    /// The channels that it goes out on.
    pub channels: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The application, to be made if it is not there.
    pub application: Option<ApplicationDraft>,
    /// What few messages ask for.
    pub options: Option<Box<OptionsDraft>>,
}

impl MessageDraft {
    /// `now` is only asked where something depends on it.
    fn check(&self, now: impl FnOnce() -> Millis) -> Result<(), ServiceError> {
        let mut problems = Problems::default();
        problems.check("eventType", check_event_type_name(&self.event_type));
        if let Some(event_id) = &self.event_id {
            problems.check("eventId", check_event_id(event_id));
            if MessageId::is_claimed_by(event_id) {
                let msg = "may not begin with msg_, as ids do";
                problems.push(FieldProblem::body("eventId", msg));
            }
        }
        if !self.channels.is_empty() {
            check_channels(&self.channels, &mut problems);
        }
        if !self.tags.is_empty() {
            check_tags(&self.tags, &mut problems);
        }
        if let Some(options) = &self.options {
            options.check(now(), &mut problems);
        }
        problems.finish()
    }
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// It is on disk under this id.
    Accepted(MessageId),
    /// It was accepted before, by the same request.
    Replayed(Arc<Message>),
}

impl Service {
    /// Accepts an event: once this returns a receipt, it survives a power cut and will be delivered.
    ///
    /// This is the hot path. While the application is in memory it touches nothing but memory until
    /// the store's commit.
    pub async fn accept(
        &self,
        caller: Caller,
        application: &str,
        draft: MessageDraft,
        dedup: Option<Dedup>,
    ) -> Result<Receipt, ServiceError> {
        if self.store.room() != Room::Enough {
            return Err(ServiceError::Unavailable {
                retry_after: RETRY_AFTER_FULL,
                source: None,
            });
        }
        draft.check(|| self.now())?;
        let cached = self
            .directory
            .cached_application(caller.environment, application);
        let view = match (cached, &draft.application) {
            (Some(view), None) => view,
            // In boxes: what next to no message needs takes no room in all the others.
            (None, None) => Box::pin(self.view(caller, application)).await?,
            (_, Some(named)) => Box::pin(self.view_or_create(caller, application, named)).await?,
        };
        let checked = self.check_payload(&view, &draft.event_type, &draft.payload);
        let seen = checked.await?;
        let new = self.prepare(&view, draft, dedup).await;
        match self.store.accept(new).await? {
            Accepted::Done(id) => {
                view.traffic.accepted();
                if let Some(seen) = &seen {
                    self.drifts.note(seen);
                }
                Ok(Receipt::Accepted(id))
            }
            Accepted::Replayed(message) => Ok(Receipt::Replayed(message)),
            Accepted::KeyReused | Accepted::RecordChanged => Err(ServiceError::key_reused()),
            Accepted::EventIdTaken(id) => Err(ServiceError::Conflict {
                code: "conflict",
                detail: format!("the message {id} has this event id"),
            }),
        }
    }

    /// Finds who wants the event, and a place in memory for each of them where there is one.
    pub(crate) async fn prepare(
        &self,
        view: &ApplicationView,
        draft: MessageDraft,
        dedup: Option<Dedup>,
    ) -> NewMessage {
        let payload = draft.payload.as_bytes();
        let matching: Vec<&Arc<Target>> = view
            .matching(&draft.event_type, &draft.channels, payload)
            .collect();
        let options = draft.options.and_then(|options| options.build(self.now()));
        let is_later = options
            .as_ref()
            .is_some_and(|options| options.deliver_at.is_some());
        let (mut admitted, mut in_line) = (Vec::new(), Vec::new());
        if !is_later {
            let bytes = options.as_ref().map_or(0, |options| options.bytes());
            admitted = self.admit(&matching, payload.len() + bytes).await;
            let first = matching.iter().filter(|target| target.endpoint.is_fifo);
            in_line.extend(first.map(|target| target.ordinal()));
        }
        let accepted_at = self.now();
        NewMessage {
            application: view.ordinal(),
            targets: matching.iter().map(|target| target.ordinal()).collect(),
            event_type: draft.event_type,
            payload: draft.payload.into_bytes(),
            event_id: draft.event_id,
            channels: draft.channels,
            tags: draft.tags,
            admitted,
            in_line,
            accepted_at,
            tail: self.entropy.id_tail(),
            dedup,
            event_id_until: accepted_at + EVENT_ID_UNIQUE_FOR_MS,
            record: None,
            options,
        }
    }

    /// Places in memory, at once for most, after a moment for some. Beyond a certain fan-out there are
    /// none: the store expands it step by step.
    pub(crate) async fn admit(
        &self,
        matching: &[&Arc<Target>],
        bytes: usize,
    ) -> Vec<(Arc<Target>, Permit)> {
        if matching.len() > FAN_OUT_DIRECT_MAX {
            return Vec::new();
        }
        let mut admitted = Vec::with_capacity(matching.len());
        let mut busy = Vec::new();
        // What keeps the order waits in line, never in memory.
        for target in matching.iter().filter(|target| !target.endpoint.is_fifo) {
            match self.admission.try_admit(target, bytes) {
                Some(permit) => admitted.push((Arc::clone(target), permit)),
                None => busy.push(Arc::clone(target)),
            }
        }
        if !busy.is_empty() {
            admitted.extend(self.admission.admit(&busy, bytes).await);
        }
        admitted
    }

    /// The application that the path names; made as the body says if it is not there.
    async fn view_or_create(
        &self,
        caller: Caller,
        application: &str,
        draft: &ApplicationDraft,
    ) -> Result<Arc<ApplicationView>, ServiceError> {
        let mut problems = Problems::default();
        draft.check(&mut problems);
        problems.nest(0, "application");
        if let Some(view) = self.find_view(caller, application).await? {
            let is_same = draft.is_named(application)
                || (draft.uid.is_some() && draft.uid == view.application.uid);
            if !is_same {
                problems.push(other_application());
            }
            problems.finish()?;
            return Ok(view);
        }
        if !draft.is_named(application) {
            problems.push(other_application());
        }
        problems.finish()?;
        self.create_application(caller, draft.clone(), IfExists::Get, None)
            .await?;
        self.view(caller, application).await
    }

    /// The message of this id or event id.
    pub async fn message(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Arc<Message>, ServiceError> {
        let view = self.view(caller, application).await?;
        self.find_message(view.ordinal(), name).await
    }

    pub(crate) async fn find_message(
        &self,
        application: i64,
        name: &str,
    ) -> Result<Arc<Message>, ServiceError> {
        let reference = match name.parse::<MessageId>() {
            Ok(id) => MessageReference::Id(id),
            Err(_) if check_event_id(name).is_ok() && !MessageId::is_claimed_by(name) => {
                MessageReference::EventId(name.to_owned())
            }
            Err(_) => return Err(NOT_FOUND),
        };
        let found = self.store.message(application, reference).await?;
        found.map(Arc::new).ok_or(NOT_FOUND)
    }
}

fn other_application() -> FieldProblem {
    FieldProblem::at(
        &["body", "application", "uid"],
        "must be the application that the path names",
    )
}

fn check_tags(tags: &[String], problems: &mut Problems) {
    if tags.len() > TAGS_MAX {
        problems.push(FieldProblem::body("tags", "may have at most 5"));
    }
    for tag in tags {
        if !(1..=TAG_BYTES_MAX).contains(&tag.len()) || tag.chars().any(char::is_control) {
            let msg = "a tag has 1 to 128 bytes without control characters";
            problems.push(FieldProblem::body("tags", msg));
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn draft() -> MessageDraft {
        MessageDraft {
            event_type: "user.created".to_owned(),
            payload: Payload::parse(&Bytes::from_static(b"{}")).unwrap().unwrap(),
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            application: None,
            options: None,
        }
    }

    fn wrong_fields(draft: &MessageDraft) -> Vec<String> {
        match draft.check(|| 0) {
            Ok(()) => Vec::new(),
            Err(ServiceError::Invalid(problems)) => problems
                .iter()
                .map(|problem| problem.loc[1].clone())
                .collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert!(wrong_fields(&draft()).is_empty());
        let wrong = MessageDraft {
            event_type: "a b".to_owned(),
            event_id: Some("msg_1".to_owned()),
            channels: vec!["a".to_owned(); 2],
            tags: vec![String::new()],
            ..draft()
        };
        assert_eq!(
            wrong_fields(&wrong),
            ["eventType", "eventId", "channels", "tags"]
        );
    }

    #[test]
    fn ten_channels_and_five_tags_are_allowed_and_no_more() {
        let names = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        let most = MessageDraft {
            channels: names(10),
            tags: names(5),
            ..draft()
        };
        assert!(wrong_fields(&most).is_empty());
        let more = MessageDraft {
            channels: names(11),
            tags: names(6),
            ..draft()
        };
        assert_eq!(wrong_fields(&more), ["channels", "tags"]);
    }
}
