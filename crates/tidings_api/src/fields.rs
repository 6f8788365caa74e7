//! A JSON object read field by field, so that every wrong field is named, absent and `null` are told
//! apart, and unknown fields are let be.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tidings_service::FieldProblem;
use tidings_service::error::Problems;
use tidings_service::payload::JsonText;

use crate::problem::Problem;

/// The fields of a request's body that have not been read yet, and what was wrong with the others.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    map: Map<String, Value>,
    problems: Problems,
}

/// A field that may be absent, or `null`, which is not the same.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given<T> {
    Absent,
    Null,
    Value(T),
}

impl<T> Given<T> {
    /// For requests in which `null` and absent mean the same.
    pub(crate) fn or_none(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// For changes in which `null` removes.
    #[expect(clippy::option_option, reason = "the form that patches have")]
    pub(crate) fn change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// For changes in which `null` makes empty.
    pub(crate) fn change_or_default(self) -> Option<T>
    where
        T: Default,
    {
        self.change().map(Option::unwrap_or_default)
    }
}

impl Fields {
    /// Reads the whole body.
    pub(crate) fn parse(text: JsonText<'_>) -> Result<Self, Problem> {
        match serde_json::from_str(text.as_str()) {
            Ok(Value::Object(map)) => Ok(Self {
                map,
                problems: Problems::default(),
            }),
            Ok(_) => Err(Problem::field(
                FieldProblem::at(&["body"], "must be a JSON object").of_kind("type_error.object"),
            )),
            Err(error) => Err(Problem::malformed(format!(
                "the body is not valid JSON: {error}"
            ))),
        }
    }

    fn take(&mut self, name: &str) -> Given<Value> {
        match self.map.remove(name) {
            None => Given::Absent,
            Some(Value::Null) => Given::Null,
            Some(value) => Given::Value(value),
        }
    }

    fn wrong<T>(&mut self, name: &str, msg: &str, kind: &'static str) -> Given<T> {
        self.problems
            .push(FieldProblem::body(name, msg).of_kind(kind));
        Given::Absent
    }

