//! Inboxes: URLs that catch whatever is sent to them, show it, and answer as they are told.
//!
//! An inbox only receives, so no rule about targets concerns it. What it answers comes from the server's own
//! origin, so an answer may neither set cookies nor change what browsers think of that origin.

mod headers;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::clock::Millis;
use crate::ids::{InboxId, InboxRequestId};

pub use headers::{RefusedAnswerHeader, check_answer_headers, pack_headers, unpack_headers};

/// How many bytes of chance a catching URL has.
pub const KEY_BYTES: usize = 16;
/// What catching URLs begin with, behind the server's address.
pub const CATCHING_PATH: &str = "/in/";
/// Most bytes of the body of a request that is caught.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// How many of the newest requests an inbox keeps.
pub const KEPT_MAX: usize = 500;
/// How long a request is kept: a week.
pub const KEPT_FOR_MS: Millis = 7 * 24 * 60 * 60 * 1000;
/// Most headers of an answer.
pub const ANSWER_HEADERS_MAX: usize = 20;
/// Most bytes of the name and of the value of a header of an answer.
pub const ANSWER_HEADER_BYTES_MAX: usize = 4_096;
/// Most bytes of an answer's body: a page or a document, not a download.
pub const ANSWER_BODY_BYTES_MAX: usize = 64 * 1024;
/// The longest that an answer may be held back, in milliseconds: longer than any sender waits.
pub const ANSWER_DELAY_MS_MAX: u32 = 30_000;

/// The part of a catching URL that nobody can guess: which inbox, and 128 bits of chance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InboxToken {
    /// The inbox's number.
    pub ordinal: i64,
    /// The chance.
    pub key: [u8; KEY_BYTES],
}

impl InboxToken {
    /// As it stands in the URL: 32 letters, digits, `-` and `_`.
    pub fn to_text(self) -> String {
        let mut bytes = self.ordinal.to_be_bytes().to_vec();
        bytes.extend(self.key);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The inverse of [`Self::to_text`].
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (ordinal, key) = bytes.split_at_checked(8)?;
        Some(Self {
            ordinal: i64::from_be_bytes(ordinal.try_into().ok()?),
            key: key.try_into().ok()?,
        })
    }
}

/// What an inbox answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedAnswer {
    /// From 200 to 599.
    pub status: u16,
    /// In their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long it is held back.
    pub delay_ms: u32,
    /// How many of a hundred requests get a 500 instead.
    pub failure_percent: u8,
}

impl Default for CannedAnswer {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
            delay_ms: 0,
            failure_percent: 0,
        }
    }
}

impl CannedAnswer {
    /// Whether this request is one of those that fail; `fraction` is chance from 0 up to 1.
    pub fn fails(&self, fraction: f64) -> bool {
        fraction * 100.0 < f64::from(self.failure_percent)
    }

    /// The headers as one text, for stores.
    ///
    /// # Panics
    /// Never: texts are JSON.
    pub fn headers_text(&self) -> String {
        serde_json::to_string(&self.headers).expect("texts are JSON")
    }
}

/// A URL that catches requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// Its id; the number in it is that of the row.
    pub id: InboxId,
    /// Where it belongs, by number.
    pub environment: i64,
    /// What people call it.
    pub name: String,
    /// The chance in its URL.
    pub key: [u8; KEY_BYTES],
    /// What it answers.
    pub answer: CannedAnswer,
    /// The sealed secret that signatures are checked with.
    pub secret: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

impl Inbox {
    /// Its number.
    pub fn ordinal(&self) -> i64 {
        self.id.seq()
    }

    /// What its URL ends with.
    pub fn token(&self) -> InboxToken {
        InboxToken {
            ordinal: self.ordinal(),
            key: self.key,
        }
    }

    /// Whether a URL is this inbox's; how long that takes tells nothing.
    pub fn is_named_by(&self, token: &InboxToken) -> bool {
        self.ordinal() == token.ordinal && self.key.ct_eq(&token.key).into()
    }
}

