//! The payload of a button, with placeholders: `${SDB}` for what the speech display bar holds, and
//! `${MESSAGE}` for the button's message.
//!
//! A placeholder is one where it stands in a string that is a value, written exactly so. What takes its place
//! is escaped, so it can end no string and begin nothing; what it says is not looked through for
//! placeholders. Everything else goes out byte for byte as it was saved.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::PAYLOAD_BYTES_MAX;

/// Most bytes of a payload once its placeholders are filled.
pub const PRESSED_BYTES_MAX: usize = 256 * 1024;

const SDB: &str = "${SDB}";
const MESSAGE: &str = "${MESSAGE}";

/// What there is to put in.
#[derive(Debug, Clone, Copy)]
pub struct Pressed<'a> {
    /// What the speech display bar holds.
    pub sdb: &'a str,
    /// What the button says.
    pub message: &'a str,
}

/// Why a text is no payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedTemplate {
    /// Not JSON.
    #[error("is not valid JSON: {0}")]
    Syntax(String),
    /// Not JSON, and a placeholder may be why.
    #[error(
        "is not valid JSON: {0}; ${{SDB}} and ${{MESSAGE}} must stand within quotes, as in \"${{SDB}}\""
    )]
    Placeholder(String),
    /// Too long as it is.
    #[error("may have at most 65536 bytes")]
    Length,
    /// Too long once it is filled.
    #[error("would have more than 262144 bytes with its placeholders filled")]
    Filled,
}

/// Judges a payload as it is saved.
///
/// # Errors
/// Says where it is not JSON, or that it is too long.
pub fn check_payload(text: &str) -> Result<(), MalformedTemplate> {
    if text.len() > PAYLOAD_BYTES_MAX {
        return Err(MalformedTemplate::Length);
    }
    parse(text)
}

fn parse(text: &str) -> Result<(), MalformedTemplate> {
    serde_json::from_str::<IgnoredAny>(text)
        .map(drop)
        .map_err(|error| {
            if text.contains(SDB) || text.contains(MESSAGE) {
                MalformedTemplate::Placeholder(error.to_string())
            } else {
                MalformedTemplate::Syntax(error.to_string())
            }
        })
}

/// The payload of a press. It is judged before, since rules may have changed since it was saved, and after.
///
/// # Errors
/// If it is no payload, or is too long once it is filled.
pub fn fill<'a>(text: &'a str, pressed: Pressed<'_>) -> Result<Cow<'a, str>, MalformedTemplate> {
    check_payload(text)?;
    if !text.contains(SDB) && !text.contains(MESSAGE) {
        return Ok(Cow::Borrowed(text));
    }
    let values = [
        (SDB, escaped(pressed.sdb)),
        (MESSAGE, escaped(pressed.message)),
    ];
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    // Outside of strings there are no quotes, so each one begins or ends one.
    while let Some(at) = rest.find('"') {
        let (before, from) = rest.split_at(at + 1);
        let (string, behind) = from.split_at(string_end(from));
        filled.push_str(before);
        let is_name = behind[1..].trim_ascii_start().starts_with(':');
        if is_name {
            filled.push_str(string);
        } else {
            fill_string(&mut filled, string, &values)?;
        }
        filled.push('"');
        rest = &behind[1..];
    }
    filled.push_str(rest);
    if filled.len() > PRESSED_BYTES_MAX {
        return Err(MalformedTemplate::Filled);
    }
    parse(&filled)?;
    Ok(Cow::Owned(filled))
}

/// Where the quote is that ends a string, of which the first is gone. In valid JSON there is one.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.expect("what was parsed ends its strings")
}

fn fill_string(
    filled: &mut String,
    mut string: &str,
    values: &[(&str, String)],
) -> Result<(), MalformedTemplate> {
    while let Some(at) = string.find("${") {
        let (before, from) = string.split_at(at);
        filled.push_str(before);
        let found = values.iter().find(|(name, _)| from.starts_with(name));
        let (taken, value) = found.map_or(("${", "${"), |(name, value)| (name, value.as_str()));
        filled.push_str(value);
        if filled.len() > PRESSED_BYTES_MAX {
            return Err(MalformedTemplate::Filled);
        }
        string = &from[taken.len()..];
    }
    filled.push_str(string);
    Ok(())
}

