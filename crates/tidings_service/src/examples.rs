//! Examples and tests: a message to one endpoint, to see what it gets and how it answers.

use std::sync::Arc;

use bytes::Bytes;
use tidings_domain::delivery::Trigger;
use tidings_domain::event_type::EventType;
use tidings_domain::message::{Message, MessageOptions};
use tidings_domain::names::check_event_type_name;
use tidings_domain::record::{ENTITY_TYPES, TEST, notice};
use tidings_domain::sample::Sample;
use tidings_domain::schema;
use tidings_store::target::Target;
use tidings_store::{
    Accepted, AttemptRow, AttemptsOf, Dedup, ListAttempts, NewMessage, Order, Permit, Room,
};

use crate::error::{FieldProblem, ServiceError};
use crate::limits::{RETRY_AFTER_BUSY, RETRY_AFTER_FULL};
use crate::payload::Payload;
use crate::{Caller, Service, attempts};

/// What stands for a sample where there is none to choose; Svix clients know it.
const PING: (&str, &str) = ("svix.ping", r#"{"success":true}"#);

/// The type of the records that stand for people.
const USER: &str = "user";

/// What a test sends.
#[derive(Debug, Clone, Default)]
pub struct TestDraft {
    /// What is said to have happened.
    pub event_type: Option<String>,
    /// What is sent; the sample of the event type if it is missing.
    pub payload: Option<Payload>,
    /// Who asks for the test: the id of a record of the type `user`, which is sent instead of the above.
    pub user: Option<String>,
}

/// Which example is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExampleDraft {
    /// What is said to have happened.
    pub event_type: String,
    /// Which of those that there are: the sample, then the examples of the newest schema.
    pub index: usize,
}

/// A message for one endpoint.
struct Example {
    application: i64,
    event_type: String,
    payload: Payload,
    targets: Vec<i64>,
    admitted: Vec<(Arc<Target>, Permit)>,
    in_line: Vec<i64>,
}

impl Service {
    /// Sends an example of an event type to one endpoint, as a message like any other.
    pub async fn send_example(
        &self,
        caller: Caller,
        (application, endpoint): (&str, &str),
        draft: ExampleDraft,
        dedup: Option<Dedup>,
    ) -> Result<Arc<Message>, ServiceError> {
        self.check_room()?;
        self.check_has_webhooks(caller, application).await?;
        let (view, target) = self.target(caller, application, endpoint).await?;
        if target.endpoint.is_off() {
            return Err(ServiceError::Refused {
                code: "endpoint_disabled",
                detail: "the endpoint is disabled; enable it first, or test it".to_owned(),
            });
        }
        let payload = self.example_of(caller, &draft).await?;
        let bytes = payload.as_bytes().len();
        let admitted = self.admit(&[&target], bytes).await;
        let in_line = [&target]
            .into_iter()
            .filter(|target| target.endpoint.is_fifo);
        let in_line = in_line.map(|target| target.ordinal());
        let example = Example {
            application: view.ordinal(),
            event_type: draft.event_type,
            payload,
            targets: vec![target.ordinal()],
            in_line: in_line.collect(),
            admitted,
        };
        self.accept_example(example, dedup).await
    }

    /// Makes one request to an endpoint, switched on or not, and tells how it ended.
    pub async fn test_endpoint(
        &self,
        caller: Caller,
        (application, endpoint): (&str, &str),
        draft: TestDraft,
    ) -> Result<AttemptRow, ServiceError> {
        self.check_room()?;
        self.check_has_webhooks(caller, application).await?;
        let (view, target) = self.target(caller, application, endpoint).await?;
        let (event_type, payload) = match &draft.user {
            Some(user) => self.test_of_user(caller, application, user).await?,
            None => self.test_content(caller, &target, draft).await?,
        };
        let permit = self.admission.try_test().ok_or(ServiceError::Unavailable {
            retry_after: RETRY_AFTER_BUSY,
            source: None,
        })?;
        // Without targets: nobody is owed a test, so no crash brings it back.
        let example = Example {
            application: view.ordinal(),
            event_type,
            payload,
            targets: Vec::new(),
            admitted: Vec::new(),
            in_line: Vec::new(),
        };
        let message = self.accept_example(example, None).await?;
        let key = message.key();
        self.admission
            .test(message, target, Trigger::Test, permit)
            .await?;
        let list = ListAttempts::first(AttemptsOf::Message(key), Order::Ascending, 1);
        let page = self.store.attempts(list).await?;
        let tested = page.rows.into_iter().next();
        tested
            .filter(|row| row.attempt.trigger == Trigger::Test)
            .ok_or(attempts::NOT_FOUND)
    }

