//! Pages of what has a number, along it: the statements' text, and who reads them.
//!
//! In each, `$1` is whose the rows are, `$2` the number behind which the page begins, `$3` how many it has at most.

use tidings_store::{Order, PageRequest};
use tokio_postgres::Row;

use crate::connection::Connection;
use crate::convert::count;
use crate::failure::Result;

/// A page upwards, from what the statement begins with, its name and its first conditions included.
macro_rules! page_up {
    ($($select:tt)+) => {
        concat!($($select)+, " AND ordinal > $2 ORDER BY ordinal LIMIT $3")
    };
}

/// The same page downwards.
macro_rules! page_down {
    ($($select:tt)+) => {
        concat!($($select)+, " AND ordinal < $2 ORDER BY ordinal DESC LIMIT $3")
    };
}

pub(crate) use {page_down, page_up};

/// The rows of one page, by the statement upwards or by the one downwards.
pub(crate) async fn rows(
    connection: &Connection,
    (up, down): (&'static str, &'static str),
    owner: i64,
    page: PageRequest,
) -> Result<Vec<Row>> {
    let (sql, first) = match page.order {
        Order::Ascending => (up, i64::MIN),
        Order::Descending => (down, i64::MAX),
    };
    let after = page.after.unwrap_or(first);
    connection
        .query(sql, &[&owner, &after, &count(page.limit)])
        .await
}
