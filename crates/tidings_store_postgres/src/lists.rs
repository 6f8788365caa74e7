//! Messages, attempts and delivery states, read.
//!
//! A page walks an index in order, a part at a time, and stops at its limit, or at a fixed number of rows
//! read where a filter lets few pass. So no page is slow, and the caller goes on from the last row read.
//! Both lists run by the time in their ids, which is what partitions are made of.

mod attempts;
mod candidates;
mod counts;
mod facts;
mod messages;
mod recent;

use tidings_domain::clock::Millis;
use tidings_domain::ids::IdParts;
use tidings_store::{Order, Page, SCAN_ROWS_MAX};

pub(crate) use attempts::{STATEMENTS as ATTEMPTS, attempt, attempted_messages, attempts};
pub(crate) use candidates::{STATEMENTS as CANDIDATES, candidates};
pub(crate) use counts::{STATEMENTS as COUNTS, delivery_counts, outcome_counts};
pub(crate) use facts::{STATEMENTS as FACTS, delivery_facts};
pub(crate) use messages::{STATEMENTS as MESSAGES, message, message_by_key, messages, poll};
pub(crate) use recent::{STATEMENTS as RECENT, recent_failures, recent_outcomes};

/// How many rows a filtered list reads at once.
const PART_ROWS: usize = 1_000;

/// The part of a list that is left to be read: instants and ids between bounds.
struct Span {
    order: Order,
    /// Behind this instant and id, in the direction of the order.
    after: (Millis, [u8; 20]),
    /// Up to this instant, in the direction of the order.
    end: Millis,
}

impl Span {
    /// From `from`, before `to`, behind `after`.
    fn new(order: Order, after: Option<IdParts>, from: Option<Millis>, to: Option<Millis>) -> Self {
        let (from, to) = (
            from.unwrap_or(i64::MIN),
            to.map_or(i64::MAX, |to| to.saturating_sub(1)),
        );
        let after = after.map(|parts| (parts.at_ms, parts.to_bytes()));
        match order {
            Order::Ascending => {
                let first = (from.saturating_sub(1), [0xFF; 20]);
                Self {
                    order,
                    after: after.map_or(first, |after| after.max(first)),
                    end: to,
                }
            }
            Order::Descending => {
                let first = (to, [0xFF; 20]);
                Self {
                    order,
                    after: after.map_or(first, |after| after.min(first)),
                    end: from,
                }
            }
        }
    }
}

/// A page as it is filled.
struct Filling<T> {
    page: Page<T>,
    limit: usize,
    read_max: usize,
    read_count: usize,
    last: Option<IdParts>,
}

impl<T> Filling<T> {
    fn new(limit: usize, read_max: usize) -> Self {
        Self {
            page: Page {
                rows: Vec::new(),
                next: None,
            },
            limit,
            read_max: read_max.min(SCAN_ROWS_MAX),
            read_count: 0,
            last: None,
        }
    }

    /// How many rows to read next: one more than fits tells whether there is more.
    fn part(&self, is_filtered: bool) -> usize {
        let wanted = self.limit.saturating_sub(self.page.rows.len());
        let wanted = if is_filtered { PART_ROWS } else { wanted };
        wanted.min(self.read_max - self.read_count) + 1
    }

    /// Adds the next row that was read, if the filter lets it pass. False if the page has ended before
    /// it.
    fn add(&mut self, id: IdParts, row: Option<T>) -> bool {
        if self.page.rows.len() >= self.limit || self.read_count >= self.read_max {
            self.page.next = self.last;
            return false;
        }
        self.read_count += 1;
        self.last = Some(id);
        self.page.rows.extend(row);
        true
    }
}

/// Whether the filter of a list on messages lets one pass.
struct About<'a> {
    channel: Option<&'a str>,
    tag: Option<&'a str>,
    event_types: &'a [String],
}

impl About<'_> {
    fn is_everything(&self) -> bool {
        self.channel.is_none() && self.tag.is_none() && self.event_types.is_empty()
    }

    fn holds(&self, message: &tidings_domain::message::Message) -> bool {
        let has = |words: &[String], wanted: Option<&str>| {
            wanted.is_none_or(|wanted| words.iter().any(|word| word == wanted))
        };
        (self.event_types.is_empty() || self.event_types.contains(&message.event_type))
            && has(&message.channels, self.channel)
            && has(&message.tags, self.tag)
    }
}
