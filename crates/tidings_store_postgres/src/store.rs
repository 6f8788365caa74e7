//! The [`Store`] trait: a file for each of its parts, each method passed on to the file that does it.
//!
//! Beside the topics: `passing` is how most methods are passed on, `routing` cuts what concerns several
//! groups into a part for each, `sharing` joins, balances and leaves.

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
pub(crate) mod passing;
mod records;
mod routing;
mod sharing;
mod upkeep;

use tidings_store::Store;

use crate::PostgresStore;

impl Store for PostgresStore {}
