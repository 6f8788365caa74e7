//! Records that a product keeps here so that its customers hear when one changes: what counts as a
//! change, and what is said of it.
//!
//! Two records are the same if they are the same JSON value: white space, escapes and the order of
//! names do not matter. Numbers are compared as they are written, so no digit is ever lost; `1` and
//! `1.0` differ.

mod canonical;

use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

pub use self::canonical::InvalidRecord;

/// The types of records that every environment has.
pub const ENTITY_TYPES: [&str; 2] = ["user", "company"];

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAction {
    /// It was not there before.
    New,
    /// It was there, and different.
    Update,
    /// It is gone.
    Delete,
}

impl RecordAction {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::New, Self::Update, Self::Delete];

    /// The word in bodies and event types.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The number in the store.
    pub fn code(self) -> u8 {
        match self {
            Self::New => 0,
            Self::Update => 1,
            Self::Delete => 2,
        }
    }

    /// The inverse of [`RecordAction::code`].
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| i64::from(one.code()) == code)
    }

    /// The event type under which it is told of records of this type.
    pub fn event_type(self, entity_type: &str) -> String {
        format!("{entity_type}.{self}")
    }

    /// The action in an event type that [`RecordAction::event_type`] has made.
    pub fn of_event_type(event_type: &str) -> Option<Self> {
        let (_, word) = event_type.rsplit_once('.')?;
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

impl fmt::Display for RecordAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of a record once it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The same for records that are the same, and for no others.
    pub hash: [u8; 32],
    /// The field `id`, if it is a number or a text: as it is written, or what it says.
    pub id: Option<OwnId>,
}

/// The id that a record gives itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnId {
    /// A number, as it is written.
    Number(String),
    /// A text.
    Text(String),
}

impl OwnId {
    /// The id, whatever its type.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Number(id) | Self::Text(id) => id,
        }
    }
}

impl Reading {
    /// Reads a record.
    ///
    /// # Errors
    /// When it is no JSON object, or has a name twice, which would leave open what it says.
    pub fn of(record: &[u8]) -> Result<Self, InvalidRecord> {
        canonical::read(record)
    }

    /// How the record of this id names itself to others, as JSON: as its own `id` does, if that is the
    /// same; else as a text.
    pub fn entity_id(&self, id: &str) -> String {
        match &self.id {
            Some(OwnId::Number(own)) if own == id => own.clone(),
            _ => serde_json::Value::from(id).to_string(),
        }
    }
}

/// What stands for the action in a body that is sent to see how a receiver answers.
pub const TEST: &str = "test";

/// What others are told of a change.
#[derive(Serialize)]
struct Notice<'a> {
    entity_id: &'a RawValue,
    entity_type: &'a str,
    action_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
}

