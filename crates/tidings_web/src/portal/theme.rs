//! How the portal looks for the customers of an environment: a stylesheet and a logo of our own origin, made of its theme.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tidings_domain::theme::Theme;

use super::Portal;
use super::visitor::Visitor;
use crate::errors::Fault;

/// A browser asks again with each page, so a change is seen at once.
const KEPT: &str = "private, no-cache";
/// A picture that somebody opens by itself is nothing but that.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// What the name in the corner is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Brand {
    /// None means ours.
    pub(crate) name: Option<String>,
    pub(crate) has_logo: bool,
    /// Whether there is anything to say in a stylesheet.
    pub(crate) has_style: bool,
}

impl Brand {
    pub(crate) fn of(theme: &Theme) -> Self {
        Self {
            name: theme.product_name.clone(),
            has_logo: theme.logo.is_some(),
            has_style: theme.accent.is_some()
                || theme.accent_dark.is_some()
                || theme.font.is_some(),
        }
    }
}

/// The stylesheet. Only what was checked when it was saved is in it.
pub(crate) async fn show_style(
    State(portal): State<Portal>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    let theme = portal.service.theme(visitor.caller).await?;
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, KEPT),
    ];
    Ok((headers, style(&theme)).into_response())
}

/// The logo.
pub(crate) async fn show_logo(
    State(portal): State<Portal>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    let theme = portal.service.theme(visitor.caller).await?;
    let logo = theme.logo.ok_or(Fault::Missing)?;
    let bytes = logo.bytes().ok_or(Fault::Missing)?;
    let kind = match logo.kind.as_str() {
        "image/png" => "image/png",
        _ => "image/svg+xml",
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, KEPT),
        (CONTENT_SECURITY_POLICY, PICTURE_POLICY),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((StatusCode::OK, headers, bytes).into_response())
}

fn style(theme: &Theme) -> String {
    const LIGHT: &str = "#08697a";
    const DARK: &str = "#45bccb";
    let mut rules = String::new();
    if theme.accent.is_some() || theme.accent_dark.is_some() {
        let light = theme.accent.as_deref().unwrap_or(LIGHT);
        let dark = theme.accent_dark.as_deref().unwrap_or(DARK);
        let colour = format!("light-dark({light}, {dark})");
        let _ = write!(
            rules,
            "--accent:{colour}; --link:{colour}; --focus:{colour}; \
             --accent-hover:light-dark(color-mix(in oklab, {light} 85%, #000), color-mix(in oklab, {dark} 85%, #fff)); \
             --accent-ink:light-dark(#ffffff, #03191d); \
             --accent-soft:light-dark(color-mix(in oklab, {light} 12%, #fff), color-mix(in oklab, {dark} 18%, #11191c)); "
        ); // a string takes all
    }
    if let Some(font) = &theme.font {
        let _ = write!(
            rules,
            "--sans:\"{font}\", system-ui, \"Segoe UI\", sans-serif; "
        );
    }
    if rules.is_empty() {
        return String::new();
    }
    format!(":root {{{}}}\n", rules.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_sets_the_accent_and_the_font_and_nothing_else() {
        assert_eq!(style(&Theme::default()), "");
        let theme = Theme {
            accent: Some("#7a0840".to_owned()),
            font: Some("IBM Plex Sans".to_owned()),
            ..Theme::default()
        };
        let style = style(&theme);
        assert!(
            style.starts_with(":root {--accent:light-dark(#7a0840, #45bccb); "),
            "{style}"
        );
        assert!(
            style.contains("--sans:\"IBM Plex Sans\", system-ui"),
            "{style}"
        );
        let names = style.split("--").skip(1);
        let names: Vec<_> = names.map(|rule| rule.split(':').next().unwrap()).collect();
        let known = [
            "accent",
            "link",
            "focus",
            "accent-hover",
            "accent-ink",
            "accent-soft",
            "sans",
        ];
        assert_eq!(names, known);
    }
}
