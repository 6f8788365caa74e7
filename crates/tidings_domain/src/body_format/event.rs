//! Formats that put the payload as it came beside a few words about the event: the envelope of
//! Standard Webhooks, and `CloudEvents` 1.0.

use bytes::Bytes;
use jiff::Timestamp;

use super::json::check_size;
use super::{Event, Unrepresentable, Why};
use crate::clock::Millis;

/// `{"type", "timestamp", "data"}`.
pub(super) fn envelope(event: &Event<'_>) -> Result<Bytes, Unrepresentable> {
    around_payload(
        event,
        &[
            ("type", event.event_type),
            ("timestamp", &time(event.accepted_at)),
        ],
    )
}

/// A `CloudEvents` event in structured mode.
pub(super) fn structured(event: &Event<'_>) -> Result<Bytes, Unrepresentable> {
    around_payload(
        event,
        &[
            ("specversion", "1.0"),
            ("id", event.id),
            ("source", &source(event)),
            ("type", event.event_type),
            ("time", &time(event.accepted_at)),
            ("datacontenttype", "application/json"),
        ],
    )
}

/// The headers of a `CloudEvents` event in binary mode.
pub(super) fn headers(event: &Event<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("ce-specversion", "1.0".to_owned()),
        ("ce-id", event.id.to_owned()),
        ("ce-source", source(event)),
        ("ce-type", event.event_type.to_owned()),
        ("ce-time", time(event.accepted_at)),
    ]
}

/// Several events in one body: `[{"id", "eventType", "timestamp", "payload"}]`, in their order, the payloads
/// byte for byte; a raw one as a string.
pub fn list<'a>(events: impl IntoIterator<Item = Event<'a>>) -> Bytes {
    let mut body = vec![b'['];
    for event in events {
        if body.len() > 1 {
            body.push(b',');
        }
        body.push(b'{');
        push_words(
            &mut body,
            &[
                ("id", event.id),
                ("eventType", event.event_type),
                ("timestamp", &time(event.accepted_at)),
            ],
        );
        body.extend_from_slice(b"\"payload\":");
        if let Some(raw) = event.raw_payload() {
            push_word(&mut body, &String::from_utf8_lossy(raw));
        } else if event.payload.is_empty() {
            body.extend_from_slice(b"null");
        } else {
            body.extend_from_slice(event.payload);
        }
        body.push(b'}');
    }
    body.push(b']');
    body.into()
}

/// An object of these words, with the payload as `data`, byte for byte.
fn around_payload(event: &Event<'_>, words: &[(&str, &str)]) -> Result<Bytes, Unrepresentable> {
    if event.payload.is_empty() {
        return Err(Why::NotJson { at: 0 }.into());
    }
    let mut body = Vec::with_capacity(event.payload.len() + 384);
    body.push(b'{');
    push_words(&mut body, words);
    body.extend_from_slice(b"\"data\":");
    body.extend_from_slice(event.payload);
    body.push(b'}');
    check_size(body.len())?;
    Ok(body.into())
}

/// Each word behind its name, and a comma behind it.
fn push_words(body: &mut Vec<u8>, words: &[(&str, &str)]) {
    for (name, word) in words {
        body.extend_from_slice(b"\"");
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(b"\":");
        push_word(body, word);
        body.push(b',');
    }
}

fn push_word(body: &mut Vec<u8>, word: &str) {
    serde_json::to_writer(body, word).expect("a vector takes any text");
}

/// Where the event comes from, as a reference: `/app/` and the application's id, which does not
/// change when its name or uid does.
fn source(event: &Event<'_>) -> String {
    format!("/app/{}", event.application)
}

fn time(at: Millis) -> String {
    Timestamp::from_millisecond(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}
