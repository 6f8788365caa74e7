//! What the five products need to be quick: the list of an application's REST hooks, saving a record that has
//! not changed, and putting bodies into other forms.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Bench;
use super::figures::median;
use super::servers::{Kind, Server};
use super::verdict::{Limit, Verdict};
use super::wire::Wire;
use crate::folders;
use crate::stage::read;

/// How many hooks the application has.
const HOOKS_COUNT: u32 = 1_000;
/// How often the list is asked for.
const LISTED_COUNT: u32 = 500;
/// How often the record is read and put, in turn.
const RECORD_COUNT: u32 = 4_000;
/// What comes before is not counted: the first requests fill caches.
const WARM_UP_COUNT: u32 = 50;
/// The record's longest field; with the others it has about 1 KiB.
const RECORD_TEXT_BYTES: usize = 900;

pub(super) struct Products {
    /// `GET /api/webhooks` with a thousand hooks.
    pub(super) hooks_p50_ms: f64,
    pub(super) hooks_p99_ms: f64,
    /// A `GET` of a record, and a `PUT` of just what is there.
    pub(super) record_get_p50_ms: f64,
    pub(super) record_put_p50_ms: f64,
    /// A body of 1 KiB.
    pub(super) xml_us: f64,
    pub(super) form_us: f64,
}

impl Products {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "hooks_p50_ms": self.hooks_p50_ms,
            "hooks_p99_ms": self.hooks_p99_ms,
            "record_get_p50_ms": self.record_get_p50_ms,
            "record_put_p50_ms": self.record_put_p50_ms,
            "xml_us": self.xml_us,
            "form_us": self.form_us,
        })
    }

    /// The figures on a line.
    pub(super) fn describe(&self) -> String {
        format!(
            "list of {HOOKS_COUNT} hooks: p50 {:.2} ms, p99 {:.2} ms; a record: read {:.3} ms, put unchanged {:.3} ms; \
             1 KiB as XML {:.1} µs, as a form {:.1} µs",
            self.hooks_p50_ms,
            self.hooks_p99_ms,
            self.record_get_p50_ms,
            self.record_put_p50_ms,
            self.xml_us,
            self.form_us,
        )
    }
}

/// What is required of each figure.
pub(super) fn judge(products: &Products) -> Vec<Verdict> {
    let verdict = |figure, unit, measured, at_most| Verdict {
        scenario: "products",
        figure,
        unit,
        measured,
        limit: Limit::AtMost(at_most),
    };
    vec![
        verdict(
            "list of 1,000 REST hooks, p99",
            "ms",
            products.hooks_p99_ms,
            10.0,
        ),
        verdict(
            "putting a record that has not changed, beside reading it",
            "×",
            products.record_put_p50_ms / products.record_get_p50_ms,
            1.5,
        ),
        verdict("1 KiB as XML", "µs", products.xml_us, 20.0),
        verdict("1 KiB as a form", "µs", products.form_us, 20.0),
    ]
}

pub(super) fn measure(bench: &Bench) -> Result<Products> {
    let database = bench.database()?;
    let url = database.as_ref().map(crate::cluster::Database::url);
    let server = Server::start(Kind::Tidings, &bench.folder, url)?;
    let mut wire = Wire::with_key(&server)?;
    let account = json!({"name": "Bench", "uid": "bench"});
    wire.ask_json("POST", "/api/v1/app", &account)?;
    let mut hooks = hook_times(&server, &mut wire)?;
    let (gets, puts) = record_times(&mut wire)?;
    server.stop()?;
    let formats = format_times()?;
    let of_format = |name: &str| formats[name].as_f64().context("a format was not timed");
    hooks.sort_by(f64::total_cmp);
    let middle = |times: &[f64]| median(times).unwrap_or(f64::NAN);
    let products = Products {
        hooks_p50_ms: middle(&hooks),
        hooks_p99_ms: hooks[(hooks.len() - 1) * 99 / 100],
        record_get_p50_ms: middle(&gets),
        record_put_p50_ms: middle(&puts),
        xml_us: of_format("xml")?,
        form_us: of_format("form")?,
    };
    eprintln!("    {}", products.describe());
    Ok(products)
}

