//! Event types, archived ones too, by their names.

use serde_json::Value;

use super::Import;
use super::objects::{differences, draft, read, unknown};
use super::report::{Fate, Kind, Report};
use super::target::Refusal;
use crate::commands::client::{ClientError, segment};

const KIND: Kind = Kind::EventType;

pub(super) async fn bring_all(import: &Import, report: &mut Report) -> Result<(), ClientError> {
    let path = "/event-type?include_archived=true&with_content=true";
    let mut iterator = None;
    loop {
        let page = import.source.page(path, iterator.as_deref()).await?;
        for row in &page.rows {
            report.note_unknown(KIND, unknown(KIND, row));
            let name = row["name"].as_str().unwrap_or("without a name");
            match bring(import, name, row).await {
                Ok(fate) => report.count(KIND, fate),
                Err(refusal) => report.fail(KIND, format!("event type {name}"), refusal.detail),
            }
        }
        if page.next.is_none() {
            return Ok(());
        }
        iterator = page.next;
    }
}

async fn bring(import: &Import, name: &str, row: &Value) -> Result<Fate, Refusal> {
    let fields = read(KIND, row);
    // A name may have slashes, which part it in the path as well.
    let parts: Vec<String> = name.split('/').map(segment).collect();
    let path = format!("/event-type/{}", parts.join("/"));
    let Some(there) = import.target.find(&path).await? else {
        if !import.is_dry_run {
            let body = Value::Object(draft(&fields));
            import.target.post("/event-type", body).await?;
        }
        return Ok(Fate::Made);
    };
    let changes = differences(KIND, &fields, &there);
    if changes.is_empty() {
        return Ok(Fate::WasThere);
    }
    if !import.is_dry_run {
        import.target.patch(&path, Value::Object(changes)).await?;
    }
    Ok(Fate::Changed)
}
