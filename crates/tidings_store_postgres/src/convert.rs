//! Between rows and records: texts, lists in JSON, ids, codes.
//!
//! A text of PostgreSQL cannot hold U+0000. [`stored`] writes it as U+001A and `0`, and U+001A itself
//! twice, so that every text is kept exactly and stays readable in SQL.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tidings_domain::access::Role;
use tidings_domain::application::Metadata;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::co_signature::CoSignature;
use tidings_domain::endpoint::SealedSecret;
use tidings_domain::ids::IdParts;
use tidings_domain::retry::policy::RetryPolicy;
use tidings_domain::sample::Sample;
use tidings_domain::schema::SchemaPolicy;
use tidings_store::secrets_from_rows;
use tokio_postgres::Row;

use crate::failure::{Failure, Result};

const ESCAPE: char = '\u{1A}';

/// A text as it is stored.
pub(crate) fn stored(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let doubled = text.replace(ESCAPE, "\u{1A}\u{1A}");
    Cow::Owned(doubled.replace('\0', "\u{1A}0"))
}

/// The inverse of [`stored`].
fn unstored(text: &str) -> String {
    if !text.contains(ESCAPE) {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ESCAPE => plain.push(match letters.next() {
                Some('0') => '\0',
                _ => ESCAPE,
            }),
            other => plain.push(other),
        }
    }
    plain
}

/// A text that may be missing, as it is stored.
pub(crate) fn stored_option(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| stored(text))
}

/// The text in a column.
pub(crate) fn text(row: &Row, column: usize) -> Result<String> {
    Ok(unstored(row.try_get(column)?))
}

/// The text in a column that may be null.
pub(crate) fn text_option(row: &Row, column: usize) -> Result<Option<String>> {
    Ok(row.try_get::<_, Option<&str>>(column)?.map(unstored))
}

/// So many bytes in a column.
pub(crate) fn bytes<const COUNT: usize>(row: &Row, column: usize) -> Result<[u8; COUNT]> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes
        .try_into()
        .map_err(|_| unreadable(column, "of another length"))
}

/// As [`bytes`], for a column that may be null.
pub(crate) fn bytes_option<const COUNT: usize>(
    row: &Row,
    column: usize,
) -> Result<Option<[u8; COUNT]>> {
    let bytes: Option<&[u8]> = row.try_get(column)?;
    bytes
        .map(|bytes| {
            let exact = bytes.try_into();
            exact.map_err(|_| unreadable(column, "of another length"))
        })
        .transpose()
}

/// The parts of the id in a column.
pub(crate) fn parts(row: &Row, column: usize) -> Result<IdParts> {
    Ok(IdParts::from_bytes(bytes(row, column)?))
}

/// A number that is never negative, from a column.
pub(crate) fn number<T: TryFrom<i64>>(row: &Row, column: usize) -> Result<T> {
    let wide: i64 = row.try_get(column)?;
    T::try_from(wide).map_err(|_| unreadable(column, "out of range"))
}

/// As [`number`], for a column that may be null.
pub(crate) fn number_option<T: TryFrom<i64>>(row: &Row, column: usize) -> Result<Option<T>> {
    let wide: Option<i64> = row.try_get(column)?;
    wide.map(|wide| T::try_from(wide).map_err(|_| unreadable(column, "out of range")))
        .transpose()
}

/// The role in a column. One that this version does not know must not be taken for another.
pub(crate) fn read_role(row: &Row, column: usize) -> Result<Role> {
    let word: &str = row.try_get(column)?;
    Role::parse(word).ok_or_else(|| unreadable(column, format_args!("no role: {word}")))
}

pub(crate) fn unreadable(column: usize, why: impl std::fmt::Display) -> Failure {
    Failure::Unreadable(format!("column {column} of a row cannot be read: {why}"))
}

/// A limit as the engine takes it.
pub(crate) fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A list of words as JSON; none if it is empty.
pub(crate) fn words(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words_text(words))
}

/// A list of words as JSON, `[]` if it is empty.
pub(crate) fn words_text(words: &[String]) -> String {
    serde_json::to_string(words).expect("words are JSON")
}

/// The inverse of both.
pub(crate) fn read_words(row: &Row, column: usize) -> Result<Vec<String>> {
    Ok(read_json(row, column)?.unwrap_or_default())
}

/// Metadata as JSON.
pub(crate) fn metadata(metadata: &Metadata) -> String {
    serde_json::to_string(metadata).expect("a map of texts is JSON")
}

/// The inverse of [`metadata`].
pub(crate) fn read_metadata(row: &Row, column: usize) -> Result<Metadata> {
    Ok(read_json(row, column)?.unwrap_or_default())
}

/// What a column holds as JSON; none if it is null. What cannot be read is an error: to take a broken
/// filter for an empty one would send to everybody.
pub(crate) fn read_json<T: DeserializeOwned>(row: &Row, column: usize) -> Result<Option<T>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(serde_json::from_str)
        .transpose()
        .map_err(|error| unreadable(column, error))
}

/// The format in a column. One that this version does not know must not be taken for another.
pub(crate) fn read_format(row: &Row, column: usize) -> Result<BodyFormat> {
    let word: &str = row.try_get(column)?;
    BodyFormat::parse(word).ok_or_else(|| unreadable(column, format!("no format: {word}")))
}

/// The rules for trying again in a column; none if it is null. What cannot be read must not be taken for none.
pub(crate) fn read_retry_policy(row: &Row, column: usize) -> Result<Option<Box<RetryPolicy>>> {
    let text: Option<&str> = row.try_get(column)?;
    let read = |text| {
        let policy = RetryPolicy::from_text(text).map(Box::new);
        policy.ok_or_else(|| unreadable(column, "no rules for retries"))
    };
    text.map(read).transpose()
}

/// The further signature in a column; none if it is null.
pub(crate) fn read_co_signature(row: &Row, column: usize) -> Result<Option<Box<CoSignature>>> {
    let text: Option<&str> = row.try_get(column)?;
    let read = |text| {
        let wanted = CoSignature::from_text(text).map(Box::new);
        wanted.ok_or_else(|| unreadable(column, "no further signature"))
    };
    text.map(read).transpose()
}

/// The sample in a column; none if it is null.
pub(crate) fn read_sample(row: &Row, column: usize) -> Result<Option<Sample>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| Sample::from_text(text).ok_or_else(|| unreadable(column, "not a sample")))
        .transpose()
}

/// What a column says of payloads that do not fit. One that this version does not know must not be taken for
/// another.
pub(crate) fn read_policy(row: &Row, column: usize) -> Result<SchemaPolicy> {
    let number: i16 = row.try_get(column)?;
    SchemaPolicy::from_number(number)
        .ok_or_else(|| unreadable(column, format!("no schema policy: {number}")))
}

/// The inverse of [`tidings_store::secrets_to_text`].
pub(crate) fn read_secrets(row: &Row, column: usize) -> Result<Vec<SealedSecret>> {
    let rows: Vec<Value> = read_json(row, column)?.unwrap_or_default();
    secrets_from_rows(&rows).ok_or_else(|| unreadable(column, "not a list of secrets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_back_as_it_was_and_is_stored_without_nul() {
        for text in [
            "",
            "a",
            "\0",
            "a\0b",
            "\u{1A}",
            "\u{1A}0",
            "\u{1A}\0",
            "\0\u{1A}0\u{1A}",
        ] {
            let stored = stored(text);
            assert!(!stored.contains('\0'), "{text:?}");
            assert_eq!(unstored(&stored), text);
        }
    }
}
