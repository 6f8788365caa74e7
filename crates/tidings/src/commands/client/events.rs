//! Server-sent events, as far as the feed uses them.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

/// The server says something at least every 15 s; after so long without a word it is gone.
const SILENT_FOR_MAX: Duration = Duration::from_secs(45);
/// Longest event that is read.
const EVENT_BYTES_MAX: usize = 1 << 20;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// What kind it is.
    pub(crate) name: String,
    /// Its JSON.
    pub(crate) data: String,
}

/// A stream of events.
pub(crate) struct Events {
    body: Incoming,
    reader: Reader,
}

impl Events {
    pub(super) fn new(body: Incoming) -> Self {
        let reader = Reader::default();
        Self { body, reader }
    }

    /// The next event; none once the stream has ended or broken. Nothing is lost if the caller stops
    /// waiting.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.reader.next() {
                return Some(event);
            }
            let frame = tokio::time::timeout(SILENT_FOR_MAX, self.body.frame()).await;
            let piece: Bytes = match frame.ok()??.ok()?.into_data() {
                Ok(piece) => piece,
                Err(_) => continue,
            };
            self.reader.add(&piece);
            if self.reader.unread.len() > EVENT_BYTES_MAX {
                return None;
            }
        }
    }
}

/// Puts pieces of text together to events.
#[derive(Default)]
struct Reader {
    unread: Vec<u8>,
    name: String,
    data: String,
}

impl Reader {
    fn add(&mut self, piece: &[u8]) {
        self.unread.extend_from_slice(piece);
    }

    fn next(&mut self) -> Option<Event> {
        while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line[..end]);
            let line = line.trim_end_matches('\r');
            if line.is_empty() {
                let (name, data) = (
                    std::mem::take(&mut self.name),
                    std::mem::take(&mut self.data),
                );
                if !data.is_empty() {
                    return Some(Event { name, data });
                }
            } else {
                self.read_field(line);
            }
        }
        None
    }

    /// Lines that begin with a colon are remarks and have an empty field name.
    fn read_field(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Event {
        let (name, data) = (name.to_owned(), data.to_owned());
        Event { name, data }
    }

    #[test]
    fn events_are_put_together_wherever_the_pieces_part() {
        let text = ": open\n\nevent: attempt\nid: a\ndata: {\"a\":\"b: c\"}\n\n: still here\n\n\
            event: missed\r\ndata: 1\r\ndata: 2\r\n\r\n";
        for size in 1..text.len() {
            let mut reader = Reader::default();
            let mut events = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                reader.add(piece);
                events.extend(std::iter::from_fn(|| reader.next()));
            }
            let expected = [
                event("attempt", "{\"a\":\"b: c\"}"),
                event("missed", "1\n2"),
            ];
            assert_eq!(events, expected, "in pieces of {size}");
        }
    }
}
