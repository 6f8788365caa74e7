//! Samples of event types: a payload as the product sends it, made fresh each time it is sent.
//!
//! A rule for each place that must not stay the same: ids become new ones of the same shape, times move
//! to now in the form that they have. Everything else is kept byte for byte.

mod place;
mod time;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::clock::{Entropy, Millis};
use place::locate;

pub use place::Members;

/// What becomes of one value of a sample when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// A new random UUID.
    Uuid,
    /// New digits for the old ones, as many as there are; letters stay.
    Digits,
    /// Now, in the form of the old value.
    Now,
    /// As far from now as the old value was from the latest one that becomes now.
    Moved,
    /// The new value of another place.
    Copy(String),
}

impl Refresh {
    /// Reads a rule: `uuid`, `digits`, `now`, `moved` or `copy /pointer`.
    pub fn parse(rule: &str) -> Option<Self> {
        match rule {
            "uuid" => Some(Self::Uuid),
            "digits" => Some(Self::Digits),
            "now" => Some(Self::Now),
            "moved" => Some(Self::Moved),
            _ => {
                let pointer = rule.strip_prefix("copy ")?;
                pointer
                    .starts_with('/')
                    .then(|| Self::Copy(pointer.to_owned()))
            }
        }
    }

    /// The inverse of [`Refresh::parse`].
    pub fn to_rule(&self) -> String {
        match self {
            Self::Uuid => "uuid".to_owned(),
            Self::Digits => "digits".to_owned(),
            Self::Now => "now".to_owned(),
            Self::Moved => "moved".to_owned(),
            Self::Copy(pointer) => format!("copy {pointer}"),
        }
    }
}

/// A payload to send as an example: a JSON object, with what is new each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    json: String,
    refresh: BTreeMap<String, Refresh>,
}

/// What is wrong with a sample, or with a rule of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SampleProblem {
    /// The sample is no JSON object.
    #[error("a sample is a JSON object")]
    NotAnObject,
    /// A rule that there is not.
    #[error("`{rule}` is no rule; there are uuid, digits, now, moved and copy /pointer")]
    UnknownRule {
        /// Where it is to work.
        pointer: String,
        /// What was written.
        rule: String,
    },
    /// A rule for a place that the sample does not have.
    #[error("the sample has nothing at `{pointer}`")]
    Nowhere {
        /// Where it is to work.
        pointer: String,
    },
    /// A rule for a value that it does not fit.
    #[error("{wanted}")]
    Unfit {
        /// Where it is to work.
        pointer: String,
        /// What it fits.
        wanted: &'static str,
    },
}

impl SampleProblem {
    /// The rule that is wrong, by its pointer; none if it is the sample itself.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::NotAnObject => None,
            Self::UnknownRule { pointer, .. }
            | Self::Nowhere { pointer }
            | Self::Unfit { pointer, .. } => Some(pointer),
        }
    }
}

impl Sample {
    /// Takes a payload and its rules, by JSON pointer. Every problem is told.
    pub fn new(
        json: impl Into<String>,
        rules: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<SampleProblem>> {
        let json = json.into();
        let is_object = serde_json::from_str::<Members<'_>>(&json).is_ok();
        if !is_object {
            return Err(vec![SampleProblem::NotAnObject]);
        }
        let (mut refresh, mut problems) = (BTreeMap::new(), Vec::new());
        for (pointer, rule) in rules {
            match Refresh::parse(rule) {
                Some(rule) => {
                    refresh.insert(pointer.clone(), rule);
                }
                None => problems.push(SampleProblem::UnknownRule {
                    pointer: pointer.clone(),
                    rule: rule.clone(),
                }),
            }
        }
        let sample = Self { json, refresh };
        problems.extend(sample.refresh.iter().filter_map(|(pointer, rule)| {
            let pointer = pointer.clone();
            match sample.check(&pointer, rule) {
                Ok(()) => None,
                Err(None) => Some(SampleProblem::Nowhere { pointer }),
                Err(Some(wanted)) => Some(SampleProblem::Unfit { pointer, wanted }),
            }
        }));
        if problems.is_empty() {
            Ok(sample)
        } else {
            Err(problems)
        }
    }

    /// The same without the space between its parts, which in a file is there for people.
    pub fn compact(self) -> Self {
        let json = place::compact(&self.json);
        Self { json, ..self }
    }

    fn check(&self, pointer: &str, rule: &Refresh) -> Result<(), Option<&'static str>> {
        let value = self.at(pointer).ok_or(None)?;
        let is_fit = match rule {
            Refresh::Uuid => value.starts_with('"'),
            Refresh::Digits => digits_are_all_that_may_change(value),
            Refresh::Now => time::read(value).is_some(),
            Refresh::Moved => time::read(value).is_some() && self.anchor().is_some(),
            Refresh::Copy(source) => {
                !matches!(self.refresh.get(source), None | Some(Refresh::Copy(_)))
                    && self.at(source).is_some()
            }
        };
        let wanted = match rule {
            Refresh::Uuid => "uuid is for strings",
            Refresh::Digits => "digits is for whole numbers, and for strings with digits",
            Refresh::Now => {
                "now is for times in UTC: a date, a date and a time, or a number of seconds or milliseconds"
            }
            Refresh::Moved => "moved is for times in UTC, and needs another one with the rule now",
            Refresh::Copy(_) => "copy needs a place that has another rule than copy",
        };
        if is_fit { Ok(()) } else { Err(Some(wanted)) }
    }

