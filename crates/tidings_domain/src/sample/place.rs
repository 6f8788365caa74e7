//! Places in JSON text, named by JSON pointers (RFC 6901), and what stands there.
//!
//! The text is never rebuilt from values: order of members, spaces and the way numbers are written are
//! kept, since samples go out as the products write them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object in their order, a name that comes twice included.
#[derive(Debug)]
pub struct Members<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The first name that comes twice.
    pub fn repeated(&self) -> Option<&str> {
        let mut seen = std::collections::HashSet::new();
        self.0
            .iter()
            .map(|(name, _)| name.as_ref())
            .find(|name| !seen.insert(*name))
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| *value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            members.push((name.0, value));
        }
        Ok(Members(members))
    }
}

/// A name that is borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Where in the text the value stands that a pointer names; `None` if there is none.
pub(super) fn locate(text: &str, pointer: &str) -> Option<Range<usize>> {
    let mut here: &RawValue = serde_json::from_str(text).ok()?;
    if !pointer.is_empty() {
        for token in pointer.strip_prefix('/')?.split('/') {
            here = step(here, &unescape(token))?;
        }
    }
    let start = here.get().as_ptr().addr() - text.as_ptr().addr();
    Some(start..start + here.get().len())
}

/// JSON without the space between its parts, otherwise as it was written.
pub(super) fn compact(json: &str) -> String {
    let (mut is_in_string, mut is_escaped) = (false, false);
    let mut is_kept = |character: &char| {
        if is_in_string {
            match character {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => is_in_string = false,
                _ => {}
            }
            return true;
        }
        is_in_string = *character == '"';
        !matches!(character, ' ' | '\n' | '\r' | '\t')
    };
    json.chars()
        .filter(|character| is_kept(character))
        .collect()
}

fn step<'a>(here: &'a RawValue, token: &str) -> Option<&'a RawValue> {
    if here.get().starts_with('{') {
        let members: Members<'a> = serde_json::from_str(here.get()).ok()?;
        return members.get(token);
    }
    let items: Vec<&'a RawValue> = serde_json::from_str(here.get()).ok()?;
    items.get(token.parse::<usize>().ok()?).copied()
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &'static str, pointer: &str) -> Option<&'static str> {
        locate(text, pointer).map(|range| &text[range])
    }

    #[test]
    fn a_pointer_finds_the_text_of_what_it_names() {
        let text = r#" { "a" : {"b":[ 1.50, "x\/y" ]}, "c/d~e": null, "" : true, "\u0061b": 7 }"#;
        assert_eq!(at(text, "/a/b/0"), Some("1.50"));
        assert_eq!(at(text, "/a/b/1"), Some(r#""x\/y""#));
        assert_eq!(at(text, "/c~1d~0e"), Some("null"));
        assert_eq!(at(text, "/"), Some("true"));
        assert_eq!(at(text, "/ab"), Some("7"));
        assert_eq!(at(text, ""), Some(text.trim()));
        for nowhere in ["a", "/x", "/a/b/2", "/a/b/-", "/c~1d~0e/x"] {
            assert_eq!(at(text, nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn only_the_space_between_parts_is_taken_out() {
        let json = "{ \"a b\" :\n\t[ 1.50 , \"\\\" x\\\\\" , \"\\/\" ] }\r\n";
        assert_eq!(compact(json), "{\"a b\":[1.50,\"\\\" x\\\\\",\"\\/\"]}");
    }

    #[test]
    fn members_keep_their_order_and_a_name_that_comes_twice_is_told() {
        let members: Members<'_> = serde_json::from_str(r#"{"z":1,"a":2,"z":3}"#).unwrap();
        let names: Vec<&str> = members.0.iter().map(|(name, _)| name.as_ref()).collect();
        assert_eq!(names, ["z", "a", "z"]);
        assert_eq!(members.repeated(), Some("z"));
        let members: Members<'_> = serde_json::from_str("{}").unwrap();
        assert_eq!(members.repeated(), None);
    }
}
