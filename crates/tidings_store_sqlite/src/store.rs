//! The [`Store`] trait: a file for each of its parts, each method passed on to the file that does it.

mod api_keys;
mod api_users;
mod applications;
mod boards;
mod changes;
mod deliveries;
mod endpoints;
mod environments;
mod event_types;
mod inboxes;
mod journals;
mod messages;
mod nodes;
mod records;
mod upkeep;

use tidings_store::Store;

use crate::SqliteStore;

impl Store for SqliteStore {}
