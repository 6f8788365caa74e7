//! What a receiver wishes besides its status: the response header `webhook-delivery`.

/// The name of the header.
pub const HEADER: &str = "webhook-delivery";

/// What a receiver wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// No further attempt of this message.
    AbortMessage,
    /// Nothing more at all: the endpoint is to be switched off.
    Disable,
}

/// Reads the value of the header. Case does not matter, what is not known is passed over, and of
/// several wishes in a list the one that goes further counts.
pub fn parse(value: &[u8]) -> Option<Wish> {
    let words = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    words
        .filter_map(|word| match word {
            _ if word.eq_ignore_ascii_case(b"disable") => Some(Wish::Disable),
            _ if word.eq_ignore_ascii_case(b"abort-message") => Some(Wish::AbortMessage),
            _ => None,
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_read_whatever_their_case_and_others_are_passed_over() {
        for (value, wish) in [
            ("disable", Some(Wish::Disable)),
            (" Abort-Message ", Some(Wish::AbortMessage)),
            ("ABORT-MESSAGE, later", Some(Wish::AbortMessage)),
            ("abort-message,disable", Some(Wish::Disable)),
            ("disabled", None),
            ("abort message", None),
            ("", None),
            (",", None),
        ] {
            assert_eq!(parse(value.as_bytes()), wish, "{value}");
        }
        assert_eq!(parse(b"\xFF"), None);
    }
}
