//! Every statement in one list, so that a test can prepare each on a real server.

use crate::{
    accept, applications, changes, dedup, endpoints, event_types, health, hints, import, journal,
    keys, lists, migration, nodes, partitions, pending, server, settle, takeover, upkeep,
};

/// Defines statements as constants, and the list of them.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* pub(crate) const $name: &str = $sql;)+
        /// The statements of this file.
        pub(crate) const STATEMENTS: &[&str] = &[$($name),+];
    };
}

pub(crate) use statements;

/// Every statement with parameters that the store makes.
pub fn all() -> impl Iterator<Item = &'static str> {
    [
        accept::STATEMENTS,
        applications::STATEMENTS,
        changes::STATEMENTS,
        dedup::STATEMENTS,
        endpoints::STATEMENTS,
        event_types::STATEMENTS,
        health::STATEMENTS,
        hints::STATEMENTS,
        import::STATEMENTS,
        journal::STATEMENTS,
        keys::STATEMENTS,
        lists::ATTEMPTS,
        lists::FACTS,
        lists::MESSAGES,
        migration::STATEMENTS,
        migration::STEPS,
        nodes::STATEMENTS,
        partitions::STATEMENTS,
        pending::STATEMENTS,
        server::STATEMENTS,
        settle::STATEMENTS,
        takeover::STATEMENTS,
        upkeep::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
