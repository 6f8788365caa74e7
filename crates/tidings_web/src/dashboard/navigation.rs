//! Where one can go from the side of every page: a row for each page, in the order in which they are shown.
//!
//! A page is listed once it exists, and for those who may look at it.

use tidings_domain::access::Role;

use super::inboxes;

/// Where the dashboard begins.
pub(super) const START: &str = "/dashboard/overview";

/// A page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The name of what it is called.
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) icon: &'static str,
    /// The least role that may look at it.
    needs: Role,
    /// Whether it is the page that is shown, or one below it.
    pub(crate) is_current: bool,
}

/// Pages under a heading.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The name of the heading; none above the first.
    pub(crate) title: Option<&'static str>,
    pub(crate) entries: Vec<Entry>,
}

/// A page whose name is said by the text `name`.
const fn page(name: &'static str, address: &'static str, icon: &'static str, needs: Role) -> Entry {
    Entry {
        name,
        address,
        icon,
        needs,
        is_current: false,
    }
}

/// What is going on: Overview, Search, Applications, Event types, Catalogues, Plans, Operational webhooks, Jobs, Inbox.
const WORK: &[Entry] = &[
    page("nav-overview", START, "grid", Role::Viewer),
    page("nav-search", "/dashboard/search", "search", Role::Viewer),
    page(
        "nav-applications",
        "/dashboard/applications",
        "users",
        Role::Viewer,
    ),
    page(
        "nav-event-types",
        "/dashboard/event-types",
        "book",
        Role::Viewer,
    ),
    page(
        "nav-catalogues",
        "/dashboard/catalogues",
        "list",
        Role::Viewer,
    ),
    page("nav-plans", "/dashboard/plans", "swap", Role::Viewer),
    page(
        "nav-operational",
        "/dashboard/operational",
        "bell",
        Role::Admin,
    ),
    page("nav-jobs", "/dashboard/jobs", "clock", Role::Viewer),
    page("inboxes", inboxes::FOLDER, "tray", Role::Viewer),
];

/// Who is in, and how it is set up: Members, API keys, Audit log, Settings.
const ADMINISTRATION: &[Entry] = &[
    page("nav-members", "/dashboard/members", "users", Role::Admin),
    page("nav-keys", "/dashboard/keys", "key", Role::Admin),
    page("nav-audit-log", "/dashboard/audit-log", "list", Role::Admin),
    page("nav-settings", "/dashboard/settings", "tune", Role::Admin),
    page("nav-you", "/dashboard/you", "shield", Role::Viewer),
];

/// The pages that somebody of this role can go to, while this one is shown.
pub(super) fn groups(role: Role, path: &str) -> Vec<Group> {
    let titles = [(None, WORK), (Some("nav-administration"), ADMINISTRATION)];
    let groups = titles.map(|(title, entries)| {
        let entries = entries.iter().filter(|entry| role >= entry.needs);
        let entries = entries.map(|entry| Entry {
            is_current: is_within(path, entry.address),
            ..*entry
        });
        Group {
            title,
            entries: entries.collect(),
        }
    });
    let groups = groups.into_iter();
    groups.filter(|group| !group.entries.is_empty()).collect()
}

fn is_within(path: &str, address: &str) -> bool {
    let below = path.strip_prefix(address);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_marked_while_it_or_one_below_it_is_shown() {
        assert!(is_within("/dashboard/jobs", "/dashboard/jobs"));
        assert!(is_within("/dashboard/jobs/1", "/dashboard/jobs"));
        assert!(!is_within("/dashboard/jobs-of", "/dashboard/jobs"));
        let shown = groups(Role::Owner, "/dashboard/you/x");
        let current = shown.iter().flat_map(|group| &group.entries);
        let current: Vec<_> = current.filter(|entry| entry.is_current).collect();
        assert_eq!(current.len(), 1);
        assert_eq!(current[0].address, "/dashboard/you");
    }

    #[test]
    fn the_dashboard_begins_at_a_page_that_everybody_can_go_to() {
        let shown = groups(Role::Viewer, "");
        let mut entries = shown.iter().flat_map(|group| &group.entries);
        assert!(entries.any(|entry| entry.address == START));
    }
}
