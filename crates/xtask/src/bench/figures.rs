//! The figures of one run, out of hookbench's report, and their medians.

use std::fmt;

use anyhow::{Context, Result};
use serde_json::Value;

/// Above this share of the machine's work, other work has disturbed the run. (The kernel's threads for the disk
/// belong to no program and take some per cent on a quiet machine.)
const DISTURBANCE_MAX: f64 = 0.1;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figures {
    pub(super) deliveries_per_s: f64,
    /// CPU of the server, its database included, for each delivery, in microseconds.
    pub(super) cpu_us: f64,
    pub(super) ingest_p50_ms: f64,
    pub(super) ingest_p99_ms: f64,
    pub(super) delivered_p50_ms: f64,
    pub(super) delivered_p99_ms: f64,
    pub(super) peak_rss_mib: f64,
    pub(super) start_ms: f64,
    pub(super) lost: f64,
    pub(super) duplicated: f64,
    /// Messages that were refused or got no answer.
    pub(super) not_accepted: f64,
    /// The share of the machine's work that belongs to none of the programs here, or was taken away.
    pub(super) disturbance: f64,
}

impl Figures {
    pub(super) fn read(report: &Value, start_ms: f64) -> Result<Self> {
        let number = |path: &str| {
            let value = report.pointer(path).and_then(Value::as_f64);
            value.with_context(|| format!("hookbench's report has no number at {path}"))
        };
        let elsewhere = number("/unaccounted_cpu_s")?.max(0.0) + number("/steal_cpu_s")?;
        Ok(Self {
            deliveries_per_s: number("/deliveries_per_s")?,
            cpu_us: number("/processes/server_side_total/us_per_delivery")?,
            ingest_p50_ms: number("/ingest_latency_ms/p50")?,
            ingest_p99_ms: number("/ingest_latency_ms/p99")?,
            delivered_p50_ms: number("/e2e_latency_ms/p50")?,
            delivered_p99_ms: number("/e2e_latency_ms/p99")?,
            peak_rss_mib: number("/processes/server/peak_rss_mib")?,
            start_ms,
            lost: number("/lost")?,
            duplicated: number("/duplicated")?,
            not_accepted: number("/rejected")? + number("/send_errors")?,
            disturbance: elsewhere / number("/machine_busy_cpu_s")?.max(0.01),
        })
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.disturbance <= DISTURBANCE_MAX
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:.0} deliveries/s, {:.1} CPU µs, ingest p99 {:.2} ms, delivered p50 {:.2} ms p99 {:.2} ms, {:.0} MiB, \
             started in {:.0} ms, lost {}, duplicated {}, not accepted {}, other work {:.1} %",
            self.deliveries_per_s,
            self.cpu_us,
            self.ingest_p99_ms,
            self.delivered_p50_ms,
            self.delivered_p99_ms,
            self.peak_rss_mib,
            self.start_ms,
            self.lost,
            self.duplicated,
            self.not_accepted,
            self.disturbance * 100.0,
        )
    }
}

/// Several runs of one server in one scenario.
pub(super) struct Summary {
    runs: Vec<Figures>,
    /// Which of them count for medians.
    counted: Vec<Figures>,
}

impl Summary {
    /// At full speed, runs that were disturbed are left out while at least half remain. (At a fixed rate the
    /// machine is mostly idle, so the kernel's own small work is a large share of little.)
    pub(super) fn new(runs: Vec<Figures>, is_open_loop: bool) -> Self {
        let quiet: Vec<Figures> = runs.iter().filter(|run| run.is_quiet()).cloned().collect();
        let enough = quiet.len() * 2 >= runs.len() && !quiet.is_empty();
        let counted = if enough && !is_open_loop {
            quiet
        } else {
            runs.clone()
        };
        Self { runs, counted }
    }

    pub(super) fn median(&self, figure: impl Fn(&Figures) -> f64) -> f64 {
        let values: Vec<f64> = self.counted.iter().map(figure).collect();
        median(&values).unwrap_or(f64::NAN)
    }

    /// Over all runs, disturbed or not.
    pub(super) fn max(&self, figure: impl Fn(&Figures) -> f64) -> f64 {
        self.runs.iter().map(figure).fold(0.0, f64::max)
    }

    /// Over all runs, disturbed or not.
    pub(super) fn sum(&self, figure: impl Fn(&Figures) -> f64) -> f64 {
        self.runs.iter().map(figure).sum()
    }

    pub(super) fn quiet_runs(&self) -> usize {
        self.runs.iter().filter(|run| run.is_quiet()).count()
    }

    pub(super) fn all_runs(&self) -> usize {
        self.runs.len()
    }
}

pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(sorted[middle - 1], upper))
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn figures(deliveries_per_s: f64, other_cpu_s: f64) -> Figures {
        let report = json!({
            "deliveries_per_s": deliveries_per_s,
            "processes": {
                "server": {"peak_rss_mib": 100.0},
                "server_side_total": {"us_per_delivery": 30.0},
            },
            "ingest_latency_ms": {"p50": 2, "p99": 9.5},
            "e2e_latency_ms": {"p50": 0.5, "p99": 4.0},
            "lost": 0, "duplicated": 0, "rejected": 0, "send_errors": 0,
            "unaccounted_cpu_s": other_cpu_s, "steal_cpu_s": 0.0, "machine_busy_cpu_s": 10.0,
        });
        Figures::read(&report, 40.0).unwrap()
    }

    #[test]
    fn a_report_without_a_figure_is_an_error() {
        let error = Figures::read(&json!({"deliveries_per_s": 1}), 0.0).unwrap_err();
        assert!(error.to_string().contains("/unaccounted_cpu_s"));
    }

    #[test]
    fn medians_of_odd_and_even_counts() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn disturbed_runs_do_not_count_while_enough_are_quiet() {
        let runs = vec![figures(1.0, 9.0), figures(10.0, 0.0), figures(20.0, 0.0)];
        let speed = |figures: &Figures| figures.deliveries_per_s;
        let is = |summary: Summary, expected: f64| (summary.median(speed) - expected).abs() < 1e-9;
        assert!(is(Summary::new(runs.clone(), false), 15.0));
        assert!(is(Summary::new(runs, true), 10.0));
        let noisy = vec![figures(1.0, 9.0), figures(2.0, 9.0), figures(20.0, 0.0)];
        assert!(is(Summary::new(noisy, false), 2.0));
    }
}
