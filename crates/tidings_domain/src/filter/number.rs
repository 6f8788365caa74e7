//! Numbers as they are written, compared exactly: 2^53 and 2^53 + 1 are not the same, 1, 1.0 and 10e-1 are.

use std::cmp::Ordering;

/// Beyond this an exponent is as good as infinite; no text of a payload has so many digits.
const EXPONENT_MAX: i64 = i64::MAX / 4;

/// A number: `0.` and its digits, times ten to its exponent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Number {
    is_negative: bool,
    exponent: i64,
    /// Without zeros at either end; empty for zero.
    digits: String,
}

impl Number {
    /// Reads a number that is known to be one of JSON.
    pub(super) fn read(text: &str) -> Self {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading_zeros = all.len() - significant.len();
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self {
                is_negative: false,
                exponent: 0,
                digits,
            };
        }
        let point = i64::try_from(whole.len()).unwrap_or(EXPONENT_MAX)
            - i64::try_from(leading_zeros).unwrap_or(EXPONENT_MAX);
        Self {
            is_negative,
            exponent: exponent + point,
            digits,
        }
    }

    fn compare_size(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => {
                let sizes = self.exponent.cmp(&other.exponent);
                sizes.then_with(|| self.digits.cmp(&other.digits))
            }
        }
    }
}

fn read_exponent(text: &str) -> i64 {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim_start_matches('+')),
    };
    let size = digits.bytes().fold(0_i64, |size, digit| {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        size.saturating_mul(10)
            .saturating_add(digit)
            .min(EXPONENT_MAX)
    });
    if is_negative { -size } else { size }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_number_is_equal_however_it_is_written() {
        for same in [
            ["1", "1.0", "10e-1", "0.1E+1", "1000e-3"],
            ["0", "-0", "0.000", "0e9", "-0.0e-99"],
            ["-1200", "-1.2e3", "-12E2", "-1200.00", "-0.12e4"],
        ] {
            for one in same {
                for other in same {
                    assert_eq!(Number::read(one), Number::read(other), "{one} {other}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_told_apart_to_the_last_digit() {
        let ascending = [
            "-1e999999999999999999999",
            "-9007199254740993",
            "-9007199254740992",
            "-0.1",
            "0",
            "1e-999999999999999999999",
            "0.1",
            "0.10000000000000000001",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "1.5e400",
        ];
        let numbers: Vec<_> = ascending.iter().map(|text| Number::read(text)).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }

    proptest! {
        #[test]
        fn whole_numbers_compare_as_they_do_elsewhere(one: i64, other: i64, zeros in 0_usize..4) {
            let scaled = format!("{other}{}e-{zeros}", "0".repeat(zeros));
            let compared = Number::read(&one.to_string()).cmp(&Number::read(&scaled));
            prop_assert_eq!(compared, one.cmp(&other));
        }

        #[test]
        fn fractions_compare_as_they_do_elsewhere(one in -1e15_f64..1e15, other in -1e15_f64..1e15) {
            let compared = Number::read(&one.to_string()).cmp(&Number::read(&other.to_string()));
            prop_assert_eq!(Some(compared), one.partial_cmp(&other));
        }
    }
}
