//! What every test starts from: an opened store with one application.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use tidings_domain::application::{Application, Metadata};
use tidings_domain::body_format::BodyFormat;
use tidings_domain::clock::{Millis, SeededEntropy};
use tidings_domain::delivery::{DeliveryFacts, Exchange, Outcome, Pending, PendingReason, Trigger};
use tidings_domain::endpoint::Endpoint;
use tidings_domain::ids::{ApplicationId, MessageId};
use tidings_domain::message::{Message, MessageKey};
use tidings_domain::sealed::{Keyring, MasterKey};

use super::recorder::{Places, Recorder};
use super::{Harness, Instance};
use crate::target::Target;
use crate::{
    Accepted, AttemptRow, AttemptsOf, Creditor, Dedup, Hold, ListAttempts, NewApplication,
    NewEndpoint, NewMessage, Next, Opened, Order, Settlement, Store, Written,
};

/// When every test begins.
pub(super) const NOW: Millis = 1_700_000_000_000;
/// A day, in milliseconds.
pub(super) const DAY: Millis = 24 * 60 * 60 * 1000;
/// More than any list in these tests has.
pub(super) const ALL: usize = 100_000;

/// A store in use.
pub(super) struct World<'a> {
    harness: &'a dyn Harness,
    instance: Option<Box<dyn Instance>>,
    pub(super) recorder: Arc<Recorder>,
    pub(super) places: Arc<Places>,
    /// The environment's number.
    pub(super) environment: i64,
    pub(super) application: Application,
    /// What opening the first journal found.
    pub(super) opened: Opened,
    tails: AtomicI64,
}

impl<'a> World<'a> {
    /// Opens the data, makes an application and opens a journal.
    pub(super) async fn new(harness: &'a dyn Harness) -> Self {
        let instance = harness.open().await;
        let recorder = Arc::new(Recorder::default());
        instance.set_handover(recorder.clone());
        let store = instance.store();
        let environment = store.ensure_environment("default".into(), NOW).await;
        let environment = environment.expect("an environment is made").ordinal;
        let new = new_application(environment, 1);
        let made = store.create_application(new, None).await;
        let application = done(made.expect("an application is made"));
        let opened = store.open_journal("node".into(), NOW).await;
        Self {
            harness,
            instance: Some(instance),
            recorder,
            places: Arc::default(),
            environment,
            application,
            opened: opened.expect("a journal opens"),
            tails: AtomicI64::new(1_000),
        }
    }

    pub(super) fn store(&self) -> Arc<dyn Store> {
        self.instance.as_ref().expect("the store is open").store()
    }

    /// Ends the store without closing its journal and opens the data again, with a new recorder.
    pub(super) async fn crash(&mut self) {
        self.instance = None;
        let instance = self.harness.open().await;
        self.recorder = Arc::default();
        instance.set_handover(self.recorder.clone());
        self.instance = Some(instance);
    }

    /// Crashes and takes over what was there.
    pub(super) async fn crash_and_recover(&mut self) -> Opened {
        self.crash().await;
        let opened = self.store().open_journal("node".into(), NOW).await;
        opened.expect("a journal opens")
    }

    /// A second node on the same data.
    pub(super) async fn second(&self) -> Box<dyn Instance> {
        self.harness.open().await
    }

    /// The application's number.
    pub(super) fn app(&self) -> i64 {
        self.application.id.seq()
    }

    /// The key of a message of this application.
    pub(super) fn key(&self, id: MessageId) -> MessageKey {
        MessageKey {
            application: self.app(),
            id,
        }
    }

    /// The key of a message that is not there.
    pub(super) fn unknown_key(&self) -> MessageKey {
        self.key(MessageId::new(NOW, self.opened.journal, 9_999, 1))
    }

    /// The attempts to an endpoint.
    pub(super) fn of_endpoint(&self, endpoint: &Target) -> AttemptsOf {
        AttemptsOf::Endpoint {
            application: self.app(),
            endpoint: endpoint.ordinal(),
        }
    }

    /// A number that was not used before.
    pub(super) fn tail(&self) -> i64 {
        self.tails.fetch_add(1, Ordering::SeqCst)
    }

