//! Instants on the wire: RFC 3339, UTC, milliseconds.

use jiff::Timestamp;
use tidings_domain::clock::Millis;

/// What an instant should look like.
pub(crate) const EXPECTED: &str = "must be a time of RFC 3339 from 1970 to 9999";

/// Reads an instant; what is finer than a millisecond is dropped.
pub(crate) fn parse(text: &str) -> Option<Millis> {
    let instant: Timestamp = text.parse().ok()?;
    let ms = instant.as_millisecond();
    (ms >= 0).then_some(ms)
}

/// Writes an instant.
pub(crate) fn format(ms: Millis) -> String {
    Timestamp::from_millisecond(ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_back_as_they_were_written() {
        for ms in [0, 1, 1_718_810_565_123, 253_402_200_000_000] {
            assert_eq!(parse(&format(ms)), Some(ms));
        }
        assert_eq!(format(1_718_810_565_123), "2024-06-19T15:22:45.123Z");
    }

    #[test]
    fn what_is_no_instant_or_out_of_range_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-01-01",
            "1969-12-31T23:59:59Z",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
