//! Writes the results: `results.json` with every run, and the tables of bench/README.md.

mod large;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::figures::{Figures, Summary};
use super::products::{self, Products};
use super::scenarios::SCENARIOS;
use super::verdict::{self, Limit, Pair, Verdict};
use super::{Options, Results, Store};
use crate::folders;

/// Between which marks the tables of a store stand.
fn marks(store: Store) -> [&'static str; 2] {
    match store {
        Store::Sqlite => ["<!-- results -->\n", "<!-- /results -->"],
        Store::Postgres => ["<!-- results postgres -->\n", "<!-- /results postgres -->"],
    }
}

/// Fails, by its exit code, if something required was missed.
pub(super) fn write(results: &Results, options: &Options, folder: &Path) -> Result<ExitCode> {
    let verdicts = verdict::judge(results);
    let json = serde_json::to_string_pretty(&to_json(results, &verdicts))?;
    fs::write(folder.join("results.json"), json + "\n").context("could not write results.json")?;
    let tables = to_markdown(results, &verdicts);
    println!("{tables}");
    if options.writes_table() {
        let path = folders::root().join("bench/README.md");
        let readme = fs::read_to_string(&path).context("could not read bench/README.md")?;
        fs::write(&path, put_between(marks(results.store), &readme, &tables)?)
            .context("could not write bench/README.md")?;
        eprintln!("written: bench/README.md");
    }
    let missed: Vec<&Verdict> = verdicts
        .iter()
        .filter(|verdict| !verdict.is_met())
        .collect();
    for verdict in &missed {
        eprintln!("missed: {}", describe(verdict));
    }
    Ok(if missed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints what was measured for the five products alone; fails if something required was missed.
pub(super) fn tell_products(measured: &Products) -> ExitCode {
    let verdicts = products::judge(measured);
    println!("{}", verdict_rows(&verdicts));
    if verdicts.iter().all(Verdict::is_met) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn describe(verdict: &Verdict) -> String {
    let Verdict {
        scenario, figure, ..
    } = verdict;
    let (measured, limit) = (measured(verdict), required(verdict));
    format!("{scenario}: {figure}: {measured}, required {limit}")
}

fn measured(verdict: &Verdict) -> String {
    format!("{} {}", number(verdict.measured), verdict.unit)
        .trim_end()
        .to_owned()
}

fn required(verdict: &Verdict) -> String {
    let (sign, limit) = match verdict.limit {
        Limit::AtLeast(limit) => ("≥", limit),
        Limit::AtMost(limit) => ("≤", limit),
    };
    format!("{sign} {limit} {}", verdict.unit)
        .trim_end()
        .to_owned()
}

/// Three digits or so: more would only look precise.
fn number(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if value.abs() < 10.0 {
        format!("{value:.2}")
    } else if value.abs() < 100.0 {
        format!("{value:.1}")
    } else {
        grouped(value)
    }
}

/// A whole number with commas between the thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn to_markdown(results: &Results, verdicts: &[Verdict]) -> String {
    let machine = &results.machine;
    let mut text = format!(
        "Commit {}; {}, {} cores, {:.0} GiB; Linux {}; {}; a 4 KiB write with its sync takes {:.2} ms on the data's disk.\n\
         Command: `{}`. {}, payloads of 1 KiB, medians of all rounds.\n\n",
        machine.commit,
        machine.cpu,
        machine.cores,
        machine.memory_gib,
        machine.kernel,
        machine.rustc,
        machine.sync_ms,
        match results.store {
            Store::Sqlite => "cargo xtask bench --large",
            Store::Postgres => "cargo xtask bench --store postgres --large",
        },
        results.settings,
    );
    text += "| Load | Server | Deliveries/s | CPU µs per delivery | Ingest p50 / p99 ms | Delivered p50 / p99 ms | Peak MiB | Quiet runs |\n\
             |---|---|---:|---:|---:|---:|---:|---:|\n";
    for scenario in &SCENARIOS {
        let Some(pair) = Pair::of(results, scenario.name) else {
            continue;
        };
        text += &row(scenario.title, "measuring stick", &pair.ceiling);
        text += &row("", "Tidings", &pair.subject);
        let (speed, cpu) = (pair.speed_ratio(), pair.cpu_ratio());
        let _ = writeln!(
            text,
            "| | *ratio* | *{speed:.2} ×* | *{cpu:.2} ×* | | | | |"
        );
    }
    if let Some(large) = &results.large {
        text += &large::tables(large);
    }
    text += "\n| Required of Tidings | Load | Measured | Limit | |\n|---|---|---:|---:|---|\n";
    text += &verdict_rows(verdicts);
    text += "\nThe load of each row, as options of `hookbench load`:\n\n";
    for scenario in SCENARIOS
        .iter()
        .filter(|scenario| Pair::of(results, scenario.name).is_some())
    {
        let arguments = scenario.arguments.join(" ");
        let _ = writeln!(text, "- {}: `--target svix {arguments}`", scenario.name);
    }
    text
}

fn verdict_rows(verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    for verdict in verdicts {
        let mark = if verdict.is_met() {
            "met"
        } else {
            "**missed**"
        };
        let (measured, limit) = (measured(verdict), required(verdict));
        let Verdict {
            scenario, figure, ..
        } = verdict;
        let _ = writeln!(
            text,
            "| {figure} | {scenario} | {measured} | {limit} | {mark} |"
        );
    }
    text
}

fn row(title: &str, server: &str, summary: &Summary) -> String {
    let median = |figure: fn(&Figures) -> f64| number(summary.median(figure));
    format!(
        "| {title} | {server} | {} | {} | {} / {} | {} / {} | {} | {} of {} |\n",
        grouped(summary.median(|f| f.deliveries_per_s)),
        median(|f| f.cpu_us),
        median(|f| f.ingest_p50_ms),
        median(|f| f.ingest_p99_ms),
        median(|f| f.delivered_p50_ms),
        median(|f| f.delivered_p99_ms),
        grouped(summary.median(|f| f.peak_rss_mib)),
        summary.quiet_runs(),
        summary.all_runs(),
    )
}

fn to_float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::NAN, f64::from)
}

