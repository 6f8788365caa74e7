//! [`Nodes`], passed on to the files that do it.

use tidings_store::Nodes;

use crate::SqliteStore;

impl Nodes for SqliteStore {}
