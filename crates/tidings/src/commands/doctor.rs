//! `tidings doctor`: what is right and what is wrong with the store, before it matters.

use serde_json::json;
use tidings_domain::clock::SystemClock;
use tidings_store::checkup::{Finding, Verdict};

use crate::cli::{DoctorArgs, OutputForm};
use crate::engine::{Location, Use};
use crate::lifecycle::runtime;
use crate::output::{self, Paint, Tone};

/// Something that was looked at is not as it should be; what, was printed.
#[derive(Debug, thiserror::Error)]
#[error("{0} of {1} checks failed")]
struct Unwell(usize, usize);

pub(crate) fn run(args: &DoctorArgs) -> anyhow::Result<()> {
    let settings = super::load_settings(&args.data)?;
    let location = Location::of(&settings, Use::Configure)?;
    let (store, findings) = match &location {
        Location::Sqlite(options) => ("sqlite", tidings_store_sqlite::doctor::examine(options)?),
        Location::Postgres(options) => {
            let examined = tidings_store_postgres::doctor::examine(
                options,
                settings.store_connections_max,
                &settings.store_allow_unsafe,
                &SystemClock,
            );
            ("postgres", runtime(1)?.block_on(examined)?)
        }
    };
    match args.output {
        OutputForm::Text => show(&findings),
        OutputForm::Json => output::line(as_json(store, &findings)),
    }
    let failed = findings
        .iter()
        .filter(|one| one.verdict == Verdict::Failure);
    match failed.count() {
        0 => Ok(()),
        count => Err(Unwell(count, findings.len()).into()),
    }
}

fn show(findings: &[Finding]) {
    let paint = Paint::of_output();
    let width = findings.iter().map(|one| one.check.len()).max();
    let width = width.unwrap_or_default();
    for finding in findings {
        let tone = match finding.verdict {
            Verdict::Note => Tone::Quiet,
            Verdict::Good => Tone::Good,
            Verdict::Warning => Tone::Waiting,
            Verdict::Failure => Tone::Bad,
        };
        let word = paint.text(tone, &format!("{:<4}", finding.verdict.word()));
        let (check, found) = (finding.check, &finding.found);
        output::line(format_args!("{word}  {check:<width$}  {found}"));
        if !finding.advice.is_empty() {
            output::line(format_args!("      {:<width$}  → {}", "", finding.advice));
        }
    }
}

fn as_json(store: &str, findings: &[Finding]) -> serde_json::Value {
    let worst = findings.iter().map(|one| one.verdict).max();
    let checks: Vec<_> = findings
        .iter()
        .map(|one| {
            json!({
                "check": one.check,
                "verdict": one.verdict.word(),
                "found": one.found,
                "advice": one.advice,
            })
        })
        .collect();
    json!({
        "store": store,
        "verdict": worst.unwrap_or(Verdict::Good).word(),
        "checks": checks,
    })
}