    pub(super) async fn other_application(&self) -> Application {
        let new = new_application(self.environment, self.tail());
        done(
            self.store()
                .create_application(new, None)
                .await
                .expect("made"),
        )
    }

    pub(super) fn new_endpoint(&self) -> NewEndpoint {
        NewEndpoint {
            application: self.app(),
            environment: self.environment,
            uid: None,
            url: "https://example.com/hook".into(),
            description: String::new(),
            is_disabled: false,
            event_types: Vec::new(),
            channels: Vec::new(),
            filter: None,
            throttle_rate: None,
            is_fifo: false,
            batch_size: None,
            max_wait_secs: None,
            retry_policy: None,
            co_signature: None,
            format: BodyFormat::Json,
            metadata: Metadata::new(),
            headers: None,
            credentials: None,
            secrets: Vec::new(),
            created_at: NOW,
            tail: self.tail(),
        }
    }

    pub(super) async fn endpoint(&self) -> Arc<Target> {
        let made = self
            .store()
            .create_endpoint(self.new_endpoint(), None)
            .await;
        target(done(made.expect("an endpoint is made")))
    }

    pub(super) async fn endpoints(&self, count: usize) -> Vec<Arc<Target>> {
        let mut targets = Vec::with_capacity(count);
        for _ in 0..count {
            targets.push(self.endpoint().await);
        }
        targets
    }

    /// A message to these targets, none of which is admitted yet.
    pub(super) fn to(&self, targets: &[&Arc<Target>]) -> NewMessage {
        self.to_numbers(targets.iter().map(|target| target.ordinal()).collect())
    }

    /// A message to endpoints by number, which need not be there.
    pub(super) fn to_numbers(&self, targets: Vec<i64>) -> NewMessage {
        NewMessage {
            application: self.app(),
            event_type: "user.created".into(),
            payload: Bytes::from_static(b"{\"id\":1}"),
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            targets,
            admitted: Vec::new(),
            in_line: Vec::new(),
            accepted_at: NOW,
            tail: self.tail(),
            dedup: None,
            event_id_until: NOW + DAY,
            record: None,
            options: None,
        }
    }

    /// A message to these targets, all of which have a place in memory.
    pub(super) fn handed_to(&self, targets: &[&Arc<Target>]) -> NewMessage {
        let mut new = self.to(targets);
        for target in targets {
            self.admit(&mut new, target);
        }
        new
    }

    pub(super) fn admit(&self, new: &mut NewMessage, target: &Arc<Target>) {
        new.admitted.push((target.clone(), self.places.take()));
    }

    /// Accepts a message that must be new, and reads it back.
    pub(super) async fn accept(&self, new: NewMessage) -> Arc<Message> {
        let store = self.store();
        let application = new.application;
        let id = match store.accept(new).await {
            Ok(Accepted::Done(id)) => id,
            other => panic!("the message was not accepted: {other:?}"),
        };
        self.read(MessageKey { application, id }).await
    }

    pub(super) async fn message(&self, id: MessageId) -> Arc<Message> {
        self.read(self.key(id)).await
    }

    async fn read(&self, key: MessageKey) -> Arc<Message> {
        let found = self.store().message_by_key(key).await;
        Arc::new(
            found
                .expect("a read")
                .expect("an accepted message is there"),
        )
    }

    /// Settles and waits until it is on disk.
    pub(super) async fn settle(&self, settlement: Settlement) {
        self.store().settle(settlement);
        self.flush().await;
    }

    pub(super) async fn flush(&self) {
        self.store().flush().await.expect("everything is written");
    }

    /// An attempt at a handed-over delivery that succeeded.
    pub(super) fn success(&self, message: &Arc<Message>, endpoint: &Target) -> Settlement {
        Settlement {
            message: message.clone(),
            endpoint: endpoint.endpoint.id,
            number: 1,
            trigger: Trigger::Scheduled,
            outcome: Outcome::Success,
            started_at: NOW,
            tail: self.tail(),
            exchange: Exchange {
                url: endpoint.endpoint.url.clone(),
                status: Some(200),
                ..Exchange::default()
            },
            hold: Hold::Handed,
            journal: 0,
            next: Next::Done,
            state: None,
            told: None,
            permit: None,
        }
    }