/// A text as it stands within the quotes of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn filled(text: &str, sdb: &str, message: &str) -> String {
        fill(text, Pressed { sdb, message }).unwrap().into_owned()
    }

    #[test]
    fn what_takes_the_place_of_a_placeholder_is_escaped() {
        let text = r#"{"said":"${SDB}","msg":"${MESSAGE}"}"#;
        let expected = r#"{"said":"He said \"hi\"","msg":"Help"}"#;
        assert_eq!(filled(text, "He said \"hi\"", "Help"), expected);
        let both = filled(r#"["<${SDB}|${MESSAGE}>"]"#, "a\n\\", "\u{1}");
        assert_eq!(both, r#"["<a\n\\|\u0001>"]"#);
    }

    #[test]
    fn what_is_said_is_not_looked_through_for_placeholders() {
        let text = r#"["${SDB}","${MESSAGE}"]"#;
        assert_eq!(
            filled(text, "${MESSAGE}", "${SDB}"),
            r#"["${MESSAGE}","${SDB}"]"#
        );
    }

    #[test]
    fn only_the_exact_words_are_placeholders_and_names_stay() {
        for text in [
            r#"{"${SDB}" : 1, "a":"${sdb} ${ SDB} ${LABEL} $SDB {SDB} ${SDB ${"}"#,
            r#"["\u0024{SDB}", "x\\", "y\"", 1.0e5 ]"#,
            "  { \"a\" : 1.0 }\n",
        ] {
            assert_eq!(filled(text, "no", "no"), text);
        }
        assert_eq!(filled(r#"["\\${SDB}\\"]"#, "x", ""), r#"["\\x\\"]"#);
    }

    #[test]
    fn what_is_no_json_is_refused_with_the_reason() {
        for text in [r#"{"a":"#, "abc", r#"{"a":1,}"#, "", "{} {}"] {
            let refused = check_payload(text);
            assert!(
                matches!(refused, Err(MalformedTemplate::Syntax(_))),
                "{text}"
            );
        }
        let refused = check_payload(r#"{"a":${SDB}}"#).unwrap_err().to_string();
        assert!(refused.contains("within quotes"), "{refused}");
        for text in ["[]", "1", "null", "\"x\"", " {} "] {
            assert_eq!(check_payload(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_payload_has_a_limit_before_and_after() {
        let long = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
        assert_eq!(check_payload(&long(PAYLOAD_BYTES_MAX)), Ok(()));
        let refused = check_payload(&long(PAYLOAD_BYTES_MAX + 1));
        assert_eq!(refused, Err(MalformedTemplate::Length));
        let sdb = "a".repeat(PRESSED_BYTES_MAX - 2);
        let pressed = |sdb| Pressed { sdb, message: "" };
        assert!(fill("\"${SDB}\"", pressed(&sdb)).is_ok());
        let refused = fill("\"${SDB}b\"", pressed(&sdb));
        assert_eq!(refused, Err(MalformedTemplate::Filled));
    }

    fn replaced(value: &Value, sdb: &str) -> Value {
        match value {
            Value::String(text) => text.replace(SDB, sdb).into(),
            Value::Array(values) => values.iter().map(|value| replaced(value, sdb)).collect(),
            Value::Object(map) => {
                let fields = map.iter();
                fields
                    .map(|(name, value)| (name.clone(), replaced(value, sdb)))
                    .collect()
            }
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn filling_changes_string_values_and_nothing_else(
            words in proptest::collection::vec("[a:,\"\\\\ {}\\[$é\n]{0,6}", 3),
            sdb in "\\PC{0,8}|[\"\\\\\n]{0,4}",
        ) {
            let value = json!({
                (words[0].clone()): [format!("{}{SDB}{}", words[1], words[2]), SDB, 1, null],
                "${SDB}": {"n": [true, words[2], {"d": format!("{SDB}{SDB}")}]},
            });
            let text = value.to_string();
            let filled = filled(&text, &sdb, "");
            let read: Value = serde_json::from_str(&filled).unwrap();
            prop_assert_eq!(read, replaced(&value, &sdb));
        }
    }
}