    fn read<T>(
        &mut self,
        name: &str,
        (wanted, kind): (&str, &'static str),
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Given<T> {
        match self.take(name) {
            Given::Absent => Given::Absent,
            Given::Null => Given::Null,
            Given::Value(value) => match read(value) {
                Some(value) => Given::Value(value),
                None => self.wrong(name, wanted, kind),
            },
        }
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Given<String> {
        let wanted = ("must be a string without U+0000", "type_error.str");
        self.read(name, wanted, text)
    }

    /// A text that must be there.
    pub(crate) fn required_text(&mut self, name: &str) -> String {
        let before = self.problems.count();
        let read = self.text(name);
        self.required(name, before, read)
    }

    /// What was read of a field that must be there; what is wrong with it may be noted already.
    fn required<T: Default>(&mut self, name: &str, before: usize, read: Given<T>) -> T {
        match read {
            Given::Value(value) => value,
            _ if self.problems.count() > before => T::default(),
            _ => {
                let _: Given<()> = self.wrong(name, "field required", "value_error.missing");
                T::default()
            }
        }
    }

    /// One of a few words; `wanted` names them.
    pub(crate) fn word<T>(
        &mut self,
        name: &str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Given<T> {
        let wanted = (wanted, "value_error.const");
        self.read(name, wanted, |value| parse(value.as_str()?))
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, name: &str) -> Given<bool> {
        let wanted = ("must be true or false", "type_error.bool");
        self.read(name, wanted, |value| value.as_bool())
    }

    /// A whole number from 0 on.
    pub(crate) fn number(&mut self, name: &str) -> Given<u32> {
        let wanted = ("must be a whole number from 0 on", "type_error.integer");
        self.read(name, wanted, |value| u32::try_from(value.as_u64()?).ok())
    }

    /// A list of texts; one that comes twice counts once.
    pub(crate) fn list(&mut self, name: &str) -> Given<Vec<String>> {
        let wanted = ("must be a list of strings", "type_error.list");
        self.read(name, wanted, |value| {
            let Value::Array(values) = value else {
                return None;
            };
            let mut list: Vec<String> = Vec::with_capacity(values.len());
            for value in values {
                let value = text(value)?;
                if !list.contains(&value) {
                    list.push(value);
                }
            }
            Some(list)
        })
    }

    /// A list of whole numbers that must be there.
    pub(crate) fn required_numbers(&mut self, name: &str) -> Vec<u32> {
        let wanted = ("must be a list of whole numbers", "type_error.list");
        let before = self.problems.count();
        let read = self.read(name, wanted, |value| {
            let numbers = value.as_array()?.iter();
            let numbers = numbers.map(|number| u32::try_from(number.as_u64()?).ok());
            numbers.collect()
        });
        self.required(name, before, read)
    }

    /// Texts by name.
    pub(crate) fn map(&mut self, name: &str) -> Given<BTreeMap<String, String>> {
        let wanted = ("must be an object of strings", "type_error.dict");
        self.read(name, wanted, |value| {
            let Value::Object(map) = value else {
                return None;
            };
            map.into_iter()
                .map(|(key, value)| Some((key, text(value)?)))
                .collect()
        })
    }

    /// Any JSON.
    pub(crate) fn value(&mut self, name: &str) -> Given<Value> {
        self.take(name)
    }

    /// An object with fields of its own.
    pub(crate) fn object(&mut self, name: &str) -> Given<Map<String, Value>> {
        let wanted = ("must be an object", "type_error.dict");
        self.read(name, wanted, |value| match value {
            Value::Object(map) => Some(map),
            _ => None,
        })
    }

    /// Reads an object's own fields; what is wrong with them is noted under the object's name.
    pub(crate) fn within<T>(
        &mut self,
        name: &str,
        map: Map<String, Value>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = std::mem::replace(&mut self.map, map);
        let since = self.problems.count();
        let value = read(self);
        self.problems.nest(since, name);
        self.map = outer;
        value
    }

    /// The field under either of two names; the first wins.
    pub(crate) fn either<T>(
        &mut self,
        names: [&str; 2],
        mut read: impl FnMut(&mut Self, &str) -> Given<T>,
    ) -> Given<T> {
        let (first, second) = (read(self, names[0]), read(self, names[1]));
        match first {
            Given::Absent => second,
            first => first,
        }
    }

    /// A change to a field that cannot be removed.
    pub(crate) fn changed<T>(&mut self, name: &str, given: Given<T>) -> Option<T> {
        match given {
            Given::Absent => None,
            Given::Null => self
                .wrong(name, "may not be null", "type_error.none")
                .or_none(),
            Given::Value(value) => Some(value),
        }
    }

    /// Notes every field that was not read.
    pub(crate) fn refuse_unknown(&mut self) {
        for name in std::mem::take(&mut self.map).keys() {
            let unknown = FieldProblem::body(name, "is not known here");
            self.problems.push(unknown.of_kind("value_error.extra"));
        }
    }

    /// How many problems were noted so far.
    pub(crate) fn problems_count(&self) -> usize {
        self.problems.count()
    }

    /// Notes a problem.
    pub(crate) fn refuse(&mut self, problem: FieldProblem) {
        self.problems.push(problem);
    }

    /// Fails if anything was wrong.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        Ok(self.problems.finish()?)
    }
}

/// A text that every store can keep.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.contains('\0') => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn fields(json: &'static str) -> Fields {
        let bytes = Bytes::from_static(json.as_bytes());
        Fields::parse(JsonText::check(&bytes).unwrap()).unwrap()
    }

    #[test]
    fn absent_and_null_are_told_apart() {
        let mut fields = fields(r#"{"a": null, "b": "x"}"#);
        assert_eq!(fields.text("a"), Given::Null);
        assert_eq!(fields.text("b"), Given::Value("x".to_owned()));
        assert_eq!(fields.text("c"), Given::Absent);
        assert!(fields.finish().is_ok());
    }

    #[test]
    fn every_wrong_field_is_noted() {
        let mut fields = fields(
            r#"{"a": 1, "b": "x", "c": -1, "d": [1], "e": {"k": 1}, "g": "\u0000", "h": null}"#,
        );
        fields.text("a");
        fields.flag("b");
        fields.number("c");
        fields.list("d");
        fields.map("e");
        fields.required_text("f");
        fields.text("g");
        let given = fields.text("h");
        assert_eq!(fields.changed("h", given), None);
        assert_eq!(fields.problems.count(), 8);
        assert!(fields.finish().is_err());
    }

    #[test]
    fn both_names_of_a_field_are_read() {
        let mut old = fields(r#"{"filterTypes": ["a", "a"]}"#);
        let names = ["eventTypes", "filterTypes"];
        let list = old.either(names, Fields::list);
        assert_eq!(list, Given::Value(vec!["a".to_owned()]));
    }
}
