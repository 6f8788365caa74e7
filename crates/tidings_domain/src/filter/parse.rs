//! Filters as they are written become tests, or are refused with the place.

use std::cmp::Ordering;

use regex::RegexBuilder;

use super::path::{self, Step};
use super::test::{Bound, Condition, Kind, Test};
use super::value::Value;
use super::{
    CONDITIONS_MAX, FILTER_BYTES_MAX, LISTED_MAX, REGEX_BYTES_MAX, REGEX_COMPILED_BYTES_MAX,
    REGEXES_MAX, RefusedFilter, STEPS_MAX, pointer,
};
use crate::body_format::json::Why;

const OPERATORS: &str = "$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $startsWith, \
    $endsWith, $contains, $regex, $and, $or, $not";

const TOO_DEEP: &str = "is below more than 32 steps of paths, $and, $or and $not";

pub(super) fn parse(text: &str) -> Result<Test, RefusedFilter> {
    let whole = |why: String| RefusedFilter {
        place: Vec::new(),
        why,
    };
    if text.len() > FILTER_BYTES_MAX {
        return Err(whole("a filter may have at most 8192 bytes".into()));
    }
    let read = Value::read_strictly(text.as_bytes()).map_err(|error| {
        whole(match error.why {
            Why::NotJson { at } => format!("the filter is not JSON: byte {at} is wrong"),
            Why::TooDeep => "the filter is nested deeper than 64 levels".into(),
            _ => "a text in the filter has half of a surrogate pair, which is no character".into(),
        })
    })?;
    let value = read.map_err(|place| RefusedFilter {
        place,
        why: "this key is there twice".into(),
    })?;
    let mut parser = Parser::default();
    let Value::Object(members) = value else {
        return Err(whole("a filter must be an object".into()));
    };
    parser.object(members, 0, false)
}

#[derive(Default)]
struct Parser {
    /// The keys and numbers on the way to what is being read.
    place: Vec<String>,
    conditions_count: usize,
    regexes_count: usize,
}

impl Parser {
    fn refuse<T>(&self, why: impl Into<String>) -> Result<T, RefusedFilter> {
        Err(RefusedFilter {
            place: self.place.clone(),
            why: why.into(),
        })
    }

    fn test(&self, kind: Kind) -> Test {
        Test {
            place: pointer(&self.place),
            kind,
        }
    }

    /// Reads something below a key or a number.
    fn within<T>(
        &mut self,
        step: String,
        read: impl FnOnce(&mut Self) -> Result<T, RefusedFilter>,
    ) -> Result<T, RefusedFilter> {
        self.place.push(step);
        let read = read(self)?;
        self.place.pop();
        Ok(read)
    }

    /// An object: all its keys say something of the same value. `is_denied` if `$not` does so as well.
    fn object(
        &mut self,
        members: Vec<(String, Value)>,
        steps: usize,
        is_denied: bool,
    ) -> Result<Test, RefusedFilter> {
        if members.is_empty() {
            return self.refuse("says nothing; leave the filter out, or say what is wanted");
        }
        if steps > STEPS_MAX {
            return self.refuse(TOO_DEEP);
        }
        let mut tests = Vec::with_capacity(members.len());
        for (key, value) in members {
            tests.push(self.within(key.clone(), |parser| {
                if key.starts_with('$') {
                    parser.operator(&key, value, steps, is_denied)
                } else {
                    parser.path(&key, value, steps)
                }
            })?);
        }
        Ok(match tests.len() {
            1 => tests.remove(0),
            _ => self.test(Kind::All(tests)),
        })
    }

    fn path(&mut self, path: &str, value: Value, steps: usize) -> Result<Test, RefusedFilter> {
        let way: Vec<Step> = match path::read(path) {
            Ok(way) => way,
            Err(why) => return self.refuse(why),
        };
        let steps = steps + way.len();
        if steps > STEPS_MAX {
            return self.refuse(TOO_DEEP);
        }
        let inner = match value {
            Value::Object(members) => self.object(members, steps, false)?,
            Value::Array(_) => {
                return self.refuse(
                    "a list may mean two things here: write $eq for just this list, or $in for one of its values",
                );
            }
            value => self.condition(Condition::Equal(value))?,
        };
        let wrap = |inner, step| self.test(Kind::At(step, Box::new(inner)));
        Ok(way.into_iter().rev().fold(inner, wrap))
    }

    fn condition(&mut self, condition: Condition) -> Result<Test, RefusedFilter> {
        self.conditions_count += 1;
        if self.conditions_count > CONDITIONS_MAX {
            return self.refuse("the filter has more than 64 conditions");
        }
        Ok(self.test(Kind::Is(condition)))
    }

