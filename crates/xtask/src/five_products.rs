//! `cargo xtask five-products`: what the five source products do, checked row by row as a customer would
//! check it, against the running program over HTTP.
//!
//! The rows are in `five_products/rows.rs`; the tests say by their names which rows they show
//! (`five_products/checks.rs`). docs/five-products.md is the table of both, and a test holds it equal. A row
//! of which a page must show a part says so, and one that only a page can show is never counted as passed.

mod checks;
mod rows;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::folders;
use checks::Checks;
use rows::{PRODUCTS, Page, Row};

/// What to do.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write docs/five-products.md anew and run nothing
    #[arg(long)]
    write: bool,
}

/// How each test ended, by its name without its modules.
pub(crate) type Outcomes = BTreeMap<String, bool>;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let checks = find_checks()?;
    if options.write {
        fs::write(document(), render(&checks)).context("could not write the table")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut names: Vec<String> = checks.values().flatten().cloned().collect();
    names.sort();
    names.dedup();
    let outcomes = crate::test::run_named(&names)?;
    let failed = report(&checks, &outcomes);
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints each row with its result, after a run of all tests; gives how many rows failed.
pub(crate) fn report_after(outcomes: &Outcomes) -> Result<u64> {
    Ok(report(&find_checks()?, outcomes))
}

fn find_checks() -> Result<Checks> {
    checks::in_folder(&folders::root().join("crates/tidings/tests/it"))
}

fn document() -> PathBuf {
    folders::root().join("docs/five-products.md")
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// Only a page can show it.
    Page,
}

fn outcome(row: &Row, checks: &Checks, outcomes: &Outcomes) -> Outcome {
    match row.page {
        Page::All(_) => return Outcome::Page,
        Page::None | Page::Half(_) => {}
    }
    let tests = checks.get(row.id).map_or(&[][..], Vec::as_slice);
    let has_passed = |test: &String| outcomes.get(test) == Some(&true);
    if !tests.is_empty() && tests.iter().all(has_passed) {
        Outcome::Passed
    } else {
        Outcome::Failed
    }
}

fn report(checks: &Checks, outcomes: &Outcomes) -> u64 {
    let (mut passed, mut failed, mut pages) = (0, 0, 0);
    for row in PRODUCTS.iter().flat_map(|product| product.rows) {
        let (word, count) = match (outcome(row, checks, outcomes), row.page) {
            (Outcome::Passed, Page::Half(_)) => ("passed over the API", &mut passed),
            (Outcome::Passed, _) => ("passed", &mut passed),
            (Outcome::Failed, _) => ("FAILED", &mut failed),
            (Outcome::Page, _) => ("page", &mut pages),
        };
        *count += 1;
        println!("{:<6} {word:<20} {}", row.id, row.what);
    }
    println!("five products: {passed} rows passed, {failed} failed, {pages} wait for the pages");
    failed
}

/// docs/five-products.md.
fn render(checks: &Checks) -> String {
    let mut text = String::from(
        "# The five products\n\n\
         Tidings does what the webhooks of five real products do: a communication device, a travel platform, an event\n\
         platform, a contact centre, and a maker of exams. Each row is one capability with the tests that show it, in\n\
         `crates/tidings/tests/it`: they run the program and use it over HTTP as a customer would.\n\n\
         ```sh\n\
         cargo xtask five-products            # runs them and prints each row with its result\n\
         cargo xtask five-products --write    # writes this page anew from the rows and the names of the tests\n\
         ```\n\n\
         `cargo xtask test` does so too. What only a page can show waits for the pages, which are not there yet: rows of\n\
         which that is a part are checked over the API, and rows of which it is all are not counted as passed. Rows with\n\
         an `x` are from further public documents of the products.\n",
    );
    for product in &PRODUCTS {
        let _ = write!(
            text,
            "\n## {}\n\n| Id | What | Shown by | Waits for the pages |\n|---|---|---|---|\n",
            product.name
        );
        for row in product.rows {
            let tests = checks.get(row.id).map_or(&[][..], Vec::as_slice);
            let tests: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
            let (tests, page) = match row.page {
                Page::None => (tests.join(", "), ""),
                Page::Half(page) => (tests.join(", "), page),
                Page::All(page) => ("page".to_owned(), page),
            };
            let _ = writeln!(text, "| {} | {} | {tests} | {page} |", row.id, row.what);
        }
    }
    text
}

/// Reads nextest's report: how each test ended. One that ran twice has passed only if both did.
pub(crate) fn outcomes_from_junit(report: &str) -> Result<Outcomes> {
    let mut outcomes = Outcomes::new();
    for part in report.split("<testcase ").skip(1) {
        let name = part.split_once("name=\"");
        let name = name.and_then(|(_, rest)| rest.split('"').next());
        let name = name.context("a test in the report has no name")?;
        let name = name.rsplit("::").next().unwrap_or(name);
        let has_failed = part.contains("<failure") || part.contains("<error");
        *outcomes.entry(name.to_owned()).or_insert(true) &= !has_failed;
    }
    ensure!(!outcomes.is_empty(), "the report has no tests");
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_the_docs_is_the_one_of_the_rows_and_tests() {
        let written = fs::read_to_string(document()).unwrap();
        assert!(
            written == render(&find_checks().unwrap()),
            "docs/five-products.md is old; run `cargo xtask five-products --write`"
        );
    }

    #[test]
    fn every_row_has_a_test_unless_only_a_page_can_show_it_and_every_test_a_row() {
        let checks = find_checks().unwrap();
        let rows = || PRODUCTS.iter().flat_map(|product| product.rows);
        for row in rows() {
            let waits = matches!(row.page, Page::All(_));
            assert_eq!(checks.contains_key(row.id), !waits, "{}", row.id);
        }
        for (id, tests) in &checks {
            assert!(rows().any(|row| row.id == id), "{id}: {tests:?}");
        }
    }

    #[test]
    fn a_row_passes_only_if_all_its_tests_have_and_a_page_never_does() {
        let rows = || PRODUCTS.iter().flat_map(|product| product.rows);
        let row = |id: &str| rows().find(|row| row.id == id).unwrap();
        let tests = |id: &str| vec![format!("{id}_a"), format!("{id}_b")];
        let checks: Checks = ["EL-1", "WK-2"].map(|id| (id.to_owned(), tests(id))).into();
        let of = |outcomes: &[(&str, bool)]| {
            let outcomes = outcomes
                .iter()
                .map(|(name, passed)| ((*name).to_owned(), *passed));
            let outcomes: Outcomes = outcomes.collect();
            (
                outcome(row("EL-1"), &checks, &outcomes),
                outcome(row("WK-2"), &checks, &outcomes),
                outcome(row("EL-2"), &checks, &outcomes),
            )
        };
        let (passed, failed, page) = (Outcome::Passed, Outcome::Failed, Outcome::Page);
        assert_eq!(
            of(&[("EL-1_a", true), ("EL-1_b", true)]),
            (passed, page, failed)
        );
        assert_eq!(
            of(&[("EL-1_a", true), ("EL-1_b", false)]),
            (failed, page, failed)
        );
        assert_eq!(
            of(&[("EL-1_a", true)]),
            (failed, page, failed),
            "one did not run"
        );
    }

    #[test]
    fn the_report_tells_how_each_test_ended() {
        let report = r#"<testsuites><testsuite name="tidings::it">
            <testcase name="accounts::wk_1_a" classname="tidings::it" time="0.1"/>
            <testcase name="plans::el_12_b" classname="tidings::it"><failure type="x"/></testcase>
            <testcase name="c" classname="d"></testcase></testsuite></testsuites>"#;
        let outcomes = outcomes_from_junit(report).unwrap();
        let expected = [("c", true), ("el_12_b", false), ("wk_1_a", true)];
        assert_eq!(
            outcomes,
            expected
                .map(|(name, passed)| (name.to_owned(), passed))
                .into()
        );
        assert!(outcomes_from_junit("<testsuites/>").is_err());
    }
}
