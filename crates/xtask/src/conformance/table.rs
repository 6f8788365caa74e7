//! The table of docs/api.md: each operation of the Svix SDKs, whether it is there, and how many cases of which SDK have
//! tried it.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::results::{Operation, Results, SDKS};

const BEGIN: &str = "<!-- written by `cargo xtask conformance --write` -->\n";
const END: &str = "<!-- end of what is written -->\n";

/// The table as Markdown.
pub(super) fn render(results: &Results) -> String {
    let mut operations: Vec<_> = results.operations().into_iter().collect();
    operations.sort_by_key(|(name, _)| order(name));
    let there = operations
        .iter()
        .filter(|(_, operation)| operation.is_there);
    let mut text = format!(
        "{} of the {} operations that the SDKs have are there.\n\n\
         | Operation | There | Python | Python, async | JavaScript |\n|---|---|---|---|---|\n",
        there.count(),
        operations.len()
    );
    for (name, operation) in operations {
        let there = if operation.is_there { "yes" } else { "no" };
        let cells = SDKS.map(|sdk| cell(&operation, sdk)).join(" | ");
        let name = name.replacen(" /api/v1/", " /", 1);
        let _ = writeln!(text, "| `{name}` | {there} | {cells} |");
    }
    text
}

/// By path, and then as one would use them.
fn order(name: &str) -> (String, usize) {
    let (method, path) = name.split_once(' ').unwrap_or(("", name));
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let place = methods.iter().position(|known| *known == method);
    (path.to_owned(), place.unwrap_or(methods.len()))
}

/// How many cases have passed; a dash where the SDK has no such call.
fn cell(operation: &Operation, sdk: &str) -> String {
    match operation.tried.get(sdk) {
        None => "–".to_owned(),
        Some(_) if !operation.is_there => String::new(),
        Some(count) => count.to_string(),
    }
}

/// The document with this table in it.
pub(super) fn replace(document: &str, results: &Results) -> Result<String> {
    let (before, _, after) = parts(document)?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", render(results)))
}

pub(super) fn is_current(document: &str, results: &Results) -> Result<bool> {
    let (_, written, _) = parts(document)?;
    Ok(written == render(results))
}

/// What stands before the table, the table, and what stands behind it.
fn parts(document: &str) -> Result<(&str, &str, &str)> {
    let (before, rest) = document
        .split_once(BEGIN)
        .context("docs/api.md has no mark where the table begins")?;
    let (written, after) = rest
        .split_once(END)
        .context("docs/api.md has no mark where the table ends")?;
    Ok((before, written, after))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use serde_json::Value;

    use super::super::results::tests::results;
    use super::*;
    use crate::folders;

    /// `GET /app/{app_id}` and `get /api/v1/app/{app}` are the same.
    fn nameless(name: &str) -> String {
        let name = name.replacen(" /api/v1/", " /", 1);
        let parts = name
            .split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether each operation is there, as the table in docs/api.md says it.
    fn tried() -> BTreeMap<String, bool> {
        let document = fs::read_to_string(folders::root().join("docs/api.md")).unwrap();
        let (_, table, _) = parts(&document).unwrap();
        let rows = table.lines().filter_map(|line| {
            let (name, cells) = line.strip_prefix("| `")?.split_once("` | ")?;
            Some((nameless(name), cells.starts_with("yes |")))
        });
        rows.collect()
    }

    /// The same as the code says it, by the document that is made of it: what is not there answers nothing but errors.
    fn described() -> BTreeMap<String, bool> {
        let text = fs::read_to_string(folders::root().join("docs/openapi.json")).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let mut operations = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let Some(answers) = operation["responses"].as_object() else {
                    continue;
                };
                let is_there = answers.keys().any(|status| status.starts_with('2'));
                let name = format!("{} {path}", method.to_uppercase());
                operations.insert(nameless(&name), is_there);
            }
        }
        operations
    }

    #[test]
    fn what_the_sdks_found_is_what_the_code_says() {
        let (tried, described) = (tried(), described());
        assert!(tried.len() > 140, "{}", tried.len());
        // What the document does not have at all is not there either.
        let differs = |(name, is_there): &(&String, &bool)| {
            described.get(*name).copied().unwrap_or_default() != **is_there
        };
        let different: Vec<_> = tried.iter().filter(differs).collect();
        assert!(
            different.is_empty(),
            "run `cargo xtask conformance --write`: {different:?}"
        );
        let is_forgotten =
            |(name, is_there): &(&String, &bool)| !**is_there && !tried.contains_key(*name);
        let forgotten: Vec<_> = described.iter().filter(is_forgotten).collect();
        assert!(
            forgotten.is_empty(),
            "they answer 501, and no SDK has them: {forgotten:?}"
        );
    }

    #[test]
    fn the_table_is_put_between_its_marks_and_is_current_then() {
        let results = results(&[
            ["PUT /api/v1/b", "python", "happy", "passed"],
            ["GET /api/v1/b", "python", "happy", "missing"],
            ["GET /api/v1/a", "js", "happy", "passed"],
            ["GET /api/v1/a", "js", "404", "passed"],
            ["GET /api/v1/a", "python-async", "happy", "passed"],
        ]);
        let document = format!("before\n{BEGIN}old\n{END}after\n");
        assert!(!is_current(&document, &results).unwrap());
        let written = replace(&document, &results).unwrap();
        assert!(is_current(&written, &results).unwrap());
        let rows: Vec<&str> = written
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        assert_eq!(
            rows,
            [
                "| `GET /a` | yes | – | 1 | 2 |",
                "| `GET /b` | no |  | – | – |",
                "| `PUT /b` | yes | 1 | – | – |",
            ]
        );
        assert!(written.starts_with("before\n") && written.ends_with("after\n"));
        assert!(replace("no marks", &results).is_err());
    }
}
