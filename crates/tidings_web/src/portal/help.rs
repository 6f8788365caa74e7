//! Help: what webhooks are and what for, how to set one up, what arrives, and how to verify it, in nine languages.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::access::Capability;

use super::Portal;
use super::visitor::{Account, Visitor};
use crate::errors::Fault;
use crate::page::{Page, render};

/// Code that verifies a request, by the name of its language. A test runs those that can run where it does.
const SAMPLES: [(&str, &str); 9] = [
    ("Python", include_str!("../../samples/verify.py")),
    ("JavaScript", include_str!("../../samples/verify.mjs")),
    ("PHP", include_str!("../../samples/verify.php")),
    ("Java", include_str!("../../samples/Verify.java")),
    ("Go", include_str!("../../samples/verify.go")),
    ("Ruby", include_str!("../../samples/verify.rb")),
    ("C#", include_str!("../../samples/Verify.cs")),
    ("Rust", include_str!("../../samples/verify.rs.txt")),
    ("Elixir", include_str!("../../samples/verify.exs")),
];

/// One event in each of the plain formats: the text of the name, the type of the content, and the content.
const FORMATS: [(&str, &str, &str); 3] = [
    (
        "format-json",
        "application/json",
        r#"{"first_name":"John","last_name":"Doe","gender":"male"}"#,
    ),
    (
        "format-form",
        "application/x-www-form-urlencoded",
        "first_name=John&last_name=Doe&gender=male",
    ),
    (
        "format-xml",
        "application/xml",
        r#"<?xml version="1.0" encoding="UTF-8"?><event><first_name>John</first_name><last_name>Doe</last_name><gender>male</gender></event>"#,
    ),
];

/// Parts of the page: their ids and their headings.
const PARTS: [(&str, &str); 9] = [
    ("what", "help-what"),
    ("why", "help-why"),
    ("how", "help-how"),
    ("formats", "help-formats"),
    ("answer", "help-answer"),
    ("https", "help-https"),
    ("verify", "help-verify"),
    ("plan", "help-plan"),
    ("zapier", "help-zapier"),
];

#[derive(Template)]
#[template(path = "portal/help.html")]
struct Help {
    page: Page,
    token: String,
    account: Account,
    tab: &'static str,
    may_manage: bool,
    parts: [(&'static str, &'static str); 9],
    formats: [(&'static str, &'static str, &'static str); 3],
    samples: [(&'static str, &'static str); 9],
}

/// The page.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path(app): Path<String>,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    let template = Help {
        token: visitor.form_token(),
        may_manage: visitor.may(Capability::ManageEndpoint) && !account.is_paused,
        account,
        tab: "",
        page: visitor.page,
        parts: PARTS,
        formats: FORMATS,
        samples: SAMPLES,
    };
    Ok(render(StatusCode::OK, &template))
}
