//! Counts passed and failed tests, from what the test runners themselves report.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::ops::AddAssign;

use anyhow::{Context, Result};

/// How many tests passed and failed. Tests that were not selected are in neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Count {
    /// For a run that did not get as far as its tests.
    pub(crate) const ONE_FAILURE: Self = Self {
        passed: 0,
        failed: 1,
    };
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Reads the totals at the top of nextest's `JUnit` report. A test that timed out counts as failed, one that
/// could not be started as an error; for us both failed.
pub(crate) fn from_junit(report: &str) -> Result<Count> {
    let from = report.find("<testsuites").context("no <testsuites")?;
    let tag = report[from..].split('>').next().unwrap_or_default();
    let number = |name: &str| -> Result<u64> {
        let key = format!(" {name}=\"");
        let value = tag
            .split(&key)
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let value = value.with_context(|| format!("no {name} in {tag}"))?;
        value.parse().with_context(|| format!("{name} is {value}"))
    };
    let failed = number("failures")? + number("errors")?;
    let passed = number("tests")?
        .checked_sub(failed)
        .context("more failures than tests")?;
    Ok(Count { passed, failed })
}

/// Copies cargo test's output to stdout as it comes, and adds up its `test result:` lines.
pub(crate) fn from_libtest(output: impl Read) -> Result<Count> {
    let mut count = Count::default();
    for line in BufReader::new(output).lines() {
        let line = line.context("could not read the test runner's output")?;
        println!("{line}");
        count += read_result_line(&line).unwrap_or_default();
    }
    Ok(count)
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`
fn read_result_line(line: &str) -> Option<Count> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let number = |word: &str| {
        let mut parts = counts.split("; ");
        let part = parts.find_map(|part| part.strip_suffix(word))?;
        part.trim().parse().ok()
    };
    Some(Count {
        passed: number("passed")?,
        failed: number("failed")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junit_totals_count_failures_and_errors_as_failed() {
        let report = r#"<?xml version="1.0"?>
            <testsuites name="nextest-run" tests="12" failures="2" errors="1" uuid="x" time="0.1">
                <testsuite name="a" tests="1" failures="9" errors="9"/>
            </testsuites>"#;
        let count = from_junit(report).unwrap();
        assert_eq!(
            count,
            Count {
                passed: 9,
                failed: 3
            }
        );
        assert_eq!(count.to_string(), "9 passed, 3 failed");
    }

    #[test]
    fn a_report_without_totals_is_an_error() {
        assert!(from_junit("<testsuites tests=\"1\">").is_err());
        assert!(from_junit("").is_err());
    }

    #[test]
    fn libtest_results_are_added_up() {
        let output = "running 2 tests\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out\n";
        let count = from_libtest(output.as_bytes()).unwrap();
        assert_eq!(
            count,
            Count {
                passed: 3,
                failed: 3
            }
        );
    }
}
