//! Pages of the lists of the dashboard: which is asked for, and where the ones beside it are.

use tidings_service::{Cursor, Listed, PageQuery};
use tidings_store::Order;

use crate::form::Posted;

/// Rows of a page.
pub(super) const ROWS_MAX: usize = 25;

/// The pages beside one.
pub(crate) struct Pager {
    /// What the links begin with, and what comes behind it.
    pub(crate) filters: String,
    pub(crate) next: Option<String>,
    pub(crate) previous: Option<String>,
}

/// Which page a query asks for, the newest first.
pub(super) fn asked(query: &Posted) -> PageQuery {
    asked_in(query, ROWS_MAX, Order::Descending)
}

/// The same for so many rows in this order.
pub(super) fn asked_in(query: &Posted, limit: usize, order: Order) -> PageQuery {
    let cursor = Some(query.line("page")).filter(|page| !page.is_empty());
    PageQuery {
        limit,
        cursor: cursor.map(Cursor::parse),
        order,
    }
}

impl Pager {
    /// What lies beside the page that was read. `kept` are the fields of the query that stay.
    pub(super) fn of<T>(query: &Posted, listed: &Listed<T>, kept: &[&str]) -> Self {
        let cursor = Some(query.line("page")).filter(|page| !page.is_empty());
        let is_back = cursor.is_some_and(|cursor| cursor.starts_with('-'));
        let has_next = is_back || !listed.is_done;
        let has_previous = cursor.is_some() && !(is_back && listed.is_done);
        let mut filters = url::form_urlencoded::Serializer::new(String::new());
        for name in kept {
            for value in query.all(name).iter().filter(|value| !value.is_empty()) {
                filters.append_pair(name, value);
            }
        }
        Self {
            filters: filters.finish(),
            next: listed.iterator.clone().filter(|_| has_next),
            previous: listed.prev_iterator.clone().filter(|_| has_previous),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_page_has_none_before_it_and_a_last_none_behind() {
        let listed = |is_done| Listed {
            rows: vec![()],
            iterator: Some("b".to_owned()),
            prev_iterator: Some("-a".to_owned()),
            is_done,
        };
        let of = |query: &str, is_done| {
            let pager = Pager::of(&Posted::parse(query.as_bytes()), &listed(is_done), &["q"]);
            (pager.previous.is_some(), pager.next.is_some())
        };
        assert_eq!(of("", false), (false, true));
        assert_eq!(of("", true), (false, false));
        assert_eq!(of("page=a", true), (true, false));
        assert_eq!(of("page=-a", true), (false, true));
        let kept = Pager::of(&Posted::parse(b"q=a+b&x=1"), &listed(true), &["q"]);
        assert_eq!(kept.filters, "q=a+b");
    }
}
