//! What Tidings must achieve, and whether it did.

use super::figures::{Figures, Summary};
use super::servers::Kind;
use super::{Results, Run, Store, large, products};

/// A figure with its limit.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) scenario: &'static str,
    pub(super) figure: &'static str,
    pub(super) unit: &'static str,
    pub(super) measured: f64,
    pub(super) limit: Limit,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

impl Verdict {
    /// Not a number is no success.
    pub(super) fn is_met(&self) -> bool {
        match self.limit {
            Limit::AtLeast(limit) => self.measured >= limit,
            Limit::AtMost(limit) => self.measured <= limit,
        }
    }
}

/// The limits of one scenario.
struct Requirement {
    scenario: &'static str,
    figure: &'static str,
    unit: &'static str,
    measure: Measure,
    limit: Limit,
}

#[derive(Clone, Copy)]
enum Measure {
    SpeedRatio,
    CpuRatio,
    /// Tidings' own median.
    Own(fn(&Figures) -> f64),
}

const fn speed(scenario: &'static str, at_least: f64) -> Requirement {
    Requirement {
        scenario,
        figure: "deliveries/s beside the measuring stick",
        unit: "×",
        measure: Measure::SpeedRatio,
        limit: Limit::AtLeast(at_least),
    }
}

const fn latency(
    scenario: &'static str,
    figure: &'static str,
    own: fn(&Figures) -> f64,
    at_most_ms: f64,
) -> Requirement {
    Requirement {
        scenario,
        figure,
        unit: "ms",
        measure: Measure::Own(own),
        limit: Limit::AtMost(at_most_ms),
    }
}

/// Both servers in one scenario.
pub(super) struct Pair {
    pub(super) ceiling: Summary,
    pub(super) subject: Summary,
}

impl Pair {
    pub(super) fn of(results: &Results, scenario: &str) -> Option<Self> {
        let of_scenario = |run: &&Run| run.scenario.name == scenario;
        let runs: Vec<&Run> = results.runs.iter().filter(of_scenario).collect();
        let is_open_loop = runs.first()?.scenario.is_open_loop;
        let summary = |is_ceiling: bool| {
            let is_wanted = |run: &&&Run| (run.kind == Kind::Ceiling) == is_ceiling;
            let figures = runs.iter().filter(is_wanted).map(|run| run.figures.clone());
            Summary::new(figures.collect(), is_open_loop)
        };
        Some(Self {
            ceiling: summary(true),
            subject: summary(false),
        })
    }

    pub(super) fn speed_ratio(&self) -> f64 {
        self.ratio(|figures| figures.deliveries_per_s)
    }

    pub(super) fn cpu_ratio(&self) -> f64 {
        self.ratio(|figures| figures.cpu_us)
    }

    fn ratio(&self, figure: fn(&Figures) -> f64) -> f64 {
        self.subject.median(figure) / self.ceiling.median(figure)
    }
}

const fn cpu(scenario: &'static str, at_most: f64) -> Requirement {
    Requirement {
        scenario,
        figure: "CPU per message beside the measuring stick",
        unit: "×",
        measure: Measure::CpuRatio,
        limit: Limit::AtMost(at_most),
    }
}

const POSTGRES_REQUIREMENTS: [Requirement; 4] = [
    speed("closed-64", 0.6),
    cpu("closed-64", 1.7),
    speed("closed-256", 0.6),
    cpu("closed-256", 1.7),
];

const SQLITE_REQUIREMENTS: [Requirement; 12] = [
    speed("closed-64", 0.6),
    cpu("closed-64", 1.7),
    latency("closed-64", "ingest p99", |f| f.ingest_p99_ms, 25.0),
    speed("closed-256", 0.6),
    latency(
        "closed-256",
        "accepted → delivered p99",
        |f| f.delivered_p99_ms,
        100.0,
    ),
    speed("idempotent-64", 0.5),
    speed("idempotent-256", 0.5),
    speed("fan-out-5", 0.6),
    latency(
        "open-200",
        "sent → delivered p50",
        |f| f.delivered_p50_ms,
        1.0,
    ),
    latency(
        "open-200",
        "sent → delivered p99",
        |f| f.delivered_p99_ms,
        5.0,
    ),
    latency(
        "open-2000",
        "sent → delivered p50",
        |f| f.delivered_p50_ms,
        1.0,
    ),
    latency(
        "open-2000",
        "sent → delivered p99",
        |f| f.delivered_p99_ms,
        5.0,
    ),
];

