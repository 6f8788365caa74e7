//! Applications with all that belongs to each, a few at a time.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::{JoinError, JoinSet};

use super::objects::{differences, draft, read, unknown};
use super::report::{Fate, Kind, Report};
use super::target::Refusal;
use super::{Import, endpoints, integrations};
use crate::commands::client::{ClientError, segment};

const KIND: Kind = Kind::Application;
/// How many are brought at a time.
const AT_ONCE: usize = 6;

pub(super) async fn bring_all(
    import: &Arc<Import>,
    report: &mut Report,
) -> Result<(), ClientError> {
    let mut iterator = None;
    let mut under_way = JoinSet::new();
    loop {
        let page = import
            .source
            .page("/app?order=ascending", iterator.as_deref());
        let page = page.await?;
        for row in page.rows {
            if under_way.len() >= AT_ONCE
                && let Some(ended) = under_way.join_next().await
            {
                close(import, ended, report)?;
            }
            let import = import.clone();
            under_way.spawn(async move {
                let mut report = Report::default();
                let result = bring(&import, &row, &mut report).await;
                (report, result)
            });
        }
        if page.next.is_none() {
            break;
        }
        iterator = page.next;
    }
    while let Some(ended) = under_way.join_next().await {
        close(import, ended, report)?;
    }
    Ok(())
}

type Ended = Result<(Report, Result<(), ClientError>), JoinError>;

fn close(import: &Import, ended: Ended, report: &mut Report) -> Result<(), ClientError> {
    let (of_one, result) = ended.map_err(|error| ClientError::Unreachable {
        url: import.source.url().to_owned(),
        why: error.to_string(),
    })?;
    report.add(of_one);
    result
}

async fn bring(import: &Import, row: &Value, report: &mut Report) -> Result<(), ClientError> {
    report.note_unknown(KIND, unknown(KIND, row));
    let Some(id) = row["id"].as_str() else {
        report.fail(KIND, "an application", "the source gives no id of it");
        return Ok(());
    };
    let uid = row["uid"].as_str();
    let what = format!("application {}", uid.unwrap_or(id));
    let placed = match place(import, id, row).await {
        Ok((fate, placed)) => {
            report.count(KIND, fate);
            placed
        }
        Err(refusal) => {
            report.fail(
                KIND,
                what,
                format!("{}; its endpoints neither", refusal.detail),
            );
            return Ok(());
        }
    };
    if let (None, Some(placed)) = (uid, &placed) {
        report.note_id(id, placed);
    }
    if let Some(plan) = row["plan"].as_str() {
        let why = "plans are not brought; put them here, and give the application its own";
        report.leave(format!("the plan {plan} of {what}"), why);
    }
    let place = endpoints::Place {
        kind: Kind::Endpoint,
        source: format!("/app/{}/endpoint", segment(id)),
        target: placed
            .as_ref()
            .map(|placed| format!("/app/{placed}/endpoint")),
        application: Some(what.clone()),
    };
    endpoints::bring_all(import, &place, report).await?;
    let place = integrations::Place {
        source: id,
        target: placed.as_deref(),
        application: &what,
    };
    integrations::bring_all(import, &place, report).await
}

/// Gives its id here; none in a dry run that would make it.
async fn place(import: &Import, id: &str, row: &Value) -> Result<(Fate, Option<String>), Refusal> {
    let fields = read(KIND, row);
    let uid = row["uid"].as_str();
    let name = uid.map(str::to_owned).or_else(|| import.known.find(id));
    let there = match &name {
        Some(name) => {
            import
                .target
                .find(&format!("/app/{}", segment(name)))
                .await?
        }
        None => None,
    };
    let Some(there) = there else {
        if import.is_dry_run {
            return Ok((Fate::Made, None));
        }
        let key = uid.is_none().then(|| import.known.key(id));
        let body = Value::Object(draft(&fields));
        let made = import.target.make("/app", body, key.as_deref()).await?;
        let made = made["id"].as_str().unwrap_or_default().to_owned();
        if uid.is_none() {
            import.note(id, &made)?;
        }
        return Ok((Fate::Made, Some(made)));
    };
    let here = there["id"].as_str().unwrap_or_default().to_owned();
    let changes = differences(KIND, &fields, &there);
    if changes.is_empty() {
        return Ok((Fate::WasThere, Some(here)));
    }
    if !import.is_dry_run {
        let path = format!("/app/{here}");
        import.target.patch(&path, Value::Object(changes)).await?;
    }
    Ok((Fate::Changed, Some(here)))
}

impl Import {
    /// Notes what was made here for something without a uid.
    pub(super) fn note(&self, source: &str, target: &str) -> Result<(), Refusal> {
        self.known.add(source, target).map_err(|error| Refusal {
            status: 500,
            detail: format!("it was made, but that could not be noted in the data folder: {error}"),
        })
    }
}
