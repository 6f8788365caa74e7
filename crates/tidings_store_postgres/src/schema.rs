//! The tables, as the migrations that make them.
//!
//! Numbered, forward only, never edited after a release: expand, then move, then contract. Every table
//! that grows with what is sent leads with `slot`, a fixed hash of the application. Numbers that are
//! not keys are `bigint` where that costs little, so that a row reads the same everywhere. How they are
//! run while nodes are at work is in `migration`.

use crate::migration::{Migration, Step};

/// The migrations, in order.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "the tables",
    steps: &[Step::Create(include_str!("schema/version_1.sql"))],
}];

/// Held while partitions are made, so that nodes do not do so at once.
pub(crate) const LOCK: i64 = 0x7469_6469_6e67_7301;