/// The body of the event that tells of a change, or of a [`TEST`]. `record` is its new value, of which no
/// byte is changed; there is none where it was deleted.
///
/// # Errors
/// When one of them is not JSON.
pub fn notice(
    entity_type: &str,
    entity_id: &str,
    action_type: &str,
    record: Option<&[u8]>,
) -> Result<Bytes, serde_json::Error> {
    let notice = Notice {
        entity_id: serde_json::from_str(entity_id)?,
        entity_type,
        action_type,
        result: record.map(serde_json::from_slice).transpose()?,
    };
    serde_json::to_vec(&notice).map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(record: &str) -> [u8; 32] {
        Reading::of(record.as_bytes()).unwrap().hash
    }

    #[test]
    fn records_are_the_same_whatever_their_order_and_white_space() {
        let one = hash(r#"{"a":1,"b":[true,null,"x"],"c":{}}"#);
        for same in [
            "{ \"c\" : { } ,\n\"b\":[true,null,\"x\"], \"a\":1 }",
            r#"{"b":[true,null,"\u0078"],"\u0061":1,"c":{}}"#,
        ] {
            assert_eq!(hash(same), one, "{same}");
        }
        for other in [
            r#"{"a":1,"b":[null,true,"x"],"c":{}}"#,
            r#"{"a":1,"b":[true,null,"x"],"c":[]}"#,
            r#"{"a":"1","b":[true,null,"x"],"c":{}}"#,
            r#"{"a":1,"b":[true,null,"x"],"c":{"d":{}}}"#,
            r#"{"a":1,"b":[true,[null,"x"]],"c":{}}"#,
        ] {
            assert_ne!(hash(other), one, "{other}");
        }
    }

    #[test]
    fn numbers_are_compared_as_they_are_written() {
        // The first two are the same number to whoever keeps 53 bits.
        let numbers = [
            "9007199254740993",
            "9007199254740992",
            "1",
            "1.0",
            "1e0",
            "-0",
            "0",
        ];
        for (place, one) in numbers.iter().enumerate() {
            for other in &numbers[..place] {
                let of = |number| hash(&format!("{{\"a\":{number}}}"));
                assert_ne!(of(one), of(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn what_is_no_object_or_says_a_name_twice_is_refused_with_its_place() {
        for text in ["[]", "1", "\"a\"", "null", "", "{", "{}x"] {
            assert!(Reading::of(text.as_bytes()).is_err(), "{text}");
        }
        let twice = Reading::of(br#"{"a":{"b":1,"c":2,"\u0062":3}}"#);
        assert_eq!(twice, Err(InvalidRecord::Twice("b".to_owned())));
        let half = Reading::of(br#"{"a":"\ud800"}"#).unwrap_err();
        assert!(half.to_string().contains("surrogate"), "{half}");
    }

    #[test]
    fn a_record_nests_one_level_less_than_the_event_that_tells_of_it() {
        let nested = |levels: usize, inner: &str| {
            let (open, close) = ("[".repeat(levels - 2), "]".repeat(levels - 2));
            format!("{{\"a\":{open}{inner}{close}}}")
        };
        for inner in ["[]", "[1]"] {
            assert!(Reading::of(nested(63, inner).as_bytes()).is_ok(), "{inner}");
            assert!(
                Reading::of(nested(64, inner).as_bytes()).is_err(),
                "{inner}"
            );
        }
    }

    #[test]
    fn ei_6_an_entity_id_has_the_type_that_the_record_gives_it() {
        let entity_id = |record: &str, id| Reading::of(record.as_bytes()).unwrap().entity_id(id);
        assert_eq!(entity_id(r#"{"id":71,"x":{"id":8}}"#, "71"), "71");
        assert_eq!(
            entity_id(r#"{"id":9007199254740993}"#, "9007199254740993"),
            "9007199254740993"
        );
        assert_eq!(entity_id(r#"{"id":"71"}"#, "71"), "\"71\"");
        assert_eq!(entity_id(r#"{"id":7}"#, "71"), "\"71\"");
        assert_eq!(entity_id(r#"{"x":{"id":71}}"#, "71"), "\"71\"");
        assert_eq!(entity_id(r#"{"id":[71]}"#, "71"), "\"71\"");
    }

    #[test]
    fn ei_8_a_notice_keeps_the_record_and_has_none_after_a_deletion() {
        let told = notice("user", "7", "update", Some(b"{ \"a\": 1.0 }")).unwrap();
        assert_eq!(
            told,
            r#"{"entity_id":7,"entity_type":"user","action_type":"update","result":{ "a": 1.0 }}"#
        );
        let told = notice("company", "\"b\"", "delete", None).unwrap();
        assert_eq!(
            told,
            r#"{"entity_id":"b","entity_type":"company","action_type":"delete"}"#
        );
    }

    #[test]
    fn an_action_is_found_in_the_event_type_made_of_it() {
        for action in RecordAction::ALL {
            let event_type = action.event_type("user");
            assert_eq!(RecordAction::of_event_type(&event_type), Some(action));
            assert_eq!(RecordAction::from_code(action.code().into()), Some(action));
        }
        assert_eq!(RecordAction::of_event_type("user"), None);
    }
}
