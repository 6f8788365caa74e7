//! JSON read from beginning to end, one value after the other, as it was written: numbers keep their
//! digits, and names may come twice. What a value becomes is up to a [`Sink`].
//!
//! A tree of values would forget both, and cost more than the reading.

use std::borrow::Cow;
use std::fmt;

use super::{BODY_BYTES_MAX, DEPTH_MAX};

/// Most characters of a name that are shown where something is wrong.
const SHOWN_NAME_MAX: usize = 40;
/// Most bytes of the place that is shown where something is wrong.
const SHOWN_PLACE_BYTES_MAX: usize = 200;

/// Why a format has no words for a payload, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrepresentable {
    /// Why.
    pub why: Why,
    /// The names and numbers that lead there, each behind a slash; empty for the whole payload.
    pub place: String,
}

/// What a format has no words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Not JSON at all.
    #[error("the payload is not JSON: byte {at} is wrong")]
    NotJson {
        /// Where, counted from 0.
        at: usize,
    },
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("the payload is nested deeper than 64 levels")]
    TooDeep,
    /// The body would be larger than [`BODY_BYTES_MAX`].
    #[error("in this format the body would have more than 4 MiB")]
    TooLarge,
    /// A `\u` escape that stands for no character.
    #[error("a text has half of a surrogate pair, which is no character")]
    HalfSurrogate,
    /// A character that XML forbids, however it is written.
    #[error("XML cannot hold the character U+{0:04X}")]
    Character(u32),
    /// A name that a form would read as something else.
    #[error("a form needs names that are not empty and have no brackets")]
    FieldName,
    /// One value without a name.
    #[error("a form has fields, and the payload is a single value")]
    NoFields,
}

impl fmt::Display for Unrepresentable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => self.why.fmt(f),
            place => write!(f, "{}, at {place}", self.why),
        }
    }
}

impl std::error::Error for Unrepresentable {}

impl From<Why> for Unrepresentable {
    fn from(why: Why) -> Self {
        Self {
            why,
            place: String::new(),
        }
    }
}

impl Unrepresentable {
    /// The same, seen from one level further out. Names are the product's and may hold anything.
    fn within(mut self, step: Place<'_>) -> Self {
        let shown = match step {
            Place::Root => return self,
            Place::Item(number) => format!("/{number}"),
            Place::Member(name) => {
                let short: String = name.chars().take(SHOWN_NAME_MAX).collect();
                format!("/{}", short.escape_debug())
            }
        };
        if shown.len() + self.place.len() <= SHOWN_PLACE_BYTES_MAX {
            self.place.insert_str(0, &shown);
        }
        self
    }
}

/// Fails if a body has grown too large.
pub(super) fn check_size(bytes: usize) -> Result<(), Unrepresentable> {
    if bytes > BODY_BYTES_MAX {
        return Err(Why::TooLarge.into());
    }
    Ok(())
}

/// Where a value stands in the one around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// It is the payload.
    Root,
    /// Under this name in an object.
    Member(&'a str),
    /// With this number in an array.
    Item(usize),
}

/// A value that holds no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    Text(&'a str),
    /// As it was written.
    Number(&'a str),
    Flag(bool),
    Null,
}

/// A value that holds others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
}

/// What is made of the values.
pub(crate) trait Sink {
    fn scalar(&mut self, place: Place<'_>, scalar: Scalar<'_>) -> Result<(), Why>;
    fn empty(&mut self, place: Place<'_>, kind: Kind) -> Result<(), Why>;
    fn open(&mut self, place: Place<'_>, kind: Kind) -> Result<(), Why>;
    fn close(&mut self, place: Place<'_>, kind: Kind);
}

/// Reads a payload, and nothing else, into a sink.
pub(crate) fn read(payload: &[u8], sink: &mut impl Sink) -> Result<(), Unrepresentable> {
    let text = std::str::from_utf8(payload).map_err(|error| Why::NotJson {
        at: error.valid_up_to(),
    })?;
    let mut reader = Reader { text, at: 0, sink };
    reader.value(Place::Root, 0)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(()),
        Some(_) => Err(reader.wrong().into()),
    }
}

struct Reader<'a, 's, S> {
    text: &'a str,
    at: usize,
    sink: &'s mut S,
}

impl<'a, S: Sink> Reader<'a, '_, S> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn wrong(&self) -> Why {
        Why::NotJson { at: self.at }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Passes over this byte, if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), Why> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    /// Reads a value; `depth` counts those around it.
    fn value(&mut self, place: Place<'_>, depth: usize) -> Result<(), Unrepresentable> {
        self.skip_space();
        let result = match self.peek() {
            Some(b'{') => return self.container(place, Kind::Object, depth),
            Some(b'[') => return self.container(place, Kind::Array, depth),
            _ => self.scalar(place),
        };
        result.map_err(|why| Unrepresentable::from(why).within(place))
    }

