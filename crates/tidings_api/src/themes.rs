//! `/environment/theme`: how the portal looks. Not part of the Svix contract.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tidings_domain::theme::{
    FONT_LETTERS_MAX, LOGO_BYTES_MAX, Logo, PRODUCT_NAME_LETTERS_MAX, Theme,
};

use crate::ApiState;
use crate::auth::Authenticated;
use crate::body::JsonBody;
use crate::pagination::json;
use crate::problem::Problem;
use crate::shapes::{self, object};

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThemeOut {
    product_name: Option<String>,
    accent: Option<String>,
    accent_dark: Option<String>,
    font: Option<String>,
    logo: Option<LogoOut>,
}

#[derive(JsonSchema, Serialize)]
#[schemars(rename = "ThemeLogoOut")]
pub(crate) struct LogoOut {
    /// `image/svg+xml` or `image/png`.
    #[serde(rename = "type")]
    kind: String,
    /// The file in base64.
    data: String,
}

impl From<Theme> for ThemeOut {
    fn from(theme: Theme) -> Self {
        Self {
            product_name: theme.product_name,
            accent: theme.accent,
            accent_dark: theme.accent_dark,
            font: theme.font,
            logo: theme.logo.map(|logo| LogoOut {
                kind: logo.kind,
                data: logo.data,
            }),
        }
    }
}

/// What [`put_theme`] reads.
pub(crate) fn theme_in(_: &mut SchemaGenerator) -> Schema {
    let logo = object()
        .must("type", "`image/svg+xml` or `image/png`.", shapes::text())
        .must(
            "data",
            "The file in base64.",
            shapes::short(LOGO_BYTES_MAX * 2),
        )
        .done();
    object()
        .may(
            "productName",
            "What the product is called.",
            shapes::short(PRODUCT_NAME_LETTERS_MAX),
        )
        .may(
            "accent",
            "The colour of links and buttons on light pages, such as `#08697a`.",
            shapes::text(),
        )
        .may("accentDark", "The same on dark pages.", shapes::text())
        .may(
            "font",
            "A font of the reader's own system.",
            shapes::short(FONT_LETTERS_MAX),
        )
        .may("logo", "The picture beside the name.", logo)
        .done()
}

pub(crate) async fn get_theme(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
) -> Result<Response, Problem> {
    let theme = api.service.theme(caller).await?;
    Ok(json(StatusCode::OK, &ThemeOut::from(theme)))
}

pub(crate) async fn put_theme(
    State(api): ApiState,
    Authenticated(caller): Authenticated,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut fields = body.fields()?;
    let mut theme = Theme {
        product_name: fields.text("productName").or_none(),
        accent: fields.text("accent").or_none(),
        accent_dark: fields.text("accentDark").or_none(),
        font: fields.text("font").or_none(),
        logo: None,
    };
    if let Some(map) = fields.object("logo").or_none() {
        theme.logo = Some(fields.within("logo", map, |fields| Logo {
            kind: fields.required_text("type"),
            data: fields.required_text("data"),
        }));
    }
    fields.finish()?;
    let theme = api.service.put_theme(caller, theme).await?;
    Ok(json(StatusCode::OK, &ThemeOut::from(theme)))
}
