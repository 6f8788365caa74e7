//! A press: one request to the button's URL, for somebody who waits to see what comes of it.
//!
//! It goes the way of a test: a message that no endpoint is owed, and one attempt. A press that failed is
//! not tried again behind the presser's back: whoever wanted a door opened a minute ago may not want it
//! opened now, and sees at once that it was not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tidings_domain::button::{
    Button, EVENT_TYPE, PressLimit, Pressed, SDB_BYTES_MAX, SESSION_BYTES_MAX, fill,
};
use tidings_domain::delivery::Trigger;
use tidings_domain::message::{Message, MessageKey, MessageOptions};
use tidings_store::target::Target;
use tidings_store::{Accepted, AttemptRow, AttemptsOf, Dedup, ListAttempts, NewMessage, Order};

use super::buttons::NOT_FOUND;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{
    PRESS_SESSIONS_MAX, PRESSES_AT_ONCE_MAX, PRESSES_PER_SECOND_MAX, RETRY_AFTER_BUSY,
};
use crate::{Caller, Service};

/// What comes with a press.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PressDraft {
    /// What the speech display bar holds.
    pub sdb: Option<String>,
    /// Which board session presses; the caller's key if it names none.
    pub session: Option<String>,
}

impl PressDraft {
    fn check(&self) -> Result<(), ServiceError> {
        let mut problems = Problems::default();
        let (sdb, session) = (self.sdb.as_deref(), self.session.as_deref());
        if sdb.is_some_and(|sdb| sdb.len() > SDB_BYTES_MAX) {
            problems.push(FieldProblem::body("sdb", "may have at most 8192 bytes"));
        }
        let is_right = |session: &str| (1..=SESSION_BYTES_MAX).contains(&session.len());
        if session.is_some_and(|session| !is_right(session)) {
            problems.push(FieldProblem::body("session", "must have 1 to 128 bytes"));
        }
        problems.finish()
    }
}

/// Where a press is made: application and button, by id or uid.
#[derive(Debug, Clone, Copy)]
pub struct Pressing<'a> {
    /// The application.
    pub application: &'a str,
    /// The button.
    pub button: &'a str,
}

/// Who presses: an application's session, or a key.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Session {
    Named(i64, String),
    OfKey(i64),
}

/// How often each board session has pressed of late.
pub(crate) struct Sessions(Mutex<PressLimit<Session>>);

impl Default for Sessions {
    fn default() -> Self {
        Self(Mutex::new(PressLimit::new(
            PRESSES_PER_SECOND_MAX,
            PRESSES_AT_ONCE_MAX,
            PRESS_SESSIONS_MAX,
        )))
    }
}

impl Service {
    /// Presses a button, and tells how the one attempt ended.
    pub async fn press_button(
        &self,
        caller: Caller,
        at: Pressing<'_>,
        draft: PressDraft,
        dedup: Option<Dedup>,
    ) -> Result<AttemptRow, ServiceError> {
        self.check_room()?;
        self.check_has_webhooks(caller, at.application).await?;
        let application = self.bare_application(caller, at.application).await?;
        let button = self.find_button(application.id.seq(), at.button).await?;
        draft.check()?;
        let payload = payload(&button, draft.sdb.as_deref().unwrap_or_default())?;
        self.check_pace(caller, button.application, draft.session)?;
        let endpoint = self.store.endpoint_by_ordinal(button.ordinal()).await?;
        let endpoint = endpoint.ok_or(NOT_FOUND)?;
        let target = Target::prepare(endpoint, application.id, &self.keyring)?;
        let permit = self.admission.try_test().ok_or(ServiceError::Unavailable {
            retry_after: RETRY_AFTER_BUSY,
            source: None,
        })?;
        let new = self.press_message(&button, payload, dedup);
        let (payload, application) = (new.payload.clone(), new.application);
        let key = match self.store.accept(new).await? {
            Accepted::Done(id) => {
                let message = Arc::new(Message {
                    id,
                    application,
                    event_type: EVENT_TYPE.to_owned(),
                    payload,
                    event_id: None,
                    channels: Vec::new(),
                    tags: Vec::new(),
                    targets: Vec::new(),
                    options: None,
                });
                let key = message.key();
                let (message, target) = (message, Arc::new(target));
                let pressing = self.admission.test(message, target, Trigger::Press, permit);
                pressing.await?;
                key
            }
            Accepted::Replayed(message) => message.key(),
            Accepted::KeyReused | Accepted::EventIdTaken(_) | Accepted::RecordChanged => {
                return Err(ServiceError::key_reused());
            }
        };
        self.attempt_of_press(key).await
    }

    /// Nobody is owed a press, so no crash brings it back.
    fn press_message(&self, button: &Button, payload: Bytes, dedup: Option<Dedup>) -> NewMessage {
        let accepted_at = self.now();
        NewMessage {
            application: button.application,
            targets: Vec::new(),
            event_type: EVENT_TYPE.to_owned(),
            payload,
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            admitted: Vec::new(),
            in_line: Vec::new(),
            accepted_at,
            tail: self.entropy.id_tail(),
            dedup,
            event_id_until: accepted_at,
            record: None,
            options: MessageOptions::aside(),
        }
    }

    fn check_pace(
        &self,
        caller: Caller,
        application: i64,
        session: Option<String>,
    ) -> Result<(), ServiceError> {
        let session = match session {
            Some(name) => Session::Named(application, name),
            None => Session::OfKey(caller.key),
        };
        let mut sessions = self
            .presses
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Err(too_soon) = sessions.take(session, self.now()) else {
            return Ok(());
        };
        Err(ServiceError::TooFast {
            retry_after: Duration::from_millis(too_soon.cast_unsigned()),
            detail: format!(
                "a board session may press {PRESSES_PER_SECOND_MAX} times a second, and \
                 {PRESSES_AT_ONCE_MAX} times at once"
            ),
        })
    }

    /// Where the same press is under way still, or its outcome was lost in a crash, there is none to tell.
    async fn attempt_of_press(&self, message: MessageKey) -> Result<AttemptRow, ServiceError> {
        let list = ListAttempts::first(AttemptsOf::Message(message), Order::Ascending, 1);
        let page = self.store.attempts(list).await?;
        let pressed = page.rows.into_iter().next();
        let pressed = pressed.filter(|row| row.attempt.trigger == Trigger::Press);
        pressed.ok_or_else(|| ServiceError::Conflict {
            code: "no_outcome",
            detail: "this press was made before, and no outcome of it is known; look at the log, \
                     or press again with another idempotency key"
                .to_owned(),
        })
    }
}

/// What is sent: nothing, or the payload with its placeholders filled.
fn payload(button: &Button, sdb: &str) -> Result<Bytes, ServiceError> {
    let Some(text) = &button.face.payload else {
        return Ok(Bytes::new());
    };
    let message = &button.face.message;
    let filled = fill(text, Pressed { sdb, message }).map_err(|error| {
        let msg = format!("the button's payload {error}");
        ServiceError::invalid(FieldProblem::body("sdb", msg))
    })?;
    Ok(Bytes::from(filled.into_owned()))
}
