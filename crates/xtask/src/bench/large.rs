//! How it is with a million messages and ten thousand endpoints: speed at the beginning and at the end,
//! pages of lists and pages for people, and with SQLite what watchers cost; with PostgreSQL also space, dead rows, and what a second node on a second core adds.

use anyhow::{Context, Result};
use serde_json::Value;

use super::live::{self, Live};
use super::pages::{self, Page};
use super::servers::{Kind, Server};
use super::verdict::{Limit, Verdict};
use super::{Bench, nodes};
use crate::cluster::Database;
use crate::stage::stage;

/// How many messages are there when speed is measured again.
const MESSAGES_COUNT: u64 = 1_000_000;
/// Over how many messages it is measured.
const PART_COUNT: u64 = 100_000;

pub(super) struct Large {
    pub(super) messages_count: u64,
    /// Deliveries a second, over the first part and over the one after the last.
    pub(super) first_per_s: f64,
    pub(super) last_per_s: f64,
    /// Of lists over the API.
    pub(super) pages: Vec<Page>,
    /// For people.
    pub(super) html_pages: Vec<Page>,
    /// With SQLite.
    pub(super) live: Option<Live>,
    /// With PostgreSQL.
    pub(super) of_database: Option<OfDatabase>,
}

/// What only a database that several nodes share has.
pub(super) struct OfDatabase {
    pub(super) space: Vec<Space>,
    /// Deliveries a second of one node on one core, and of two on a core each.
    pub(super) one_node_per_s: f64,
    pub(super) two_nodes_per_s: f64,
}

/// What a table takes.
pub(super) struct Space {
    pub(super) table: &'static str,
    pub(super) rows: f64,
    pub(super) dead: f64,
    /// Bytes for each message: of the rows, and of the indexes.
    pub(super) table_bytes: f64,
    pub(super) index_bytes: f64,
}

pub(super) fn measure(bench: &Bench, is_quick: bool) -> Result<Large> {
    let scale = if is_quick { 20 } else { 1 };
    let (messages_count, part) = (MESSAGES_COUNT / scale, PART_COUNT / scale);
    let database = bench.database()?;
    let url = database.as_ref().map(Database::url);
    let server = Server::start(Kind::Tidings, &bench.folder, url)?;
    let load = |messages| -> Result<f64> {
        let report = bench.load(&server, messages, &["--concurrency", "64"])?;
        per_second(&report)
    };
    let first_per_s = stage("first messages", || load(part))?;
    stage("filling", || load(messages_count - part))?;
    let last_per_s = stage("more messages", || load(part))?;
    let (pages, html_pages) = stage("pages", || pages::measure(&server, is_quick))?;
    let space = database
        .as_ref()
        .map(|database| stage("space", || measure_space(database)));
    let space = space.transpose()?;
    server.stop()?;
    drop(database);
    let mut live = None;
    if bench.cluster.is_none() {
        live = Some(stage("watchers", || live::measure(bench, is_quick))?);
    }
    let mut of_database = None;
    if let (Some(space), Some(cluster)) = (space, &bench.cluster) {
        let measured = stage("two nodes", || nodes::measure(bench, cluster, part / 2));
        let (one_node_per_s, two_nodes_per_s) = measured?;
        of_database = Some(OfDatabase {
            space,
            one_node_per_s,
            two_nodes_per_s,
        });
    }
    Ok(Large {
        messages_count,
        first_per_s,
        last_per_s,
        pages,
        html_pages,
        live,
        of_database,
    })
}