    fn scalar(&mut self, place: Place<'_>) -> Result<(), Why> {
        let rest = &self.text[self.at..];
        for (word, scalar) in [
            ("true", Scalar::Flag(true)),
            ("false", Scalar::Flag(false)),
            ("null", Scalar::Null),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return self.sink.scalar(place, scalar);
            }
        }
        if self.peek() == Some(b'"') {
            let text = self.string()?;
            return self.sink.scalar(place, Scalar::Text(&text));
        }
        let number = self.number()?;
        self.sink.scalar(place, Scalar::Number(number))
    }

    fn container(
        &mut self,
        place: Place<'_>,
        kind: Kind,
        depth: usize,
    ) -> Result<(), Unrepresentable> {
        let outside = |why| Unrepresentable::from(why).within(place);
        if depth == DEPTH_MAX {
            return Err(outside(Why::TooDeep));
        }
        let end = match kind {
            Kind::Object => b'}',
            Kind::Array => b']',
        };
        self.at += 1;
        self.skip_space();
        if self.take(end) {
            return self.sink.empty(place, kind).map_err(outside);
        }
        self.sink.open(place, kind).map_err(outside)?;
        for number in 0.. {
            let read = match kind {
                Kind::Object => self.member(depth),
                Kind::Array => self.value(Place::Item(number), depth + 1),
            };
            read.map_err(|error| error.within(place))?;
            self.skip_space();
            if self.take(end) {
                break;
            }
            self.expect(b',').map_err(outside)?;
        }
        self.sink.close(place, kind);
        Ok(())
    }

    fn member(&mut self, depth: usize) -> Result<(), Unrepresentable> {
        self.skip_space();
        let name = self.string()?;
        self.skip_space();
        self.expect(b':')?;
        self.value(Place::Member(&name), depth + 1)
    }

    fn digits(&mut self) -> Result<(), Why> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.wrong());
        }
        Ok(())
    }

    fn number(&mut self) -> Result<&'a str, Why> {
        let from = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _is_signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(&self.text[from..self.at])
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Why> {
        self.expect(b'"')?;
        let first = self.plain()?;
        if self.take(b'"') {
            return Ok(Cow::Borrowed(first));
        }
        let mut text = first.to_owned();
        while !self.take(b'"') {
            self.expect(b'\\')?;
            text.push(self.escaped()?);
            text.push_str(self.plain()?);
        }
        Ok(Cow::Owned(text))
    }

    /// The text up to the next quote or backslash.
    fn plain(&mut self) -> Result<&'a str, Why> {
        let from = self.at;
        loop {
            match self.peek() {
                Some(b'"' | b'\\') => return Ok(&self.text[from..self.at]),
                None | Some(..b' ') => return Err(self.wrong()),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Why> {
        let letter = self.peek().ok_or_else(|| self.wrong())?;
        let character = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.wrong()),
        };
        self.at += 1;
        Ok(character)
    }

    /// Behind a backslash: `u` and four digits, twice for what is above U+FFFF.
    fn unicode(&mut self) -> Result<char, Why> {
        let mut code = self.unit()?;
        if (0xD800..0xDC00).contains(&code) {
            if !self.text[self.at..].starts_with("\\u") {
                return Err(Why::HalfSurrogate);
            }
            self.at += 1;
            let low = self.unit()?;
            if !(0xDC00..0xE000).contains(&low) {
                return Err(Why::HalfSurrogate);
            }
            code = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        char::from_u32(code).ok_or(Why::HalfSurrogate)
    }

    fn unit(&mut self) -> Result<u32, Why> {
        self.expect(b'u')?;
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.wrong())?;
            self.at += 1;
        }
        Ok(code)
    }
}
