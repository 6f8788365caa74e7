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
}
