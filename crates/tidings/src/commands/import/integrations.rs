//! Integrations of applications, without their keys, which no server gives out.

use serde_json::Value;

use super::Import;
use super::objects::{differences, draft, read, unknown};
use super::report::{Fate, Kind, Report};
use super::target::Refusal;
use crate::commands::client::{ClientError, segment};

const KIND: Kind = Kind::Integration;

/// Whose integrations.
pub(super) struct Place<'a> {
    /// The application in the source, by its id.
    pub(super) source: &'a str,
    /// The application here; none in a dry run that would make it.
    pub(super) target: Option<&'a str>,
    /// The application, in words.
    pub(super) application: &'a str,
}

pub(super) async fn bring_all(
    import: &Import,
    place: &Place<'_>,
    report: &mut Report,
) -> Result<(), ClientError> {
    let path = format!("/app/{}/integration", segment(place.source));
    let mut iterator = None;
    loop {
        let page = match import.source.page(&path, iterator.as_deref()).await {
            Ok(page) => page,
            // Not every server has them.
            Err(ClientError::Refused { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        for row in &page.rows {
            bring(import, place, row, report).await;
        }
        if page.next.is_none() {
            return Ok(());
        }
        iterator = page.next;
    }
}

async fn bring(import: &Import, place: &Place<'_>, row: &Value, report: &mut Report) {
    report.note_unknown(KIND, unknown(KIND, row));
    let name = row["name"].as_str().unwrap_or("without a name");
    let what = format!("integration {name} of {}", place.application);
    let Some(id) = row["id"].as_str() else {
        report.fail(KIND, what, "the source gives no id of it");
        return;
    };
    match put(import, place, (id, row)).await {
        Ok((fate, here)) => {
            report.count(KIND, fate);
            if let Some(here) = here {
                report.note_id(id, &here);
            }
            let why =
                "it cannot be read; make one here with `key/rotate`, and give it to its owner";
            report.leave(format!("the key of {what}"), why);
        }
        Err(refusal) => report.fail(KIND, what, refusal.detail),
    }
}

/// Gives its id here; none in a dry run that would make it.
async fn put(
    import: &Import,
    place: &Place<'_>,
    (id, row): (&str, &Value),
) -> Result<(Fate, Option<String>), Refusal> {
    let Some(application) = place.target else {
        return Ok((Fate::Made, None));
    };
    let list = format!("/app/{application}/integration");
    let fields = read(KIND, row);
    let there = match import.known.find(id) {
        Some(here) => {
            import
                .target
                .find(&format!("{list}/{}", segment(&here)))
                .await?
        }
        None => None,
    };
    let Some(there) = there else {
        if import.is_dry_run {
            return Ok((Fate::Made, None));
        }
        let key = import.known.key(id);
        let body = Value::Object(draft(&fields));
        let made = import.target.make(&list, body, Some(&key)).await?;
        let made = made["id"].as_str().unwrap_or_default().to_owned();
        import.note(id, &made)?;
        return Ok((Fate::Made, Some(made)));
    };
    let here = there["id"].as_str().unwrap_or_default().to_owned();
    if differences(KIND, &fields, &there).is_empty() {
        return Ok((Fate::WasThere, Some(here)));
    }
    if !import.is_dry_run {
        let body = Value::Object(draft(&fields));
        import.target.put(&format!("{list}/{here}"), body).await?;
    }
    Ok((Fate::Changed, Some(here)))
}
