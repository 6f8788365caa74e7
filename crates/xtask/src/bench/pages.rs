//! How long pages of lists take, asked for as a client would, one after the other, of an application that
//! has ten thousand endpoints besides its messages.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::html;
use super::servers::Server;
use super::wire::Wire;

/// How often each page is asked for.
const ASKED_COUNT: usize = 200;
const ASKED_COUNT_QUICK: usize = 20;

/// One kind of page.
pub(super) struct Page {
    pub(super) title: String,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

/// How many endpoints the application gets before its pages are asked for; they listen for something else.
const ENDPOINTS_COUNT: u32 = 10_000;
const ENDPOINTS_COUNT_QUICK: u32 = 500;

/// What is asked for. `{endpoint}`, `{middle}` and `{message}` are ids: of the endpoint that got the messages, of one
/// in the middle of the list, of a message; the times are those of the application's first and latest message.
const KINDS: [(&str, &str); 21] = [
    ("messages, latest", "msg?limit=100"),
    ("messages, next page", "msg?limit=100&iterator={message}"),
    ("messages, earliest first", "msg?limit=100&order=ascending"),
    (
        "messages, without payloads",
        "msg?limit=100&with_content=false",
    ),
    ("messages, before a time", "msg?limit=100&before={latest}"),
    (
        "messages, after a time, earliest first",
        "msg?limit=100&order=ascending&after={earliest}",
    ),
    (
        "messages, of the event type of all",
        "msg?limit=100&event_types=bench.message",
    ),
    (
        "messages, of an event type of none",
        "msg?limit=100&event_types=nothing.such",
    ),
    (
        "messages, of a channel of none",
        "msg?limit=100&channel=none",
    ),
    ("messages, of a tag of none", "msg?limit=100&tag=none"),
    ("one message", "msg/{message}"),
    (
        "attempts of an endpoint, latest",
        "attempt/endpoint/{endpoint}?limit=100",
    ),
    (
        "attempts of an endpoint, before a time",
        "attempt/endpoint/{endpoint}?limit=100&before={latest}",
    ),
    (
        "attempts of an endpoint, failed",
        "attempt/endpoint/{endpoint}?limit=100&status=2",
    ),
    (
        "attempts of an endpoint, answered 5xx",
        "attempt/endpoint/{endpoint}?limit=100&status_code_class=500",
    ),
    ("attempts of a message", "attempt/msg/{message}?limit=100"),
    (
        "messages attempted at an endpoint",
        "endpoint/{endpoint}/msg?limit=100",
    ),
    ("endpoints of a message", "msg/{message}/endpoint?limit=100"),
    ("endpoints, latest", "endpoint?limit=100"),
    (
        "endpoints, from the middle",
        "endpoint?limit=100&iterator={middle}",
    ),
    (
        "endpoints, earliest first",
        "endpoint?limit=100&order=ascending",
    ),
];

/// Pages of lists over the API, and pages for people, of the application with most messages, which is the second that
/// the load tool has made.
pub(super) fn measure(server: &Server, is_quick: bool) -> Result<(Vec<Page>, Vec<Page>)> {
    let applications = get(server, "/api/v1/app?limit=10&order=ascending")?;
    let app = text(&applications, "/data/1/id")?;
    let base = format!("/api/v1/app/{app}");
    let endpoint = text(&get(server, &format!("{base}/endpoint"))?, "/data/0/id")?;
    let latest = get(server, &format!("{base}/msg?limit=100"))?;
    let message = text(&latest, "/data/99/id")?;
    let latest = text(&latest, "/data/0/timestamp")?;
    let earliest = get(server, &format!("{base}/msg?limit=1&order=ascending"))?;
    let earliest = text(&earliest, "/data/0/timestamp")?;
    let (count, endpoints) = if is_quick {
        (ASKED_COUNT_QUICK, ENDPOINTS_COUNT_QUICK)
    } else {
        (ASKED_COUNT, ENDPOINTS_COUNT)
    };
    let middle = add_endpoints(server, &base, endpoints)?;
    let mut pages = Vec::new();
    for (title, path) in KINDS {
        let path = path
            .replace("{endpoint}", &endpoint)
            .replace("{middle}", &middle)
            .replace("{message}", &message)
            .replace("{latest}", &latest)
            .replace("{earliest}", &earliest);
        let path = format!("{base}/{path}");
        pages.push(time(title.to_owned(), count, || get(server, &path))?);
    }
    Ok((pages, html::measure(server, &app, count)?))
}

/// Returns the id of the one in the middle.
fn add_endpoints(server: &Server, base: &str, count: u32) -> Result<String> {
    let mut wire = Wire::with_key(server)?;
    let event_type = json!({"description": "No message is of this type."});
    wire.ask_json("PUT", "/api/v1/event-type/something.else", &event_type)?;
    let mut middle = None;
    let began_at = Instant::now();
    for number in 0..count {
        let endpoint = json!({
            "url": format!("https://example.com/{number}"),
            "description": format!("Endpoint {number}"),
            "eventTypes": ["something.else"],
        });
        let made = wire.ask_json("POST", &format!("{base}/endpoint"), &endpoint)?;
        if number == count / 2 {
            middle = Some(text(&made, "/id")?);
        }
    }
    let per_endpoint_ms = began_at.elapsed().as_secs_f64() * 1_000.0 / f64::from(count);
    eprintln!("    {count} endpoints made, {per_endpoint_ms:.2} ms each");
    middle.context("no endpoint was made")
}

/// Asks so many times, one after the other.
pub(super) fn time<T>(
    title: String,
    count: usize,
    mut ask: impl FnMut() -> Result<T>,
) -> Result<Page> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let asked_at = Instant::now();
        ask()?;
        times.push(asked_at.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    let page = Page {
        title,
        p50_ms: at(50),
        p99_ms: at(99),
    };
    eprintln!(
        "    {}: p50 {:.2} ms, p99 {:.2} ms",
        page.title, page.p50_ms, page.p99_ms
    );
    Ok(page)
}

/// The text at this place of an answer.
pub(super) fn text(value: &Value, path: &str) -> Result<String> {
    let text = value.pointer(path).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("there is no text at {path}"))?
        .to_owned())
}

/// The JSON at a path.
pub(super) fn get(server: &Server, path: &str) -> Result<Value> {
    let host = server.url.trim_start_matches("http://");
    let token = server.token.as_deref().unwrap_or_default();
    let mut stream = TcpStream::connect(host).context("the server takes no connection")?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("no answer")?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no whole answer")?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{path}: {head} {body}");
    serde_json::from_str(body).with_context(|| format!("{path}: the answer is not JSON"))
}
