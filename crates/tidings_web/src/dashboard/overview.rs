//! The overview: how it goes just now. It follows what happens, and is made once a second at most for all who watch.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tidings_domain::clock::Millis;
use tidings_domain::language::Language;
use tidings_service::Caller;
use tidings_service::overview::{Overview, PART_MS, PARTS, Part, Trouble};

use super::Dashboard;
use super::member::{Member, Shell};
use crate::chart::{Chart, Line, Series, spark};
use crate::errors::Fault;
use crate::live::Publisher;
use crate::page::{Page, render};
use crate::portal::attempts::result;
use crate::portal::webhooks::name_of;
use crate::{formats, texts};

/// How often it is made while somebody watches.
const EVERY: Duration = Duration::from_secs(1);
const SPAN_MS: Millis = PART_MS * 120;

/// A number in large, with a picture of its last hour.
struct Stat {
    /// The name of what it is.
    name: &'static str,
    value: String,
    /// Empty if it has none.
    unit: String,
    spark: Option<Line>,
    note: String,
    /// The class of the note.
    tone: &'static str,
}

/// An endpoint in trouble.
struct Row {
    name: String,
    url: String,
    application: String,
    /// Where there is more about it.
    address: String,
    tone: &'static str,
    state: &'static str,
    /// The last answer, and where there is more about that.
    last: Option<(String, String)>,
    waiting: String,
    since: String,
}

/// A failed attempt.
struct Failure {
    at: Millis,
    event: String,
    result: String,
    ago: String,
    address: String,
    endpoint: String,
}

/// What is shown, and shown again each second.
struct View {
    stats: Vec<Stat>,
    throughput: Chart,
    latency: Chart,
    rows: Vec<Row>,
    failures: Vec<Failure>,
    /// How many endpoints fail, if any do.
    failing: Option<String>,
    resting_count: usize,
}

#[derive(Template)]
#[template(path = "dashboard/overview.html")]
struct Show {
    page: Page,
    shell: Shell,
    view: View,
}

#[derive(Template)]
#[template(path = "dashboard/overview_live.html")]
struct Fragment {
    page: Page,
    view: View,
}

/// The page, with the numbers of now.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
) -> Result<Response, Fault> {
    let overview = dashboard.service.overview(member.caller).await?;
    let now = dashboard.service.now();
    let template = Show {
        view: View::of(&overview, member.page.language, now),
        shell: member.shell(),
        page: member.page,
    };
    Ok(render(StatusCode::OK, &template))
}

/// The stream of it.
pub(super) async fn watch(
    State(dashboard): State<Dashboard>,
    member: Member,
) -> Result<Response, Fault> {
    let key = (member.caller.environment, member.page.language);
    let source = {
        let dashboard = dashboard.clone();
        let page = Page {
            path: String::new(),
            theme: None,
            ..member.page.clone()
        };
        move |publisher| follow(dashboard, member.caller, page, publisher)
    };
    let may_watch = member.still_signed_in(&dashboard);
    dashboard.overviews.watch(key, source, may_watch)
}

