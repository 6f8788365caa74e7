//! `tidings catalog`: what catalogues there are, and importing one through a running server.

use anyhow::Context as _;
use bytes::Bytes;
use serde_json::Value;
use tidings_service::catalog::{BUILT_IN, BuiltIn, Catalog};
use tidings_service::payload::JsonText;
use tidings_service::{FieldProblem, ServiceError};

use super::Usage;
use super::client::Client;
use crate::cli::CatalogCommand;
use crate::lifecycle::runtime;
use crate::output;

pub(crate) fn run(command: &CatalogCommand) -> anyhow::Result<()> {
    match command {
        CatalogCommand::List => list(),
        CatalogCommand::Import { catalog, dry_run } => import(catalog, *dry_run)?,
    }
    Ok(())
}

fn list() {
    for built_in in BUILT_IN {
        let catalog = built_in.summary();
        output::line(format_args!(
            "{:<14}{:>4}  {}",
            catalog.name,
            catalog.event_types_count(),
            catalog.title
        ));
    }
}

fn import(catalog: &str, is_dry_run: bool) -> anyhow::Result<()> {
    let file = read(catalog)?;
    check(catalog, &file)?;
    let client = Client::from_settings()?;
    let path = format!("/catalog/import?dry_run={is_dry_run}");
    let report = runtime(1)?.block_on(client.post(&path, file))?;
    tell(&report, is_dry_run).context("the server's answer is no report of an import")
}

/// The catalogue that comes along under this name, or the file.
fn read(catalog: &str) -> anyhow::Result<Bytes> {
    if let Some(built_in) = BuiltIn::find(catalog) {
        return Ok(Bytes::from_static(built_in.json.as_bytes()));
    }
    let file = std::fs::read(catalog).map_err(|error| {
        let names = BUILT_IN.map(|built_in| built_in.name).join(", ");
        Usage(format!(
            "`{catalog}` is neither a catalogue that comes with Tidings ({names}) nor a file that can be read: {error}"
        ))
    })?;
    Ok(file.into())
}

/// Tells every problem, a line each, before anything is sent.
fn check(name: &str, file: &Bytes) -> anyhow::Result<()> {
    let text = JsonText::check(file).map_err(|error| Usage(format!("{name}: {error}")))?;
    let Err(error) = Catalog::read(text) else {
        return Ok(());
    };
    let ServiceError::Invalid(problems) = error else {
        return Err(error.into());
    };
    for problem in &problems {
        output::remark(told(problem));
    }
    let count = problems.len();
    let things = if count == 1 { "problem" } else { "problems" };
    Err(Usage(format!("{name} has {count} {things}; nothing was imported")).into())
}

fn told(problem: &FieldProblem) -> String {
    // The first part says that it is the body, which people do not know here.
    let place = problem.loc.iter().skip(1);
    let place: Vec<&str> = place.map(String::as_str).collect();
    if place.is_empty() {
        return problem.msg.clone();
    }
    format!("{}: {}", place.join(" > "), problem.msg)
}

/// None if something of the report is missing.
fn tell(report: &Value, is_dry_run: bool) -> Option<()> {
    let names = |field: &str| report[field].as_array();
    let (created, updated, unchanged) = (names("created")?, names("updated")?, names("unchanged")?);
    if is_dry_run {
        for (verb, names) in [("create", created), ("update", updated)] {
            for name in names.iter().filter_map(Value::as_str) {
                output::line(format_args!("would {verb} {name}"));
            }
        }
    }
    let catalog = report["catalog"].as_str()?;
    let (would, be) = if is_dry_run {
        ("would be ", "would stay")
    } else {
        ("", "are")
    };
    output::line(format_args!(
        "{catalog}: {} {would}created, {} {would}updated, {} {be} as they were",
        created.len(),
        updated.len(),
        unchanged.len()
    ));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_catalogue_and_no_file_is_told_with_those_that_there_are() {
        let error = read("winks").unwrap_err();
        assert!(
            error.to_string().contains("thulium, touchchat, wink"),
            "{error}"
        );
        assert_eq!(super::super::exit_code(&error), 2);
        assert!(read("wink").unwrap().len() > 100_000);
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_before_it_is_sent() {
        let error = check("x", &Bytes::from_static(b"{}")).unwrap_err();
        assert_eq!(super::super::exit_code(&error), 2);
        assert!(check("x", &Bytes::from_static(b"\xff")).is_err());
        assert!(check("wink", &read("wink").unwrap()).is_ok());
        let problem = FieldProblem::at(&["body", "eventTypes", "3", "sample"], "is missing");
        assert_eq!(told(&problem), "eventTypes > 3 > sample: is missing");
    }
}
