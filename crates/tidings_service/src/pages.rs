//! Pages of lists, by iterator: the id of the last row seen, or of the first with a `-` before it to
//! go back.

use tidings_domain::ids::IdParts;
use tidings_store::{Order, Page, PageRequest};

use crate::error::{FieldProblem, ServiceError};

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The id or name of the row next to which it begins.
    pub id: String,
    /// Whether the page lies before that row, not behind it.
    pub is_backwards: bool,
}

impl Cursor {
    /// Reads an iterator as a caller sends it.
    pub fn parse(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(id) => Self {
                id: id.to_owned(),
                is_backwards: true,
            },
            None => Self {
                id: text.to_owned(),
                is_backwards: false,
            },
        }
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// At most so many rows.
    pub limit: usize,
    /// Where it begins; none for the list's beginning.
    pub cursor: Option<Cursor>,
    /// Which way the list runs.
    pub order: Order,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its rows, in the list's order.
    pub rows: Vec<T>,
    /// The iterator of the next page; none where there is no row to name.
    pub iterator: Option<String>,
    /// The iterator of the page before.
    pub prev_iterator: Option<String>,
    /// Whether nothing lies beyond, in the direction of the request.
    pub is_done: bool,
}

impl<T> Listed<T> {
    /// A list without rows.
    pub fn empty() -> Self {
        Self {
            rows: Vec::new(),
            iterator: None,
            prev_iterator: None,
            is_done: true,
        }
    }
}

impl PageQuery {
    pub(crate) fn is_backwards(&self) -> bool {
        self.cursor
            .as_ref()
            .is_some_and(|cursor| cursor.is_backwards)
    }

    /// The order in which rows are read, so that those next to the cursor come first.
    pub(crate) fn reading_order(&self) -> Order {
        match (self.order, self.is_backwards()) {
            (order, false) => order,
            (Order::Ascending, true) => Order::Descending,
            (Order::Descending, true) => Order::Ascending,
        }
    }

    /// What to ask a store for: one row more than wanted tells whether there is more.
    pub(crate) fn request(&self, after: Option<i64>) -> PageRequest {
        PageRequest {
            order: self.reading_order(),
            after,
            limit: self.limit + 1,
        }
    }

    /// Makes a page of rows that were read with one to spare.
    pub(crate) fn finish<T>(&self, mut rows: Vec<T>, id_of: impl Fn(&T) -> String) -> Listed<T> {
        let is_done = rows.len() <= self.limit;
        rows.truncate(self.limit);
        self.close(rows, is_done, None, id_of)
    }

    /// Makes a page of rows of which the store itself said whether there is more.
    ///
    /// A page may be short or empty because reading stopped at its limit of rows; then the next
    /// page starts where reading stopped, which `name_of` turns into an iterator.
    pub(crate) fn finish_page<T>(
        &self,
        page: Page<T>,
        id_of: impl Fn(&T) -> String,
        name_of: impl Fn(IdParts) -> String,
    ) -> Listed<T> {
        let is_full = page.rows.len() >= self.limit;
        let stopped_at = page.next.filter(|_| !is_full).map(name_of);
        self.close(page.rows, page.next.is_none(), stopped_at, id_of)
    }

    fn close<T>(
        &self,
        mut rows: Vec<T>,
        is_done: bool,
        stopped_at: Option<String>,
        id_of: impl Fn(&T) -> String,
    ) -> Listed<T> {
        if self.is_backwards() {
            rows.reverse();
        }
        let (first, last) = (rows.first().map(&id_of), rows.last().map(&id_of));
        let (iterator, prev) = if self.is_backwards() {
            (last, stopped_at.or(first))
        } else {
            (stopped_at.or(last), first)
        };
        Listed {
            iterator,
            prev_iterator: prev.map(|id| format!("-{id}")),
            rows,
            is_done,
        }
    }
}

/// The iterator does not belong to this list.
pub(crate) fn wrong_iterator() -> ServiceError {
    ServiceError::invalid(FieldProblem::query(
        "iterator",
        "not an iterator of this list",
    ))
}

#[cfg(test)]
mod tests {
    use tidings_domain::ids::MessageId;

    use super::*;

    fn query(text: Option<&str>, order: Order) -> PageQuery {
        PageQuery {
            limit: 2,
            cursor: text.map(Cursor::parse),
            order,
        }
    }

    fn finish(query: &PageQuery, rows: &[i32]) -> Listed<i32> {
        query.finish(rows.to_vec(), ToString::to_string)
    }

    #[test]
    fn a_page_names_its_last_and_its_first_row() {
        let page = finish(&query(None, Order::Ascending), &[1, 2, 3]);
        assert_eq!(page.rows, [1, 2]);
        assert_eq!(page.iterator.as_deref(), Some("2"));
        assert_eq!(page.prev_iterator.as_deref(), Some("-1"));
        assert!(!page.is_done);
        assert!(finish(&query(Some("2"), Order::Ascending), &[3]).is_done);
    }

    #[test]
    fn a_page_before_a_row_is_read_backwards_and_shown_forwards() {
        let back = query(Some("-5"), Order::Ascending);
        assert_eq!(back.reading_order(), Order::Descending);
        let page = finish(&back, &[4, 3, 2]);
        assert_eq!(page.rows, [3, 4]);
        assert_eq!(page.prev_iterator.as_deref(), Some("-3"));
        assert!(!page.is_done);
    }

    #[test]
    fn a_page_that_stopped_early_goes_on_where_it_stopped() {
        let query = query(None, Order::Descending);
        let page = Page {
            rows: vec![9],
            next: Some(MessageId::new(0, 0, 4, 0).parts()),
        };
        let listed = query.finish_page(page, ToString::to_string, |at| format!("at{}", at.seq));
        assert_eq!(listed.iterator.as_deref(), Some("at4"));
        assert!(!listed.is_done);
        let end = Page {
            rows: Vec::<i32>::new(),
            next: None,
        };
        let listed = query.finish_page(end, ToString::to_string, |at| format!("at{}", at.seq));
        assert_eq!((listed.iterator, listed.is_done), (None, true));
    }
}