    /// One that failed and is to be tried again.
    pub(super) fn retry(
        &self,
        message: &Arc<Message>,
        endpoint: &Target,
        due_at: Millis,
    ) -> Settlement {
        let reason = PendingReason::Retry;
        let mut failed = self.success(message, endpoint);
        failed.outcome = Outcome::Retry;
        failed.exchange.status = Some(500);
        failed.next = Next::At { due_at, reason };
        failed
    }

    /// One that failed and is not tried again.
    pub(super) fn exhausted(&self, message: &Arc<Message>, endpoint: &Target) -> Settlement {
        let mut failed = self.success(message, endpoint);
        failed.outcome = Outcome::Exhausted;
        failed.exchange.status = Some(500);
        failed
    }

    /// An endpoint of this application, as one that is owed something.
    pub(super) fn creditor(&self, endpoint: i64) -> Creditor {
        let slot = self.store().slot_of(self.app());
        Creditor { slot, endpoint }
    }

    /// What is owed to an endpoint by the end of days.
    pub(super) async fn owed(&self, endpoint: i64) -> Vec<Pending> {
        let creditor = self.creditor(endpoint);
        let due = self.store().due(creditor, Millis::MAX, ALL).await;
        due.expect("a read").rows
    }

    /// Message and endpoint of everything that is owed.
    pub(super) async fn all_owed(&self) -> Vec<(MessageKey, i64)> {
        let creditors = self.store().due_endpoints(None, ALL).await.expect("a read");
        let mut owed = Vec::new();
        for (creditor, _) in creditors {
            let due = self.store().due(creditor, Millis::MAX, ALL).await;
            let rows = due.expect("a read").rows;
            owed.extend(rows.iter().map(|row| (row.message, row.endpoint)));
        }
        owed.sort_unstable();
        owed
    }

    /// All attempts of a message, in order.
    pub(super) async fn attempts(&self, message: &Message) -> Vec<AttemptRow> {
        let list = list_attempts(AttemptsOf::Message(message.key()));
        self.store().attempts(list).await.expect("a read").rows
    }

    pub(super) async fn facts(&self, message: &Message, endpoint: i64) -> Option<DeliveryFacts> {
        let traces = self.store().delivery_facts(message.key()).await;
        let mut traces = traces.expect("a read").into_iter();
        traces
            .find(|trace| trace.endpoint == endpoint)
            .map(|trace| trace.facts)
    }
}

pub(super) fn new_application(environment: i64, tail: i64) -> NewApplication {
    NewApplication {
        environment,
        uid: None,
        name: "Cool Account".into(),
        throttle_rate: None,
        plan: None,
        feature_flags: None,
        metadata: Metadata::new(),
        created_at: NOW,
        tail,
    }
}

/// What was made.
pub(super) fn done<T: std::fmt::Debug>(written: Written<T>) -> T {
    match written {
        Written::Done(made) => made,
        other => panic!("it was not made: {other:?}"),
    }
}

pub(super) fn target(endpoint: Endpoint) -> Arc<Target> {
    let key = MasterKey::generate(1, &SeededEntropy::new(1));
    let keyring = Keyring::new(key, Vec::new()).expect("one key");
    let application = ApplicationId::new(NOW, 0, endpoint.application, 1);
    Arc::new(Target::prepare(endpoint, application, &keyring).expect("nothing is sealed"))
}

/// An idempotency key that lasts for a day.
pub(super) fn key(key: u8, body: u8) -> Dedup {
    Dedup {
        key: [key; 16],
        body: [body; 16],
        expires_at: NOW + DAY,
    }
}

/// Everything, oldest first.
pub(super) fn list_attempts(of: AttemptsOf) -> ListAttempts {
    ListAttempts::first(of, Order::Ascending, ALL)
}

/// The row as the holder of an owed delivery knows it.
pub(super) fn hold(row: &Pending) -> Hold {
    Hold::Pending {
        version: row.version,
    }
}
