//! How far a copy is: a bar on a terminal, a line for each table elsewhere.

use std::time::{Duration, Instant};

use tidings_store::copy::{CopyProgress, CopySource, Table};

use crate::output;

/// How wide the bar is.
const BAR_WIDTH: u64 = 30;
/// How often it is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// Shows how far a copy is.
pub(super) struct Progress {
    is_terminal: bool,
    expected: Vec<(Table, u64)>,
    /// The table that is under way, with how many rows of it there were when it began.
    now: Option<(Table, u64, Instant)>,
    had: Vec<(Table, u64)>,
    drawn_at: Option<Instant>,
}

impl Progress {
    /// Nothing is shown yet.
    pub(super) fn start(source: &CopySource, tables: &[(Table, CopyProgress)]) -> Self {
        let had = tables
            .iter()
            .map(|(table, done)| (*table, done.checksum.rows));
        Self {
            is_terminal: output::is_terminal(),
            expected: source.rows.clone(),
            now: None,
            had: had.collect(),
            drawn_at: None,
        }
    }

    /// Shows that so much of a table is there.
    pub(super) fn show(&mut self, table: Table, done: &CopyProgress) {
        let rows = done.checksum.rows;
        if self.now.is_none_or(|(now, ..)| now != table) {
            let had = self.had.iter().find(|(one, _)| *one == table);
            let had = had.map_or(0, |(_, rows)| *rows);
            self.now = Some((table, had, Instant::now()));
            self.drawn_at = None;
        }
        if !self.is_terminal {
            if done.is_done {
                output::remark(format_args!("{table}: {rows} rows"));
            }
            return;
        }
        let is_time = self.drawn_at.is_none_or(|at| at.elapsed() >= DRAW_EVERY);
        if is_time || done.is_done {
            self.drawn_at = Some(Instant::now());
            output::redraw(self.line(table, rows, done.is_done));
        }
    }

    fn line(&self, table: Table, rows: u64, is_done: bool) -> String {
        let expected = self.expected.iter().find(|(one, _)| *one == table);
        let expected = match expected {
            Some((_, expected)) if !is_done => (*expected).max(rows).max(1),
            _ => rows.max(1),
        };
        let share = if is_done {
            BAR_WIDTH
        } else {
            rows * BAR_WIDTH / expected
        };
        let full = usize::try_from(share).unwrap_or_default();
        let rest = usize::try_from(BAR_WIDTH - share).unwrap_or_default();
        let speed = self.speed(rows);
        format!(
            "{:<16} [{}{}] {rows} rows, {speed} rows/s",
            table.name(),
            "#".repeat(full),
            " ".repeat(rest)
        )
    }

    /// Rows a second, of this run.
    fn speed(&self, rows: u64) -> u64 {
        let Some((_, had, began)) = self.now else {
            return 0;
        };
        let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        rows.saturating_sub(had).saturating_mul(1_000) / millis.max(1)
    }

    /// Leaves the bar as it is, and says what follows.
    pub(super) fn end(&self) {
        if self.is_terminal {
            output::remark("");
        }
        output::remark("Comparing");
    }
}

#[cfg(test)]
mod tests {
    use tidings_store::copy::Checksum;

    use super::*;

    #[test]
    fn the_bar_grows_with_the_rows_and_is_full_at_the_end() {
        let source = CopySource {
            state: String::new(),
            rows: vec![(Table::Message, 200)],
            recovered: 0,
        };
        let mut progress = Progress::start(&source, &[]);
        progress.is_terminal = false;
        let done = CopyProgress {
            checksum: Checksum { rows: 100, sum: 0 },
            ..CopyProgress::default()
        };
        progress.show(Table::Message, &done);
        let half = progress.line(Table::Message, 100, false);
        assert!(
            half.contains(&format!("[{}{}] 100 rows", "#".repeat(15), " ".repeat(15))),
            "{half}"
        );
        let full = progress.line(Table::Message, 150, true);
        assert!(
            full.contains(&format!("[{}] 150 rows", "#".repeat(30))),
            "{full}"
        );
    }
}