    /// The payload as it was given.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The rules, by JSON pointer.
    pub fn rules(&self) -> BTreeMap<String, String> {
        let rules = self.refresh.iter();
        rules
            .map(|(pointer, rule)| (pointer.clone(), rule.to_rule()))
            .collect()
    }

    fn at(&self, pointer: &str) -> Option<&str> {
        locate(&self.json, pointer).map(|range| &self.json[range])
    }

    /// The latest time among those that become now.
    fn anchor(&self) -> Option<Millis> {
        let rules = self.refresh.iter();
        rules
            .filter(|(_, rule)| **rule == Refresh::Now)
            .filter_map(|(pointer, _)| time::read(self.at(pointer)?))
            .map(|(_, at)| at)
            .max()
    }

    /// The payload as it is sent now.
    pub fn fresh(&self, now: Millis, entropy: &dyn Entropy) -> String {
        let moved_by = self.anchor().map_or(0, |anchor| now - anchor);
        let mut values = BTreeMap::new();
        for (pointer, rule) in &self.refresh {
            if let Some(old) = self.at(pointer)
                && let Some(new) = renew(rule, old, (now, moved_by), entropy)
            {
                values.insert(pointer.as_str(), new);
            }
        }
        for (pointer, rule) in &self.refresh {
            if let Refresh::Copy(source) = rule
                && let Some(new) = values.get(source.as_str()).cloned()
            {
                values.insert(pointer, new);
            }
        }
        let mut edits: Vec<_> = values
            .into_iter()
            .filter_map(|(pointer, new)| Some((locate(&self.json, pointer)?, new)))
            .collect();
        edits.sort_unstable_by_key(|(range, _)| range.start);
        let mut fresh = self.json.clone();
        // From the end, so that the places before stay where they are.
        for (range, new) in edits.into_iter().rev() {
            fresh.replace_range(range, &new);
        }
        fresh
    }

    /// As one text, for stores.
    pub fn to_text(&self) -> String {
        let rules = Value::from_iter(self.rules());
        format!("{{\"payload\":{},\"rules\":{rules}}}", self.json)
    }

    /// The inverse of [`Sample::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        let stored: Stored<'_> = serde_json::from_str(text).ok()?;
        Self::new(stored.payload.get(), &stored.rules).ok()
    }
}

#[derive(Deserialize)]
struct Stored<'a> {
    #[serde(borrow)]
    payload: &'a RawValue,
    rules: BTreeMap<String, String>,
}

fn renew(
    rule: &Refresh,
    old: &str,
    (now, moved_by): (Millis, Millis),
    entropy: &dyn Entropy,
) -> Option<String> {
    match rule {
        Refresh::Uuid => Some(format!("\"{}\"", uuid(entropy))),
        Refresh::Digits => Some(digits(old, entropy)),
        Refresh::Now => time::read(old).and_then(|(form, _)| time::write(form, now)),
        Refresh::Moved => {
            time::read(old).and_then(|(form, at)| time::write(form, at.saturating_add(moved_by)))
        }
        Refresh::Copy(_) => None,
    }
}

/// A random UUID (version 4).
fn uuid(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Whether a value is a whole number, or a string with digits and without escapes.
fn digits_are_all_that_may_change(json: &str) -> bool {
    let has_digits = json.bytes().any(|byte| byte.is_ascii_digit());
    match json.as_bytes().first() {
        Some(b'"') => has_digits && !json.contains('\\'),
        Some(b'-' | b'0'..=b'9') => json[1..].bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// New digits. The first of a run stays a 0, or stays none, so that numbers stay numbers as long.
fn digits(json: &str, entropy: &dyn Entropy) -> String {
    let mut is_first = true;
    let renewed = json.chars().map(|old| {
        let begins = std::mem::replace(&mut is_first, !old.is_ascii_digit());
        let chance = u32::try_from(entropy.next_u64() >> 33).expect("31 bits");
        match old {
            '0' if begins => '0',
            '0'..='9' if begins => char::from_digit(1 + chance % 9, 10).unwrap_or(old),
            '0'..='9' => char::from_digit(chance % 10, 10).unwrap_or(old),
            _ => old,
        }
    });
    renewed.collect()
}

#[cfg(test)]
mod tests;
