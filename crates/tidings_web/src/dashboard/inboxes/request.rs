//! One caught request: its body as somebody wants to see it, its headers, whether its signature is right, and the same
//! request as a command.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::inbox::InboxRequest;
use tidings_domain::language::Language;
use tidings_domain::signature::TOLERANCE_S;
use tidings_service::inboxes::{SeenRequest, SignatureCheck};

use super::bodies::{self, Look, Shown};
use super::desk::Desk;
use super::reader::Reader;
use super::row::{header, path, tone};
use super::{FOLDER, Inboxes};
use crate::dashboard::member::Shell;
use crate::errors::Fault;
use crate::form::Posted;
use crate::formats;
use crate::page::{Page, render};
use crate::texts::say_with;

/// Headers that a client of HTTP writes by itself.
const OF_THE_CONNECTION: [&str; 4] = ["host", "content-length", "connection", "transfer-encoding"];
/// More of a body does not belong into a command.
const COMMAND_BODY_BYTES_MAX: usize = 64 * 1024;

/// A request with what is said of it.
pub(super) struct Detail {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) tone: &'static str,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) at: i64,
    /// The milliseconds of that, as they stand behind it.
    pub(super) fraction: String,
    pub(super) remote: String,
    pub(super) size: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) kind: String,
    signature: SignatureCheck,
    /// What the sender's clock said, compared with ours.
    pub(super) clock: Option<String>,
    pub(super) is_empty: bool,
}

impl Detail {
    pub(super) fn of(seen: &SeenRequest, language: Language) -> Self {
        let request = &seen.request;
        let headers = request.headers.iter();
        let headers = headers
            .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()));
        let bytes = u64::try_from(request.body_bytes).unwrap_or(u64::MAX);
        let at = request.id.at_ms();
        Self {
            id: request.id.to_string(),
            method: request.method.clone(),
            tone: tone(&request.method),
            path: path(request),
            query: request.query.clone(),
            at,
            fraction: formats::fraction(language, at),
            remote: request.remote.clone(),
            size: formats::bytes(language, bytes),
            headers: headers.collect(),
            kind: header(request, "content-type").unwrap_or_default(),
            signature: seen.signature.clone(),
            clock: clock(request, language),
            is_empty: request.body.is_empty(),
        }
    }

    /// The look of the signature and the name of the text that says what it is.
    pub(super) fn verdict(&self) -> (&'static str, &'static str) {
        match self.signature {
            SignatureCheck::NotChecked => ("idle", "signature-unchecked"),
            SignatureCheck::Valid => ("ok", "signature-valid"),
            SignatureCheck::Wrong(_) => ("bad", "signature-wrong"),
        }
    }

    /// Why the signature is wrong, in the words of whoever checked it.
    pub(super) fn reason(&self) -> Option<&str> {
        match &self.signature {
            SignatureCheck::Wrong(reason) => Some(reason),
            _ => None,
        }
    }
}

/// How far the time that was signed is from when the request came.
fn clock(request: &InboxRequest, language: Language) -> Option<String> {
    let names = ["webhook-timestamp", "svix-timestamp"];
    let signed = names.iter().find_map(|name| header(request, name))?;
    let signed: i64 = signed.trim().parse().ok()?;
    let behind = (request.id.at_ms() / 1_000).saturating_sub(signed);
    let key = if behind < 0 {
        "signature-ahead"
    } else {
        "signature-behind"
    };
    let (seconds, minutes) = (behind.unsigned_abs(), TOLERANCE_S / 60);
    let values: [(&str, &dyn crate::texts::Said); 2] =
        [("seconds", &seconds), ("minutes", &minutes)];
    Some(say_with(language, key, &values))
}

#[derive(Template)]
#[template(path = "inboxes/request.html")]
struct Show {
    page: Page,
    shell: Shell,
    desk: Desk,
    detail: Detail,
    look: Look,
    body: Shown,
    curl: String,
    others: usize,
}

impl Show {
    /// The ways to look at the body.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn looks(&self) -> [Look; 4] {
        Look::ALL
    }
}

