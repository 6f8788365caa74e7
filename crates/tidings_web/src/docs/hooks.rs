//! `/docs/webhooks`: the interface at `/api/webhooks` for those who call it, all in their language: what it takes and answers,
//! and programs to copy, which are those of `examples/rest-hooks` and run in the tests as they are shown.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::clock::Millis;

use super::document::Docs;
use crate::code;
use crate::page::{Page, render};

/// The last part of its address.
pub(super) const ADDRESS: &str = "webhooks";
/// When what it says was last changed; the same date stands in docs/rest-hooks.md.
const MODIFIED_AT: Millis = 1_795_996_800_000; // 2026-11-30

/// A body, as it is sent in the example.
const REQUEST: &str =
    r#"{"actions":["CHAT_CONVERSATION_CREATED"],"subscription_url":"https://example.pl"}"#;
/// And what comes back for it.
const RESPONSE: &str = r#"{"id":1,"actions":["CHAT_CONVERSATION_CREATED"],"subscription_url":"https://example.pl","http_auth_user":"","http_auth_password":""}"#;
/// What comes back where it is refused.
const REFUSAL: &str = r#"{"request_id":"req_9f0c1d","errors":[{"message":"The field actions is required.","code":400101}]}"#;

/// A field of the body.
struct Parameter {
    name: &'static str,
    kind: &'static str,
    is_required: bool,
    /// The name of the text about it.
    about: &'static str,
}

const PARAMETERS: [Parameter; 4] = [
    Parameter {
        name: "actions",
        kind: "string[]",
        is_required: true,
        about: "hooks-actions",
    },
    Parameter {
        name: "subscription_url",
        kind: "string",
        is_required: true,
        about: "hooks-url",
    },
    Parameter {
        name: "http_auth_user",
        kind: "string",
        is_required: false,
        about: "hooks-user",
    },
    Parameter {
        name: "http_auth_password",
        kind: "string",
        is_required: false,
        about: "hooks-password",
    },
];

/// Another request of the interface: method and its look, path, the name of the text about it, and what it answers.
const OTHERS: [(&str, &str, &str, &str, u16); 5] = [
    ("GET", "info", "/api/webhooks", "hooks-list", 200),
    ("GET", "info", "/api/webhooks/{id}", "hooks-get", 200),
    ("PUT", "warn", "/api/webhooks/{id}", "hooks-put", 200),
    ("DELETE", "bad", "/api/webhooks/{id}", "hooks-delete", 204),
    (
        "GET",
        "info",
        "/api/webhooks/actions",
        "hooks-list-actions",
        200,
    ),
];

/// A program to copy.
struct Sample {
    /// What it is called; nobody translates that.
    name: &'static str,
    /// Its id on the page.
    id: &'static str,
    file: &'static str,
    text: &'static str,
}

const SAMPLES: [Sample; 4] = [
    Sample {
        name: "curl",
        id: "sample-curl",
        file: "add_hook.sh",
        text: include_str!("../../../../examples/rest-hooks/curl/add_hook.sh"),
    },
    Sample {
        name: "HTTPie",
        id: "sample-httpie",
        file: "add_hook.sh",
        text: include_str!("../../../../examples/rest-hooks/httpie/add_hook.sh"),
    },
    Sample {
        name: "PHP",
        id: "sample-php",
        file: "add_hook.php",
        text: include_str!("../../../../examples/rest-hooks/php/add_hook.php"),
    },
    Sample {
        name: "Java",
        id: "sample-java",
        file: "AddHook.java",
        text: include_str!("../../../../examples/rest-hooks/java/AddHook.java"),
    },
];

#[derive(Template)]
#[template(path = "docs_hooks.html")]
struct HooksPage<'a> {
    page: Page,
    docs: &'a Docs,
    shown: &'a str,
}

impl HooksPage<'_> {
    /// The date of the last change.
    fn modified(&self) -> String {
        crate::formats::date(self.page.language, MODIFIED_AT)
    }

    /// The same, for machines.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn modified_iso(&self) -> String {
        let text = crate::formats::iso(MODIFIED_AT);
        text.split('T').next().unwrap_or_default().to_owned()
    }
}

pub(super) async fn show(State(docs): State<Arc<Docs>>, page: Page) -> Response {
    let template = HooksPage {
        page,
        docs: &docs,
        shown: ADDRESS,
    };
    render(StatusCode::OK, &template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_the_page_is_that_of_the_document() {
        let day = crate::formats::iso(MODIFIED_AT);
        let day = day.split('T').next().unwrap();
        let document = include_str!("../../../../docs/rest-hooks.md");
        assert!(
            document.contains(&format!("Last modified: {day}\n")),
            "{day}"
        );
    }

    #[test]
    fn what_the_example_shows_is_json() {
        for text in [REQUEST, RESPONSE, REFUSAL] {
            assert!(
                serde_json::from_str::<serde_json::Value>(text).is_ok(),
                "{text}"
            );
        }
    }
}
