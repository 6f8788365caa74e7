//! A payload as XML 1.0: `<event>` around elements that are named like the payload's members.
//!
//! Nothing is lost: a text is an element's content, and whatever else a value is stands in `type`.
//! Names that are no plain element names become `<member name="…">`. Nothing is indented, so the text
//! of the document is the payload's text and nothing else.

use bytes::Bytes;

use super::json::{self, Kind, Place, Scalar, Sink, Unrepresentable, Why, check_size};

pub(super) fn format(payload: &[u8]) -> Result<Bytes, Unrepresentable> {
    let mut xml = Xml {
        body: String::with_capacity(payload.len() * 2 + 64),
    };
    xml.body
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    json::read(payload, &mut xml)?;
    Ok(xml.body.into())
}

struct Xml {
    body: String,
}

impl Xml {
    /// Opens an element, up to the end of its attributes.
    fn begin(&mut self, place: Place<'_>, kind: Option<&str>) -> Result<(), Why> {
        check_size(self.body.len()).map_err(|error| error.why)?;
        self.body.push('<');
        self.body.push_str(element(place));
        if let Place::Member(name) = place
            && !is_element_name(name)
        {
            self.body.push_str(" name=\"");
            escape(&mut self.body, name)?;
            self.body.push('"');
        }
        if let Some(kind) = kind {
            self.body.push_str(" type=\"");
            self.body.push_str(kind);
            self.body.push('"');
        }
        Ok(())
    }

    fn end(&mut self, place: Place<'_>) {
        self.body.push_str("</");
        self.body.push_str(element(place));
        self.body.push('>');
    }
}

impl Sink for Xml {
    fn scalar(&mut self, place: Place<'_>, scalar: Scalar<'_>) -> Result<(), Why> {
        let (kind, text) = match scalar {
            Scalar::Text(text) => (None, text),
            Scalar::Number(text) => (Some("number"), text),
            Scalar::Flag(true) => (Some("boolean"), "true"),
            Scalar::Flag(false) => (Some("boolean"), "false"),
            Scalar::Null => {
                self.begin(place, Some("null"))?;
                self.body.push_str("/>");
                return Ok(());
            }
        };
        self.begin(place, kind)?;
        self.body.push('>');
        escape(&mut self.body, text)?;
        self.end(place);
        check_size(self.body.len()).map_err(|error| error.why)
    }

    fn empty(&mut self, place: Place<'_>, kind: Kind) -> Result<(), Why> {
        let kind = match kind {
            Kind::Object => "object",
            Kind::Array => "array",
        };
        self.begin(place, Some(kind))?;
        self.body.push_str("/>");
        Ok(())
    }

    fn open(&mut self, place: Place<'_>, kind: Kind) -> Result<(), Why> {
        // The elements within show what an object is.
        let kind = (kind == Kind::Array).then_some("array");
        self.begin(place, kind)?;
        self.body.push('>');
        Ok(())
    }

    fn close(&mut self, place: Place<'_>, _kind: Kind) {
        self.end(place);
    }
}

fn element(place: Place<'_>) -> &str {
    match place {
        Place::Root => "event",
        Place::Item(_) => "item",
        Place::Member(name) if is_element_name(name) => name,
        Place::Member(_) => "member",
    }
}

/// Whether a name can be an element's as it is. XML allows more, but not every parser agrees on what;
/// names that begin with `xml` are kept for XML itself, and colons for namespaces.
fn is_element_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let begins_well = bytes
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let is_fine = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let is_reserved = bytes
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"xml"));
    begins_well && bytes.iter().all(is_fine) && !is_reserved
}

/// Writes a text so that it reads back the same in an element and in an attribute.
fn escape(out: &mut String, text: &str) -> Result<(), Why> {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            // Readers make spaces or other line ends of them unless they are written like this.
            b'\t' => "&#9;",
            b'\n' => "&#10;",
            b'\r' => "&#13;",
            ..b' ' => return Err(Why::Character(byte.into())),
            // The first byte of U+F000 to U+FFFF.
            0xEF if text[at..].starts_with(['\u{FFFE}', '\u{FFFF}']) => {
                let code = text[at..].chars().next().map_or(0, u32::from);
                return Err(Why::Character(code));
            }
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&text[from..]);
    Ok(())
}