/// Each hook has credentials, which the list must hide.
fn hook_times(server: &Server, wire: &mut Wire) -> Result<Vec<f64>> {
    let event = json!({"name": "booking.created", "description": "A booking was made."});
    wire.ask_json("POST", "/api/v1/event-type", &event)?;
    let user = json!({"login": "bench", "password": "correct horse battery"});
    wire.ask_json("POST", "/api/v1/app/bench/api-user", &user)?;
    for number in 0..HOOKS_COUNT {
        let hook = json!({
            "url": format!("https://example.com/hooks/{number}"),
            "eventTypes": ["booking.created"],
            "credentials": {"type": "basic", "username": "hook", "password": "s3cret"},
        });
        wire.ask_json("POST", "/api/v1/app/bench/endpoint", &hook)?;
    }
    // `bench:correct horse battery`
    let basic = "Basic YmVuY2g6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5";
    let mut wire = Wire::new(server, basic.to_owned())?;
    let list = wire.ask("GET", "/api/webhooks", "")?;
    let list: Vec<Value> = serde_json::from_slice(&list).context("the list is not JSON")?;
    ensure!(
        list.len() == HOOKS_COUNT as usize,
        "the list has {} hooks",
        list.len()
    );
    timed(LISTED_COUNT, || wire.ask("GET", "/api/webhooks", ""))
}

/// Reads and puts in turn, so that both see the same machine.
fn record_times(wire: &mut Wire) -> Result<(Vec<f64>, Vec<f64>)> {
    let path = "/api/v1/app/bench/record/user/71";
    let record = json!({"id": 71, "name_first": "Guan", "name_last": "the Man", "companies": [5],
        "notes": "x".repeat(RECORD_TEXT_BYTES)});
    wire.ask_json("PUT", path, &record)?;
    let record = record.to_string();
    let (mut gets, mut puts) = (Vec::new(), Vec::new());
    for round in 0..RECORD_COUNT + WARM_UP_COUNT {
        let began_at = Instant::now();
        let found = wire.ask("GET", path, "")?;
        let got_at = Instant::now();
        let put = wire.ask("PUT", path, &record)?;
        let put_at = Instant::now();
        ensure!(found == record.as_bytes(), "the record is another one");
        ensure!(
            put.starts_with(br#"{"action":"none""#),
            "the record was changed"
        );
        if round >= WARM_UP_COUNT {
            gets.push((got_at - began_at).as_secs_f64() * 1_000.0);
            puts.push((put_at - got_at).as_secs_f64() * 1_000.0);
        }
    }
    Ok((gets, puts))
}

fn timed<T>(count: u32, mut work: impl FnMut() -> Result<T>) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for round in 0..count + WARM_UP_COUNT {
        let began_at = Instant::now();
        work()?;
        if round >= WARM_UP_COUNT {
            times.push(began_at.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    Ok(times)
}

/// Without a server, since a request would hide it.
fn format_times() -> Result<Value> {
    let mut command = Command::new("cargo");
    command.current_dir(folders::root()).args([
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "tidings_domain",
        "--example",
        "format_time",
    ]);
    serde_json::from_str(&read(&mut command)?).context("the times of formats are not JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_of_the_products_has_its_limit() {
        let good = || Products {
            hooks_p50_ms: 2.0,
            hooks_p99_ms: 10.0,
            record_get_p50_ms: 0.2,
            record_put_p50_ms: 0.3,
            xml_us: 20.0,
            form_us: 20.0,
        };
        let missed = |products: &Products| {
            let verdicts = judge(products).into_iter();
            let missed = verdicts.filter(|verdict| !verdict.is_met());
            missed.map(|verdict| verdict.figure).collect::<Vec<_>>()
        };
        assert!(missed(&good()).is_empty());
        let slow = Products {
            hooks_p99_ms: 10.1,
            record_put_p50_ms: 0.31,
            xml_us: 20.1,
            form_us: f64::NAN,
            ..good()
        };
        assert_eq!(missed(&slow).len(), 4);
    }
}
