//! `tidings copy`: everything from a data folder into a PostgreSQL database.
//!
//! Reads pages and writes them, both ahead of each other; at the end it reads back what was written and
//! compares. What was done is noted in the target, so a copy that is started again goes on.

mod progress;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;
use tidings_domain::clock::{Clock as _, SystemClock, SystemEntropy};
use tidings_domain::sealed::Keyring;
use tidings_service::limits::EVENT_ID_UNIQUE_FOR_MS;
use tidings_store::copy::{Checksum, CopyBegun, CopySource, Table};
use tidings_store::target::{open_credentials, open_headers, open_secrets};
use tidings_store::{Endpoints as _, StoreError};
use tidings_store_postgres::PostgresImport;
use tidings_store_sqlite::{ExportRequest, SqliteExport};

use super::Usage;
use crate::cli::{CopyArgs, OutputForm};
use crate::config::Settings;
use crate::engine::postgres_options;
use crate::lifecycle::runtime;
use crate::{master_key, output};

use progress::Progress;

/// How many endpoints are looked at in one go.
const ENDPOINTS_AT_ONCE: i64 = 500;
/// Reading, writing, and the database's connection.
const THREADS: usize = 2;

pub(crate) fn run(args: &CopyArgs) -> anyhow::Result<()> {
    let folder = source_folder(&args.from)?;
    let url = target_url(&args.to)?;
    let mut settings = Settings::load(args.config.as_deref())?;
    settings.data.clone_from(&folder);
    url.clone_into(&mut settings.store);
    super::serve::arm_faults(&settings);
    runtime(THREADS)?.block_on(copy(&settings, &folder, args.output))
}

fn source_folder(from: &str) -> Result<PathBuf, Usage> {
    match from.split_once(':') {
        Some(("sqlite", folder)) if !folder.is_empty() => Ok(folder.into()),
        _ => Err(Usage(
            "--from takes sqlite:FOLDER; a copy goes from a data folder into PostgreSQL".into(),
        )),
    }
}

fn target_url(to: &str) -> Result<&str, Usage> {
    match to.split_once(':') {
        Some(("postgres" | "postgresql", _)) => Ok(to),
        Some(("sqlite", _)) => Err(Usage(
            "--to takes postgres://USER@HOST/DATABASE; data folders are copied with `cp` while the \
             server is stopped"
                .into(),
        )),
        // What was meant as an address may hold a password, so it is not shown.
        _ => Err(Usage(
            "--to takes postgres://USER@HOST/DATABASE".into(),
        )),
    }
}

async fn copy(settings: &Settings, folder: &Path, form: OutputForm) -> anyhow::Result<()> {
    let clock = std::time::Instant::now();
    let now = SystemClock.now_ms();
    let export = SqliteExport::open(folder, now)
        .await
        .context("the source cannot be copied")?;
    let keyring = master_key::load(settings, &SystemEntropy)?;
    let endpoints = check_secrets(&export, &keyring).await?;
    let source = export.source()?;
    let mut import = PostgresImport::open(&postgres_options(settings))
        .await
        .context("the target cannot be used")?;
    let begun = import
        .begin(&source.state, now)
        .await
        .context("nothing was copied")?;
    if begun.is_resumed {
        output::remark("Going on with a copy that was begun before");
    }
    let sums = take_pages(&export, &mut import, &source, begun).await?;
    compare(&import, &sums).await?;
    import
        .finish()
        .await
        .context("the copy could not be ended")?;
    export.close().await;
    report(form, &source, &sums, clock.elapsed());
    if endpoints > 0 {
        remark_on_key(settings, folder);
    }
    Ok(())
}

/// Opens everything that is sealed, so that nobody finds out later that the key is another one. Gives how
/// many endpoints there are.
async fn check_secrets(export: &SqliteExport, keyring: &Keyring) -> anyhow::Result<usize> {
    let (mut first, mut count) = (1, 0);
    let last = export.endpoints_count()?;
    while first <= last {
        let ordinals = (first..(first + ENDPOINTS_AT_ONCE).min(last + 1)).collect();
        for known in export.store().endpoints_by_ordinal(ordinals).await? {
            let opened = open_secrets(&known.endpoint, keyring)
                .and_then(|_| open_headers(&known.endpoint, keyring))
                .and_then(|_| open_credentials(&known.endpoint, keyring));
            opened.map_err(|error| {
                StoreError::Unusable(format!(
                    "{error}; give the key that the data were sealed with, in `master.key` in the \
                     source's folder, as `master_key_file` or in TIDINGS_MASTER_KEY"
                ))
            })?;
            count += 1;
        }
        first += ENDPOINTS_AT_ONCE;
    }
    Ok(count)
}

