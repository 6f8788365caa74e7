//! What every page needs: the language and the theme of whoever looks, and the words for it.
//!
//! The choice of both is in a cookie each, set by `?lang=` and `?theme=` on any page. Without one, the language is that
//! of the browser and the theme that of the system.

use std::borrow::Borrow;
use std::convert::Infallible;

use askama::Template;
use askama::filters::Safe;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use tidings_domain::clock::Millis;
use tidings_domain::language::Language;

use crate::texts::{self, Said};
use crate::{assets, formats};

/// The cookie of the chosen language.
pub(crate) const LANGUAGE_COOKIE: &str = "tidings_lang";
/// The cookie of the chosen theme.
pub(crate) const THEME_COOKIE: &str = "tidings_theme";

/// Light or dark, where somebody has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A page for one reader.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) language: Language,
    pub(crate) theme: Option<Theme>,
    /// Its own address, without what comes behind a `?`.
    pub(crate) path: String,
}

impl<S: Sync> FromRequestParts<S> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::new(&parts.headers, parts.uri.path()))
    }
}

impl Page {
    pub(crate) fn new(headers: &HeaderMap, path: &str) -> Self {
        let chosen = cookie(headers, LANGUAGE_COOKIE).and_then(Language::from_code);
        let accepted = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Self {
            language: chosen.unwrap_or_else(|| Language::accepted(accepted.unwrap_or_default())),
            theme: cookie(headers, THEME_COOKIE).and_then(Theme::parse),
            path: path.to_owned(),
        }
    }

    /// The text of this name.
    pub(crate) fn say(&self, key: &str) -> String {
        texts::say(self.language, key)
    }

    /// The text of this name, which tells about one thing.
    pub(crate) fn say_of(&self, key: &str, name: &str, value: impl Said) -> String {
        texts::say_with(self.language, key, &[(name, &value)])
    }

    /// The text of this name, which tells about two things.
    pub(crate) fn say_both(
        &self,
        key: &str,
        one: &(&str, impl Said),
        other: &(&str, impl Said),
    ) -> String {
        texts::say_with(self.language, key, &[(one.0, &one.1), (other.0, &other.1)])
    }

    pub(crate) fn time(&self, at: impl Borrow<Millis>) -> String {
        formats::time(self.language, *at.borrow())
    }

    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    pub(crate) fn iso(&self, at: impl Borrow<Millis>) -> String {
        formats::iso(*at.borrow())
    }

    /// Whether this is the theme; `system` if none was chosen.
    pub(crate) fn has_theme(&self, theme: &str) -> bool {
        self.theme.map_or("system", Theme::as_str) == theme
    }

    pub(crate) fn code(&self) -> &'static str {
        self.language.code()
    }

    /// Whether this is the language of the page.
    pub(crate) fn speaks(&self, code: &str) -> bool {
        self.code() == code
    }

    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    pub(crate) fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// A picture beside a word.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    pub(crate) fn icon(&self, name: &str) -> Safe<String> {
        let sprite = assets::address("icons.svg");
        Safe(format!(
            "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{sprite}#i-{name}\"/></svg>"
        ))
    }

    /// All languages, by their own names.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    pub(crate) fn languages(&self) -> [(&'static str, &'static str); 6] {
        Language::ALL.map(|language| (language.code(), own_name(language)))
    }
}

/// What speakers call it. Names of languages are the one thing that is not translated.
fn own_name(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Es => "Español",
        Language::Fi => "Suomi",
        Language::De => "Deutsch",
        Language::Pl => "Polski",
        Language::It => "Italiano",
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).into_iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// Makes an answer of a template.
pub(crate) fn render(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!("A page could not be written: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name: axum::http::HeaderName = name.parse().unwrap();
            (name, value.parse().unwrap())
        });
        pairs.collect()
    }

    #[test]
    fn the_language_is_the_chosen_one_or_that_of_the_browser() {
        let of = |pairs: &[_]| Page::new(&headers(pairs), "/").language;
        assert_eq!(of(&[]), Language::En);
        assert_eq!(of(&[("accept-language", "fi, en;q=0.5")]), Language::Fi);
        let chosen = [
            ("accept-language", "fi"),
            ("cookie", "a=b; tidings_lang=pl"),
        ];
        assert_eq!(of(&chosen), Language::Pl);
        let unknown = [("accept-language", "de"), ("cookie", "tidings_lang=xx")];
        assert_eq!(of(&unknown), Language::De);
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(&[("cookie", "xtidings_theme=light; tidings_theme=dark")]);
        assert_eq!(cookie(&headers, THEME_COOKIE), Some("dark"));
        assert_eq!(cookie(&headers, "theme"), None);
    }
}
