//! `cargo xtask tidy`: the rules of the project that no compiler checks.
//!
//! `walls` holds the layers apart by what each crate's Cargo.toml names, `files` looks at files as such,
//! `calls` at what Rust code says; `rust` reads Rust just well enough for that. Each check takes text and
//! returns findings, so that each has a test that shows it can fail.

mod calls;
mod files;
mod rust;
mod walls;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::{folders, stage};
use rust::RustFile;

/// One place that breaks a rule: where, what, why there is such a rule, and what to do.
#[derive(Debug)]
struct Finding {
    severity: Severity,
    file: String,
    line: usize,
    what: String,
    why: &'static str,
    fix: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Severity {
    Warning,
    Error,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            what,
            why,
            fix,
            ..
        } = self;
        let mark = match self.severity {
            Severity::Warning => "warning: ",
            Severity::Error => "",
        };
        write!(formatter, "{file}:{line}: {mark}{what}; {why}; {fix}")
    }
}

/// A file of the repository, by its path from the top.
struct File {
    path: String,
    text: String,
}

pub(crate) fn run() -> Result<ExitCode> {
    let root = folders::root();
    let files = read_files(&root)?;
    let findings = check(&files, &root);
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let errors = findings.iter().filter(is_error).count();
    for finding in &findings {
        println!("{finding}");
    }
    let warnings = findings.len() - errors;
    println!(
        "tidy: {} files, {errors} errors, {warnings} warnings",
        files.len()
    );
    Ok(if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn check(files: &[File], root: &Path) -> Vec<Finding> {
    let mut findings = walls::check(files);
    for file in files {
        findings.extend(files::check(file, root));
    }
    let mut rust_files: Vec<RustFile> = files.iter().filter_map(RustFile::read).collect();
    let test_modules: BTreeSet<String> =
        rust_files.iter().flat_map(RustFile::test_modules).collect();
    for file in &mut rust_files {
        file.is_test |= test_modules.iter().any(|module| file.is_module(module));
    }
    findings.extend(rust_files.iter().flat_map(calls::check));
    findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    findings
}

/// All files that git tracks or would track. Those that are not text are left out.
fn read_files(root: &Path) -> Result<Vec<File>> {
    let list = stage::read(Command::new("git").current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
    .context("tidy looks at the files that git knows, so it needs git and a checkout")?;
    let paths: BTreeSet<&str> = list.split('\0').filter(|path| !path.is_empty()).collect();
    let mut files = vec![];
    for path in paths {
        let full_path = root.join(path);
        // Removed but still in git's index.
        if !full_path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&full_path).with_context(|| format!("could not read {path}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(files)
}

/// The crate that a path lies in: `crates/NAME/…`.
fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?
        .split_once('/')
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn out_of_line_test_modules_are_tests() {
        let sleep = "//! Tests.\nfn waits() { std::thread::sleep(SECOND); }\n";
        let files = [
            file(
                "crates/tidings_store/src/lib.rs",
                "//! The store.\n#[cfg(test)]\nmod checks;\n",
            ),
            file("crates/tidings_store/src/checks.rs", sleep),
            file("crates/tidings_store/src/other.rs", sleep),
        ];
        let findings = check(&files, Path::new("/"));
        let places: Vec<_> = findings.iter().map(|f| (f.file.as_str(), f.line)).collect();
        assert_eq!(places, [("crates/tidings_store/src/checks.rs", 2)]);
    }

    #[test]
    fn a_finding_says_where_what_why_and_what_to_do() {
        let finding = Finding {
            severity: Severity::Error,
            file: "a.rs".to_owned(),
            line: 3,
            what: "what".to_owned(),
            why: "why",
            fix: "fix",
        };
        assert_eq!(finding.to_string(), "a.rs:3: what; why; fix");
    }

    #[test]
    fn the_crate_is_known_by_its_folder() {
        assert_eq!(crate_of("crates/xtask/src/main.rs"), Some("xtask"));
        assert_eq!(crate_of("bench/ceiling/src/main.rs"), None);
    }
}