/// Every requirement for which something was measured.
pub(super) fn judge(results: &Results) -> Vec<Verdict> {
    let mut verdicts = vec![];
    let requirements: &[Requirement] = match results.store {
        Store::Sqlite => &SQLITE_REQUIREMENTS,
        Store::Postgres => &POSTGRES_REQUIREMENTS,
    };
    for requirement in requirements {
        let Some(pair) = Pair::of(results, requirement.scenario) else {
            continue;
        };
        let measured = match requirement.measure {
            Measure::SpeedRatio => pair.speed_ratio(),
            Measure::CpuRatio => pair.cpu_ratio(),
            Measure::Own(figure) => pair.subject.median(figure),
        };
        verdicts.push(Verdict {
            scenario: requirement.scenario,
            figure: requirement.figure,
            unit: requirement.unit,
            measured,
            limit: requirement.limit,
        });
    }
    verdicts.extend(judge_all(results));
    verdicts.extend(results.products.iter().flat_map(products::judge));
    verdicts.extend(results.large.iter().flat_map(large::judge));
    verdicts
}

/// What must hold over all runs together.
fn judge_all(results: &Results) -> Vec<Verdict> {
    let is_subject = |run: &&Run| run.kind != Kind::Ceiling;
    let own = results.runs.iter().filter(is_subject);
    let own = Summary::new(own.map(|run| run.figures.clone()).collect(), true);
    let verdict = |figure, unit, measured, at_most| Verdict {
        scenario: "all",
        figure,
        unit,
        measured,
        limit: Limit::AtMost(at_most),
    };
    let mut verdicts = vec![
        verdict("deliveries lost", "", own.sum(|f| f.lost), 0.0),
        verdict("deliveries duplicated", "", own.sum(|f| f.duplicated), 0.0),
        verdict(
            "messages refused or unanswered",
            "",
            own.sum(|f| f.not_accepted),
            0.0,
        ),
        verdict(
            "peak resident memory, highest",
            "MiB",
            own.max(|f| f.peak_rss_mib),
            150.0,
        ),
        verdict(
            "start to `listening`, with messages",
            "ms",
            results.alone.restart_ms,
            500.0,
        ),
        verdict(
            "idle CPU, of one core",
            "%",
            results.alone.idle_cpu_percent,
            0.5,
        ),
    ];
    // On PostgreSQL a first start makes two tables for each day of a week.
    if results.store == Store::Sqlite {
        verdicts.push(verdict(
            "start to `listening`, fresh folder",
            "ms",
            own.median(|f| f.start_ms),
            500.0,
        ));
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::figures;
    use super::super::report::tests::results;
    use super::*;

    fn missed(results: &Results) -> Vec<(&'static str, &'static str)> {
        let missed = judge(results)
            .into_iter()
            .filter(|verdict| !verdict.is_met());
        missed
            .map(|verdict| (verdict.scenario, verdict.figure))
            .collect()
    }

    #[test]
    fn equal_servers_meet_everything() {
        assert_eq!(missed(&results(figures(1000.0, 0.0))), []);
    }

    #[test]
    fn each_shortfall_is_named() {
        let slow = Figures {
            deliveries_per_s: 590.0,
            ..figures(0.0, 0.0)
        };
        assert_eq!(
            missed(&results(slow)),
            [("closed-64", "deliveries/s beside the measuring stick")]
        );
        let costly = Figures {
            cpu_us: 52.0,
            ..figures(1000.0, 0.0)
        };
        assert_eq!(
            missed(&results(costly)),
            [("closed-64", "CPU per message beside the measuring stick")]
        );
        let late = Figures {
            ingest_p99_ms: 25.1,
            ..figures(1000.0, 0.0)
        };
        assert_eq!(missed(&results(late)), [("closed-64", "ingest p99")]);
        let lossy = Figures {
            lost: 1.0,
            ..figures(1000.0, 0.0)
        };
        assert_eq!(missed(&results(lossy)), [("all", "deliveries lost")]);
        let large = Figures {
            peak_rss_mib: 151.0,
            ..figures(1000.0, 0.0)
        };
        assert_eq!(
            missed(&results(large)),
            [("all", "peak resident memory, highest")]
        );
    }

    #[test]
    fn what_could_not_be_computed_is_missed() {
        let verdict = Verdict {
            scenario: "all",
            figure: "any",
            unit: "",
            measured: f64::NAN,
            limit: Limit::AtMost(1.0),
        };
        assert!(!verdict.is_met());
    }
}
