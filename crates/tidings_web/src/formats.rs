//! Numbers, times and spans as each language writes them. All times are UTC, and pages say so.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tidings_domain::clock::Millis;
use tidings_domain::language::Language;

use crate::texts::say_with;

/// Keeps a number together where thousands are apart by a space.
pub(crate) const NARROW_SPACE: char = '\u{202f}';

const MINUTE_MS: Millis = 60_000;
const HOUR_MS: Millis = 60 * MINUTE_MS;
const DAY_MS: Millis = 24 * HOUR_MS;

const MONTHS_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const MONTHS_ES: [&str; 12] = [
    "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
];

/// What stands between thousands.
pub(crate) fn grouping(language: Language) -> char {
    match language {
        Language::En => ',',
        Language::Es | Language::De | Language::It => '.',
        Language::Fi | Language::Pl => NARROW_SPACE,
    }
}

fn decimal(language: Language) -> char {
    match language {
        Language::En => '.',
        _ => ',',
    }
}

/// A whole number with its thousands apart.
pub(crate) fn group(whole: i64, separator: char) -> String {
    let digits = whole.unsigned_abs().to_string();
    let mut text = if whole < 0 { "−" } else { "" }.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A whole number.
pub(crate) fn number(language: Language, whole: i64) -> String {
    group(whole, grouping(language))
}

/// `part` of `whole` in percent, with one decimal, and never 100 unless it is all of it.
pub(crate) fn percent(language: Language, part: u64, whole: u64) -> String {
    let tenths = (part * 1_000).checked_div(whole).unwrap_or(0);
    let number = match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}{}{tenth}", decimal(language)),
    };
    match language {
        Language::En | Language::It => format!("{number}%"),
        _ => format!("{number}\u{a0}%"),
    }
}

/// So much a second: whole, unless it is little.
pub(crate) fn rate(language: Language, value: f64) -> String {
    if value >= 10.0 || value <= 0.0 {
        let whole = format!("{value:.0}").parse().unwrap_or(i64::MAX);
        return number(language, whole);
    }
    let decimals = if value < 0.1 { 2 } else { 1 };
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('.', decimal(language).encode_utf8(&mut [0; 4]))
}

/// A span of a request: milliseconds, which are not made rounder than they were measured.
pub(crate) fn millis(language: Language, span: u64) -> String {
    let span = i64::try_from(span).unwrap_or(i64::MAX);
    format!("{}\u{a0}ms", number(language, span))
}

/// Bytes, in the unit that suits.
pub(crate) fn bytes(language: Language, count: u64) -> String {
    if count < 1_024 {
        return format!("{count}\u{a0}B");
    }
    let tenths = count * 10 / 1_024;
    format!(
        "{}{}{}\u{a0}KiB",
        tenths / 10,
        decimal(language),
        tenths % 10
    )
}

fn civil(at: Millis) -> DateTime {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::UTC).datetime()
}

/// A date.
pub(crate) fn date(language: Language, at: Millis) -> String {
    let at = civil(at);
    let (year, month, day) = (at.year(), at.month(), at.day());
    let named = |months: [&'static str; 12]| months[usize::try_from(month - 1).unwrap_or(0)];
    match language {
        Language::En => format!("{day} {} {year}", named(MONTHS_EN)),
        Language::Es => format!("{day} {} {year}", named(MONTHS_ES)),
        Language::Fi => format!("{day}.{month}.{year}"),
        Language::De | Language::Pl => format!("{day:02}.{month:02}.{year}"),
        Language::It => format!("{day:02}/{month:02}/{year}"),
    }
}

/// A date with the time to the second.
pub(crate) fn time(language: Language, at: Millis) -> String {
    let clock = civil(at);
    let (hour, minute, second) = (clock.hour(), clock.minute(), clock.second());
    let date = date(language, at);
    match language {
        Language::Fi => format!("{date} klo {hour}.{minute:02}.{second:02}"),
        Language::Es => format!("{date}, {hour}:{minute:02}:{second:02}"),
        _ => format!("{date}, {hour:02}:{minute:02}:{second:02}"),
    }
}

/// The milliseconds of a time, to stand behind its seconds.
pub(crate) fn fraction(language: Language, at: Millis) -> String {
    format!("{}{:03}", decimal(language), at.rem_euclid(1_000))
}

/// The time of day to the minute.
pub(crate) fn clock(language: Language, at: Millis) -> String {
    let clock = civil(at);
    let (hour, minute) = (clock.hour(), clock.minute());
    match language {
        Language::Fi => format!("{hour}.{minute:02}"),
        Language::Es => format!("{hour}:{minute:02}"),
        _ => format!("{hour:02}:{minute:02}"),
    }
}

/// As machines read it.
pub(crate) fn iso(at: Millis) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| at.to_string())
}

