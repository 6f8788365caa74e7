//! `cargo xtask five-products`: what the five source products do, checked row by row as a customer would
//! check it, against the running program over HTTP.
//!
//! The rows are in `five_products/rows.rs`; the tests say by their names which rows they show
//! (`five_products/checks.rs`), and so do the checks that use the pages in a browser (`e2e/`). docs/five-products.md is
//! the table of all, and a test holds it equal. A row of which a page must show a part says so, and one that only a page
//! can show passes only if a browser has shown it.

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

/// How each test ended, by its name without its modules, and each check of a browser.
pub(crate) type Outcomes = BTreeMap<String, bool>;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let found = Found::find()?;
    if options.write {
        fs::write(document(), render(&found)).context("could not write the table")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut names: Vec<String> = found.tests.values().flatten().cloned().collect();
    names.sort();
    names.dedup();
    let mut outcomes = crate::test::run_named(&names)?;
    outcomes.extend(crate::e2e::run_in_tests()?.1);
    let failed = report(&found, &outcomes);
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints each row with its result, after a run of all tests; gives how many rows failed.
pub(crate) fn report_after(outcomes: &Outcomes) -> Result<u64> {
    Ok(report(&Found::find()?, outcomes))
}

/// What shows the rows.
struct Found {
    /// Tests of the program over HTTP.
    tests: Checks,
    /// Checks of the pages in a browser.
    browser: Checks,
}

impl Found {
    fn find() -> Result<Self> {
        Ok(Self {
            tests: checks::in_folder(&folders::root().join("crates/tidings/tests/it"))?,
            browser: checks::in_browser(&folders::root().join("e2e"))?,
        })
    }
}

fn document() -> PathBuf {
    folders::root().join("docs/five-products.md")
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    /// A part of it waits for a browser to show it.
    OverHttp,
    Failed,
    /// It waits for a browser to show it.
    Page,
}

fn outcome(row: &Row, found: &Found, outcomes: &Outcomes) -> Outcome {
    let has_passed = |test: &String| outcomes.get(test) == Some(&true);
    let all_have = |checks: &Checks| {
        let names = checks.get(row.id);
        names.map(|names| names.iter().all(has_passed))
    };
    let over_http = match row.page {
        Page::All(_) => Some(true),
        Page::None | Page::Half(_) => all_have(&found.tests),
    };
    match (over_http, all_have(&found.browser), row.page) {
        (Some(true), Some(true), _) | (Some(true), None, Page::None) => Outcome::Passed,
        (Some(true), None, Page::Half(_)) => Outcome::OverHttp,
        (Some(true), None, Page::All(_)) => Outcome::Page,
        _ => Outcome::Failed,
    }
}

fn report(found: &Found, outcomes: &Outcomes) -> u64 {
    let (mut passed, mut failed, mut pages) = (0, 0, 0);
    for row in PRODUCTS.iter().flat_map(|product| product.rows) {
        let (word, count) = match outcome(row, found, outcomes) {
            Outcome::Passed => ("passed", &mut passed),
            Outcome::OverHttp => ("passed over the API", &mut passed),
            Outcome::Failed => ("FAILED", &mut failed),
            Outcome::Page => ("page", &mut pages),
        };
        *count += 1;
        println!("{:<6} {word:<20} {}", row.id, row.what);
    }
    println!("five products: {passed} rows passed, {failed} failed, {pages} wait for a page");
    failed
}

/// docs/five-products.md.
fn render(found: &Found) -> String {
    let mut text = String::from(
        "# The five products\n\n\
         Tidings does what the webhooks of five real products do: a communication device, a travel platform, an event\n\
         platform, a contact centre, and a maker of exams. Each row is one capability with what shows it: tests in\n\
         `crates/tidings/tests/it`, which run the program and use it over HTTP as a customer would, and checks in `e2e/`,\n\
         which use its pages in a browser as people do.\n\n\
         ```sh\n\
         cargo xtask five-products            # runs them and prints each row with its result\n\
         cargo xtask five-products --write    # writes this page anew from the rows and the names of tests and checks\n\
         ```\n\n\
         `cargo xtask test` does so too. A row of which only a page can show a part says which; until a browser shows it,\n\
         it is checked over the API alone, and a row that is all page is not counted as passed. Rows with an `x` are from\n\
         further public documents of the products.\n",
    );
    for product in &PRODUCTS {
        let _ = write!(
            text,
            "\n## {}\n\n| Id | What | Tests | On a page | In the browser |\n|---|---|---|---|---|\n",
            product.name
        );
        for row in product.rows {
            let names = |checks: &Checks| {
                let names = checks.get(row.id).map_or(&[][..], Vec::as_slice);
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                names.join(", ")
            };
            let page = match row.page {
                Page::None => "",
                Page::Half(page) | Page::All(page) => page,
            };
            let (tests, browser) = (names(&found.tests), names(&found.browser));
            let browser = if browser.is_empty() && !page.is_empty() {
                "waits".to_owned()
            } else {
                browser
            };
            let _ = writeln!(
                text,
                "| {} | {} | {tests} | {page} | {browser} |",
                row.id, row.what
            );
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
            written == render(&Found::find().unwrap()),
            "docs/five-products.md is old; run `cargo xtask five-products --write`"
        );
    }

    #[test]
    fn every_row_has_a_test_unless_only_a_page_can_show_it_and_every_test_a_row() {
        let found = Found::find().unwrap();
        let rows = || PRODUCTS.iter().flat_map(|product| product.rows);
        for row in rows() {
            let is_page = matches!(row.page, Page::All(_));
            assert!(is_page || found.tests.contains_key(row.id), "{}", row.id);
        }
        for (id, tests) in found.tests.iter().chain(&found.browser) {
            assert!(rows().any(|row| row.id == id), "{id}: {tests:?}");
        }
    }

    #[test]
    fn a_row_passes_only_if_all_that_shows_it_has() {
        let row = |page| Row {
            id: "EL-1",
            what: "",
            page,
        };
        let checks = |names: &[&str]| -> Checks {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let pairs = (!names.is_empty()).then(|| ("EL-1".to_owned(), names));
            pairs.into_iter().collect()
        };
        let of = |page, tests: &[&str], browser: &[&str], passed: &[&str]| {
            let found = Found {
                tests: checks(tests),
                browser: checks(browser),
            };
            let passed = passed.iter().map(|name| ((*name).to_owned(), true));
            outcome(&row(page), &found, &passed.collect())
        };
        let both = ["a", "b"];
        for (page, alone) in [
            (Page::None, Outcome::Passed),
            (Page::Half("x"), Outcome::OverHttp),
        ] {
            assert_eq!(of(page, &both, &[], &both), alone);
            assert_eq!(of(page, &both, &[], &["a"]), Outcome::Failed, "b did not");
            assert_eq!(
                of(page, &[], &[], &both),
                Outcome::Failed,
                "nothing shows it"
            );
            assert_eq!(of(page, &["a"], &["b"], &both), Outcome::Passed);
            assert_eq!(of(page, &["a"], &["b"], &["a"]), Outcome::Failed);
        }
        let page = Page::All("x");
        assert_eq!(of(page, &[], &[], &[]), Outcome::Page);
        assert_eq!(of(page, &[], &["b"], &["b"]), Outcome::Passed);
        assert_eq!(of(page, &[], &["b"], &[]), Outcome::Failed);
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
