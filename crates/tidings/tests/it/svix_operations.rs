//! The table in docs/api.md, which the Svix SDKs' calls have made by trying, against the table of operations: what one
//! says is there, the other must have, and the other way round.

use std::collections::BTreeMap;
use std::path::Path;

use tidings_api::operations::operations;

/// Whether each operation of the SDKs is there, by method and path with its parameters left out.
fn documented() -> BTreeMap<String, bool> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, table) = text
        .split_once("<!-- written by `cargo xtask conformance --write` -->")
        .unwrap();
    let (table, _) = table.split_once("<!-- end of what is written -->").unwrap();
    let rows = table.lines().filter_map(|line| {
        let (name, cells) = line.strip_prefix("| `")?.split_once("` | ")?;
        Some((nameless(name), cells.starts_with("yes |")))
    });
    rows.collect()
}

/// `GET /app/{app_id}` and `GET /api/v1/app/{app}` are the same.
fn nameless(name: &str) -> String {
    let name = name.replacen(" /api/v1/", " /", 1);
    let parts = name
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn docs_say_of_each_operation_of_the_sdks_what_the_table_of_operations_says() {
    let documented = documented();
    assert!(documented.len() > 140, "{}", documented.len());
    let code: BTreeMap<String, bool> = operations()
        .iter()
        .map(|operation| {
            let name = format!("{} {}", operation.method, operation.path);
            (nameless(&name), operation.missing.is_none())
        })
        .collect();
    let differences: Vec<_> = documented
        .iter()
        .filter(|(name, is_there)| code.get(*name) != Some(*is_there))
        .collect();
    assert!(
        differences.is_empty(),
        "run `cargo xtask conformance --write`; docs/api.md has these, and the table of operations does not: {differences:?}"
    );
    let not_documented: Vec<_> = operations()
        .iter()
        .filter(|operation| operation.missing.is_some())
        .map(|operation| nameless(&format!("{} {}", operation.method, operation.path)))
        .filter(|name| !documented.contains_key(name))
        .collect();
    assert!(
        not_documented.is_empty(),
        "no SDK has these, and yet they answer 501: {not_documented:?}"
    );
}
