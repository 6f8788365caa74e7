//! What stands after the `?`. Unknown parameters are let be.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use tidings_domain::clock::Millis;
use tidings_service::FieldProblem;

use crate::problem::Problem;
use crate::time;

/// Most values of one parameter that comes several times.
const VALUES_MAX: usize = 1_000;

/// The parameters of a request, in their order.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.uri.query().map(Self::parse).unwrap_or_default())
    }
}

impl Query {
    fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// The last value of a parameter, unless it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A text with a limit.
    pub(crate) fn short_text(
        &self,
        name: &str,
        bytes_max: usize,
    ) -> Result<Option<String>, Problem> {
        match self.text(name) {
            Some(text) if text.len() > bytes_max || text.contains('\0') => {
                let msg = format!("must have 1 to {bytes_max} characters");
                Err(wrong(name, msg))
            }
            text => Ok(text.map(str::to_owned)),
        }
    }

    /// Yes or no.
    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, Problem> {
        match self.text(name) {
            None => Ok(default),
            Some("true" | "True" | "1") => Ok(true),
            Some("false" | "False" | "0") => Ok(false),
            Some(_) => Err(wrong(name, "must be true or false")),
        }
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u32>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.parse().map_err(|_| wrong(name, "must be a number"))?;
        Ok(Some(number))
    }

    /// An instant.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<Millis>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        // A plus sign that was not encoded has become a space.
        let instant = time::parse(text).or_else(|| time::parse(&text.replace(' ', "+")));
        match instant {
            Some(instant) => Ok(Some(instant)),
            None => Err(wrong(name, time::EXPECTED)),
        }
    }

    /// A list, in any of its spellings: `a=x&a=y`, `a[]=x&a[]=y`, `a[0]=x&a[1]=y`, `a=x,y`.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<String>, Problem> {
        let mut numbered = BTreeMap::new();
        let mut list = Vec::new();
        for (key, value) in &self.0 {
            match key.strip_prefix(name) {
                Some("" | "[]") => list.extend(value.split(',').filter(|part| !part.is_empty())),
                Some(rest) => {
                    let number = rest
                        .strip_prefix('[')
                        .and_then(|rest| rest.strip_suffix(']'));
                    if let Some(Ok(number)) = number.map(str::parse::<u32>) {
                        numbered.insert(number, value.as_str());
                    }
                }
                None => {}
            }
        }
        list.extend(numbered.into_values().filter(|value| !value.is_empty()));
        if list.len() > VALUES_MAX {
            return Err(wrong(name, "has too many values"));
        }
        Ok(list.into_iter().map(str::to_owned).collect())
    }
}

pub(crate) fn wrong(name: &str, msg: impl Into<String>) -> Problem {
    Problem::field(FieldProblem::query(name, msg))
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_spelt_in_four_ways() {
        for text in [
            "t=a&t=b",
            "t[]=a&t[]=b",
            "t%5B%5D=a&t%5B%5D=b",
            "t[1]=b&t[0]=a",
            "t=a,b",
        ] {
            assert_eq!(Query::parse(text).list("t").unwrap(), ["a", "b"], "{text}");
        }
        assert!(Query::parse("types=a").list("t").unwrap().is_empty());
    }

    #[test]
    fn parameters_are_read_as_what_they_should_be() {
        let query = Query::parse("a=true&b=7&c=x&d=2024-01-01T00:00:00+02:00&e=&f=a%20b+c");
        assert!(query.flag("a", false).unwrap());
        assert!(query.flag("missing", true).unwrap());
        assert!(query.flag("c", true).is_err());
        assert_eq!(query.number("b").unwrap(), Some(7));
        assert!(query.number("c").is_err());
        assert_eq!(query.instant("d").unwrap(), Some(1_704_060_000_000));
        assert!(query.instant("c").is_err());
        assert_eq!(query.text("e"), None);
        assert_eq!(query.text("f"), Some("a b c"));
    }
}
