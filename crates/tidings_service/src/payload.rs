//! JSON that comes in: checked once, and kept byte for byte.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::limits::JSON_DEPTH_MAX;

/// Text that may be JSON: UTF-8, and nested no deeper than [`JSON_DEPTH_MAX`].
#[derive(Debug, Clone, Copy)]
pub struct JsonText<'a> {
    bytes: &'a Bytes,
    text: &'a str,
}

/// Why bytes are no JSON that is read here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedJson {
    /// Not UTF-8.
    #[error("the body is not UTF-8: the first wrong byte is number {at}")]
    Utf8 {
        /// Where, counted from 0.
        at: usize,
    },
    /// Nested too deep.
    #[error("the body is nested deeper than 64 levels")]
    Depth,
    /// Not JSON.
    #[error("the body is not valid JSON: {0}")]
    Syntax(String),
}

impl<'a> JsonText<'a> {
    /// Checks the form of the text, but not its grammar.
    pub fn check(bytes: &'a Bytes) -> Result<Self, MalformedJson> {
        let text = std::str::from_utf8(bytes).map_err(|error| MalformedJson::Utf8 {
            at: error.valid_up_to(),
        })?;
        if is_too_deep(bytes) {
            return Err(MalformedJson::Depth);
        }
        Ok(Self { bytes, text })
    }

    /// The text.
    pub fn as_str(&self) -> &'a str {
        self.text
    }
}

/// What a message carries: a JSON object, byte for byte as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload(Bytes);

impl Payload {
    /// The part of a text that a parser has found to be one value; `None` unless it is an object.
    pub fn within(text: JsonText<'_>, value: &RawValue) -> Option<Self> {
        let value = value.get();
        value
            .starts_with('{')
            .then(|| Self(text.bytes.slice_ref(value.as_bytes())))
    }

    /// Bytes that are nothing but one JSON object.
    pub fn parse(bytes: &Bytes) -> Result<Option<Self>, MalformedJson> {
        let text = JsonText::check(bytes)?;
        let value: &RawValue = serde_json::from_str(text.as_str())
            .map_err(|error| MalformedJson::Syntax(error.to_string()))?;
        Ok(Self::within(text, value))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// Bytes that were made to be one JSON object.
    pub(crate) fn of_object(bytes: Bytes) -> Self {
        Self(bytes)
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.0
    }
}

/// Whether brackets nest deeper than allowed. Nearly every body has fewer brackets than that in all.
fn is_too_deep(json: &[u8]) -> bool {
    if count_opening(json) <= JSON_DEPTH_MAX {
        return false;
    }
    let (mut depth, mut is_in_string, mut is_escaped) = (0_usize, false, false);
    for byte in json {
        if is_in_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => is_in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => is_in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > JSON_DEPTH_MAX {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// How many brackets open, in strings or not. Counting in bytes, a piece at a time, lets the compiler
/// do many bytes at once.
fn count_opening(json: &[u8]) -> usize {
    let is_opening = |byte: &u8| u8::from(*byte == b'{' || *byte == b'[');
    json.chunks(usize::from(u8::MAX))
        .map(|piece| usize::from(piece.iter().map(is_opening).sum::<u8>()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> Bytes {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels)).into()
    }

    #[test]
    fn json_nests_64_levels_and_not_65() {
        assert!(JsonText::check(&nested(64)).is_ok());
        assert_eq!(
            JsonText::check(&nested(65)).unwrap_err(),
            MalformedJson::Depth
        );
    }

    #[test]
    fn brackets_in_strings_and_side_by_side_do_not_nest() {
        let wide = Bytes::from(format!("[{}[]]", "[],".repeat(500)));
        assert!(JsonText::check(&wide).is_ok());
        let text = Bytes::from(format!(r#"["\"{}\\", []]"#, "[".repeat(500)));
        assert!(JsonText::check(&text).is_ok());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_place() {
        let bytes = Bytes::from_static(b"{\"a\":\"\xff\"}");
        assert_eq!(
            JsonText::check(&bytes).unwrap_err(),
            MalformedJson::Utf8 { at: 6 }
        );
    }

    #[test]
    fn a_payload_is_an_object_and_keeps_its_bytes() {
        let bytes = Bytes::from_static(b"{ \"a\" : 1.0 }");
        let payload = Payload::parse(&bytes).unwrap().unwrap();
        assert_eq!(payload.as_bytes(), &bytes);
        for text in ["[]", "1", "null", "\"{}\""] {
            assert_eq!(Payload::parse(&text.into()), Ok(None), "{text}");
        }
        assert!(Payload::parse(&"{\"a\":}".into()).is_err());
    }
}
