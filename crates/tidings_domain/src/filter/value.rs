//! JSON as filters see it: numbers keep their digits, and of a name that comes twice the last one counts.

use super::number::Number;
use crate::body_format::json::{self, Kind, Place, Scalar, Sink, Unrepresentable, Why};

/// A value of a payload or of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    Array(Vec<Value>),
    /// By name, ascending; no name twice.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// Reads JSON.
    pub(super) fn read(json: &[u8]) -> Result<Self, Unrepresentable> {
        let mut builder = Builder::default();
        json::read(json, &mut builder)?;
        builder.done.ok_or_else(|| Why::NotJson { at: 0 }.into())
    }

    /// Reads JSON in which no object has a name twice; names the first that does.
    pub(super) fn read_strictly(json: &[u8]) -> Result<Result<Self, Vec<String>>, Unrepresentable> {
        let mut builder = Builder::default();
        json::read(json, &mut builder)?;
        match (builder.twice, builder.done) {
            (Some(place), _) => Ok(Err(place)),
            (None, Some(value)) => Ok(Ok(value)),
            (None, None) => Err(Why::NotJson { at: 0 }.into()),
        }
    }

    /// What an object has under this name.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let place = members.binary_search_by(|(other, _)| other.as_str().cmp(name));
        Some(&members[place.ok()?].1)
    }
}

/// An object or an array that is being read.
struct Open {
    /// Its own name or number in the one around it.
    step: String,
    names: Vec<String>,
    values: Vec<Value>,
}

/// Puts values together.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    done: Option<Value>,
    twice: Option<Vec<String>>,
}

impl Builder {
    fn put(&mut self, place: Place<'_>, value: Value) {
        match self.open.last_mut() {
            None => self.done = Some(value),
            Some(around) => {
                if let Place::Member(name) = place {
                    around.names.push(name.to_owned());
                }
                around.values.push(value);
            }
        }
    }

    fn object(&mut self, open: Open) -> Value {
        let mut members: Vec<_> = open.names.into_iter().zip(open.values).collect();
        members.sort_by(|(one, _), (other, _)| one.cmp(other)); // keeps the order of equal ones
        for pair in 1..members.len() {
            if members[pair - 1].0 == members[pair].0 && self.twice.is_none() {
                let around = self.open.iter().map(|around| around.step.clone());
                let steps = around.chain([open.step.clone(), members[pair].0.clone()]);
                self.twice = Some(steps.skip(1).collect());
            }
        }
        members.reverse();
        members.dedup_by(|later, kept| later.0 == kept.0); // the last one came first by now
        members.reverse();
        Value::Object(members)
    }
}

impl Sink for Builder {
    fn scalar(&mut self, place: Place<'_>, scalar: Scalar<'_>) -> Result<(), Why> {
        let value = match scalar {
            Scalar::Text(text) => Value::Text(text.to_owned()),
            Scalar::Number(text) => Value::Number(Number::read(text)),
            Scalar::Flag(flag) => Value::Flag(flag),
            Scalar::Null => Value::Null,
        };
        self.put(place, value);
        Ok(())
    }

    fn empty(&mut self, place: Place<'_>, kind: Kind) -> Result<(), Why> {
        let value = match kind {
            Kind::Object => Value::Object(Vec::new()),
            Kind::Array => Value::Array(Vec::new()),
        };
        self.put(place, value);
        Ok(())
    }

    fn open(&mut self, place: Place<'_>, _: Kind) -> Result<(), Why> {
        self.open.push(Open {
            step: match place {
                Place::Root => String::new(),
                Place::Member(name) => name.to_owned(),
                Place::Item(number) => number.to_string(),
            },
            names: Vec::new(),
            values: Vec::new(),
        });
        Ok(())
    }

    fn close(&mut self, place: Place<'_>, kind: Kind) {
        let Some(open) = self.open.pop() else { return };
        let value = match kind {
            Kind::Array => Value::Array(open.values),
            Kind::Object => self.object(open),
        };
        self.put(place, value);
    }
}
