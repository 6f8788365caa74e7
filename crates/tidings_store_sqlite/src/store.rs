//! The [`Store`] trait: a file for each of its parts, each method passed on to the file that does it.

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
mod polling;
mod records;
mod sessions;
mod upkeep;

use std::sync::Arc;

use tidings_store::{Note, Store};

use crate::SqliteStore;

impl Store for SqliteStore {
    fn noting(&self, note: Note) -> Arc<dyn Store> {
        Arc::new(Self {
            note: Some(Arc::new(note)),
            ..self.clone()
        })
    }
}
