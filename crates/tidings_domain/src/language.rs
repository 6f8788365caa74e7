//! The languages that Tidings speaks, and texts in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language of pages, labels and descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, which stands in where another one has no text.
    En,
    /// Spanish.
    Es,
    /// Finnish.
    Fi,
    /// German.
    De,
    /// Polish.
    Pl,
    /// Italian.
    It,
}

impl Language {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::En, Self::Es, Self::Fi, Self::De, Self::Pl, Self::It];

    /// Its code by ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Fi => "fi",
            Self::De => "de",
            Self::Pl => "pl",
            Self::It => "it",
        }
    }

    /// The inverse of [`Language::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// What a reader with this `Accept-Language` header understands best; English if there is nothing
    /// better. Regions do not matter, and what has the quality 0 is not wanted.
    pub fn accepted(header: &str) -> Self {
        let wishes = || header.split(',').filter_map(wish);
        let refuses = |language| wishes().any(|(code, quality)| quality == 0 && code == language);
        let mut best: Option<(Self, u16)> = None;
        for (code, quality) in wishes().filter(|(_, quality)| *quality > 0) {
            let language = match code {
                Wanted::This(language) => Some(language),
                Wanted::Any => Self::ALL
                    .into_iter()
                    .find(|language| !refuses(Wanted::This(*language))),
                Wanted::Unknown => None,
            };
            // Of two that are wanted alike, the first.
            if let Some(language) = language
                && best.is_none_or(|(_, most)| quality > most)
            {
                best = Some((language, quality));
            }
        }
        best.map_or(Self::En, |(language, _)| language)
    }
}

/// What one part of an `Accept-Language` header names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    This(Language),
    Any,
    Unknown,
}

/// One part of the header and its quality in thousandths; none if it cannot be read.
fn wish(part: &str) -> Option<(Wanted, u16)> {
    let mut pieces = part.split(';').map(str::trim);
    let tag = pieces.next()?;
    let code = tag.split('-').next()?.to_ascii_lowercase();
    let wanted = match (code.as_str(), Language::from_code(&code)) {
        ("*", _) => Wanted::Any,
        (_, Some(language)) => Wanted::This(language),
        _ => Wanted::Unknown,
    };
    let Some(parameter) = pieces.next() else {
        return Some((wanted, 1_000));
    };
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    Some((wanted, thousandths(value.trim())?))
}

/// `0`, `1`, or one of them with up to three decimals, from 0 to 1.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = match whole {
        "0" => 0,
        "1" => 1_000,
        _ => return None,
    };
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    Some(whole + decimals).filter(|quality| *quality <= 1_000)
}

/// One text in several languages; some may be missing.
pub type Texts = BTreeMap<Language, String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_names_its_language_in_rules_and_in_json() {
        for language in Language::ALL {
            assert_eq!(Language::from_code(language.code()), Some(language));
            let json = serde_json::to_string(&Texts::from([(language, "x".to_owned())])).unwrap();
            assert_eq!(json, format!("{{\"{}\":\"x\"}}", language.code()));
            assert_eq!(
                serde_json::from_str::<Texts>(&json).unwrap()[&language],
                "x"
            );
        }
        assert_eq!(Language::from_code("EN"), None);
        assert!(serde_json::from_str::<Texts>("{\"sv\":\"x\"}").is_err());
    }

    #[test]
    fn a_reader_gets_the_language_that_is_wanted_most() {
        for (header, expected) in [
            ("", Language::En),
            ("pl", Language::Pl),
            ("PL-pl", Language::Pl),
            ("pl-PL,pl;q=0.9,en;q=0.8", Language::Pl),
            ("en;q=0.3, de;q=0.9, fi;q=0.89", Language::De),
            ("en ; q = 0.3 , it ; q = 0.4", Language::It),
            ("fi,es", Language::Fi),
            ("sv, nb;q=0.9, es;q=0.1", Language::Es),
            ("sv", Language::En),
            ("pl;q=0", Language::En),
            ("*", Language::En),
            ("en;q=0, *", Language::Es),
            ("de;q=0.5, *;q=0.6", Language::En),
            ("de;q=1.000", Language::De),
            ("de;q=2, fi;q=0.1", Language::Fi),
            ("de;q=0.1234, fi;q=0.1", Language::Fi),
            ("de;x=1, fi;q=0.001", Language::Fi),
            (";;,,q=", Language::En),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header}");
        }
    }
}
