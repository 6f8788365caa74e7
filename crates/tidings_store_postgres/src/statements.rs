//! Every statement in one list, so that a test can prepare each on a real server.

use crate::{
    accept, api_users, applications, audit, boards, buttons, changes, dedup, distribute, doctor,
    endpoint_kinds, endpoints, event_types, expunge, fan_out, groups, health, hints, horizon,
    import, inboxes, integrations, jobs, journal, keys, line, lists, member_sessions, members,
    migration, nodes, operational, partitions, pending, plan_list, polling, records, retention,
    server, sessions, settle, takeover, theme, upkeep,
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

/// What the writer sends in flights, all of it from these files. A statement that had to be prepared first
/// would come after those that are sent behind it.
pub(crate) fn in_flight() -> impl Iterator<Item = &'static str> {
    [
        accept::STATEMENTS,
        audit::WRITING,
        changes::STATEMENTS,
        dedup::STATEMENTS,
        health::STATEMENTS,
        journal::STATEMENTS,
        line::STATEMENTS,
        operational::STATEMENTS,
        pending::STATEMENTS,
        records::STATEMENTS,
        settle::ATTEMPTS,
        settle::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Every statement with parameters that the store makes.
pub fn all() -> impl Iterator<Item = &'static str> {
    [
        accept::STATEMENTS,
        api_users::STATEMENTS,
        applications::STATEMENTS,
        audit::STATEMENTS,
        boards::STATEMENTS,
        buttons::STATEMENTS,
        changes::STATEMENTS,
        dedup::STATEMENTS,
        distribute::STATEMENTS,
        doctor::STATEMENTS,
        endpoint_kinds::STATEMENTS,
        endpoints::STATEMENTS,
        event_types::STATEMENTS,
        expunge::STATEMENTS,
        fan_out::STATEMENTS,
        groups::STATEMENTS,
        health::STATEMENTS,
        hints::STATEMENTS,
        horizon::STATEMENTS,
        import::STATEMENTS,
        inboxes::STATEMENTS,
        integrations::STATEMENTS,
        jobs::STATEMENTS,
        journal::STATEMENTS,
        keys::STATEMENTS,
        line::STATEMENTS,
        lists::ATTEMPTS,
        lists::COUNTS,
        lists::CANDIDATES,
        lists::FACTS,
        lists::MESSAGES,
        lists::RECENT,
        member_sessions::STATEMENTS,
        members::STATEMENTS,
        migration::STATEMENTS,
        migration::STEPS,
        nodes::STATEMENTS,
        operational::STATEMENTS,
        partitions::STATEMENTS,
        pending::STATEMENTS,
        plan_list::STATEMENTS,
        polling::STATEMENTS,
        records::STATEMENTS,
        retention::STATEMENTS,
        server::STATEMENTS,
        sessions::STATEMENTS,
        settle::ATTEMPTS,
        settle::STATEMENTS,
        takeover::STATEMENTS,
        theme::STATEMENTS,
        upkeep::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