    fn operator(
        &mut self,
        name: &str,
        value: Value,
        steps: usize,
        is_denied: bool,
    ) -> Result<Test, RefusedFilter> {
        let condition = match name {
            "$and" => return self.list_of_tests(name, value, steps, is_denied, Kind::All),
            "$or" => return self.list_of_tests(name, value, steps, is_denied, Kind::Any),
            "$not" => {
                let Value::Object(members) = value else {
                    return self.refuse("$not needs an object");
                };
                let inner = self.object(members, steps + 1, true)?;
                return Ok(self.test(Kind::Not(Box::new(inner))));
            }
            "$eq" => Condition::Equal(value),
            "$ne" => Condition::NotEqual(value),
            "$in" => Condition::In(self.values(name, value)?),
            "$nin" => Condition::NotIn(self.values(name, value)?),
            "$gt" => self.ordered(name, value, Ordering::Greater, false)?,
            "$gte" => self.ordered(name, value, Ordering::Greater, true)?,
            "$lt" => self.ordered(name, value, Ordering::Less, false)?,
            "$lte" => self.ordered(name, value, Ordering::Less, true)?,
            "$exists" => match value {
                Value::Flag(_) if is_denied => {
                    return self
                        .refuse("$exists cannot be in $not; write $exists with the other flag");
                }
                Value::Flag(wanted) => Condition::Exists(wanted),
                _ => return self.refuse("$exists needs true or false"),
            },
            "$startsWith" => Condition::StartsWith(self.text(name, value)?),
            "$endsWith" => Condition::EndsWith(self.text(name, value)?),
            "$contains" => Condition::Contains(value),
            "$regex" => self.regex(value)?,
            _ => {
                return self.refuse(format!(
                    "unknown operator {name:?}; there are {OPERATORS}. A name that begins with $ is written \\$"
                ));
            }
        };
        self.condition(condition)
    }

    fn list_of_tests(
        &mut self,
        name: &str,
        value: Value,
        steps: usize,
        is_denied: bool,
        kind: fn(Vec<Test>) -> Kind,
    ) -> Result<Test, RefusedFilter> {
        let Value::Array(items) = value else {
            return self.refuse(format!("{name} needs a list of objects"));
        };
        if items.is_empty() {
            return self.refuse(format!("{name} needs at least one object"));
        }
        let mut tests = Vec::with_capacity(items.len());
        for (number, item) in items.into_iter().enumerate() {
            tests.push(self.within(number.to_string(), |parser| match item {
                Value::Object(members) => parser.object(members, steps + 1, is_denied),
                _ => parser.refuse(format!("{name} needs a list of objects")),
            })?);
        }
        Ok(self.test(kind(tests)))
    }

    fn values(&self, name: &str, value: Value) -> Result<Vec<Value>, RefusedFilter> {
        match value {
            Value::Array(values) if (1..=LISTED_MAX).contains(&values.len()) => Ok(values),
            _ => self.refuse(format!("{name} needs a list of 1 to 100 values")),
        }
    }

    fn text(&self, name: &str, value: Value) -> Result<String, RefusedFilter> {
        match value {
            Value::Text(text) => Ok(text),
            _ => self.refuse(format!("{name} needs a string")),
        }
    }

    fn ordered(
        &self,
        name: &str,
        value: Value,
        wanted: Ordering,
        or_equal: bool,
    ) -> Result<Condition, RefusedFilter> {
        let bound = match value {
            Value::Number(number) => Bound::Number(number),
            Value::Text(text) => Bound::Text(text),
            _ => return self.refuse(format!("{name} needs a number or a string")),
        };
        Ok(Condition::Ordered {
            wanted,
            or_equal,
            bound,
        })
    }

    fn regex(&mut self, value: Value) -> Result<Condition, RefusedFilter> {
        let pattern = self.text("$regex", value)?;
        if pattern.len() > REGEX_BYTES_MAX {
            return self.refuse("a regular expression may have at most 512 bytes");
        }
        self.regexes_count += 1;
        if self.regexes_count > REGEXES_MAX {
            return self.refuse("the filter has more than 8 regular expressions");
        }
        let built = RegexBuilder::new(&pattern)
            .size_limit(REGEX_COMPILED_BYTES_MAX)
            .dfa_size_limit(REGEX_COMPILED_BYTES_MAX)
            .build();
        match built {
            Ok(regex) => Ok(Condition::Matches(regex)),
            Err(regex::Error::CompiledTooBig(_)) => {
                self.refuse("the regular expression is too large once it is compiled; repeat less")
            }
            Err(error) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                let why = last.trim().trim_start_matches("error: ").to_owned();
                self.refuse(format!("the regular expression is not one: {why}"))
            }
        }
    }
}
