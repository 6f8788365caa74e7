//! The look of the portal: the name, the colours, the font and the logo of the product whose customers go there.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tidings_domain::access::Role;
use tidings_domain::theme::{Logo, Theme};

use super::Dashboard;
use super::member::{Member, Shell};
use super::wrong::Wrong;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

const ADDRESS: &str = "/dashboard/settings/theme";
const SVG: &str = "image/svg+xml";

/// Which field of the form is meant by a field of the use case, and what is said about it.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("productName", "product", "theme-product", "wrong-product"),
    ("accent", "accent", "theme-accent", "wrong-accent"),
    (
        "accentDark",
        "accent-dark",
        "theme-accent-dark",
        "wrong-accent",
    ),
    ("font", "font", "theme-font", "wrong-font"),
    ("logo", "logo", "theme-logo", "wrong-logo"),
];

#[derive(Template)]
#[template(path = "dashboard/theme_form.html")]
struct Form {
    page: Page,
    shell: Shell,
    product: String,
    accent: String,
    accent_dark: String,
    font: String,
    /// The drawing as text, where the logo is one.
    logo: String,
    /// Whether there is a logo of another kind, which the form keeps unless it is told otherwise.
    has_picture: bool,
    is_saved: bool,
    wrong: Wrong,
}

impl Form {
    fn of(member: Member, theme: Theme) -> Self {
        let drawing = theme.logo.as_ref().filter(|logo| logo.kind == SVG);
        let drawing = drawing
            .and_then(Logo::bytes)
            .and_then(|bytes| String::from_utf8(bytes).ok());
        Self {
            shell: member.shell(),
            page: member.page,
            has_picture: theme.logo.is_some() && drawing.is_none(),
            product: theme.product_name.unwrap_or_default(),
            accent: theme.accent.unwrap_or_default(),
            accent_dark: theme.accent_dark.unwrap_or_default(),
            font: theme.font.unwrap_or_default(),
            logo: drawing.unwrap_or_default(),
            is_saved: false,
            wrong: Wrong::new(FIELDS),
        }
    }

    fn typed(mut self, posted: &Posted) -> Self {
        posted.line("product").clone_into(&mut self.product);
        posted.line("accent").clone_into(&mut self.accent);
        posted.line("accent-dark").clone_into(&mut self.accent_dark);
        posted.line("font").clone_into(&mut self.font);
        posted.one("logo").trim().clone_into(&mut self.logo);
        self
    }

    /// The theme that is meant; `earlier` is the logo that there was.
    fn theme(&self, earlier: Option<Logo>, removes_picture: bool) -> Theme {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let picture = earlier.filter(|logo| logo.kind != SVG && !removes_picture);
        let drawing = some(&self.logo).map(|text| Logo {
            kind: SVG.to_owned(),
            data: STANDARD.encode(text),
        });
        Theme {
            product_name: some(&self.product),
            accent: some(&self.accent),
            accent_dark: some(&self.accent_dark),
            font: some(&self.font),
            logo: drawing.or(picture),
        }
    }
}

/// The form.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let theme = dashboard.service.theme(member.caller).await?;
    let mut form = Form::of(member, theme);
    form.is_saved = query.line("done") == "saved";
    Ok(render(form.wrong.status(), &form))
}

/// Replaces the theme.
pub(super) async fn save(
    State(dashboard): State<Dashboard>,
    member: Member,
    posted: Posted,
) -> Result<Response, Fault> {
    member.check(Role::Admin)?;
    let (service, caller) = (&dashboard.service, member.caller);
    let earlier = service.theme(caller).await?;
    let logo = earlier.logo.clone();
    let mut form = Form::of(member, earlier).typed(&posted);
    let theme = form.theme(logo, posted.line("remove-logo") == "on");
    match service.put_theme(caller, theme).await {
        Ok(_) => Ok(Redirect::to(&format!("{ADDRESS}?done=saved")).into_response()),
        Err(error) => {
            form.wrong.take(error)?;
            Ok(render(form.wrong.status(), &form))
        }
    }
}
