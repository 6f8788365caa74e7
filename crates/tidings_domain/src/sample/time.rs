//! Instants as products write them in their bodies, read and written in the same form.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::clock::Millis;

/// How an instant is written; always in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `2026-05-04`.
    Date,
    /// `2026-05-04 09:46:24` or `2026-05-04T09:46:24.123Z`.
    Clock {
        /// Between date and time.
        separator: char,
        /// Digits of a second behind the point; 0 without a point.
        decimals: usize,
        /// `Z`, `+00:00` or nothing.
        zone: &'static str,
    },
    /// A number of seconds since 1970, ten digits.
    Seconds,
    /// A number of milliseconds since 1970, thirteen digits.
    Milliseconds,
}

/// Reads a JSON value that is an instant.
pub(super) fn read(json: &str) -> Option<(Form, Millis)> {
    match json.strip_prefix('"') {
        Some(text) => read_text(text.strip_suffix('"')?),
        None if json.bytes().all(|byte| byte.is_ascii_digit()) => {
            let number: i64 = json.parse().ok()?;
            match json.len() {
                10 => Some((Form::Seconds, number * 1000)),
                13 => Some((Form::Milliseconds, number)),
                _ => None,
            }
        }
        None => None,
    }
}

fn read_text(text: &str) -> Option<(Form, Millis)> {
    let date = text.get(..10)?;
    let midnight = read_date(date)?;
    let Some(separator) = text[10..].chars().next() else {
        return Some((Form::Date, midnight));
    };
    if separator != ' ' && separator != 'T' {
        return None;
    }
    let time = text.get(11..19)?;
    let (hours, minutes, seconds) = (pair(time, 0)?, pair(time, 3)?, pair(time, 6)?);
    let is_time = time.as_bytes()[2] == b':' && time.as_bytes()[5] == b':';
    if !is_time || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let rest = &text[19..];
    let fraction = rest.strip_prefix('.').map_or("", |rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        &rest[..digits]
    });
    let zone = match rest.get(fraction.len() + usize::from(rest.starts_with('.'))..)? {
        "" => "",
        "Z" => "Z",
        "+00:00" => "+00:00",
        _ => return None,
    };
    if (rest.starts_with('.') && fraction.is_empty()) || fraction.len() > 9 {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
    let form = Form::Clock {
        separator,
        decimals: fraction.len(),
        zone,
    };
    let of_day = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis;
    Some((form, midnight + of_day))
}

fn read_date(date: &str) -> Option<Millis> {
    if date.as_bytes()[4] != b'-' || date.as_bytes()[7] != b'-' {
        return None;
    }
    let year = pair(date, 0)? * 100 + pair(date, 2)?;
    let (month, day) = (pair(date, 5)?, pair(date, 8)?);
    let date = Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    );
    let midnight = date.ok()?.at(0, 0, 0, 0);
    let midnight = Offset::UTC.to_timestamp(midnight).ok()?;
    Some(midnight.as_millisecond())
}

/// Two digits at a place.
fn pair(text: &str, at: usize) -> Option<i64> {
    let digits = text.get(at..at + 2)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Writes an instant as JSON; none if it is outside the calendar.
pub(super) fn write(form: Form, at: Millis) -> Option<String> {
    let date_time = Offset::UTC.to_datetime(Timestamp::from_millisecond(at).ok()?);
    Some(match form {
        Form::Seconds => at.div_euclid(1000).to_string(),
        Form::Milliseconds => at.to_string(),
        Form::Date => format!("\"{}\"", date_time.strftime("%Y-%m-%d")),
        Form::Clock {
            separator,
            decimals,
            zone,
        } => {
            let (date, time) = (
                date_time.strftime("%Y-%m-%d"),
                date_time.strftime("%H:%M:%S"),
            );
            let fraction = match decimals {
                0 => String::new(),
                _ => format!(".{:09}", date_time.subsec_nanosecond())[..=decimals].to_owned(),
            };
            format!("\"{date}{separator}{time}{fraction}{zone}\"")
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-05-04T09:46:24.123Z.
    const AT: Millis = 1_777_887_984_123;

    #[test]
    fn each_form_is_read_and_written_back() {
        for (json, at) in [
            ("\"2026-05-04\"", 1_777_852_800_000),
            ("\"2026-05-04 09:46:24\"", AT - 123),
            ("\"2026-05-04T09:46:24Z\"", AT - 123),
            ("\"2026-05-04T09:46:24+00:00\"", AT - 123),
            ("\"2026-05-04T09:46:24.1Z\"", AT - 23),
            ("\"2026-05-04T09:46:24.123Z\"", AT),
            ("\"2026-05-04T09:46:24.123000Z\"", AT),
            ("1777887984", AT - 123),
            ("1777887984123", AT),
            ("\"1970-01-01\"", 0),
            ("\"2000-02-29\"", 951_782_400_000),
        ] {
            let (form, found) = read(json).expect(json);
            assert_eq!(found, at, "{json}");
            assert_eq!(write(form, found).as_deref(), Some(json));
        }
    }

    #[test]
    fn what_is_no_instant_in_utc_is_not_taken_for_one() {
        for json in [
            "null",
            "17",
            "1.5",
            "-1777887984",
            "\"\"",
            "\"2026-02-30\"",
            "\"2026-13-01\"",
            "\"2026-5-4\"",
            "\"2026-05-04x\"",
            "\"2026-05-04T09:46\"",
            "\"2026-05-04T24:00:00Z\"",
            "\"2026-05-04T09:46:24.Z\"",
            "\"2026-05-04T09:46:24+02:00\"",
            "\"äääääää\"",
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_of_four_digit_years_survives(at in 0_i64..253_402_300_800_000) {
            let form = Form::Clock { separator: 'T', decimals: 3, zone: "Z" };
            let json = write(form, at).expect("it is in the calendar");
            prop_assert_eq!(read(&json), Some((form, at)));
        }
    }
}