/// How long ago something was; its date, if that was days ago.
pub(crate) fn ago(language: Language, at: Millis, now: Millis) -> String {
    let span = (now - at).max(0);
    let (key, count) = match span {
        0..MINUTE_MS => ("ago-seconds", span / 1_000),
        MINUTE_MS..HOUR_MS => ("ago-minutes", span / MINUTE_MS),
        HOUR_MS..DAY_MS => ("ago-hours", span / HOUR_MS),
        _ => return date(language, at),
    };
    say_with(language, key, &[("count", &count)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Millis = 1_795_331_257_214; // 2026-11-22 07:07:37.214

    #[test]
    fn times_are_written_as_the_language_writes_them() {
        let written = Language::ALL.map(|language| time(language, AT));
        assert_eq!(
            written,
            [
                "22 Nov 2026, 07:07:37",
                "22 nov 2026, 7:07:37",
                "22.11.2026 klo 7.07.37",
                "22.11.2026, 07:07:37",
                "22.11.2026, 07:07:37",
                "22/11/2026, 07:07:37",
            ]
        );
        assert_eq!(iso(AT), "2026-11-22T07:07:37.214Z");
        assert_eq!(fraction(Language::En, AT), ".214");
        assert_eq!(fraction(Language::De, 5), ",005");
    }

    #[test]
    fn rates_are_exact_where_they_are_little() {
        let rate = |value| rate(Language::En, value);
        let written = [0.0, 0.033, 0.5, 2.0, 9.94, 10.4, 12_345.6].map(rate);
        assert_eq!(written, ["0", "0.03", "0.5", "2", "9.9", "10", "12,346"]);
        assert_eq!(super::rate(Language::De, 1.5), "1,5");
        assert_eq!(clock(Language::Fi, AT), "7.07");
    }

    #[test]
    fn thousands_are_apart_and_a_minus_stays() {
        assert_eq!(group(0, ','), "0");
        assert_eq!(group(999, ','), "999");
        assert_eq!(group(1_234_567, '.'), "1.234.567");
        assert_eq!(group(-1_000, ','), "−1,000");
    }

    #[test]
    fn what_is_not_all_is_never_a_hundred_percent() {
        assert_eq!(percent(Language::En, 9_999, 10_000), "99.9%");
        assert_eq!(percent(Language::De, 3, 3), "100\u{a0}%");
        assert_eq!(percent(Language::De, 1, 3), "33,3\u{a0}%");
        assert_eq!(percent(Language::En, 0, 0), "0%");
    }

    #[test]
    fn how_long_ago_is_told_in_the_largest_whole_unit() {
        assert_eq!(ago(Language::En, 0, 59_999), "59 s ago");
        assert_eq!(ago(Language::En, 0, MINUTE_MS), "1 min ago");
        assert_eq!(ago(Language::En, 0, DAY_MS - 1), "23 h ago");
        assert_eq!(ago(Language::En, AT, AT + DAY_MS), "22 Nov 2026");
        assert_eq!(ago(Language::En, AT, AT - 5), "0 s ago");
    }
}
