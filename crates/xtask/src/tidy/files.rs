//! Checks of files as such: headers, length, names, words left behind, paths of one machine.

use std::path::Path;

use super::{File, Finding, Severity, crate_of};

/// Above the first a file is to be split soon, above the second at once.
const LINES_WARN: usize = 400;
const LINES_MAX: usize = 600;

/// Endings of files that people write code in, where unfinished work hides.
const CODE_ENDINGS: [&str; 12] = [
    "rs", "toml", "sql", "c", "h", "html", "css", "js", "ts", "py", "sh", "yml",
];

/// Marks of unfinished work. (Put together from parts, so that this file does not contain them.)
const UNFINISHED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!("),
    concat!("un", "implemented!("),
    concat!("#[ig", "nore"),
];

pub(super) fn check(file: &File, root: &Path) -> Vec<Finding> {
    let mut findings = paths_of_a_machine(file, root);
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if CODE_ENDINGS.contains(&ending) {
        findings.extend(unfinished(file));
    }
    if ending == "rs" && crate_of(&file.path).is_some() {
        findings.extend(shape(file, name));
    }
    findings
}

fn shape(file: &File, name: &str) -> Vec<Finding> {
    let mut findings = vec![];
    if !file.text.starts_with("//!") {
        findings.push(Finding {
            severity: Severity::Error,
            file: file.path.clone(),
            line: 1,
            what: "no `//!` header".to_owned(),
            why: "a file says what it is for and how it fits before it says anything else",
            fix: "begin it with `//!` and a sentence or two",
        });
    }
    let lines = file.text.lines().count();
    if lines > LINES_WARN {
        let is_over = lines > LINES_MAX;
        findings.push(Finding {
            severity: if is_over {
                Severity::Error
            } else {
                Severity::Warning
            },
            file: file.path.clone(),
            line: lines,
            what: format!("{lines} lines ({LINES_WARN} wanted, {LINES_MAX} at most)"),
            why: "one file holds one idea",
            fix: "split it: `name.rs` and a folder `name/`",
        });
    }
    if name == "mod.rs" {
        findings.push(Finding {
            severity: Severity::Error,
            file: file.path.clone(),
            line: 1,
            what: "a `mod.rs`".to_owned(),
            why: "ten files of one name cannot be told apart in an editor",
            fix: "name it after its module, beside the folder",
        });
    }
    findings
}

fn unfinished(file: &File) -> Vec<Finding> {
    find_words(file, &UNFINISHED, |word| Finding {
        severity: Severity::Error,
        file: file.path.clone(),
        line: 0,
        what: format!("`{word}`"),
        why: "what is committed is finished, and a test that is switched off proves nothing",
        fix: "do it now, or write an issue and take the mark out",
    })
}

/// Nothing may depend on, or tell of, the machine it was written on.
fn paths_of_a_machine(file: &File, root: &Path) -> Vec<Finding> {
    let mut paths = vec![
        concat!("../", "shared").to_owned(),
        concat!("/wo", "rk/").to_owned(),
        concat!("/ro", "ot/").to_owned(),
        concat!("/ho", "me/").to_owned(),
    ];
    // A short path (`/src`, say) would be found in places that have nothing to do with it.
    if root.components().count() > 2 {
        paths.push(root.display().to_string());
    }
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    find_words(file, &paths, |path| Finding {
        severity: Severity::Error,
        file: file.path.clone(),
        line: 0,
        what: format!("the path `{path}`"),
        why: "the project stands alone and must work on any machine",
        fix: "use a path inside the repository, a setting, or a temporary folder",
    })
}

/// One finding for each line that has one of the words, standing by itself.
fn find_words(file: &File, words: &[&str], make: impl Fn(&str) -> Finding) -> Vec<Finding> {
    let mut findings = vec![];
    for (index, line) in file.text.lines().enumerate() {
        if let Some(word) = words.iter().find(|word| has_word(line, word)) {
            findings.push(Finding {
                line: index + 1,
                ..make(word)
            });
        }
    }
    findings
}

/// Whether `word` occurs in `line` and is not a part of a longer word or path.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    let is_path = word.contains('/');
    line.match_indices(word).any(|(position, _)| {
        let before = line[..position].chars().next_back();
        let after = line[position + word.len()..].chars().next();
        let starts_inside = before.is_some_and(|character| {
            is_part(character) || is_path && matches!(character, '.' | '-' | '/' | '}' | '~')
        });
        let goes_on = word.ends_with(is_part) && after.is_some_and(is_part);
        !starts_inside && !goes_on
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let file = File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let findings = check(&file, Path::new("/a/checkout")).into_iter();
        findings
            .map(|finding| format!("{}: {}", finding.line, finding.what))
            .collect()
    }

    #[test]
    fn a_header_is_missed() {
        assert_eq!(
            findings("crates/a/src/b.rs", "use x;\n"),
            ["1: no `//!` header"]
        );
        assert!(findings("crates/a/src/b.rs", "//! B.\n").is_empty());
        assert!(findings("bench/a/src/b.rs", "use x;\n").is_empty());
    }

    #[test]
    fn length_is_warned_about_and_then_refused() {
        for (lines, severity) in [
            (400, None),
            (401, Some(Severity::Warning)),
            (600, Some(Severity::Warning)),
            (601, Some(Severity::Error)),
        ] {
            let file = File {
                path: "crates/a/src/b.rs".to_owned(),
                text: "//!\n".repeat(lines),
            };
            let found = check(&file, Path::new("/"));
            assert_eq!(
                found.first().map(|finding| finding.severity),
                severity,
                "{lines}"
            );
        }
    }

    #[test]
    fn mod_rs_is_refused() {
        assert_eq!(
            findings("crates/a/src/b/mod.rs", "//! B.\n"),
            ["1: a `mod.rs`"]
        );
    }

    #[test]
    fn unfinished_work_is_refused() {
        for mark in UNFINISHED {
            let text = format!("//! A.\nfn a() {{ {mark} }}\n");
            assert_eq!(
                findings("crates/a/src/b.rs", &text),
                [format!("2: `{mark}`")]
            );
            assert!(findings("docs/a.md", &text).is_empty());
        }
        let inside = format!("//! A.\nfn a() {{ {}S }}\n", UNFINISHED[0]);
        assert!(findings("crates/a/src/b.rs", &inside).is_empty());
    }

    #[test]
    fn paths_of_a_machine_are_refused_in_any_file() {
        for path in [
            concat!("../", "shared"),
            concat!("/ho", "me/a"),
            "/a/checkout/b",
            concat!("/wo", "rk/b"),
        ] {
            let text = format!("fine\nsee {path}\n");
            assert_eq!(findings("docs/a.md", &text).len(), 1, "{path}");
        }
        let elsewhere = concat!(
            "https://example.com/ho",
            "me/ and ./wo",
            "rk/ and target/wo",
            "rk/x"
        );
        assert!(findings("docs/a.md", elsewhere).is_empty());
    }
}
