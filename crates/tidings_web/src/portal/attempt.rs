//! One request: what was sent, what came back, how long each part took, and sending it again.

use askama::Template;
use askama::filters::Safe;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::access::Capability;
use tidings_domain::delivery::{Exchange, Phases};
use tidings_domain::language::Language;
use tidings_service::PageQuery;
use tidings_service::attempts::AttemptFilter;
use tidings_store::Order;

use super::Portal;
use super::attempts::Row;
use super::visitor::{Account, Visitor, once};
use super::webhooks::name_of;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};
use crate::{code, formats};

/// Requests of a delivery that are listed beside it.
const BESIDE_MAX: usize = 25;

/// A part of the time that a request took.
pub(crate) struct Phase {
    pub(crate) key: &'static str,
    pub(crate) class: &'static str,
    /// In percent of the whole, where it begins and how wide it is.
    pub(crate) begin: String,
    pub(crate) width: String,
    pub(crate) took: String,
}

#[derive(Template)]
#[template(path = "portal/attempt.html")]
struct Show {
    page: Page,
    token: String,
    once: String,
    account: Account,
    tab: &'static str,
    row: Row,
    /// By id and name; the name is empty once it is removed.
    webhook: (String, String),
    phases: Vec<Phase>,
    total: String,
    request_headers: Vec<(String, String)>,
    response_headers: Vec<(String, String)>,
    payload: Option<Safe<String>>,
    payload_size: String,
    response: Option<Safe<String>>,
    is_truncated: bool,
    curl: String,
    beside: Vec<Row>,
    is_resent: bool,
    may_resend: bool,
}

/// The request.
pub(crate) async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, message, attempt)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let account = visitor.account(&portal, &app).await?;
    let (service, caller) = (&portal.service, visitor.caller);
    let found = service.attempt(caller, &account.id, &message, &attempt);
    let mut found = found.await?;
    let stored = service.message(caller, &account.id, &message).await?;
    let payload = String::from_utf8_lossy(&stored.payload).into_owned();
    found.message = Some((*stored).clone());
    let id = found.attempt.endpoint.to_string();
    let endpoint = service.endpoint(caller, &account.id, &id).await;
    let all = PageQuery {
        limit: BESIDE_MAX,
        cursor: None,
        order: Order::Ascending,
    };
    let filter = AttemptFilter::default();
    let of = (account.id.as_str(), message.as_str());
    let beside = service.attempts_of_message(caller, of, Some(&id), &filter, &all);
    let (beside, now, language) = (beside.await?, service.now(), visitor.page.language);
    let exchange = &found.attempt.exchange;
    let response = String::from_utf8_lossy(&exchange.response);
    let may_resend = visitor.may(Capability::CreateAttempts) && !account.is_paused;
    let template = Show {
        token: visitor.form_token(),
        once: once(&portal),
        account,
        tab: "log",
        row: Row::of(&found, language, now),
        phases: phases(exchange.phases, language),
        total: span(exchange.phases.total_us(), language),
        request_headers: headers(&exchange.request_headers),
        response_headers: headers(&String::from_utf8_lossy(&exchange.response_headers)),
        payload_size: formats::bytes(language, u64::try_from(payload.len()).unwrap_or(u64::MAX)),
        curl: curl(exchange, &payload),
        payload: (!payload.is_empty()).then(|| code::lines(&payload)),
        response: (!response.is_empty()).then(|| code::lines(&response)),
        is_truncated: exchange.is_truncated,
        beside: beside
            .rows
            .iter()
            .map(|row| Row::of(row, language, now))
            .collect(),
        is_resent: query.line("done") == "resent",
        may_resend: may_resend && endpoint.as_ref().is_ok_and(|endpoint| !endpoint.is_off()),
        webhook: (id, endpoint.as_ref().map(name_of).unwrap_or_default()),
        page: visitor.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// Sends the message to the webhook once more.
pub(crate) async fn redeliver(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((app, message, attempt)): Path<(String, String, String)>,
    form: Posted,
) -> Result<Response, Fault> {
    let account = visitor.account(&portal, &app).await?;
    visitor.check(Capability::CreateAttempts)?;
    if !visitor.has_sent(&form) {
        return Err(Fault::Elsewhere);
    }
    let (service, caller) = (&portal.service, visitor.caller);
    let found = service.attempt(caller, &account.id, &message, &attempt);
    let endpoint = found.await?.attempt.endpoint.to_string();
    let dedup = visitor.dedup(&portal, &form)?;
    service
        .resend(caller, &account.id, &message, &endpoint, dedup)
        .await?;
    let to = format!("/portal/{}/log/{message}/{attempt}?done=resent", account.id);
    Ok(Redirect::to(&to).into_response())
}

pub(crate) fn span(micros: u32, language: Language) -> String {
    formats::millis(language, u64::from(micros.div_ceil(1_000)))
}

pub(crate) fn phases(phases: Phases, language: Language) -> Vec<Phase> {
    let parts = [
        ("phase-dns", "s4", phases.resolve_us),
        ("phase-connect", "s2", phases.connect_us),
        ("phase-tls", "s3", phases.tls_us),
        ("phase-head", "s1", phases.head_us),
        ("phase-body", "s5", phases.body_us),
    ];
    let total = f64::from(phases.total_us().max(1));
    let mut begin = 0.0;
    let parts = parts.into_iter().map(|(key, class, micros)| {
        let width = f64::from(micros) * 100.0 / total;
        let phase = Phase {
            key,
            class,
            begin: format!("{begin:.2}%"),
            width: format!("{width:.2}%"),
            took: span(micros, language),
        };
        begin += width;
        phase
    });
    parts.collect()
}

pub(crate) fn headers(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    let pairs = pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    pairs.collect()
}

/// The same request for a command line. Each part is in single quotes, so a shell takes nothing in it for its own.
fn curl(exchange: &Exchange, payload: &str) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut command = format!("curl -X POST \\\n  {}", quoted(&exchange.url));
    for (name, value) in headers(&exchange.request_headers) {
        if ["host", "content-length"].contains(&name.as_str()) {
            continue;
        }
        command.push_str(" \\\n  -H ");
        command.push_str(&quoted(&format!("{name}: {value}")));
    }
    if !payload.is_empty() {
        command.push_str(" \\\n  --data-raw ");
        command.push_str(&quoted(payload));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_nothing_of_a_request_for_its_own() {
        let exchange = Exchange {
            url: "https://a.test/?q='$(id)".to_owned(),
            request_headers: "host: a.test\nx-a: it's".to_owned(),
            ..Exchange::default()
        };
        let command = curl(&exchange, r#"{"a":"'; rm -rf /'"}"#);
        assert!(command.contains(r"'https://a.test/?q='\''$(id)'"));
        assert!(command.contains(r"-H 'x-a: it'\''s'"));
        assert!(command.contains(r#"--data-raw '{"a":"'\''; rm -rf /'\''"}'"#));
        assert!(!command.contains("host:"));
    }

    #[test]
    fn the_phases_fill_the_bar_one_after_another() {
        let parts = Phases {
            resolve_us: 1_000,
            connect_us: 1_000,
            tls_us: 0,
            head_us: 8_000,
            body_us: 0,
        };
        let parts = phases(parts, Language::En);
        let bar = |part: &Phase| (part.begin.clone(), part.width.clone());
        assert_eq!(bar(&parts[0]), ("0.00%".to_owned(), "10.00%".to_owned()));
        assert_eq!(bar(&parts[3]), ("20.00%".to_owned(), "80.00%".to_owned()));
        assert_eq!(parts[3].took, "8\u{a0}ms");
    }
}