/// The request.
pub(super) async fn show(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path((id, request)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let seen = inboxes
        .service()
        .inbox_request(reader.caller(), &id, &request);
    let seen = seen.await?;
    let desk = Desk::read(&inboxes, &reader, (&id, &request), &query).await?;
    let detail = Detail::of(&seen, reader.language());
    let body = &seen.request.body;
    let look = Look::of(query.line("as"), body, &detail.kind);
    let others = desk.rows.iter().filter(|row| row.id != detail.id).count();
    let template = Show {
        shell: reader.member.shell(),
        curl: curl(&desk.url, &seen.request),
        body: bodies::show(body, look),
        look,
        others,
        detail,
        desk,
        page: reader.page(),
    };
    Ok(render(StatusCode::OK, &template))
}

/// The body as a file. It is a stranger's, so a browser is told to do nothing with it but keep it.
pub(super) async fn download(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path((id, request)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = inboxes
        .service()
        .inbox_request(reader.caller(), &id, &request);
    let seen = seen.await?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment; filename=\"body.bin\""),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, seen.request.body).into_response())
}

/// Removes the request.
pub(super) async fn remove(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path((id, request)): Path<(String, String)>,
) -> Result<Response, Fault> {
    reader.check()?;
    let removed = inboxes
        .service()
        .delete_inbox_request(reader.caller(), &id, &request);
    removed.await?;
    Ok(Redirect::to(&format!("{FOLDER}/{id}?done=request")).into_response())
}

/// The same request for a command line. Each part is in single quotes, so a shell takes nothing in it for its own.
fn curl(url: &str, request: &InboxRequest) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let query = request.query.as_ref();
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    let url = format!("{url}{}{query}", request.path);
    let mut command = format!("curl -X {} \\\n  {}", quoted(&request.method), quoted(&url));
    for (name, value) in &request.headers {
        if OF_THE_CONNECTION.contains(&name.as_str()) {
            continue;
        }
        command.push_str(" \\\n  -H ");
        let value = String::from_utf8_lossy(value);
        command.push_str(&quoted(&format!("{name}: {value}")));
    }
    if request.body.is_empty() {
        return command;
    }
    match std::str::from_utf8(&request.body) {
        Ok(body) if body.len() <= COMMAND_BODY_BYTES_MAX => {
            command.push_str(" \\\n  --data-raw ");
            command.push_str(&quoted(body));
        }
        _ => command.push_str(" \\\n  --data-binary @body.bin"),
    }
    command
}

#[cfg(test)]
mod tests {
    use tidings_domain::ids::InboxRequestId;

    use super::*;

    fn caught(body: &[u8]) -> InboxRequest {
        InboxRequest {
            id: InboxRequestId::new(1_795_331_261_500, 0, 1, 1),
            method: "POST".to_owned(),
            path: "/a'b".to_owned(),
            query: Some("q=$(id)".to_owned()),
            headers: vec![
                ("host".to_owned(), b"a.test".to_vec()),
                ("x-a".to_owned(), b"it's".to_vec()),
                ("webhook-timestamp".to_owned(), b"1795331260".to_vec()),
            ],
            body: body.to_vec(),
            body_bytes: body.len(),
            remote: String::new(),
        }
    }

    #[test]
    fn a_shell_takes_nothing_of_a_request_for_its_own() {
        let command = curl("http://h/in/x", &caught(b"{\"a\":\"'; rm -rf /'\"}"));
        assert!(command.starts_with(r"curl -X 'POST' \"), "{command}");
        assert!(command.contains(r"'http://h/in/x/a'\''b?q=$(id)'"));
        assert!(command.contains(r"-H 'x-a: it'\''s'") && !command.contains("host"));
        assert!(command.contains(r#"--data-raw '{"a":"'\''; rm -rf /'\''"}'"#));
        assert!(curl("u", &caught(b"\xff")).ends_with("--data-binary @body.bin"));
    }

    #[test]
    fn the_clock_of_the_sender_is_compared_with_ours() {
        let said = clock(&caught(b""), Language::En).unwrap();
        assert_eq!(said, "1 s behind ours; up to 5 min are allowed");
        let mut early = caught(b"");
        early.headers[2].1 = b"1795331270".to_vec();
        let said = clock(&early, Language::En).unwrap();
        assert_eq!(said, "9 s ahead of ours; up to 5 min are allowed");
        early.headers[2].1 = b"soon".to_vec();
        assert_eq!(clock(&early, Language::En), None);
    }
}
