//! What operations read of what stands behind the `?`.

use tidings_domain::names::CHANNEL_BYTES_MAX;
use tidings_service::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, TAG_BYTES_MAX};

use crate::pagination::ITERATOR_BYTES_MAX;

/// A parameter of a query.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What it is for, in one sentence.
    pub summary: &'static str,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text of at most so many bytes.
    Text(usize),
    /// Yes or no, and what holds without it.
    Flag(bool),
    /// A whole number from here to there, and what holds without it.
    Number(usize, usize, usize),
    /// One of a few numbers.
    OneOf(&'static [u16]),
    /// An instant, in the form of RFC 3339.
    Instant,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// Several texts.
    Texts,
}

pub(super) const fn parameter(name: &'static str, kind: Kind, summary: &'static str) -> Parameter {
    Parameter {
        name,
        kind,
        summary,
    }
}

pub(super) const LIMIT: Parameter = parameter(
    "limit",
    Kind::Number(1, PAGE_ROWS_MAX, PAGE_ROWS_DEFAULT),
    "How many rows a page has at most.",
);
pub(super) const ITERATOR: Parameter = parameter(
    "iterator",
    Kind::Text(ITERATOR_BYTES_MAX),
    "The `iterator` or `prevIterator` of the page before, to go on from there.",
);
pub(super) const ORDER: Parameter = parameter(
    "order",
    Kind::Word(&["ascending", "descending"]),
    "Whether the oldest or the newest come first.",
);
/// Pages of a list that runs both ways.
pub(super) const PAGES: [Parameter; 3] = [LIMIT, ITERATOR, ORDER];
/// Pages of a list that begins with the newest.
pub(super) const NEWEST: [Parameter; 2] = [LIMIT, ITERATOR];

pub(super) const WITH_CONTENT: Parameter = parameter(
    "with_content",
    Kind::Flag(true),
    "Whether payloads and responses are shown.",
);
pub(super) const EXPANDED: Parameter = parameter(
    "expanded_statuses",
    Kind::Flag(false),
    "Whether what was canceled is told apart from what failed.",
);
const CHANNEL: Parameter = parameter(
    "channel",
    Kind::Text(CHANNEL_BYTES_MAX),
    "Only messages of this channel.",
);
const TAG: Parameter = parameter(
    "tag",
    Kind::Text(TAG_BYTES_MAX),
    "Only messages with this tag.",
);
const EVENT_TYPES: Parameter =
    parameter("event_types", Kind::Texts, "Only messages of these types.");
const BEFORE: Parameter = parameter("before", Kind::Instant, "Only what is older than this.");
const AFTER: Parameter = parameter("after", Kind::Instant, "Only what is newer than this.");
/// Which messages a list shows.
pub(super) const MESSAGES: [Parameter; 6] =
    [CHANNEL, TAG, EVENT_TYPES, BEFORE, AFTER, WITH_CONTENT];

/// The statuses of deliveries: delivered, pending, failed, being sent, canceled.
pub(super) const STATUS: Parameter = parameter(
    "status",
    Kind::OneOf(&[0, 1, 2, 3, 4]),
    "Only those with this status: 0 success, 1 pending, 2 fail, 3 sending, 4 canceled.",
);
const STATUS_CODE_CLASS: Parameter = parameter(
    "status_code_class",
    Kind::OneOf(&[0, 100, 200, 300, 400, 500]),
    "Only those whose answer had a status of this hundred; 0 for none.",
);
const WITH_MSG: Parameter = parameter(
    "with_msg",
    Kind::Flag(false),
    "Whether each attempt comes with its message.",
);
const ONLY_REQUESTS: Parameter = parameter(
    "only_requests",
    Kind::Flag(false),
    "Whether what was canceled before it was sent is left out.",
);
/// Which attempts a list shows, besides [`MESSAGES`].
pub(super) const ATTEMPTS: [Parameter; 5] =
    [STATUS, STATUS_CODE_CLASS, WITH_MSG, EXPANDED, ONLY_REQUESTS];

/// A span of time.
pub(super) const SPAN: [Parameter; 2] = [
    parameter("since", Kind::Instant, "From when on."),
    parameter("until", Kind::Instant, "Until when."),
];
pub(super) const DRY_RUN: Parameter = parameter(
    "dry_run",
    Kind::Flag(false),
    "Whether nothing is done and only said what would be.",
);

/// A word that a list is narrowed by.
pub(super) const fn word(name: &'static str, summary: &'static str) -> Parameter {
    parameter(name, Kind::Text(256), summary)
}
pub(super) const ENDPOINT: Parameter = parameter(
    "endpoint_id",
    Kind::Text(256),
    "Only attempts at this endpoint.",
);
