//! What few messages ask for: a later time, an earlier end of the payload, a body that is no JSON, headers.
//!
//! A store keeps all of it as one text in one column, which is empty for everybody else.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// How far ahead a delivery may be put off: 30 days, as long as anything may be owed. What is owed keeps its
/// message, and those of its day, beyond their retention.
pub const DELIVER_AHEAD_MAX_MS: Millis = 30 * 24 * 60 * 60 * 1000;

/// What a message asks for beside the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageOptions {
    /// It is not sent before.
    pub deliver_at: Option<Millis>,
    /// Its payload is gone after that.
    pub payload_until: Option<Millis>,
    /// Sent in place of the payload, byte for byte and in no endpoint's format.
    pub raw_payload: Option<Bytes>,
    /// Headers of its requests, beside those of the endpoint.
    pub headers: Vec<(String, String)>,
    /// It is no event, but a test, an example or a press: nobody gets it but whom it was made for.
    pub is_aside: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(skip_serializing_if = "Option::is_none")]
    deliver_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_until: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_payload: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_aside: bool,
}

impl MessageOptions {
    /// Those of what is no event.
    pub fn aside() -> Option<Box<Self>> {
        let aside = Self {
            is_aside: true,
            ..Self::default()
        };
        aside.boxed()
    }

    /// None where nothing is asked for.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }

    /// As a store keeps it.
    ///
    /// # Panics
    /// If the raw payload is not UTF-8, which none is that came in JSON.
    pub fn to_text(&self) -> String {
        let raw = self.raw_payload.as_deref();
        let stored = Stored {
            deliver_at: self.deliver_at,
            payload_until: self.payload_until,
            raw_payload: raw
                .map(|raw| String::from_utf8(raw.to_vec()).expect("it came as a string of JSON")),
            headers: self.headers.clone(),
            is_aside: self.is_aside,
        };
        serde_json::to_string(&stored).expect("numbers and texts are JSON")
    }

    /// The inverse; `None` if the text was not made by it.
    pub fn parse(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        Some(Self {
            deliver_at: stored.deliver_at,
            payload_until: stored.payload_until,
            raw_payload: stored.raw_payload.map(Bytes::from),
            headers: stored.headers,
            is_aside: stored.is_aside,
        })
    }

    /// What is left once the payload is gone.
    pub fn without_content(&self) -> Option<Box<Self>> {
        let left = Self {
            deliver_at: self.deliver_at,
            payload_until: self.payload_until,
            is_aside: self.is_aside,
            ..Self::default()
        };
        left.boxed()
    }

    /// How many bytes it adds to what the payload takes in memory.
    pub fn bytes(&self) -> usize {
        let headers = self.headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
        self.raw_payload.as_ref().map_or(0, Bytes::len) + headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> MessageOptions {
        MessageOptions {
            deliver_at: Some(7),
            payload_until: Some(-8),
            raw_payload: Some(Bytes::from_static("<a>\u{0}\u{1A}é</a>".as_bytes())),
            headers: vec![("content-type".into(), "text/xml".into())],
            is_aside: false,
        }
    }

    #[test]
    fn options_are_read_as_they_were_written() {
        let aside = *MessageOptions::aside().expect("it is set");
        for options in [all(), MessageOptions::default(), aside] {
            assert_eq!(MessageOptions::parse(&options.to_text()), Some(options));
        }
        assert_eq!(MessageOptions::parse("[1]"), None);
    }

    #[test]
    fn without_content_the_times_stay() {
        let left = *all().without_content().expect("times");
        assert_eq!((left.deliver_at, left.payload_until), (Some(7), Some(-8)));
        assert_eq!((left.raw_payload, left.headers.len()), (None, 0));
        assert_eq!(MessageOptions::default().without_content(), None);
        assert_eq!(MessageOptions::default().boxed(), None);
    }

    #[test]
    fn what_is_sent_counts_in_memory() {
        assert_eq!(all().bytes(), 11 + 20);
    }
}
