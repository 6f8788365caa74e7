//! A body as somebody wants to see it: as JSON, as the fields of a form, as text, or byte by byte.

use std::fmt::Write as _;

use askama::filters::Safe;

use crate::code;

/// More of a body is to be downloaded: nobody reads it, and a browser would not like it.
const SHOWN_BYTES_MAX: usize = 256 * 1024;
/// The same where each byte takes four letters.
const HEX_BYTES_MAX: usize = 16 * 1024;
/// How many bytes stand in a line.
const HEX_LINE_BYTES: usize = 16;

/// A way to look at a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Json,
    Form,
    Text,
    Hex,
}

impl Look {
    pub(super) const ALL: [Self; 4] = [Self::Json, Self::Form, Self::Text, Self::Hex];

    /// What it is in an address.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
            Self::Text => "text",
            Self::Hex => "hex",
        }
    }

    /// The name of the text that names it.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Json => "look-json",
            Self::Form => "look-form",
            Self::Text => "look-text",
            Self::Hex => "look-hex",
        }
    }

    fn fits(self, body: &[u8], kind: &str) -> bool {
        match self {
            Self::Json => is_json(body),
            Self::Form => kind.starts_with("application/x-www-form-urlencoded"),
            Self::Text => std::str::from_utf8(body).is_ok(),
            Self::Hex => true,
        }
    }

    /// The wanted one, or the first that suits the body.
    pub(super) fn of(wanted: &str, body: &[u8], kind: &str) -> Self {
        let chosen = Self::ALL.into_iter().find(|look| look.as_str() == wanted);
        let suits = || Self::ALL.into_iter().find(|look| look.fits(body, kind));
        chosen.or_else(suits).unwrap_or(Self::Hex)
    }
}

/// Whether a body is JSON.
pub(super) fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// A body as it is shown.
pub(super) struct Shown {
    /// The lines of a `<code>` element, or else the fields of a form.
    pub(super) lines: Option<Safe<String>>,
    pub(super) fields: Vec<(String, String)>,
    /// Whether there is more of it.
    pub(super) is_cut: bool,
}

/// The body, looked at this way.
pub(super) fn show(body: &[u8], look: Look) -> Shown {
    let most = match look {
        Look::Hex => HEX_BYTES_MAX,
        _ => SHOWN_BYTES_MAX,
    };
    let shown = &body[..body.len().min(most)];
    let text = String::from_utf8_lossy(shown);
    let (lines, fields) = match look {
        Look::Json => (Some(code::lines(&text)), Vec::new()),
        Look::Text => (Some(code::plain(&text)), Vec::new()),
        Look::Hex => (Some(code::plain(&hex(shown))), Vec::new()),
        Look::Form => (
            None,
            url::form_urlencoded::parse(shown).into_owned().collect(),
        ),
    };
    Shown {
        lines,
        fields,
        is_cut: shown.len() < body.len(),
    }
}

/// Sixteen bytes a line: where they are, what they are, and the letters among them.
fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 5);
    for (line, bytes) in bytes.chunks(HEX_LINE_BYTES).enumerate() {
        let _ = write!(out, "{:08x}  ", line * HEX_LINE_BYTES); // a string takes all
        for place in 0..HEX_LINE_BYTES {
            match bytes.get(place) {
                Some(byte) => {
                    let _ = write!(out, "{byte:02x} ");
                }
                None => out.push_str("   "),
            }
            if place == HEX_LINE_BYTES / 2 - 1 {
                out.push(' ');
            }
        }
        out.push(' ');
        for byte in bytes {
            let is_letter = (b' '..=b'~').contains(byte);
            out.push(if is_letter { char::from(*byte) } else { '.' });
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_shown_as_what_it_is_unless_another_look_is_wanted() {
        let look = |wanted: &str, body: &[u8], kind: &str| Look::of(wanted, body, kind);
        assert_eq!(look("", b"{\"a\":1}", "text/plain"), Look::Json);
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(look("", b"a=b", form), Look::Form);
        assert_eq!(look("", b"<a/>", "text/xml"), Look::Text);
        assert_eq!(look("", b"\xff\x00", ""), Look::Hex);
        assert_eq!(look("hex", b"{}", ""), Look::Hex);
        assert_eq!(look("nonsense", b"{}", ""), Look::Json);
    }

    #[test]
    fn bytes_stand_beside_their_letters() {
        assert_eq!(
            hex(b"Tidings\x00<b>"),
            "00000000  54 69 64 69 6e 67 73 00  3c 62 3e                 Tidings.<b>\n"
        );
    }

    #[test]
    fn a_long_body_is_cut_and_says_so() {
        let body = vec![b'a'; SHOWN_BYTES_MAX + 1];
        assert!(show(&body, Look::Text).is_cut);
        assert!(!show(&body[1..], Look::Text).is_cut);
        assert!(show(&body[..=HEX_BYTES_MAX], Look::Hex).is_cut);
    }

    #[test]
    fn fields_of_a_form_are_read() {
        let shown = show(b"a=1%262&b=x+y", Look::Form);
        assert_eq!(
            shown.fields,
            [
                ("a".to_owned(), "1&2".to_owned()),
                ("b".to_owned(), "x y".to_owned())
            ]
        );
        assert!(shown.lines.is_none());
    }
}
