//! The walls between layers: which crate may name which in its Cargo.toml.
//!
//! What a crate does not name it cannot use, so these tables are the architecture, kept by the compiler. A
//! new crate gets a row here first. `[dependencies]` and `[build-dependencies]` are held to the tables;
//! `[dev-dependencies]` may add the test kit and the embedded store, except in `tidings_domain`.

use toml::{Table, Value};

use super::{File, Finding, Severity, crate_of};

/// What each crate may depend on of the others.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("tidings_domain", &[]),
    ("tidings_store", &["tidings_domain"]),
    ("tidings_store_sqlite", &["tidings_domain", "tidings_store"]),
    (
        "tidings_store_postgres",
        &["tidings_domain", "tidings_store"],
    ),
    ("tidings_delivery", &["tidings_domain", "tidings_store"]),
    ("tidings_service", &["tidings_domain", "tidings_store"]),
    (
        "tidings_api",
        &["tidings_domain", "tidings_service", "tidings_store"],
    ),
    (
        "tidings_web",
        &["tidings_domain", "tidings_service", "tidings_store"],
    ),
    (
        "tidings",
        &[
            "tidings_api",
            "tidings_delivery",
            "tidings_domain",
            "tidings_service",
            "tidings_store",
            "tidings_store_postgres",
            "tidings_store_sqlite",
            "tidings_web",
        ],
    ),
    (
        "tidings_testkit",
        &[
            "tidings",
            "tidings_api",
            "tidings_delivery",
            "tidings_domain",
            "tidings_service",
            "tidings_store",
            "tidings_store_postgres",
            "tidings_store_sqlite",
            "tidings_web",
        ],
    ),
    (
        "xtask",
        &["tidings_api", "tidings_domain", "tidings_testkit"],
    ),
];

/// What tests may use beside that.
const TESTS_MAY_USE: [&str; 2] = ["tidings_testkit", "tidings_store_sqlite"];

/// Crates from outside that only some may name, tests included unless said otherwise.
struct Reserved {
    names: &'static [&'static str],
    only_for: &'static [&'static str],
    tests_too: bool,
    why: &'static str,
    fix: &'static str,
}

const RESERVED: [Reserved; 4] = [
    Reserved {
        names: &["rusqlite", "libsqlite3-sys"],
        only_for: &["tidings_store_sqlite"],
        tests_too: true,
        why: "SQL lives in the store crates and nowhere else",
        fix: "go through the Store trait",
    },
    Reserved {
        names: &[
            "tokio-postgres",
            "postgres",
            "sqlx",
            "diesel",
            "deadpool-postgres",
        ],
        only_for: &["tidings_store_postgres"],
        tests_too: true,
        why: "SQL lives in the store crates and nowhere else",
        fix: "go through the Store trait",
    },
    Reserved {
        names: &[
            "hyper",
            "hyper-util",
            "reqwest",
            "ureq",
            "isahc",
            "attohttpc",
            "curl",
            "awc",
            "surf",
        ],
        only_for: &["tidings_delivery", "tidings", "tidings_testkit"],
        tests_too: false,
        why: "there is one door to the internet, with the guard on it",
        fix: "send through tidings_delivery (only the command line's client and the test kit have their own)",
    },
    Reserved {
        names: &[
            "tokio",
            "tokio-util",
            "axum",
            "futures-util",
            "async-trait",
            "hickory-resolver",
            "rustls",
            "tokio-rustls",
        ],
        only_for: &[
            "tidings_store",
            "tidings_store_sqlite",
            "tidings_store_postgres",
            "tidings_delivery",
            "tidings_service",
            "tidings_api",
            "tidings_web",
            "tidings",
            "tidings_testkit",
            "xtask",
        ],
        tests_too: true,
        why: "the rules are plain functions: no I/O, no async",
        fix: "move what needs it into the crate that calls the rule",
    },
];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = vec![];
    for file in files {
        let is_manifest = file.path.ends_with("/Cargo.toml") && file.path.matches('/').count() == 2;
        if let Some(krate) = crate_of(&file.path)
            && is_manifest
        {
            findings.extend(check_manifest(file, krate));
        }
    }
    findings
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shipped,
    ForTests,
}

fn check_manifest(file: &File, krate: &str) -> Vec<Finding> {
    let finding = |name: &str, what: String, why: &'static str, fix: &'static str| Finding {
        severity: Severity::Error,
        file: file.path.clone(),
        line: line_of(&file.text, name),
        what,
        why,
        fix,
    };
    let Ok(manifest) = file.text.parse::<Table>() else {
        let what = "not readable as TOML".to_owned();
        return vec![finding(
            "",
            what,
            "the walls cannot be checked",
            "repair it",
        )];
    };
    let Some((_, may_use)) = MAY_USE.iter().find(|(name, _)| *name == krate) else {
        let what = format!("no walls around {krate}");
        let why = "each crate has a place among the layers";
        return vec![finding(
            "name",
            what,
            why,
            "add it to the tables of crates/xtask/src/tidy/walls.rs",
        )];
    };
    let mut findings = vec![];
    for (name, kind) in dependencies(&manifest) {
        let is_for_tests = kind == Kind::ForTests;
        let is_ours = name == "xtask" || name == "tidings" || name.starts_with("tidings_");
        let is_test_tool =
            is_for_tests && krate != "tidings_domain" && TESTS_MAY_USE.contains(&name.as_str());
        if is_ours && !may_use.contains(&name.as_str()) && !is_test_tool {
            let what = format!("{krate} depends on {name}");
            let why = "a layer knows only the layers below it";
            findings.push(finding(
                &name,
                what,
                why,
                "move the code to where both sides are known, or the type further down",
            ));
        }
        for reserved in &RESERVED {
            let is_free = reserved.only_for.contains(&krate) || is_for_tests && !reserved.tests_too;
            if reserved.names.contains(&name.as_str()) && !is_free {
                let what = format!("{krate} depends on {name}");
                findings.push(finding(&name, what, reserved.why, reserved.fix));
            }
        }
    }
    findings
}

