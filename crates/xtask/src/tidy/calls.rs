//! Checks of what Rust code says: sleeping tests, SQL outside the stores, clocks and settings read in the
//! wrong place.

use super::files::has_word;
use super::rust::RustFile;
use super::{Finding, Severity};

/// A test may wait where it says for what.
const WAITS_FOR: &str = "// tidy: waits for ";

/// Reads of the clock that belong behind the `Clock` trait.
const CLOCK_READS: [&str; 4] = [
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "Utc::now",
];

pub(super) fn check(file: &RustFile) -> Vec<Finding> {
    let mut findings = sleeping_tests(file);
    findings.extend(sql_outside_stores(file));
    findings.extend(clock_and_settings(file));
    findings
}

fn sleeping_tests(file: &RustFile) -> Vec<Finding> {
    let mut findings = vec![];
    for (line, code) in numbered(&file.code) {
        let is_excused = file.lines[line - 1]
            .split_once(WAITS_FOR)
            .is_some_and(|(_, what)| !what.trim().is_empty());
        if file.is_test_line(line) && has_word(code, "sleep(") && !is_excused {
            findings.push(Finding {
                severity: Severity::Error,
                file: file.path.clone(),
                line,
                what: "a test sleeps".to_owned(),
                why: "it is slow when the machine is quick and fails when the machine is slow",
                fix: "step the manual clock, or wait for the condition; where only time helps, end the line with `// tidy: waits for …`",
            });
        }
    }
    findings
}

fn sql_outside_stores(file: &RustFile) -> Vec<Finding> {
    // The test kit and the bench look behind the back of the program, which is what they are for.
    let is_behind = file.krate == "tidings_testkit"
        || file.path.contains("/xtask/src/bench/")
        || file.path.ends_with("/xtask/src/cluster.rs");
    if file.krate.starts_with("tidings_store") || is_behind {
        return vec![];
    }
    let mut findings = vec![];
    for string in &file.strings {
        if let Some(words) = sql_in(&string.text) {
            findings.push(Finding {
                severity: Severity::Error,
                file: file.path.clone(),
                line: string.line,
                what: format!("SQL (`{words}`)"),
                why: "every business step is one method of the Store trait, the same on each back end",
                fix: "add a method to the trait and put the statement into the store crates",
            });
        }
    }
    findings
}

/// Which SQL statement a string holds, if any. Keywords are upper case in this project.
fn sql_in(text: &str) -> Option<&'static str> {
    let text = text.replace("\\n", " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ") + " ";
    let simple = [
        concat!("SEL", "ECT "),
        concat!("INSERT ", "INTO "),
        concat!("DELETE ", "FROM "),
    ];
    let update = concat!("UPD", "ATE ");
    let is_update = || {
        let rest = text.split_once(update).map(|(_, rest)| rest);
        has_word(&text, update) && rest.is_some_and(|rest| rest.contains(" SET "))
    };
    match simple.iter().find(|words| has_word(&text, words)) {
        Some(words) => Some(words.trim_end()),
        None => is_update().then_some(update.trim_end()),
    }
}

fn clock_and_settings(file: &RustFile) -> Vec<Finding> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let is_free = ["xtask", "tidings_testkit"].contains(&file.krate.as_str()) || name == "build.rs";
    if is_free {
        return vec![];
    }
    let is_config = name == "config.rs" || file.path.contains("/config/");
    let mut findings = vec![];
    for (line, code) in numbered(&file.code) {
        if file.is_test_line(line) {
            continue;
        }
        let clock_read = CLOCK_READS.iter().find(|read| has_word(code, read));
        if let Some(read) = clock_read
            && name != "clock.rs"
        {
            findings.push(Finding {
                severity: Severity::Error,
                file: file.path.clone(),
                line,
                what: format!("`{read}`"),
                why: "code that reads the clock cannot be tested at another time",
                fix: "take `now` or a `&dyn Clock`; only clock.rs reads the clock",
            });
        }
        if reads_environment(code) && !is_config {
            findings.push(Finding {
                severity: Severity::Error,
                file: file.path.clone(),
                line,
                what: "`std::env`".to_owned(),
                why: "settings come in at one place, where they are documented and checked",
                fix: "add a key to config.rs and pass the value on",
            });
        }
    }
    findings
}