/// What must hold with a million messages.
pub(super) fn judge(large: &Large) -> Vec<Verdict> {
    let verdict = |figure, unit, measured, limit| Verdict {
        scenario: "large",
        figure,
        unit,
        measured,
        limit,
    };
    let slowest = |pages: &[Page]| {
        let times = pages.iter().map(|page| page.p99_ms);
        times.fold(f64::NAN, f64::max)
    };
    let mut verdicts = vec![
        verdict(
            "deliveries/s after a million messages, beside the first",
            "×",
            large.last_per_s / large.first_per_s,
            Limit::AtLeast(0.9),
        ),
        verdict(
            "p99 of the slowest page",
            "ms",
            slowest(&large.pages),
            Limit::AtMost(50.0),
        ),
        verdict(
            "p99 of the slowest HTML page",
            "ms",
            slowest(&large.html_pages),
            Limit::AtMost(20.0),
        ),
    ];
    verdicts.extend(large.live.as_ref().map(|live| {
        verdict(
            "deliveries/s while 200 watch live pages, beside while nobody does",
            "×",
            live.ratio(),
            Limit::AtLeast(0.95),
        )
    }));
    if let Some(of_database) = &large.of_database {
        let dead = |table| {
            let of_table = of_database.space.iter();
            let of_table = of_table.filter(move |space| space.table == table);
            of_table.map(|space| space.dead).sum()
        };
        verdicts.extend(
            [
                ("dead rows of `message`", "message", 0.0),
                ("dead rows of `attempt`", "attempt", 0.0),
                ("dead rows of `pending`", "pending", 10_000.0),
            ]
            .map(|(figure, table, most)| verdict(figure, "", dead(table), Limit::AtMost(most))),
        );
        verdicts.push(verdict(
            "two nodes on a core each, beside one on one",
            "×",
            of_database.two_nodes_per_s / of_database.one_node_per_s,
            Limit::AtLeast(1.0),
        ));
    }
    verdicts
}

pub(super) fn per_second(report: &Value) -> Result<f64> {
    let lost = report.get("lost").and_then(Value::as_u64);
    anyhow::ensure!(lost == Some(0), "deliveries were lost: {report}");
    let speed = report.get("deliveries_per_s").and_then(Value::as_f64);
    speed.context("hookbench's report has no speed")
}

/// Statistics come a moment after what they count, so they are asked for to be written first.
fn measure_space(database: &Database<'_>) -> Result<Vec<Space>> {
    database.query("SELECT pg_stat_force_next_flush()").ok(); // only PostgreSQL 15 and later have it
    let messages = database.number("SELECT count(*) FROM message")?;
    let mut all = Vec::new();
    for table in ["message", "attempt", "pending", "dedup"] {
        // The table itself and its partitions.
        let of = format!(
            "FROM pg_class WHERE relkind = 'r' AND (relname = '{table}' OR relname LIKE '{table}\\_day\\_%')"
        );
        let dead = format!(
            "SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables WHERE relid IN (SELECT oid {of})"
        );
        let sum = |size: &str| format!("SELECT coalesce(sum({size}(oid)), 0) {of}");
        all.push(Space {
            table,
            rows: database.number(&format!("SELECT count(*) FROM {table}"))?,
            dead: database.number(&dead)?,
            table_bytes: database.number(&sum("pg_table_size"))? / messages,
            index_bytes: database.number(&sum("pg_indexes_size"))? / messages,
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(p99_ms: f64) -> Page {
        Page {
            title: "a page".to_owned(),
            p50_ms: 1.0,
            p99_ms,
        }
    }

    fn good() -> Large {
        Large {
            messages_count: 1_000_000,
            first_per_s: 20_000.0,
            last_per_s: 18_000.0,
            pages: vec![page(3.0), page(50.0)],
            html_pages: vec![page(20.0), page(2.0)],
            live: Some(Live {
                without_per_s: 20_000.0,
                with_per_s: 19_000.0,
            }),
            of_database: None,
        }
    }

    fn missed(large: &Large) -> Vec<&'static str> {
        let missed = judge(large).into_iter().filter(|verdict| !verdict.is_met());
        missed.map(|verdict| verdict.figure).collect()
    }

    #[test]
    fn each_figure_of_many_rows_has_its_limit() {
        assert!(missed(&good()).is_empty());
        let slow = Large {
            last_per_s: 17_900.0,
            pages: vec![page(50.1)],
            html_pages: vec![page(1.0), page(20.1)],
            live: Some(Live {
                without_per_s: 20_000.0,
                with_per_s: 18_900.0,
            }),
            ..good()
        };
        assert_eq!(missed(&slow).len(), 4);
        let none = Large {
            html_pages: Vec::new(),
            live: None,
            ..good()
        };
        assert_eq!(missed(&none), ["p99 of the slowest HTML page"]);
    }
}