    /// What a test sends that somebody asks for who is signed in to the portal: their own record, if the id of their
    /// session is that of one and the endpoint hears of records; else what it sends anyhow.
    pub async fn test_of_session(
        &self,
        caller: Caller,
        (application, endpoint): (&str, &str),
    ) -> Result<TestDraft, ServiceError> {
        let (_, target) = self.target(caller, application, endpoint).await?;
        let known = self.session(caller).await?;
        let (Some(user), true) = (&known.session.session_id, hears_of_records(&target)) else {
            return Ok(TestDraft::default());
        };
        let user = match self.record(caller, application, (USER, user)).await {
            Ok(_) => Some(user.clone()),
            Err(ServiceError::NotFound { .. }) => None,
            Err(other) => return Err(other),
        };
        Ok(TestDraft {
            user,
            ..TestDraft::default()
        })
    }

    /// What a change of the user's record would send, with `test` in the place of the action.
    async fn test_of_user(
        &self,
        caller: Caller,
        application: &str,
        user: &str,
    ) -> Result<(String, Payload), ServiceError> {
        let invalid = |msg: String| ServiceError::invalid(FieldProblem::body("user", msg));
        let record = match self.record(caller, application, (USER, user)).await {
            Err(ServiceError::NotFound { .. }) => {
                return Err(invalid(format!(
                    "is not the id of a record of the type {USER} of this application; put one first"
                )));
            }
            found => found?,
        };
        let told = notice(USER, &record.head.entity_id, TEST, Some(&record.body));
        let told = told.map_err(|error| invalid(error.to_string()))?;
        Ok((format!("{USER}.{TEST}"), Payload::of_object(told)))
    }

    async fn test_content(
        &self,
        caller: Caller,
        target: &Target,
        draft: TestDraft,
    ) -> Result<(String, Payload), ServiceError> {
        if let Some(event_type) = draft.event_type {
            let payload = match draft.payload {
                None => self.sample_of(caller, &event_type).await?,
                Some(payload) => {
                    check_event_type_name(&event_type).map_err(|error| {
                        ServiceError::invalid(FieldProblem::body("eventType", error.to_string()))
                    })?;
                    payload
                }
            };
            return Ok((event_type, payload));
        }
        if let Some(payload) = draft.payload {
            return Ok((PING.0.to_owned(), payload));
        }
        for event_type in &target.endpoint.event_types {
            if let Some(sample) = self.find_sample(caller, event_type).await? {
                return Ok((event_type.clone(), self.fresh(&sample)?));
            }
        }
        Ok((PING.0.to_owned(), ping()?))
    }

    /// The sample of an event type, with fresh ids and times.
    async fn sample_of(&self, caller: Caller, event_type: &str) -> Result<Payload, ServiceError> {
        if event_type == PING.0 {
            return ping();
        }
        let found = self.catalogued(caller, event_type).await?;
        match found.sample {
            None => Err(wrong_type(
                "has no sample to send; give it one, or import a catalogue that has one",
            )),
            Some(sample) => self.fresh(&sample),
        }
    }

    /// The sample of an event type, or one of the examples of its newest schema, which are sent as they are.
    async fn example_of(
        &self,
        caller: Caller,
        draft: &ExampleDraft,
    ) -> Result<Payload, ServiceError> {
        if draft.event_type == PING.0 {
            return if draft.index == 0 {
                ping()
            } else {
                Err(no_such_example(&draft.event_type, 1))
            };
        }
        let found = self.catalogued(caller, &draft.event_type).await?;
        let examples = found.schemas.as_ref().map_or(&[][..], schema::examples);
        let samples = usize::from(found.sample.is_some());
        match (found.sample, samples + examples.len()) {
            (_, 0) => Err(wrong_type(
                "has no sample to send; give it one, or import a catalogue that has one",
            )),
            (Some(sample), _) if draft.index == 0 => self.fresh(&sample),
            (_, all) => match examples.get(draft.index - samples) {
                None => Err(no_such_example(&draft.event_type, all)),
                Some(example) if example.is_object() => payload(example.to_string()),
                Some(_) => Err(ServiceError::invalid(FieldProblem::body(
                    "exampleIndex",
                    "is that of an example in the schema which is no object, and payloads are objects",
                ))),
            },
        }
    }

