//! Messages, attempts and delivery states, read.
//!
//! A page walks an index in order and stops at its limit, or at a fixed number of rows read where a
//! filter lets few pass. So no page is slow, and the caller goes on from the last row read.

mod attempts;
mod candidates;
mod counts;
mod facts;
mod messages;
mod recent;

use rusqlite::Rows;
use tidings_store::Page;

use crate::convert::read_parts;

pub(crate) use attempts::{attempt, attempted_messages, attempts};
pub(crate) use candidates::candidates;
pub(crate) use counts::{delivery_counts, outcome_counts};
pub(crate) use facts::delivery_facts;
pub(crate) use messages::{each_behind, message, message_by_seq, messages};
pub(crate) use recent::{recent_failures, recent_outcomes};

/// Fills a page from rows that begin with the parts of their id; the first is the number that orders
/// them. It has `limit` rows at most, and `read_max` are read. `read` gives none for a row that the filters leave out.
fn fill<T>(
    mut rows: Rows<'_>,
    (limit, read_max): (usize, usize),
    mut read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<Option<T>>,
) -> rusqlite::Result<Page<T>> {
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    let mut last = None;
    let mut read_count = 0;
    while let Some(row) = rows.next()? {
        if page.rows.len() >= limit || read_count >= read_max {
            page.next = last;
            break;
        }
        read_count += 1;
        last = Some(read_parts(row, 0)?);
        page.rows.extend(read(row)?);
    }
    Ok(page)
}
