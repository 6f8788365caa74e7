//! Charts of a webhook: how much was sent, how much of it arrived, and how long that took.
//!
//! They tell of its newest requests, as many as the list of webhooks tells of, so looking at them costs the same however
//! much was ever sent, and both say the same.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Outcome;
use tidings_service::PageQuery;
use tidings_service::attempts::AttemptFilter;
use tidings_service::endpoints::RECENT_MAX;
use tidings_store::{AttemptRow, Order};

use super::Portal;
use super::visitor::{Account, Visitor};
use crate::chart::{Chart, Series};
use crate::errors::Fault;
use crate::formats;
use crate::page::Page;

/// Into how many parts the time since the oldest of them is cut.
const PARTS: usize = 24;
/// The shortest time that is shown.
const SPAN_MIN_MS: Millis = 60 * 60 * 1_000;

/// What there is to draw.
pub(crate) struct Charts {
    /// How many requests they are about.
    pub(crate) count: usize,
    pub(crate) volume: Chart,
    pub(crate) success: Chart,
    pub(crate) latency: Chart,
}

/// What happened in a part of the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Part {
    delivered: u32,
    failed: u32,
    took_ms: u32,
}

impl Part {
    /// How many requests were made; none if there were none.
    fn all(&self) -> Option<f64> {
        let all = self.delivered + self.failed;
        (all > 0).then(|| f64::from(all))
    }
}

/// The charts of a webhook; none if nothing was sent yet.
pub(crate) async fn charts(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    webhook: &str,
) -> Result<Option<Charts>, Fault> {
    let newest = PageQuery {
        limit: RECENT_MAX,
        cursor: None,
        order: Order::Descending,
    };
    let filter = AttemptFilter::default();
    let listed = portal
        .service
        .attempts_of_endpoint(visitor.caller, &account.id, webhook, &filter, &newest)
        .await?;
    let rows = listed.rows;
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(draw(&rows, &visitor.page, portal.service.now())))
}

fn draw(rows: &[AttemptRow], page: &Page, now: Millis) -> Charts {
    let oldest = rows.iter().map(|row| row.attempt.started_at).min();
    let since = oldest.unwrap_or(now).min(now - SPAN_MIN_MS);
    let parts = parts(rows, since, now);
    let ago = |at| formats::ago(page.language, at, now);
    let x = [
        ago(since),
        ago(Millis::midpoint(since, now)),
        page.say("chart-now"),
    ];
    Charts {
        count: rows.len(),
        volume: volume(&parts, page, x.to_vec()),
        success: success(&parts, page, x.to_vec()),
        latency: latency(&parts, page, x.to_vec()),
    }
}

fn volume(parts: &[Part], page: &Page, x: Vec<String>) -> Chart {
    let (delivered, failed) = totals(parts);
    let count = |value: u64| formats::number(page.language, value.cast_signed());
    let all = vec![
        Series {
            class: "s1",
            label: page.say("chart-delivered"),
            value: count(delivered),
            points: points(parts, |part| Some(f64::from(part.delivered))),
            is_filled: true,
        },
        Series {
            class: "sbad",
            label: page.say("chart-failed"),
            value: count(failed),
            points: points(parts, |part| Some(f64::from(part.failed))),
            is_filled: false,
        },
    ];
    let sentence = page.say_both(
        "chart-volume-says",
        &("delivered", delivered),
        &("failed", failed),
    );
    Chart::draw(sentence, all, x, |value| whole(page, value))
}

fn success(parts: &[Part], page: &Page, x: Vec<String>) -> Chart {
    let (delivered, failed) = totals(parts);
    let rate = formats::percent(page.language, delivered, delivered + failed);
    let share = |part: &Part| Some(f64::from(part.delivered) * 100.0 / part.all()?);
    let sentence = page.say_of("chart-success-says", "rate", &rate);
    let one = Series {
        class: "s1",
        label: page.say("chart-success"),
        value: rate,
        points: points(parts, share),
        is_filled: true,
    };
    let label = |value| format!("{}\u{a0}%", whole(page, value));
    Chart::draw_percent(sentence, vec![one], x, label)
}

fn latency(parts: &[Part], page: &Page, x: Vec<String>) -> Chart {
    let mean = formats::millis(page.language, mean(parts).unwrap_or(0));
    let took = |part: &Part| Some(f64::from(part.took_ms) / part.all()?);
    let sentence = page.say_of("chart-latency-says", "mean", &mean);
    let one = Series {
        class: "s1",
        label: page.say("chart-mean"),
        value: mean,
        points: points(parts, took),
        is_filled: true,
    };
    let label = |value| format!("{}\u{a0}ms", whole(page, value));
    Chart::draw(sentence, vec![one], x, label)
}

fn points(parts: &[Part], of: impl Fn(&Part) -> Option<f64>) -> Vec<Option<f64>> {
    parts.iter().map(of).collect()
}

/// A label of a chart, which is a small number.
fn whole(page: &Page, value: f64) -> String {
    formats::number(page.language, rounded(value))
}

fn rounded(value: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "labels of charts are small"
    )]
    let whole = value.round() as i64;
    whole
}

fn parts(rows: &[AttemptRow], since: Millis, now: Millis) -> [Part; PARTS] {
    let mut parts = [Part::default(); PARTS];
    let span = (now - since).max(1);
    for row in rows {
        let attempt = &row.attempt;
        let of = i64::try_from(PARTS).unwrap_or(1);
        let place = (attempt.started_at - since).max(0) * of / span;
        let place = usize::try_from(place).unwrap_or(0).min(PARTS - 1);
        let part = &mut parts[place];
        match attempt.outcome {
            Outcome::Success => part.delivered += 1,
            Outcome::Retry | Outcome::Exhausted => part.failed += 1,
            // Nothing was sent.
            Outcome::Canceled => continue,
        }
        part.took_ms += attempt.exchange.phases.total_us() / 1_000;
    }
    parts
}

fn totals(parts: &[Part]) -> (u64, u64) {
    let sum = |of: fn(&Part) -> u32| parts.iter().map(|part| u64::from(of(part))).sum();
    (sum(|part| part.delivered), sum(|part| part.failed))
}

/// How long a request took on average.
fn mean(parts: &[Part]) -> Option<u64> {
    let (delivered, failed) = totals(parts);
    let took: u64 = parts.iter().map(|part| u64::from(part.took_ms)).sum();
    took.checked_div(delivered + failed)
}
