//! The [`Store`] trait: a file for each of its parts, each method passed on to the file that does it.
//!
//! Beside the topics: `passing` is how most methods are passed on, `routing` cuts what concerns several
//! groups into a part for each, `sharing` joins, balances and leaves.

mod api_keys;
mod api_users;
mod applications;
mod audit;
mod boards;
mod changes;
mod deliveries;
mod endpoints;
mod environments;
mod event_types;
mod inboxes;
mod integrations;
mod jobs;
mod journals;
mod members;
mod messages;
mod nodes;
mod operational;
pub(crate) mod passing;
mod polling;
mod records;
mod routing;
mod sessions;
mod sharing;
mod upkeep;

use std::sync::Arc;

use tidings_store::{Note, Store};

use crate::PostgresStore;

impl Store for PostgresStore {
    fn noting(&self, note: Note) -> Arc<dyn Store> {
        Arc::new(Self {
            note: Some(Arc::new(note)),
            ..self.clone()
        })
    }
}
