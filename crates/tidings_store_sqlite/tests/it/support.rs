//! A data folder that goes away with the test, and stores on it.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use rusqlite::Connection;
use tempfile::TempDir;
use tidings_domain::application::Metadata;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::clock::{Millis, SeededEntropy};
use tidings_domain::delivery::{Exchange, Outcome, Trigger};
use tidings_domain::ids::MessageId;
use tidings_domain::message::{Message, MessageKey};
use tidings_domain::sealed::{Keyring, MasterKey};
use tidings_store::conformance::{Harness, Instance};
use tidings_store::target::Target;
use tidings_store::{
    Accepted, AttemptsOf, Handover, Hold, ListAttempts, NewApplication, NewEndpoint, NewMessage,
    Next, Order, Permit, Place, Settlement, Store, Written,
};
use tidings_store_sqlite::{Options, SqliteStore};

/// A fresh data folder.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("tidings.db")
    }

    /// A server that other servers may stand beside.
    pub(crate) fn options(&self) -> Options {
        Options {
            is_exclusive: false,
            ..Options::server(self.path())
        }
    }

    /// A look at the file past the store.
    pub(crate) fn connection(&self) -> Connection {
        Connection::open(self.file()).expect("the file opens")
    }
}

struct Opened(Arc<SqliteStore>);

impl Instance for Opened {
    fn store(&self) -> Arc<dyn Store> {
        self.0.clone()
    }

    fn set_handover(&self, handover: Arc<dyn Handover>) {
        self.0.set_handover(handover);
    }
}

impl Harness for Folder {
    fn open(&self) -> Pin<Box<dyn Future<Output = Box<dyn Instance>> + Send + '_>> {
        Box::pin(async {
            let store = SqliteStore::open(&self.options()).expect("the folder opens");
            Box::new(Opened(Arc::new(store))) as Box<dyn Instance>
        })
    }
}

/// When every test begins.
pub(crate) const NOW: Millis = 1_700_000_000_000;

struct Anywhere;

impl Place for Anywhere {
    fn release(&self, _bytes: usize) {}
}

/// An application with one endpoint.
pub(crate) struct Customer {
    environment: i64,
    application: i64,
    target: Arc<Target>,
}

impl Customer {
    /// Makes them, and opens a journal.
    pub(crate) async fn new(store: &dyn Store) -> Self {
        let environment = store.ensure_environment("default".into(), NOW).await;
        let environment = environment.expect("a write").ordinal;
        let new = NewApplication {
            environment,
            uid: None,
            name: "Cool Account".into(),
            throttle_rate: None,
            plan: None,
            feature_flags: None,
            metadata: Metadata::new(),
            created_at: NOW,
            tail: 1,
        };
        let Ok(Written::Done(application)) = store.create_application(new, None).await else {
            panic!("the application was not made");
        };
        let new = new_endpoint(environment, application.id.seq());
        let Ok(Written::Done(endpoint)) = store.create_endpoint(new, None).await else {
            panic!("the endpoint was not made");
        };
        store
            .open_journal("node".into(), NOW)
            .await
            .expect("a journal opens");
        let key = MasterKey::generate(1, &SeededEntropy::new(1));
        let keyring = Keyring::new(key, Vec::new()).expect("one key");
        let target =
            Target::prepare(endpoint, application.id, &keyring).expect("nothing is sealed");
        Self {
            environment,
            application: application.id.seq(),
            target: Arc::new(target),
        }
    }

    pub(crate) fn endpoint(&self) -> i64 {
        self.target.ordinal()
    }

    pub(crate) fn new_endpoint(&self) -> NewEndpoint {
        new_endpoint(self.environment, self.application)
    }

    /// A message for nobody.
    pub(crate) fn message(&self) -> NewMessage {
        NewMessage {
            application: self.application,
            event_type: "a".into(),
            payload: Bytes::from_static(b"{}"),
            event_id: None,
            channels: Vec::new(),
            tags: Vec::new(),
            targets: Vec::new(),
            admitted: Vec::new(),
            in_line: Vec::new(),
            accepted_at: NOW,
            tail: 1,
            dedup: None,
            event_id_until: NOW + 1_000,
            record: None,
            options: None,
        }
    }

    /// A message for the endpoint, with a place in memory.
    pub(crate) fn handed_message(&self) -> NewMessage {
        NewMessage {
            targets: vec![self.endpoint()],
            admitted: vec![(self.target.clone(), Permit::new(Arc::new(Anywhere), 0))],
            ..self.message()
        }
    }

    /// The key of one of its messages.
    pub(crate) fn key(&self, id: MessageId) -> MessageKey {
        MessageKey {
            application: self.application,
            id,
        }
    }

    pub(crate) async fn accept(&self, store: &dyn Store) -> Arc<Message> {
        let Ok(Accepted::Done(id)) = store.accept(self.handed_message()).await else {
            panic!("the message was not accepted");
        };
        let message = store.message_by_key(self.key(id)).await.expect("a read");
        Arc::new(message.expect("it is there"))
    }

    pub(crate) fn success(&self, message: &Arc<Message>) -> Settlement {
        Settlement {
            message: message.clone(),
            endpoint: self.target.endpoint.id,
            number: 1,
            trigger: Trigger::Scheduled,
            outcome: Outcome::Success,
            started_at: NOW,
            tail: 1,
            exchange: Exchange::default(),
            hold: Hold::Handed,
            journal: 0,
            next: Next::Done,
            state: None,
            told: None,
            permit: None,
        }
    }

    /// All attempts of a message.
    pub(crate) fn list(message: &Message) -> ListAttempts {
        ListAttempts::first(AttemptsOf::Message(message.key()), Order::Ascending, 100)
    }
}

fn new_endpoint(environment: i64, application: i64) -> NewEndpoint {
    NewEndpoint {
        application,
        environment,
        uid: None,
        url: "https://example.com".into(),
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
        tail: 1,
    }
}
