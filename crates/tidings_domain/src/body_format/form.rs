//! A payload as the fields of an HTML form, `application/x-www-form-urlencoded` as browsers write it.
//!
//! Nested values get names in brackets: `a[b]`, and `a[0]` in arrays. Numbers, `true` and `false` are
//! their text; `null`, `{}` and `[]` are a field without a value, so that its name is there.

use bytes::Bytes;
use url::form_urlencoded::byte_serialize;

use super::json::{self, Kind, Place, Scalar, Sink, Unrepresentable, Why, check_size};

pub(super) fn format(payload: &[u8]) -> Result<Bytes, Unrepresentable> {
    let mut form = Form {
        body: String::with_capacity(payload.len()),
        path: String::new(),
        ends: Vec::new(),
    };
    json::read(payload, &mut form)?;
    Ok(form.body.into())
}

struct Form {
    body: String,
    /// The name of what is being read, encoded.
    path: String,
    /// How long the name was before each value that is open now.
    ends: Vec<usize>,
}

impl Form {
    /// Goes on from the name of the value around it.
    fn enter(&mut self, place: Place<'_>) -> Result<(), Why> {
        self.ends.push(self.path.len());
        let is_nested = self.ends.len() > 2;
        if is_nested {
            self.path.push_str("%5B");
        }
        match place {
            Place::Root => {}
            Place::Member(name) if name.is_empty() || name.contains(['[', ']']) => {
                return Err(Why::FieldName);
            }
            Place::Member(name) => self.path.extend(byte_serialize(name.as_bytes())),
            Place::Item(number) => self.path.push_str(&number.to_string()),
        }
        if is_nested {
            self.path.push_str("%5D");
        }
        Ok(())
    }

    fn leave(&mut self) {
        let end = self.ends.pop().unwrap_or(0);
        self.path.truncate(end);
    }

    fn field(&mut self, place: Place<'_>, value: &str) -> Result<(), Why> {
        self.enter(place)?;
        if !self.body.is_empty() {
            self.body.push('&');
        }
        self.body.push_str(&self.path);
        self.body.push('=');
        self.body.extend(byte_serialize(value.as_bytes()));
        self.leave();
        check_size(self.body.len()).map_err(|error| error.why)
    }
}

impl Sink for Form {
    fn scalar(&mut self, place: Place<'_>, scalar: Scalar<'_>) -> Result<(), Why> {
        if place == Place::Root {
            return Err(Why::NoFields);
        }
        let value = match scalar {
            Scalar::Text(text) | Scalar::Number(text) => text,
            Scalar::Flag(true) => "true",
            Scalar::Flag(false) => "false",
            Scalar::Null => "",
        };
        self.field(place, value)
    }

    fn empty(&mut self, place: Place<'_>, _kind: Kind) -> Result<(), Why> {
        match place {
            Place::Root => Ok(()),
            _ => self.field(place, ""),
        }
    }

    fn open(&mut self, place: Place<'_>, _kind: Kind) -> Result<(), Why> {
        self.enter(place)
    }

    fn close(&mut self, _place: Place<'_>, _kind: Kind) {
        self.leave();
    }
}