fn put_between(marks: [&str; 2], readme: &str, tables: &str) -> Result<String> {
    let [begin, end] = marks;
    let (before, rest) = readme
        .split_once(begin)
        .with_context(|| format!("bench/README.md has no {begin}"))?;
    let (_, after) = rest
        .split_once(end)
        .with_context(|| format!("bench/README.md has no {end}"))?;
    Ok(format!("{before}{begin}{tables}{end}{after}"))
}

fn to_json(results: &Results, verdicts: &[Verdict]) -> Value {
    let machine = &results.machine;
    let runs = results.runs.iter().map(|run| {
        json!({
            "scenario": run.scenario.name,
            "server": run.kind.name(),
            "round": run.round,
            "quiet": run.figures.is_quiet(),
            "start_ms": run.figures.start_ms,
            "hookbench": run.report,
        })
    });
    let verdicts = verdicts.iter().map(|verdict| {
        json!({
            "scenario": verdict.scenario,
            "figure": verdict.figure,
            "unit": verdict.unit,
            "measured": verdict.measured,
            "required": required(verdict),
            "met": verdict.is_met(),
        })
    });
    let large = results.large.as_ref().map(large::to_json);
    let products = results.products.as_ref().map(Products::to_json);
    json!({
        "commit": machine.commit,
        "store": results.settings,
        "large": large,
        "products": products,
        "machine": {
            "cpu": machine.cpu,
            "cores": machine.cores,
            "memory_gib": machine.memory_gib,
            "kernel": machine.kernel,
            "rustc": machine.rustc,
            "sync_ms": machine.sync_ms,
        },
        "idle_cpu_percent": results.alone.idle_cpu_percent,
        "restart_ms": results.alone.restart_ms,
        "requirements": verdicts.collect::<Vec<_>>(),
        "runs": runs.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::figures::tests::figures;
    use super::super::machine::Machine;
    use super::super::servers::Kind;
    use super::super::{Alone, Run};
    use super::*;

    /// One round of one scenario, with a measuring stick of 1000 deliveries/s.
    pub(crate) fn results(subject: Figures) -> Results {
        let run = |kind, figures| Run {
            scenario: &SCENARIOS[0],
            kind,
            round: 1,
            figures,
            report: Value::Null,
        };
        Results {
            store: Store::Sqlite,
            settings: "SQLite".to_owned(),
            large: None,
            products: None,
            machine: Machine {
                commit: "abc".to_owned(),
                cpu: "A CPU".to_owned(),
                cores: 2,
                memory_gib: 24.0,
                kernel: "6.1".to_owned(),
                rustc: "rustc 1".to_owned(),
                sync_ms: 0.5,
            },
            runs: vec![
                run(Kind::Ceiling, figures(1000.0, 0.0)),
                run(Kind::Tidings, subject),
            ],
            alone: Alone {
                idle_cpu_percent: 0.1,
                restart_ms: 30.0,
            },
        }
    }

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let [begin, end] = marks(Store::Sqlite);
        let [other, other_end] = marks(Store::Postgres);
        let rest = format!("{other}o\n{other_end}\n");
        let readme = format!("a\n{begin}old\n{end}\nb\n{rest}");
        let written = put_between([begin, end], &readme, "new\n").unwrap();
        assert_eq!(written, format!("a\n{begin}new\n{end}\nb\n{rest}"));
        assert!(put_between([begin, end], "no markers", "new\n").is_err());
    }

    #[test]
    fn the_table_shows_ratios_and_limits() {
        let results = results(figures(590.0, 0.0));
        let text = to_markdown(&results, &verdict::judge(&results));
        assert!(
            text.contains("| 64 connections | measuring stick | 1,000 | 30.0 |"),
            "{text}"
        );
        assert!(
            text.contains("| | *ratio* | *0.59 ×* | *1.00 ×* |"),
            "{text}"
        );
        let missed = "| deliveries/s beside the measuring stick | closed-64 | 0.59 × | ≥ 0.6 × | **missed** |";
        assert!(text.contains(missed), "{text}");
    }

    #[test]
    fn numbers_are_short() {
        let numbers = [0.0, 0.456, 12.34, 456.7, 23_456.0, 1_234_567.0];
        assert_eq!(
            numbers.map(number),
            ["0", "0.46", "12.3", "457", "23,456", "1,234,567"]
        );
    }
}