/// Makes it again and again. Every member of an environment sees the same, so whoever came first asks for all.
async fn follow(dashboard: Dashboard, caller: Caller, page: Page, publisher: Publisher) {
    loop {
        match dashboard.service.overview(caller).await {
            Ok(overview) => {
                let now = dashboard.service.now();
                let template = Fragment {
                    view: View::of(&overview, page.language, now),
                    page: page.clone(),
                };
                match template.render() {
                    Ok(html) => publisher.publish(&html),
                    Err(error) => tracing::error!("The overview could not be written: {error}"),
                }
            }
            Err(error) => tracing::warn!("The overview is a little old: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

impl View {
    fn of(overview: &Overview, language: Language, now: Millis) -> Self {
        let standing = &overview.standing;
        let mut failures: Vec<Failure> = standing
            .troubles
            .iter()
            .filter_map(|trouble| failure(trouble, language, now))
            .collect();
        failures.sort_by_key(|failure| std::cmp::Reverse(failure.at));
        Self {
            stats: stats(overview, language, now),
            throughput: throughput(overview, language, now),
            latency: latency(overview, language, now),
            rows: standing
                .troubles
                .iter()
                .map(|trouble| row(trouble, language, now))
                .collect(),
            failures,
            failing: (standing.failing_count > 0).then(|| {
                let more = if standing.has_more_failing { "+" } else { "" };
                format!("{}{more}", standing.failing_count)
            }),
            resting_count: standing.resting_count,
        }
    }
}

fn stats(overview: &Overview, language: Language, now: Millis) -> Vec<Stat> {
    let current = &overview.now;
    let rate = |name, class, value: f64, measured: fn(&Part) -> f64| Stat {
        name,
        value: formats::rate(language, value),
        unit: texts::say(language, "per-second"),
        spark: Some(spark(class, &points(overview, |part| Some(measured(part))))),
        note: String::new(),
        tone: "",
    };
    let failed = rate("stat-failed", "sbad", current.failed, |part| part.failed);
    vec![
        rate("stat-accepted", "s1", current.accepted, |part| {
            part.accepted
        }),
        rate("stat-delivered", "s1", current.delivered, |part| {
            part.delivered
        }),
        Stat {
            tone: if current.failed > 0.0 { "bad" } else { "" },
            ..failed
        },
        time_to_deliver(overview, language),
        backlog(overview, language, now),
    ]
}

fn time_to_deliver(overview: &Overview, language: Language) -> Stat {
    let current = &overview.now;
    let most = current.most_within.map(|span| millis(language, span));
    let half = current.half_within.map(|span| millis(language, span));
    let slow = points(overview, |part| part.most_within.map(exact));
    Stat {
        name: "stat-most-within",
        value: most.unwrap_or("–".to_owned()),
        unit: String::new(),
        spark: Some(spark("s2", &slow)),
        note: match half {
            Some(half) => texts::say_with(language, "stat-half-within", &[("span", &half)]),
            None => texts::say(language, "stat-none-delivered"),
        },
        tone: "",
    }
}

fn backlog(overview: &Overview, language: Language, now: Millis) -> Stat {
    let standing = &overview.standing;
    let oldest = standing.owed.since;
    let oldest = oldest.map(|since| formats::ago(language, since, now));
    Stat {
        name: "stat-backlog",
        value: counted(language, standing.owed.count, standing.has_more_owed),
        unit: String::new(),
        spark: None,
        note: match oldest {
            Some(ago) => texts::say_with(language, "stat-oldest", &[("ago", &ago)]),
            None => texts::say(language, "stat-nothing-waits"),
        },
        tone: "",
    }
}

/// A number that was counted, with a `+` if that is not all.
fn counted(language: Language, count: u64, has_more: bool) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let more = if has_more { "+" } else { "" };
    format!("{}{more}", formats::number(language, count))
}

fn throughput(overview: &Overview, language: Language, now: Millis) -> Chart {
    let per_second = |value| {
        format!(
            "{}{}",
            formats::rate(language, value),
            texts::say(language, "per-second")
        )
    };
    let series = |class, name, value: f64, measured: fn(&Part) -> f64| Series {
        class,
        label: texts::say(language, name),
        value: per_second(value),
        points: points(overview, |part| Some(measured(part))),
        is_filled: true,
    };
    let all = [
        series("s1", "stat-delivered", overview.now.delivered, |part| {
            part.delivered
        }),
        series("sbad", "stat-failed", overview.now.failed, |part| {
            part.failed
        }),
    ];
    let most = |series: &Series| series.points.iter().flatten().copied().fold(0.0, f64::max);
    let sentence = texts::say_with(
        language,
        "throughput-sentence",
        &[
            ("delivered", &formats::rate(language, most(&all[0]))),
            ("failed", &formats::rate(language, most(&all[1]))),
        ],
    );
    Chart::draw(sentence, all.into(), clock(language, now), |value| {
        formats::rate(language, value)
    })
}

fn latency(overview: &Overview, language: Language, now: Millis) -> Chart {
    let written =
        |span: Option<Millis>| span.map_or("–".to_owned(), |span| millis(language, span));
    let series = |class, label: &str, value, measured: fn(&Part) -> Option<Millis>| Series {
        class,
        label: label.to_owned(),
        value: written(value),
        points: points(overview, |part| measured(part).map(exact)),
        is_filled: false,
    };
    let current = &overview.now;
    let series = vec![
        series("s1", "p50", current.half_within, |part| part.half_within),
        series("s2", "p99", current.most_within, |part| part.most_within),
    ];
    let sentence = match (current.half_within, current.most_within) {
        (Some(half), Some(most)) => texts::say_with(
            language,
            "latency-sentence",
            &[
                ("half", &millis(language, half)),
                ("most", &millis(language, most)),
            ],
        ),
        _ => texts::say(language, "stat-none-delivered"),
    };
    Chart::draw(sentence, series, clock(language, now), |value| {
        format!("{}\u{a0}ms", formats::rate(language, value))
    })
}

/// The last hour up to now, with nothing where the process was not there yet.
fn points(overview: &Overview, measured: impl Fn(&Part) -> Option<f64>) -> Vec<Option<f64>> {
    let room = PARTS - 1;
    let hour = &overview.hour[overview.hour.len().saturating_sub(room)..];
    let missing = std::iter::repeat_n(None, room - hour.len());
    let now = std::iter::once(&overview.now);
    missing
        .chain(hour.iter().chain(now).map(measured))
        .collect()
}

/// What stands below a chart of the last hour.
fn clock(language: Language, now: Millis) -> Vec<String> {
    let quarters = (0..=4).rev();
    quarters
        .map(|number| formats::clock(language, now - SPAN_MS / 4 * number))
        .collect()
}

fn exact(span: Millis) -> f64 {
    f64::from(i32::try_from(span).unwrap_or(i32::MAX))
}

fn millis(language: Language, span: Millis) -> String {
    formats::millis(language, span.unsigned_abs())
}

fn row(trouble: &Trouble, language: Language, now: Millis) -> Row {
    let endpoint = &trouble.endpoint;
    let (tone, state) = if endpoint.is_off() {
        ("idle", "state-disabled")
    } else if trouble.is_resting {
        ("bad", "state-resting")
    } else {
        ("warn", "state-failing")
    };
    let since = endpoint.state.failing_since;
    let since = since.or(endpoint.state.disabled.map(|(_, at)| at));
    Row {
        name: name_of(endpoint),
        url: endpoint.url.clone(),
        application: trouble.application_name.clone(),
        address: address(trouble),
        tone,
        state,
        last: trouble.last.as_ref().map(|row| {
            (
                result(&row.attempt, language),
                attempt_address(trouble).unwrap_or_default(),
            )
        }),
        waiting: counted(language, trouble.owed.count, trouble.has_more_owed),
        since: since
            .map(|since| formats::ago(language, since, now))
            .unwrap_or_default(),
    }
}

fn address(trouble: &Trouble) -> String {
    if trouble.application.is_empty() {
        return format!("/dashboard/operational/{}", trouble.endpoint.id);
    }
    format!("/dashboard/applications/{}", trouble.application)
}

fn attempt_address(trouble: &Trouble) -> Option<String> {
    let attempt = &trouble.last.as_ref()?.attempt;
    if trouble.application.is_empty() {
        return Some(address(trouble));
    }
    Some(format!(
        "/dashboard/applications/{}/messages/{}/{}",
        trouble.application, attempt.message, attempt.id
    ))
}

fn failure(trouble: &Trouble, language: Language, now: Millis) -> Option<Failure> {
    let row = trouble.last.as_ref()?;
    let message = row.message.as_ref();
    Some(Failure {
        at: row.attempt.started_at,
        event: message.map_or_else(String::new, |message| message.event_type.clone()),
        result: result(&row.attempt, language),
        ago: formats::ago(language, row.attempt.started_at, now),
        address: attempt_address(trouble)?,
        endpoint: name_of(&trouble.endpoint),
    })
}
