//! What the cases print, one JSON object a line, and what it says of each operation.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The SDKs by the names that the cases give them.
pub(super) const SDKS: [&str; 3] = ["python", "python-async", "js"];

/// How a case ended for one of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Passed,
    Failed,
    /// The server does not have the operation.
    Missing,
    /// The server does not have another one that the case needs.
    Blocked,
}

#[derive(Debug, Deserialize)]
pub(super) struct Line {
    operation: String,
    call: String,
    case: String,
    /// `happy`, or the status of a refusal.
    promise: String,
    sdk: String,
    outcome: Outcome,
    reason: String,
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sdk,
            call,
            case,
            reason,
            ..
        } = self;
        write!(formatter, "{sdk}: {call}: {case}: {reason}")
    }
}

/// All lines of all SDKs.
#[derive(Debug, Default)]
pub(super) struct Results {
    lines: Vec<Line>,
}

/// What is known of one operation.
#[derive(Debug, Default)]
pub(super) struct Operation {
    /// Whether a happy case has passed, and none found it missing.
    pub(super) is_there: bool,
    /// For each SDK, the calls that are this operation, and how many of their cases have passed.
    pub(super) tried: BTreeMap<&'static str, u64>,
}

impl Results {
    pub(super) fn read(&mut self, text: &str) -> Result<()> {
        for line in text.lines() {
            let line = serde_json::from_str(line)
                .with_context(|| format!("the cases print what is no result: {line}"))?;
            self.lines.push(line);
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn failed(&self) -> impl Iterator<Item = &Line> {
        let has_failed = |line: &&Line| line.outcome == Outcome::Failed;
        self.lines.iter().filter(has_failed)
    }

    pub(super) fn count(&self, outcome: Outcome) -> u64 {
        self.lines
            .iter()
            .map(|line| u64::from(line.outcome == outcome))
            .sum()
    }

    /// The operations of all SDKs by method and path.
    pub(super) fn operations(&self) -> BTreeMap<&str, Operation> {
        let mut operations: BTreeMap<&str, Operation> = BTreeMap::new();
        let is_happy = |line: &&Line| line.promise == "happy";
        for line in self.lines.iter().filter(is_happy) {
            let operation = operations.entry(&line.operation).or_default();
            operation.is_there |= line.outcome == Outcome::Passed;
        }
        for line in &self.lines {
            let operation = operations.entry(&line.operation).or_default();
            operation.is_there &= line.outcome != Outcome::Missing;
            if let Some(sdk) = SDKS.into_iter().find(|sdk| *sdk == line.sdk) {
                let has_passed = line.outcome == Outcome::Passed;
                *operation.tried.entry(sdk).or_default() += u64::from(has_passed);
            }
        }
        operations
    }

    pub(super) fn summary(&self) -> String {
        let operations = self.operations();
        let there = operations.values().filter(|operation| operation.is_there);
        format!(
            "Svix SDKs: {} of {} operations are there; {} cases passed, {} failed, {} for what is missing",
            there.count(),
            operations.len(),
            self.count(Outcome::Passed),
            self.count(Outcome::Failed),
            self.count(Outcome::Missing) + self.count(Outcome::Blocked),
        )
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn results(lines: &[[&str; 4]]) -> Results {
        let mut results = Results::default();
        for [operation, sdk, promise, outcome] in lines {
            let line = serde_json::json!({
                "operation": operation, "sdk": sdk, "promise": promise, "outcome": outcome,
                "call": "a.b", "case": "c", "reason": "because",
            });
            results.read(&line.to_string()).unwrap();
        }
        results
    }

    #[test]
    fn an_operation_is_there_only_if_a_happy_case_passed_and_none_missed_it() {
        let results = results(&[
            ["GET /a", "js", "happy", "passed"],
            ["GET /a", "js", "404", "failed"],
            ["GET /b", "js", "401", "passed"],
            ["GET /b", "js", "happy", "missing"],
            ["GET /c", "js", "happy", "passed"],
            ["GET /c", "python", "happy", "missing"],
            ["GET /d", "python", "happy", "blocked"],
        ]);
        let operations = results.operations();
        let there = ["GET /a", "GET /b", "GET /c", "GET /d"].map(|name| operations[name].is_there);
        assert_eq!(there, [true, false, false, false]);
        assert_eq!(operations["GET /a"].tried["js"], 1);
        assert_eq!(results.count(Outcome::Failed), 1);
        let failed: Vec<String> = results.failed().map(ToString::to_string).collect();
        assert_eq!(failed, ["js: a.b: c: because"]);
    }

    #[test]
    fn what_is_no_result_is_an_error() {
        assert!(Results::default().read("Traceback").is_err());
    }
}