fn reads_environment(code: &str) -> bool {
    let is_import = |line: &str| line.contains("use std::{") && has_word(line, "env");
    let is_path = has_word(code, "std::env") && !code.contains("std::env!");
    is_path || has_word(code, "env::var") || has_word(code, "env::var_os") || is_import(code)
}

/// Lines with their numbers, from 1.
fn numbered(lines: &[String]) -> impl Iterator<Item = (usize, &str)> {
    let lines = lines.iter().map(String::as_str).enumerate();
    lines.map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::super::File;
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<(usize, String)> {
        let file = File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let file = RustFile::read(&file).unwrap();
        let findings = check(&file).into_iter();
        findings
            .map(|finding| (finding.line, finding.what))
            .collect()
    }

    #[test]
    fn tests_do_not_sleep() {
        let text = "fn a() {\n    tokio::time::sleep(WAIT).await;\n}\n";
        let sleeps = [(2, "a test sleeps".to_owned())];
        assert_eq!(findings("crates/a/tests/it/b.rs", text), sleeps);
        assert!(findings("crates/a/src/b.rs", text).is_empty());
        let in_module = format!("#[cfg(test)]\nmod tests {{\n{text}}}\n{text}");
        assert_eq!(findings("crates/a/src/b.rs", &in_module).len(), 1);
    }

    #[test]
    fn a_wait_that_says_for_what_is_fine() {
        let line = |comment: &str| format!("fn a() {{ sleep(WAIT); {comment}\n}}\n");
        let excused = line("// tidy: waits for the kernel to close the port");
        assert!(findings("crates/a/tests/b.rs", &excused).is_empty());
        assert_eq!(
            findings("crates/a/tests/b.rs", &line("// tidy: waits for ")).len(),
            1
        );
        assert_eq!(findings("crates/a/tests/b.rs", &line("// waits")).len(), 1);
    }

    #[test]
    fn sql_stays_in_the_stores() {
        let statements = [
            concat!("SEL", "ECT id FROM message"),
            concat!("SEL", "ECT\n    id"),
            concat!("INSERT", " INTO message"),
            concat!("DELETE", " FROM message"),
            concat!("UPD", "ATE message\n SET a = 1"),
        ];
        for statement in statements {
            let text = format!("fn a() {{\n    run(\"{statement}\");\n}}\n");
            let found = findings("crates/tidings_api/src/b.rs", &text);
            assert_eq!(found.len(), 1, "{statement}");
            assert_eq!(found[0].0, 2);
            assert!(findings("crates/tidings_store_sqlite/src/b.rs", &text).is_empty());
            assert!(findings("crates/tidings_testkit/src/b.rs", &text).is_empty());
        }
    }

    #[test]
    fn prose_is_no_sql() {
        for prose in [
            "Select a plan",
            "UPDATE of records",
            "events: new, UPDATE, DELETE",
            "<select name>",
        ] {
            let text = format!("fn a() {{ run(\"{prose}\"); }}\n");
            assert!(
                findings("crates/tidings_web/src/b.rs", &text).is_empty(),
                "{prose}"
            );
        }
        let comment = concat!("// SEL", "ECT 1\n");
        assert!(findings("crates/tidings_web/src/b.rs", comment).is_empty());
    }

    #[test]
    fn only_clock_rs_reads_the_clock() {
        for read in CLOCK_READS {
            let text = format!("fn a() {{ std::time::{read}(); }}\n");
            assert_eq!(
                findings("crates/a/src/b.rs", &text),
                [(1, format!("`{read}`"))]
            );
            assert!(findings("crates/a/src/clock.rs", &text).is_empty());
            assert!(findings("crates/tidings_testkit/src/b.rs", &text).is_empty());
            assert!(findings("crates/a/tests/b.rs", &text).is_empty());
        }
    }

    #[test]
    fn only_config_reads_the_environment() {
        let reads = [
            "let a = std::env::var(\"A\");",
            "use std::env;",
            "use std::{env, fs};",
            "let a = env::var_os(\"A\");",
        ];
        for read in reads {
            assert_eq!(
                findings("crates/a/src/b.rs", read),
                [(1, "`std::env`".to_owned())]
            );
            assert!(findings("crates/a/src/config.rs", read).is_empty());
            assert!(findings("crates/a/src/config/file.rs", read).is_empty());
            assert!(findings("crates/xtask/src/b.rs", read).is_empty());
        }
        assert!(findings("crates/a/src/b.rs", "let a = env!(\"CARGO_PKG_VERSION\");").is_empty());
    }
}
