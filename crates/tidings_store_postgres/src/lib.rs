//! The store on PostgreSQL: one group-commit writer for each node, readers beside it.
//!
//! A write that has returned is on the server's disk, as far as the server's own settings say so
//! (`synchronous_commit`, `fsync`). Any number of nodes work on a database: each accepts into its own
//! journal, and owns a share of the slots, in which it takes what is owed.

mod accept;
mod api_users;
mod applications;
mod audit;
mod boards;
mod buttons;
mod changes;
mod connection;
mod connector;
mod convert;
mod dedup;
pub mod distribute;
pub mod doctor;
mod endpoint_kinds;
mod endpoints;
mod event_types;
mod expunge;
mod failure;
mod fan_out;
mod flight;
mod group;
mod groups;
mod health;
mod hints;
mod horizon;
mod import;
mod inboxes;
mod integrations;
mod jobs;
mod journal;
mod keys;
mod lease;
mod line;
mod lists;
mod member_sessions;
mod members;
pub mod migration;
mod nodes;
mod operational;
mod ownership;
mod pages;
mod partitions;
mod pending;
mod plan_list;
mod polling;
mod reader;
mod records;
mod retention;
mod schema;
pub mod server;
mod sessions;
mod settle;
mod shares;
mod statements;
mod step;
mod store;
mod takeover;
mod theme;
mod upkeep;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tidings_store::commit::{self, HandoverCell};
use tidings_store::{Handover, Note, StoreError, StoreFuture};
use tokio::sync::mpsc::unbounded_channel;

use crate::connection::Connection;
use crate::connector::{Connector, Refusal};
use crate::group::Common;
use crate::groups::Groups;
use crate::hints::Hints;
use crate::ownership::Ownership;
use crate::reader::Readers;
use crate::step::Scope;
use crate::upkeep::Place;

pub use import::{NOT_COPIED, PostgresImport, copied_tables};
pub use schema::MIGRATIONS;
pub use statements::all as statements;

/// How to reach a database.
#[derive(Clone)]
pub struct Options {
    /// `postgres://user:password@host:port/database`, or `host=… dbname=…`.
    pub url: String,
    /// At most so many connections that read; the writer has one more.
    pub readers_count_max: usize,
    /// Where the password is, read anew for each connection; it goes before one in the address.
    pub password_file: Option<PathBuf>,
    /// Certificates of the authorities that the server's may come from.
    pub ca_file: Option<PathBuf>,
    /// How long a connection may take to be made, TLS and password included.
    pub connect_for_max: Duration,
    /// How long a statement may take; one that takes longer is stuck.
    pub statement_for_max: Duration,
    /// How long a statement waits for a lock.
    pub lock_for_max: Duration,
    /// By what name the server lists our connections, unless the address names one.
    pub application_name: Option<&'static str>,
    /// Whether this node delivers, and so takes a share of the slots.
    pub delivers: bool,
    /// How long a node that says nothing keeps its journal and its slots.
    pub lease_for: Duration,
    /// How often it says something when there is nothing to write.
    pub renew_every: Duration,
}

impl Options {
    /// For this database.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            readers_count_max: 8,
            password_file: None,
            ca_file: None,
            connect_for_max: Duration::from_secs(5),
            statement_for_max: Duration::from_secs(30),
            lock_for_max: Duration::from_secs(10),
            application_name: None,
            delivers: true,
            lease_for: Duration::from_secs(10),
            renew_every: Duration::from_secs(3),
        }
    }
}

/// The store. Dropping the last of those that share it ends its threads, after what was asked for is on disk.
#[derive(Clone)]
pub struct PostgresStore {
    groups: Arc<Groups>,
    readers: Readers,
    handover: HandoverCell,
    ownership: Arc<Ownership>,
    hints: Arc<Hints>,
    delivers: bool,
    lease_for: Duration,
    /// What this node is called, since it has joined.
    node: Arc<OnceLock<String>>,
    /// Where the sweep of idempotency keys goes on.
    sweep: Arc<Mutex<Place>>,
    /// The last deleted application that the sweep of records has seen to.
    records_swept: Arc<AtomicI64>,
    /// What a change that is asked of it writes down along with itself.
    note: Option<Arc<Note>>,
}

impl PostgresStore {
    /// Connects, and brings the schema up to this version. Must be called inside a Tokio runtime, whose
    /// task tells callers about commits.
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        let connector = Arc::new(Connector::new(options)?);
        migration::run(options, schema::MIGRATIONS).await?;
        let connection = Connection::try_open(&connector).await;
        let connection = connection.map_err(Refusal::at_start)?;
        import::refuse_half_copied(&connection).await?;

        let (answers, batches) = unbounded_channel();
        let handover: HandoverCell = Arc::new(OnceLock::new());
        tokio::spawn(commit::run(batches, handover.clone()));
        let ownership = Arc::new(Ownership::default());
        let hints = Hints::new(connector.clone(), handover.clone(), ownership.clone());
        let hints = Arc::new(hints);
        let common = Common {
            answers,
            ownership: ownership.clone(),
            hints: hints.clone(),
            lease_for: options.lease_for,
            renew_every: options.renew_every,
        };
        let groups = Groups::new(connector.clone(), common)?;
        if let Some(map) = groups.read(&connection).await? {
            groups.follow(map);
        }
        Ok(Self {
            groups: Arc::new(groups),
            readers: Readers::new(connector, options.readers_count_max),
            handover,
            ownership,
            hints,
            delivers: options.delivers,
            lease_for: options.lease_for,
            node: Arc::default(),
            sweep: Arc::default(),
            records_swept: Arc::default(),
            note: None,
        })
    }

    /// Says where deliveries go. Until then, and if it is called twice, nothing is handed over.
    pub fn set_handover(&self, handover: Arc<dyn Handover>) {
        let _ = self.handover.set(handover);
    }

    /// Ends the writers, after everything that was asked for is on disk. Whatever is asked for afterwards
    /// is refused.
    pub async fn close(&self) {
        for group in self.groups.all() {
            group.close().await;
        }
        self.readers.close();
    }

    /// The next round of balancing looks where slots are, however short ago that was done.
    pub fn read_groups_at_once(&self) {
        self.groups.forget_when();
    }

    /// Does something to the configuration, in a transaction at home.
    fn write<T: Send + 'static>(
        &self,
        work: impl for<'a> FnOnce(&'a mut Scope) -> BoxFuture<'a, failure::Result<T>>
        + Clone
        + Send
        + 'static,
    ) -> StoreFuture<'static, T> {
        let note = self.note.clone();
        self.groups.home.write_noting(note, None, work)
    }

    /// Does something in the group that holds a slot.
    fn write_in<T: Send + 'static>(
        &self,
        slot: i16,
        work: impl for<'a> FnOnce(&'a mut Scope) -> BoxFuture<'a, failure::Result<T>>
        + Clone
        + Send
        + 'static,
    ) -> StoreFuture<'static, T> {
        let note = self.note.clone();
        self.groups.of(slot).write_noting(note, None, work)
    }
}