/// A change to an inbox; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboxPatch {
    /// What people call it.
    pub name: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Its headers.
    pub headers: Option<Vec<(String, String)>>,
    /// Its body.
    pub body: Option<Vec<u8>>,
    /// How long it is held back.
    pub delay_ms: Option<u32>,
    /// How many of a hundred fail.
    pub failure_percent: Option<u8>,
    /// The sealed secret, or none.
    pub secret: Option<Option<Vec<u8>>>,
}

impl InboxPatch {
    /// Makes the change.
    pub fn apply(self, inbox: &mut Inbox, now: Millis) {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        set(&mut inbox.name, self.name);
        set(&mut inbox.answer.status, self.status);
        set(&mut inbox.answer.headers, self.headers);
        set(&mut inbox.answer.body, self.body);
        set(&mut inbox.answer.delay_ms, self.delay_ms);
        set(&mut inbox.answer.failure_percent, self.failure_percent);
        set(&mut inbox.secret, self.secret);
        inbox.updated_at = now;
    }
}

/// A request that was caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRequest {
    /// Its id, which says when it came.
    pub id: InboxRequestId,
    /// `GET`, `POST`, or anything else.
    pub method: String,
    /// What stood in the URL behind the token, as it was sent.
    pub path: String,
    /// What stood behind the `?`.
    pub query: Option<String>,
    /// In their order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body; empty in a list without bodies.
    pub body: Vec<u8>,
    /// How long the body is.
    pub body_bytes: usize,
    /// Who sent it, as the connection says.
    pub remote: String,
}

impl InboxRequest {
    /// Whether a text occurs in the path, the query, a header or the body; ASCII letters in either case.
    pub fn contains(&self, text: &str) -> bool {
        let wanted = text.as_bytes();
        let query = self.query.as_deref().unwrap_or_default();
        let headers = self.headers.iter();
        has(self.path.as_bytes(), wanted)
            || has(query.as_bytes(), wanted)
            || has(&self.body, wanted)
            || headers
                .into_iter()
                .any(|(name, value)| has(name.as_bytes(), wanted) || has(value, wanted))
    }
}

fn has(text: &[u8], wanted: &[u8]) -> bool {
    let Some((first, rest)) = wanted.split_first() else {
        return true;
    };
    let first = first.to_ascii_lowercase();
    let places = text.windows(wanted.len());
    places.into_iter().any(|place| {
        place[0].to_ascii_lowercase() == first && place[1..].eq_ignore_ascii_case(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_nothing_else_does() {
        let token = InboxToken {
            ordinal: 7,
            key: [9; KEY_BYTES],
        };
        let text = token.to_text();
        assert_eq!(text.len(), 32);
        assert!(InboxToken::parse(&text) == Some(token));
        for wrong in ["", "x", &text[1..], &format!("{text}A"), "/../", "é"] {
            assert!(InboxToken::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_share_of_failures_is_that_of_chance() {
        let answer = |failure_percent| CannedAnswer {
            failure_percent,
            ..CannedAnswer::default()
        };
        assert!(!answer(0).fails(0.0) && answer(100).fails(0.999));
        assert!(answer(30).fails(0.299) && !answer(30).fails(0.3));
    }

    #[test]
    fn a_request_is_found_by_a_text_in_any_of_its_parts() {
        let request = InboxRequest {
            id: InboxRequestId::new(1, 0, 1, 1),
            method: "POST".into(),
            path: "/a/B".into(),
            query: Some("q=1".into()),
            headers: vec![("x-key".into(), b"Value".to_vec())],
            body: b"{\"n\":\"Owl\"}".to_vec(),
            body_bytes: 11,
            remote: "127.0.0.1:1".into(),
        };
        for text in ["a/b", "Q=1", "X-KEY", "value", "owl", ""] {
            assert!(request.contains(text), "{text}");
        }
        assert!(!request.contains("POSTER") && !request.contains("owls"));
    }
}
