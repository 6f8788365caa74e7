//! Numbers as each language writes them.

use tidings_domain::language::Language;

/// Keeps a number together where thousands are apart by a space.
pub(crate) const NARROW_SPACE: char = '\u{202f}';

/// What stands between thousands.
pub(crate) fn grouping(language: Language) -> char {
    match language {
        Language::En => ',',
        Language::Es | Language::De | Language::It => '.',
        Language::Fi | Language::Pl => NARROW_SPACE,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart_and_a_minus_stays() {
        assert_eq!(group(0, ','), "0");
        assert_eq!(group(999, ','), "999");
        assert_eq!(group(1_234_567, '.'), "1.234.567");
        assert_eq!(group(-1_000, ','), "−1,000");
    }
}
