//! One node on one core, and two on a core each: each has a load of its own, with its own receiver.

use std::process::Stdio;

use anyhow::{Context, Result};

use super::large::per_second;
use super::servers::{Server, Sink};
use super::{Bench, read_report};
use crate::cluster::Cluster;

/// Rounds, of which the median is taken.
const ROUNDS_COUNT: usize = 3;

/// Deliveries a second of one node, and of two.
pub(super) fn measure(bench: &Bench, cluster: &Cluster, messages: u64) -> Result<(f64, f64)> {
    let sinks = [Sink::start()?, Sink::start()?];
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS_COUNT {
        let database = cluster.database()?;
        let node = Server::start_pinned(&bench.folder, database.url(), 0)?.with_key()?;
        one.push(together(bench, [&node, &node], &sinks, messages)?);
        node.stop()?;
        drop(database);

        let database = cluster.database()?;
        let node = Server::start_pinned(&bench.folder, database.url(), 0)?.with_key()?;
        let other = node.start_beside(&bench.folder, 1)?;
        two.push(together(bench, [&node, &other], &sinks, messages)?);
        other.stop()?;
        node.stop()?;
        drop(database);
        eprintln!(
            "    one node {:.0}/s, two {:.0}/s",
            one[one.len() - 1],
            two[two.len() - 1]
        );
    }
    let median = |values: &[f64]| super::figures::median(values).unwrap_or(f64::NAN);
    Ok((median(&one), median(&two)))
}

/// Two loads at the same time. What both get delivered.
fn together(bench: &Bench, nodes: [&Server; 2], sinks: &[Sink; 2], messages: u64) -> Result<f64> {
    let mut loads = Vec::new();
    for (node, sink) in nodes.into_iter().zip(sinks) {
        let mut load = bench.load_command(node, sink, messages, &["--concurrency", "64"]);
        let load = load.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        loads.push(load.context("could not start hookbench")?);
    }
    let mut sum = 0.0;
    for load in loads {
        let output = load.wait_with_output().context("hookbench did not end")?;
        sum += per_second(&read_report(&output)?)?;
    }
    Ok(sum)
}