/// Takes page after page. Gives what the source has given of each table, by the end.
async fn take_pages(
    export: &SqliteExport,
    import: &mut PostgresImport,
    source: &CopySource,
    begun: CopyBegun,
) -> anyhow::Result<Vec<(Table, Checksum)>> {
    let missing = begun.tables.iter().filter(|(_, done)| !done.is_done);
    let request = ExportRequest {
        tables: missing
            .map(|(table, done)| (*table, done.cursor.clone()))
            .collect(),
        event_ids_since: begun.started_at - EVENT_ID_UNIQUE_FOR_MS,
        event_ids_for: EVENT_ID_UNIQUE_FOR_MS,
    };
    let mut tables = begun.tables;
    let mut progress = Progress::start(source, &tables);
    let mut pages = export.pages(request);
    while let Some(page) = pages.recv().await {
        let page = page.context("the source could not be read")?;
        let found = tables.iter_mut().find(|(table, _)| *table == page.table);
        let (_, done) = found.context("a page of a table that is not copied")?;
        import.take(&page, done).await.with_context(|| {
            format!(
                "`{}` could not be copied; start the copy again to go on from here",
                page.table
            )
        })?;
        progress.show(page.table, done);
    }
    progress.end();
    if let Some((table, _)) = tables.iter().find(|(_, done)| !done.is_done) {
        bail!("`{table}` was not read to its end; start the copy again to go on from here");
    }
    Ok(tables
        .into_iter()
        .map(|(table, done)| (table, done.checksum))
        .collect())
}

/// Reads back what is there and compares it with what was given.
async fn compare(import: &PostgresImport, sums: &[(Table, Checksum)]) -> anyhow::Result<()> {
    let mut different = Vec::new();
    for (table, given) in sums {
        let found = import.checksum(*table).await?;
        if found != *given {
            let (given, found) = (given.rows, found.rows);
            different.push(format!("`{table}` ({given} rows there, {found} here)"));
        }
    }
    if different.is_empty() {
        return Ok(());
    }
    bail!(
        "the copy differs from the source in {}; the target is not used by any server as it is: \
         empty it (drop and create the database) and copy anew",
        different.join(", ")
    )
}

fn report(
    form: OutputForm,
    source: &CopySource,
    sums: &[(Table, Checksum)],
    took: std::time::Duration,
) {
    match form {
        OutputForm::Text => {
            for (table, sum) in sums {
                output::line(format_args!("{:<16} {:>12}  {sum}", table.name(), sum.rows));
            }
            output::line(format_args!(
                "Copied in {:.1} s; counts and checksums agree",
                took.as_secs_f64()
            ));
        }
        OutputForm::Json => {
            let tables: serde_json::Map<String, serde_json::Value> = sums
                .iter()
                .map(|(table, sum)| {
                    let result = json!({"rows": sum.rows, "checksum": sum.to_string()});
                    (table.name().to_owned(), result)
                })
                .collect();
            output::line(json!({
                "tables": tables,
                "recovered": source.recovered,
                "seconds": took.as_secs_f64(),
            }));
        }
    }
}

fn remark_on_key(settings: &Settings, folder: &Path) {
    let key = match (&settings.master_key, &settings.master_key_file) {
        (Some(_), _) => "TIDINGS_MASTER_KEY".to_owned(),
        (None, Some(file)) => file.display().to_string(),
        (None, None) => folder.join("master.key").display().to_string(),
    };
    output::remark(format_args!(
        "Secrets stay sealed with the same master key: give it to every server on the new store, \
         as `master.key` in its data folder, as `master_key_file` or in TIDINGS_MASTER_KEY. It is in \
         {key}"
    ));
}

#[cfg(test)]
mod tests;
