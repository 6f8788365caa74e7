//! What a filter says, compiled: tests in each other, and how they judge a value that may not be there.

use std::cmp::Ordering;

use regex::Regex;

use super::number::Number;
use super::path::Step;
use super::value::Value;
use super::{REGEX_TEXT_BYTES_MAX, Verdict};

/// Something that is said of a value.
#[derive(Debug, Clone)]
pub(super) struct Test {
    /// Where it stands in the filter, as a JSON pointer.
    pub(super) place: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// All of these hold.
    All(Vec<Test>),
    /// One of these holds.
    Any(Vec<Test>),
    /// This does not hold, of a value that is there.
    Not(Box<Test>),
    /// This holds of what the step leads to; of several, of one.
    At(Step, Box<Test>),
    /// A condition.
    Is(Condition),
}

/// What is said of one value by one operator.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Equal(Value),
    NotEqual(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    /// Ordered like this beside the bound; `or_equal` takes the bound as well.
    Ordered {
        wanted: Ordering,
        or_equal: bool,
        bound: Bound,
    },
    Exists(bool),
    StartsWith(String),
    EndsWith(String),
    Contains(Value),
    Matches(Regex),
}

/// What has an order.
#[derive(Debug, Clone)]
pub(super) enum Bound {
    Number(Number),
    Text(String),
}

impl Test {
    /// Judges a value, or that there is none.
    pub(super) fn judge(&self, value: Option<&Value>) -> Verdict<'_> {
        match &self.kind {
            Kind::All(tests) => {
                let mut last = self.verdict(true);
                for test in tests {
                    last = test.judge(value);
                    if !last.is_match {
                        break;
                    }
                }
                last
            }
            Kind::Any(tests) => {
                let mut verdicts = tests.iter().map(|test| test.judge(value));
                let found = verdicts.find(|verdict| verdict.is_match);
                found.unwrap_or_else(|| self.verdict(false))
            }
            Kind::Not(test) => {
                if value.is_none() {
                    return self.verdict(false);
                }
                let inner = test.judge(value);
                Verdict {
                    is_match: !inner.is_match,
                    ..inner
                }
            }
            Kind::At(step, test) => judge_at(step, test, value),
            Kind::Is(condition) => self.verdict(condition.holds(value)),
        }
    }

    fn verdict(&self, is_match: bool) -> Verdict<'_> {
        Verdict {
            is_match,
            decided_by: &self.place,
        }
    }
}

fn judge_at<'a>(step: &Step, test: &'a Test, value: Option<&Value>) -> Verdict<'a> {
    match (step, value) {
        (Step::To { number, .. }, Some(Value::Array(items))) => {
            test.judge(number.and_then(|number| items.get(number)))
        }
        (Step::To { name, .. }, value) => test.judge(value.and_then(|value| value.member(name))),
        (Step::Every, Some(Value::Array(items))) => judge_each(test, items.iter()),
        (Step::Every, Some(Value::Object(members))) => {
            judge_each(test, members.iter().map(|(_, value)| value))
        }
        (Step::Every, _) => test.judge(None),
    }
}

/// Of several values one is enough; of none there is nothing.
fn judge_each<'a, 'v>(test: &'a Test, values: impl Iterator<Item = &'v Value>) -> Verdict<'a> {
    let mut last = None;
    for value in values {
        let verdict = test.judge(Some(value));
        if verdict.is_match {
            return verdict;
        }
        last = Some(verdict);
    }
    last.unwrap_or_else(|| test.judge(None))
}

impl Condition {
    fn holds(&self, value: Option<&Value>) -> bool {
        if let Self::Exists(wanted) = self {
            return value.is_some() == *wanted;
        }
        let Some(value) = value else { return false };
        match (self, value) {
            (Self::Equal(other), value) => value == other,
            (Self::NotEqual(other), value) => value != other,
            (Self::In(list), value) => list.contains(value),
            (Self::NotIn(list), value) => !list.contains(value),
            (
                Self::Ordered {
                    wanted,
                    or_equal,
                    bound,
                },
                value,
            ) => {
                let order = match (value, bound) {
                    (Value::Number(value), Bound::Number(bound)) => value.cmp(bound),
                    (Value::Text(value), Bound::Text(bound)) => value.cmp(bound),
                    _ => return false,
                };
                order == *wanted || (*or_equal && order == Ordering::Equal)
            }
            (Self::StartsWith(start), Value::Text(text)) => text.starts_with(start),
            (Self::EndsWith(end), Value::Text(text)) => text.ends_with(end),
            (Self::Contains(Value::Text(part)), Value::Text(text)) => text.contains(part),
            (Self::Contains(item), Value::Array(items)) => items.contains(item),
            (Self::Matches(regex), Value::Text(text)) => {
                text.len() <= REGEX_TEXT_BYTES_MAX && regex.is_match(text)
            }
            _ => false,
        }
    }
}
