//! What pages say, in each language: the Fluent files of `locales/`, which are part of the program.
//!
//! Nothing that people read stands anywhere else; `words.rs` looks after that, and that no file lacks a text.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use tidings_domain::language::Language;

use crate::formats;

type Bundle = FluentBundle<FluentResource>;

macro_rules! files {
    ($($folder:literal),+) => {
        [$(&[
            include_str!(concat!("../locales/", $folder, "/common.ftl")),
            include_str!(concat!("../locales/", $folder, "/board.ftl")),
            include_str!(concat!("../locales/", $folder, "/administration.ftl")),
            include_str!(concat!("../locales/", $folder, "/applications.ftl")),
            include_str!(concat!("../locales/", $folder, "/overview.ftl")),
            include_str!(concat!("../locales/", $folder, "/search.ftl")),
            include_str!(concat!("../locales/", $folder, "/event_types.ftl")),
            include_str!(concat!("../locales/", $folder, "/operations.ftl")),
            include_str!(concat!("../locales/", $folder, "/dashboard.ftl")),
            include_str!(concat!("../locales/", $folder, "/charts.ftl")),
            include_str!(concat!("../locales/", $folder, "/docs.ftl")),
            include_str!(concat!("../locales/", $folder, "/form.ftl")),
            include_str!(concat!("../locales/", $folder, "/help.ftl")),
            include_str!(concat!("../locales/", $folder, "/hooks.ftl")),
            include_str!(concat!("../locales/", $folder, "/inbox.ftl")),
            include_str!(concat!("../locales/", $folder, "/portal.ftl")),
            include_str!(concat!("../locales/", $folder, "/replay.ftl")),
        ]),+]
    };
}

/// In the order of [`Language::ALL`].
const FILES: [&[&str]; 6] = files!("en", "es", "fi", "de", "pl", "it");

static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| {
    let all = Language::ALL.into_iter().zip(FILES);
    all.map(|(language, files)| bundle(language, files))
        .collect()
});

fn bundle(language: Language, files: &[&str]) -> Bundle {
    let locale = language.code().parse().expect("codes are locales");
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    // Marks around what is put in would end up in attributes and in what people copy.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match formats::grouping(language) {
        ',' => |value, _| grouped(value, ','),
        '.' => |value, _| grouped(value, '.'),
        _ => |value, _| grouped(value, formats::NARROW_SPACE),
    }));
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned());
        let resource = resource.expect("files of locales/ are Fluent");
        let added = bundle.add_resource(resource);
        added.expect("no text has two meanings");
    }
    bundle
}

/// A whole number with its thousands apart, as the language writes it.
fn grouped(value: &FluentValue<'_>, separator: char) -> Option<String> {
    match value {
        FluentValue::Number(number) => {
            let whole: i64 = number.into();
            Some(formats::group(whole, separator))
        }
        _ => None,
    }
}

/// What can stand in a text.
pub(crate) trait Said {
    /// As Fluent takes it: numbers choose the plural, and are written as the language writes them.
    fn said(&self) -> FluentValue<'_>;
}

impl<T: Said + ?Sized> Said for &T {
    fn said(&self) -> FluentValue<'_> {
        (**self).said()
    }
}

impl Said for str {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Said for String {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Said for u16 {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl Said for u32 {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl Said for usize {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl Said for u64 {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl Said for i64 {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

/// The text of this name.
pub(crate) fn say(language: Language, key: &str) -> String {
    format(language, key, None)
}

/// The text of this name, with what it tells about.
pub(crate) fn say_with(language: Language, key: &str, values: &[(&str, &dyn Said)]) -> String {
    let values = values.iter().map(|(name, value)| (*name, value.said()));
    format(language, key, Some(&values.collect()))
}

fn format(language: Language, key: &str, values: Option<&FluentArgs<'_>>) -> String {
    let bundle = &BUNDLES[language as usize];
    let pattern = bundle.get_message(key).and_then(|text| text.value());
    let Some(pattern) = pattern else {
        tracing::error!(text.key = key, "A page names a text that is not there");
        return key.to_owned();
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, values, &mut errors);
    if !errors.is_empty() {
        tracing::error!(
            text.key = key,
            "A page does not give a text all that it tells about"
        );
    }
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhooks(language: Language, count: u64) -> String {
        say_with(language, "events-chosen", &[("count", &count)])
    }

    #[test]
    fn plurals_are_those_of_the_language() {
        assert_eq!(webhooks(Language::En, 1), "1 event chosen");
        assert_eq!(webhooks(Language::En, 2), "2 events chosen");
        assert_eq!(webhooks(Language::Pl, 1), "Wybrano 1 zdarzenie");
        assert_eq!(webhooks(Language::Pl, 2), "Wybrano 2 zdarzenia");
        assert_eq!(webhooks(Language::Pl, 5), "Wybrano 5 zdarzeń");
        assert_eq!(webhooks(Language::Pl, 22), "Wybrano 22 zdarzenia");
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(webhooks(Language::En, 12_345), "12,345 events chosen");
        assert_eq!(webhooks(Language::De, 12_345), "12.345 Ereignisse gewählt");
        assert!(webhooks(Language::Fi, 12_345).starts_with("12\u{202f}345 "));
    }
}
