//! The pages of a list: which one is asked for, and the way to its neighbours, with the same filters.

use tidings_service::{Cursor, Listed, PageQuery};
use tidings_store::Order;

use crate::form::{self, Posted};

/// Rows of a page, where a list has no reason for another number.
pub(crate) const ROWS_MAX: usize = 25;
/// The field that names a page.
const PAGE: &str = "page";

/// The way to the neighbours of a page.
#[derive(Debug, Clone)]
pub(crate) struct Paging {
    /// The address of the page before, from the `?` on.
    pub(crate) previous: Option<String>,
    /// That of the next one.
    pub(crate) next: Option<String>,
}

/// The page that is asked for.
pub(crate) fn asked(query: &Posted, limit: usize, order: Order) -> PageQuery {
    let cursor = Some(query.line(PAGE)).filter(|page| !page.is_empty());
    PageQuery {
        limit,
        cursor: cursor.map(Cursor::parse),
        order,
    }
}

impl Paging {
    /// The neighbours of a page that was asked for; these fields are its filters.
    pub(crate) fn of<T>(listed: &Listed<T>, query: &Posted, filters: &[&str]) -> Self {
        let cursor = query.line(PAGE);
        let is_back = cursor.starts_with('-');
        let address = |iterator: &String| address(iterator, query, filters);
        let has_next = is_back || !listed.is_done;
        let has_previous = !(cursor.is_empty() || is_back && listed.is_done);
        Self {
            previous: listed
                .prev_iterator
                .as_ref()
                .filter(|_| has_previous)
                .map(address),
            next: listed.iterator.as_ref().filter(|_| has_next).map(address),
        }
    }

    /// Only the way on, to what lies behind this iterator, if there is any.
    pub(crate) fn on(iterator: Option<&String>, query: &Posted, filters: &[&str]) -> Self {
        Self {
            previous: None,
            next: iterator.map(|iterator| address(iterator, query, filters)),
        }
    }
}

/// The address of a page, from the `?` on, with the filters of this one.
fn address(iterator: &str, query: &Posted, filters: &[&str]) -> String {
    let filters = filters.iter().filter(|name| !query.line(name).is_empty());
    let pair = |name: &&str| ((*name).to_owned(), query.line(name).to_owned());
    let mut fields: Vec<(String, String)> = filters.map(pair).collect();
    fields.push((PAGE.to_owned(), iterator.to_owned()));
    format!("?{}", form::written(&fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(is_done: bool) -> Listed<u8> {
        Listed {
            rows: vec![1],
            iterator: Some("b".to_owned()),
            prev_iterator: Some("-a".to_owned()),
            is_done,
        }
    }

    #[test]
    fn neighbours_are_there_as_far_as_the_list_goes_and_keep_the_filters() {
        let of = |is_done, query: &str| {
            let query = Posted::parse(query.as_bytes());
            let paging = Paging::of(&listed(is_done), &query, &["q", "empty"]);
            (paging.previous, paging.next)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of(true, ""), (None, None));
        assert_eq!(of(false, "q=a+b"), (None, some("?q=a+b&page=b")));
        assert_eq!(of(true, "page=x&empty="), (some("?page=-a"), None));
        assert_eq!(of(true, "page=-x"), (None, some("?page=b")));
        assert_eq!(of(false, "page=-x"), (some("?page=-a"), some("?page=b")));
        let on = |iterator: Option<&str>| {
            let (iterator, query) = (iterator.map(str::to_owned), Posted::parse(b"q=a&page=-x"));
            Paging::on(iterator.as_ref(), &query, &["q"])
        };
        assert_eq!(on(Some("c")).next, some("?q=a&page=c"));
        let end = on(None);
        assert_eq!((end.previous, end.next), (None, None));
    }
}
