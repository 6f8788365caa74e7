//! Which tests show which rows: a test says so by the beginning of its name, `el_12_…`, `th_3_th_17_thx_8_…`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The tests of each row, by the ids that their names begin with.
pub(super) type Checks = BTreeMap<String, Vec<String>>;

/// Every test below a folder whose name begins with an id.
pub(super) fn in_folder(folder: &Path) -> Result<Checks> {
    let mut checks = Checks::new();
    read_folder(folder, &mut checks)?;
    for tests in checks.values_mut() {
        tests.sort();
    }
    Ok(checks)
}

fn read_folder(folder: &Path, checks: &mut Checks) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(&path, checks)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            for name in tests_in(&text) {
                for id in ids_of(name) {
                    checks.entry(id).or_default().push(name.to_owned());
                }
            }
        }
    }
    Ok(())
}

/// Every check of a browser in a folder whose name begins with an id: `check("WK-16 WK-17 disabled…", …`.
pub(super) fn in_browser(folder: &Path) -> Result<Checks> {
    let mut checks = Checks::new();
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "mjs") {
            let text = fs::read_to_string(&path)?;
            for part in text.split("check(\"").skip(1) {
                let name = part.split('"').next().unwrap_or_default();
                for id in browser_ids_of(name) {
                    checks
                        .entry(id.to_owned())
                        .or_default()
                        .push(name.to_owned());
                }
            }
        }
    }
    for names in checks.values_mut() {
        names.sort();
        names.dedup();
    }
    Ok(checks)
}

/// The ids that the name of a browser's check begins with; they are written as the requirement writes them.
fn browser_ids_of(name: &str) -> impl Iterator<Item = &str> {
    name.split(' ').take_while(|word| {
        let id = word.split_once('-');
        id.is_some_and(|(product, number)| {
            ["TC", "TCx", "WK", "EI", "TH", "THx", "EL"].contains(&product)
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

/// The names of functions that are tests: those behind an attribute that ends in `test`, or has arguments.
fn tests_in(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("test]\n").skip(1);
    let with_arguments = text.split("#[tokio::test(").skip(1);
    parts.chain(with_arguments).filter_map(|part| {
        let (before, rest) = part.split_once("fn ")?;
        // Only further attributes may stand between; anything else is another function.
        let is_next = !before.contains('{') && !before.contains("fn ");
        let name = rest.split(['(', '<']).next()?;
        is_next.then_some(name)
    })
}

/// The ids that a name begins with, as the requirement writes them.
pub(super) fn ids_of(name: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut words = name.split('_');
    while let (Some(product), Some(number)) = (words.next(), words.next()) {
        let product = match product {
            "tc" => "TC",
            "tcx" => "TCx",
            "wk" => "WK",
            "ei" => "EI",
            "th" => "TH",
            "thx" => "THx",
            "el" => "EL",
            _ => break,
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        ids.push(format!("{product}-{number}"));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_with_the_ids_that_it_shows() {
        assert_eq!(ids_of("el_12_a_plan"), ["EL-12"]);
        assert_eq!(ids_of("th_3_th_17_thx_8_every"), ["TH-3", "TH-17", "THx-8"]);
        for none in ["a_test_of_el_12", "el_a", "tc", "el_", "wk_1x_b", "xx_1_a"] {
            assert!(ids_of(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn the_name_of_a_browsers_check_begins_with_ids_as_well() {
        let ids = |name| browser_ids_of(name).collect::<Vec<_>>();
        assert_eq!(ids("WK-16 EI-9 changed, as TC-1"), ["WK-16", "EI-9"]);
        for none in ["page WK-16", "WK-x a", "wk-1 a", "WK- a", ""] {
            assert!(ids(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn only_functions_that_are_tests_are_found() {
        let text = "#[tokio::test]\nasync fn el_1_a() {}\n\nasync fn el_2_no_test() {}\n\
            #[tokio::test(flavor = \"x\")]\n#[ignore]\nasync fn el_3_b() {}\n#[test]\nfn el_4_c() {}\n";
        let mut found: Vec<&str> = tests_in(text).collect();
        found.sort_unstable();
        assert_eq!(found, ["el_1_a", "el_3_b", "el_4_c"]);
    }
}
