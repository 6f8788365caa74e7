//! Filters of endpoints: which payloads an endpoint wants.
//!
//! A filter is a JSON object in the family of `MongoDB`'s queries. The language is specified in
//! `conformance/filters/README.md`, with cases that every implementation can run. It is strict: what is
//! not there matches nothing, types are not coerced, and what is not understood is refused when it is
//! saved. It is bounded: a filter costs at most its conditions times the values of a payload.

mod number;
mod parse;
mod path;
mod test;
#[cfg(test)]
mod tests;
mod value;

use std::fmt;

use self::test::Test;
use self::value::Value;

/// Most bytes of a filter as it is written.
pub const FILTER_BYTES_MAX: usize = 8_192;
/// Most conditions in a filter.
pub const CONDITIONS_MAX: usize = 64;
/// Most steps of paths, `$and`, `$or` and `$not` in each other.
pub const STEPS_MAX: usize = 32;
/// Most values in the list of `$in` and `$nin`.
pub const LISTED_MAX: usize = 100;
/// Most regular expressions in a filter.
pub const REGEXES_MAX: usize = 8;
/// Most bytes of a regular expression as it is written.
pub const REGEX_BYTES_MAX: usize = 512;
/// Most bytes of a regular expression once it is compiled.
pub const REGEX_COMPILED_BYTES_MAX: usize = 256 * 1024;
/// A text longer than this matches no regular expression.
pub const REGEX_TEXT_BYTES_MAX: usize = 16 * 1024;

/// Why a filter is refused, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFilter {
    /// The keys and numbers on the way to what is wrong; none for the whole filter.
    pub place: Vec<String>,
    /// What is wrong, for people.
    pub why: String,
}

impl fmt::Display for RefusedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)?;
        if self.place.is_empty() {
            return Ok(());
        }
        write!(f, ", at {}", pointer(&self.place))
    }
}

impl std::error::Error for RefusedFilter {}

/// A filter, ready to be asked.
#[derive(Debug, Clone)]
pub struct Filter {
    test: Test,
}

/// Whether a payload is wanted, and which condition of the filter decided that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Whether it is.
    pub is_match: bool,
    /// The condition, as a JSON pointer into the filter.
    pub decided_by: &'a str,
}

/// A payload, read so that filters can be asked about it.
#[derive(Debug)]
pub struct ReadPayload(Option<Value>);

impl ReadPayload {
    /// Reads a payload. One that is no JSON, or has a text that is none, matches no filter.
    pub fn new(payload: &[u8]) -> Self {
        Self(Value::read(payload).ok())
    }
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// Says what is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, RefusedFilter> {
        parse::parse(text).map(|test| Self { test })
    }

    /// Judges a payload.
    pub fn judge(&self, payload: &ReadPayload) -> Verdict<'_> {
        match &payload.0 {
            Some(value) => self.test.judge(Some(value)),
            None => Verdict {
                is_match: false,
                decided_by: "",
            },
        }
    }
}

/// A JSON pointer (RFC 6901).
fn pointer(place: &[String]) -> String {
    let mut pointer = String::new();
    for step in place {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}