/// All dependencies by their real names (`package = …` counts), those of single targets too.
fn dependencies(manifest: &Table) -> Vec<(String, Kind)> {
    let mut found = vec![];
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(targets.filter_map(Value::as_table));
    for table in tables {
        for (section, kind) in [
            ("dependencies", Kind::Shipped),
            ("build-dependencies", Kind::Shipped),
            ("dev-dependencies", Kind::ForTests),
        ] {
            let section = table.get(section).and_then(Value::as_table);
            for (name, details) in section.into_iter().flatten() {
                let package = details.get("package").and_then(Value::as_str);
                found.push((package.unwrap_or(name).to_owned(), kind));
            }
        }
    }
    found
}

/// The line that names a dependency; the first if it cannot be found.
fn line_of(text: &str, name: &str) -> usize {
    let names_it = |line: &str| {
        let line = line.trim_start();
        let ends = |rest: &str| rest.starts_with(['.', ' ', '=']);
        !name.is_empty()
            && (line.strip_prefix(name).is_some_and(ends) || line.contains(&format!("\"{name}\"")))
    };
    text.lines().position(names_it).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(krate: &str, manifest: &str) -> Vec<(usize, String)> {
        let path = format!("crates/{krate}/Cargo.toml");
        let files = [File {
            path,
            text: manifest.to_owned(),
        }];
        let findings = check(&files).into_iter();
        findings
            .map(|finding| (finding.line, finding.what))
            .collect()
    }

    #[test]
    fn each_wall_holds() {
        let forbidden = [
            ("tidings_domain", "tokio"),
            ("tidings_domain", "axum"),
            ("tidings_domain", "hyper"),
            ("tidings_domain", "rusqlite"),
            ("tidings_domain", "tidings_store"),
            ("tidings_store", "tidings_service"),
            ("tidings_store_sqlite", "tidings_delivery"),
            ("tidings_delivery", "tidings_service"),
            ("tidings_delivery", "tidings_store_sqlite"),
            ("tidings_service", "tidings_delivery"),
            ("tidings_service", "tidings_api"),
            ("tidings_service", "tidings_web"),
            ("tidings_service", "tidings_store_sqlite"),
            ("tidings_service", "reqwest"),
            ("tidings_api", "tidings_delivery"),
            ("tidings_api", "tidings_store_sqlite"),
            ("tidings_api", "hyper-util"),
            ("tidings_web", "tidings_delivery"),
            ("tidings_web", "tidings_store_postgres"),
            ("tidings", "rusqlite"),
            ("tidings", "tidings_testkit"),
            ("tidings", "xtask"),
        ];
        for (krate, name) in forbidden {
            let manifest =
                format!("[dependencies]\nanyhow.workspace = true\n{name}.workspace = true\n");
            let expected = format!("{krate} depends on {name}");
            assert_eq!(findings(krate, &manifest), [(3, expected)]);
        }
    }

    #[test]
    fn what_the_layers_need_is_free() {
        for (krate, may_use) in MAY_USE {
            let lines: Vec<String> = may_use
                .iter()
                .map(|name| format!("{name}.workspace = true\n"))
                .collect();
            let manifest = format!("[dependencies]\nserde.workspace = true\n{}", lines.concat());
            assert!(findings(krate, &manifest).is_empty(), "{krate}");
        }
        assert!(findings("tidings_store_sqlite", "[dependencies]\nrusqlite = \"1\"\n").is_empty());
        assert!(findings("tidings_delivery", "[dependencies]\nhyper = \"1\"\n").is_empty());
    }

    #[test]
    fn tests_may_use_the_test_kit_but_not_in_the_domain() {
        let manifest = "[dev-dependencies]\ntidings_testkit = { path = \"../tidings_testkit\" }\n";
        assert!(findings("tidings_service", manifest).is_empty());
        assert_eq!(findings("tidings_domain", manifest).len(), 1);
        let sql = "[dev-dependencies]\nrusqlite = \"1\"\n";
        assert_eq!(findings("tidings_service", sql).len(), 1);
    }

    #[test]
    fn renamed_and_target_dependencies_count() {
        let renamed = "[dependencies]\ndatabase = { package = \"rusqlite\", version = \"1\" }\n";
        assert_eq!(findings("tidings_api", renamed).len(), 1);
        let target = "[target.'cfg(unix)'.dependencies]\ntokio = \"1\"\n";
        assert_eq!(findings("tidings_domain", target).len(), 1);
        let build = "[build-dependencies]\ntidings_api = \"1\"\n";
        assert_eq!(findings("tidings_domain", build).len(), 1);
    }

    #[test]
    fn an_unknown_crate_and_an_unreadable_manifest_are_refused() {
        assert_eq!(
            findings("tidings_new", "[package]\nname = \"tidings_new\"\n").len(),
            1
        );
        assert_eq!(findings("tidings_api", "[dependencies\n").len(), 1);
    }
}
