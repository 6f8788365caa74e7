//! A caught request as it stands in a list: what it was, when it came, and what it seems to be about.

use tidings_domain::clock::Millis;
use tidings_domain::inbox::InboxRequest;
use tidings_domain::language::Language;
use tidings_service::inboxes::{SeenRequest, SignatureCheck};

use crate::formats;
use crate::texts::say;

/// Headers that say what a request is about, the most telling first.
const TELLING: [&str; 4] = [
    "webhook-event-type",
    "svix-event-type",
    "content-type",
    "user-agent",
];
/// More of a header than fits beside the rest.
const ABOUT_LETTERS_MAX: usize = 60;

/// One of a list.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) method: String,
    /// The look of the method.
    pub(super) tone: &'static str,
    pub(super) path: String,
    pub(super) at: Millis,
    pub(super) ago: String,
    pub(super) about: String,
    /// Whether its signature was checked and is wrong.
    pub(super) is_forged: bool,
}

impl Row {
    pub(super) fn of(seen: &SeenRequest, language: Language, now: Millis) -> Self {
        let request = &seen.request;
        let size = match request.body_bytes {
            0 => say(language, "inbox-no-body"),
            bytes => formats::bytes(language, u64::try_from(bytes).unwrap_or(u64::MAX)),
        };
        let told = TELLING.iter().find_map(|name| header(request, name));
        Self {
            id: request.id.to_string(),
            tone: tone(&request.method),
            method: request.method.clone(),
            path: path(request),
            at: request.id.at_ms(),
            ago: formats::ago(language, request.id.at_ms(), now),
            about: match told {
                Some(told) => {
                    let told: String = told.chars().take(ABOUT_LETTERS_MAX).collect();
                    format!("{told} · {size}")
                }
                None => size,
            },
            is_forged: matches!(seen.signature, SignatureCheck::Wrong(_)),
        }
    }
}

/// The path behind the token; `/` where there is none.
pub(super) fn path(request: &InboxRequest) -> String {
    if request.path.is_empty() {
        "/".to_owned()
    } else {
        request.path.clone()
    }
}

/// The look of a method.
pub(super) fn tone(method: &str) -> &'static str {
    match method {
        "GET" | "HEAD" | "OPTIONS" => "ok",
        "POST" => "tide",
        "DELETE" => "bad",
        _ => "warn",
    }
}

/// The value of a header, as text.
pub(super) fn header(request: &InboxRequest, name: &str) -> Option<String> {
    let found = request.headers.iter().find(|(own, _)| own == name);
    found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
}