    async fn catalogued(
        &self,
        caller: Caller,
        event_type: &str,
    ) -> Result<EventType, ServiceError> {
        if let Err(error) = check_event_type_name(event_type) {
            return Err(wrong_type(&error.to_string()));
        }
        let name = event_type.to_owned();
        let found = self.store.event_type(caller.environment, name).await?;
        found.ok_or_else(|| wrong_type("is not in the catalogue of event types"))
    }

    async fn find_sample(
        &self,
        caller: Caller,
        event_type: &str,
    ) -> Result<Option<Sample>, ServiceError> {
        let name = event_type.to_owned();
        let found = self.store.event_type(caller.environment, name).await?;
        Ok(found.and_then(|found| found.sample))
    }

    pub(crate) fn fresh(&self, sample: &Sample) -> Result<Payload, ServiceError> {
        payload(sample.fresh(self.now(), self.entropy()))
    }

    /// Refuses what would have to be written while there is no room for it.
    pub(crate) fn check_room(&self) -> Result<(), ServiceError> {
        if self.store.room() == Room::Enough {
            return Ok(());
        }
        Err(ServiceError::Unavailable {
            retry_after: RETRY_AFTER_FULL,
            source: None,
        })
    }

    async fn accept_example(
        &self,
        example: Example,
        dedup: Option<Dedup>,
    ) -> Result<Arc<Message>, ServiceError> {
        let accepted_at = self.now();
        let payload = example.payload.into_bytes();
        let new = NewMessage {
            application: example.application,
            targets: example.targets.clone(),
            event_type: example.event_type.clone(),
            payload: payload.clone(),
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            admitted: example.admitted,
            in_line: example.in_line,
            accepted_at,
            tail: self.entropy.id_tail(),
            dedup,
            event_id_until: accepted_at,
            record: None,
            options: MessageOptions::aside(),
        };
        match self.store.accept(new).await? {
            Accepted::Done(id) => Ok(Arc::new(Message {
                id,
                application: example.application,
                event_type: example.event_type,
                payload,
                event_id: None,
                channels: Vec::new(),
                tags: Vec::new(),
                targets: example.targets,
                options: None,
            })),
            Accepted::Replayed(message) => Ok(message),
            Accepted::KeyReused | Accepted::EventIdTaken(_) | Accepted::RecordChanged => {
                Err(ServiceError::key_reused())
            }
        }
    }
}

/// Whether changes of records are among what an endpoint wants.
fn hears_of_records(target: &Target) -> bool {
    let wanted = &target.endpoint.event_types;
    let group = |name: &String| name.split('.').next().is_some_and(is_of_records);
    wanted.is_empty() || wanted.iter().any(group)
}

fn is_of_records(group: &str) -> bool {
    ENTITY_TYPES.contains(&group)
}

fn wrong_type(msg: &str) -> ServiceError {
    ServiceError::invalid(FieldProblem::body("eventType", msg))
}

fn no_such_example(event_type: &str, all: usize) -> ServiceError {
    let msg = match all {
        1 => format!("must be 0: `{event_type}` has one example"),
        _ => format!(
            "must lie between 0 and {}: `{event_type}` has {all} examples",
            all - 1
        ),
    };
    ServiceError::invalid(FieldProblem::body("exampleIndex", msg))
}

fn ping() -> Result<Payload, ServiceError> {
    payload(PING.1.to_owned())
}

fn payload(json: String) -> Result<Payload, ServiceError> {
    match Payload::parse(&Bytes::from(json)) {
        Ok(Some(payload)) => Ok(payload),
        Ok(None) | Err(_) => Err(ServiceError::invalid(FieldProblem::body(
            "eventType",
            "has a sample that cannot be sent: it is nested deeper than 64 levels",
        ))),
    }
}
