//! One text for each JSON value, to be hashed: names in order, everything with its kind and length.

use sha2::{Digest as _, Sha256};

use super::{OwnId, Reading};
use crate::body_format::json::{Kind, Place, Scalar, Sink};
use crate::body_format::{DEPTH_MAX, Why};

/// Why a record is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecord {
    /// Not a JSON object.
    #[error("must be a JSON object")]
    NoObject,
    /// A name comes twice in one object.
    #[error("has the name {0:?} twice in one object")]
    Twice(String),
    /// Not JSON that can be read, and where.
    #[error("{0}")]
    Unreadable(String),
}

pub(super) fn read(record: &[u8]) -> Result<Reading, InvalidRecord> {
    let mut sink = Canonical::default();
    crate::body_format::json::read(record, &mut sink)
        .map_err(|error| InvalidRecord::Unreadable(error.to_string()))?;
    if let Some(name) = sink.twice {
        return Err(InvalidRecord::Twice(name));
    }
    if sink.done.first() != Some(&OBJECT) {
        return Err(InvalidRecord::NoObject);
    }
    Ok(Reading {
        hash: Sha256::digest(&sink.done).into(),
        id: sink.id,
    })
}

const OBJECT: u8 = b'o';
const ARRAY: u8 = b'a';
/// Most bytes of a name that are told when it comes twice.
const SHOWN_NAME_CHARACTERS: usize = 40;

/// Builds the text from the inside out.
#[derive(Default)]
struct Canonical {
    /// What is open, the outermost first.
    open: Vec<Vec<(String, Vec<u8>)>>,
    done: Vec<u8>,
    id: Option<OwnId>,
    twice: Option<String>,
}

impl Canonical {
    /// The event that tells of a record is one level deeper than the record.
    fn check_depth(&self) -> Result<(), Why> {
        if self.open.len() + 1 < DEPTH_MAX {
            Ok(())
        } else {
            Err(Why::TooDeep)
        }
    }

    fn add(&mut self, place: Place<'_>, value: Vec<u8>) {
        let name = match place {
            Place::Member(name) => name.to_owned(),
            Place::Root | Place::Item(_) => String::new(),
        };
        match self.open.last_mut() {
            Some(parts) => parts.push((name, value)),
            None => self.done = value,
        }
    }
}

impl Sink for Canonical {
    fn scalar(&mut self, place: Place<'_>, scalar: Scalar<'_>) -> Result<(), Why> {
        let (kind, text) = match scalar {
            Scalar::Text(text) => (b't', text),
            Scalar::Number(number) => (b'n', number),
            Scalar::Flag(true) => (b'y', ""),
            Scalar::Flag(false) => (b'f', ""),
            Scalar::Null => (b'0', ""),
        };
        if self.open.len() == 1 && place == Place::Member("id") {
            self.id = match scalar {
                Scalar::Text(text) => Some(OwnId::Text(text.to_owned())),
                Scalar::Number(number) => Some(OwnId::Number(number.to_owned())),
                Scalar::Flag(_) | Scalar::Null => None,
            };
        }
        self.add(place, written(kind, text.as_bytes()));
        Ok(())
    }

    fn empty(&mut self, place: Place<'_>, kind: Kind) -> Result<(), Why> {
        self.check_depth()?;
        self.add(place, written(letter(kind), b""));
        Ok(())
    }

    fn open(&mut self, _: Place<'_>, _: Kind) -> Result<(), Why> {
        self.check_depth()?;
        self.open.push(Vec::new());
        Ok(())
    }

    fn close(&mut self, place: Place<'_>, kind: Kind) {
        let mut parts = self.open.pop().unwrap_or_default();
        if kind == Kind::Object {
            parts.sort_by(|one, other| one.0.cmp(&other.0));
            let twice = parts.windows(2).find(|pair| pair[0].0 == pair[1].0);
            if let Some(pair) = twice {
                let name = pair[0].0.chars().take(SHOWN_NAME_CHARACTERS).collect();
                self.twice.get_or_insert(name);
            }
        }
        let mut inner = Vec::new();
        for (name, value) in parts {
            if kind == Kind::Object {
                inner.extend(written(b't', name.as_bytes()));
            }
            inner.extend(value);
        }
        self.add(place, written(letter(kind), &inner));
    }
}

fn letter(kind: Kind) -> u8 {
    match kind {
        Kind::Object => OBJECT,
        Kind::Array => ARRAY,
    }
}

/// With its kind and length before it, so that no two values look the same.
fn written(kind: u8, text: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len() + 9);
    written.push(kind);
    written.extend((text.len() as u64).to_be_bytes());
    written.extend(text);
    written
}
